"""Amounts of money as they stand in a text, with their currency and ranges; what an amount is of, it does not know."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.facts.numerals import NUMBER, TIMES, number
from monitor.facts.passage import clause_before

# Yuan for one unit, for comparing only: such an amount is never counted as an investment in yuan.
RATES = {
    "美元": 7.1, "美金": 7.1, "港元": 0.91, "港币": 0.91, "欧元": 7.8, "日元": 0.048, "英镑": 9.1, "新台币": 0.22,
    "澳元": 4.7, "澳门元": 0.88, "新元": 5.4, "韩元": 0.0052, "卢布": 0.08,
}  # fmt: skip

_UNIT = r"万亿|亿|千万|百万|万"
_CURRENCY = "|".join(RATES)
_LARGE = rf"({NUMBER})\s?(余|多|来)?个?({_UNIT})(余|多)?(?:({NUMBER})(千万|百万|万))?(余|多)?\s?({_CURRENCY}|元)?"
_AMOUNT = re.compile(rf"{_LARGE}|(?<![\d.])(\d{{5,14}}|\d{{1,3}}(?:,\d{{3}}){{1,4}})元")
_SIGN = re.compile(r"(?<=[\d零〇一二三四五六七八九十百千两余多来个\s])[亿万]|(?<=\d)元")
_WIDEST = 24  # characters of the longest amount before its sign, and after
MOST = 400  # amounts of one post: three times what the longest work report has
_LOW_END = re.compile(rf"({NUMBER})个?({_UNIT})?元?(?:至|到|[-—–~～]{{1,2}}|－)$")
_MEASURE = re.compile(
    r"[吨千度平立人个只件株瓶块头羽尾支片册粒颗条辆台套瓦亩公米次袋枚斤户级尺节双分年株本尾杯盒包箱罐滴\d]"
)
_NUMBER_GOES_ON = re.compile(r"[零〇一二三四五六七八九十百千]")  # 一万一千亩
_ABOUT_AFTER = re.compile(r"左右|出头|上下|开外")
_ABOUT_SURE = re.compile(r"(?:近|约|超|逾|超过|过|将近|接近|突破|大约)$")
_EXACT_BESIDE = re.compile(r"\s?[（(](?:即|为|约)?$")
_CLOSING = ("）", ")")
_NEAR = 0.12  # share of an exact amount by which a rounded one may differ from it

# Said of building something; what is only spent (投入, 花) is not always said of a project.
INVESTED = (
    r"总投资|投资总额|投资额|投资|引资|出资|斥资|耗资|巨资|(?:签约|协议|合同|投资|合作|引资)(?:项目)?总?(?:金额|资金|额)|"
    r"签约|签下|签订|总造价|揽资|揽金|吸金|合资|增资|项目体量|体量|盘子|(?:建设|投入)资金|资金投入|(?:要|再|共|拟|想|打算|准备|先后|前后|计划)投(?!资|产|入|用|放)"
)
SPENT = r"总投入|投入|花费|花|砸下|砸|掷|投下|投了|掏了?|掏出"
ADJACENT = re.compile(
    rf"(?:{INVESTED}|{SPENT})(?:预?计|规模|约|近|超过?|逾|达到?了?|高达|将|为|是|共|合计|累计|了|人民币|金额|总额|额|概算|"
    rf"估算|[:：\s（(]){{0,4}}$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with its place in the text, before it is known what it is of."""

    start: int
    end: int
    yuan: int
    currency: str
    about: bool
    upto: int | None = None


def amounts_in(text: str) -> tuple[Amount, ...]:
    """Every amount of 10,000 yuan or more, in the order of the text."""
    return tuple(_exact_only(text, list(itertools.islice(_all(text), MOST))))


