"""Posts with their evidence, made from a title and a body or read from the labelled sets."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from monitor.facts.place import read_place
from monitor.facts.reading import read_facts
from monitor.stories.evidence import Evidence, read_evidence

SETS = Path(__file__).parents[2] / "fixtures" / "stories"


@dataclass(frozen=True)
class Labelled:
    """A post of a labelled set."""

    id: str
    event: str
    evidence: Evidence


def evidence_of(title: str, body: str, published: date = date(2025, 7, 17)) -> Evidence:
    return read_evidence(title, body, read_facts(title, body, published, place=read_place(title, body)))


@cache
def labelled(name: str) -> tuple[Labelled, ...]:
    """The posts of tests/fixtures/stories/NAME.jsonl, by date."""
    told = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    told.sort(key=lambda one: (one["published"], one["id"]))
    return tuple(
        Labelled(one["id"], one["event"], evidence_of(one["title"], one["body"], date.fromisoformat(one["published"])))
        for one in told
    )


@pytest.fixture(scope="session")
def posts_of() -> Callable[[str], tuple[Labelled, ...]]:
    return labelled


@pytest.fixture(scope="session")
def evidence() -> Callable[..., Evidence]:
    return evidence_of
