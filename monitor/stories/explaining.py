"""Says in Chinese why two posts are taken for one event: what agrees, then what conflicts."""

from collections.abc import Iterator

from monitor.facts.findings import Stage
from monitor.facts.money_words import in_yuan
from monitor.facts.place_divisions import divisions
from monitor.stories import figures, names
from monitor.stories.comparing import Features, Nearness, nearness, same_money, shared_company
from monitor.stories.evidence import Evidence
from monitor.stories.words import learned

_FIGURES, _WORDS = 4, 5  # at most so many are named
_SAME_TEXT, _MUCH_TEXT = 0.8, 0.3
_BIG = {10**8: "亿", 10**4: "万"}


def reasons(a: Evidence, b: Evidence, features: Features) -> tuple[str, ...]:
    """What two posts agree in, then what they conflict in (不同…); short phrases, the most telling first."""
    return (*_agreeing(a, b, features), *_conflicting(a, b))


def _agreeing(a: Evidence, b: Evidence, features: Features) -> Iterator[str]:
    if features.words >= _SAME_TEXT:
        yield "文字几乎相同"
    elif features.words >= _MUCH_TEXT:
        yield "大段文字相近"
    yield from _same_subject(a, b)
    yield from _same_occasion(a, b, features)
    measures = (one for one in a.figures & b.figures if not one.endswith("元"))
    if told := sorted(measures, key=lambda one: (-figures.weight(one), one)):
        yield f"相同数字 {'、'.join(map(in_words, told[:_FIGURES]))}"
    rarity = learned()
    if common := sorted(a.words & b.words, key=lambda word: (-rarity(word), -len(word), word)):
        yield f"共有少见词 {len(common)} 个，如{'、'.join(common[:_WORDS])}"


def _same_subject(a: Evidence, b: Evidence) -> Iterator[str]:
    if a.place and b.place and (near := nearness(a, b)) in (Nearness.SAME, Nearness.NEAR):
        finer = max(a.place, b.place, key=lambda code: len(code.rstrip("0")))
        yield f"{'同一地点' if near is Nearness.SAME else '地点相容'}（{divisions()[finer].name}）"
    if company := shared_company(a, b, learned()):
        yield f"同一企业“{company}”"
    if amounts := [yuan for yuan in a.investments if same_money([yuan], b.investments)]:
        yield f"同一投资额 {'、'.join(map(in_yuan, amounts[:_FIGURES]))}"


def _same_occasion(a: Evidence, b: Evidence, features: Features) -> Iterator[str]:
    if a.edition is not None and a.edition == b.edition:
        yield f"同为第{a.edition}届"
    if features.guest:
        yield f"同涉{'、'.join(sorted(a.outside & b.outside)[:_FIGURES])}"
    if a.stage is b.stage and a.stage is not Stage.OTHER:
        yield f"同为{a.stage.value}"
    if a.day is not None and (a.month, a.day) == (b.month, b.day):
        yield f"同在{a.month}月{a.day}日"


def _conflicting(a: Evidence, b: Evidence) -> Iterator[str]:
    if nearness(a, b) is Nearness.FAR:
        yield "地点不同"
    if a.companies and b.companies and not names.shared(a.companies, b.companies):
        yield f"企业不同（{a.companies[0]}／{b.companies[0]}）"
    if a.investments and b.investments and not same_money(a.investments, b.investments):
        yield f"投资额不同（{in_yuan(a.investments[0])}／{in_yuan(b.investments[0])}）"
    if a.stage is not b.stage and Stage.OTHER not in (a.stage, b.stage):
        yield f"阶段不同（{a.stage.value}／{b.stage.value}）"
    if None not in (a.edition, b.edition) and a.edition != b.edition:
        yield f"届次不同（第{a.edition}届／第{b.edition}届）"
    if a.phase != b.phase:
        yield f"期数不同（第{a.phase}期／第{b.phase}期）"
    if None not in (a.year, b.year) and a.year != b.year:
        yield f"年份不同（{a.year}／{b.year}）"


def in_words(figure: str) -> str:
    """A figure as people write it: 3.6万吨 of 36000吨."""
    digits, unit = figures.split(figure)
    value = float(digits)
    for size, word in _BIG.items():
        if value >= size:
            return f"{value / size:.6g}{word}{unit}"
    return f"{digits}{unit}"
