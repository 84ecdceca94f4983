"""How the sources are when a digest is built; the judging is monitor.health's, the words are digests.reasons'."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.config import Config
from monitor.health.conditions import Health, State, Symptom, Trouble
from monitor.locks import is_alive
from monitor.models import SourceState
from monitor.source_health import healths_of
from monitor.store import Store


def source_healths(
    store: Store, config: Config, states: Iterable[SourceState], now: datetime, *, preview: bool
) -> Mapping[str, Health]:
    """By name, how each configured source is."""
    found = healths_of(store, config, now)
    return found if preview else {**found, **_outlasting(found, states)}


def _outlasting(healths: Mapping[str, Health], states: Iterable[SourceState]) -> Mapping[str, Health]:
    """A digest waits for the crawls that are due; one that still runs has outlasted that wait, and may hold news."""
    running = {
        state.source.name: state.last
        for state in states
        if state.last is not None and state.last.finished_at is None and is_alive(state.last.pid)
    }
    return {
        name: Health(State.SUSPICIOUS, Trouble(Symptom.OVERRAN), crawl.started_at, 1)
        for name, crawl in running.items()
        if name in healths and healths[name].state in (State.HEALTHY, State.QUIET)
    }
