"""Which posts a digest is offered, and that each is told to an audience once, whoever freezes and whatever dies."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.announcing import AnnounceRules, Composition, DigestMaterial, EntryKind, EntryRecord, Target
from monitor.models import SourceSpec
from monitor.pages import Article, Entry
from monitor.periods import parse_period
from monitor.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = timedelta(days=7)
DAY = date(2025, 7, 17)
SPECS = (
    SourceSpec("zhanjiang", "http://zj.example/list/", "湛江"),
    SourceSpec("guangdong", "http://gd.example/", "广东"),
)
NOTHING = Composition("", (), ())


def line(title: str, on: date | None = DAY, *, body: str | None = "") -> Entry:
    text = f"{title}的正文" if body == "" else body
    return Entry(f"【湛江招商】{title}", f"http://zj.example/{title}", on, body=text)


def told(freezer: Any, key: str = "2025-W29", **kwargs: Any) -> list[str]:
    return [title.removeprefix("【湛江招商】") for title in freezer.titles(key, **kwargs)]


# -- once -------------------------------------------------------------------------------------------------------------


def test_a_digest_is_frozen_once_and_stays_as_it_was(crawls: Any, freezer: Any, store: Store, now: datetime) -> None:
    crawls.run([line("甲")])
    first = freezer.freeze()
    crawls.run([line("甲", body="改过的正文"), line("乙")])
    again = freezer.freeze(at=now + timedelta(hours=1))
    assert (first.created, first.content, first.frozen_at) == (True, "【湛江招商】甲", now)
    assert again == replace(first, created=False)
    assert len(freezer.materials) == 1, "the second call composed nothing"
    assert store.frozen_digest("everyone", "2025-W29") == store.digest(first.id) == again
    assert store.frozen_digest("everyone", "2025-W28") is store.frozen_digest("nobody", "2025-W29") is None
    assert len(store.deliveries()) == 1


def test_a_post_is_told_in_one_digest_only(crawls: Any, freezer: Any, now: datetime) -> None:
    crawls.run([line("甲")])
    assert told(freezer) == ["甲"]
    crawls.run([line("甲", body="改过的正文")])
    assert told(freezer, "2025-W30", at=now + WEEK) == []


def test_what_the_builder_does_not_record_is_offered_again(crawls: Any, freezer: Any, now: datetime) -> None:
    crawls.run([line("甲")])
    freezer.freeze(compose=lambda _: NOTHING)
    assert told(freezer, "2025-W30", at=now + WEEK) == ["甲"]


def test_a_builder_that_fails_leaves_no_trace(crawls: Any, freezer: Any, store: Store) -> None:
    crawls.run([line("甲")])
    with pytest.raises(ZeroDivisionError):
        freezer.freeze(compose=lambda _: 1 / 0)
    audience = store.audience("everyone")
    assert audience is not None
    assert audience.last_due_at is None
    assert told(freezer) == ["甲"]


def test_a_post_recorded_twice_by_the_builder_is_refused_whole(crawls: Any, freezer: Any, store: Store) -> None:
    crawls.run([line("甲")])
    twice = (EntryRecord(EntryKind.NEW, post_id=1),) * 2
    with pytest.raises(Exception, match="UNIQUE"):
        freezer.freeze(compose=lambda _: Composition("", twice, ()))
    assert store.frozen_digest("everyone", "2025-W29") is None


RACE = """
import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from monitor.announcing import AnnounceRules, Composition, EntryKind, EntryRecord, Target
from monitor.periods import parse_period
now = datetime(2025, 7, 21, tzinfo=UTC)
def compose(material):
    {compose}
    entries = tuple(EntryRecord(EntryKind.NEW, post_id=post.id) for post in material.posts)
    return Composition(f"by {{number}}", entries, (Target("mail", "reader", "<1@test>"),))
with Store(path) as store:
    digest = store.freeze_digest("everyone", parse_period("2025-W29"), due_at=now, now=now,
        zone=ZoneInfo("Asia/Shanghai"), rules=AnnounceRules(), sources=[], compose=compose)
    print(digest.id, digest.content, digest.created)
