"""Reads dates: as pages print them, from addresses, and as machines write them; it never guesses one that is not there.

The forms in which pages print dates are known in `date_forms`, the years that a listing leaves out in `date_order`.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crawler.extract.dates.calendar_days import day_in_zone, day_of
from crawler.extract.dates.forms import MONTHS, PrintedDate, find_dates
from crawler.extract.dates.order import settle_years

__all__ = [
    "PrintedDate",
    "date_in_url",
    "date_spans",
    "find_date",
    "is_future",
    "iso_date",
    "read_date",
    "settle_years",
    "unix_date",
]

_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # of a number that is to be a date
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,20}:)?//[^/?#]*")
_PATH = re.compile(r"[^?#;]*")
_LONGEST_URL = 2_000  # characters
_IN_PATH = tuple(
    re.compile(rf"(?<![0-9])((?:19|20)[0-9]{{2}}){form}")
    for form in (
        r"[-_/]([0-9]{1,2})/([0-9]{1,2})(?=/)",  # /2025/7/17/, /2025-07/17/; /2025/7/17.html may be any number
        r"[-_/]([0-9]{1,2})[-_]([0-9]{1,2})(?![0-9])",  # /2025-07-17.htm, /2025/07-17/
        r"/(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])",  # /2025/0717/
        # t20250717_123.html; also with a time, to the minute, second or millisecond
        r"(0[1-9]|1[0-2])([0-3][0-9])(?=(?:[0-2][0-9][0-5][0-9](?:[0-5][0-9](?:[0-9]{3})?)?)?(?![0-9]))",
    )
)
_NUMBER = re.compile(r"\s*(?:\\?/Date\()?([0-9]{9,14})(?:\.[0-9]{1,9})?(?:(?:[+-][0-9]{4})?\)\\?/)?\s*")
_CLOCK = r"(?P<hour>[0-2]?[0-9]):(?P<minute>[0-5][0-9])(?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_ZONE = r"(?:\s?(?P<zone>Z|UTC?|GMT|CST|[+-][01][0-9](?::?[0-5][0-9])?))?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})[a-z]{{0,6}}"
_DAY = r"(?P<day>[0-9]{1,2})"
_MACHINE_FORMS = tuple(
    re.compile(rf"\s*{form}\s*", re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<month>[0-9]{{1,2}})-{_DAY}(?:(?:T|\s+){_CLOCK}{_ZONE})?",  # ISO 8601
        rf"(?:[a-z]{{3,9}},?\s+)?{_DAY}[\s-]{_MONTH}[\s-]{_YEAR}(?:\s+{_CLOCK}{_ZONE})?",  # RFC 822
        rf"(?:[a-z]{{3,9}}\s+)?{_MONTH}\s+{_DAY}\s+{_CLOCK}{_ZONE}\s+{_YEAR}",  # Java: Thu Jul 17 04:00:00 CST 2025
    )
)
_UNIVERSAL = {"z", "ut", "utc", "gmt"}
_LONGEST = 80  # characters of a date that a machine wrote


def read_date(text: str, now: datetime) -> PrintedDate | None:
    """The first date in a short cell; None when there is none.

    One that exists comes before one that does not, a year that is printed before one that is not. A time of day alone
    is no date. What stands after 4,000 characters is not looked at.
    """
    return min(
        (found.printed for found in find_dates(text, now)),
        key=lambda printed: (printed.day is None, not printed.year_printed),
        default=None,
    )


def date_spans(text: str, now: datetime) -> list[tuple[int, int, PrintedDate]]:
    """Where the dates of a text stand: start and end, with a time of day that follows and brackets around it."""
    return [(found.start, found.end, found.printed) for found in find_dates(text, now)]


def find_date(text: str, today: date) -> date | None:
    """The first date in `text` that exists and is written in digits: for texts that are more than a cell.

    A whole date wins over one without a year, which is the latest that is no later than tomorrow.
    """
    dates = find_dates(text, datetime.combine(today, time(12)))
    plain = [one.printed for one in dates if one.plain and one.printed.day is not None]
    return min(plain, key=lambda printed: not printed.year_printed).day if plain else None


def date_in_url(url: str) -> date | None:
    """The date in the path of an address, the last where there are several; a year and a month alone are none."""
    head = url[:_LONGEST_URL]
    host = _HOST.match(head)
    path = _PATH.match(head, host.end() if host else 0)
    last, day = -1, None
    for form in _IN_PATH:
        for found in form.finditer(path[0] if path else ""):
            read = day_of(int(found[1]), int(found[2]), int(found[3]))
            if read is not None and read.year >= _FIRST_YEAR and found.start() > last:
                last, day = found.start(), read
    return day


def unix_date(value: float | str, zone: tzinfo) -> date | None:
    """The day in `zone` of a Unix time in seconds or milliseconds, as a number, as text or as `/Date(…)/`.

    None for what is no such number or not in the years 1990 to 2100: a count, an id, a date in digits.
    """
    if isinstance(value, str):
        digits = _NUMBER.fullmatch(value[:_LONGEST])
        if digits is None:
            return None
        value = int(digits[1])
    for seconds in (value, value / 1000 if abs(value) < 10**15 else 0):
        if _SECONDS[0] <= seconds < _SECONDS[1]:
            return datetime.fromtimestamp(seconds, zone).date()
    return None


_SECONDS = (
    datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp(),
    datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp(),
)


def iso_date(text: str, zone: tzinfo) -> date | None:
    """The day in `zone` of an instant as machines write it (ISO 8601, RFC 822 of feeds, Java); None for other text.

    2025-07-16T20:00:00Z is 2025-07-17 in Asia/Shanghai. Without an offset, and with the CST of Java, which in China is
    not that of America, the date is taken as it is written.
    """
    for form in _MACHINE_FORMS if len(text) <= _LONGEST else ():
        if (found := form.fullmatch(text)) is not None:
            month = found["month"]
            number = int(month) if month.isdecimal() else MONTHS.index(month.lower()) + 1
            day = day_of(int(found["year"]), number, int(found["day"]))
            return _in_zone(day, found, zone) if day is not None else None
    return None


def _in_zone(day: date, found: re.Match[str], zone: tzinfo) -> date:
    offset = (found["zone"] or "cst").lower()
    if offset == "cst":
        return day
    if offset in _UNIVERSAL:
        offset = "Z"
    return day_in_zone(day, (int(found["hour"]), int(found["minute"])), offset, zone)


def is_future(day: date, now: datetime) -> bool:
    """Whether a day is beyond tomorrow: no zone and no early hand explains it."""
    return day > now.date() + timedelta(days=1)
