"""Amounts of money and what they are of: an investment, or output, support, a fund; it weighs words, not companies.

The rules stand in docs/facts.md. An amount is an investment only when its own clause says so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.facts.amounts import ADJACENT, INVESTED, SPENT, Amount, amounts_in
from monitor.facts.findings import Money, MoneyKind, Stage
from monitor.facts.money_parts import ADDED, REPORT, WIDE, without_parts
from monitor.facts.passage import Passage, clause_after, clause_before, sentence_around

_OUTPUT = (
    r"产值|销售|营收|营业|成交|交易|税|收入|利润|进出口|出口|进口|生产总值|增加值|零售|消费|采购|订单|货值|创汇|贸易额|"
    r"产出|收益|增收|流水|市场规模|市场容量|GDP|总产|余额|效益|市值|估值|外贸"
)
_SUPPORT = (
    r"补贴|贴息|补助|奖补|奖励|扶持|专项资金|资助|减免|返还|奖金|支持资金|财政资金|"
    r"援[疆藏青]资金|协作资金|帮扶资金|给予|减税|退税|兑现"
)
_FUND = (
    r"基金|资金池|授信|贷款|担保|融资|信贷|债券|保险|保费|资金规模|风险补偿|注册资本|注册资金|股本|参股|保障金|股权|转贷资金|周转金|"
    r"跟投|参投|资本金"
)
_KINDS = re.compile(
    rf"(?P<output>{_OUTPUT})|(?P<support>{_SUPPORT})|(?P<fund>{_FUND})|(?P<investment>{INVESTED}|{SPENT})"
)
_CALLED = re.compile(
    rf"^(?:的|人民币|规模|左右|以上)?[^，,。；;、：:建投]{{0,6}}?"
    rf"(?:(?P<output>{_OUTPUT})|(?P<support>{_SUPPORT})|(?P<fund>{_FUND})|(?P<investment>投资|(?<=的)投入|(?<=的)总投入|(?<=的)(?:技改|建设|项目)投入))"
)
_THING = re.compile(
    r"^(?:人民币)?的?(?:重大|大)?[^，,。；;、：:]{0,24}?(?:项目|基地|工厂|生产线|产业园|综合体|电站|大单品工程|厂房|厂区)"
)
_TURNED = re.compile(r"^(?:人民币)?(?:的?[^，,。；;、建投]{0,4}投[入资])?(?:换来|押在|砸向|砸在|投向|建起|盖起|变成)")
# What an investor has got together is no loan (连同贷款凑成六亿元，押在…上); what he takes to build with is invested.
_GOT_TOGETHER = re.compile(r"(?:凑|筹|攒)(?:成|足|齐|出|了|够)[约近]?$")
_TAKEN = re.compile(r"(?:拿出|凑成?|筹集|用)了?[约近]?$")
_TO_BUILD = re.compile(
    r"^(?:人民币)?[，,]?(?:来|用来|用于|全部|全都|都)?(?:建设|新建|兴建|扩建|建起|盖起|押在|砸在|砸向|投向|投进)"
)
_BUILT = re.compile(r"建|签|引进|引入|落户|启动|开工|投产|上马|布局|落地|一[个座]|这[个座]|动工|牵手|^\W*$")
_BEGUN = re.compile(
    r"(?:项目|基地|工厂|生产线|产业园|综合体|电站)[^，,。；;]{0,8}(?:签|落|开工|动工|动土|破土|奠基|开建|投产|投用|竣工|启用)"
)
_SAID = re.compile(rf"{INVESTED}|{SPENT}")
_SPENT = re.compile(SPENT)
_OWN_SPENDING = re.compile(r"场馆|道路|公路|管网|基础设施|公共|学校|公寓|绿化|街区|水电|配套|补贴|培训|治理|整治")
_WORKS = re.compile(r"投产|开工|动工|建|项目|厂|线|基地|园|车间|工程|买|购|改造|中心|打造|落户|搬|设备|仓")
_GROUND = re.compile(r"\d亩|百亩|万吨")
_DONE = re.compile(r"^(?:这个|该|整个|目前)?(?:项目|工程|基地|园区)(?:目前|已|共|实际|累计)*完成投资")
_INVITED = re.compile(r"欢迎[^。；;]{0,20}(?:参与|投资|合作)|诚邀|面向[^，,。；;]{0,10}招商|寻求合作|正在招商")
_TRADED = re.compile(r"(?:服务|采购|供货|购销|供销|订购|销售|订货|检测|租赁|收购|加工|运输)(?:合同|协议|订单)")
_TRADED_AFTER = re.compile(rf"^的?[^，,。；;]{{0,12}}{_TRADED.pattern}")
_ONLY_MEANT = re.compile(r"意向|意愿|有意(?!义)|线索|在谈|洽谈中|论证")
_STILL_TALKED_OF = re.compile(r"论证|在谈|(?:进一步|正在|继续|持续)(?:洽谈|对接|磋商|跟进)")
_SIGNED = re.compile(r"签约|签订|签署|签下")
_AIMED = re.compile(r"打造|力争|目标|迈向|冲刺|培育|争创|朝着|瞄准|崛起|形成|突破")
_VETO = re.compile(
    r"节省|节约|减少|压减|降低|最高|封顶|单个|平均|户均|亩均|人均|到位|年度|年内|当年|实际利用|每[亩年户吨个月]|强度|门槛|不低于|不少于|低于|不超过|不到|不足|同样|如果|假如|少掏|少花|动辄|安排|拨付|上限|扶贫|只要|凡是|^凡|[满够]$|"
    r"(?:\d|[两三四五六七八九十]+)余?个项目投资(?:额|规模)?(?:均|都)?(?:超过?|逾|过)|"
    r"财政|民生|固定资产投资完成|全社会|研发投入|研发费用|研发经费|技改投入|房地产开发投资|达到.{0,3}$(?<=以上)"
)
_SPENT_NOT_BUILT = re.compile(r"投入[^，,]{1,8}(?:资金|经费|费用)|(?:民生|财政|研发|科研|广告|宣传|年均|累计)投入")
_AT_LEAST = re.compile(r"^(?:人民币)?(?:\)|）)?(?:的$|及以上|以上|以下|以内|/|每亩|不等|之间|级)")
_COUNTED = re.compile(
    r"^的?(?:[^，,。；;]{0,6})?(?:项目|企业)(?:\d|有|达|共|超|[一二两三四五六七八九十]+[个家])|^的(?:有|企业|，)"
)
_STATISTIC = re.compile(
    r"完成[^，,]{0,8}投资|固定资产投资(?:完成|增长|增速|同比|达)|(?:工业|民间|技改|房地产|基础设施)投资(?:完成|增)"
)
# Projects of a whole county, counted and not of this event: 今年计划实施亿元以上项目四十二个，总投资近三百亿元.
_IN_ALL = re.compile(
    r"(?:实施|推进|储备|谋划|在建|引进|引入|引来|招引|落户|集聚|聚集|吸引)[^。；;]{0,16}"
    r"(?:(?:项目|企业)[^，,。；;]{0,4}(?:\d+|[一二两三四五六七八九十百]+)[余多]?[个家项]|(?:\d+|[一二两三四五六七八九十百]+)[余多]?[个家项][^，,。；;]{0,6}(?:项目|企业))"
)
_LISTED = re.compile(
    r"(?:推出|发布(?!会)|推介(?!会|活动)|梳理|征集|包装)(?:[^。；;签]{0,30})(?:机会|招商|推介|合作|重点)项目|目录》|清单》|手册》|图谱》|(?:目录|清单|手册)(?:中|里|列|收|共|包)|招商(?:清单|目录|项目册|手册|项目库)|机会清单|项目库|招商引资项目(?:表|清单)"
)
_FAR = 16  # characters: 投资 so far before an amount is no longer said of it
_SUMMED = re.compile(r"^\s*(?:金额)?(?:为|达|是|达到|合计|共计|总计|总金额|金额|总额|投资额)[^，,]{0,4}$")
_INVESTED = re.compile(r"投资|引资|出资|投入|签[^，,]*合同|最大的?(?:一[笔个]|项目)")
_GATHERED = re.compile(
    r"(?:签|定下|敲定|落定|落地|落户|拿下|揽下|达成)[^，,。；;]*项目|项目[^，,。；;]*(?:签|定下|敲定|落定|落地|落户)|"
    r"投资(?:额|总额|规模)?(?:最[大多高]|不小)?$"
)
_PROJECTS = re.compile(r"项目(?:合计|共计|总计|一共|总共|共)[^，,]{0,3}$")
_AGREED = re.compile(r"签|落笔|敲定|落定|落地|落户|成交")
_WISHED = re.compile(r"力争|目标|确保|争取|计划")
_SURVEYED = re.compile(r"据统计|上届|往届|同期|首届[^。]{0,12}时|截至|现有|投资企业\d+|企业达?\d+[余多]?家")
_INTENDED = re.compile(r"将|拟|计划|分[一二两三四]期")
_DONE_BESIDE = re.compile(r"签约|签订|签下|落户|开工|动工|奠基|投产")
_ASKED = re.compile(r"给予|[奖补]|[可能][以领享获]|对|凡|每个|享受|优先|资格|只要")
_BUILDS = (Stage.SIGNING, Stage.GROUNDBREAKING, Stage.PRODUCTION)
_LEAST = 10**7  # yuan of an investment that no word calls one
_MUCH = 3  # how many times less than another that was spent it must be
_EARLY = 150  # characters after the lead in which it stands
# What visitors would do, and what a factory has sold.
_SUPPOSED = {
    Stage.VISIT: re.compile(r"拟|想|打算|有意|可能|估算"),
    Stage.PRODUCTION: re.compile(r"合同(?:总?金额|额|总额)"),
}
_INVESTMENT = MoneyKind.INVESTMENT


def read_money(post: Passage, stage: Stage = Stage.OTHER) -> tuple[Money, ...]:
    """Every amount of 10,000 yuan or more, in the order of the text, with what it is of."""
    amounts = amounts_in(post.text)
    money = [
        Money(
            one.yuan, _kind(post, one, stage), post.words(one.start, one.end), upto=one.upto, about=one.about,
            currency=one.currency,
        )
        for one in amounts
    ]  # fmt: skip
    if stage in _BUILDS and all(one.kind is not _INVESTMENT for one in money):
        money = list(_by_default(post, amounts, money))
    return tuple(_each_once(post, without_parts(post, amounts, list(_without_spending(post, amounts, money)))))


def _each_once(post: Passage, money: Iterable[Money]) -> Iterator[Money]:
    """What title and body both state in the words of the first; those of a work report are no project's."""
    told: set[int] = set()
    for one in money:
        if one.kind is not _INVESTMENT:
            yield one
        elif one.yuan not in told:
            told.add(one.yuan)
            yield replace(one, kind=MoneyKind.GATHERED) if REPORT in post.title else one


