"""Asks the store what it remembers of the configured sources and has each of them judged; it alerts nobody."""

from collections.abc import Collection, Mapping
from datetime import datetime

from monitor.config import Config
from monitor.health.conditions import Health, SourceRecord
from monitor.health.judge import judge
from monitor.locks import is_alive
from monitor.schedule import turn_of
from monitor.store import Store


def records_of(store: Store, config: Config, names: Collection[str] | None = None) -> tuple[SourceRecord, ...]:
    """What is remembered of the configured sources (or those named) that the store knows, as they are configured."""
    chosen = [source for source in config.source if names is None or source.name in names]
    turns = {source.name: turn_of(source.schedule) for source in chosen}
    paused = {source.name for source in config.source if source.paused}
    return store.source_records(turns, paused, config.zone, is_alive)


def healths_of(
    store: Store, config: Config, now: datetime, names: Collection[str] | None = None
) -> Mapping[str, Health]:
    """How each configured source (or those named) is, by name."""
    return {record.name: judge(record, now, config.operator.rules) for record in records_of(store, config, names)}
