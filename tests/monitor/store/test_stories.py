"""Stories are read back whole, and exports get what was read of each post."""

from datetime import date
from typing import Any

import pytest

from monitor.errors import UnknownStory
from monitor.pages import Entry
from monitor.store import Store
from monitor.storied import Tie


def test_a_story_has_its_posts_oldest_first(desk: Any, store: Store) -> None:
    later = desk.add("later", 1, on=date(2025, 7, 18))
    earlier = desk.add("earlier", 1, edition=1, on=date(2025, 7, 2))
    desk.group()
    (story,) = store.all_stories()
    assert [member.post.id for member in story.members] == [earlier, later]
    assert store.story(story.id) == story
    assert store.story_of(later) == story.id
    assert store.stories_of([earlier, later, 99]) == {earlier: story.id, later: story.id}


def test_stories_of_a_period_are_those_with_a_post_in_it_and_whole(desk: Any, store: Store) -> None:
    desk.add("a", 1, on=date(2025, 6, 1))
    desk.add("b", 1, edition=1, on=date(2025, 7, 15))
    desk.add("c", 2, on=date(2025, 7, 14))
    desk.add("d", 3, on=date(2025, 7, 21))
    desk.group()
    found = store.stories_between(date(2025, 7, 14), date(2025, 7, 21))
    names = {number: name for name, number in desk.numbers.items()}
    assert [[names[member.post.id] for member in story.members] for story in found] == [["a", "b"], ["c"]]
    assert [story.id for story in store.latest_stories(2)] == [desk.stories()["d"], desk.stories()["b"]]
    assert store.count_stories() == 3


def test_what_there_is_not_is_said(store: Store) -> None:
    with pytest.raises(UnknownStory, match="12: no such story; see `zhaoshang stories`"):
        store.story(12)
    assert store.story_of(1) is None
    assert store.stories_between(date(2025, 1, 1), date(2026, 1, 1)) == ()
    assert store.latest_stories(5) == ()
    assert list(store.all_stories()) == []


def test_a_tie_is_told_by_both_stories_and_once(desk: Any, store: Store) -> None:
    a, b, c = desk.add("a", 1), desk.add("b", 2), desk.add("c", 2, edition=1)
    desk.group()
    with store._write() as conn:
        conn.execute("DELETE FROM story_links")
        conn.executemany(
            "INSERT INTO story_links VALUES (?, ?, ?, ?, '[\"同一地点\"]')",
            [(b, a, "related", 0.4), (c, a, "step", 0.3)],
        )
    one, other = store.story(desk.stories()["a"]), store.story(desk.stories()["b"])
    ((there,), (back,)) = one.links, other.links
    assert (there.story, there.post_id, there.other_post_id, there.tie) == (other.id, a, c, Tie.STEP)
    assert (back.story, back.post_id, back.other_post_id, back.tie) == (one.id, c, a, Tie.STEP)
    assert there.title == store.history(c).post.title
    assert back.reasons == ("同一地点",)


def test_an_export_has_every_post_with_what_was_read_of_it(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    desk.crawls.run([Entry("【湛江招商】还没读到", "http://zj.example/later.html", date(2025, 7, 17))])
    desk.group()
    first, second = store.filed_posts(batch=1)
    assert first.story == desk.stories()["a"]
    assert first.facts is not None
    assert first.facts.money[0].words == "4.2亿元"
    assert (second.story, second.facts) == (None, None)
