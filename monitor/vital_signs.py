"""Gathers what `/healthz` answers: sources, deliveries, ticks, database, and which of them fail; it mends nothing."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import getaddresses

from monitor.announcing import Delivery, DeliveryState
from monitor.errors import StoreError
from monitor.health.alerts import is_failing
from monitor.operator import reason_of
from monitor.setup import Setup
from monitor.source_health import healths_of
from monitor.store import Store
from monitor.text import without_logins

_KEEPS_FAILING = 3  # tries of a delivery: that is after three minutes
_OPEN = 500  # deliveries that are looked at
_MISSED_TICKS = 10
_PATIENCE = 600.0  # seconds beyond those ticks
_BUSY_SECONDS = 2.0

Record = dict[str, object]


class Ticks:
    """When each of the daemon's ticks last came to its end, so that one that hangs or always fails is noticed."""

    def __init__(self, tick_seconds: float) -> None:
        self._allowed = _MISSED_TICKS * tick_seconds + _PATIENCE
        self._last: dict[str, tuple[float, float]] = {}
        self._guard = threading.Lock()

    def expect(self, name: str) -> None:
        """From now on there are such ticks."""
        with self._guard:
            self._last[name] = time.monotonic(), 0.0

    def note(self, name: str, patience: float = 0.0) -> None:
        """A tick that is expected has ended. `patience`: how many seconds longer than others the next one may take."""
        with self._guard:
            if name in self._last:
                self._last[name] = time.monotonic(), patience

    def forget(self, name: str) -> None:
        """There are no such ticks any more."""
        with self._guard:
            self._last.pop(name, None)

    def stopped(self) -> dict[str, int]:
        """The ticks that are overdue, with the seconds since their last one."""
        now = time.monotonic()
        with self._guard:
            ages = {name: (now - last, patience) for name, (last, patience) in self._last.items()}
        return {name: int(age) for name, (age, patience) in ages.items() if age > self._allowed + patience}


def vital_signs(setup: Setup, ticks: Ticks, now: datetime) -> Record:
    """`status` is "ok", or "failing" when a source or delivery keeps failing, ticks stopped, or the database is bad.

    A source that is not well only since a moment ago is named too, and is no failure yet.
    """
    sources: list[Record] = []
    deliveries: list[Record] = []
    database: str | None = None
    try:
        with Store(setup.database, create=False, busy_seconds=_BUSY_SECONDS) as store:
            sources = list(_sources(store, setup, now))
            deliveries = [
                _delivery(one) for one in store.deliveries(open_only=True, limit=_OPEN) if _keeps_failing(one)
            ]
    except StoreError as error:
        database = str(error)
    stopped = [{"name": name, "seconds_ago": seconds} for name, seconds in ticks.stopped().items()]
    fails = any(source["failing"] for source in sources) or deliveries or stopped or database
    return {
        "status": "failing" if fails else "ok",
        "sources": sources,
        "deliveries": deliveries,
        "stopped_ticks": stopped,
        "database": database or "ok",
    }


def _sources(store: Store, setup: Setup, now: datetime) -> Iterator[Record]:
    """Those that are not well."""
    last_alerts = store.last_alerts()
    paused = {source.name for source in setup.config.source if source.paused}
    for name, health in healths_of(store, setup.config, now).items():
        if name not in paused and not health.is_well:
            yield {
                "name": name,
                "state": health.state.value,
                "reason": reason_of(health),
                "since": health.since.isoformat() if health.since else None,
                "crawls": health.crawls,
                "failing": is_failing(health, last_alerts.get(name), setup.config.operator.rules),
            }


def _keeps_failing(one: Delivery) -> bool:
    if one.state is DeliveryState.FAILED:
        return True
    return one.attempts >= _KEEPS_FAILING and one.last_error is not None


def _delivery(one: Delivery) -> Record:
    """Without the reader's address: whoever may ask for this need not know who reads."""
    reason = without_logins(one.last_error or "")
    for address in (one.recipient, *(address for _, address in getaddresses([one.recipient]))):
        reason = reason.replace(address, "the recipient") if address else reason
    return {
        "id": one.id,
        "message": one.period_key,
        "audience": one.audience,
        "channel": one.channel,
        "tries": one.attempts,
        "reason": reason,
        "next_try": None if one.state is DeliveryState.FAILED else one.next_attempt_at.isoformat(),
    }
