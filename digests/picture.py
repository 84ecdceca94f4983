"""Counts what the small picture of a digest shows: the last twelve weeks, and where this period's events were; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from digests.content import Bar, Chart, Item
from monitor.announcing import History, Period

_WEEKS, _BARS = 12, 6
_REST = "其余"


def charts(history: History, period: Period, new: Sequence[Item], cities: Iterable[str]) -> tuple[Chart, ...]:
    """The charts of a digest whose new events are `new` in `cities`; none while there is no history to compare with."""
    if not history.weeks:
        return ()
    found = (
        Chart("近十二周新事件", _weeks(history, period, len(new))),
        Chart("本期地区", _bars(Counter(cities))),
        Chart("本期行业", _bars(Counter(item.industries[0] for item in new if item.industries))),
        Chart("本期阶段", _bars(Counter(item.stage for item in new if item.stage))),
    )
    return tuple(chart for chart in found if chart.bars)


def _weeks(history: History, period: Period, count: int) -> tuple[Bar, ...]:
    told = [Bar(week.key, week.count) for week in history.weeks]
    if period.kind == "week":
        told = [bar for bar in told if bar.name != period.key] + [Bar(period.key, count)]
    return tuple(told[-_WEEKS:])


def _bars(counts: Counter[str]) -> tuple[Bar, ...]:
    """The most frequent first; what there is no room for is one bar."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ranked if len(ranked) <= _BARS else ranked[: _BARS - 1]
    rest = sum(count for _, count in ranked[len(shown) :])
    return tuple(Bar(name, count) for name, count in shown) + ((Bar(_REST, rest),) if rest else ())
