"""Says which sources are not well when a digest is built, and why; the words are the ledger's or our own."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.config import Config
from monitor.locks import is_alive
from monitor.models import SourceState
from monitor.schedule import CrawlSchedule

_MISSED_TURNS = 3  # a source that has missed this many turns, and a day, has silently stopped


def source_troubles(
    states: Iterable[SourceState], config: Config, now: datetime, *, preview: bool
) -> Mapping[str, str]:
    """By name, what is wrong with each source that is not well; one that is paused is none of these."""
    schedules = {source.name: source.schedule for source in config.source}
    paused = paused_sources(config)
    watched = [state for state in states if state.source.name not in paused]
    found = {state.source.name: _trouble(state, schedules.get(state.source.name), now, preview) for state in watched}
    return {name: trouble for name, trouble in found.items() if trouble}


def paused_sources(config: Config) -> frozenset[str]:
    """The names of the sources that their user has paused."""
    return frozenset(source.name for source in config.source if source.paused)


def _trouble(state: SourceState, schedule: CrawlSchedule | None, now: datetime, preview: bool) -> str | None:
    last, good = state.last, state.last_good
    if last is None:
        return "尚未抓取"
    if last.finished_at is None and not is_alive(last.pid):
        return "died"
    if last.finished_at is None:
        # A digest waits for the crawls that are due; one that still runs has outlasted that wait.
        return None if preview else "抓取未在限时内结束"
    if not last.completed:
        return last.reason
    turn = (schedule.every if schedule else None) or timedelta(days=1)
    if good is not None and now - good.started_at > _MISSED_TURNS * turn + timedelta(days=1):
        return f"已 {(now - good.started_at).days} 天没有抓取"
    return None
