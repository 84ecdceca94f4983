"""The picture of the last twelve weeks, from what was really told: every number is that of posts in digests."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.content import Chart, Digest
from digests.freeze import content_of
from monitor import jobs
from monitor.pages import Entry
from monitor.periods import week_of
from monitor.store.storytelling import _TOLD

START = date(2025, 1, 6)  # a Monday
PLACES = ("徐闻", "遂溪", "高州", "仙桃")
STAGES = ("签约", "开工")


def entry(number: int, day: date, place: str = "徐闻", stage: str = "签约") -> Entry:
    """An event of its own."""
    company = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{number:04}")
    body = f"{place}县{company}公司光伏组件{number}号项目{stage}，生产光伏电池、光伏玻璃，总投资{number + 1}亿元。"
    return Entry(f"【{place}招商】{company}项目{stage}", f"http://zj.example/{number}", day, body=body)


def morning(day: date) -> datetime:
    """Nine o'clock in Shanghai."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def frozen(desk: Any, day: date) -> list[Digest]:
    return [content_of(one) for one in jobs.freeze_due(desk.store, desk.setup, morning(day))]


def chart(digest: Digest, what: str) -> dict[str, int]:
    found = [one for one in digest.charts if one.title.endswith(what)]
    return {bar.name: bar.count for one in found for bar in one.bars}


def titles(charts: tuple[Chart, ...]) -> list[str]:
    return [one.title for one in charts]


def test_a_weekly_digest_counts_twelve_weeks_and_itself(open_desk) -> None:
    desk = open_desk(began=morning(START))
    seen: dict[str, Digest] = {}
    for week in range(14):
        day = START + timedelta(weeks=week, days=2)
        what = [entry(10 * week + n, day, PLACES[n % 4], STAGES[week % 2]) for n in range(week % 3)]
        desk.see(*what, at=morning(day))
        seen |= {one.period.key: one for one in frozen(desk, START + timedelta(weeks=week + 1))}
    told = {key: one.count for key, one in seen.items()}
    assert list(told.values()) == [0, 1, 2] * 4 + [0, 1]
    first, second, *_, last = seen.values()
    assert first.charts == ()
    assert titles(second.charts)[0] == "近两周新事件"
    assert titles(last.charts) == ["近十二周新事件", "近十二周地区", "近十二周行业", "近十二周阶段"]
    span = list(seen.values())[-12:]
    assert chart(last, "新事件") == {one.period.key: one.count for one in span}
    items = [item for one in span for group in one.places for item in group.items]
    assert chart(last, "阶段") == Counter(item.stage for item in items)
    assert chart(last, "行业") == Counter(item.industries[0] for item in items)
    assert chart(last, "地区") == Counter(re.sub("(徐闻|遂溪)县$", "", item.place) for item in items)


def test_daily_digests_count_by_the_calendar_week(open_desk) -> None:
    desk = open_desk(audiences=[{"name": "everyone", "schedule": "daily 08:00"}], began=morning(START))
    digests: list[Digest] = []
    for number in range(10):
        day = START + timedelta(days=number)
        desk.see(entry(number, day), at=morning(day))
        digests += frozen(desk, day + timedelta(days=1))
    assert [len(one.charts) for one in digests[:7]] == [0] * 7, "in the first week there is none to compare with"
    assert chart(digests[7], "新事件") == {"2025-W02": 7, "2025-W03": 1}
    assert chart(digests[9], "新事件") == {"2025-W02": 7, "2025-W03": 3}
    assert titles(digests[9].charts)[0] == "近两周新事件"


def test_monthly_digests_count_each_event_in_its_own_week(open_desk) -> None:
    desk = open_desk(audiences=[{"name": "everyone", "schedule": "1st 08:00"}], began=morning(START))
    days = [START, date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 3), date(2025, 2, 28)]
    for number, day in enumerate(days):
        desk.see(entry(number, day), at=morning(day))
    january, february = (frozen(desk, date(2025, month, 1))[0] for month in (2, 3))
    assert january.charts == ()
    weeks = {week_of(date(2025, 1, 1) + timedelta(weeks=n)).key: 0 for n in range(9)}
    assert chart(february, "新事件") == weeks | {"2025-W02": 1, "2025-W05": 2, "2025-W06": 1, "2025-W09": 1}


def test_a_week_without_a_digest_is_a_bar_without_length(open_desk) -> None:
    """The history reaches twelve weeks back and no further, told or not."""
    desk = open_desk(began=morning(START))
    for number, week in enumerate((0, 3, 10, 30)):
        day = START + timedelta(weeks=week)
        desk.see(entry(number, day), at=morning(day))
        digest = desk.freeze(week_of(day).key, at=morning(day + timedelta(weeks=1)))
        if number == 1:
            assert chart(digest, "新事件") == {"2025-W02": 1, "2025-W03": 0, "2025-W04": 0, "2025-W05": 1}
    assert digest.charts == ()


def test_a_preview_counts_no_event_twice(open_desk) -> None:
    desk = open_desk(began=morning(START))
    for week in range(3):
        day = START + timedelta(weeks=week)
        desk.see(
            entry(2 * week, day), entry(2 * week + 1, day + timedelta(days=3)), at=morning(day + timedelta(days=4))
        )
        frozen(desk, day + timedelta(weeks=1))
    everything = {"2025-W02": 2, "2025-W03": 2, "2025-W04": 2}
    now = morning(date(2025, 1, 28))
    assert chart(desk.preview("2025-01-13_2025-01-31", at=now), "新事件") == everything | {"2025-W05": 0}
    assert chart(desk.preview("2025-01-16_2025-01-26", at=now), "新事件") == everything
    assert chart(desk.preview("2025-01-20_2025-01-22", at=now), "新事件") == everything | {"2025-W04": 1}
    assert desk.preview("2025-01", at=now).charts == (), "nothing was told before January"


def test_the_counts_are_looked_up_and_nothing_is_scanned(open_desk) -> None:
    plan = open_desk().store._rows(f"EXPLAIN QUERY PLAN {_TOLD}", 1, "2025-01-06", "2025-03-31", "2025-03-01")
    steps = [row["detail"] for row in plan]
    assert not any(step.startswith("SCAN") for step in steps), steps
    assert any(step.startswith("SEARCH digest_entries USING INDEX digest_entries_by_digest") for step in steps)


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    events=st.lists(st.tuples(st.integers(0, 110), st.sampled_from(PLACES), st.sampled_from(STAGES)), max_size=25),
    schedule=st.sampled_from(["mon 08:00", "daily 08:00", "weekdays 08:30", "1st 08:00"]),
)
def test_every_number_is_that_of_items_in_the_digests_of_the_span(
    events: list[tuple[int, str, str]], schedule: str, open_desk, tmp_path_factory
) -> None:
    desk = open_desk(
        tmp_path_factory.mktemp("desk"),
        audiences=[{"name": "everyone", "schedule": schedule}],
        began=morning(START),
    )
    for number, (ahead, place, stage) in enumerate(events):
        day = START + timedelta(days=ahead)
        desk.see(entry(number, day, place, stage), at=morning(day))
    digests = frozen(desk, START + timedelta(days=125))
    last = digests[-1]
    first = week_of(last.period.end - timedelta(days=1)).start - timedelta(weeks=11)
    items = [
        item
        for one in digests
        for group in one.places
        for item in group.items
        if max(item.effective_on, one.period.start) >= first
    ]
    assert sum(chart(last, "新事件").values()) == len(items)
    assert chart(last, "阶段") == Counter(item.stage for item in items if item.stage)
    assert sum(chart(last, "地区").values()) == len(items)
    desk.store.close()
