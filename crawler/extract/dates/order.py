"""Settles the years that a listing leaves out, by the order of its entries; it reads no text.

The rule. Listings are printed newest first or, seldom, oldest first. From one entry to the next a listing descends by
less than 300 days or goes up by no more than 65: that names one year for every day without one. Where it would go up
by more, the year before is meant. The chain starts at printed years and goes up and down from them; without any, its
first entry is the latest that is no later than tomorrow.

Entries pinned on top are out of order, and would pull all that follows into another year. So up to five are set aside
when the rest then lies a year or more later, and the way down to it, entry by entry, was over four times as steep as
the rest mostly is. Such a day is the latest that is no later than tomorrow. A sparse listing and a lively one with
pinned entries may print the same days; that is what the fourfold decides.

A listing that goes up and down by months has no visible order: each of its days is the latest that it can be.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from crawler.extract.dates.calendar_days import day_of, latest
from crawler.extract.dates.forms import PrintedDate

_UP = timedelta(days=65)  # how far an entry may stand out of order
_YEAR = timedelta(days=300)  # what is this much later is a year later
_PINNED = 5  # entries, at most, and always fewer than the rest
_REST = 3  # entries that must be left to tell how steep a listing is
_STEEP = 4
_RISES = 3  # steps up at least; fewer may be between pinned entries
_BIG_SHARE, _BIG_STEPS = 0.4, 3  # of steps by months in a listing without order
_LEAP_YEARS = 9  # more than ever lie between two 29ths of February
_LEAP = 2000  # a year that has every day


def settle_years(found: Sequence[PrintedDate | None], now: datetime) -> list[date | None]:
    """The days of a listing's entries in page order, with the years that were not printed.

    None stays None, and so does a day that does not exist; printed years are kept. `now` bounds the listing: for its
    second page and later ones, an instant on the day of the last entry before.
    """
    until = now.date() + timedelta(days=1)
    known = [(number, one) for number, one in enumerate(found) if one is not None and one.day is not None]
    days: list[date | None] = [None] * len(found)
    for (number, _), day in zip(known, _settle([one for _, one in known], until), strict=True):
        days[number] = day
    return days


def _settle(items: Sequence[PrintedDate], until: date) -> list[date]:
    rising, ordered = _order(items)
    if not ordered:
        return [_alone(item, until) for item in items]
    if rising:
        return _chain(items[::-1], until)[::-1]
    return _without_pinned(items, until)


def _order(items: Sequence[PrintedDate]) -> tuple[bool, bool]:
    """Whether the oldest entry comes first, and whether there is an order at all."""
    up = down = big = 0
    for above, below in pairwise(items):
        fall = _fall(above, below)
        up += fall < 0
        down += 0 < fall <= _UP.days
        big += fall > _UP.days
    rising = up >= _RISES and up > down + big
    against = down if rising else up
    return rising, not (against and big >= _BIG_STEPS and big > _BIG_SHARE * (len(items) - 1))


def _fall(above: PrintedDate, below: PrintedDate) -> int:
    """Days from an entry down to the next: of days without years from 65 up, which is negative, to 300 down."""
    first, second = _day(above), _day(below)
    if above.year_printed and below.year_printed:
        return (first - second).days
    days = (first.replace(year=_LEAP) - second.replace(year=_LEAP)).days % 366
    return days if days <= _YEAR.days else days - 366


def _without_pinned(items: Sequence[PrintedDate], until: date) -> list[date]:
    """A listing read from the newest entry down, less those pinned on top where that is more likely."""
    plain = best = _chain(items, until)
    for pinned in range(1, min(_PINNED, len(items) - _REST, (len(items) - 1) // 2) + 1):
        rest = _chain(items[pinned:], until)
        steep = (until - plain[pinned]).days / (pinned + 1)
        slope = median((above - below).days for above, below in pairwise(rest))
        if rest[0] - best[pinned] >= _YEAR and steep > _STEEP * slope:
            best = [_alone(item, until) for item in items[:pinned]] + rest
    return best


def _chain(items: Sequence[PrintedDate], until: date) -> list[date]:
    """Days of a listing that descends: up from the first printed year, and down from there and from each later one."""
    anchor = next((number for number, item in enumerate(items) if item.year_printed), 0)
    days = [_alone(item, until) for item in items[anchor : anchor + 1]]
    for item in items[:anchor][::-1]:
        days.append(_above(days[-1], item, until))
    days.reverse()
    for item in items[anchor + 1 :]:
        days.append(_below(days[-1], item, until))
    return days


def _alone(item: PrintedDate, until: date) -> date:
    day = _day(item)
    return day if item.year_printed else latest(day.month, day.day, until) or day


def _below(above: date, item: PrintedDate, until: date) -> date:
    return _alone(item, min(above + _UP, until))


def _above(below: date, item: PrintedDate, until: date) -> date:
    """The day that lies next above another; one that would be in the future is out of order."""
    if item.year_printed:
        return _day(item)
    month, day = _day(item).month, _day(item).day
    since = below - _UP
    for year in range(since.year, min(since.year + _LEAP_YEARS, until.year + 1)):
        candidate = day_of(year, month, day)
        if candidate is not None and since <= candidate <= until:
            return candidate
    return _alone(item, until)


def _day(item: PrintedDate) -> date:
    if item.day is None:
        raise ValueError(f"no day: {item.words}")
    return item.day
