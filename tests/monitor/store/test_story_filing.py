"""Keys of the latest posts wait in memory; they are filed in time, and no process knows others than the next."""

import struct
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.analysis import analyse
from monitor.grouping import group_posts
from monitor.store import Store
from monitor.store.story_filing import _SLICES

NOW = datetime(2025, 7, 21, tzinfo=UTC)


def keys_of(store: Store, post: int) -> list[int]:
    packed = store._rows("SELECT keys FROM story_evidence WHERE post_id = ?", post)[0][0]
    return [key for (key,) in struct.iter_unpack(">q", packed)]


def filed(store: Store, post: int) -> set[int]:
    return {row[0] for row in store._rows("SELECT key FROM story_keys WHERE post_id = ?", post)}


def found(store: Store, post: int) -> set[int]:
    with store._indexing():
        return {key for key, posts in store._story_index._having(keys_of(store, post)).items() if post in posts}


def turn(store: Store) -> None:
    """One more transaction, which brings nothing."""
    with store._indexing():
        store._story_index.add(10**6, [])


def test_most_keys_of_a_new_post_wait_and_all_are_found(desk: Any, store: Store) -> None:
    post = desk.add("a", 1)
    desk.group()
    assert len(filed(store, post)) < len(keys_of(store, post)) / 2
    assert found(store, post) == set(keys_of(store, post))


def test_after_as_many_turns_as_there_are_slices_a_post_is_filed(desk: Any, store: Store) -> None:
    post = desk.add("a", 1)
    desk.group()
    for _ in range(_SLICES - 2):
        turn(store)
    assert store._rows("SELECT COUNT(*) FROM story_unfiled WHERE post_id = ?", post)[0][0] == 1
    turn(store)
    assert store._rows("SELECT COUNT(*) FROM story_unfiled WHERE post_id = ?", post)[0][0] == 0
    assert filed(store, post) == set(keys_of(store, post)) == found(store, post)


@pytest.mark.parametrize("turns", [0, 1, 30, 63, 64, 90])
def test_another_process_finds_what_waits_and_what_was_filed(
    desk: Any, store: Store, database: Path, turns: int
) -> None:
    post = desk.add("a", 1)
    desk.group()
    for _ in range(turns):
        turn(store)
    with Store(database) as other:
        assert found(other, post) == set(keys_of(store, post))


def test_two_processes_that_take_turns_know_the_same(desk: Any, store: Store, database: Path) -> None:
    with Store(database) as other:
        turn(other)
        first = desk.add("a", 1)
        desk.group()
        second = desk.add("b", 2)
        group_posts(other, NOW)
        for _ in range(3):
            turn(store)
            turn(other)
        for post in (first, second):
            assert found(store, post) == found(other, post) == set(keys_of(store, post))
        desk.add("c", 2, edition=1, on=date(2025, 7, 18))
        desk.group()
    assert desk.together() == {frozenset("a"), frozenset("bc")}


def test_what_was_undone_is_not_known(desk: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add("a", 1)
    batch = [analyse(post) for post in store.ungrouped_posts()]
    with monkeypatch.context() as broken:
        broken.setattr(Store, "_tie", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.record_analyses(batch, NOW)
    assert store._rows("SELECT COUNT(*) FROM story_unfiled")[0][0] == 0
    with store._indexing():
        assert store._story_index._having(batch[0].keys) == {}


def test_a_revised_post_waits_under_its_new_keys_alone(desk: Any, store: Store) -> None:
    post = desk.add("a", 1)
    desk.group()
    before = set(keys_of(store, post))
    desk.add("a", 1, body="项目总投资99亿元，占地7777亩，在荣成市投产。" * 3)
    desk.group()
    after = set(keys_of(store, post))
    assert found(store, post) == after
    gone = before - after
    assert gone
    assert not filed(store, post) & gone
    assert not any(post in posts for posts in store._story_index._having(list(gone)).values())
