"""Decides how a source is from what the ledger remembers of it; pure, and it alerts nobody.

Two steps: what each crawl shows, oldest first, since what is usual comes from the crawls before; then for how long the
newest has shown the same. The rules and their numbers are explained in docs/health.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise, takewhile

from monitor.health.conditions import (
    CrawlRecord,
    Health,
    HealthRules,
    ListingFigures,
    SourceRecord,
    State,
    Symptom,
    Trouble,
)
from monitor.health.habits import HISTORY, Pace, habit_of, is_steady, oddity, pace_of
from monitor.visits import is_mass_vanishing

_MISSED_TURNS = 3  # a source that has missed this many turns, and a day, has silently stopped
_NEW_HABIT = 20  # crawls in a row that show a listing alike: so it is now, however it was

_FAILED = (State.BROKEN, State.BLOCKED, State.UNREACHABLE)
_UNREACHABLE = frozenset(
    {
        Symptom.DNS,
        Symptom.TLS,
        Symptom.TIMEOUT,
        Symptom.REFUSED,
        Symptom.CONNECTION,
        Symptom.SERVER_ERROR,
        Symptom.BUSY,
    }
)
_BLOCKED = frozenset({Symptom.CHALLENGE, Symptom.LOGIN, Symptom.FORBIDDEN, Symptom.ROBOTS})


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one crawl shows."""

    crawl: CrawlRecord
    state: State
    trouble: Trouble | None


def judge(record: SourceRecord, now: datetime, rules: HealthRules) -> Health:
    """How a source is at `now`.

    `since` is when the first crawl of those began that show it without a break, `crawls` how many they are. Crawls
    that fail count together, by whatever they fail; of a source that is not crawled, the turns count that it missed.
    """
    if record.paused:
        return Health(State.PAUSED)
    if (silence := _silence(record, now)) is not None:
        return silence
    shown = _what_crawls_show(record)
    if not shown:
        return Health(State.SUSPICIOUS, Trouble(Symptom.NEVER_CRAWLED), record.created_at)
    if shown[-1].state in _FAILED:
        return _failing(shown, rules)
    newest = shown[-1]
    run = list(takewhile(lambda one: one.state is newest.state, reversed(shown)))
    return Health(newest.state, newest.trouble, run[-1].crawl.started_at, len(run))


def state_of_failure(trouble: Trouble) -> State:
    """What a crawl that did not complete says of its source."""
    if trouble.symptom in _UNREACHABLE:
        return State.UNREACHABLE
    return State.BLOCKED if trouble.symptom in _BLOCKED else State.BROKEN


def _silence(record: SourceRecord, now: datetime) -> Health | None:
    """A source that nobody has crawled for several of its turns."""
    newest = record.crawls[0] if record.crawls else None
    last = newest.started_at if newest is not None else record.created_at
    idle = now - last
    if idle <= _MISSED_TURNS * record.turn + timedelta(days=1):
        return None
    missed = idle // max(record.turn, timedelta(seconds=1))
    if newest is None:
        return Health(State.BROKEN, Trouble(Symptom.NEVER_CRAWLED), last, missed)
    return Health(State.BROKEN, Trouble(Symptom.SILENT, f"{idle.days} d"), last, missed)


def _runs(crawl: CrawlRecord) -> bool:
    return crawl.finished_at is None and crawl.alive


def _failing(shown: Sequence[_Shown], rules: HealthRules) -> Health:
    """All that failed since the last completed crawl; the state is the newest's, with hysteresis.

    Many firewalls answer now with a refusal and now not at all. Once the failures are enough for an alert, only as
    many in a row of another kind make it another state.
    """
    run = list(takewhile(lambda one: one.state in _FAILED, reversed(shown)))[::-1]
    enough = rules.alert_after
    state = run[min(enough, len(run)) - 1].state
    alike = 0
    for before, one in pairwise(run):
        alike = alike + 1 if one.state is before.state else 0
        if alike + 1 >= enough:
            state = one.state
    trouble = next(one.trouble for one in reversed(run) if one.state is state)
    return Health(state, trouble, run[0].crawl.started_at, len(run))


def _what_crawls_show(record: SourceRecord) -> list[_Shown]:
    """Oldest first; without those that prove nothing: one that still runs, or was told to end."""
    reading = _Reading(record)
    shown: list[_Shown] = []
    for crawl in reversed(record.crawls):
        if _runs(crawl):
            continue
        if crawl.completed:
            shown.append(reading.completed(crawl))
            continue
        trouble = _failure(crawl)
        reading.failed(crawl)
        if trouble.symptom is not Symptom.STOPPED:
            shown.append(_Shown(crawl, state_of_failure(trouble), trouble))
    return shown


