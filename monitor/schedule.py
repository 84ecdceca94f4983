"""Schedules: reading them, and computing from stored instants what is due; no clock and no scheduler in here."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.announcing import Period
from monitor.periods import day_of, week_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_DAY_MINUTES = 24 * 60
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BACK_OFF = timedelta(days=1)  # the longest that a source is put off for its failures
_MOST_DOUBLINGS = 20  # of a second they make twelve days
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


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


@dataclass(frozen=True, slots=True)
class DigestSchedule:
    """When an audience's digest falls due: on one weekday (0 is Monday), or daily when `weekday` is None."""

    weekday: int | None
    at: time


def parse_digest_schedule(text: str) -> DigestSchedule:
    """Read `mon 08:00` or `daily 08:00`. Weekdays go by name, never by number. Raises ValueError."""
    words = text.lower().split()
    if len(words) != 2:  # noqa: PLR2004 - a day word and a time
        raise ValueError(f"{text!r} is no schedule; write a weekday or daily, and a time: mon 08:00")
    day, clock = words
    if day != "daily" and day not in WEEKDAYS:
        raise ValueError(f"{day!r} is no weekday; write one of {', '.join(WEEKDAYS)}, or daily")
    return DigestSchedule(None if day == "daily" else WEEKDAYS.index(day), parse_clock(clock))


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
) -> tuple[DueDigest, ...]:
    """The digests that fell due since the last one (or since the audience was created), oldest first.

    A weekly digest covers the ISO week that had ended when it fell due, a daily one the day before. A last one in the
    future means that the clock was set back: then all since the creation are named again, and those that were frozen
    stay as they are.
    """
    if last_due_at is not None and last_due_at > now:
        last_due_at = None
    day = (last_due_at or created_at).astimezone(zone).date()
    due: list[DueDigest] = []
    while (moment := _instant(day, schedule.at, zone)) <= now:
        fresh = moment > last_due_at if last_due_at is not None else moment >= created_at
        if fresh and schedule.weekday in (None, day.weekday()):
            due.append(DueDigest(_ended_before(schedule, day), moment))
        day += timedelta(days=1)
    return tuple(due)


def next_digest(schedule: DigestSchedule, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `now` at which a digest falls due."""
    day = now.astimezone(zone).date()
    for ahead in range(9):
        candidate = day + timedelta(days=ahead)
        moment = _instant(candidate, schedule.at, zone)
        if moment > now and schedule.weekday in (None, candidate.weekday()):
            return moment
    raise AssertionError("a week has every weekday")


def _ended_before(schedule: DigestSchedule, day: date) -> Period:
    if schedule.weekday is None:
        return day_of(day - timedelta(days=1))
    return week_of(day - timedelta(days=7))
