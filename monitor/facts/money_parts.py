"""Which investments are parts of one that the post tells whole, and which tell it twice; it reads no kinds of money."""

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.facts.amounts import Amount, rounds
from monitor.facts.findings import Money, MoneyKind
from monitor.facts.passage import Passage, clause_after, clause_before, sentence_around

_PHASE = re.compile(r"[一二三四五六首]期(?!限)")
_EVENT_OF = re.compile(
    r"([一二三四五六首]期)[^，,。；;将拟计预]{0,10}(?:开工|投产|竣工|签约|启用|奠基|动工|破土|下线|投用)"
)
# One of several that were signed, named (其中甲公司投资5亿元), is told whole; a sum of some of them is not.
_NAMED = re.compile(
    r"(?:公司|集团|项目|基地|[业技物料源药品工子电能控份纺械农器造易展游流])(?:计划|拟|将|追加|总|协议|预计|合计)*投资[^，,]{0,3}$|^(?:最大|最小)|最[大多高小]的?(?:一[个笔项家])?(?:达到?|为|是|有|投资)?了?$"
)
_OF_MANY = re.compile(
    r"项目[共达有]?(?:\d+|[一二两三四五六七八九十]+)[个项]|(?:\d+|[一二两三四五六七八九十]+)[个项]|(?:工业|农业|文旅|制造业|服务业|产业|外资|台资|港资|一期|首期|"
    r"固定资产|设备|建设|自筹|环保|技改)(?:项目)?(?:总|计划)*投资"
)
_PART = re.compile(r"配套(?:的|建设)|首批|前期|后期|远期|一阶段|固定资产投资|设备投资|建设投资|环保投资|流动资金|土建")
WIDE = re.compile(
    r"累计|以来|全年|上半年|前三季度|一季度|近年来|近[两三五]年|据统计|截至目前|[一二三]年来|“十[三四五]五”|目前已|已有\d+|"
    r"已落户|已引进|已集聚|已聚集|历年|完成固定资产投资|固定资产投资完成"
)
ADDED = re.compile(
    r"^\s*$|^\s*(?:合起来|加起来|合在一起|合计|共计|总共|一共|(?:精确|准确|具体|确切)[^，,]{0,4}是)[^，,]{0,2}$"
)
REPORT = "工作报告"


def without_parts(post: Passage, amounts: tuple[Amount, ...], money: list[Money]) -> Iterator[Money]:
    """Mark what is part of an investment told whole, and leave out the rounded telling of an exact one."""
    pairs = list(zip(amounts, money, strict=True))
    invested = [(place, one) for place, one in pairs if one.kind is MoneyKind.INVESTMENT]
    whole = {one.yuan for place, one in invested if not _is_part(post, place)}
    if not whole and invested:  # only phases were told: the first is the one that the post is about
        main = _main_phase(post) or _phase(post, invested[0][0])
        whole = {one.yuan for place, one in invested if _phase(post, place) in (main, "")}
    for place, one in pairs:
        if one.kind is not MoneyKind.INVESTMENT:
            yield one
        elif (one.about or place.start < post.title_end) and any(_rounds(one, other) for _, other in invested):
            continue
        else:
            yield one if one.yuan in whole else replace(one, kind=MoneyKind.PART)


def _is_part(post: Passage, one: Amount) -> bool:
    """Whether its sentence says 其中, 首期, another phase than the title, or tells of more than this event."""
    start, _ = sentence_around(post.text, one.start, one.end, 60)
    if ADDED.match(clause_before(post.text, one.start)):
        return False
    among = post.text.rfind("其中", start, one.start)
    if among >= 0:
        return (
            _NAMED.search(clause_before(post.text, one.start)) is None
            or _OF_MANY.search(post.text, among, one.start) is not None
        )
    if REPORT not in post.title and WIDE.search(post.text, start, one.start):
        return True
    if _PART.search(clause_before(post.text, one.start)):
        return True
    phase = _phase(post, one)
    return bool(phase) and phase not in post.title


def _phase(post: Passage, one: Amount) -> str:
    """The last phase (一期) that its sentence names before the amount."""
    start, _ = sentence_around(post.text, one.start, one.end, 60)
    phases = _PHASE.findall(post.text, start, one.start)
    if phases or "总投资" in clause_before(post.text, one.start):
        return phases[-1] if phases else ""
    return "".join(_PHASE.findall(clause_after(post.text, one.end, 12))[:1])


def _main_phase(post: Passage) -> str:
    """The phase of which the lead tells an event."""
    found = _EVENT_OF.findall(post.text, 0, post.lead_end)
    return found[0] if found else ""


def _rounds(about: Money, exact: Money) -> bool:
    """Whether 近九亿, or 九亿 in a title, may be said of 8.8亿."""
    return not exact.about and rounds(about.yuan, about.about, exact.yuan)
