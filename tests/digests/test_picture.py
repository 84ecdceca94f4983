"""The small picture: counts with bars, in columns that hold whatever the characters' widths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.bars import lengths, text_bars
from digests.content import Bar, Chart
from digests.picture import charts
from monitor.announcing import History, WeekCount
from monitor.periods import parse_period
from monitor.text import width

WEEK = parse_period("2025-W29")
BEFORE = History(tuple(WeekCount(f"2025-W{number}", number) for number in range(10, 29)))


def bars(chart):
    return [(bar.name, bar.count) for bar in chart.bars]


def test_without_a_history_there_is_no_picture(item) -> None:
    assert charts(History(), WEEK, [item(1, stage="签约")], ["广东省湛江市"]) == ()


def test_twelve_weeks_end_with_this_one(item) -> None:
    (weeks,) = charts(BEFORE, WEEK, [item(1)], [])
    assert bars(weeks) == [*((f"2025-W{number}", number) for number in range(18, 29)), ("2025-W29", 1)]
    again = History((WeekCount("2025-W28", 4), WeekCount("2025-W29", 9)))
    assert bars(charts(again, WEEK, [], [])[0]) == [("2025-W28", 4), ("2025-W29", 0)]
    day = parse_period("2025-07-20")
    assert bars(charts(again, day, [item(1)], [])[0]) == [("2025-W28", 4), ("2025-W29", 9)]


def test_places_industries_and_stages_of_the_period(item) -> None:
    stages = ("开工", "签约", "签约", "")
    new = [item(n, stage=stage, industries=("新能源", "建材") if n else ()) for n, stage in enumerate(stages)]
    _, *rest = charts(BEFORE, WEEK, new, ["茂名市", "湛江市", "茂名市"])
    assert {chart.title: bars(chart) for chart in rest} == {
        "本期地区": [("茂名市", 2), ("湛江市", 1)],
        "本期行业": [("新能源", 3)],
        "本期阶段": [("签约", 2), ("开工", 1)],
    }


def test_what_there_is_no_room_for_is_one_bar() -> None:
    _, places = charts(BEFORE, WEEK, [], [f"地{n}" for n in range(9) for _ in range(9 - n)])
    assert bars(places) == [("地0", 9), ("地1", 8), ("地2", 7), ("地3", 6), ("地4", 5), ("其余", 10)]
    _, places = charts(BEFORE, WEEK, [], [f"地{n}" for n in range(6)])
    assert len(places.bars) == 6


def test_columns_stand_under_one_another() -> None:
    text = text_bars(Chart("", (Bar("新能源", 12), Bar("W29", 3), Bar("５G（一期）", 0))))
    assert text == "新能源       12  ████████████████████\nW29           3  █████\n５G（一期）   0"


@given(st.lists(st.builds(Bar, st.text(max_size=30), st.integers(0, 10_000)), max_size=8).map(tuple))
def test_every_line_is_one_line_with_its_number_in_its_place(given_bars) -> None:
    lines = text_bars(Chart("", given_bars)).splitlines()
    assert len(lines) == len(given_bars)
    ends = set()
    for line, bar in zip(lines, given_bars, strict=True):
        name, _, number = line.rstrip("█ ").rpartition(" ")
        assert int(number) == bar.count
        assert not line.startswith(("`", "~"))
        ends.add(width(f"{name} {number}"))
    assert len(ends) <= 1


@pytest.mark.parametrize(("counts", "shown"), [((), ()), ((0, 0), (0, 0)), ((1, 500), (1, 100)), ((3, 4), (75, 100))])
def test_bars_are_in_proportion_and_none_that_counts_is_lost(counts, shown) -> None:
    assert lengths(Chart("", tuple(Bar("甲", count) for count in counts))) == shown
