"""What is old news: by the years that posts state, never by a new year in between."""

from datetime import date

import pytest

from digests.recycling import is_recycled

JANUARY = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("published", "event", "recycled"),
    [
        (JANUARY, None, False),
        (JANUARY, (2026, 1, 3), False),
        (JANUARY, (2025,), True),  # the year alone: nobody knows how long ago
        (JANUARY, (2025, 12, 20), False),
        (JANUARY, (2025, 12), False),
        (JANUARY, (2025, 11), False),  # the 30th at the latest: 41 days
        (JANUARY, (2025, 11, 12), False),  # 59 days
        (JANUARY, (2025, 11, 11), True),  # 60 days
        (JANUARY, (2025, 10), True),  # the 31st at the latest: 71 days
        (date(2024, 2, 28), (2023, 12), False),  # the 31st: 59 days
        (date(2024, 2, 29), (2023, 12), True),
        (date(2025, 7, 16), (2025, 1, 3), False),  # of this year, however long ago
        (date(2025, 7, 16), (2024, 2, 29), True),
        (date(2025, 3, 1), (2023, 2, 31), True),  # no such day
    ],
)
def test_one_post_by_its_own_date(member, story, published, event, recycled) -> None:
    lead = member(1, published, event=event)
    assert is_recycled(story(7, lead), lead) is recycled


@pytest.mark.parametrize(
    ("events", "recycled"),
    [
        ([(2023,), (2024,)], True),
        ([None, (2024,), (2023,)], True),  # the leading post states none
        ([(2025, 12, 20), (2026,)], False),  # only the new year lies between
        ([(2026,), (2025, 12)], False),
        ([(2026,), (2025,)], True),
        ([(2025,), (2025, 12, 20)], False),  # another post of the same year knows the day
        ([(2025, 12, 20), (2023,)], True),  # contradicted: the day is not known
        ([(2026, 1, 5), (2027,)], False),
        ([None, (2023,)], False),  # the leading post decides where nobody disagrees
    ],
)
def test_posts_that_disagree_go_by_the_least_of_their_years(member, story, events, recycled) -> None:
    members = [member(number, JANUARY, event=event) for number, event in enumerate(events, 1)]
    assert is_recycled(story(7, *members), members[0]) is recycled


def test_a_date_that_lies_ahead_is_not_that_of_the_publication(member, story) -> None:
    lead = member(1, date(2031, 1, 1), event=(2025, 7), effective_on=date(2025, 7, 20))
    assert not is_recycled(story(7, lead), lead)
