"""Periods at the borders of weeks, years and zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.announcing import Period
from monitor.errors import PeriodError
from monitor.periods import day_of, days_of, local_date, local_text, month_of, parse_instant, parse_period, week_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2025-W29", "week", date(2025, 7, 14), date(2025, 7, 21)),
        ("2020-W53", "week", date(2020, 12, 28), date(2021, 1, 4)),
        ("2025-W01", "week", date(2024, 12, 30), date(2025, 1, 6)),
        ("2024-W09", "week", date(2024, 2, 26), date(2024, 3, 4)),
        ("2024-02-29", "day", date(2024, 2, 29), date(2024, 3, 1)),
        ("2025-12-31", "day", date(2025, 12, 31), date(2026, 1, 1)),
        ("2025-07-18_2025-07-20", "days", date(2025, 7, 18), date(2025, 7, 21)),
        ("2023-12-29_2024-01-01", "days", date(2023, 12, 29), date(2024, 1, 2)),
        ("2024-02-28_2024-03-01", "days", date(2024, 2, 28), date(2024, 3, 2)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 3, 1)),
        ("2025-12", "month", date(2025, 12, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_is_read_as_written(text: str, kind: str, start: date, end: date) -> None:
    assert parse_period(text) == Period(text, kind, start, end)


@pytest.mark.parametrize("loose", ["2025-w29", "2025W29", "2025w29"])
def test_a_week_may_be_written_loosely(loose: str) -> None:
    assert parse_period(loose).key == "2025-W29"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "week",
            "2025",
            "2025-W60",
            "2025-W53",
            "2025-W00",
            "0000-W01",
            "0001-W01",
            "9999-W53",
            "2025-W290",
            "2025-W29-1",
        ),
        *("2025-13", "2025-00", "2025-7", "2025-02-29", "2025-07-32", "2025-7-1", "2025-W29\n", " 2025-07", "9999-12"),
        *("9999-12-31", "2025-07-20_2025-07-18", "2025-07-18_2025-07-32", "2025-07-18-2025-07-20", "2025-07-18_"),
        *("2025-07-18_2025-07-20_2025-07-21", "2025-07_2025-08", "9999-12-30_9999-12-31"),
        *("0001-01", "0001-01-08", "0001-01-01_0001-01-09", "1899-12-31"),
    ],
)
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse_period(text)
    assert repr(text) in refused.value.what
    assert "2025-W29" in str(refused.value)


def test_a_single_day_has_one_key_only() -> None:
    day = date(2025, 7, 20)
    assert parse_period("2025-07-20_2025-07-20") == days_of(day, date(2025, 7, 21)) == day_of(day)


def test_a_period_without_a_day_is_none() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        days_of(date(2025, 7, 20), date(2025, 7, 20))


@given(st.dates(date(1900, 1, 1), date(9990, 1, 1)), st.integers(1, 800))
def test_days_are_read_as_they_are_called(start: date, number: int) -> None:
    period = days_of(start, start + timedelta(days=number))
    assert parse_period(period.key) == period
    assert (period.end - period.start).days == number


@given(st.dates(date(1900, 1, 1), date(9990, 1, 1)))
def test_every_day_is_in_one_week_one_month_and_itself(day: date) -> None:
    for period in (week_of(day), month_of(day), day_of(day)):
        assert period.start <= day < period.end
        assert parse_period(period.key) == period
    week = week_of(day)
    assert (week.start.weekday(), (week.end - week.start).days) == (0, 7)
    assert week_of(week.end).start == week.end
    assert month_of(month_of(day).end).start == month_of(day).end


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 7, 20, 15, 59, 59, tzinfo=UTC), date(2025, 7, 20)),
        (datetime(2025, 7, 20, 16, tzinfo=UTC), date(2025, 7, 21)),
        (datetime(2024, 12, 31, 16, tzinfo=UTC), date(2025, 1, 1)),
    ],
)
def test_a_day_ends_at_midnight_of_the_zone(instant: datetime, day: date) -> None:
    assert local_date(instant, SHANGHAI) == day


def test_an_instant_is_shown_in_the_zone() -> None:
    assert local_text(datetime(2025, 7, 21, tzinfo=UTC), SHANGHAI) == "2025-07-21 08:00"


@pytest.mark.parametrize("text", ["2025-07-21T08:00", "2025-07-21 08:00:00+08:00", "2025-07-21T00:00Z"])
def test_an_instant_without_offset_is_in_the_zone(text: str) -> None:
    instant = parse_instant(text, SHANGHAI)
    assert instant == datetime(2025, 7, 21, tzinfo=UTC)
    assert instant.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "now", "2025-02-29", "2025-W60-1", "08:00"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text, SHANGHAI)
