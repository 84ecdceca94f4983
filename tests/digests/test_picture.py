"""The small picture: counts with bars, in columns that hold whatever the characters' widths."""

from datetime import date

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


def weeks(first: int, last: int) -> tuple[WeekCount, ...]:
    """The weeks of 2025 from one to another; in each as many events as its number says, and none in the last."""
    return tuple(WeekCount(f"2025-W{number}", number if number < last else 0) for number in range(first, last + 1))


BEFORE = History(
    weeks(18, 29),
    places=(("440825", 3), ("440800", 2), ("440902", 1), ("440000", 1), ("429004", 1), ("429005", 1), ("110101", 1)),
    industries=(("新能源", 4), ("建材", 2)),
    stages=(("签约", 5),),
)


def bars(chart):
    return [(bar.name, bar.count) for bar in chart.bars]


def test_without_another_week_there_is_no_picture(item) -> None:
    new = [item(1, stage="签约")]
    assert charts(History(), WEEK, new, ["广东省湛江市"]) == ()
    own_week = History((WeekCount("2025-W29", 4),), stages=(("签约", 5),))
    assert charts(own_week, parse_period("2025-07-16"), new, ["广东省湛江市"]) == ()


def test_twelve_weeks_end_with_this_one_and_all_charts_span_them(item) -> None:
    stages = ("开工", "签约", "签约", "")
    new = [item(n, stage=stage, industries=("新能源", "建材") if n else ()) for n, stage in enumerate(stages)]
    cities = ["广东省茂名市", "广东省湛江市", "广东省茂名市"]
    assert {chart.title: bars(chart) for chart in charts(BEFORE, WEEK, new, cities)} == {
        "近十二周新事件": [*((f"2025-W{number}", number) for number in range(18, 29)), ("2025-W29", 4)],
        "近十二周地区": [
            ("广东省湛江市", 6),
            ("广东省茂名市", 3),
            ("北京市东城区", 1),
            ("广东省", 1),
            ("湖北省仙桃市", 1),
            ("湖北省潜江市", 1),
        ],
        "近十二周行业": [("新能源", 7), ("建材", 2)],
        "近十二周阶段": [("签约", 7), ("开工", 1)],
    }


@pytest.mark.parametrize(("number", "called"), [(2, "两"), (3, "三"), (10, "十"), (11, "十一"), (12, "十二")])
def test_the_titles_say_how_many_weeks_there_are(number: int, called: str, item) -> None:
    history = History(weeks(30 - number, 29))
    found = charts(history, WEEK, [item(1, stage="签约")], [])
    assert [chart.title for chart in found] == [f"近{called}周新事件", f"近{called}周阶段"]
    assert len(found[0].bars) == number


@pytest.mark.parametrize(
    ("key", "week"), [("2025-07-16", "2025-W29"), ("2025-07-18_2025-07-20", "2025-W29"), ("2025-W28", "2025-W28")]
)
def test_what_a_digest_tells_counts_in_its_week(key: str, week: str, item) -> None:
    counted, *_ = charts(History(weeks(27, 29)), parse_period(key), [item(1, effective_on=date(2025, 7, 2))], [])
    before = {"2025-W27": 27, "2025-W28": 28, "2025-W29": 0}
    assert dict(bars(counted)) == before | {week: before[week] + 1}


def test_in_a_digest_of_several_weeks_each_event_counts_in_its_own(item) -> None:
    days = (date(2025, 7, 1), date(2025, 7, 6), date(2025, 7, 7), date(2025, 7, 31), date(2025, 8, 2), date(2025, 6, 1))
    new = [item(number, effective_on=day) for number, day in enumerate(days)]
    counted, *_ = charts(History(weeks(25, 31)), parse_period("2025-07"), new, [])
    assert bars(counted) == [
        *(("2025-W25", 25), ("2025-W26", 26), ("2025-W27", 27 + 3), ("2025-W28", 28 + 1), ("2025-W29", 29)),
        *(("2025-W30", 30), ("2025-W31", 2)),
    ]


def test_what_there_is_no_room_for_is_one_bar() -> None:
    before = History(weeks(28, 29))
    _, places = charts(before, WEEK, [], [f"地{n}" for n in range(9) for _ in range(9 - n)])
    assert bars(places) == [("地0", 9), ("地1", 8), ("地2", 7), ("地3", 6), ("地4", 5), ("其余", 10)]
    _, places = charts(before, WEEK, [], [f"地{n}" for n in range(6)])
    assert len(places.bars) == 6


def test_cities_that_are_too_many_are_counted_by_province() -> None:
    cities = ["吉林省吉林市", "吉林省长春市", "吉林省", "重庆市荣昌区", "重庆市铜梁区", "甘肃省酒泉市", "甘肃省定西市"]
    _, places = charts(History(weeks(28, 29), places=(("220581", 2),)), WEEK, [], cities)  # 梅河口市
    assert bars(places) == [("吉林省", 5), ("甘肃省", 2), ("重庆市", 2)]
    _, places = charts(History(weeks(28, 29)), WEEK, [], [f"吉林省{n}市" for n in range(7)])
    assert [name for name, _ in bars(places)][-2:] == ["吉林省4市", "其余"]  # of one province, its cities tell more


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
