"""Projects that moved: their steps in the order of time, whatever is known of them."""

from dataclasses import replace
from datetime import date

import pytest

from digests.chains import chains
from digests.selection import Told
from monitor.facts.findings import Stage
from monitor.storied import Tie

SIGNED, BEGUN, BUILT = date(2024, 3, 1), date(2025, 1, 9), date(2025, 7, 16)


@pytest.fixture
def project(member, story):
    """Signing, groundbreaking and production of one project, not linked yet."""
    return (
        story(1, member(1, SIGNED, stage=Stage.SIGNING, place="湛江", title="【湛江招商】风电签约")),
        story(2, member(2, BEGUN, stage=Stage.GROUNDBREAKING, title="【湛江招商】风电开工", event=(2025, 1, 8))),
        story(3, member(3, BUILT, stage=Stage.PRODUCTION, place="徐闻县", title="【徐闻县招商】风电投产", url=None)),
    )


def tell(*stories):
    return [Told(one, one.members[0], ()) for one in stories]


def test_steps_stand_in_the_order_of_time_with_date_and_link(project, linked) -> None:
    signed, begun, built = project
    begun = replace(begun, links=(linked(begun, signed, Tie.STEP),))
    built = replace(built, links=(linked(built, begun, Tie.STEP),))
    (chain,) = chains(tell(built), {1: signed, 2: begun})
    assert chain.place == "广东省湛江市徐闻县"
    assert [(step.stage, step.on, step.title, step.url, step.here) for step in chain.steps] == [
        ("签约", "2024-03-01", "风电签约", "http://zj.example/1", False),
        ("开工", "2025-01-08", "风电开工", "http://zj.example/2", False),
        ("投产", "2025-07-16", "风电投产", None, True),
    ]


def test_a_day_of_publication_is_told_as_one_and_a_month_as_such(project, member, story, linked) -> None:
    signed, _, built = project
    begun = story(2, member(2, BEGUN, stage=Stage.GROUNDBREAKING, title="【湛江招商】风电开工", event=(2024, 11, None)))
    built = replace(built, links=(linked(built, begun, Tie.STEP), linked(built, signed, Tie.STEP)))
    (chain,) = chains(tell(built), {1: signed, 2: begun})
    assert [(step.on, step.published) for step in chain.steps] == [
        ("2024-03-01", True),
        ("2024-11", False),
        ("2025-07-16", True),
    ]


def test_two_steps_of_one_digest_are_one_chain(project, linked) -> None:
    signed, begun, built = project
    there = replace(begun, links=(linked(begun, built, Tie.STEP), linked(begun, signed, Tie.STEP)))
    back = replace(built, links=(linked(built, begun, Tie.STEP),))
    (chain,) = chains(tell(there, back), {})
    assert [(step.title, step.here) for step in chain.steps] == [
        ("风电签约", False),
        ("风电开工", True),
        ("风电投产", True),
    ]


def test_of_a_story_that_is_not_at_hand_the_title_is_told(project, linked) -> None:
    signed, _, built = project
    (chain,) = chains(tell(replace(built, links=(linked(built, signed, Tie.STEP),))), {})
    first, second = chain.steps
    assert (first.stage, first.on, first.title, first.url) == ("", "", "风电签约", None)
    assert second.here


@pytest.mark.parametrize("tie", [Tie.RELATED, Tie.SAME, Tie.COPY])
def test_no_other_tie_makes_a_chain(project, linked, tie) -> None:
    signed, _, built = project
    assert chains(tell(replace(built, links=(linked(built, signed, tie),))), {1: signed}) == ()


def test_a_project_that_did_not_move_is_no_chain(project, linked) -> None:
    signed, begun, built = project
    begun = replace(begun, links=(linked(begun, signed, Tie.STEP),))
    assert chains(tell(built), {1: signed, 2: begun}) == ()
