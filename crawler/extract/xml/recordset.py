"""Reads XML recordsets whose records are HTML in CDATA, alone or in a script of a page, and plain XML lists.

JCMS writes `<datastore><nextgroup>…</nextgroup><recordset><record><![CDATA[<li>…</li>]]></record>…`: as the answer of
its dataproxy, and as `<script type="text/xml">` in a column's first page. What a record says is read as HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape

from crawler.extract.html.addresses import shown_on
from crawler.extract.html.candidates import find_candidates
from crawler.extract.html.fields import Reading, read_record
from crawler.extract.html.fragments import has_markup
from crawler.extract.html.listing import entries_of, read_html
from crawler.extract.html.records import Record
from crawler.extract.html.tree import parse
from crawler.extract.interfaces.calls import jcms
from crawler.extract.interfaces.paging import next_request, pages_ahead
from crawler.extract.interfaces.request_numbers import find_slot
from crawler.extract.interfaces.totals import Totals
from crawler.extract.xml.xml_list import read_xml
from monitor.pages import ListingPage, PageRequest, RawPage, Selection

_STORE = re.compile(r"<datastore\b", re.IGNORECASE)
_SET = re.compile(r"<(?:recordset|datastore)\b", re.IGNORECASE)
_RECORD = re.compile(r"<record(?:\s[^<>]{0,200})?>\s*+", re.IGNORECASE)
_TOTALS = re.compile(r"<(?P<name>totalrecord|totalpage)>\s*(?:<!\[CDATA\[)?\s*(?P<number>\d{1,9})", re.IGNORECASE)
_NEXT = re.compile(
    r"<nextgroup>\s*<!\[CDATA\[[^<]{0,20}<a[^<>]{0,40}?href=([\"'])(?P<href>[^\"'<>]{1,4000})\1", re.IGNORECASE
)
_PAGE = re.compile(r"<(?:html|script)\b", re.IGNORECASE)
_CDATA = "<![CDATA["
_MOST = 20_000  # records
_SCRIPT_TOTAL = re.compile(r"\btotalRecords?[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b", re.IGNORECASE)  # of the page's pager
_SETS = 20  # of one page; each is read to choose among them
_ENOUGH = 0.6  # share of the records that must be found when they are read as one list


@dataclass(frozen=True, slots=True)
class RecordSet:
    """The records of one set as HTML, what it says of its length, and the address of the next group that it names."""

    records: tuple[str, ...]
    totals: Totals
    next_group: str


def is_recordset(text: str) -> bool:
    """Whether a text holds records in the form of JCMS."""
    return _SET.search(text) is not None or (_CDATA in text and _RECORD.search(text) is not None)


def read_recordset(text: str, raw: RawPage, now: datetime, select: Selection = Selection()) -> ListingPage | None:  # noqa: B008
    """The records of a recordset or of a plain XML list in order, with the next page; None when the text is neither.

    Of several sets on a page the one with the most dated records is the listing. A set that is empty gives a page
    without entries and a warning.
    """
    if not is_recordset(text):
        return read_xml(text, raw, now)
    base = shown_on(raw.request, raw.url)
    sets = [(one, _read(one, base, now, select)) for one in find_sets(text)]
    best, page = max(sets, key=lambda pair: _worth(pair[1]))
    following = _next_page(text, best, raw) if page.entries else None
    warnings = page.warnings if page.entries else (*page.warnings, "a recordset without records")
    # A set in the page of its column leads to calls of groups of pages, which its totals do not count.
    ahead = pages_ahead(raw.request, best.totals, len(best.records)) if find_slot(raw.request) is not None else 0
    return replace(page, url=raw.url, kind="recordset", next_page=following, warnings=warnings, ahead=ahead)


def find_sets(text: str) -> list[RecordSet]:
    """Every recordset of a text, in order; a datastore is one with its totals."""
    starts = (
        [found.start() for found in _STORE.finditer(text)] or [found.start() for found in _SET.finditer(text)] or [0]
    )
    starts = starts[:_SETS]
    return [_set(text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _worth(page: ListingPage) -> tuple[int, int]:
    return sum(entry.published_on is not None for entry in page.entries), len(page.entries)


def _next_page(text: str, found: RecordSet, raw: RawPage) -> PageRequest | None:
    group, slot = jcms.next_group(found.next_group, raw), find_slot(raw.request)
    if slot is None and _PAGE.search(text):  # the column's first page, which holds the set in a script
        have = len(found.records)
        said = found.totals.records
        if said is None and (in_script := _SCRIPT_TOTAL.search(text)) is not None:
            said = int(in_script[1])
        if said is not None and said <= have:
            return None
        return jcms.page_after(text, raw.url, have, group)
    known = found.totals.records is not None or found.totals.pages is not None
    if slot is None or (slot.kind == "page" and not known and group is not None):
        return group
    return next_request(raw.request, found.totals, len(found.records))


# -- records ----------------------------------------------------------------------------------------------------------


def _set(text: str) -> RecordSet:
    said = {one["name"].lower(): int(one["number"]) for one in _TOTALS.finditer(text)}
    named = _NEXT.search(text)
    totals = Totals(records=said.get("totalrecord"), pages=said.get("totalpage"))
    return RecordSet(tuple(_records(text)), totals, unescape(named["href"]) if named else "")


def _records(text: str) -> Iterator[str]:
    """The records as HTML; one that is cut off is left out."""
    place = 0
    for _ in range(_MOST):
        found = _RECORD.search(text, place)
        if found is None:
            return
        quoted = text.startswith(_CDATA, found.end())
        close = text.find("]]>" if quoted else "</record", found.end())
        if close < 0:
            return
        written = text[found.end() + len(_CDATA) * quoted : close]
        yield written if quoted or has_markup(written) else unescape(written)
        place = close


def _read(found: RecordSet, base: str, now: datetime, select: Selection) -> ListingPage:
    page = read_html(_as_list(found.records), base, now, select)
    if len(page.entries) >= _ENOUGH * len(found.records) or page.signature.startswith("select "):
        return replace(page, signature=f"recordset {page.signature}")
    readings = [reading for record in found.records if (reading := _one(record, base, now)) is not None]
    entries, warnings = entries_of(readings, now)
    warnings = (*(one for one in page.warnings if one.startswith("select.")), *warnings)
    return ListingPage(base, "recordset", entries, warnings=warnings, signature="recordset record", score=0.9)


def _as_list(records: Sequence[str]) -> str:
    start = records[0].lstrip()[:3].lower() if records else ""
    if start == "<tr":
        return f"<html><body><table>{''.join(records)}</table></body></html>"
    if start == "<li":
        return f"<html><body><ul>{''.join(records)}</ul></body></html>"
    return "<html><body>" + "".join(f"<div class='record'>{record}</div>" for record in records) + "</body></html>"


def _one(record: str, base: str, now: datetime) -> Reading | None:
    """A record by itself: the last page of a set may hold one alone, which repeats nothing."""
    page = parse(_as_list([record]), base)
    body = page.root.find("body")
    candidates = find_candidates(page)
    if body is None or not candidates:
        return None
    title = max(candidates, key=lambda one: (one.strong, one.linked, one.weight))
    return read_record(Record(title, body, [body]), page, now)
