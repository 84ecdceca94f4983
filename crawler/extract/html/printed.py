"""Picks a record's date out of the short texts around its title; how a date is written it does not know."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from crawler.extract.dates import PrintedDate, read_date

_CELL = 30  # characters; a longer text with a date in it is a sentence, whose date is about something else
_LINE = 90  # characters of a line that says 发布时间 or the like
_MOST_DATES = 3  # published, changed, and one more
_PART = 12  # characters of a block that holds only a day, a month or a year
_MAY_DATE = re.compile(r"[0-9０-９〇零一二三四五六七八九十]|[今昨前]天|[今昨]日|刚刚|[前]$")
_SAID = re.compile(r"发布|发文|日\s*期|时\s*间|更新|上传|date|time|pub", re.IGNORECASE)
_PUBLISHED = re.compile(r"发布|公开|公布|上网|刊登")
_FRAME = re.compile(
    r"(?:发布|发表|发文|更新|上传|成文|公开|添加|录入|创建)?(?:时间|日期|于)?|[\[\]【】()（）<>《》:：|/·,，.。—\-\s]"
    r"|(?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d)?|(?:星期|周)[一二三四五六日天]|[上下]午|date|time",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})")
_END = re.compile(r"[\s\[【(（|/—\-]*$")
_START = re.compile(r"^[\s\]】］)）|｜/—\-:：]*")
# What parts a date from the title behind it: in 11月18日签约项目公布 nothing does, and the date is the event's.
_BEFORE_TITLE = " \u3000【［[|｜:："
_AFTER_DATE = " \u3000】］])）|｜:："
_CLOCK = re.compile(r"\s*(?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d)?\s*[\])）】]?\s*$")


def may_date(text: str) -> bool:
    """Whether it is worth asking what date a text holds."""
    return _MAY_DATE.search(text) is not None


def date_only(text: str, now: datetime) -> bool:
    """Whether a text is nothing but a date, with the words and brackets that frame one (`[07-17]`, `发布时间：…`)."""
    if len(text) > _CELL or not may_date(text):
        return False
    dates = 0
    while (found := read_date(text, now)) is not None and dates < _MOST_DATES:
        text, dates = text.replace(found.words, " ", 1), dates + 1
    return dates > 0 and not _FRAME.sub("", text).strip()


def best_date(texts: Sequence[str], now: datetime) -> PrintedDate | None:
    """The date that the texts around a title print, in their order; None when they print none.

    A text that is only a date wins over a line that mentions one, a printed year over a supplied one, a date said to
    be that of publication over others. Day, month and year may stand in neighbouring blocks. A day that does not
    exist (2025-02-30) is answered, with no day, when there is no other.
    """
    best: tuple[tuple[bool, ...], PrintedDate] | None = None
    for text, said, parts in _windows(texts):
        found = read_date(text, now)
        if found is None:
            continue
        rank = (
            found.day is not None,
            bool(_PUBLISHED.search(said)),
            parts == 1 and date_only(text, now),
            found.year_printed,
            parts == 1,
        )
        if best is None or rank > best[0]:
            best = (rank, found)
    return best[1] if best else None


def _windows(texts: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """What may hold a date: short texts, lines that say so, neighbouring blocks; each with the words before it."""
    for number, text in enumerate(texts):
        before = texts[number - 1] if number and len(texts[number - 1]) <= _CELL else ""
        said = (before if not may_date(before) else "") + text
        if len(text) <= _CELL or (len(text) <= _LINE and _SAID.search(text)):
            if may_date(text):
                yield text, said, 1
            for parts in (2, 3):
                window = texts[number : number + parts]
                if len(window) == parts and all(len(one) <= _PART for one in window) and may_date("".join(window)):
                    yield " ".join(window), said, parts


def without_date(title: str, printed: PrintedDate | None, now: datetime) -> tuple[str, PrintedDate | None]:
    """A title that a link wraps together with its date: the date at its end, or its beginning, is not part of it.

    Where the date stands elsewhere, one at the end is taken off only when it is the same.
    """
    clock = _CLOCK.search(title)
    end = clock.start() if clock and clock.start() else len(title)
    for size in range(4, 24):
        head, tail = title[: end - size], title[end - size : end]
        if head and _is_date_at_edge(head, tail, now):
            found = read_date(tail, now)
            if found is not None and _same(found, printed):
                return _END.sub("", head), printed or found
    return _without_date_first(title, printed, now)


def _without_date_first(title: str, printed: PrintedDate | None, now: datetime) -> tuple[str, PrintedDate | None]:
    for size in range(20, 4, -1):
        head, tail = title[:size], title[size:]
        if tail and date_only(head, now) and (tail[0] in _BEFORE_TITLE or head[-1] in _AFTER_DATE):
            found = read_date(head, now)
            if found is not None and _same(found, printed):
                return _START.sub("", tail), printed or found
    return title, printed


def _is_date_at_edge(head: str, tail: str, now: datetime) -> bool:
    return (head[-1] in " \u3000[(（【|/\t" or tail[0] in "[(（【") and date_only(tail, now)


def _same(found: PrintedDate, printed: PrintedDate | None) -> bool:
    return printed is None or (found.day is not None and found.day == printed.day)


def in_one_order(dates: Sequence[PrintedDate | None]) -> list[PrintedDate | None]:
    """The dates of one list, those like 11/09/2025 read day first when the list has one that can only be so.

    The month is taken to be first otherwise (crawler.extract.dates.forms); no site writes both in one list.
    """
    slashed = [_SLASHED.fullmatch(found.words.strip()) if found else None for found in dates]
    if not any(parts and int(parts["first"]) > 12 for parts in slashed):  # noqa: PLR2004 - months
        return list(dates)
    return [_day_first(found, parts) if found and parts else found for found, parts in zip(dates, slashed, strict=True)]


def _day_first(found: PrintedDate, parts: re.Match[str]) -> PrintedDate:
    try:
        return replace(found, day=date(int(parts["year"]), int(parts["second"]), int(parts["first"])))
    except ValueError:
        return found
