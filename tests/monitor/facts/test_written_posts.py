"""Posts of the listings' kind, each written and labelled before the rules were tried on it, in batches; names invented.

`tests/fixtures/facts/README.md` says what the labels mean. A post that the rules still get wrong stands in `WRONG`,
with what they say, so that the list can only be changed knowingly.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.facts.place import read_place
from monitor.facts.reading import read_facts

FIXTURES = Path(__file__).parents[2] / "fixtures/facts"
POSTS = [
    json.loads(line)
    for path in sorted(FIXTURES.glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
FIELDS = ("region_code", "event_year", "recycled", "amounts_yuan", "stage")
WRONG: dict[tuple[str, str], object] = {
    ("W074", "event_year"): 2025,  # a show in 今年春天 led to the signing of a 5月17日 without a year
    ("W085", "event_year"): 2025,  # 去年五月 an official tasted the tea; when the line began is not said
    ("W085", "recycled"): True,
    ("W093", "event_year"): None,  # 2025年春节前的这场炭火会 stands at the very end, and calls the meeting no meeting
}


def found(post):
    place = read_place(post["title"], post["body"])
    facts = read_facts(post["title"], post["body"], date.fromisoformat(post["published"]), place=place)
    return {
        "region_code": place.code if place else None,
        "event_year": facts.event_date.year if facts.event_date else None,
        "recycled": facts.recycled,
        "amounts_yuan": sorted(facts.contracted),
        "stage": facts.stage.value,
    }


def wanted(post):
    labels = {field: post[field] for field in FIELDS} | {"amounts_yuan": sorted(set(post["amounts_yuan"]))}
    return labels | {field: wrong for (number, field), wrong in WRONG.items() if number == post["id"]}


@pytest.mark.parametrize("post", POSTS, ids=[post["id"] for post in POSTS])
def test_a_written_post(post):
    assert found(post) == wanted(post)


def test_every_post_stands_once_and_a_wrong_answer_is_still_one():
    by_id = {post["id"]: post for post in POSTS}
    assert len(by_id) == len(POSTS)
    assert all(by_id[number][field] != wrong for (number, field), wrong in WRONG.items())
