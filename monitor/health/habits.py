"""What is usual for a source, by its own history, and what of one reading is not; of failed crawls it knows nothing.

Robust throughout: an outlier or two among the readings move no limit. The numbers are explained in docs/health.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from monitor.health.conditions import ListingFigures, Symptom, Trouble

HISTORY = 30  # readings that make a habit, at most
_ENOUGH = 5  # readings before there is a habit
_LOWER_END = 0.1  # this share of the readings lies below the lower end of the habit
_DROP = 0.5  # of the lower end: fewer records than that are suspicious
_BACK = 0.75  # of the lower end: so many are needed to be usual again
_DATED = 0.8  # share of records with a date from which on a source is one that dates them
_UNDATED_NOW = 0.5  # of such a source: a smaller share is suspicious
_DATED_AGAIN = 0.65
_LINKLESS = 0.5  # share of records that lead nowhere beyond which that is suspicious
_GARBLED = 0.2
_FEW_GARBLED = 2  # one odd title is an odd title
_BACKWARDS = timedelta(days=31)  # one record that was taken away again moves the newest date less than that

_GAPS = 8  # between days with posts, before there is a pace
_LONG_GAP = 0.9  # this share of the gaps is no longer than the one that thresholds are made from
_QUIET_AFTER, _QUIET_AT_LEAST = 2, 7  # times the long gap, and days
_STALE_AFTER, _STALE_AT_LEAST = 6, 30
_QUIET_WITHOUT_PACE = 30  # days


@dataclass(frozen=True, slots=True)
class Habit:
    """What the first page of a listing usually comes to."""

    lower: int  # the lower end of its number of records
    records: int  # the usual number
    dated: float  # the usual share of records with a date
    linkless: float  # the usual share that lead nowhere
    newest_on: date | None  # the newest date that its latest readings agree on


def habit_of(history: Sequence[ListingFigures]) -> Habit | None:
    """The habit that readings show, oldest first; None while they are too few."""
    readings = history[-HISTORY:]
    if len(readings) < _ENOUGH:
        return None
    records = sorted(one.records for one in readings)
    newest = sorted(one.newest_on for one in readings[-_ENOUGH:] if one.newest_on is not None)
    return Habit(
        lower=records[int(_LOWER_END * len(records))],
        records=int(median(records)),
        dated=median(_share(one.dated, one) for one in readings),
        linkless=median(_share(one.without_link, one) for one in readings),
        newest_on=newest[len(newest) // 2] if newest else None,
    )


def oddity(now: ListingFigures, habit: Habit | None, *, odd_before: bool) -> Trouble | None:
    """What of a reading does not look right; None when it is as usual, or nothing is known of what is usual.

    After an odd reading (`odd_before`) it takes more to count as usual again, so that a figure at the limit does not
    change a source's state to and fro.
    """
    return _by_itself(now, habit) or (_by_habit(now, habit, odd_before=odd_before) if habit is not None else None)


def _by_itself(now: ListingFigures, habit: Habit | None) -> Trouble | None:
    garbled = now.garbled >= _FEW_GARBLED or now.garbled == now.records
    if now.garbled and garbled and now.garbled > _GARBLED * now.records:
        return Trouble(Symptom.GARBLED, f"{now.garbled}/{now.records}")
    linkless = habit is not None and habit.linkless > _LINKLESS
    if now.without_link > _LINKLESS * now.records and not linkless:
        return Trouble(Symptom.FIELDS_MISSING, f"link {now.without_link}/{now.records}")
    return None


def _by_habit(now: ListingFigures, habit: Habit, *, odd_before: bool) -> Trouble | None:
    if now.records < habit.lower * (_BACK if odd_before else _DROP):
        return Trouble(Symptom.FEWER_RECORDS, f"{now.records}/{habit.records}")
    needed = _DATED_AGAIN if odd_before else _UNDATED_NOW
    if habit.dated >= _DATED and _share(now.dated, now) < needed:
        return Trouble(Symptom.FIELDS_MISSING, f"date {now.records - now.dated}/{now.records}")
    went_back = now.newest_on is not None and habit.newest_on is not None
    if went_back and habit.newest_on - now.newest_on > _BACKWARDS:  # type: ignore[operator] # neither is None
        return Trouble(Symptom.STALE, f"{now.newest_on}<{habit.newest_on}")
    return None


def is_steady(readings: Sequence[ListingFigures]) -> bool:
    """Whether readings agree with one another: no more than the usual drop between the largest and the smallest."""
    records = [one.records for one in readings]
    return bool(records) and min(records) > 0 and min(records) >= _DROP * max(records)


def _share(part: int, figures: ListingFigures) -> float:
    return part / figures.records if figures.records else 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a source may go without anything new: `stale` is None for one that has no pace to fall behind."""

    quiet: timedelta
    stale: timedelta | None


def pace_of(posted_on: Sequence[date]) -> Pace:
    """The pace that the days of a source's posts show, newest first.

    With the gap that nine of ten do not exceed: a holiday or a long past lull makes no difference, and a source that
    posts once a month is given months.
    """
    gaps = sorted((later - earlier).days for later, earlier in pairwise(posted_on))
    if len(gaps) < _GAPS:
        return Pace(timedelta(days=_QUIET_WITHOUT_PACE), None)
    long = gaps[min(int(_LONG_GAP * len(gaps)), len(gaps) - 1)]
    return Pace(
        timedelta(days=max(_QUIET_AFTER * long, _QUIET_AT_LEAST)),
        timedelta(days=max(_STALE_AFTER * long, _STALE_AT_LEAST)),
    )
