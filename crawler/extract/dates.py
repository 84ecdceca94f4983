"""Reads the dates that listings and post pages print; it never guesses a date that is not there."""

import re
import unicodedata
from datetime import date, timedelta

_FULL = re.compile(r"(?<!\d)(20\d{2}|19\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=(?:\d{4}|\d{6})?(?!\d))")
_SHORT_YEAR = re.compile(r"(?<![\d./-])(\d{2})([-/.])(\d{2})\2(\d{2})(?![\d./-])")
# Two digits each, so that 第3-4期 and 5-10亿元 are no dates; or 7月17日.
_SHORT = re.compile(r"(?<![\d./-])(?:(\d{2})[-/](\d{2})|(\d{1,2})\s*月\s*(\d{1,2})\s*日)(?![\d/-])")


def find_date(text: str, today: date) -> date | None:
    """The first date in `text`; a date without a year is the latest that is no later than tomorrow."""
    text = unicodedata.normalize("NFKC", text)
    for pattern in (_FULL, _COMPACT):
        for found in pattern.finditer(text):
            day = _date(int(found[1]), int(found[2]), int(found[3]))
            if day is not None:
                return day
    for found in _SHORT_YEAR.finditer(text):
        day = _date(2000 + int(found[1]), int(found[3]), int(found[4]))
        if day is not None:
            return day
    for found in _SHORT.finditer(text):
        day = _without_year(int(found[1] or found[3]), int(found[2] or found[4]), today)
        if day is not None:
            return day
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without_year(month: int, day: int, today: date) -> date | None:
    for year in (today.year + 1, today.year, today.year - 1, today.year - 2, today.year - 3, today.year - 4):
        candidate = _date(year, month, day)  # four years back, for the 29th of February
        if candidate is not None and candidate <= today + timedelta(days=1):
            return candidate
    return None
