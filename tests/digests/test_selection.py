"""Which stories a digest tells: each once, led by its best post, and every post recorded exactly once."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.build import build, build_preview
from digests.content import Digest
from digests.selection import Selection, Told, select
from monitor.announcing import AnnounceRules, Audience, DigestMaterial, EntryKind
from monitor.facts.findings import Stage
from monitor.models import PostStatus
from monitor.periods import parse_period
from monitor.storied import Member, Story, Tie

MONDAY = date(2025, 7, 14)  # 2025-W29 begins
DAY = timedelta(days=1)
OLD = MONDAY - 90 * DAY  # too old at first sight


def material(now: datetime, stories: Sequence[Story], *alone: Member, **more: Any) -> DigestMaterial:
    """All posts of the stories, and those that stand in none; `elsewhere` are ids that are of other digests."""
    elsewhere = more.pop("elsewhere", ())
    members = [*(one for story in stories for one in story.members), *alone]
    posts = tuple(one.post for one in members if one.post.id not in elsewhere)
    empty = DigestMaterial(Audience(1, "everyone", now), parse_period("2025-W29"), posts, frozenset(), (), ())
    return replace(empty, stories=tuple(stories), **more)


@pytest.fixture
def digest(now: datetime, zone: ZoneInfo) -> Callable[..., tuple[Selection, Digest]]:
    """Selects and builds 2025-W29 from stories."""

    def from_stories(*args: Any, **more: Any) -> tuple[Selection, Digest]:
        given, rules = material(now, *args, **more), AnnounceRules()
        selection = select(given, rules, zone)
        return selection, build(given, selection, {}, rules=rules, preview=False, now=now, zone=zone)

    return from_stories


def ids(told: Sequence[Told]) -> list[list[int]]:
    return [[post.id for post in one.posts] for one in told]


def kinds(selection: Selection) -> dict[int | None, str]:
    return {record.post_id: record.kind.value for record in selection.records(())}


def test_a_story_is_one_item_with_all_its_posts(digest, member, story) -> None:
    told = story(
        7,
        member(1, place="湛江"),
        member(2, MONDAY, title="【湛江招商】又一个题目", source_name="guangdong"),
        member(3, place="湛江"),
    )
    selection, content = digest([told], member(4))
    assert ids(selection.new) == [[1, 2, 3], [4]]
    assert kinds(selection) == {1: "new", 2: "copy", 3: "copy", 4: "new"}
    item, alone = (item for group in content.places for item in group.items)
    assert (item.story, item.posts, item.first_on) == (7, 3, MONDAY)
    assert [(copy.post_id, copy.title, copy.source) for copy in item.copies] == [
        *((2, "又一个题目", "guangdong"), (3, "帖子3", "zhanjiang")),
    ]
    assert (alone.story, alone.posts, content.count) == (None, 1, 2)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"status": PostStatus.PENDING, "body": None}),
        ({}, {"withdrawn_at": datetime(2025, 7, 18, tzinfo=UTC)}),
        ({"yuan": 100_000_000, "stage": Stage.SIGNING}, {}),
        ({"event": (2025, 7)}, {}),
        ({"published_on": MONDAY}, {}),
    ],
    ids=["read", "still there", "states more", "dates its event", "earlier"],
)
def test_the_most_complete_post_leads_and_of_equals_the_earliest(digest, member, story, better, worse) -> None:
    for first, second in ((better, worse), (worse, better)):
        selection, _ = digest([story(7, member(1, **first), member(2, **second))])
        assert ids(selection.new)[0][0] == (1 if first is better else 2)


def test_a_story_with_a_post_of_the_period_is_new_and_led_by_it(digest, member, story) -> None:
    before = member(1, MONDAY - DAY, yuan=900_000_000, stage=Stage.SIGNING)
    selection, content = digest([story(7, before, member(2, MONDAY))])
    assert (ids(selection.new), selection.late) == ([[2, 1]], ())
    (item,) = content.places[0].items
    assert item.first_on == MONDAY - DAY
    assert [amount.post_id for amount in item.amounts] == [1], "each amount names the post that states it"
    selection, _ = digest([story(7, before)])
    assert (ids(selection.late), kinds(selection)) == ([[1]], {1: "late"})


def test_what_joins_a_story_that_was_told_is_a_line_under_told_before(digest, member, story) -> None:
    known = story(7, member(1, MONDAY - 6 * DAY), member(2, MONDAY), member(3, source_name="guangdong"))
    selection, content = digest([known], told_stories=frozenset({7}), told_in={7: "2025-W28"}, elsewhere={1})
    assert (selection.new, ids(selection.told_before)) == ((), [[2, 3]])
    assert kinds(selection) == {2: "copy", 3: "copy"}
    (line,) = content.told_before
    assert (line.post_id, line.first_on, line.told_in) == (2, MONDAY - 6 * DAY, "2025-W28")
    assert [(copy.post_id, copy.source) for copy in line.copies] == [(3, "guangdong")]
    assert (content.count, content.is_empty) == (0, False)


def test_a_story_with_a_copy_of_what_was_told_was_told(digest, member, story) -> None:
    selection, _ = digest([story(7, member(2, copy_of=1), member(3))], announced_groups=frozenset({1}))
    assert (selection.new, ids(selection.told_before)) == ((), [[2, 3]])


def test_a_copy_that_is_not_grouped_yet_belongs_to_the_story_of_its_twin(digest, member, story) -> None:
    selection, content = digest([story(7, member(1, place="湛江"), member(2))], member(3, copy_of=2), member(4))
    assert ids(selection.new) == [[1, 2, 3], [4]]
    assert content.places[0].items[0].posts == 3


def test_what_was_too_old_of_a_told_story_is_recorded_and_not_mentioned(digest, member, story) -> None:
    selection, content = digest([story(7, member(1, OLD), member(2, OLD))], told_stories=frozenset({7}))
    assert [post.id for post in selection.unmentioned] == [1, 2]
    assert kinds(selection) == {1: "copy", 2: "copy"}
    assert (content.told_before, content.backfilled) == ((), 0)


def test_a_story_of_nothing_but_old_posts_is_only_counted(digest, member, story) -> None:
    selection, content = digest([story(7, member(1, OLD), member(2, OLD)), story(8, member(3, OLD), member(4))])
    assert [post.id for post in selection.backfilled] == [1, 2]
    assert ids(selection.new) == [[4, 3]]
    assert (content.backfilled, kinds(selection)[3]) == (2, "copy")


def test_members_of_other_digests_are_linked_and_not_recorded(digest, member, story) -> None:
    selection, content = digest([story(7, member(1, OLD), member(2), member(3, MONDAY + 9 * DAY))], elsewhere={1, 3})
    assert kinds(selection) == {2: "new"}
    (item,) = content.places[0].items
    assert ([copy.post_id for copy in item.others], item.copies, item.posts) == ([1, 3], (), 3)
    assert item.first_on == OLD


def test_a_recycled_story_stands_apart_whatever_its_date(digest, member, story) -> None:
    stories = [story(7, member(1, event=(2023,)), member(2)), story(8, member(3, MONDAY - DAY, event=(2022, 5)))]
    selection, content = digest(stories, member(4))
    assert ids(selection.recycled) == [[1, 2], [3]]
    assert kinds(selection) == {1: "recycled", 2: "copy", 3: "recycled", 4: "new"}
    assert [(item.post_id, item.happened) for item in content.recycled] == [(1, "2023年"), (3, "2022年5月")]
    assert [item.post_id for item in content.highlights] == [4]
    assert (content.count, content.late) == (1, ())


def test_a_post_that_nobody_grouped_is_read_here(digest, post) -> None:
    old = post(
        1,
        body="2023年5月，湛江某某有限公司投资12亿元的海上风电项目签约。",
        title="【徐闻县招商】项目签约",
        label="徐闻县招商",
    )
    _, content = digest([], Member(old, None))
    (item,) = content.recycled
    assert (item.place, item.stage, item.happened) == ("广东省湛江市徐闻县", "签约", "2023年5月")
    assert [amount.words for amount in item.amounts] == ["12亿元"]


def test_a_post_without_a_date_of_its_own_is_no_old_news_by_the_day_it_was_seen(digest, post) -> None:
    undated = post(1, None, body="2023年5月，海上风电项目签约。")
    selection, _ = digest([], Member(undated, None))
    assert (ids(selection.new), selection.recycled) == ([[1]], ())


def test_a_preview_tells_each_story_once(member, story, now: datetime, zone: ZoneInfo) -> None:
    stories = [story(7, member(1), member(2, MONDAY)), story(8, member(3, event=(2020,)))]
    told = build_preview(material(now, stories, member(4, OLD)), {}, AnnounceRules(), now, zone)
    assert [item.post_id for group in told.places for item in group.items] == [2]
    assert [item.post_id for item in told.recycled] == [3]


def test_what_may_belong_together_is_said_and_not_merged(digest, member, story, linked) -> None:
    other = story(8, member(3, MONDAY - 30 * DAY, title="【湛江招商】相近的一件"))
    plain = story(7, member(1))
    near = replace(plain, links=(linked(plain, other, Tie.RELATED),))
    _, content = digest([near], linked=(other,))
    (item,) = content.places[0].items
    assert [(link.title, link.url) for link in item.related] == [("相近的一件", "http://zj.example/3")]
    _, content = digest([near])
    assert content.places[0].items[0].related[0].url is None


SHAPES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(-40, 6), st.booleans(), st.booleans()), min_size=1, max_size=4),  # day, in, copy
        st.booleans(),  # grouped
        st.booleans(),  # told before
        st.sampled_from([None, (2023,), (2025, 7)]),
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SHAPES)
def test_every_post_is_recorded_once_and_every_untold_story_told_once(digest, member, story, shapes) -> None:
    stories, alone, elsewhere, told, number = [], [], set(), set(), 0
    for key, (posts, grouped, known, event) in enumerate(shapes, 1):
        members = []
        for age, here, copied in posts:
            number += 1
            first = members[0].post.id if copied and members else None
            members.append(member(number, MONDAY + age * DAY, event=event, copy_of=first))
            if grouped and not here:
                elsewhere.add(number)
        if grouped:
            stories.append(story(key, *members))
            told |= {key} if known else set()
        else:
            alone += members
    selection, content = digest(stories, *alone, told_stories=frozenset(told), elsewhere=elsewhere)
    recorded = Counter(record.post_id for record in selection.records(()))
    assert recorded == Counter(set(range(1, number + 1)) - elsewhere)
    leads = [one.story.id for one in (*selection.new, *selection.late, *selection.recycled)]
    assert len(set(leads)) == len(leads)
    assert not told & set(leads)
    shown = [item.post_id for group in content.places for item in group.items]
    assert sorted(shown) == sorted(one.lead.post.id for one in selection.new)
    assert not {item.post_id for item in content.highlights} - set(shown)


def test_kinds_of_entries_are_those_that_the_database_knows() -> None:
    told = {"new", "late", "recycled", "copy", "off-label"}
    assert {kind.value for kind in EntryKind} == told | {"backfilled", "filtered", "overflow"}
