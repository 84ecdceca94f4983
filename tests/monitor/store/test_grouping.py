"""Every complete post gets facts and one story, in the transaction that looked at what there is."""

import logging
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

import monitor.analysis
from monitor.analysis import Analysis, analyse
from monitor.facts.findings import Facts, Money, MoneyKind
from monitor.grouping import group_posts, reanalyse
from monitor.pages import Entry
from monitor.store import Store
from monitor.store.story_index import StoryIndex
from monitor.storied import Tie
from monitor.stories.deciding import NO_LONGER
from monitor.stories.keys import keys_of

NOW = datetime(2025, 7, 21, tzinfo=UTC)


def found_by(store: Store, post: int) -> set[int]:
    """The keys under which a post is found, whether they were filed or wait for it."""
    packed = store._rows("SELECT keys FROM story_evidence WHERE post_id = ?", post)[0][0]
    keys = [key for (key,) in struct.iter_unpack(">q", packed)]
    return {key for key, posts in store._story_index._having(keys).items() if post in posts}


def test_every_complete_post_gets_facts_and_a_story_and_a_pending_one_waits(desk: Any, store: Store) -> None:
    first = desk.add("a", 1)
    desk.crawls.run([Entry("【湛江招商】还没读到", "http://zj.example/later.html", date(2025, 7, 17))])
    assert store.ungrouped() == 1
    assert desk.group() == 1
    assert store.ungrouped() == 0
    (story,) = store.latest_stories(10)
    assert [member.post.id for member in story.members] == [first]
    assert story.members[0].facts.place is not None
    assert story.members[0].facts.place.code == "440825"
    assert story.members[0].facts.investments == (420_000_000,)
    assert desk.group() == 0


