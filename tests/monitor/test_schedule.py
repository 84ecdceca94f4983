"""What is due when, over restarts, missed ticks, clocks set back and the turns of summer time."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.schedule import (
    CrawlSchedule,
    DigestSchedule,
    due_digests,
    next_crawl,
    next_digest,
    parse_clock,
    parse_digest_schedule,
    parse_duration,
    turn_of,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = DigestSchedule(0, time(8))
DAILY = DigestSchedule(None, time(8))
NOW = datetime(2025, 7, 21, tzinfo=UTC)  # Monday 08:00 in Shanghai
NO_JITTER = timedelta(0)


def local(*parts: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(*parts, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "seconds"), [("45s", 45), ("30m", 1800), ("6h", 21600), (" 1 d ", 86400), ("0m", 0), ("366d", 366 * 86400)]
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "6", "h", "6 hours", "1h30m", "-1h", "1.5h", "6H", "367d", "9" * 30 + "s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "at"), [("08:00", time(8)), ("8:05", time(8, 5)), ("00:00", time(0)), ("23:59", time(23, 59))]
)
def test_a_time_of_day_is_hours_and_minutes(text: str, at: time) -> None:
    assert parse_clock(text) == at


@pytest.mark.parametrize("text", ["", "8", "24:00", "08:60", "08:00:00", "8am", "0800", "-1:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time of day"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "schedule"),
    [("mon 08:00", MONDAY), ("daily 08:00", DAILY), (" SUN  23:30 ", DigestSchedule(6, time(23, 30)))],
)
def test_a_digest_schedule_is_a_day_and_a_time(text: str, schedule: DigestSchedule) -> None:
    assert parse_digest_schedule(text) == schedule


@pytest.mark.parametrize(
    "text", ["", "mon", "08:00", "1 08:00", "monday 08:00", "周一 08:00", "mon 08:00 x", "mon 25:00"]
)
def test_weekdays_go_by_name_and_nothing_else_passes(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        parse_digest_schedule(text)


def test_a_source_never_crawled_is_due_now() -> None:
    assert next_crawl(CrawlSchedule(timedelta(hours=6), (), NO_JITTER), None, NOW, "a", SHANGHAI) == NOW


@pytest.mark.parametrize(
    "schedule", [CrawlSchedule(timedelta(hours=6), (), NO_JITTER), CrawlSchedule(None, (time(8),), NO_JITTER)]
)
def test_after_a_clock_was_set_back_a_source_is_due_now(schedule: CrawlSchedule) -> None:
    assert next_crawl(schedule, NOW + timedelta(days=300), NOW, "a", SHANGHAI) == NOW


@given(st.timedeltas(timedelta(seconds=10), timedelta(days=10)), st.timedeltas(NO_JITTER, timedelta(days=1)), st.text())
def test_jitter_only_puts_off_and_at_most_a_tenth_of_the_interval(
    every: timedelta, jitter: timedelta, seed: str
) -> None:
    schedule = CrawlSchedule(every, (), jitter)
    due = next_crawl(schedule, NOW, NOW, seed, SHANGHAI)
    assert NOW + every <= due <= NOW + every + min(jitter, every / 10)
    assert next_crawl(schedule, NOW, NOW + every, seed, SHANGHAI) == due, "asking again draws no other jitter"


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (local(2025, 7, 21, 7, 59), local(2025, 7, 21, 8)),
        (local(2025, 7, 21, 8), local(2025, 7, 21, 20)),
        (local(2025, 7, 21, 20, 1), local(2025, 7, 22, 8)),
        (local(2025, 12, 31, 23), local(2026, 1, 1, 8)),
        (local(2024, 2, 28, 23), local(2024, 2, 29, 8)),
    ],
)
def test_times_of_day_are_those_of_the_zone(last: datetime, due: datetime) -> None:
    schedule = CrawlSchedule(None, (time(20), time(8)), NO_JITTER)
    assert next_crawl(schedule, last, last, "a", SHANGHAI) == due


def test_sources_of_one_schedule_do_not_start_at_one_moment() -> None:
    schedule = CrawlSchedule(None, (time(8),), timedelta(minutes=2))
    moments = {next_crawl(schedule, NOW, NOW, f"source {n}", SHANGHAI) for n in range(50)}
    assert len(moments) == 50
    assert max(moments) - min(moments) <= timedelta(minutes=2)


def test_a_weekly_digest_covers_the_week_that_has_just_ended() -> None:
    created = local(2025, 7, 18, 12)
    (due,) = due_digests(MONDAY, created, None, NOW, SHANGHAI)
    assert (due.period.key, due.due_at) == ("2025-W29", NOW)
    assert due_digests(MONDAY, created, None, NOW - timedelta(seconds=1), SHANGHAI) == ()
    assert due_digests(MONDAY, created, due.due_at, NOW + timedelta(days=6), SHANGHAI) == ()


@pytest.mark.parametrize(
    ("schedule", "moment", "key"),
    [
        (MONDAY, local(2021, 1, 4, 8), "2020-W53"),
        (MONDAY, local(2026, 1, 5, 8), "2026-W01"),
        (MONDAY, local(2024, 12, 30, 8), "2024-W52"),
        (DigestSchedule(6, time(20)), local(2025, 7, 20, 20), "2025-W28"),
        (DigestSchedule(3, time(0)), local(2024, 2, 29, 0), "2024-W08"),
        (DAILY, local(2024, 3, 1, 8), "2024-02-29"),
        (DAILY, local(2026, 1, 1, 8), "2025-12-31"),
    ],
)
def test_the_period_is_the_one_that_had_ended_when_the_digest_fell_due(
    schedule: DigestSchedule, moment: datetime, key: str
) -> None:
    (due,) = due_digests(schedule, moment - timedelta(hours=1), None, moment, SHANGHAI)
    assert (due.period.key, due.due_at) == (key, moment)


def test_missed_digests_come_oldest_first() -> None:
    due = due_digests(MONDAY, NOW - timedelta(days=90), NOW - timedelta(days=28), NOW, SHANGHAI)
    assert [digest.period.key for digest in due] == ["2025-W26", "2025-W27", "2025-W28", "2025-W29"]


def test_an_audience_created_at_the_due_moment_gets_that_digest() -> None:
    assert len(due_digests(MONDAY, NOW, None, NOW, SHANGHAI)) == 1
    assert due_digests(MONDAY, NOW + timedelta(seconds=1), None, NOW + timedelta(days=6), SHANGHAI) == ()


def test_a_clock_that_was_in_the_future_does_not_silence_digests_until_then() -> None:
    """All since the creation are named again; the store answers with what was frozen, and tells nothing twice."""
    created, now = NOW - timedelta(days=90), NOW - timedelta(days=10)
    assert due_digests(MONDAY, created, NOW, now, SHANGHAI) == due_digests(MONDAY, created, None, now, SHANGHAI)


@settings(max_examples=40)
@given(
    st.sampled_from([MONDAY, DAILY, DigestSchedule(6, time(2, 30)), DigestSchedule(None, time(2, 30))]),
    st.sampled_from([SHANGHAI, BERLIN]),
    st.lists(st.integers(0, 60 * 24 * 40), max_size=8).map(sorted),
)
def test_however_often_it_looks_every_digest_falls_due_once(
    schedule: DigestSchedule, zone: ZoneInfo, minutes: list[int]
) -> None:
    """Restarts and missed ticks: looking at arbitrary moments finds what one look at the end finds."""
    created = datetime(2025, 3, 10, 3, tzinfo=UTC)  # Berlin turns to summer time on the 30th
    end = created + timedelta(days=40)
    at_once = due_digests(schedule, created, None, end, zone)
    last, step_by_step = None, []
    for moment in [*(created + timedelta(minutes=minute) for minute in minutes), end]:
        for due in due_digests(schedule, created, last, moment, zone):
            step_by_step.append(due)
            last = due.due_at
    assert tuple(step_by_step) == at_once
    assert (
        len({due.period.key for due in at_once}) == len(at_once) == (40 if schedule.weekday is None else len(at_once))
    )
    assert all(one.period.end == other.period.start for one, other in pairwise(at_once)), "no period is left out"


@pytest.mark.parametrize("day", [date(2025, 3, 30), date(2025, 10, 26)])
def test_a_time_that_summer_time_skips_or_repeats_still_comes_once(day: date) -> None:
    schedule = DigestSchedule(None, time(2, 30))
    start = datetime.combine(day, time(0), BERLIN)
    due = due_digests(schedule, start, None, start + timedelta(days=1), BERLIN)
    assert [digest.period.key for digest in due] == [(day - timedelta(days=1)).isoformat()]


@given(st.sampled_from([MONDAY, DAILY, DigestSchedule(4, time(23, 59))]), st.integers(0, 60 * 24 * 400))
def test_the_next_digest_is_the_first_to_fall_due(schedule: DigestSchedule, minute: int) -> None:
    now = NOW + timedelta(minutes=minute)
    moment = next_digest(schedule, now, SHANGHAI)
    assert moment > now
    assert [digest.due_at for digest in due_digests(schedule, now, now, moment, SHANGHAI)] == [moment]


# -- back-off -----------------------------------------------------------------------------------------------------------


def hours_after(every: timedelta, failures: int) -> float:
    due = next_crawl(CrawlSchedule(every, (), NO_JITTER), NOW, NOW, "a", SHANGHAI, failures)
    return (due - NOW) / timedelta(hours=1)


def test_a_source_whose_crawls_fail_falls_due_later_each_time_and_at_least_once_a_day() -> None:
    assert [hours_after(timedelta(hours=3), failures) for failures in range(6)] == [3, 6, 12, 24, 24, 24]
    assert [hours_after(timedelta(hours=18), failures) for failures in (0, 1, 2, 1000)] == [18, 24, 24, 24]
    assert hours_after(timedelta(seconds=1), 10**6) == 24


def test_a_source_that_is_crawled_less_than_once_a_day_keeps_its_own_turn() -> None:
    assert [hours_after(timedelta(days=7), failures) for failures in (0, 1, 9)] == [168, 168, 168]


def test_failures_put_off_no_time_of_day() -> None:
    schedule = CrawlSchedule(None, (time(8), time(20)), NO_JITTER)
    assert next_crawl(schedule, NOW, NOW, "a", SHANGHAI, 9) == next_crawl(schedule, NOW, NOW, "a", SHANGHAI)


def test_the_jitter_does_not_grow_with_the_failures() -> None:
    schedule = CrawlSchedule(timedelta(hours=1), (), timedelta(minutes=2))
    for failures in range(9):
        due = next_crawl(schedule, NOW, NOW, "a", SHANGHAI, failures)
        assert timedelta(0) <= due - NOW - min(timedelta(hours=2**failures), timedelta(days=1)) <= timedelta(minutes=2)


@pytest.mark.parametrize(
    ("at", "hours"), [((time(8),), 24), ((time(8), time(20)), 12), ((time(20), time(8), time(9)), 12), ((), None)]
)
def test_the_turn_is_the_longest_time_between_two_crawls(at: tuple[time, ...], hours: int | None) -> None:
    every = None if hours else timedelta(minutes=30)
    assert turn_of(CrawlSchedule(every, at, NO_JITTER)) == (timedelta(hours=hours) if hours else every)
