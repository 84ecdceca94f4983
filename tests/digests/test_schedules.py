"""Audiences told on weekdays, monthly, and by one schedule after another: nothing lost, nothing twice, and well called."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from digests.content import Digest, from_json, to_json
from digests.freeze import content_of
from digests.render import heading, subject
from monitor import jobs
from monitor.announcing import LastDigest
from monitor.pages import Entry
from monitor.periods import parse_period

WEEKDAYS = {"name": "everyone", "schedule": "weekdays 17:30"}
MAIL = {
    "type": "email",
    "host": "127.0.0.1",
    "security": "plain",
    "sender": "zhoubao@example.cn",
    "recipients": ["reader@example.cn"],
}


def at(day: int, hour: int = 9) -> datetime:
    """An hour of July 2025 in UTC; in Shanghai it is eight hours later."""
    return datetime(2025, 7, day, hour, 30, tzinfo=UTC)


def entry(day: int) -> Entry:
    return Entry(
        f"【湛江招商】第{day}日的项目签约",
        f"http://zj.example/{day}",
        date(2025, 7, day),
        body=f"{day}日，{day}号公司签约。",
    )


def frozen(desk: Any, now: datetime) -> list[Digest]:
    return [content_of(one) for one in jobs.freeze_due(desk.store, desk.setup, now)]


def told(digest: Digest) -> list[int]:
    """The days of July whose posts it tells as new, or late."""
    groups = [item for group in digest.places for item in group.items]
    return sorted(item.effective_on.day for item in (*groups, *digest.late))


def test_on_monday_the_digest_of_a_weekday_audience_covers_the_weekend(open_desk) -> None:
    desk = open_desk(audiences=[WEEKDAYS], began=at(16, 10))
    desk.see(*(entry(day) for day in range(16, 21)), at=at(20, 12))
    digests = {one.period.key: one for day in range(17, 23) for one in frozen(desk, at(day, 10))}
    assert {key: told(one) for key, one in digests.items()} == {
        "2025-07-16": [16],
        "2025-07-17": [17],
        "2025-07-18_2025-07-20": [18, 19, 20],
        "2025-07-21": [],
    }
    monday = digests["2025-07-18_2025-07-20"]
    assert from_json(to_json(monday)) == monday
    assert heading(monday) == "招商日报 2025-07-18 至 2025-07-20：新事件 3 件"
    assert subject(monday).startswith("招商日报 2025-07-18 至 2025-07-20：新事件 3 件")
    assert {outcome.delivery.period_key: outcome.error for outcome in desk.deliver(at(22, 10))} == dict.fromkeys(
        digests
    )
    assert (desk.path / "digests/everyone/2025-07-18_2025-07-20.html").exists()


@pytest.mark.parametrize(
    ("key", "called"),
    [
        ("2025-W29", "招商周报 2025-W29（2025-07-14 至 2025-07-20）"),
        ("2025-07-20", "招商日报 2025-07-20"),
        ("2025-07-18_2025-07-20", "招商日报 2025-07-18 至 2025-07-20"),
        ("2025-07-01_2025-07-13", "招商简报 2025-07-01 至 2025-07-13"),
        ("2025-07", "招商月报 2025-07（2025-07-01 至 2025-07-31）"),
    ],
)
def test_each_kind_of_period_is_called_by_its_name(empty_digest: Digest, key: str, called: str) -> None:
    digest = replace(empty_digest, period=parse_period(key))
    assert heading(digest) == f"{called}：没有新事件"
    assert subject(digest) == f"{called.partition('（')[0]}：没有新事件"


def test_several_days_can_be_previewed(open_desk) -> None:
    desk = open_desk()
    desk.see(entry(17), entry(18), entry(20))
    assert told(desk.preview("2025-07-18_2025-07-20")) == [18, 20]


def test_a_weekly_audience_that_becomes_a_daily_one_and_back_is_told_everything_once(open_desk) -> None:
    """The digest that bridges the change reaches the mail's readers whole, and calls nothing missed."""
    path = open_desk(audiences=[{"name": "everyone"}], began=at(18)).path
    by_turns = [
        ("mon 08:00", at(21, 0), {"2025-W29": [18, 20]}),
        ("daily 08:00", at(24, 3), {"2025-07-21_2025-07-23": [21, 22, 23]}),
        ("daily 08:00", at(25, 3), {"2025-07-24": [24]}),
        ("mon 08:00", at(25, 4), {}),
        ("mon 08:00", at(28, 0), {"2025-W30": [25, 27]}),
    ]
    for schedule, now, expected in by_turns:
        audience = {"name": "everyone", "schedule": schedule, "channels": ["file", "mail"]}
        desk = open_desk(path, audiences=[audience], channels={"mail": MAIL}, began=now)
        desk.see(*(entry(day) for day in (18, 20, 21, 22, 23, 24, 25, 27) if day <= now.day), at=now)
        digests = frozen(desk, now)
        assert {one.period.key: told(one) for one in digests} == expected
        assert all(one.missed == () for one in digests)
    mailed = [one.period_key for one in desk.store.deliveries() if one.channel == "mail"]
    assert sorted(mailed) == ["2025-07-21_2025-07-23", "2025-07-24", "2025-W29", "2025-W30"]


def test_real_downtime_of_a_daily_audience_still_names_what_it_missed(open_desk) -> None:
    audience = {"name": "everyone", "schedule": "daily 08:00", "channels": ["file", "mail"]}
    desk = open_desk(audiences=[audience], channels={"mail": MAIL}, began=at(20))
    assert [one.period.key for one in frozen(desk, at(21))] == ["2025-07-20"]
    *_, last = frozen(desk, at(24))
    assert (last.period.key, last.missed) == ("2025-07-23", ("2025-07-21", "2025-07-22"))


def test_a_clock_that_was_ahead_and_another_schedule_tell_nothing_again(open_desk) -> None:
    desk = open_desk(audiences=[{"name": "everyone"}], began=at(1))
    desk.see(entry(18), at=at(18))
    told_then = frozen(desk, datetime(2025, 8, 20, tzinfo=UTC))
    assert len(told_then) == 7
    daily = open_desk(desk.path, audiences=[{"name": "everyone", "schedule": "daily 08:00"}], began=at(22))
    assert frozen(daily, at(21, 12)) == []
    daily.see(entry(21), at=at(22))
    assert [(one.period.key, told(one)) for one in frozen(daily, at(22, 12))] == [("2025-07-21", [21])]


def test_the_last_digest_says_whether_it_went_out(open_desk) -> None:
    desk = open_desk(audiences=[{"name": "everyone", "send_empty": False}], began=at(18))
    assert desk.store.last_digest("everyone") is None
    desk.see(entry(18), at=at(18))
    desk.freeze("2025-W29", at=at(21))
    assert desk.store.last_digest("everyone") == LastDigest("2025-W29", at(21), told=True, sent_at=None)
    desk.deliver(at(22))
    assert desk.store.last_digest("everyone") == LastDigest("2025-W29", at(21), told=True, sent_at=at(22))
    desk.freeze("2025-W30", at=at(28))
    assert desk.store.last_digest("everyone") == LastDigest("2025-W30", at(28), told=False, sent_at=None)
