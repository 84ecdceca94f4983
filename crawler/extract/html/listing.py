"""Reads an HTML listing without being told where its records are; other kinds of page are read beside it.

It orders the steps: parse, find the record block, read its lines, settle their dates, find the next page.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from crawler.extract.dates import date_in_url, is_future, settle_years
from crawler.extract.html.blocks import Block, find_block
from crawler.extract.html.fields import Reading
from crawler.extract.html.lines import read_lines
from crawler.extract.html.page_counts import count_pages
from crawler.extract.html.pager import find_next, unfollowed
from crawler.extract.html.printed import in_one_order
from crawler.extract.html.selected import selected_block, selected_next
from crawler.extract.html.tree import Page, parse
from monitor.pages import Entry, ListingPage, Selection

_WRITE = r"""\s*document\.write(?:ln)?\(\s*(?:"(?P<d{0}>[^"\\]{{0,4000}})"|'(?P<s{0}>[^'\\]{{0,4000}})')\s*\)\s*;?"""
_LITERAL = re.compile(_WRITE.format(""))
_WRITES = re.compile(rf"<script[^<>]{{0,200}}>(?P<body>(?:{_WRITE.format('1')})+\s*)</script>", re.IGNORECASE)
_BY_LINES = 0.5  # the score of labelled lines, which nothing but their labels speaks for
_DOUBTFUL = "hardly a listing: {} without dates or labels, taken because nothing else on the page could be one"
_SHOWN = 40  # characters of a title in a warning


def read_html(
    text: str,
    url: str,
    now: datetime,
    select: Selection = Selection(),  # noqa: B008 - frozen
    known: Collection[str] = (),
) -> ListingPage:
    """The entries of the page's record block in page order, and how the next page is asked for.

    `known` are signatures of blocks that the listing's records stood in.
    """
    page = parse(_written_out(text), url)
    selected, missed = selected_block(page, now, select)
    block = selected or _found(page, now, known)
    readings = block.readings if block else ()
    entries, warnings = entries_of(readings, now)
    if block is not None and block.doubtful:
        warnings = (_DOUBTFUL.format(len(entries)), *warnings)
    chosen, no_next = selected_next(page, select)
    following = chosen or find_next(page)
    pages, ahead = count_pages(page, following, len(entries)) if following is not None else (None, 0)
    return ListingPage(
        url=url,
        kind="html",
        entries=entries,
        next_page=following,
        warnings=(*missed, *no_next, *warnings),
        signature=block.signature if block else "",
        score=block.score if block else 0.0,
        pages=pages,
        ahead=ahead,
        unfollowed="" if following is not None else unfollowed(page),
    )


def _written_out(text: str) -> str:
    """The page with what its scripts write literally, line by line, in the place of the scripts."""
    if "document.write" not in text:
        return text
    return _WRITES.sub(lambda script: _LITERAL.sub(lambda one: one["d"] or one["s"] or "", script["body"]), text)


def _found(page: Page, now: datetime, known: Collection[str]) -> Block | None:
    """The record block, or where no record has a link the labelled lines of the text, when these are more."""
    block = find_block(page, now, known)
    if block is not None and any(reading.url for reading in block.readings):
        return block
    lines = read_lines(page, now)
    more = len(lines) > (len(block.readings) if block else 0)
    return Block(tuple(lines), "lines", _BY_LINES) if more else block


def entries_of(readings: Sequence[Reading], now: datetime) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Entries with settled dates, and what is to be said about dates that do not exist or lie ahead.

    A line that prints no date takes that of its address, where there is one.
    """
    dates = in_one_order([reading.printed for reading in readings])
    days = settle_years(dates, now)
    entries: list[Entry] = []
    warnings: list[str] = []
    for reading, printed, settled in zip(readings, dates, days, strict=True):
        day = settled
        if day is None and reading.url is not None:
            day = date_in_url(reading.url)
        if printed is not None and printed.day is None:
            warnings.append(f"impossible date {printed.words!r} on {reading.title[:_SHOWN]!r}")
        if day is not None and is_future(day, now):
            warnings.append(f"future date {day} on {reading.title[:_SHOWN]!r}")
        year_printed = printed is None or printed.day is None or printed.year_printed
        entries.append(Entry(reading.title, reading.url, day, reading.summary, reading.body, year_printed))
    return tuple(entries), tuple(warnings)
