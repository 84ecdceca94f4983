"""Tells the operator of sources that break and recover, and of what cannot be delivered; sending is the outbox's."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from digests.targets import targets_of
from monitor.announcing import DeadLetter
from monitor.health.alerts import decide_alert
from monitor.health.conditions import Alert, AlertKind, Health
from monitor.health.words import trouble_in_english
from monitor.periods import local_text
from monitor.setup import Setup
from monitor.store import Store
from monitor.text import without_logins

logger = logging.getLogger("zhaoshang")


def alert_operator(setup: Setup, found: Mapping[str, Health], store: Store, now: datetime) -> tuple[Alert, ...]:
    """Tell what there is to tell of the sources whose health is given; returns what was recorded.

    An alert is queued for the channels of `[operator]` and stands in the log in any case, so that it is not lost when
    there are none or they fail.
    """
    told: list[Alert] = []
    last_alerts = store.last_alerts()
    for source in setup.config.source:
        health, last = found.get(source.name), last_alerts.get(source.name)
        if health is None or source.paused:
            continue
        kind = decide_alert(health, last, setup.config.operator.rules)
        if kind is None:
            continue
        reason = reason_of(health)
        if kind is AlertKind.RECOVERY and last:  # it says what it is that has ended
            reason, health = last.reason, replace(health, trouble=last.health.trouble)
        alert = _record(setup, store, source.name, kind, health, reason, now, after=last.id if last else None)
        told += [alert] if alert else []
    for alert in told:
        _log(alert, setup)
    return tuple(told)


def tell_dead_letters(setup: Setup, store: Store, now: datetime) -> tuple[DeadLetter, ...]:
    """Tell of every delivery that failed for good, each once; returns what was recorded.

    What is to be told is read from the outbox itself, so a process that dies between a refusal and this leaves it to
    the next. The log had it when it happened.
    """
    told: list[DeadLetter] = []
    for one in store.untold_dead_letters():
        config = setup.config
        targets = targets_of(config.operator.channels, config, store.database_id(), "operator", f"delivery {one.id}")
        letter = store.record_dead_letter(one.id, targets, now)
        told += [letter] if letter else []
    return tuple(told)


def reason_of(health: Health) -> str:
    """Why a source is as it is, in English; empty for one that is well."""
    return without_logins(trouble_in_english(health.trouble)) if health.trouble else ""


def _record(
    setup: Setup,
    store: Store,
    source: str,
    kind: AlertKind,
    health: Health,
    reason: str,
    now: datetime,
    *,
    after: int | None,
) -> Alert | None:
    # A source is told the same once at one moment, so these name the message.
    key = f"{source} {kind.value} {now.isoformat()}"
    config = setup.config
    targets = targets_of(config.operator.channels, config, store.database_id(), "operator", key)
    return store.record_alert(source, kind, health, reason, targets, now, after=after)


def _log(alert: Alert, setup: Setup) -> None:
    state, since = alert.health.state.value, alert.health.since
    told = f"{state} since {local_text(since, setup.config.zone)}" if since else state
    if alert.kind is AlertKind.RECOVERY:
        logger.warning("source %s is well again: %s", alert.source, told)
        return
    crawls = f", {alert.health.crawls} crawls in a row" if alert.health.crawls > 1 and alert.health.is_crawled else ""
    logger.error("source %s: %s%s: %s", alert.source, told, crawls, alert.reason)
