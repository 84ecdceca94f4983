"""Finds dates that stand over several records: a month, a day before its lines; single records it leaves alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from lxml.html import HtmlElement

from crawler.extract.dates import PrintedDate, read_date
from crawler.extract.html.fields import Reading, following
from crawler.extract.html.printed import best_date, date_only
from crawler.extract.html.records import RecordList
from crawler.extract.html.tree import pieces, whole_text
from monitor.text import clean

_LONGEST = 30  # characters of a heading
_LEVELS = 3  # above the list, where the heading of a panel that opens and closes may stand
_BACK = 40  # siblings looked at before a record
_LEAST_CELLS = 3
_HEAD_ROWS = 5
_LONGEST_HEAD = 10  # characters
_DIGIT = re.compile(r"\d")
_HEAD = re.compile(r"日\s*期|时\s*间")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[-/.年]\s*(0?[1-9]|1[0-2])(?:\s*月)?(?![\d])")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年?(?!\d)")
_DAY = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])\s*[日号]?(?!\d)")


def dated_by_headings(found: RecordList, readings: Sequence[Reading], now: datetime) -> list[Reading]:
    """The readings, those without a date given that of the heading over them.

    A heading with a whole date dates its lines; one with year and month completes a line that prints a day; one with
    a year completes a line that prints month and day.
    """
    filled: list[Reading] = []
    for record, reading in zip(found.records, readings, strict=True):
        if reading.printed is not None and reading.printed.year_printed:
            filled.append(reading)
            continue
        printed = _from_headings(record.root, found.parent, reading, now)
        filled.append(replace(reading, printed=printed) if printed is not None else reading)
    return filled


def column_heads(found: RecordList) -> list[str]:
    """What stands over the cells of a table's rows, or of a grid of lists; empty where nothing does."""
    cells = len(found.records[0].root)
    if cells < _LEAST_CELLS:
        return []
    rows = [child for child in found.parent if child is not found.records[0].root][:_HEAD_ROWS]
    if (table := next(found.parent.iterancestors("table"), None)) is not None:
        rows = [*list(table.iter("tr"))[:_HEAD_ROWS], *rows]
    for node in (found.parent, *list(found.parent.iterancestors())[:_LEVELS]):
        before = node.getprevious()
        rows += [before, *list(before.iter("ul", "dl", "tr", "div"))[:_HEAD_ROWS]] if before is not None else []
    for row in rows:
        heads = [whole_text(cell) for cell in row if isinstance(cell.tag, str)]
        if len(heads) == cells and all(len(head) <= _LONGEST_HEAD and not _DIGIT.search(head) for head in heads):
            return heads if any(_HEAD.search(head) for head in heads) else []
    return []


def dates_stand_before(found: RecordList, now: datetime) -> bool:
    """Whether the dates of a list stand before its records: one before the first, and none behind the last."""
    first, last = found.records[0], found.records[-1]
    return date_only(_just_before(first.root), now) and best_date(following(last), now) is None


def _just_before(root: HtmlElement) -> str:
    before = root.getprevious()
    while before is not None and not isinstance(before.tag, str):
        before = before.getprevious()
    if before is None:
        parent = root.getparent()
        return clean(parent.text or "") if parent is not None else ""
    return clean(before.tail or "") or whole_text(before)


def _from_headings(root: HtmlElement, parent: HtmlElement, reading: Reading, now: datetime) -> PrintedDate | None:
    above = [parent, *list(parent.iterancestors())[:_LEVELS]]
    for text in [_just_before(root), *_before(root), *(text for node in above for text in _before(node))]:
        if reading.printed is None and date_only(text, now):
            return read_date(text, now)
        if reading.printed is None and (month := _MONTH.fullmatch(text.strip(" []【】()（）"))):
            return _with_day(root, int(month[1]), int(month[2]))
        if (
            reading.printed is not None
            and reading.printed.day
            and (year := _YEAR.fullmatch(text.strip(" []【】()（）")))
        ):
            return _with_year(reading.printed, int(year[1]))
    return None


def _before(node: HtmlElement | None) -> list[str]:
    """The short texts before an element among its siblings, the nearest first; of longer ones the first line."""
    texts: list[str] = []
    steps = 0
    node = node.getprevious() if node is not None else None
    while node is not None and steps < _BACK:
        if isinstance(node.tag, str) and node.tag not in ("script", "style"):
            text = whole_text(node)
            if text and len(text) <= _LONGEST:
                texts.append(text)
        node, steps = node.getprevious(), steps + 1
    return texts


def _with_day(root: HtmlElement, year: int, month: int) -> PrintedDate | None:
    for piece in pieces(root):
        day = _DAY.fullmatch(piece.text.strip(" []【】()（）"))
        if day:
            try:
                return PrintedDate(date(year, month, int(day[1])), True, piece.text)
            except ValueError:
                return PrintedDate(None, True, piece.text)
    return None


def _with_year(printed: PrintedDate, year: int) -> PrintedDate | None:
    if printed.day is None:
        return None
    try:
        return PrintedDate(printed.day.replace(year=year), True, printed.words)
    except ValueError:
        return None