def _all(text: str) -> Iterator[Amount]:
    """Amounts as they stand, ranges as one."""
    held: Amount | None = None
    for match in _matches(text):
        one = _amount(text, match)
        if one is None:
            continue
        if held is not None and one.start > held.start:  # else it is the low end of this one
            yield held
        held = one
    if held is not None:
        yield held


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Where _AMOUNT matches: it is tried only around the signs that end an amount, not at every character."""
    done = 0
    for sign in _SIGN.finditer(text):
        if sign.start() < done:
            continue
        match = _AMOUNT.search(text, max(done, sign.start() - _WIDEST), sign.start() + _WIDEST)
        while match is not None and match.end() <= sign.start():
            match = _AMOUNT.search(text, match.end(), sign.start() + _WIDEST)
        if match is not None and match.start() < sign.start():
            done = match.end()
            yield match


def _amount(text: str, match: re.Match[str]) -> Amount | None:
    """One amount; None where the words are of something else (5万吨, 1.1亿个)."""
    if match[9] is not None:
        plain = int(match[9].replace(",", ""))
        return Amount(match.start(), match.end(), plain, "元", False) if plain >= TIMES["万"] else None
    value = number(match[1])
    if value is None or not (match[8] or _stands_alone(text, match)):
        return None
    if match.start() and text[match.start() - 1] in "几数第.":
        return None
    yuan = value * TIMES[match[3]]
    if match[5] is not None:
        yuan += (number(match[5]) or 0) * TIMES[match[6]]
    currency = match[8] or "元"
    rate = RATES.get(currency, 1)
    before = text[max(0, match.start() - 3) : match.start()]
    about = any(match[one] for one in (2, 4, 7)) or _ABOUT_SURE.search(before) or _ABOUT_AFTER.match(text, match.end())
    found = Amount(match.start(), match.end(), round(yuan * rate), currency, bool(about))
    return _with_low_end(text, found, TIMES[match[3]], rate)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether an amount without 元 is one: 投资21.7亿 and 12.5个亿 are, 5万吨 is not."""
    end = match.end()
    if text.startswith("元", end):
        return True
    if _MEASURE.match(text, end) is not None or _NUMBER_GOES_ON.match(text, end) is not None:
        return False
    return "亿" in match[3] or ADJACENT.search(clause_before(text, match.start(), 14)) is not None


def _with_low_end(text: str, one: Amount, times: int, rate: float) -> Amount:
    """3—5亿元, 3亿至5亿元: the number before belongs to it."""
    low = _LOW_END.search(text, max(0, one.start - 12), one.start)
    value = number(low[1]) if low is not None else None
    if low is None or value is None:
        return one
    lowest = round(value * (TIMES[low[2]] if low[2] else times) * rate)
    return one if lowest > one.yuan else replace(one, start=low.start(), yuan=lowest, upto=one.yuan)


def rounds(yuan: int, about: bool, exact: int) -> bool:
    """Whether 近九亿, or 九亿 beside it, may be said of 8.8亿."""
    if not about and _digits(yuan) >= _digits(exact):
        return False
    return exact != yuan and abs(exact - yuan) <= _NEAR * exact


def _digits(yuan: int) -> int:
    """How many digits of an amount say something: 1 of 900000000."""
    return len(str(yuan).rstrip("0"))


def _is_told_roundly(one: Amount, following: Amount) -> bool:
    return one.about or rounds(one.yuan, one.about, following.yuan)


def _exact_only(text: str, amounts: list[Amount]) -> Iterator[Amount]:
    """近九亿元（8.8亿元）, 九亿元（8.8亿元）: the exact amount, with the words of both."""
    skip = False
    for one, following in zip(amounts, [*amounts[1:], None], strict=False):
        if skip:
            skip = False
            continue
        beside = following is not None and _EXACT_BESIDE.fullmatch(text, one.end, following.start)
        if following is not None and beside and following.currency == one.currency and _is_told_roundly(one, following):
            skip = True
            closed = text.startswith(_CLOSING, following.end)
            yield replace(following, start=one.start, end=following.end + closed, about=False)
        else:
            yield one
