"""What an audience with a filter is told: all it wants, once, and nothing old when its filter changes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from digests.content import Digest
from monitor.grouping import group_posts
from monitor.pages import Entry

WEEK = timedelta(days=7)
BODIES = {
    "甲": "7月16日，湛江海上风电装备项目在徐闻县签约，总投资12亿元，由粤海重工有限公司建设，年产风机叶片300套。",
    "乙": "7月15日，茂名预制菜产业园项目在高州市开工，计划投资3000万元，由高州百味食品有限公司建设，占地20亩。",
    "丙": "近日，清远市举行营商环境座谈会，就惠企政策听取代表的意见，会议由市投资促进局主持，三十余家单位参加。",
}
PLACES = {"甲": "湛江", "乙": "茂名", "丙": "清远"}


def entry(name: str, on: date = date(2025, 7, 17), **changes: Any) -> Entry:
    body = changes.pop("body", BODIES[name])
    place = changes.pop("place", PLACES[name])
    title = changes.pop("title", name)
    return Entry(f"【{place}招商】{title}的消息", f"http://zj.example/{changes.pop('at', title)}", on, body=body)


def titles(digest: Digest) -> set[str]:
    items = [item for group in digest.places for item in group.items]
    return {item.title.removesuffix("的消息") for item in (*items, *digest.late, *digest.recycled)}


Open = Callable[..., Any]


@pytest.fixture
def audience(open_desk: Open) -> Open:
    """A desk whose audience wants what the keys say; one more is the same desk with another filter."""

    def open_(**keys: object) -> Any:
        return open_desk(audiences=({"name": "everyone", **keys},))

    return open_


def freeze(desk: Any, key: str = "2025-W29", at: datetime | None = None) -> Digest:
    at = at or desk.began
    group_posts(desk.store, at)
    frozen: Digest = desk.freeze(key, at=at)
    return frozen


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, {"甲", "乙", "丙"}),
        ({"places": ["湛江"]}, {"甲"}),
        ({"places": ["广东"]}, {"甲", "乙", "丙"}),
        ({"industries": ["食品饮料"]}, {"乙"}),
        ({"stages": ["签约"]}, {"甲"}),
        ({"min_investment": "1亿元"}, {"甲"}),
        ({"keywords": ["惠企政策", "叶片"]}, {"甲", "丙"}),
        ({"exclude": ["座谈会"]}, {"甲", "乙"}),
        ({"places": ["湛江", "茂名"], "stages": ["开工"]}, {"乙"}),
        ({"sources": ["guangdong"]}, set()),
    ],
)
def test_a_digest_tells_what_its_audience_wants(audience: Open, keys: Mapping[str, object], told: set[str]) -> None:
    desk = audience(**keys)
    desk.see(*map(entry, "甲乙丙"))
    assert titles(freeze(desk)) == told
    assert titles(desk.preview("2025-W29")) == told


def test_only_the_sources_that_an_audience_wants_stand_in_its_digest(audience: Open) -> None:
    desk = audience(sources=["guangdong"])
    desk.see(entry("甲"))
    desk.see(entry("乙"), source="guangdong")
    digest = freeze(desk)
    assert titles(digest) == {"乙"}
    assert [source.name for source in digest.sources] == ["guangdong"]


def test_an_off_label_entry_is_told_where_it_is_wanted(audience: Open) -> None:
    desk = audience(exclude=["推介会"])
    desk.see(Entry("【投资廉江】推介会", "http://zj.example/o1", date(2025, 7, 17)))
    desk.see(Entry("【投资廉江】招商手册", "http://zj.example/o2", date(2025, 7, 17)))
    digest = freeze(desk)
    assert [line.title for line in digest.off_label] == ["【投资廉江】招商手册"]
    assert digest.off_label_older == 0
    again = freeze(desk, "2025-W30", desk.began + WEEK)
    assert (again.off_label, again.off_label_older) == ((), 0)


def test_a_changed_filter_applies_from_then_on_and_brings_nothing_old_back(audience: Open) -> None:
    desk = audience(places=["湛江"])
    desk.see(*map(entry, "甲乙丙"))
    assert titles(freeze(desk)) == {"甲"}
    wider = audience()
    wider.see(
        entry("丙", date(2025, 7, 22), title="丁", body=BODIES["丙"].replace("清远", "阳江").replace("三十", "九"))
    )
    assert titles(freeze(wider, "2025-W30", desk.began + WEEK)) == {"丁"}
    narrower = audience(places=["北京市"])
    assert titles(freeze(narrower, "2025-W31", desk.began + 2 * WEEK)) == set()


def test_a_story_is_told_when_a_post_that_joins_it_makes_it_wanted(audience: Open) -> None:
    desk = audience(keywords=["叶片厂"])
    desk.see(entry("甲"))
    assert titles(freeze(desk)) == set()
    more = BODIES["甲"] + "叶片厂预计明年投产。"
    desk.see(entry("甲", date(2025, 7, 22), title="戊", body=more))
    digest = freeze(desk, "2025-W30", desk.began + WEEK)
    assert titles(digest) == {"戊"}
    (item,) = [item for group in digest.places for item in group.items]
    assert [copy.title for copy in item.others] == ["甲的消息"], "the post that was passed over is named with it"


def test_a_post_that_joins_a_story_that_was_told_is_named_whatever_the_filter(audience: Open) -> None:
    desk = audience(places=["湛江"])
    desk.see(entry("甲"))
    assert titles(freeze(desk)) == {"甲"}
    unplaced = audience(places=["北京市"])
    unplaced.see(entry("甲", date(2025, 7, 22), title="己"))
    digest = freeze(unplaced, "2025-W30", desk.began + WEEK)
    assert [line.title for line in digest.told_before] == ["己的消息"]


def test_edits_of_posts_that_were_passed_over_are_not_told(audience: Open) -> None:
    desk = audience(places=["湛江"])
    desk.see(*map(entry, "甲乙"))
    freeze(desk)
    later = desk.began + timedelta(days=1)
    edited = {
        name: BODIES[name].replace("计划投资3000万元", "计划投资8000万元").replace("12亿元", "15亿元")
        for name in "甲乙"
    }
    desk.see(*(entry(name, body=edited[name]) for name in "甲乙"), at=later)
    digest = freeze(desk, "2025-W30", desk.began + WEEK)
    assert [line.title for line in digest.changes] == ["甲的消息"]


def test_a_post_that_was_passed_over_is_told_when_its_text_comes_to_be_wanted(audience: Open) -> None:
    desk = audience(min_investment="10亿元")
    desk.see(entry("甲", body=BODIES["甲"].replace("总投资12亿元，", "")), entry("乙"))
    assert titles(freeze(desk)) == set()
    desk.see(entry("甲"), at=desk.began + timedelta(days=1))
    desk.see(entry("甲", body=BODIES["甲"] + "预计明年投产。"), at=desk.began + timedelta(days=2))
    digest = freeze(desk, "2025-W30", desk.began + WEEK)
    assert (titles(digest), digest.changes) == ({"甲"}, ())
    assert titles(freeze(desk, "2025-W31", desk.began + 2 * WEEK)) == set()


def test_an_edit_brings_nothing_back_that_another_filter_passed_over(audience: Open) -> None:
    desk = audience(places=["北京市"])
    desk.see(entry("甲"))
    freeze(desk)
    wider = audience()
    wider.see(entry("甲", body=BODIES["甲"].replace("12亿元", "15亿元")), at=desk.began + timedelta(days=1))
    assert titles(freeze(wider, "2025-W30", desk.began + WEEK)) == set()


def test_a_post_that_could_not_be_read_is_told_when_its_text_is_wanted(audience: Open) -> None:
    desk = audience(min_investment="10亿元")
    (post_id,) = desk.see(entry("甲", body=None))
    crawl = desk.store.start_crawl("zhanjiang", 1, desk.began)
    for _ in range(3):
        desk.store.record_page_failure(crawl, post_id, "HTTP 503")
    desk.store.finish_crawl(crawl, "end of the listing", completed=True, now=desk.began)
    assert titles(freeze(desk)) == set()
    desk.see(entry("甲"), at=desk.began + timedelta(days=1))
    assert titles(freeze(desk, "2025-W30", desk.began + WEEK)) == {"甲"}


def test_words_of_interest_lift_a_story_and_keep_nothing_out(audience: Open) -> None:
    desk = audience(interests=["惠企政策", "营商环境"])
    desk.see(*map(entry, "甲乙丙"))
    digest = freeze(desk)
    assert titles(digest) == {"甲", "乙", "丙"}
    plain = [item.title for item in desk.preview("2025-W29").highlights]
    assert plain == [item.title for item in digest.highlights]
    assert plain.index("丙的消息") < plain.index("乙的消息"), "policy talk with two such words, before a small project"
