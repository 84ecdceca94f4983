"""When posts are looked at again, and what so many of them prove."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.visits import (
    VisitRules,
    is_followed,
    is_mass_vanishing,
    leads_home,
    next_visit,
)

SINCE = datetime(2025, 7, 21, tzinfo=UTC)
RULES = VisitRules()
DAY = timedelta(days=1)


def visits(rules: VisitRules, slip: timedelta = timedelta()) -> list[timedelta]:
    """How long after `SINCE` each visit takes place, when each comes `slip` after it falls due."""
    found: list[timedelta] = []
    now = SINCE
    while (due := next_visit(SINCE, now, rules)) is not None:
        now = due + slip
        found.append(now - SINCE)
    return found


def test_a_post_is_looked_at_after_1_3_7_14_30_days_then_monthly_for_half_a_year() -> None:
    assert [round(after / DAY) for after in visits(RULES)] == [1, 3, 7, 14, 30, 60, 90, 120, 150, 180]


def test_a_visit_may_come_two_hours_early_and_never_more() -> None:
    steps = [timedelta(days=days) for days in (1, 3, 7, 14, 30, 60, 90, 120, 150, 180)]
    assert [step - after for step, after in zip(steps, visits(RULES), strict=True)] == [timedelta(hours=2)] * 10


def test_visits_that_were_missed_are_not_made_up_for() -> None:
    assert next_visit(SINCE, SINCE + 20 * DAY, RULES) == SINCE + 30 * DAY - timedelta(hours=2)
    assert next_visit(SINCE, SINCE + 400 * DAY, RULES) is None


def test_a_clock_that_was_set_back_puts_no_visit_off_for_long() -> None:
    due = next_visit(SINCE, SINCE - 300 * DAY, RULES)
    assert due is not None
    assert due <= SINCE - 299 * DAY


def test_no_steps_at_all_leave_the_monthly_ones() -> None:
    assert [round(after / DAY) for after in visits(VisitRules(after=()))] == [30, 60, 90, 120, 150, 180]


@given(
    steps=st.lists(st.integers(1, 60), max_size=6, unique=True),
    every=st.integers(1, 60),
    until=st.integers(0, 400),
    slip=st.integers(0, 50),
)
def test_visits_rise_and_end(steps: list[int], every: int, until: int, slip: int) -> None:
    rules = VisitRules(tuple(timedelta(days=one) for one in sorted(steps)), every * DAY, until * DAY)
    found = visits(rules, slip * timedelta(hours=1))
    assert found == sorted(set(found))
    assert len(found) <= len(steps) + until // every + 1


@pytest.mark.parametrize(("age", "followed"), [(0, True), (30, True), (31, False), (-1, True)])
def test_recent_posts_are_followed(age: int, followed: bool) -> None:
    today = date(2025, 7, 21)
    assert is_followed(today - timedelta(days=age), today, RULES) is followed


@pytest.mark.parametrize(
    ("gone", "visited", "mass"),
    [(3, 3, False), (4, 4, True), (4, 20, False), (4, 19, True), (11, 50, True), (0, 0, False)],
)
def test_more_than_three_and_a_fifth_are_no_withdrawals(gone: int, visited: int, mass: bool) -> None:
    assert is_mass_vanishing(gone, visited) is mass


POST = "http://zj.example/zs/202507/t20250717_1.html"
LISTING = "http://zj.example/zs/index.html"


@pytest.mark.parametrize(
    ("answered", "home"),
    [
        (POST, False),
        (POST + "?from=timeline", False),
        (POST.replace("http:", "https:"), False),
        (LISTING, True),
        ("https://www.zj.example/", True),
        ("https://zj.example/index.html", True),
        ("http://zj.example/INDEX.HTML", True),
        ("http://zj.example/?from=404", True),
        ("http://zj.example/home.html", True),
        ("http://zj.example/zs/", True),
        ("http://zj.example/zs/index.jsp?page=1", True),
        ("http://zj.example/other/index.html", False),
        ("http://zj.example/news/t20250717_1.html", False),
        ("http://[", False),
    ],
)
def test_what_leads_home_is_gone(answered: str, home: bool) -> None:
    assert leads_home(POST, answered, LISTING) is home


@pytest.mark.parametrize(
    ("asked", "answered", "home"),
    [
        ("http://x.cn/index.php?c=show&id=7", "http://x.cn/index.php?c=show&id=7&lang=zh", False),
        ("http://x.cn/?p=7", "https://www.x.cn/?p=7", False),
        ("http://x.cn/list/?id=7", "http://x.cn/list/?id=7&lang=zh", False),
        ("http://x.cn/index.php?id=7", "http://x.cn/index.php", True),
        ("http://x.cn/index.php?id=7", "http://x.cn/?from=404", True),
    ],
)
def test_an_address_that_still_names_the_post_leads_to_it(asked: str, answered: str, home: bool) -> None:
    assert leads_home(asked, answered, "http://x.cn/list/") is home


def test_a_post_that_stands_at_the_front_page_is_not_gone() -> None:
    assert not leads_home("http://zj.example/", "https://zj.example/", LISTING)
