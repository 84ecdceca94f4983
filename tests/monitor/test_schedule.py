"""What is due when, over restarts, missed ticks, clocks set back and the turns of summer time."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.periods import days_of
from monitor.schedule import (
    Cadence,
    CrawlSchedule,
    DigestSchedule,
    DueDigest,
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
APIA = ZoneInfo("Pacific/Apia")


def digests(text: str) -> DigestSchedule:
    return parse_digest_schedule(text)


MONDAY = digests("mon 08:00")
DAILY = digests("daily 08:00")
WEEKDAYS = digests("weekdays 17:30")
FIRST = digests("1st 09:00")
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
    [
        ("mon 08:00", DigestSchedule(Cadence.WEEKLY, time(8), 0)),
        (" SUN  23:30 ", DigestSchedule(Cadence.WEEKLY, time(23, 30), 6)),
        ("daily 08:00", DigestSchedule(Cadence.DAILY, time(8))),
        ("Weekdays 17:30", DigestSchedule(Cadence.WEEKDAYS, time(17, 30))),
        ("1st 9:00", DigestSchedule(Cadence.MONTHLY, time(9), 1)),
        ("2nd 00:00", DigestSchedule(Cadence.MONTHLY, time(0), 2)),
        ("3RD 09:00", DigestSchedule(Cadence.MONTHLY, time(9), 3)),
        ("11th 09:00", DigestSchedule(Cadence.MONTHLY, time(9), 11)),
        ("22nd 09:00", DigestSchedule(Cadence.MONTHLY, time(9), 22)),
        ("28th 09:00", DigestSchedule(Cadence.MONTHLY, time(9), 28)),
    ],
)
def test_a_digest_schedule_is_a_day_and_a_time(text: str, schedule: DigestSchedule) -> None:
    assert parse_digest_schedule(text) == schedule
    assert parse_digest_schedule(str(schedule)) == schedule


def test_a_schedule_is_written_in_one_way() -> None:
    assert [str(digests(text)) for text in ("SUN 8:05", "daily 23:30", "weekdays 9:00", "21ST 9:00")] == [
        *("sun 08:05", "daily 23:30", "weekdays 09:00", "21st 09:00")
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no schedule; write a day and a time: mon 08:00, daily 08:00, weekdays 17:30 or 1st 09:00"),
        ("mon", "'mon' is no schedule"),
        ("weekdays", "'weekdays' is no schedule; write a day and a time"),
        ("08:00", "is no schedule"),
        ("mon 08:00 x", "is no schedule"),
        ("Mon 8", "'8' is no time of day; write it as 08:00"),
        ("mon 25:00", "'25:00' is no time of day"),
        ("1 08:00", "'1' is no day to fall due on; write mon, tue"),
        ("monday 08:00", "'monday' is no day to fall due on; write mon, tue"),
        ("weekday 08:00", "'weekday' is no day to fall due on; .* daily, weekdays, or 1st to 28th"),
        ("周一 08:00", "'周一' is no day to fall due on"),
        ("31st 08:00", "'31st' is no day that every month has; write 1st to 28th"),
        ("29th 08:00", "'29th' is no day that every month has"),
        ("0th 08:00", "'0th' is no day of the month; write 1st to 28th"),
        ("32nd 08:00", "'32nd' is no day of the month; write 1st to 28th"),
        ("2st 08:00", "'2st' is no day of the month; write 2nd"),
        ("11st 08:00", "write 11th"),
        ("01st 08:00", "write 1st"),
    ],
)
def test_what_is_no_digest_schedule_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        parse_digest_schedule(text)
    assert "\n" not in str(refused.value)


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
        (digests("sun 20:00"), local(2025, 7, 20, 20), "2025-W28"),
        (digests("thu 00:00"), local(2024, 2, 29, 0), "2024-W08"),
        (DAILY, local(2024, 3, 1, 8), "2024-02-29"),
        (DAILY, local(2026, 1, 1, 8), "2025-12-31"),
        (WEEKDAYS, local(2025, 7, 21, 17, 30), "2025-07-18_2025-07-20"),
        (WEEKDAYS, local(2025, 7, 22, 17, 30), "2025-07-21"),
        (WEEKDAYS, local(2025, 7, 25, 17, 30), "2025-07-24"),
        (WEEKDAYS, local(2024, 3, 1, 17, 30), "2024-02-29"),
        (WEEKDAYS, local(2024, 3, 4, 17, 30), "2024-03-01_2024-03-03"),
        (WEEKDAYS, local(2021, 1, 4, 17, 30), "2021-01-01_2021-01-03"),
        (FIRST, local(2025, 8, 1, 9), "2025-07"),
        (FIRST, local(2026, 1, 1, 9), "2025-12"),
        (FIRST, local(2024, 3, 1, 9), "2024-02"),
        (digests("28th 09:00"), local(2025, 2, 28, 9), "2025-01"),
        (digests("15th 00:00"), local(2025, 3, 15), "2025-02"),
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


def test_on_weekdays_nothing_falls_due_on_a_weekend_and_every_day_is_covered() -> None:
    due = due_digests(WEEKDAYS, NOW - timedelta(days=7), None, NOW + timedelta(hours=12), SHANGHAI)
    assert [one.period.key for one in due] == [
        *("2025-07-11_2025-07-13", "2025-07-14", "2025-07-15", "2025-07-16", "2025-07-17", "2025-07-18_2025-07-20")
    ]


AT_NIGHT = ("daily 02:30", "sun 02:30", "mon 02:30", "weekdays 02:30", "1st 00:00", "26th 02:30")


@settings(max_examples=60)
@given(
    st.sampled_from([MONDAY, DAILY, WEEKDAYS, FIRST, *map(digests, AT_NIGHT)]),
    st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/Sao_Paulo")]),
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
    assert len({due.period.key for due in at_once}) == len(at_once)
    assert len(at_once) == 40 or schedule.cadence is not Cadence.DAILY
    assert all(one.period.end == other.period.start for one, other in pairwise(at_once)), "no period is left out"


@pytest.mark.parametrize(
    ("day", "text", "key", "at"),
    [
        (date(2025, 3, 30), "daily 02:30", "2025-03-29", "03:30"),
        (date(2025, 10, 26), "daily 02:30", "2025-10-25", "02:30"),
        (date(2025, 3, 30), "sun 02:30", "2025-W12", "03:30"),
        (date(2025, 10, 26), "sun 02:30", "2025-W42", "02:30"),
        (date(2025, 10, 26), "26th 02:30", "2025-09", "02:30"),
    ],
)
def test_a_time_that_summer_time_skips_or_repeats_still_comes_once(day: date, text: str, key: str, at: str) -> None:
    start = datetime.combine(day, time(0), BERLIN)
    due = due_digests(digests(text), start, None, start + timedelta(days=1), BERLIN)
    assert [(one.period.key, f"{one.due_at.astimezone(BERLIN):%H:%M}") for one in due] == [(key, at)]
    assert due[0].due_at.astimezone(BERLIN).fold == 0, "the first of two"
    assert next_digest(digests(text), start, BERLIN) == due[0].due_at


def test_a_day_that_a_zone_leaves_out_is_covered_all_the_same() -> None:
    """Samoa went from the 29th of December 2011 to the 31st."""
    due = due_digests(DAILY, local(2011, 12, 29, 7, zone=APIA), None, local(2012, 1, 1, 9, zone=APIA), APIA)
    assert [one.period.key for one in due] == ["2011-12-28", "2011-12-29", "2011-12-30", "2011-12-31"]


# -- what an audience was told already, and another schedule -----------------------------------------------------------


class Reader:
    """An audience, with what the store keeps of it."""

    def __init__(self, created_at: datetime) -> None:
        self.created_at = created_at
        self.last_due_at: datetime | None = None
        self.schedule: DigestSchedule | None = None
        self.told: list[DueDigest] = []

    def look(self, schedule: DigestSchedule, now: datetime) -> list[str]:
        today = now.astimezone(SHANGHAI).date()
        ended = [one.period.end for one in self.told if one.period.end <= today]
        due = due_digests(
            *(schedule, self.created_at, self.last_due_at, now, SHANGHAI),
            told_until=max(ended, default=None),
            changed=self.schedule not in (None, schedule),
        )
        for one in due:
            self.told.append(one)
            self.last_due_at, self.schedule = one.due_at, schedule
        return [one.period.key for one in due]


def test_a_weekly_audience_that_becomes_a_daily_one_misses_nothing_and_hears_nothing_twice() -> None:
    reader = Reader(NOW - timedelta(days=1))
    assert reader.look(MONDAY, NOW) == ["2025-W29"]
    # On Thursday: the days since the last digest were missed by nobody, so they come as one.
    assert reader.look(DAILY, local(2025, 7, 24, 12)) == ["2025-07-21_2025-07-23"]
    assert reader.look(DAILY, local(2025, 7, 25, 12)) == ["2025-07-24"]
    assert reader.look(MONDAY, local(2025, 7, 25, 13)) == []
    assert reader.look(MONDAY, local(2025, 7, 28, 8)) == ["2025-W30"]


def test_a_later_time_on_the_same_day_tells_no_day_of_a_week_again() -> None:
    reader = Reader(NOW - timedelta(days=1))
    reader.look(MONDAY, NOW)
    assert reader.look(WEEKDAYS, local(2025, 7, 21, 18)) == [], "Friday to Sunday were of that week"
    assert next_digest(WEEKDAYS, local(2025, 7, 21, 12), SHANGHAI, date(2025, 7, 21)) == local(2025, 7, 22, 17, 30)
    assert reader.look(WEEKDAYS, local(2025, 7, 22, 18)) == ["2025-07-21"]
    assert reader.look(digests("tue 20:00"), local(2025, 7, 22, 21)) == [], "that week was told"
    assert reader.look(FIRST, local(2025, 8, 1, 9)) == ["2025-07"]


@pytest.mark.parametrize(
    ("now", "text", "told"),
    [
        (local(2025, 7, 16, 12), "mon 08:00", ["2025-07-01_2025-07-13"]),
        (local(2025, 7, 8, 12), "mon 08:00", ["2025-W27"]),
        (local(2025, 7, 2, 12), "daily 08:00", ["2025-07-01"]),
        (local(2025, 7, 16, 12), "15th 09:00", []),
        (local(2025, 7, 1, 12), "daily 10:00", []),
    ],
)
def test_a_monthly_audience_that_becomes_another_one(now: datetime, text: str, told: list[str]) -> None:
    reader = Reader(local(2025, 6, 30))
    assert reader.look(FIRST, local(2025, 7, 1, 9)) == ["2025-06"]
    assert reader.look(digests(text), now) == told


def test_downtime_alone_folds_nothing() -> None:
    reader = Reader(NOW - timedelta(days=1))
    reader.look(DAILY, NOW)
    assert reader.look(DAILY, NOW + timedelta(days=3)) == ["2025-07-21", "2025-07-22", "2025-07-23"]


def test_after_a_clock_was_set_back_nothing_is_told_again_by_another_schedule() -> None:
    reader = Reader(NOW - timedelta(days=90))
    reader.look(MONDAY, NOW + timedelta(days=14))
    keys = {one.period.key for one in reader.told}
    assert reader.look(DAILY, NOW + timedelta(hours=1)) == []
    assert reader.look(MONDAY, NOW + timedelta(days=8)) == [], "the clock that was ahead froze it"
    assert reader.look(MONDAY, NOW + timedelta(days=21)) == ["2025-W32"]
    assert len(keys) == 14 + 1


SCHEDULES = [MONDAY, DAILY, WEEKDAYS, FIRST, *map(digests, ("sun 20:00", "mon 09:00", "daily 00:00", "15th 23:59"))]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(SCHEDULES), st.integers(0, 60 * 24 * 20)), min_size=1, max_size=12))
def test_whatever_schedules_follow_one_another_no_day_is_left_out_and_none_told_again(
    turns: list[tuple[DigestSchedule, int]],
) -> None:
    reader, now = Reader(NOW - timedelta(days=40)), NOW
    for schedule, minutes in turns:
        now += timedelta(minutes=minutes)
        reader.look(schedule, now)
        assert next_digest(schedule, now, SHANGHAI) > now
    for one, other in pairwise(reader.told):
        assert other.period.start <= one.period.end < other.period.end
        assert one.due_at < other.due_at
    assert all(one.period.end <= one.due_at.astimezone(SHANGHAI).date() for one in reader.told)
    assert len({one.period.key for one in reader.told}) == len(reader.told)


def test_a_digest_over_several_schedules_is_one_of_days() -> None:
    (first,) = due_digests(
        *(MONDAY, NOW, NOW, NOW + timedelta(days=21), SHANGHAI), told_until=date(2025, 7, 22), changed=True
    )
    assert first == DueDigest(days_of(date(2025, 7, 22), date(2025, 8, 11)), NOW + timedelta(days=21))


@given(
    st.sampled_from([MONDAY, DAILY, WEEKDAYS, FIRST, digests("fri 23:59"), digests("28th 00:00")]),
    st.integers(0, 60 * 24 * 400),
)
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