def test_a_new_wording_joins_and_another_event_founds_a_story(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    desk.add("b", 2)
    desk.group()
    joined = desk.add("c", 1, edition=1, on=date(2025, 7, 18))
    desk.group()
    assert desk.together() == {frozenset("ac"), frozenset("b")}
    story = store.story(desk.stories()["c"])
    member = story.members[1]
    assert (member.post.id, member.with_post) == (joined, desk.numbers["a"])
    assert member.tie in (Tie.COPY, Tie.SAME)
    assert 0.5 < member.score <= 1
    assert any("麟州" in reason or "淮泽" in reason for reason in member.reasons)
    assert story.members[0].tie is None


def test_a_post_with_the_same_text_joins_for_certain(desk: Any, store: Store) -> None:
    body = "短。"
    desk.crawls.run([Entry("【湛江招商】同", "http://zj.example/1.html", date(2025, 7, 17), body=body)])
    desk.crawls.run(
        [Entry("【湛江招商】同", "http://gd.example/1.html", date(2025, 7, 17), body=body)], source="guangdong"
    )
    group_posts(store, NOW)
    (story,) = store.latest_stories(10)
    assert [(member.tie, member.reasons) for member in story.members] == [(None, ()), (Tie.COPY, ("全文相同",))]


def test_a_revised_post_stays_in_its_story_with_new_facts_and_new_keys(desk: Any, store: Store) -> None:
    post = desk.add("a", 1)
    desk.add("b", 1, edition=1)
    desk.group()
    story = desk.stories()["a"]
    before = found_by(store, post)
    other = "项目总投资99亿元，占地7777亩，在荣成市投产。" * 3
    title = store.history(post).post.title
    desk.crawls.run([Entry(title, "http://zj.example/a.html", date(2025, 7, 17), body=other)])
    assert store.ungrouped() == 1
    desk.group()
    assert desk.stories()["a"] == story
    assert store.facts_of([post])[post].investments == (9_900_000_000,)
    after = found_by(store, post)
    assert before - after
    assert after - before
    assert store._rows("SELECT COUNT(*) FROM story_members WHERE post_id = ?", post)[0][0] == 1


def test_the_reasons_of_a_fold_are_renewed_when_a_post_is_revised(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    desk.add("b", 1, edition=1)
    desk.group()
    (story,) = store.latest_stories(10)
    before = story.members[1]
    assert any("同一投资额" in reason for reason in before.reasons)
    title = store.history(desk.numbers["a"]).post.title
    other = "荣成市海带育苗场投产，项目总投资99亿元，占地7777亩，安置渔民610名。" * 3
    desk.crawls.run([Entry(title, "http://zj.example/a.html", date(2025, 7, 17), body=other)])
    desk.group()
    (story,) = store.latest_stories(10)
    assert desk.together() == {frozenset("ab")}
    after = story.members[1]
    assert after.reasons[0] == NO_LONGER
    assert not any("同一投资额" in reason for reason in after.reasons)
    assert after.score < before.score


def test_what_was_dealt_with_or_revised_meanwhile_is_left_out(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    batch = [analyse(post) for post in store.ungrouped_posts()]
    assert store.record_analyses([replace(batch[0], revision=7)], NOW) == ()
    assert store.record_analyses(batch, NOW) == (desk.numbers["a"],)
    assert store.record_analyses(batch, NOW) == ()
    assert len(list(store.all_stories())) == 1


def test_the_oldest_are_read_first(desk: Any, store: Store) -> None:
    desk.add("late", 1, on=date(2025, 7, 19))
    desk.add("early", 2, on=date(2025, 7, 1))
    assert [post.id for post in store.ungrouped_posts(1)] == [desk.numbers["early"]]
    assert [post.id for post in store.ungrouped_posts()] == [desk.numbers["early"], desk.numbers["late"]]


# -- what cannot be read


def fail(*_: object, **__: object) -> None:
    raise ValueError("no such number")


def test_a_post_that_cannot_be_read_is_told_and_has_a_story_of_its_own(
    desk: Any, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.add("a", 1)
    desk.group()
    with monkeypatch.context() as broken:
        broken.setattr(monitor.analysis, "read_place", fail)
        bad = desk.add("b", 1, edition=1)
        with caplog.at_level(logging.ERROR):
            desk.group()
    assert f"post {bad}: its facts could not be read: ValueError: no such number" in caplog.text
    assert store.unread_posts() == ((bad, "ValueError: no such number"),)
    assert (store.summary().unread_posts, store.summary().ungrouped_posts) == (1, 0)
    assert desk.together() == {frozenset("a"), frozenset("b")}
    assert store.facts_of([bad])[bad] == Facts(published=date(2025, 7, 17))
    assert reanalyse(store) == 1
    assert store.unread_posts() == ()
    assert store.facts_of([bad])[bad].investments == (420_000_000,)


def test_a_number_that_no_column_holds_stops_nobody(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    desk.add("b", 2)
    (one, other) = (analyse(post) for post in store.ungrouped_posts())
    huge = replace(one.facts, money=(Money(10**5000, MoneyKind.INVESTMENT, "巨"),))
    large = replace(other.facts, money=(Money(10**30, MoneyKind.INVESTMENT, "大"),))
    store.record_analyses([replace(one, facts=huge), replace(other, facts=large)], NOW)
    assert [post_id for post_id, _ in store.unread_posts()] == [one.post_id]
    assert store.facts_of([other.post_id])[other.post_id].investments == (10**30,)
    assert store.ungrouped() == 0


def test_a_comparison_that_fails_leaves_the_post_alone_and_is_told(
    desk: Any, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("monitor.store.placing.assign", fail)
    bad = desk.add("a", 1)
    desk.group()
    assert f"post {bad}: it could not be compared" in caplog.text
    assert store.unread_posts() == ((bad, "ValueError: no such number"),)


# -- candidates


def test_a_key_that_many_posts_have_is_passed_over(store: Store) -> None:
    index = StoryIndex(store._conn)
    for post in range(1, 65):
        index.add(post, [7])
    assert index.telling([7, 8]) == [7, 8]
    index.add(65, [7])
    assert index.telling([7, 8]) == [8]


def test_candidates_are_few_whatever_there_is_and_the_nearest_is_first(desk: Any, store: Store) -> None:
    for number in range(40):
        desk.add(
            f"x{number}",
            1,
            edition=number % 3,
            body=f"{desk.crawls.at} 第{number}稿。占地{300 + number}亩，淮泽公司到访徐闻县。",
        )
    near = desk.add("near", 3)
    desk.group()
    (post,) = (store.history(near).post,)
    found, telling = store._story_index.candidates(analyse(post).keys, but_for=0)
    assert len(found) <= 24
    assert found[0].post_id == near
    assert found[0].story == desk.stories()["near"]
    assert set(telling) <= set(analyse(post).keys)


def test_evidence_of_an_older_version_is_read_again(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    desk.group()
    with store._write() as conn:
        conn.execute("UPDATE story_evidence SET version = 0, text = 'of another form'")
    desk.add("b", 1, edition=1)
    desk.group()
    assert desk.together() == {frozenset("ab")}


# -- reading the archive again


def test_reanalysis_reads_what_older_rules_read_and_moves_nobody(desk: Any, store: Store) -> None:
    for name, event in (("a", 1), ("b", 1), ("c", 2)):
        desk.add(name, event, edition=len(desk.numbers))
    desk.group()
    before = desk.stories()
    with store._write() as conn:
        conn.execute("UPDATE post_facts SET version = 0, facts = replace(facts, '淮泽', '旧')")
        conn.execute("UPDATE story_evidence SET version = 0 WHERE post_id = ?", [desk.numbers["c"]])
    told: list[tuple[int, int]] = []
    assert store.stale() == 3
    assert reanalyse(store, lambda done, total: told.append((done, total))) == 3
    assert told == [(3, 3)]
    assert (store.stale(), desk.stories()) == (0, before)
    assert "旧" not in str(store.facts_of(list(desk.numbers.values())))
    assert reanalyse(store) == 0


def test_what_was_revised_meanwhile_is_not_read_from_its_old_text(desk: Any, store: Store) -> None:
    post = desk.add("a", 1)
    desk.group()
    old = analyse(store.history(post).post)
    title = store.history(post).post.title
    desk.crawls.run(
        [Entry(title, "http://zj.example/a.html", date(2025, 7, 17), body="另一篇，投资5亿元的项目在徐闻县签约。")]
    )
    store.replace_analyses([old])
    assert store.ungrouped() == 1
    desk.group()
    assert store.facts_of([post])[post].investments == (500_000_000,)


def test_analyses_carry_their_keys(desk: Any, store: Store) -> None:
    desk.add("a", 1)
    (post,) = store.ungrouped_posts()
    found: Analysis = analyse(post)
    assert found.evidence is not None
    assert found.keys == keys_of(found.evidence)


# -- several processes


@pytest.mark.long
def test_two_processes_that_group_at_once_give_every_post_one_story(desk: Any, race: Callable[..., list[str]]) -> None:
    for number in range(60):
        desk.add(f"p{number}", number % 10, edition=number // 10, on=date(2025, 7, 1 + number % 20))
    script = (
        "from datetime import UTC, datetime\nfrom monitor.grouping import group_posts\n"
        "with Store(path) as store:\n    print(group_posts(store, datetime(2025, 7, 21, tzinfo=UTC)))\n"
    )
    told = [int(text) for text in race(script, processes=3)]
    assert sum(told) == 60
    assert len(desk.together()) == 10
    assert desk.store._rows("SELECT COUNT(*) FROM story_members")[0][0] == 60
    assert desk.store._rows("SELECT COUNT(*) FROM stories")[0][0] == 10
