"""Schedules: reading them, and computing from stored instants what is due; no clock and no scheduler in here."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.announcing import Period
from monitor.periods import day_of, days_of, month_of, week_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_DAY_MINUTES = 24 * 60
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BACK_OFF = timedelta(days=1)  # the longest that a source is put off for its failures
_MOST_DOUBLINGS = 20  # of a second they make twelve days
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_LAST_OF_ALL_MONTHS, _LAST_OF_ANY = 28, 31  # every month has a 28th, none a 32nd
_SATURDAY = 5
_LONGEST_WAIT = 2 * 31  # days from one digest to the next, where one in between has nothing left to tell


def parse_duration(text: str) -> timedelta:
    """Read `30m`, `6h`, `1d` or `45s`. Raises ValueError."""
    found = _DURATION.fullmatch(text.strip())
    if not found or int(found[1]) * _SECONDS[found[2]] > 366 * 86400:
        raise ValueError(f"{text!r} is no duration; write a number and s, m, h or d, such as 30m or 6h")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def parse_clock(text: str) -> time:
    """Read `08:00`. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no time of day; write it as 08:00")
    return time(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class CrawlSchedule:
    """When a source falls due: every so often, or at times of day; `jitter` is the most it is put off."""

    every: timedelta | None
    at: tuple[time, ...]
    jitter: timedelta


class Cadence(StrEnum):
    """How often an audience is told, and so the period of its digests."""

    DAILY = "daily"  # the day before
    WEEKDAYS = "weekdays"  # Monday to Friday: the days since the last one
    WEEKLY = "weekly"  # the ISO week that had ended
    MONTHLY = "monthly"  # the calendar month that had ended


@dataclass(frozen=True, slots=True)
class DigestSchedule:
    """When an audience's digest falls due. `day`: the weekday (0 is Monday), or the day of the month (1 to 28)."""

    cadence: Cadence
    at: time
    day: int = 0  # of no meaning where it falls due daily or on weekdays

    def __str__(self) -> str:
        """As it is written, each in one way only: `mon 08:00`."""
        word = self.cadence.value
        if self.cadence is Cadence.WEEKLY:
            word = WEEKDAYS[self.day]
        if self.cadence is Cadence.MONTHLY:
            word = _ordinal(self.day)
        return f"{word} {self.at:%H:%M}"

    def falls_on(self, day: date) -> bool:
        """Whether a digest falls due on this day."""
        if self.cadence is Cadence.WEEKDAYS:
            return day.weekday() < _SATURDAY
        if self.cadence is Cadence.WEEKLY:
            return day.weekday() == self.day
        return self.cadence is Cadence.DAILY or day.day == self.day

    def period(self, day: date) -> Period:
        """What the digest that falls due on this day covers; it had ended before the day began."""
        if self.cadence is Cadence.WEEKLY:
            return week_of(day - timedelta(days=7))
        if self.cadence is Cadence.MONTHLY:
            return month_of(day.replace(day=1) - timedelta(days=1))
        if self.cadence is Cadence.WEEKDAYS and day.weekday() == 0:
            return days_of(day - timedelta(days=3), day)
        return day_of(day - timedelta(days=1))


def parse_digest_schedule(text: str) -> DigestSchedule:
    """Read `mon 08:00`, `daily 08:00`, `weekdays 17:30` or `1st 09:00`. Weekdays go by name. Raises ValueError."""
    words = text.lower().split()
    if len(words) != 2:  # noqa: PLR2004 - a day word and a time
        raise ValueError(
            f"{text!r} is no schedule; write a day and a time: mon 08:00, daily 08:00, weekdays 17:30 or 1st 09:00"
        )
    word, clock = words
    if found := _ORDINAL.fullmatch(word):
        return DigestSchedule(Cadence.MONTHLY, parse_clock(clock), _day_of_month(word, int(found[1])))
    if word in WEEKDAYS:
        return DigestSchedule(Cadence.WEEKLY, parse_clock(clock), WEEKDAYS.index(word))
    if word not in (Cadence.DAILY, Cadence.WEEKDAYS):
        days = ", ".join(WEEKDAYS)
        raise ValueError(f"{word!r} is no day to fall due on; write {days}, daily, weekdays, or 1st to 28th")
    return DigestSchedule(Cadence(word), parse_clock(clock))


def _day_of_month(word: str, number: int) -> int:
    if not 1 <= number <= _LAST_OF_ANY:
        raise ValueError(f"{word!r} is no day of the month; write 1st to 28th")
    if number > _LAST_OF_ALL_MONTHS:
        raise ValueError(f"{word!r} is no day that every month has; write 1st to 28th")
    if word != _ordinal(number):
        raise ValueError(f"{word!r} is no day of the month; write {_ordinal(number)}")
    return number


def _ordinal(number: int) -> str:
    return f"{number}{_SUFFIXES.get(number, 'th')}"


def next_crawl(
    schedule: CrawlSchedule, last: datetime | None, now: datetime, seed: str, zone: ZoneInfo, failures: int = 0
) -> datetime:
    """When a source that was last attempted at `last` is due; `now` when it never was.

    `failures` is how many of its crawls failed in a row: each doubles `every`, to a day at most, or to `every` itself
    where that is longer. So a site that is down is asked less often, and for ever. Times of day are kept to.

    A `last` in the future means that the clock was set back: due now. The jitter is a fixed share drawn from `seed`
    and `last`, so asking twice gives the same answer and a restart does not draw again.
    """
    if last is None or last > now:
        return now
    if schedule.every is not None:
        every = _backed_off(schedule.every, failures)
        return last + every + _share(seed, last) * min(schedule.jitter, schedule.every / 10)
    return _after(schedule.at, last, zone) + _share(seed, last) * schedule.jitter


def turn_of(schedule: CrawlSchedule) -> timedelta:
    """The longest time between two crawls of a source whose crawls do not fail, without the jitter."""
    if schedule.every is not None:
        return schedule.every
    minutes = sorted(at.hour * 60 + at.minute for at in schedule.at)
    following = [*minutes[1:], minutes[0] + _DAY_MINUTES]
    return timedelta(minutes=max(after - before for before, after in zip(minutes, following, strict=True)))


def _backed_off(every: timedelta, failures: int) -> timedelta:
    return min(every * (1 << min(failures, _MOST_DOUBLINGS)), max(every, _BACK_OFF))


def _share(seed: str, last: datetime) -> float:
    drawn = hashlib.sha256(f"{seed} {last.isoformat()}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") / 2**32


def _after(times: tuple[time, ...], last: datetime, zone: ZoneInfo) -> datetime:
    today = last.astimezone(zone).date()
    moments = [_instant(today + timedelta(days=ahead), at, zone) for ahead in (0, 1) for at in times]
    return min(moment for moment in moments if moment > last)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A period together with the moment at which its digest fell due."""

    period: Period
    due_at: datetime


def due_digests(
    schedule: DigestSchedule,
    created_at: datetime,
    last_due_at: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    *,
    told_until: date | None = None,
    changed: bool = False,
) -> tuple[DueDigest, ...]:
    """The digests that fell due since the last one (or since the audience was created), oldest first.

    `told_until` is the end of the last period that the audience has a digest of: a period that ends no later has
    nothing left to tell, whatever it is called, and is left out. A last one in the future means that the clock was set
    back: then all since the creation are due, but for those.

    `changed`: the last digest fell due by another schedule. What has fallen due by the new one since was missed by
    nobody; it is one digest, from where the last one ended, so that it reaches everybody whole.
    """
    if last_due_at is not None and last_due_at > now:
        last_due_at = None
    day = (last_due_at or created_at).astimezone(zone).date()
    day = max(day, told_until or day)  # what falls due before then has ended before then
    due: list[DueDigest] = []
    while (moment := _instant(day, schedule.at, zone)) <= now:
        fresh = moment > last_due_at if last_due_at is not None else moment >= created_at
        if fresh and _has_to_tell(schedule, day, told_until):
            due.append(DueDigest(schedule.period(day), moment))
        day += timedelta(days=1)
    return _in_one(due, told_until) if changed and due and told_until else tuple(due)


def next_digest(schedule: DigestSchedule, now: datetime, zone: ZoneInfo, told_until: date | None = None) -> datetime:
    """The first moment after `now` at which a digest falls due; `told_until` as for `due_digests`."""
    day = now.astimezone(zone).date()
    for ahead in range(_LONGEST_WAIT + 1):
        candidate = day + timedelta(days=ahead)
        moment = _instant(candidate, schedule.at, zone)
        if moment > now and _has_to_tell(schedule, candidate, told_until):
            return moment
    raise AssertionError("two months hold the end of a period that had not ended before")


def _has_to_tell(schedule: DigestSchedule, day: date, told_until: date | None) -> bool:
    return schedule.falls_on(day) and (told_until is None or schedule.period(day).end > told_until)


def _in_one(due: Sequence[DueDigest], told_until: date) -> tuple[DueDigest, ...]:
    """One digest for all; a single one that leaves no gap keeps its own period."""
    if len(due) == 1 and due[0].period.start <= told_until:
        return tuple(due)
    return (DueDigest(days_of(told_until, due[-1].period.end), due[-1].due_at),)
