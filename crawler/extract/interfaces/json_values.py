"""Reads single values of a record: dates as interfaces write them, and texts; which field is which it does not know."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from crawler.extract.dates import PrintedDate, iso_date, read_date, unix_date

_LONGEST_DATE = 60  # characters
_SHORTEST_DIGITS = 8  # 20250717
_AHEAD = timedelta(days=400)  # a number that means a day further ahead is an identifier
_SIGNS = frozenset("0123456789〇零一二三四五六七八九十今昨前刚")
_ZONE = re.compile(r"[TZ]|[+-]\d{2}:?\d{2}$|GMT|UTC|[A-Z][a-z]{2}")  # written by a machine, not for readers
_BESIDE = re.compile(r"[\s\[\]()（）【】:：,，日期时间发布于]+")
_FIELDS = 7  # of a time as a list: year, month, day, hour, minute, second, nanosecond

Getter = Callable[[dict[str, object]], object]


def date_of(value: object, now: datetime) -> PrintedDate | None:
    """The date that a value means, in the zone of `now`; None when it means none. Never raises.

    Knows Unix seconds and milliseconds, 20250717 with and without a time, ISO 8601 in any zone, what Java, .NET and
    mail headers make of dates, and all that pages print.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _of_number(value, now) if math.isfinite(value) else None
    if isinstance(value, list):
        return _of_list(value)
    return _of_text(value.strip(), now) if isinstance(value, str) else None


def _of_number(value: float, now: datetime) -> PrintedDate | None:
    day = unix_date(value, now.tzinfo or UTC)
    if day is not None:
        return PrintedDate(day, True, str(value)) if day <= now.date() + _AHEAD else None
    return read_date(str(int(value)), now) if value >= 10**_SHORTEST_DIGITS // 10 else None


def _of_list(values: list[object]) -> PrintedDate | None:
    """[2025, 7, 17, 10, 30], as Java writes a local time."""
    numbers = [value for value in values if isinstance(value, int)]
    if not 3 <= len(numbers) == len(values) <= _FIELDS:  # noqa: PLR2004 - year, month, day
        return None
    try:
        return PrintedDate(date(numbers[0], numbers[1], numbers[2]), True, "-".join(map(str, numbers[:3])))
    except (ValueError, OverflowError):
        return None


def _of_text(text: str, now: datetime) -> PrintedDate | None:
    if not text or len(text) > _LONGEST_DATE or _SIGNS.isdisjoint(text):
        return None
    if text.isascii() and text.isdigit():
        return _of_number(int(text), now) if len(text) >= _SHORTEST_DIGITS else None
    if "Date(" in text and (day := unix_date(text, now.tzinfo or UTC)) is not None:
        return PrintedDate(day, True, text)
    if _ZONE.search(text) and (day := iso_date(text, now.tzinfo or UTC)) is not None:
        return PrintedDate(day, True, text)
    return read_date(text, now)


def is_dateish(value: object, now: datetime) -> bool:
    """Whether a value is a date and nothing else: a sentence that mentions a day is none."""
    found = date_of(value, now)
    if found is None or not isinstance(value, str):
        return found is not None
    return not _BESIDE.sub("", value.replace(found.words, "", 1))


def text_of(value: object) -> str:
    """A text, or a number as text; empty for everything else. A list of one counts as that one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def getter(path: tuple[str, ...]) -> Getter:
    """A function that takes the value at `path` out of a record; None where the record has none."""

    def get(record: dict[str, object]) -> object:
        value: object = record
        for name in path:
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    return get
