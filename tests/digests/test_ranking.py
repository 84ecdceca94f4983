"""Which stories are to be read first, by the points that docs/how-it-decides.md names."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from digests.ranking import (
    ALL_SOURCES,
    AMOUNTS,
    ENOUGH,
    FURTHER_SOURCE,
    MOST,
    MOST_INTEREST,
    POINTS,
    highlights,
    score,
)
from digests.selection import Told
from monitor.facts.findings import Stage
from monitor.models import PostStatus

YI = 100_000_000
DAY = timedelta(days=1)
MONDAY = date(2025, 7, 14)


@pytest.fixture
def told(member, story):
    """A story of posts that differ in their source, the first of which leads."""

    def make(number, *, sources=1, others=(), **facts):
        lead = member(number, facts.pop("on", MONDAY), **facts)
        more = [member(1000 * number + n, source_name=f"source{n}") for n in range(1, sources)]
        return Told(story(number, lead, *more, *others), lead, tuple(others))

    return make


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({}, 0),
        ({"stage": Stage.SIGNING}, 30),
        ({"stage": Stage.GROUNDBREAKING}, 30),
        ({"stage": Stage.PRODUCTION}, 30),
        ({"stage": Stage.PROMOTION}, 12),
        ({"stage": Stage.POLICY}, 12),
        ({"stage": Stage.VISIT}, 6),
        ({"yuan": 99_999_999}, 8),
        ({"yuan": YI}, 16),
        ({"yuan": 10 * YI}, 24),
        ({"yuan": 100 * YI}, 30),
        ({"sources": 2}, 6),
        ({"sources": 5}, 24),
        ({"sources": 50}, 24),
        ({"stage": Stage.SIGNING, "yuan": 12 * YI, "sources": 3}, 66),
    ],
)
def test_points(told, facts, points) -> None:
    assert score(told(1, **facts)) == points


def test_an_investment_that_only_another_post_states_counts(told, member) -> None:
    assert score(told(1, others=(member(2, yuan=20 * YI),))) == 24


@pytest.mark.parametrize(("wanted", "points"), [(10, 16), (500, 46), (-500, 6)])
def test_what_an_audience_asked_for_counts_within_bounds(told, wanted, points) -> None:
    assert score(told(1, stage=Stage.VISIT), lambda _: wanted) == points


def test_the_three_that_matter_most_are_highlights_and_more_of_those_that_matter_enough(told) -> None:
    dull = [told(number, on=MONDAY + number * DAY) for number in range(1, 6)]
    assert [one.story.id for one in highlights(dull)] == [5, 4, 3], "the more recent where points are equal"
    assert highlights(dull[:2]) == (dull[1], dull[0])
    weighty = [told(number, stage=Stage.SIGNING, yuan=number * YI) for number in range(10, 20)]
    assert [one.story.id for one in highlights([*dull, *weighty])] == [10, 11, 12, 13, 14, 15, 16]
    assert len(highlights(weighty)) == MOST
    assert [one.story.id for one in highlights([*dull, *weighty[:4]])] == [10, 11, 12, 13]


def test_what_cannot_be_read_or_lies_ahead_is_no_highlight(told) -> None:
    ahead = {"on": date(2031, 1, 1), "effective_on": MONDAY, "yuan": 900 * YI}
    pending = {"status": PostStatus.PENDING, "body": None, "stage": Stage.SIGNING}
    assert highlights([told(1, **ahead), told(2, **pending), told(3)]) == (highlights([told(3)])[0],)


def test_the_documentation_names_the_same_points() -> None:
    text = (Path(__file__).parent.parent.parent / "docs/how-it-decides.md").read_text(encoding="utf-8")
    by_points = {points: [stage.value for stage in POINTS if POINTS[stage] == points] for points in POINTS.values()}
    stages = "; ".join(f"{', '.join(names)} {points}" for points, names in by_points.items() if points)
    money = ", ".join(f"{least // YI}亿元 {points}" for least, points in AMOUNTS[:-1])
    assert f"| {stages}; else 0 |" in text
    assert f"from {money}, less {AMOUNTS[-1][1]} |" in text
    assert f"| {FURTHER_SOURCE}, at most {ALL_SOURCES} |" in text
    assert f"at most {MOST_INTEREST} " in text
    assert f"with {ENOUGH} points or more" in text
