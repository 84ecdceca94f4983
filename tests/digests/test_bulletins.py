"""What alert rules send: new stories that they want, each once, within their hours and their number a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digests.content import Digest
from monitor import jobs
from monitor.clock import Clock
from monitor.grouping import group_posts
from monitor.pages import Entry, ListingPage

Open = Callable[..., Any]
THURSDAY = datetime(2025, 7, 17, 2, tzinfo=UTC)  # 10:00 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DIGEST_AT = datetime(2025, 7, 21, tzinfo=UTC)
PROJECTS = {
    "甲": ("湛江", "7月16日，湛江海上风电装备项目在徐闻县签约，总投资12亿元，由粤海重工有限公司建设，年产叶片300套。"),
    "乙": ("茂名", "7月16日，茂名锂电隔膜项目在高州市开工，总投资125亿元，由高州新能材料有限公司建设，占地200亩。"),
    "丙": (
        "肇庆",
        "7月16日，肇庆汽车零部件基地在四会市投产，总投资8亿元，由四会精铸机械有限公司建设，年产壳体90万件。",
    ),
    "丁": ("清远", "近日，清远市举行营商环境座谈会，就惠企政策听取代表的意见，会议由市投资促进局主持，多家单位参加。"),
}


def entry(name: str, on: date = date(2025, 7, 17), *, at: str = "", body: str = "") -> Entry:
    place, text = PROJECTS[name]
    return Entry(f"【{place}招商】{name}的消息", f"http://zj.example/{at or name}", on, body=body or text)


def told(alerts: list[Digest]) -> list[str]:
    return [item.title[0] for alert in alerts for item in alert.highlights]


def items(digest: Digest) -> dict[str, Any]:
    found = [item for group in digest.places for item in group.items]
    return {item.title[0]: item for item in (*found, *digest.late, *digest.recycled)}


@pytest.fixture
def rule(open_desk: Open) -> Open:
    """A desk with one audience and one rule; one more is the same desk with another rule."""

    def open_(audience: dict[str, object] | None = None, **keys: object) -> Any:
        desk = open_desk(
            audiences=({"name": "everyone", **(audience or {})},),
            alert_rules=({"name": "大项目", **keys},),
            began=THURSDAY - DAY,
        )
        desk.see(at=THURSDAY - DAY)  # the sources' baselines: their first crawls
        desk.see(at=THURSDAY - DAY, source="guangdong")
        return desk

    return open_


# -- what is alerted ---------------------------------------------------------------------------------------------------


def test_a_new_story_that_is_wanted_is_alerted_once(rule: Open) -> None:
    desk = rule(min_investment="10亿元")
    desk.see(*map(entry, "甲乙丙丁"), at=THURSDAY)
    (alert,) = desk.alert(THURSDAY + HOUR)
    assert told([alert]) == ["乙", "甲"], "the most important first"
    assert (alert.audience, alert.period.kind, alert.period.key) == ("大项目", "alert", "2025-07-17T110000")
    assert alert.highlights[0].extract
    assert alert.count == 2
    assert not alert.has_more
    assert desk.alert(THURSDAY + 2 * HOUR) == []
    assert [(one.period_key, one.audience) for one in desk.store.deliveries()] == [("2025-07-17T110000", "大项目")]


def test_alerts_are_batched_by_crawl(rule: Open) -> None:
    desk = rule()
    crawl = desk.store.start_crawl("zhanjiang", 1, THURSDAY)
    source = desk.setup.source("zhanjiang")
    page = ListingPage(source.url, "html", (entry("甲"),))
    desk.store.record_listing(crawl, page, source.pattern, THURSDAY, desk.setup.config.zone)
    desk.see(entry("乙"), source="guangdong", at=THURSDAY)
    assert told(desk.alert(THURSDAY)) == ["乙"], "of the crawl that has ended"
    desk.store.finish_crawl(crawl, "end of the listing", completed=True, now=THURSDAY)
    assert told(desk.alert(THURSDAY)) == ["甲"]


def test_a_crawl_that_died_holds_its_posts_back_no_longer_than_a_crawl_may_take(rule: Open) -> None:
    desk = rule()
    desk.see(entry("甲"), at=THURSDAY)
    desk.store.start_crawl("zhanjiang", 1, THURSDAY)
    assert desk.alert(THURSDAY) == []
    assert told(desk.alert(THURSDAY + desk.setup.config.crawl.timeout + timedelta(seconds=1))) == ["甲"]


def test_a_further_post_of_a_story_is_no_alert(rule: Open) -> None:
    desk = rule()
    desk.see(entry("甲"), at=THURSDAY)
    assert told(desk.alert(THURSDAY)) == ["甲"]
    desk.see(entry("甲", at="又"), source="guangdong", at=THURSDAY + HOUR)
    assert desk.alert(THURSDAY + HOUR) == []


def test_neither_old_news_nor_what_is_a_week_old_nor_a_baseline_is_alerted(rule: Open, open_desk: Open) -> None:
    desk = rule()
    recycled = PROJECTS["甲"][1].replace("7月16日", "2023年7月16日")
    desk.see(entry("甲", body=recycled), entry("乙", date(2025, 7, 9)), at=THURSDAY)
    assert desk.alert(THURSDAY) == []
    fresh = open_desk(desk.path / "fresh", alert_rules=({"name": "r"},), began=THURSDAY)
    fresh.see(entry("甲"), at=THURSDAY)
    assert fresh.alert(THURSDAY) == [], "all that a new source shows at first"


def test_what_was_seen_before_the_rule_was_made_is_not_alerted(open_desk: Open) -> None:
    desk = open_desk(began=THURSDAY - DAY)
    desk.see(at=THURSDAY - DAY)
    desk.see(entry("甲"), at=THURSDAY)
    later = open_desk(alert_rules=({"name": "r"},), began=THURSDAY + HOUR)
    assert later.alert(THURSDAY + HOUR) == []
    later.see(entry("甲"), entry("乙"), at=THURSDAY + 2 * HOUR)
    assert told(later.alert(THURSDAY + 2 * HOUR)) == ["乙"]


def test_a_story_that_was_first_reported_weeks_ago_is_no_alert(rule: Open) -> None:
    desk = rule()
    text = PROJECTS["甲"][1]
    desk.see(entry("甲", date(2025, 7, 1)), at=THURSDAY)
    desk.see(entry("甲", at="重提", body=text), source="guangdong", at=THURSDAY + HOUR)
    assert desk.alert(THURSDAY + HOUR) == []


def test_a_changed_filter_brings_nothing_old_back(rule: Open) -> None:
    desk = rule(places=["茂名"])
    desk.see(*map(entry, "甲乙"), at=THURSDAY)
    assert told(desk.alert(THURSDAY)) == ["乙"]
    wider = rule()
    wider.see(entry("丙"), at=THURSDAY + HOUR)
    assert told(wider.alert(THURSDAY + HOUR)) == ["丙"]


def test_a_post_that_comes_to_state_the_amount_is_alerted_once(rule: Open) -> None:
    desk = rule(min_investment="10亿元")
    desk.see(entry("甲", body=PROJECTS["甲"][1].replace("总投资12亿元，", "")), at=THURSDAY)
    assert desk.alert(THURSDAY) == []
    desk.see(entry("甲"), at=THURSDAY + HOUR)
    assert told(desk.alert(THURSDAY + HOUR)) == ["甲"]
    desk.see(entry("甲", body=PROJECTS["甲"][1].replace("12亿元", "15亿元")), at=THURSDAY + 2 * HOUR)
    assert desk.alert(THURSDAY + 2 * HOUR) == []


def test_an_edit_brings_nothing_back_that_another_filter_passed_over(rule: Open) -> None:
    desk = rule(places=["茂名"])
    desk.see(entry("甲"), at=THURSDAY)
    assert desk.alert(THURSDAY) == []
    wider = rule()
    wider.see(entry("甲", body=PROJECTS["甲"][1].replace("12亿元", "15亿元")), at=THURSDAY + HOUR)
    assert wider.alert(THURSDAY + HOUR) == []


def test_a_rule_that_is_called_as_an_audience_was_has_room_and_tells_what_that_was_told(open_desk: Open) -> None:
    desk = open_desk(audiences=({"name": "A"},), began=THURSDAY - DAY)
    desk.see(at=THURSDAY - DAY)
    desk.see(entry("甲"), at=THURSDAY)
    group_posts(desk.store, THURSDAY)
    desk.freeze("2025-07-17", audience="A", at=THURSDAY)
    swapped = open_desk(audiences=({"name": "B"},), alert_rules=({"name": "A", "at_most": 1},), began=THURSDAY + HOUR)
    swapped.see(entry("甲"), entry("乙"), at=THURSDAY + 2 * HOUR)
    assert told(swapped.alert(THURSDAY + 2 * HOUR)) == ["乙"]


def test_an_audience_that_is_called_as_a_rule_was_is_told_what_that_passed_over(open_desk: Open) -> None:
    desk = open_desk(alert_rules=({"name": "R", "places": ["北京市"]},), began=THURSDAY - DAY)
    desk.see(at=THURSDAY - DAY)
    desk.see(entry("甲"), at=THURSDAY)
    assert desk.alert(THURSDAY) == []
    swapped = open_desk(audiences=({"name": "R"},), began=THURSDAY + HOUR)
    assert set(items(swapped.freeze(audience="R", at=DIGEST_AT))) == {"甲"}
    jobs.sync(swapped.store, swapped.setup, DIGEST_AT)
    assert items(swapped.freeze("2025-W30", audience="R", at=DIGEST_AT + 7 * DAY)) == {}


def test_what_is_passed_over_is_noted_once_and_told_to_nobody(rule: Open) -> None:
    desk = rule(places=["北京市"])
    for hours, name in enumerate("甲乙丙丁"):
        desk.see(entry(name), at=THURSDAY + hours * HOUR)
        assert desk.alert(THURSDAY + hours * HOUR) == []
    assert desk.store.deliveries() == ()
    ledger = desk.store.frozen_digest("大项目", "2025-07-17")
    assert ledger is not None, "one row a day, whatever comes"
    assert desk.store.frozen_digest("大项目", "2025-07-18") is None


# -- when, and how many ------------------------------------------------------------------------------------------------


def test_in_quiet_hours_nothing_goes_out_and_afterwards_all_of_it_together(rule: Open) -> None:
    desk = rule(quiet="22:00-07:00")
    night = datetime(2025, 7, 17, 15, tzinfo=UTC)  # 23:00
    desk.see(entry("甲"), at=night)
    assert desk.alert(night) == []
    desk.see(entry("乙"), at=night + 2 * HOUR)
    assert desk.alert(night + 2 * HOUR) == []
    (alert,) = desk.alert(night + 8 * HOUR)
    assert told([alert]) == ["乙", "甲"]
    assert alert.period.key == "2025-07-18T070000"


def test_an_alert_that_was_not_taken_before_its_quiet_hours_waits_for_their_end(rule: Open) -> None:
    desk = rule(quiet="22:00-07:00")
    evening = datetime(2025, 7, 17, 13, 59, tzinfo=UTC)  # 21:59
    desk.see(entry("甲"), at=evening)
    desk.alert(evening)
    folder = desk.setup.digests_dir
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    config = desk.setup.config

    def deliver(at: datetime, *, by_hand: bool = False) -> list[bool]:
        return [one.error is None for one in jobs.deliver(desk.setup, Clock(at), by_hand=by_hand)]

    assert config.hushed(evening) == ()
    assert deliver(evening) == [False]
    folder.unlink()
    assert config.hushed(evening + HOUR) == ("大项目",)
    assert deliver(evening + HOUR) == []
    assert deliver(evening + 9 * HOUR + timedelta(minutes=1)) == [True]
    (sent,) = desk.store.deliveries()
    desk.store.resend(sent.id, lambda _: "<again@test>", evening + 2 * DAY)
    assert deliver(evening + 2 * DAY + HOUR) == []
    assert deliver(evening + 2 * DAY + HOUR, by_hand=True) == [True], "somebody has asked for it"


def test_beyond_its_number_a_day_stories_are_left_to_the_digest_and_marked(rule: Open) -> None:
    desk = rule(at_most=2)
    desk.see(entry("甲"), at=THURSDAY)
    assert told(desk.alert(THURSDAY)) == ["甲"]
    desk.see(entry("乙"), entry("丙"), at=THURSDAY + HOUR)
    (alert,) = desk.alert(THURSDAY + HOUR)
    assert told([alert]) == ["乙"]
    assert "今日已达上限 2 件，另有 1 件并入下一期。" in alert.sentence
    group_posts(desk.store, DIGEST_AT)
    digest = items(desk.freeze(at=DIGEST_AT))
    assert {name: (item.alerted, item.overflow) for name, item in digest.items()} == {
        "甲": (("07-17 10:00 大项目",), False),
        "乙": (("07-17 11:00 大项目",), False),
        "丙": ((), True),
    }


def test_the_next_day_there_is_room_again(rule: Open) -> None:
    desk = rule(at_most=1)
    desk.see(entry("甲"), at=THURSDAY)
    assert told(desk.alert(THURSDAY)) == ["甲"]
    desk.see(entry("乙", date(2025, 7, 18)), at=THURSDAY + DAY)
    assert told(desk.alert(THURSDAY + DAY)) == ["乙"]


def test_when_the_day_is_full_no_empty_alert_goes_out(rule: Open) -> None:
    desk = rule(at_most=1)
    desk.see(entry("甲"), at=THURSDAY)
    desk.alert(THURSDAY)
    desk.see(entry("乙"), at=THURSDAY + HOUR)
    assert desk.alert(THURSDAY + HOUR) == []
    assert len(desk.store.deliveries()) == 1
    group_posts(desk.store, DIGEST_AT)
    assert items(desk.freeze(at=DIGEST_AT))["乙"].overflow


@pytest.mark.parametrize("digest_first", [False, True])
def test_what_a_rule_had_no_room_for_is_told_whatever_the_audience_filters(rule: Open, digest_first: bool) -> None:
    desk = rule(audience={"places": ["湛江"]}, at_most=1)
    desk.see(entry("甲"), at=THURSDAY)
    desk.alert(THURSDAY)
    desk.see(entry("乙"), entry("丙"), at=THURSDAY + HOUR)
    if digest_first:  # it passes 乙 and 丙 over before the rule has judged them
        group_posts(desk.store, THURSDAY + HOUR)
        assert set(items(desk.freeze("2025-07-16", at=THURSDAY + HOUR))) <= {"甲"}
        assert set(items(desk.freeze("2025-07-17", at=THURSDAY + HOUR))) == {"甲"}
    desk.alert(THURSDAY + 2 * HOUR)
    group_posts(desk.store, DIGEST_AT)
    digest = items(desk.freeze(at=DIGEST_AT))
    assert set(digest) == ({"乙", "丙"} if digest_first else {"甲", "乙", "丙"})
    assert digest["乙"].overflow
    assert items(desk.freeze("2025-W30", at=DIGEST_AT + 7 * DAY)) == {}


def test_a_preview_shows_what_a_rule_left_to_the_digest(rule: Open) -> None:
    desk = rule(audience={"places": ["湛江"]}, at_most=1)
    desk.see(entry("甲"), entry("乙"), entry("丙"), at=THURSDAY)
    desk.alert(THURSDAY)
    shown = items(desk.preview("2025-W29"))
    assert set(shown) == set(items(desk.freeze(at=DIGEST_AT))) == {"甲", "丙"}
    assert shown["丙"].overflow


def test_alerts_and_digests_are_streams_apart(rule: Open) -> None:
    desk = rule()
    desk.see(entry("甲"), at=THURSDAY)
    group_posts(desk.store, THURSDAY)
    assert set(items(desk.freeze("2025-07-17", at=THURSDAY))) == {"甲"}
    assert told(desk.alert(THURSDAY)) == ["甲"]
    assert items(desk.freeze(at=DIGEST_AT)) == {}
    assert desk.alert(DIGEST_AT) == []


def test_an_alert_is_delivered_as_any_digest_is(rule: Open) -> None:
    desk = rule()
    desk.see(entry("甲"), at=THURSDAY)
    desk.alert(THURSDAY)
    (outcome,) = desk.deliver(THURSDAY)
    assert outcome.error is None
    written = desk.setup.digests_dir / "大项目" / "2025-07-17T100000.md"
    assert "甲的消息" in written.read_text(encoding="utf-8")


def test_a_rule_without_a_channel_judges_nothing_until_it_has_one(rule: Open) -> None:
    silent = rule(audience={"channels": ()})
    silent.see(entry("甲"), at=THURSDAY)
    assert silent.alert(THURSDAY) == []
    heard = rule(audience={"channels": ()}, channels=["file"])
    assert told(heard.alert(THURSDAY + HOUR)) == ["甲"]
