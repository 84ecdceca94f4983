"""What hands say of stories is done at once, and nothing that the machine does later undoes it."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from monitor.errors import StoreLocked, UnknownStory
from monitor.grouping import reanalyse
from monitor.pages import Entry
from monitor.store import Store
from monitor.storied import Tie

NOW = datetime(2025, 7, 21, tzinfo=UTC)


@pytest.fixture
def grouped(desk: Any) -> Any:
    """Two events of three and two posts."""
    for name, event, edition in (("a", 1, 0), ("b", 1, 1), ("c", 1, 2), ("d", 2, 0), ("e", 2, 1)):
        desk.add(name, event, edition=edition)
    desk.group()
    assert desk.together() == {frozenset("abc"), frozenset("de")}
    return desk


def everything_again(desk: Any) -> None:
    """All that the machine may do later: read again, group anew, and meet another post of either event."""
    with desk.store._write() as conn:
        conn.execute("UPDATE post_facts SET version = 0")
        conn.execute("UPDATE story_evidence SET version = 0")
    reanalyse(desk.store)
    desk.store.regroup(NOW)
    desk.add("later", 1, edition=4, on=date(2025, 7, 20))
    desk.group()
    desk.store.regroup(NOW)
    desk.numbers.pop("later")


def test_merged_stories_stay_one(grouped: Any, store: Store) -> None:
    one, other = grouped.stories()["d"], grouped.stories()["a"]
    assert store.merge_stories([one, other], NOW) == one
    assert grouped.together() == {frozenset("abcde")}
    ties = {member.post.id: (member.tie, member.reasons) for member in store.story(one).members}
    assert ties[grouped.numbers["a"]] == (Tie.HAND, ("人工指定",))
    assert ties[grouped.numbers["d"]] == (None, ())
    with pytest.raises(UnknownStory):
        store.story(other)
    everything_again(grouped)
    assert grouped.together() == {frozenset("abcde")}
    assert grouped.stories()["a"] == one


def test_posts_that_were_split_off_stay_apart_and_together(grouped: Any, store: Store) -> None:
    old = grouped.stories()["a"]
    new = store.split_story(old, [grouped.numbers["a"], grouped.numbers["b"]], NOW)
    wanted = {frozenset("ab"), frozenset("c"), frozenset("de")}
    assert grouped.together() == wanted
    assert (grouped.stories()["a"], grouped.stories()["c"]) == (new, old)
    assert [member.tie for member in store.story(old).members] == [None]
    everything_again(grouped)
    assert grouped.together() == wanted


def test_who_is_left_behind_is_matched_with_another(grouped: Any, store: Store) -> None:
    story = grouped.stories()["a"]
    store.split_story(story, [grouped.numbers["a"]], NOW)
    first, second = store.story(story).members
    assert (first.tie, first.with_post) == (None, None)
    assert second.with_post == first.post.id
    assert second.tie in (Tie.COPY, Tie.SAME)
    assert second.reasons


def test_a_copy_that_was_split_off_does_not_come_back(desk: Any, store: Store) -> None:
    for name in "ab":
        desk.crawls.run([*entries(name)], source="zhanjiang" if name == "a" else "guangdong")
    desk.group()
    desk.numbers = {"a": 1, "b": 2}
    assert desk.together() == {frozenset("ab")}
    store.split_story(desk.stories()["a"], [2], NOW)
    store.regroup(NOW)
    assert desk.together() == {frozenset("a"), frozenset("b")}


def entries(host: str) -> list[Any]:

    return [Entry("【湛江招商】同", f"http://{host}.example/1.html", date(2025, 7, 17), body="全文如此。")]


def test_a_later_hand_overrules_an_earlier_one(grouped: Any, store: Store) -> None:
    story = grouped.stories()["a"]
    new = store.split_story(story, [grouped.numbers["b"]], NOW)
    store.merge_stories([story, new], NOW)
    everything_again(grouped)
    assert grouped.together() == {frozenset("abc"), frozenset("de")}
    both = store.merge_stories([story, grouped.stories()["d"]], NOW)
    store.split_story(both, [grouped.numbers["d"], grouped.numbers["e"]], NOW)
    everything_again(grouped)
    assert grouped.together() == {frozenset("abc"), frozenset("de")}


def test_who_was_merged_stays_together_when_one_of_them_leaves(grouped: Any, store: Store) -> None:
    both = store.merge_stories([grouped.stories()["a"], grouped.stories()["d"]], NOW)
    store.split_story(both, [grouped.numbers["c"]], NOW)
    everything_again(grouped)
    assert grouped.together() == {frozenset("abde"), frozenset("c")}


def test_stories_that_were_untied_are_not_tied_again(grouped: Any, store: Store) -> None:
    a, d = grouped.numbers["a"], grouped.numbers["d"]
    one, other = grouped.stories()["a"], grouped.stories()["d"]
    tie = "INSERT OR REPLACE INTO story_links VALUES (?, ?, 'related', 0.4, '[]')"
    with store._write() as conn:
        conn.execute(tie, [d, a])
        assert not store._is_unlinked(conn, d, a)
    assert store.unlink_stories(one, other, NOW) == 1
    assert store.story(one).links == store.story(other).links == ()
    with store._write() as conn:
        assert store._is_unlinked(conn, d, a)
        assert store._is_unlinked(conn, grouped.numbers["c"], grouped.numbers["e"])
    assert store.unlink_stories(one, other, NOW) == 0


def test_what_cannot_be_corrected_is_said_and_changes_nothing(grouped: Any, store: Store) -> None:
    story = grouped.stories()["a"]
    with pytest.raises(UnknownStory, match="post 4 is none of its members"):
        store.split_story(story, [grouped.numbers["d"]], NOW)
    with pytest.raises(UnknownStory, match="these are all of its members"):
        store.split_story(story, [grouped.numbers[name] for name in "abc"], NOW)
    with pytest.raises(UnknownStory, match="99: no such story"):
        store.merge_stories([story, 99], NOW)
    with pytest.raises(UnknownStory, match="it is one story"):
        store.unlink_stories(story, story, NOW)
    assert store.corrections() == 0
    assert grouped.together() == {frozenset("abc"), frozenset("de")}


# -- grouping anew


def scatter(desk: Any) -> None:
    """As an older version of the rules may have left it: each post a story of its own but a and d, which are one."""
    with desk.store._write() as conn:
        for name, story in (("b", 901), ("c", 902), ("e", 903)):
            conn.execute("INSERT INTO stories VALUES (?, '2025-07-01T00:00:00+00:00')", [story])
            conn.execute("UPDATE story_members SET story_id = ? WHERE post_id = ?", [story, desk.numbers[name]])
        wrong = desk.stories()["a"]
        conn.execute("UPDATE story_members SET story_id = ? WHERE post_id = ?", [wrong, desk.numbers["d"]])
        conn.execute("DELETE FROM stories WHERE NOT EXISTS (SELECT 1 FROM story_members WHERE story_id = stories.id)")


def test_grouping_anew_tells_what_merged_and_what_split(grouped: Any, store: Store) -> None:
    scatter(grouped)
    before = grouped.stories()
    told = store.regroup(NOW, dry_run=True)
    assert grouped.stories() == before
    assert store.regroup(NOW) == told
    assert grouped.together() == {frozenset("abc"), frozenset("de")}
    merged = [change for change in told if change.merged]
    assert {len(change.members) for change in merged} == {3, 2}
    assert any("镁合金" in title or "淮泽" in title for change in merged for _, title, _ in change.members)
    (split,) = (change for change in told if not change.merged)
    assert split.story == before["a"]
    assert {post for post, _, _ in split.members} == {grouped.numbers["a"], grouped.numbers["d"]}
    assert store.regroup(NOW) == ()
    assert store._rows("PRAGMA foreign_key_check") == []
    assert store.count_stories() == 2


def test_the_order_of_arrival_decides_little(desk: Any) -> None:
    outcomes = set()
    posts = [("a", 1, 0), ("b", 1, 1), ("c", 2, 0), ("d", 2, 2)]
    for round_, order in enumerate(list(permutations(posts))[::5]):
        desk.numbers = {}
        for place, (name, event, edition) in enumerate(order):
            event += 4 * (round_ % 2)  # noqa: PLW2901 - two sets of events, for the stories of a round must be its own
            desk.add(f"{name}", event, edition=edition + 3 * round_, on=date(2025, 1 + round_, 1 + place))
            desk.group()
        outcomes.add(frozenset(desk.together()))
    assert outcomes == {frozenset({frozenset("ab"), frozenset("cd")})}


def test_what_is_grouped_meanwhile_goes_where_the_post_goes_that_it_was_matched_with(
    grouped: Any, store: Store, database: Any
) -> None:
    scatter(grouped)

    def crawl(*_: int) -> None:
        with Store(database) as other:
            mine, grouped.crawls.store = grouped.crawls.store, other
            grouped.add("f", 1, edition=3)
            grouped.group()
            grouped.crawls.store = mine

    store.regroup(NOW, progress=crawl)
    assert grouped.together() == {frozenset("abcf"), frozenset("de")}
    assert store._rows("PRAGMA foreign_key_check") == []


def test_a_correction_made_meanwhile_stops_it(grouped: Any, store: Store, database: Any) -> None:
    story = grouped.stories()["a"]

    def correct(*_: int) -> None:
        with Store(database) as other:
            other.split_story(story, [grouped.numbers["c"]], NOW)

    with pytest.raises(StoreLocked, match="stories were corrected meanwhile; run it again"):
        store.regroup(NOW, progress=correct)
    assert grouped.together() == {frozenset("ab"), frozenset("c"), frozenset("de")}
