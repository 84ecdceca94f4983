"""Capacities and sizes in comparable units: 兆瓦, 吨/年, 亩, 台套; counts of what is no capacity are not read."""

import re
from collections.abc import Iterator

from monitor.facts.findings import Quantity
from monitor.facts.numerals import NUMBER, TIMES, number
from monitor.facts.passage import Passage

# As written -> the unit that it is told in, and how many of that unit it is.
UNITS: dict[str, tuple[str, float]] = {
    "吉瓦时": ("兆瓦时", 1000), "GWh": ("兆瓦时", 1000), "兆瓦时": ("兆瓦时", 1), "MWh": ("兆瓦时", 1),
    "千瓦时": ("兆瓦时", 0.001), "kWh": ("兆瓦时", 0.001), "度电": ("兆瓦时", 0.001),
    "吉瓦": ("兆瓦", 1000), "GW": ("兆瓦", 1000), "兆瓦": ("兆瓦", 1), "MW": ("兆瓦", 1),
    "千瓦": ("兆瓦", 0.001), "kW": ("兆瓦", 0.001), "KW": ("兆瓦", 0.001),
    "公吨": ("吨", 1), "吨": ("吨", 1), "公斤": ("吨", 0.001), "千克": ("吨", 0.001),
    "公顷": ("亩", 15), "平方公里": ("亩", 1500), "平方千米": ("亩", 1500), "亩": ("亩", 1),
    "平方米": ("平方米", 1), "平米": ("平方米", 1), "㎡": ("平方米", 1), "m²": ("平方米", 1), "m2": ("平方米", 1),
    "立方米": ("立方米", 1), "m³": ("立方米", 1), "公里": ("公里", 1), "千米": ("公里", 1),
    "台套": ("台套", 1), "台（套）": ("台套", 1), "台(套)": ("台套", 1), "台": ("台套", 1), "套": ("台套", 1),
    "辆": ("辆", 1),
    "只": ("只", 1), "件": ("件", 1), "双": ("双", 1), "头": ("头", 1),
    "羽": ("羽", 1),
    "副": ("副", 1), "瓶": ("瓶", 1), "支": ("支", 1), "片": ("片", 1),
    "条": ("条", 1), "米": ("米", 1), "张": ("张", 1),
    "标箱": ("标箱", 1), "TEU": ("标箱", 1),
}  # fmt: skip
# Counted units mean a capacity only in some number: 三台 and 十几只 are said of anything.
_FEW = {"只": 1000, "件": 1000, "双": 1000, "头": 100, "羽": 100, "副": 1000, "瓶": 1000, "支": 1000, "片": 1000}
_FEW |= {"条": 1000, "米": 1000, "张": 1000, "辆": 50, "台套": 10}
_LINE = "条生产线"

_LEAST_IN_WORDS = 10  # 两吨, 最后一公里: said of anything
_SAVED = re.compile(r"(?:节约|节省|减排|减少|消耗|节水|节电|替代)[^，,。；;]{0,10}$")

_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![\d.第数几上])({NUMBER})\s?(?:余|多)?(亿|千万|百万|万)?(?:余|多)?\s?"
    rf"({_UNIT})(?![a-zA-Z条])(/年|／年|/a|每年)?([^，,。；;、\d]{{0,12}}?线(?!上|下|索|路|缆|束))?"
)
_LINES_AFTER = re.compile(
    rf"(?:生产|针车|成型|加工|灌装|组装|拉伸|总装|装配|涂布|流水|产)线(?:车间)?(?:共)?({NUMBER})条"
)
_YEARLY = re.compile(
    r"(?<![\d全今去近当本前明])年(?!底|初|内|前|后|来|间)[^，,。；;、年]{0,14}$|每年[^，,。；;]{0,14}$"
)
_LISTED_YEARLY = re.compile(r"年(?:产|加工|处理|生产|屠宰|消化|转化)[^。；;，,]{0,30}、[^。；;，,]{0,16}$")


def read_quantities(post: Passage) -> tuple[Quantity, ...]:
    """Every capacity and size, each once, in the order of the text."""
    found = sorted([*_sizes(post), *_lines(post)], key=lambda pair: pair[0])
    once: dict[tuple[float, str], Quantity] = {}
    for _, one in found:
        once.setdefault((one.value, one.unit), one)
    return tuple(once.values())


def _sizes(post: Passage) -> Iterator[tuple[int, Quantity]]:
    for match in _QUANTITY.finditer(post.text):
        value = number(match[1])
        if value is None:
            continue
        unit, times = UNITS[match[3]]
        value *= TIMES[match[2] or ""]
        words = post.words(match.start(), match.end())
        if match[3] == "条" and match[5] is not None:
            yield match.start(), Quantity(value, _LINE, words)
        elif value * times >= _FEW.get(unit, 0) and not _is_aside(post.text, match, value):
            yearly = match[4] is not None or _is_yearly(post.text, match.start())
            end = match.end(4) if match[4] is not None else match.end(3)
            value = round(value * times, 6)
            yield match.start(), Quantity(value, f"{unit}/年" if yearly else unit, post.words(match.start(), end))


def _is_aside(text: str, match: re.Match[str], value: float) -> bool:
    """Whether it is said in passing (两吨, 最后一公里) or is saved and not made."""
    if value < _LEAST_IN_WORDS and not match[1].isascii() and match[3] not in ("台套", "亩", "平方公里", "兆瓦"):
        return True
    return _SAVED.search(text, max(0, match.start() - 16), match.start()) is not None


def _lines(post: Passage) -> Iterator[tuple[int, Quantity]]:
    """生产线14条: the number after the name."""
    for match in _LINES_AFTER.finditer(post.text):
        value = number(match[1])
        if value is not None:
            yield match.start(), Quantity(value, _LINE, post.words(match.start(), match.end()))


def _is_yearly(text: str, start: int) -> bool:
    """Whether it is of a year: 年产, 年加工, 每年, and what stands with it in one list."""
    before = text[max(0, start - 48) : start]
    return _YEARLY.search(before) is not None or _LISTED_YEARLY.search(before) is not None
