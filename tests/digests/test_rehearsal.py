"""What `zhaoshang rules test` counts: each story once, in the week that would have told it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from digests.rehearsal import Rehearsal, rehearse
from monitor.grouping import group_posts
from monitor.pages import Entry

Open = Callable[..., Any]
MONDAY = datetime(2025, 7, 14, 2, tzinfo=UTC)  # 10:00 in Shanghai, the first day of 2025-W29
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUNDAY = date(2025, 7, 13)
PROJECTS = {
    "甲": "湛江海上风电装备项目在徐闻县签约，总投资12亿元，由粤海重工有限公司建设，年产叶片300套。",
    "乙": "茂名锂电隔膜项目在高州市开工，总投资125亿元，由高州新能材料有限公司建设，占地200亩。",
}


def entry(name: str, on: date, at: str = "") -> Entry:
    return Entry(f"【湛江招商】{name}的消息", f"http://zj.example/{at or name}", on, body=PROJECTS[name])


def counts(desk: Any) -> dict[str, list[tuple[int, int]]]:
    """New stories and overflow of each week, the latest first."""
    group_posts(desk.store, MONDAY + DAY)
    found: tuple[Rehearsal, ...] = rehearse(desk.store, desk.setup, 2, MONDAY + DAY)
    return {one.name: [(week.new, week.overflow) for week in one.weeks] for one in found}


def open_with_rule(open_desk: Open, **keys: object) -> Any:
    desk = open_desk(alert_rules=({"name": "rule", **keys},), began=MONDAY - 9 * DAY)
    for source in ("zhanjiang", "guangdong"):  # their baselines
        desk.see(at=MONDAY - 9 * DAY, source=source)
    return desk


def test_a_further_post_of_a_story_is_not_counted_again(open_desk: Open) -> None:
    desk = open_with_rule(open_desk)
    desk.see(entry("甲", SUNDAY), at=MONDAY - DAY)
    desk.see(entry("甲", date(2025, 7, 14), at="又"), source="guangdong", at=MONDAY)
    assert counts(desk) == {"everyone": [(0, 0), (1, 0)], "rule": [(0, 0), (1, 0)]}
    assert [len(desk.alert(at)) for at in (MONDAY, MONDAY + HOUR)] == [1, 0]


def test_a_day_has_room_once_whatever_weeks_its_posts_are_dated_in(open_desk: Open) -> None:
    desk = open_with_rule(open_desk, at_most=1)
    desk.see(entry("甲", SUNDAY), entry("乙", date(2025, 7, 14)), at=MONDAY)
    assert counts(desk)["rule"] == [(1, 1), (0, 0)]
    (alert,) = desk.alert(MONDAY)
    assert alert.count == 1
