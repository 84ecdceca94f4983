"""Days of the calendar: which exist, which of a name is the latest, which it is in another zone; it reads no text."""

from datetime import date, datetime, timedelta, timezone, tzinfo

_LEAP_YEARS = 9  # more than ever lie between two 29ths of February


def day_of(year: int, month: int, day: int) -> date | None:
    """The day of that name, or None where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def latest(month: int, day: int, until: date) -> date | None:
    """The latest such day that is no later than `until`; None for one that no calendar has."""
    for year in range(until.year, until.year - _LEAP_YEARS, -1):
        candidate = day_of(year, month, day)
        if candidate is not None and candidate <= until:
            return candidate
    return None


def day_in_zone(day: date, time: tuple[int, int], offset: str, zone: tzinfo) -> date:
    """The day in `zone` of an hour and minute in another: `offset` is `Z` or like `+0800`, `-05:30`."""
    digits = offset.strip("Zz+-").replace(":", "")
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)) if digits else timedelta()
    there = timezone(-east if offset.startswith("-") else east)
    return datetime(day.year, day.month, day.day, min(time[0], 23), time[1], tzinfo=there).astimezone(zone).date()