def _by_default(post: Passage, amounts: tuple[Amount, ...], money: list[Money]) -> Iterator[Money]:
    """Where a project is told of and no amount is called its investment: the first that is called nothing else."""
    found = False
    for place, one in zip(amounts, money, strict=True):
        if found or one.kind is not MoneyKind.OTHER or not _may_be_a_project(post, place):
            yield one
            continue
        found = True
        yield replace(one, kind=_INVESTMENT)


def _may_be_a_project(post: Passage, one: Amount) -> bool:
    """Whether an amount that no word names stands in a sentence about works, early, and is great enough for them."""
    vague = one.yuan < _LEAST or post.text[one.start] in "百千"
    if vague or one.start > post.lead_end + _EARLY or one.currency != "元" or one.upto is not None:
        return False
    start, end = sentence_around(post.text, one.start, one.end, 60)
    before, after = clause_before(post.text, one.start), clause_after(post.text, one.end)
    if _KINDS.search(before) or _KINDS.search(after) or _AIMED.search(before) or _hedged(before, after, one):
        return False
    works = _WORKS.search(post.text, start, end) or _GROUND.search(post.text, start, end)
    return works is not None and not _aside(post, one, before)


def _without_spending(post: Passage, amounts: tuple[Amount, ...], money: list[Money]) -> Iterator[Money]:
    """What was spent (投入, 花, 完成投资) may be part of a project or aside: none beside a greater investment."""
    befores = [clause_before(post.text, one.start) for one in amounts]
    only_spent = [_only_spent(before) or _DONE.search(before) is not None for before in befores]
    invested = [(one.yuan, spent) for one, spent in zip(money, only_spent, strict=True) if one.kind is _INVESTMENT]
    greatest = max((yuan // _MUCH if spent else yuan for yuan, spent in invested), default=0)
    for one, spent in zip(money, only_spent, strict=True):
        aside = spent and one.kind is _INVESTMENT and one.yuan < greatest
        yield replace(one, kind=MoneyKind.OTHER) if aside else one


def _only_spent(before: str) -> bool:
    words = _SAID.findall(before)
    return bool(words) and _SPENT.fullmatch(words[-1]) is not None


def _kind(post: Passage, one: Amount, stage: Stage) -> MoneyKind:
    """What an amount is of, by the words of its clause."""
    before, after = clause_before(post.text, one.start), clause_after(post.text, one.end)
    kind = _by_words(before, after)
    if _is_taken_to_build(post, one, before, kind):
        kind = _INVESTMENT
    if kind is MoneyKind.OTHER:
        earlier = clause_before(post.text, one.start - len(before) - 1)
        summed = _SUMMED.match(before) and _GATHERED.search(earlier)
        kind = _INVESTMENT if summed or (ADDED.match(before) and _INVESTED.search(earlier)) else kind
    if kind is not _INVESTMENT:
        return kind
    if _only_spent(before) and _spent_on_else(post, one):
        return MoneyKind.OTHER
    if one.currency != "元" or one.upto is not None or _hedged(before, after, one):
        return MoneyKind.OTHER
    start, _ = sentence_around(post.text, one.start, one.end, 80)
    if stage in _SUPPOSED and _SUPPOSED[stage].search(post.text, start, one.start):
        return MoneyKind.OTHER
    if stage is Stage.POLICY and not _tells_of_a_project(post, one):
        return MoneyKind.OTHER
    return MoneyKind.OTHER if _aside(post, one, before) else kind


def _is_taken_to_build(post: Passage, one: Amount, before: str, kind: MoneyKind) -> bool:
    """拿出2.7亿建设加工园; 连同银行贷款凑成六亿元，押在新厂上."""
    took = {MoneyKind.OTHER: _TAKEN, MoneyKind.FUND: _GOT_TOGETHER}.get(kind)
    if took is None or not took.search(before):
        return False
    return _TO_BUILD.match(post.text[one.end : one.end + 12]) is not None


def _tells_of_a_project(post: Passage, one: Amount) -> bool:
    """Whether a sentence of a policy's post tells what was done, not what one has to do for a subsidy."""
    start, end = sentence_around(post.text, one.start, one.end, 80)
    done, asked = _DONE_BESIDE.search(post.text, start, end), _ASKED.search(post.text, start, end)
    return done is not None and asked is None


def _by_words(before: str, after: str) -> MoneyKind:
    """The word beside the amount, else the noun that it qualifies, else the last word before it."""
    if ADJACENT.search(before) or _TURNED.match(after) or (_PROJECTS.search(before) and _AGREED.search(after)):
        return _INVESTMENT
    called = _CALLED.match(after)
    if called is not None:
        return _named(called)
    told = list(_KINDS.finditer(before))
    if told and not (told[-1].lastgroup == "investment" and len(before) - told[-1].end() > _FAR):
        return _named(told[-1])
    if _THING.match(after) and (_BUILT.search(before) or _BEGUN.search(after)) and not _AIMED.search(before):
        return _INVESTMENT
    return MoneyKind.OTHER


def _named(match: re.Match[str]) -> MoneyKind:
    return MoneyKind(match.lastgroup or "other")


def _hedged(before: str, after: str, one: Amount) -> bool:
    """Whether it is a threshold, a ceiling, a saving, or one of a count: 投资1000万元以上项目27个."""
    if _VETO.search(before) or _SPENT_NOT_BUILT.search(before):
        return True
    if _STATISTIC.search(before) and not _DONE.search(before):
        return True
    if _AT_LEAST.match(after):
        return not (after.startswith("以上") and len(after) == len("以上") and "总投资" in before)
    return one.about and _COUNTED.match(after) is not None


def _spent_on_else(post: Passage, one: Amount) -> bool:
    """Whether what was spent was not spent on building anything, or on what a place builds for everybody."""
    start, end = sentence_around(post.text, one.start, one.end, 60)
    if not _WORKS.search(post.text, start, end):
        return True
    return _OWN_SPENDING.search(clause_after(post.text, one.end)) is not None


def _aside(post: Passage, one: Amount, before: str) -> bool:
    """Whether the sentence is about more than what the post reports, or of a list of projects that look for money."""
    start, end = sentence_around(post.text, one.start, one.end, 80)
    if REPORT in post.title:
        return _WISHED.search(post.text, start, one.start) is not None
    if _LISTED.search(post.text, start, one.start) or _TRADED.search(post.text, start, one.start):
        return True
    if _TRADED_AFTER.match(post.text[one.end : end]):
        return True
    return _only_meant(post, one, start, end) or _of_all(post, one, before, start)


def _only_meant(post: Passage, one: Amount, start: int, end: int) -> bool:
    """Whether nothing was signed of it yet: 意向投资额约7亿元."""
    if _SIGNED.search(post.text, start, one.start):
        return False
    if _INVITED.search(post.text, one.end, end):
        return True
    meant = _ONLY_MEANT.search(post.text, start, one.start) or _STILL_TALKED_OF.search(post.text, one.end, end)
    return meant is not None


def _of_all(post: Passage, one: Amount, before: str, start: int) -> bool:
    """Whether it is of what a place has gathered, over a time or in projects that it counts."""
    surveyed = ("累计" in before and not _DONE.search(before)) or _SURVEYED.search(post.text, start, one.start)
    if surveyed and not _INTENDED.search(post.text, start, one.start):
        return True
    if one.start <= post.lead_end:
        return False
    if WIDE.search(post.text, start, one.start):
        return True
    return _IN_ALL.search(post.text, start, one.start) is not None and not _SIGNED.search(post.text, start, one.start)
