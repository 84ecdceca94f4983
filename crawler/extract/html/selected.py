"""Reads what a user's selectors point at (`[source.select]`); fields without a selector are found as on any page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cssselect import SelectorError
from lxml.html import HtmlElement
from parsel import Selector

from crawler.extract.dates import read_date
from crawler.extract.html.blocks import Block, find_block
from crawler.extract.html.candidates import find_candidates, label_of
from crawler.extract.html.fields import Reading, read_record
from crawler.extract.html.records import Record
from crawler.extract.html.tree import Page, address, flowing
from monitor.pages import PageRequest, Selection
from monitor.text import clean

_FIELDS = ("title", "url", "date", "summary", "body")


def is_xpath(selector: str) -> bool:
    """Whether a selector is XPath rather than CSS: it begins with `/`, `./`, `(`, `@` or `xpath:`."""
    return selector.startswith(("/", "./", "../", "(", "@", "xpath:"))


def selected_block(page: Page, now: datetime, select: Selection) -> Block | None:
    """The block that the user's selectors describe; None when none is about the records of an HTML page."""
    if not select.records and not any(getattr(select, name) for name in _FIELDS):
        return None
    if select.records:
        records = [_record_in(root, page) for root in _elements(page.root, select.records)]
    else:
        found = find_block(page, now)
        records = list(found.records) if found else []
    readings = [_apply(record, page, now, select) for record in records]
    kept = tuple(reading for reading in readings if reading is not None and reading.title)
    return Block(kept, f"select {select.records or 'fields'}", 1.0, ()) if kept else None


def selected_next(page: Page, select: Selection) -> PageRequest | None:
    """The next page by the user's selector: an address, or an element that links to it."""
    if not select.next_page:
        return None
    url = address(_value(page.root, select.next_page, wants_address=True), page.base)
    return PageRequest(url) if url is not None and url != page.url else None


def _record_in(root: HtmlElement, page: Page) -> Record | None:
    """A record whose root the user names: its title is the likeliest candidate inside."""
    inside = [c for c in find_candidates(page) if c.node is root or any(a is root for a in c.node.iterancestors())]
    if not inside:
        return None
    title = max(inside, key=lambda c: (c.strong, label_of(c.text) is not None, min(c.weight, 45)))
    return Record(title, root, [root])


def _apply(record: Record | None, page: Page, now: datetime, select: Selection) -> Reading | None:
    if record is None:
        return None
    reading = read_record(record, page, now)
    values = {name: _first(record.segment, getattr(select, name), name) for name in _FIELDS if getattr(select, name)}
    if "title" in values:
        reading = replace(reading, title=clean(values["title"] or "") or reading.title)
    if "url" in values:
        reading = replace(reading, url=address(values["url"], page.base))
    if "date" in values:
        reading = replace(reading, printed=read_date(clean(values["date"] or ""), now))
    if "summary" in values:
        reading = replace(reading, summary=clean(values["summary"] or "") or None)
    if "body" in values:
        reading = replace(reading, body=values["body"] or None)
    return reading


def _first(segment: Sequence[HtmlElement], selector: str, field: str) -> str | None:
    for element in segment:
        value = _value(element, selector, wants_address=field == "url")
        if value:
            return value
    return None


def _elements(root: HtmlElement, selector: str) -> list[HtmlElement]:
    return [one.root for one in _query(root, selector) if isinstance(one.root, HtmlElement)]


def _value(root: HtmlElement, selector: str, *, wants_address: bool) -> str | None:
    """The text of what a selector finds first; of a link, its address where an address is wanted."""
    for one in _query(root, selector):
        if not isinstance(one.root, HtmlElement):
            return str(one.root)
        if wants_address:
            link = one.root if one.root.get("href") else one.root.find(".//a[@href]")
            return link.get("href") if link is not None else None
        return flowing(one.root)
    return None


def _query(root: HtmlElement, selector: str) -> Sequence[Selector]:
    """What a selector finds. One that is wrong finds nothing: the configuration refuses it before it gets here."""
    node = Selector(root=root, type="html")
    try:
        return node.xpath(selector.removeprefix("xpath:")) if is_xpath(selector) else node.css(selector)
    except (ValueError, SelectorError):
        return []