"""


def test_processes_that_freeze_at_once_make_one_digest(
    crawls: Any, freezer: Any, store: Store, race: Callable[..., list[str]]
) -> None:
    crawls.run([line("甲"), line("乙")])
    answers = [answer.split() for answer in race(RACE.format(compose="pass"), processes=3)]
    assert Counter(created for *_, created in answers) == {"True": 1, "False": 2}
    assert len({tuple(answer[:-1]) for answer in answers}) == 1
    assert len(store.deliveries()) == 1
    assert told(freezer, "2025-W30") == []


def test_a_process_killed_while_freezing_loses_nothing(
    crawls: Any, freezer: Any, store: Store, race: Callable[..., list[str]]
) -> None:
    crawls.run([line("甲")])
    race(RACE.format(compose="os.kill(os.getpid(), 9)"), processes=1, status=-9)
    assert store.frozen_digest("everyone", "2025-W29") is None
    assert told(freezer) == ["甲"]


# -- which posts ------------------------------------------------------------------------------------------------------


def test_a_digest_takes_everything_dated_before_its_end(crawls: Any, freezer: Any, now: datetime) -> None:
    crawls.run([line("周一", date(2025, 7, 14)), line("周日", date(2025, 7, 20)), line("下周一", date(2025, 7, 21))])
    assert told(freezer) == ["周日", "周一"]
    assert told(freezer, "2025-W30", at=now + WEEK) == ["下周一"]


def test_a_late_post_comes_with_the_next_digest(crawls: Any, freezer: Any, now: datetime) -> None:
    freezer.freeze("2025-W29")
    crawls.at = now + timedelta(days=2)
    crawls.run([line("迟到", DAY), line("去年", date(2024, 2, 29))])
    assert told(freezer, "2025-W30", at=now + WEEK) == ["迟到", "去年"], "whether it is too old is the builder's rule"


def test_an_undated_post_counts_from_the_day_of_first_sight_in_the_zone(crawls: Any, freezer: Any) -> None:
    crawls.at = datetime(2025, 7, 20, 15, 59, tzinfo=UTC)
    crawls.run([line("周日", None)])
    crawls.at = datetime(2025, 7, 20, 16, 1, tzinfo=UTC)
    crawls.run([line("周日", None), line("周一", None)])
    assert told(freezer) == ["周日"]


def test_a_pending_post_is_told_after_three_failures_and_not_again_when_read(
    crawls: Any, freezer: Any, store: Store, zone: Any, now: datetime
) -> None:
    for key, expected in (("2025-W26", []), ("2025-W27", []), ("2025-W28", ["甲"])):
        crawl_id = crawls.start()
        (sighting,) = crawls.page(crawl_id, line("甲", date(2025, 6, 25), body=None))
        store.record_page_failure(crawl_id, sighting.post.id, "HTTP 503")
        assert told(freezer, key) == expected
    store.record_article(crawl_id, sighting.post.id, Article(None, "正文"), now, zone)
    assert told(freezer, "2025-W29") == []


def test_a_pending_post_that_was_read_is_told_like_any_other(
    crawls: Any, freezer: Any, store: Store, zone: Any, now: datetime
) -> None:
    crawl_id = crawls.start()
    (sighting,) = crawls.page(crawl_id, line("甲", body=None))
    assert told(freezer) == []
    store.record_article(crawl_id, sighting.post.id, Article(None, "正文"), now, zone)
    assert told(freezer, "2025-W30", at=now + WEEK) == ["甲"]


def test_a_new_audience_looks_back_over_what_was_there_before_it(crawls: Any, freezer: Any) -> None:
    edge = [line(f"{n}天前", date(2025, 7, 21) - timedelta(days=n)) for n in (13, 14, 15)]
    crawls.at = datetime(2025, 7, 20, tzinfo=UTC)
    crawls.run(edge)
    assert told(freezer) == ["13天前", "14天前"]
    crawls.at = datetime(2025, 7, 22, tzinfo=UTC)
    crawls.run([*edge, line("后来补发", date(2025, 7, 1))])
    assert told(freezer, "2025-W30") == ["后来补发"], "what is found after its creation is a late post, not the past"


def test_a_new_audience_looks_back_over_off_label_entries_as_well(crawls: Any, freezer: Any, now: datetime) -> None:
    crawls.at = now - timedelta(days=1)
    days = (date(2025, 7, 7), date(2025, 7, 6))
    crawls.run([Entry(f"【投资廉江市】{on}", f"http://zj.example/{on}", on) for on in days])
    freezer.freeze()
    assert [entry.title for entry in freezer.materials[-1].off_label] == ["【投资廉江市】2025-07-07"]


def test_off_label_entries_are_told_once_each(crawls: Any, freezer: Any, now: datetime) -> None:
    off = [
        Entry(f"【投资廉江市】{n}", f"http://zj.example/off/{n}", on) for n, on in ((1, DAY), (2, date(2025, 7, 22)))
    ]
    crawls.run(off)
    for key, at, expected in (
        ("2025-W29", now, ["1"]),
        ("2025-W30", now + WEEK, ["2"]),
        ("2025-W31", now + 2 * WEEK, []),
    ):
        freezer.freeze(key, at=at)
        assert [entry.title[-1] for entry in freezer.materials[-1].off_label] == expected
        crawls.run(off)


def groups(freezer: Any) -> tuple[list[tuple[int, int | None]], frozenset[int]]:
    """(post, first copy) of all that the last digest was offered, and the groups that its audience had been told."""
    material = freezer.materials[-1]
    return [(post.id, post.copy_of) for post in material.posts], material.announced_groups


def test_copies_that_nobody_was_told_come_together_and_later_ones_find_their_group_told(
    crawls: Any, freezer: Any, now: datetime
) -> None:
    copies = [replace(line("甲"), url=f"http://gd.example/{n}") for n in range(2)]
    crawls.run([line("甲")])
    crawls.run([copies[0]], source="guangdong")
    freezer.freeze()
    assert groups(freezer) == ([(1, None), (2, 1)], frozenset())
    crawls.run([copies[0], copies[1], line("乙", body="另一篇")], source="guangdong")
    freezer.freeze("2025-W30", at=now + WEEK)
    assert groups(freezer) == ([(3, 1), (4, None)], {1})


def test_a_copy_of_a_told_post_and_a_copy_of_a_told_copy_find_their_group_told(
    crawls: Any, freezer: Any, now: datetime
) -> None:
    old = line("旧闻", date(2025, 5, 1))
    crawls.at = now - timedelta(days=60)  # long before the audience
    crawls.run([old])
    crawls.at = now
    page = [replace(old, url="http://gd.example/1"), line("甲")]
    crawls.run(page, source="guangdong")
    freezer.freeze()
    assert groups(freezer) == ([(3, None), (2, 1)], frozenset()), "the first of the old ones is not this audience's"
    page += [replace(old, url="http://gd.example/2"), replace(line("甲"), url="http://gd.example/3")]
    crawls.run(page, source="guangdong")
    freezer.freeze("2025-W30", at=now + WEEK)
    assert groups(freezer) == ([(5, 3), (4, 1)], {1, 3})


def test_what_one_audience_was_told_is_news_to_another(crawls: Any, freezer: Any, store: Store, now: datetime) -> None:
    store.sync(SPECS, ["everyone", "领导"], now)
    crawls.run([line("甲")])
    assert told(freezer) == ["甲"]
    freezer.audience = "领导"
    assert told(freezer) == ["甲"]
    assert groups(freezer) == ([(1, None)], frozenset())


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(-40, 3))), max_size=12))
def test_no_post_falls_between_two_digests_and_none_is_told_twice(
    fresh_crawls: Any, seen: list[tuple[int, int | None]]
) -> None:
    """Posts found in arbitrary weeks, dated up to forty days back or three ahead, or not at all."""
    start = datetime(2025, 6, 30, 3, tzinfo=UTC)
    everything: list[str] = []
    with fresh_crawls() as crawls:
        crawls.store.sync(SPECS, ["everyone"], start)
        for week in range(7):
            crawls.at = start + week * WEEK
            today = crawls.at.date()
            crawls.run(
                [
                    line(f"第{n}", None if ahead is None else today + timedelta(days=ahead))
                    for n, (found, ahead) in enumerate(seen)
                    if found == week
                ]
            )
            digest = crawls.store.freeze_digest(
                "everyone",
                parse_period(f"2025-W{26 + week}"),
                due_at=crawls.at,
                now=crawls.at,
                zone=ZONE,
                rules=AnnounceRules(),
                sources=[],
                compose=lambda material: Composition(
                    json.dumps([post.title for post in material.posts]),
                    tuple(EntryRecord(EntryKind.NEW, post_id=post.id) for post in material.posts),
                    (),
                ),
            )
            everything += json.loads(digest.content)
        assert Counter(everything) == {f"【湛江招商】第{n}": 1 for n in range(len(seen))}


# -- what else a digest is given --------------------------------------------------------------------------------------


def test_the_state_of_the_sources_comes_in_the_order_of_the_configuration(crawls: Any, freezer: Any) -> None:
    _, crawl = crawls.run([line("甲")])
    freezer.freeze()
    states = freezer.materials[-1].sources
    assert [(state.source.name, state.last) for state in states] == [("zhanjiang", crawl), ("guangdong", None)]


def test_the_due_moment_that_was_dealt_with_last_is_kept_even_after_a_clock_was_set_back(
    freezer: Any, store: Store, now: datetime
) -> None:
    for key, at in (("2025-W29", now), ("2025-W28", now - WEEK), ("2025-W29", now - WEEK)):
        freezer.freeze(key, at=at)
        audience = store.audience("everyone")
        assert audience is not None
        assert audience.last_due_at == at


def test_digests_that_only_the_file_channel_got_are_named_to_the_next_mail(freezer: Any, now: datetime) -> None:
    held_back = Composition("", (), (Target("file", "", ""),), held_back=True)
    silent = Composition("", (), (), held_back=None)
    mailed = Composition("", (), (Target("file", "", ""), Target("mail", "reader", "<1@test>")))
    steps = [
        ("2025-W25", mailed, ()),
        ("2025-W26", held_back, ()),
        ("2025-W27", silent, ("2025-W26",)),
        ("2025-W28", held_back, ("2025-W26",)),
        ("2025-W29", mailed, ("2025-W26", "2025-W28")),
        ("2025-W30", mailed, ()),
    ]
    for week, (key, composition, missed) in enumerate(steps):
        freezer.freeze(key, at=now + (week - 4) * WEEK, compose=lambda _, it=composition: it)
        assert freezer.materials[-1].missed == missed


def test_a_preview_shows_all_that_is_dated_in_the_period_and_changes_nothing(
    crawls: Any, freezer: Any, store: Store, now: datetime
) -> None:
    crawls.run([line("周一", date(2025, 7, 14)), line("周日", date(2025, 7, 20)), line("上周", date(2025, 7, 13))])
    crawls.run([line("待读", body=None), Entry("【投资廉江市】丙", "http://zj.example/off", DAY)])

    def preview(key: str, audience: str = "everyone") -> DigestMaterial:
        return store.preview_material(audience, parse_period(key), now, ["zhanjiang"], ZONE)

    before = preview("2025-W29")
    assert [post.title[-2:] for post in before.posts] == ["周日", "待读", "周一"]
    assert [entry.title for entry in before.off_label] == ["【投资廉江市】丙"]
    assert [state.source.name for state in before.sources] == ["zhanjiang"]
    assert preview("2025-W29", "not yet known").posts == before.posts
    assert preview("2025-W30").posts == ()
    assert told(freezer) == ["周日", "周一", "上周"], "the preview announced none of them"
    assert preview("2025-W29").posts == before.posts
