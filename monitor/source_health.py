"""Asks the store what it remembers of the configured sources and has each of them judged; it alerts nobody."""

from collections.abc import Mapping
from datetime import datetime

from monitor.config import Config
from monitor.health.conditions import Health, SourceRecord
from monitor.health.judge import judge
from monitor.locks import is_alive
from monitor.schedule import turn_of
from monitor.store import Store


def records_of(store: Store, config: Config) -> tuple[SourceRecord, ...]:
    """What is remembered of every configured source that the store knows, in the order of the configuration."""
    turns = {source.name: turn_of(source.schedule) for source in config.source}
    paused = {source.name for source in config.source if source.paused}
    return store.source_records(turns, paused, config.zone, is_alive)


def healths_of(store: Store, config: Config, now: datetime) -> Mapping[str, Health]:
    """How every configured source is, by name."""
    return {record.name: judge(record, now, config.operator.rules) for record in records_of(store, config)}
