"""Reads a listing that an interface sends as JSON: an array of records, or HTML inside; other kinds are read elsewhere.

It orders the steps: decode, find the records, read their fields, find the next page. JSON Feed is left to `feeds`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crawler.extract.html.addresses import shown_on
from crawler.extract.html.fragments import line_of
from crawler.extract.html.listing import entries_of, read_html
from crawler.extract.html.selected import no_next_page
from crawler.extract.interfaces.field_names import folded, words
from crawler.extract.interfaces.json_arrays import RecordArray, arrays, find_records
from crawler.extract.interfaces.json_records import read_records
from crawler.extract.interfaces.json_selected import chosen_fields, selected_next, selected_records
from crawler.extract.interfaces.json_text import read_json_text
from crawler.extract.interfaces.paging import next_request, pages_ahead
from crawler.extract.interfaces.totals import Totals, read_totals
from crawler.extract.xml.recordset import is_recordset, read_recordset
from monitor.pages import ListingPage, RawPage, Selection

_FEED = "jsonfeed.org/version"
_LINKED = re.compile(r"<(?:a|li|tr|dd|h[1-6]|record)\b", re.IGNORECASE)
_PAGER = re.compile(r"\b(count|rows|pageNo)\s*[=:]\s*[\"'](\d{1,9})[\"']", re.IGNORECASE)  # jpaas writes its totals so
_NODES = 400_000
_SAYS = words("msg message error errmsg errormsg errormessage info")
_SHOWN = 80  # characters
_MOST_HTML = 5_000_000  # characters


def read_json(text: str, raw: RawPage, now: datetime, select: Selection = Selection()) -> ListingPage | None:  # noqa: B008
    """The records of a JSON answer in its order; None when the text is no JSON, or a JSON Feed.

    JSON without records gives a page without entries and a warning. Relative addresses are relative to the page that
    shows the answer (its Referer), or else to `raw.url`.
    """
    document = read_json_text(text)
    if document is None or _is_feed(document.value):
        return None
    array, warnings = selected_records(document.value, select, now)
    array = array or find_records(document.value, now)
    page = _listed(array, raw, now, select) if array is not None else None
    if page is None and (page := _html_inside(document.value, raw, now, select)) is not None:
        warnings = ()  # its selectors are about the HTML
    page = page or _empty(document.value, raw)
    following, no_next = selected_next(document.value, raw, select)
    told = (*document.warnings, *warnings, *page.warnings)
    if following is not None:  # which is not looked up in the HTML inside
        told = tuple(one for one in told if one != no_next_page())
    elif page.kind == "json":
        told = (*told, *no_next)
    return replace(page, next_page=following or page.next_page, warnings=told)


def _is_feed(value: object) -> bool:
    return isinstance(value, dict) and _FEED in str(value.get("version", ""))[:100]


def _listed(array: RecordArray, raw: RawPage, now: datetime, select: Selection) -> ListingPage | None:
    """The records as entries; None when none of them has a title."""
    base = shown_on(raw.request, raw.url)
    readings, told = read_records(array, base, now, chosen_fields(select, base, now))
    entries, warnings = entries_of(readings, now)
    count = len(array.records)
    totals = read_totals(array.around, count)
    following, ahead = next_request(raw.request, totals, count), pages_ahead(raw.request, totals, count)
    page = ListingPage(raw.url, "json", entries, following, warnings=(*told, *warnings), ahead=ahead)
    return replace(page, signature=array.signature, score=array.score) if entries else None


# -- HTML inside ------------------------------------------------------------------------------------------------------


def _html_inside(value: object, raw: RawPage, now: datetime, select: Selection) -> ListingPage | None:
    """The listing in the document's HTML texts, or None when none of them holds one."""
    html = "\n".join(_html_texts(value))
    if not html:
        return None
    shown = shown_on(raw.request, raw.url)
    if is_recordset(html):
        page = read_recordset(html, raw, now, select)
        return replace(page, kind="json+recordset") if page is not None else None
    page = read_html(f"<html><body>{html}</body></html>", shown, now, select)
    if not page.entries:
        return None
    pager = {name.lower(): int(number) for name, number in _PAGER.findall(html)}
    totals = _document_totals(value)
    if "count" in pager:
        totals = replace(totals, records=pager["count"], size=pager.get("rows"))
    following, count = next_request(raw.request, totals, len(page.entries)), len(page.entries)
    page = replace(page, url=raw.url, kind="json+html", ahead=max(page.ahead, pages_ahead(raw.request, totals, count)))
    return page if following is None else replace(page, next_page=following, unfollowed="")


def _html_texts(value: object) -> Iterator[str]:
    stack, length = [value], 0
    for _ in range(_NODES):
        if not stack or length > _MOST_HTML:
            return
        one = stack.pop()
        if isinstance(one, dict):
            stack += reversed(one.values())
        elif isinstance(one, list):
            stack += reversed(one)
        elif isinstance(one, str) and _LINKED.search(one):
            length += len(one)
            yield one


def _document_totals(value: object) -> Totals:
    around = [value] if isinstance(value, dict) else []
    return read_totals(around, 0)


def _empty(value: object, raw: RawPage) -> ListingPage:
    """No entries, with what the answer says about it: an array that is empty may be the page behind the last one."""
    said = ""
    for one in [value] if isinstance(value, dict) else []:
        said = next((line_of(text) for key, text in one.items() if folded(key) in _SAYS and isinstance(text, str)), "")
    none = (
        "JSON without records that have a title and a date or an address" if arrays(value) else "JSON without records"
    )
    ahead = pages_ahead(raw.request, _document_totals(value), 0)
    return ListingPage(raw.url, "json", (), warnings=(f"{none}: {said[:_SHOWN]}" if said else none,), ahead=ahead)
