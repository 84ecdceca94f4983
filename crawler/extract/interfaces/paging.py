"""Decides whether an answer has a next page, from its totals and its length, and how that is asked for."""

import re
from dataclasses import replace
from urllib.parse import quote

from crawler.extract.html.addresses import resolve, same_site
from crawler.extract.interfaces.request_numbers import Slot, find_slot
from crawler.extract.interfaces.totals import Totals
from monitor.pages import PageRequest

# Epoint's list actions count their pages from zero; getgovinfolist counts from one.
_FROM_ZERO = ("/frontappcustomaction/", "/secaction/", "/frontappnotneedlogin", "cmd=getinfolist")
_WORDPRESS, _PER_PAGE = "/wp-json/", re.compile(r"[?&]per_page=(\d{1,3})(?!\d)")  # says no totals in its answer
_NOT_OF_A_GET = frozenset({"content-type", "content-length"})


def next_request(request: PageRequest, totals: Totals, count: int) -> PageRequest | None:
    """The request for the page after this one, which brought `count` records; None when it was the last.

    Totals decide where there are any. Without them a page shorter than its size is the last one; a full one is not,
    nor is one whose size nothing tells.
    """
    if totals.more is False or count == 0:
        return None
    if totals.next_url and (said := _at(totals.next_url, request)) is not None:
        return said
    slot = find_slot(request, totals.size or count)
    if slot is None:
        return _added(request, totals, count)
    if slot.kind == "offset":
        done = totals.more is not True and _done_offset(slot, totals, count)
        # A server that gives less than it is asked for is asked to go on behind what it gave.
        return None if done else slot.build(slot.number + min(slot.size or count, count))
    if totals.more is not True and _done_page(slot, totals, count, from_zero=_from_zero(request, slot)):
        return None
    return slot.build(slot.number + 1)


def pages_ahead(request: PageRequest, totals: Totals, count: int) -> int:
    """How many pages follow this one by what the answer says; 0 where it does not say.

    An answer without records may be one that was not given, so its totals count as those of any other.
    """
    if count and next_request(request, totals, count) is None:
        return 0
    slot = find_slot(request, totals.size or count)
    size = count or (slot.size if slot is not None else None) or totals.size
    pages = totals.pages or (-(-totals.records // size) if totals.records and size else 0)
    if slot is None:
        return max(pages - 1, 0)
    if slot.kind == "offset":
        return max(pages - slot.number // size - 1, 0) if size else 0
    return max(pages - slot.number - _from_zero(request, slot), 0)


def numbered_request(request: PageRequest, number: int) -> PageRequest | None:
    """The same request for the page that a user's expression names; None when it carries no number."""
    slot = find_slot(request)
    return slot.build(number) if slot is not None and number != slot.number else None


def _at(url: str, request: PageRequest) -> PageRequest | None:
    address = resolve(url, request.url)
    if address is None or address == request.url or not same_site(address, request.url):
        return None
    return PageRequest(address, headers=tuple(one for one in request.headers if one[0].lower() not in _NOT_OF_A_GET))


def _from_zero(request: PageRequest, slot: Slot) -> bool:
    return slot.number == 0 or any(name in request.url.lower() for name in _FROM_ZERO)


def _done_page(slot: Slot, totals: Totals, count: int, *, from_zero: bool) -> bool:
    position = slot.number + from_zero
    if totals.pages:
        return position >= totals.pages
    size = slot.size or totals.size
    if totals.records is not None:
        if size is None:
            return totals.records <= count
        left = totals.records - (position - 1) * size
        if 0 < left <= count:
            return True
        # What came is not what the size asked for would leave: the server has a size of its own.
        return position * count >= totals.records
    return size is not None and count < size


def _done_offset(slot: Slot, totals: Totals, count: int) -> bool:
    size = slot.size or count
    first = slot.number - (size > 1 and slot.number % size == 1)  # records counted from one
    if totals.records is not None:
        return first + count >= totals.records
    return slot.size is not None and count < slot.size


def _added(request: PageRequest, totals: Totals, count: int) -> PageRequest | None:
    """A request without a number, whose answer says which page it is and that there are more."""
    number, named = totals.number, totals.named
    more = totals.more or (totals.pages or 0) > max(number or 0, 1) or (totals.records or 0) > count
    if _WORDPRESS in request.url and (size := _PER_PAGE.search(request.url)) is not None:
        number, named, more = 1, "page", count >= int(size[1])
    if not named or number not in (0, 1) or not more or request.method != "GET":
        return None
    address, mark, fragment = request.url.partition("#")
    joint = "&" if "?" in address else "?"
    return replace(request, url=f"{address}{joint}{quote(named, errors='replace')}={number + 1}{mark}{fragment}")
