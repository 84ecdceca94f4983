"""The numbers of a post with their measure words, each in one spelling (3.6万吨, 三万六千吨 -> 36000吨); no meaning.

A rewrite changes sentences and years, and keeps 132亩, 42条, 60万瓶. Facts read what a number is of; here it is only
told whether two posts have the same ones.
"""

import math
import re
from functools import lru_cache

from monitor.facts.numerals import NUMBER, TIMES, number

# As written -> as compared. What stands here is counted or measured; what may be said of anything is SOFT.
_SAME_UNIT = {
    "台套": "台", "台(套)": "台", "台（套）": "台", "套": "台", "名": "人", "位": "人", "㎡": "平方米",
    "平米": "平方米",
    "千克": "公斤", "％": "%", "幢": "栋", "所": "家", "项": "个",
}  # fmt: skip
_HARD = (
    "亩|公顷|吨|公斤|克|升|千升|毫升|平方米|平方公里|立方米|公里|米|厘米|毫米|微米|纳米|兆瓦时|兆瓦|吉瓦时|吉瓦|千瓦时|千瓦|"
    "台|套|台套|台（套）|台\\(套\\)|辆|只|件|双|头|羽|副|瓶|支|片|张|标箱|箱|株|棵|艘|架|元|美元|欧元|港元|户|摄氏度|度|帧|枚|粒|"
    "桶|袋|罐|盒|卷|匹|床|锭|孔|车位|床位|机架|机柜|枝|尾|筐|斤|公顷|％|%|个百分点|分贝|兆帕|伏|安时"
)
_SOFT = "条|家|个|项|人|名|位|层|倍|天|小时|分钟|秒|种|款|座|栋|幢|处|间|场|所|类|门|首|节|班|列|趟|次|组|期"
_UNITS = "|".join(sorted(f"{_HARD}|{_SOFT}".split("|"), key=len, reverse=True)).replace("㎡", "")
_SIGN = r"\d零〇一二三四五六七八九十百千两"
_FIGURE = re.compile(
    rf"(?<![\d.第上数几百十])(?=[{_SIGN}])(?:({NUMBER})(万?亿)[余多]?)?(?:({NUMBER})[余多来]?万[余多]?)?({NUMBER})?"
    rf"\s?[余多来]?\s?个?({_UNITS}|㎡)(?![多来])"
)
_NUMBER_SIGNS = "0123456789.e+-"
_FEW = 3.5
_FEWEST = dict.fromkeys(_SOFT.split("|"), 5.5)
_REMEMBERED = 1 << 15  # figures whose weight is at hand: the same ones are compared again and again
_MOST = 120  # figures of one post: a work report has hundreds, and none of them is its own

Figure = str  # "132亩"


def read_figures(text: str) -> frozenset[Figure]:
    """The figures of a folded text; small counts, which stand in every post, are none."""
    found: dict[Figure, None] = {}
    for match in _FIGURE.finditer(text):
        value = _value(match)
        unit = _SAME_UNIT.get(match[5], match[5])
        if value is None or (value < _FEWEST.get(match[5], _FEW) and "." not in match[0]):
            continue
        found[f"{value:.10g}{unit}"] = None
        if len(found) >= _MOST:
            break
    return frozenset(found)


def _value(match: re.Match[str]) -> float | None:
    """The number of 七亿五千万, 3.6万 or 132; None when it is none."""
    parts = ((match[1], TIMES[match[2] or ""]), (match[3], TIMES["万"]), (match[4], 1))
    values = [(number(words), times) for words, times in parts if words]
    if not values or any(value is None for value, _ in values):
        return None
    return sum(value * times for value, times in values if value is not None)


def split(figure: Figure) -> tuple[str, str]:
    """Number and unit of a figure."""
    unit = figure.lstrip(_NUMBER_SIGNS)
    return figure[: len(figure) - len(unit)], unit


_SOFT_UNITS = frozenset(_SOFT.split("|"))


@lru_cache(maxsize=_REMEMBERED)
def weight(figure: Figure) -> float:
    """How telling it is that two posts share it, 0 to 1: 5.37亿元 says more than 100家.

    A number of d significant digits is one of about 10**d; a soft unit, or a round number, is met by chance.
    """
    digits, unit = split(figure)
    significant = len(digits.replace(".", "").partition("e")[0].strip("0")) or 1
    large = min(1.0, math.log10(max(float(digits), 1.0)) / 4)
    worth = {1: 0.2, 2: 0.65}.get(significant, 1.0) + 0.25 * large
    return min(1.0, worth) * (0.35 if unit in _SOFT_UNITS or unit in ("%", "个百分点") else 1.0)
