"""Turns facts into columns and JSON, and back; what they mean is not known here."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from monitor.facts.findings import (
    EventDate,
    Facts,
    Level,
    Money,
    MoneyKind,
    Party,
    PartyKind,
    Place,
    Quantity,
    Stage,
)

COLUMNS = (
    "post_id, version, place_code, stage, industry, investment, event_year, event_month, event_day, recycled, edition,"
    " facts, problem"
)
_LARGEST = 2**63 - 1  # what a column can hold


def as_record(facts: Facts) -> dict[str, Any]:
    """The facts as plain values, each with its words: what the column holds and what an export shows."""
    return {name: _plain(getattr(facts, name)) for name in _names(Facts)}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):  # nearly all of them
        return value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return {name: _plain(getattr(value, name)) for name in _names(value.__class__)}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def columns(post_id: int, version: int, facts: Facts, problem: str) -> list[object]:
    """The values of COLUMNS. Raises ValueError for a number of thousands of digits."""
    when = facts.event_date
    return [
        post_id,
        version,
        facts.place.code if facts.place else None,
        facts.stage.value,
        facts.industries[0] if facts.industries else None,
        min(max(facts.investments), _LARGEST) if facts.investments else None,
        when.year if when else None,
        when.month if when else None,
        when.day if when else None,
        int(facts.recycled),
        min(facts.edition, _LARGEST) if facts.edition is not None else None,
        json.dumps(as_record(facts), ensure_ascii=False, separators=(",", ":")),
        problem or None,
    ]


def facts(row: sqlite3.Row) -> Facts:
    """What `columns` wrote."""
    told: Mapping[str, Any] = json.loads(row["facts"])
    place, when = told["place"], told["event_date"]
    return Facts(
        place=Place(**place | {"level": Level(place["level"])}) if place else None,
        money=tuple(Money(**one | {"kind": MoneyKind(one["kind"])}) for one in told["money"]),
        quantities=tuple(Quantity(**one) for one in told["quantities"]),
        stage=Stage(told["stage"]),
        stage_words=told["stage_words"],
        industries=tuple(told["industries"]),
        parties=tuple(
            Party(**one | {"kind": PartyKind(one["kind"]), "short": tuple(one["short"])}) for one in told["parties"]
        ),
        event_date=EventDate(**when) if when else None,
        recycled=told["recycled"],
        edition=told["edition"],
        published=date.fromisoformat(told["published"]) if told["published"] else None,
    )
