"""Reads what a user's selectors point at (`[source.select]`); fields without a selector are found as on any page."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cssselect import SelectorError
from lxml.html import HtmlElement
from parsel import Selector

from crawler.extract.dates import read_date
from crawler.extract.html.blocks import Block, find_block
from crawler.extract.html.candidates import Candidate, find_candidates, label_of
from crawler.extract.html.fields import Reading, read_record
from crawler.extract.html.records import Record
from crawler.extract.html.tree import Page, address, flowing
from monitor.pages import PageRequest, Selection
from monitor.text import clean

_FIELDS = ("title", "url", "date", "summary", "body")


def is_xpath(selector: str) -> bool:
    """Whether a selector is XPath rather than CSS: it begins with `/`, `./`, `(`, `@` or `xpath:`."""
    return selector.startswith(("/", "./", "../", "(", "@", "xpath:"))


def selected_block(page: Page, now: datetime, select: Selection) -> tuple[Block | None, tuple[str, ...]]:
    """The block that the user's selectors describe, and which of them found nothing.

    None where none of them is about the records of a page, or none found anything: the block is then the extractor's
    own choice. So is each field of a record in which its selector finds nothing.
    """
    fields = [name for name in _FIELDS if getattr(select, name)]
    if not select.records and not fields:
        return None, ()
    records, warnings = _selected_records(page, now, select)
    block = None
    if not records:
        block = find_block(page, now)
        pairs = zip(block.records, block.readings, strict=True) if block else ()
        records = [_Selected(record.segment, reading) for record, reading in pairs]
    missed = Counter[str]()
    readings: list[Reading] = []
    for record in records:
        reading, missing = _apply(record, page, now, select, fields)
        if reading.title:
            readings.append(reading)
            missed.update(missing)
    warnings += [nothing_found(name, missed[name], len(readings)) for name in fields if missed[name] or not readings]
    if not readings or (block is not None and all(missed[name] == len(readings) for name in fields)):
        return None, tuple(warnings)
    signature = block.signature if block else f"select {select.records}"
    return Block(tuple(readings), signature, 1.0), tuple(warnings)


def nothing_found(name: str, missed: int = 0, records: int = 0) -> str:
    """A selector that found nothing, in words: on the page, or in so many of its records."""
    return f"select.{name} found nothing {f'in {missed} of {records} records' if records else 'on this page'}"


def no_next_page() -> str:
    """A selector of the next page that found none."""
    return f"{nothing_found('next_page')}, which is right on the last one alone"


def selected_next(page: Page, select: Selection) -> tuple[PageRequest | None, tuple[str, ...]]:
    """The next page by the user's selector: an address, or an element that links to it; and a word if it found none."""
    if not select.next_page:
        return None, ()
    url = address(_value(page.root, select.next_page, wants_address=True), page.base)
    if url is None:
        return None, (no_next_page(),)
    return (PageRequest(url) if url != page.url else None), ()


@dataclass(frozen=True, slots=True)
class _Selected:
    """The elements of a record, and what the extractor reads in them; its title is empty where it finds none."""

    segment: Sequence[HtmlElement]
    reading: Reading


def _selected_records(page: Page, now: datetime, select: Selection) -> tuple[list[_Selected], list[str]]:
    """The records that the user names, those that have a title; and a warning where there are none."""
    if not select.records:
        return [], []
    roots = _elements(page.root, select.records)
    inside = _candidates_in(roots, page)
    records = [_record_in(root, inside[root], page, now) for root in roots]
    titled = [
        record
        for record in records
        if record.reading.title or (select.title and _first(record.segment, select.title, "title"))
    ]
    if not titled:
        return [], [f"select.records found nothing {'with a title ' if records else ''}on this page"]
    left = len(records) - len(titled)
    return titled, [f"{left} of {len(records)} records have no title and are left out"] if left else []


def _candidates_in(roots: Sequence[HtmlElement], page: Page) -> dict[HtmlElement, list[Candidate]]:
    """The candidate titles at and inside each of some elements."""
    inside: dict[HtmlElement, list[Candidate]] = {root: [] for root in roots}
    for candidate in find_candidates(page):
        for node in (candidate.node, *candidate.node.iterancestors()):
            if node in inside:
                inside[node].append(candidate)
    return inside


def _record_in(root: HtmlElement, inside: Sequence[Candidate], page: Page, now: datetime) -> _Selected:
    """A record whose root the user names: its title is the likeliest candidate inside."""
    if not inside:
        return _Selected([root], Reading("", None, None))
    title = max(inside, key=lambda c: (c.strong, label_of(c.text) is not None, min(c.weight, 45)))
    return _Selected([root], read_record(Record(title, root, [root]), page, now))


def _apply(
    record: _Selected, page: Page, now: datetime, select: Selection, fields: Sequence[str]
) -> tuple[Reading, list[str]]:
    """The reading with the fields that the selectors find in the record, and the names of those that they do not."""
    reading, missing = record.reading, []
    for name in fields:
        value = _first(record.segment, getattr(select, name), name) or ""
        found = _as_field(name, value, page, now)
        if found:
            reading = replace(reading, **found)
        else:
            missing.append(name)
    return reading, missing


def _as_field(name: str, value: str, page: Page, now: datetime) -> dict[str, Any]:
    """What a text says as a field of a Reading; nothing where it is none, such as an address that leads nowhere."""
    match name:
        case "url":
            found: object = address(value, page.base)
            return {"url": found} if found else {}
        case "date":
            printed = read_date(clean(value), now)
            return {"printed": printed} if printed else {}
        case "body":
            return {"body": value} if clean(value) else {}
    return {name: clean(value)} if clean(value) else {}


def _first(segment: Sequence[HtmlElement], selector: str, field: str) -> str | None:
    # An XPath from the root of the page means, in a record, from the root of the record.
    inside = re.sub(r"^(?:xpath:)?(?=/)", ".", selector)
    values = (_value(element, inside, wants_address=field == "url") for element in segment)
    return next((value for value in values if value), None)


def _elements(root: HtmlElement, selector: str) -> list[HtmlElement]:
    return [one.root for one in _query(root, selector) if isinstance(one.root, HtmlElement)]


def _value(root: HtmlElement, selector: str, *, wants_address: bool) -> str | None:
    """The first text that a selector finds; of a link, its address where an address is wanted."""
    for one in _query(root, selector):
        if not isinstance(one.root, HtmlElement):
            value: str | None = str(one.root)
        elif wants_address:
            link = one.root if one.root.get("href") else one.root.find(".//a[@href]")
            value = link.get("href") if link is not None else None
        else:
            value = flowing(one.root)
        if value and value.strip():
            return value
    return None


def _query(root: HtmlElement, selector: str) -> Sequence[Selector]:
    """What a selector finds. One that is wrong finds nothing: the configuration refuses it before it gets here."""
    node = Selector(root=root, type="html")
    try:
        return node.xpath(selector.removeprefix("xpath:")) if is_xpath(selector) else node.css(selector)
    except (ValueError, SelectorError, re.error):  # the last of a pattern for re:test() that the page writes
        return []
