"""Periods and instants: ISO weeks, days, several days and months of the zone; it never asks what time it is."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.announcing import Period
from monitor.errors import PeriodError

_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_FIRST = date(1900, 1, 1)  # no listing is older; near the first day of the calendar, weeks before cannot be counted


def week_of(day: date) -> Period:
    """The ISO week, Monday to Sunday, that holds `day`."""
    year, week, weekday = day.isocalendar()
    start = day - timedelta(days=weekday - 1)
    return Period(f"{year}-W{week:02d}", "week", start, start + timedelta(days=7))


def day_of(day: date) -> Period:
    """The period of one day."""
    return Period(day.isoformat(), "day", day, day + timedelta(days=1))


def days_of(start: date, end: date) -> Period:
    """The period from `start` to before `end`: of several days as 2025-07-18_2025-07-20, a single one as that day."""
    last = end - timedelta(days=1)
    if last < start:
        raise ValueError("a period has at least one day")
    return day_of(start) if last == start else Period(f"{start.isoformat()}_{last.isoformat()}", "days", start, end)


def month_of(day: date) -> Period:
    """The calendar month that holds `day`."""
    start = day.replace(day=1)
    return Period(f"{start:%Y-%m}", "month", start, (start + timedelta(days=32)).replace(day=1))


def parse_period(text: str) -> Period:
    """Read `2025-W29`, `2025-07-20`, `2025-07-18_2025-07-20` or `2025-07`.

    Raises PeriodError for anything else, 2025-W60 included.
    """
    period = _period(text)
    if period is None or period.start < _FIRST:
        raise _no_period(text)
    return period


def _period(text: str) -> Period | None:
    try:
        if found := _WEEK.fullmatch(text):
            return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        if found := _DAY.fullmatch(text):
            return day_of(date(int(found[1]), int(found[2]), int(found[3])))
        if found := _DAYS.fullmatch(text):
            return days_of(date.fromisoformat(found[1]), date.fromisoformat(found[2]) + timedelta(days=1))
        if found := _MONTH.fullmatch(text):
            return month_of(date(int(found[1]), int(found[2]), 1))
    except (ValueError, OverflowError):  # no such day, or one beyond the calendar
        return None
    return None


def _no_period(text: str) -> PeriodError:
    return PeriodError(
        f"{text!r} is no period",
        todo="write a week as 2025-W29, a day as 2025-07-20, days as 2025-07-18_2025-07-20 or a month as 2025-07",
    )


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The day that `instant` falls on in `zone`."""
    return instant.astimezone(zone).date()


def local_text(instant: datetime, zone: ZoneInfo) -> str:
    """`2025-07-21 08:00` in `zone`, for people."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read an ISO date-time; without an offset it is in `zone`. Answers in UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    aware = instant if instant.tzinfo else instant.replace(tzinfo=zone)
    return aware.astimezone(UTC)