def _failure(crawl: CrawlRecord) -> Trouble:
    if crawl.finished_at is None:
        return Trouble(Symptom.DIED)
    return crawl.trouble or Trouble(Symptom.OTHER, crawl.reason)


@dataclass(slots=True)
class _Reading:
    """What the completed crawls so far have taught of a source."""

    record: SourceRecord
    usual: list[ListingFigures] = field(default_factory=list)
    odd: list[ListingFigures] = field(default_factory=list)  # the readings since the last usual one
    odd_crawls: int = 0
    present: ListingFigures | None = None  # the last reading; a listing that has not changed still is like that
    rebuilt: bool = False  # the records stand elsewhere, and no crawl has confirmed it yet
    day: date | None = None  # of the crawl that was looked at last, with the visits of that day
    visited: int = 0
    gone: int = 0
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = pace_of(self.record.posted_on)

    def failed(self, crawl: CrawlRecord) -> None:
        """A crawl that failed may have seen that the listing was rebuilt: the next will not see that again."""
        self._count_visits(crawl)
        self.rebuilt = self.rebuilt or crawl.layout_changed

    def completed(self, crawl: CrawlRecord) -> _Shown:
        """What a completed crawl shows, by what those before it taught."""
        self._count_visits(crawl)
        self.present = crawl.figures or self.present
        if self.present is not None and not self.present.records:
            return _Shown(crawl, State.BROKEN, Trouble(Symptom.NO_ENTRIES))
        odd = self._oddity(crawl)
        rebuilt = self._rebuilding(crawl, usual=odd is None)
        trouble = odd or rebuilt or self._vanishing()
        if trouble is not None:
            return _Shown(crawl, State.SUSPICIOUS, trouble)
        return _Shown(crawl, *self._falling_behind(crawl))

    def _oddity(self, crawl: CrawlRecord) -> Trouble | None:
        if self.present is None:
            return None
        trouble = oddity(self.present, habit_of(self.usual), odd_before=self.odd_crawls > 0)
        if trouble is not None:
            self.odd_crawls += 1
            self.odd += [crawl.figures] if crawl.figures is not None else []
            if self.odd_crawls < _NEW_HABIT or not is_steady(self.odd or [self.present]):
                return trouble
            self.usual = self.odd or [self.present]
            trouble = oddity(self.present, habit_of(self.usual), odd_before=False)
        elif crawl.figures is not None:
            self.usual = [*self.usual[1 - HISTORY :], crawl.figures]
        if trouble is None:
            self.odd, self.odd_crawls = [], 0
        return trouble

    def _rebuilding(self, crawl: CrawlRecord, *, usual: bool) -> Trouble | None:
        if crawl.layout_changed:
            self.rebuilt = True
        elif self.rebuilt and usual:
            self.rebuilt = False
        return Trouble(Symptom.LAYOUT) if self.rebuilt else None

    def _vanishing(self) -> Trouble | None:
        """By all crawls of the same day up to this one: visits have a ceiling a day, not a crawl."""
        if is_mass_vanishing(self.gone, self.visited):
            return Trouble(Symptom.VANISHED, f"{self.gone}/{self.visited}")
        return None

    def _count_visits(self, crawl: CrawlRecord) -> None:
        if (day := self._day_of(crawl)) != self.day:
            self.day, self.visited, self.gone = day, 0, 0
        self.visited += crawl.visited
        self.gone += crawl.gone

    def _day_of(self, crawl: CrawlRecord) -> date:
        return crawl.started_at.astimezone(self.record.zone).date()

    def _falling_behind(self, crawl: CrawlRecord) -> tuple[State, Trouble | None]:
        """Whether dates advance as they used to: the newest of the posts, or of what the listing shows besides."""
        shown = self.present.newest_on if self.present is not None else None
        newest = max((day for day in (*self.record.posted_on[:1], shown) if day is not None), default=None)
        if newest is None:
            return State.HEALTHY, None
        idle = self._day_of(crawl) - newest
        trouble = Trouble(Symptom.STALE, str(newest))
        if self.pace.stale is not None and idle > self.pace.stale:
            return State.SUSPICIOUS, trouble
        return (State.QUIET, trouble) if idle > self.pace.quiet else (State.HEALTHY, None)
