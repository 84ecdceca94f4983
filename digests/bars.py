"""Draws a chart as lines of text whose columns stand under one another, wide characters or not; it counts nothing."""

from digests.content import Chart
from monitor.text import clean, width

_NAME, _LONGEST = 20, 20  # columns of a name at most; characters of the longest bar
_BLOCK = "█"


def text_bars(chart: Chart) -> str:
    """A line for each bar: name, number, bar. The bar comes last: how wide a block is, fonts do not agree on."""
    names = [_fitted(bar.name) for bar in chart.bars]
    columns = max(map(width, names), default=0)
    digits = max((len(str(bar.count)) for bar in chart.bars), default=0)
    lines = [
        f"{name}{' ' * (columns - width(name))}  {bar.count:>{digits}}  {_BLOCK * length}".rstrip()
        for name, bar, length in zip(names, chart.bars, lengths(chart, _LONGEST), strict=True)
    ]
    return "\n".join(lines)


def lengths(chart: Chart, longest: int = 100) -> tuple[int, ...]:
    """How long each bar is when the highest count is `longest`; whatever is not nothing is seen."""
    most = max((bar.count for bar in chart.bars), default=0)
    return tuple(max(1, round(bar.count * longest / most)) if bar.count else 0 for bar in chart.bars)


def _fitted(name: str) -> str:
    """The name without what could pass for the end of its block, as far as there is room for it."""
    plain = clean(name).replace("`", "'").replace("~", "-") or "—"
    if width(plain) <= _NAME:
        return plain
    while width(plain) > _NAME - 1:
        plain = plain[:-1]
    return plain + "…"
