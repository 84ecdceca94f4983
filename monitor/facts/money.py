"""Amounts of money and what they are of: an investment, or output, support, a fund; it weighs words, not companies.

The rules stand in docs/facts.md. An amount is an investment only when its own clause says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.facts.findings import Money, MoneyKind
from monitor.facts.numerals import NUMBER, TIMES, number
from monitor.facts.passage import Passage, clause_after, clause_before, sentence_around

# Yuan for one unit, for comparing only: such an amount is never counted as an investment in yuan.
RATES = {
    "美元": 7.1, "美金": 7.1, "港元": 0.91, "港币": 0.91, "欧元": 7.8, "日元": 0.048, "英镑": 9.1, "新台币": 0.22,
    "澳元": 4.7, "澳门元": 0.88, "新元": 5.4, "韩元": 0.0052, "卢布": 0.08,
}  # fmt: skip

_UNIT = r"万亿|亿|千万|百万|万"
_CURRENCY = "|".join(RATES)
_LARGE = rf"({NUMBER})\s?(余|多|来)?个?({_UNIT})(余|多)?(?:({NUMBER})(千万|百万|万))?(余|多)?\s?({_CURRENCY}|元)?"
_AMOUNT = re.compile(rf"{_LARGE}|(?<![\d.])(\d{{5,14}}|\d{{1,3}}(?:,\d{{3}}){{1,4}})元")
_LOW_END = re.compile(rf"({NUMBER})个?({_UNIT})?元?(?:至|到|[-—–~～]{{1,2}}|－)$")
_MEASURE = re.compile(
    r"[吨千度平立人个只件株瓶块头羽尾支片册粒颗条辆台套瓦亩公米次袋枚斤户级尺节双分年株本尾杯盒包箱罐滴\d]"
)
_ABOUT_SURE = re.compile(r"(?:近|约|超|逾|超过|过|将近|接近|突破|大约)$")
_EXACT_BESIDE = re.compile(r"\s?[（(](?:即|为|约)?$")

_OUTPUT = (
    r"产值|销售|营收|营业|成交|交易|税|收入|利润|进出口|出口|进口|生产总值|增加值|零售|消费|采购|订单|货值|创汇|贸易额|"
    r"产出|收益|增收|流水|市场规模|市场容量|GDP|总产|余额|效益|市值|估值|外贸"
)
_SUPPORT = r"补贴|补助|奖补|奖励|扶持|专项资金|资助|减免|返还|奖金|支持资金|财政资金|给予|减税|退税|兑现"
_FUND = r"基金|资金池|授信|贷款|担保|融资|信贷|债券|保险|保费|资金规模|风险补偿|注册资本|注册资金|股本|参股|保障金"
_INVESTED = (
    r"总投资|投资总额|投资额|投资|引资|出资|斥资|耗资|巨资|签约总额|签约金额|签约额|协议金额|协议总额|合同金额|合同总额|"
    r"签约|签下|签订|投入|花费|花|砸下|砸|掷|投下|总造价|造价"
)
_KINDS = re.compile(rf"(?P<output>{_OUTPUT})|(?P<support>{_SUPPORT})|(?P<fund>{_FUND})|(?P<investment>{_INVESTED})")
_ADJACENT = re.compile(
    rf"(?:{_INVESTED})(?:预?计|规模|约|近|超过?|逾|达到?了?|高达|将|为|是|共|合计|累计|了|人民币|金额|总额|额|概算|"
    rf"估算|[:：\s（(]){{0,4}}$"
)
_CALLED = re.compile(
    rf"^(?:的|人民币|规模|左右|以上)?[^，,。；;、：:建投]{{0,6}}?"
    rf"(?:(?P<output>{_OUTPUT})|(?P<support>{_SUPPORT})|(?P<fund>{_FUND})|(?P<investment>投资|(?<=的)投入|(?<=的)总投入))"
)
_THING = re.compile(
    r"^(?:人民币)?的?(?:重大|大)?[^，,。；;、：:]{0,24}?(?:项目|基地|工厂|生产线|产业园|综合体|电站|大单品工程|厂房|厂区)"
)
_TURNED = re.compile(r"^(?:人民币)?(?:换来|押在|砸向|砸在|投向|建起|盖起|变成)")
_BUILT = re.compile(r"建|签|引进|引入|落户|启动|开工|投产|上马|布局|落地|一[个座]|这[个座]|动工|牵手|^\W*$")
_AIMED = re.compile(r"打造|力争|目标|迈向|冲刺|培育|争创|朝着|瞄准|崛起|形成|突破")
_VETO = re.compile(
    r"节省|节约|减少|压减|降低|最高|封顶|单个|平均|户均|亩均|人均|到位|年度|年内|当年|实际利用|每[亩年户吨个月]|强度|门槛|不低于|不少于|低于|不超过|上限|扶贫|"
    r"财政|民生|固定资产投资完成|全社会|研发投入|研发费用|研发经费|技改投入|房地产开发投资|达到.{0,3}$(?<=以上)"
)
_SPENT_NOT_BUILT = re.compile(r"投入[^，,]{0,8}(?:资金|经费|费用)|(?:民生|财政|研发|科研|广告|宣传|年均|累计)投入")
_AT_LEAST = re.compile(r"^(?:人民币)?(?:\)|）)?(?:及以上|以上|以下|以内|/|每亩|不等|之间|级)")
_COUNTED = re.compile(
    r"^的?(?:[^，,。；;]{0,6})?(?:项目|企业)(?:\d|有|达|共|超|[一二两三四五六七八九十]+[个家])|^的(?:有|企业|，)"
)
_PHASE = re.compile(r"[一二三四五六首]期(?!限)")
_PHASE_EVENT = re.compile(
    r"([一二三四五六首]期)[^，,。；;将拟计预]{0,10}(?:开工|投产|竣工|签约|启用|奠基|动工|破土|下线|投用)"
)
_PART = re.compile(r"其中|首批|前期|后期|远期|一阶段|固定资产投资|设备投资|建设投资|环保投资|流动资金|土建")
_WIDE = re.compile(
    r"累计|以来|全年|上半年|前三季度|一季度|近年来|近[两三五]年|据统计|截至目前|[一二三]年来|“十[三四五]五”|目前已|已有\d+|"
    r"已落户|已引进|已集聚|已聚集|历年|完成固定资产投资|固定资产投资完成"
)
_STATISTIC = re.compile(
    r"完成[^，,]{0,8}投资|固定资产投资(?:完成|增长|增速|同比|达)|(?:工业|民间|技改|房地产|基础设施)投资(?:完成|增)"
)
_LISTED = re.compile(r"招商(?:清单|目录|项目册|手册|项目库)|机会清单|项目库|招商引资项目(?:表|清单)")
_REPORT = "工作报告"
_FAR = 16  # characters: 投资 so far before an amount is no longer said of it
_SUMMED = re.compile(r"^\s*(?:金额)?(?:合计|共计|总计|总金额|金额|总额|投资额)[^，,]{0,4}$")
_GATHERED = re.compile(
    r"(?:签|定下|敲定|落定|落地|落户|拿下|揽下|达成)[^，,。；;]*项目|项目[^，,。；;]*(?:签|定下|敲定|落定|落地|落户)"
)
_WISHED = re.compile(r"力争|目标|确保|争取|计划")
_SURVEYED = re.compile(r"据统计|上届|往届|同期|首届[^。]{0,12}时|截至|现有|投资企业\d+|企业达?\d+[余多]?家")
_INTENDED = re.compile(r"将|拟|计划|分[一二两三四]期")


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount with its place in the text, before it is known what it is of."""

    start: int
    end: int
    yuan: int
    currency: str
    about: bool
    upto: int | None = None


