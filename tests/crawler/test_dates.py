"""Dates as listings and post pages print them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.dates import find_date

TODAY = date(2025, 7, 21)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-17",
        "2025-7-17",
        "2025/07/17",
        "2025.07.17",
        "2025年7月17日",
        "2025 年 07 月 17 日",
        "20250717",
        "２０２５-０７-１７",
        "[2025-07-17]",
        "(2025-07-17)",
        "发布时间：2025-07-17 10:30:00 来源：本站",
        "2025-07-17T10:30:00+08:00",
        "[07-17]",
        "07-17",
        "07/17",
        "7月17日",
        "第2024001号 2025-07-17",
        "2025-02-30 2025-07-17",  # the first is no day at all
    ],
)
def test_reads_a_date_in_the_usual_forms(text):
    assert find_date(text, TODAY) == date(2025, 7, 17)


@pytest.mark.parametrize(
    "text", ["", "10:30", "2025年07月", "2025-02-30", "13-01", "02-30", "2024-2025", "07.17", "昨天", "3小时前", "¹-²"]
)
def test_finds_no_date_where_there_is_none(text):
    assert find_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("12-31", date(2026, 1, 2), date(2025, 12, 31)),  # read after New Year
        ("01-01", date(2026, 1, 2), date(2026, 1, 1)),
        ("01-01", date(2025, 12, 31), date(2026, 1, 1)),  # tomorrow, in a zone that is ahead
        ("01-02", date(2025, 12, 31), date(2025, 1, 2)),
        ("07-22", TODAY, date(2025, 7, 22)),
        ("07-23", TODAY, date(2024, 7, 23)),
        ("02-29", TODAY, date(2024, 2, 29)),
        ("02-29", date(2027, 7, 1), date(2024, 2, 29)),
    ],
)
def test_a_date_without_a_year_is_the_latest_that_is_no_later_than_tomorrow(text, today, expected):
    assert find_date(text, today) == expected


def test_the_first_date_wins_and_a_whole_date_wins_over_one_without_a_year():
    assert find_date("2025-07-17 更新 2025-07-18", TODAY) == date(2025, 7, 17)
    assert find_date("07-01 2025-07-17", TODAY) == date(2025, 7, 17)


@given(day=DAYS, form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "[%Y-%m-%d]"]))
def test_every_day_is_read_as_itself(day, form):
    assert find_date(f"甲 {day.strftime(form)} 乙", TODAY) == day


@given(day=DAYS, today=DAYS)
def test_a_day_and_month_are_never_later_than_tomorrow_and_never_changed(day, today):
    found = find_date(f"[{day:%m-%d}]", today)
    assert found is not None
    assert (found.month, found.day) == (day.month, day.day)
    assert found <= today + timedelta(days=1)


@given(text=st.text(st.sampled_from("0123456789-/.年月日 [](Ｔ１２３٣²\n\x00"), max_size=30), today=DAYS)
@settings(max_examples=300)
def test_no_text_makes_it_raise(text, today):
    found = find_date(text, today)
    assert found is None or isinstance(found, date)
