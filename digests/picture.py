"""Counts what the small picture of a digest shows: twelve weeks by week, place, industry and stage; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from digests.content import Bar, Chart, Item
from digests.places import city_of, province_of
from monitor.announcing import History, Period
from monitor.periods import week_of

_BARS = 6
_PROVINCES = 10  # bars of a country-wide audience: with fewer, the rest would dwarf them all
_REST = "其余"
_FEWEST = 2  # weeks: with one, there is nothing to compare
_NUMERALS = ("", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def charts(history: History, period: Period, new: Sequence[Item], cities: Iterable[str]) -> tuple[Chart, ...]:
    """The charts of a digest whose new events are `new` in `cities`; none until there is another week to compare with.

    Each counts what the audience was told as new in the weeks that the titles name, this digest included.
    """
    if len(history.weeks) < _FEWEST:
        return ()
    span = f"近{_NUMERALS[len(history.weeks)]}周"
    places = _by_city(history.places) + Counter(cities)
    industries = Counter(dict(history.industries)) + Counter(item.industries[0] for item in new if item.industries)
    stages = Counter(dict(history.stages)) + Counter(item.stage for item in new if item.stage)
    found = (
        Chart(f"{span}新事件", _weeks(history, period, new)),
        Chart(f"{span}地区", _places(places)),
        Chart(f"{span}行业", _bars(industries)),
        Chart(f"{span}阶段", _bars(stages)),
    )
    return tuple(chart for chart in found if chart.bars)


def _weeks(history: History, period: Period, new: Sequence[Item]) -> tuple[Bar, ...]:
    own = Counter(week_of(_day(item, period)).key for item in new)
    return tuple(Bar(week.key, week.count + own[week.key]) for week in history.weeks)


def _day(item: Item, period: Period) -> date:
    """In which week an event counts: that of the digest, or of its own day where the digest is of several weeks."""
    last = period.end - timedelta(days=1)
    return period.start if last < week_of(period.start).end else max(period.start, min(item.effective_on, last))


def _by_city(places: Iterable[tuple[str, int]]) -> Counter[str]:
    counts = Counter[str]()
    for code, count in places:
        counts[city_of(code)] += count
    del counts[""]
    return counts


def _places(cities: Counter[str]) -> tuple[Bar, ...]:
    """Cities, or where they are too many to be seen and of several provinces, these."""
    provinces = Counter[str]()
    for city, count in cities.items():
        provinces[province_of(city)] += count
    if len(cities) <= _BARS or not 1 < len(provinces) < len(cities):
        return _bars(cities)
    return _bars(provinces, _PROVINCES)


def _bars(counts: Counter[str], room: int = _BARS) -> tuple[Bar, ...]:
    """The most frequent first; what there is no room for is one bar."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ranked if len(ranked) <= room else ranked[: room - 1]
    rest = sum(count for _, count in ranked[len(shown) :])
    return tuple(Bar(name, count) for name, count in shown) + ((Bar(_REST, rest),) if rest else ())