def read_money(post: Passage) -> tuple[Money, ...]:
    """Every amount of 10,000 yuan or more, in the order of the text, with what it is of."""
    amounts = tuple(_exact_only(post.text, list(_amounts(post.text))))
    money = [
        Money(
            one.yuan, _kind(post, one), post.words(one.start, one.end), upto=one.upto, about=one.about,
            currency=one.currency,
        )
        for one in amounts
    ]  # fmt: skip
    return tuple(_without_parts(post, amounts, money))


def _amounts(text: str) -> Iterator[_Amount]:
    """Amounts as they stand, ranges as one."""
    held: _Amount | None = None
    for match in _AMOUNT.finditer(text):
        one = _amount(text, match)
        if one is None:
            continue
        if held is not None and one.start > held.start:  # else it is the low end of this one
            yield held
        held = one
    if held is not None:
        yield held


def _amount(text: str, match: re.Match[str]) -> _Amount | None:
    """One amount; None where the words are of something else (5万吨, 1.1亿个)."""
    if match[9] is not None:
        plain = int(match[9].replace(",", ""))
        return _Amount(match.start(), match.end(), plain, "元", False) if plain >= TIMES["万"] else None
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
    about = any(match[one] for one in (2, 4, 7)) or _ABOUT_SURE.search(before) is not None
    found = _Amount(match.start(), match.end(), round(yuan * rate), currency, about)
    return _with_low_end(text, found, TIMES[match[3]], rate)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether an amount without 元 is one: 投资21.7亿 and 12.5个亿 are, 5万吨 is not."""
    end = match.end()
    if text.startswith("元", end):
        return True
    if _MEASURE.match(text, end) is not None:
        return False
    return "亿" in match[3] or _ADJACENT.search(clause_before(text, match.start(), 14)) is not None


def _with_low_end(text: str, one: _Amount, times: int, rate: float) -> _Amount:
    """3—5亿元, 3亿至5亿元: the number before belongs to it."""
    low = _LOW_END.search(text, max(0, one.start - 12), one.start)
    value = number(low[1]) if low is not None else None
    if low is None or value is None:
        return one
    lowest = round(value * (TIMES[low[2]] if low[2] else times) * rate)
    return one if lowest > one.yuan else replace(one, start=low.start(), yuan=lowest, upto=one.yuan)


def _exact_only(text: str, amounts: list[_Amount]) -> Iterator[_Amount]:
    """近九亿元（8.8亿元）: the exact amount, with the words of both."""
    skip = False
    for one, following in zip(amounts, [*amounts[1:], None], strict=False):
        if skip:
            skip = False
            continue
        beside = following is not None and _EXACT_BESIDE.fullmatch(text, one.end, following.start)
        if following is not None and beside and following.currency == one.currency and one.about:
            skip = True
            yield replace(following, start=one.start, about=False)
        else:
            yield one


def _kind(post: Passage, one: _Amount) -> MoneyKind:
    """What an amount is of, by the words of its clause."""
    before, after = clause_before(post.text, one.start), clause_after(post.text, one.end)
    kind = _by_words(before, after)
    if kind is MoneyKind.OTHER and _SUMMED.match(before):
        earlier = clause_before(post.text, one.start - len(before) - 1)
        kind = MoneyKind.INVESTMENT if _GATHERED.search(earlier) else kind
    if kind is not MoneyKind.INVESTMENT:
        return kind
    if one.currency != "元" or one.upto is not None or _hedged(before, after, one):
        return MoneyKind.OTHER
    return MoneyKind.OTHER if _aside(post, one, before) else kind


def _by_words(before: str, after: str) -> MoneyKind:
    """The word beside the amount, else the noun that it qualifies, else the last word before it."""
    if _ADJACENT.search(before) or _TURNED.match(after):
        return MoneyKind.INVESTMENT
    called = _CALLED.match(after)
    if called is not None:
        return _named(called)
    told = list(_KINDS.finditer(before))
    if told and not (told[-1].lastgroup == "investment" and len(before) - told[-1].end() > _FAR):
        return _named(told[-1])
    if _THING.match(after) and _BUILT.search(before) and not _AIMED.search(before):
        return MoneyKind.INVESTMENT
    return MoneyKind.OTHER


def _named(match: re.Match[str]) -> MoneyKind:
    return MoneyKind(match.lastgroup or "other")


def _hedged(before: str, after: str, one: _Amount) -> bool:
    """Whether it is a threshold, a ceiling, a saving, or one of a count: 投资1000万元以上项目27个."""
    if _VETO.search(before) or _SPENT_NOT_BUILT.search(before) or _STATISTIC.search(before):
        return True
    if _AT_LEAST.match(after):
        return not (after.startswith("以上") and len(after) == len("以上") and "总投资" in before)
    return one.about and _COUNTED.match(after) is not None


def _aside(post: Passage, one: _Amount, before: str) -> bool:
    """Whether the sentence is about more than what the post reports, or of a list of projects that look for money."""
    start, _ = sentence_around(post.text, one.start, one.end, 80)
    if _LISTED.search(post.text, start, one.start):
        return True
    if _REPORT in post.title:
        return _WISHED.search(post.text, start, one.start) is not None
    if ("累计" in before or _SURVEYED.search(post.text, start, one.start)) and not _INTENDED.search(
        post.text, start, one.start
    ):
        return True
    return one.start > post.lead_end and _WIDE.search(post.text, start, one.start) is not None


def _without_parts(post: Passage, amounts: tuple[_Amount, ...], money: list[Money]) -> Iterator[Money]:
    """Mark what is part of an investment told whole, and leave out the rounded telling of an exact one."""
    pairs = list(zip(amounts, money, strict=True))
    invested = [(place, one) for place, one in pairs if one.kind is MoneyKind.INVESTMENT]
    whole = {one.yuan for place, one in invested if not _is_part(post, place)}
    if not whole and invested:  # only phases were told: the first is the one that the post is about
        main = _main_phase(post) or _phase(post, invested[0][0])
        whole = {one.yuan for place, one in invested if _phase(post, place) in (main, "")}
    for _, one in pairs:
        if one.kind is not MoneyKind.INVESTMENT:
            yield one
        elif one.about and any(_rounds(one, other) for _, other in invested):
            continue
        else:
            yield one if one.yuan in whole else replace(one, kind=MoneyKind.PART)


def _is_part(post: Passage, one: _Amount) -> bool:
    """Whether its sentence says 其中, 首期, another phase than the title, or tells of more than this event."""
    start, _ = sentence_around(post.text, one.start, one.end, 60)
    if post.text.rfind("其中", start, one.start) >= 0:
        return True
    if _REPORT not in post.title and _WIDE.search(post.text, start, one.start):
        return True
    if _PART.search(clause_before(post.text, one.start)):
        return True
    phase = _phase(post, one)
    return bool(phase) and phase not in post.title


def _phase(post: Passage, one: _Amount) -> str:
    """The last phase (一期) that its sentence names before the amount."""
    start, _ = sentence_around(post.text, one.start, one.end, 60)
    phases = _PHASE.findall(post.text, start, one.start)
    if phases or "总投资" in clause_before(post.text, one.start):
        return phases[-1] if phases else ""
    return "".join(_PHASE.findall(clause_after(post.text, one.end, 12))[:1])


def _main_phase(post: Passage) -> str:
    """The phase of which the lead tells an event."""
    found = _PHASE_EVENT.findall(post.text, 0, post.lead_end)
    return found[0] if found else ""


def _rounds(about: Money, exact: Money) -> bool:
    """Whether 近九亿 may be said of 8.8亿."""
    return not exact.about and exact.yuan != about.yuan and abs(exact.yuan - about.yuan) <= 0.12 * exact.yuan
