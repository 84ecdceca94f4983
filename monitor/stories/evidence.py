"""What of a post tells whether another reports the same event; read once, kept as text, compared elsewhere."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from monitor.facts.findings import Facts, Level, Stage
from monitor.facts.passage import Passage, any_of, passage_of
from monitor.facts.place_divisions import divisions, forms
from monitor.stories.figures import read_figures
from monitor.stories.figures import weight as figure_weight
from monitor.stories.names import cores_of
from monitor.stories.products import products_of
from monitor.stories.words import Rarity, all_words, learned, rare_words

VERSION = 3  # raised when what is read changes: stored evidence of another version is read again

_ABROAD = (
    "越南|泰国|老挝|缅甸|柬埔寨|马来西亚|新加坡|印度尼西亚|印尼|菲律宾|印度|巴基斯坦|哈萨克斯坦|乌兹别克斯坦|吉尔吉斯斯坦|俄罗斯|"
    "蒙古|蒙古国|日本|韩国|朝鲜|德国|法国|英国|意大利|西班牙|葡萄牙|荷兰|比利时|瑞士|瑞典|丹麦|挪威|芬兰|波兰|匈牙利|捷克|奥地利|"
    "塞尔维亚|希腊|土耳其|以色列|沙特|阿联酋|迪拜|伊朗|埃及|南非|尼日利亚|肯尼亚|埃塞俄比亚|美国|加拿大|墨西哥|巴西|阿根廷|智利|秘鲁|"
    "孟加拉国|孟加拉|斯里兰卡|尼泊尔|阿富汗|土库曼斯坦|塔吉克斯坦|格鲁吉亚|阿塞拜疆|亚美尼亚|白俄罗斯|乌克兰|罗马尼亚|保加利亚|"
    "斯洛伐克|斯洛文尼亚|克罗地亚|爱尔兰|冰岛|爱沙尼亚|拉脱维亚|立陶宛|卡塔尔|科威特|阿曼|巴林|约旦|黎巴嫩|伊拉克|摩洛哥|阿尔及利亚|"
    "突尼斯|加纳|坦桑尼亚|乌干达|赞比亚|津巴布韦|安哥拉|刚果|卢旺达|喀麦隆|塞内加尔|科特迪瓦|马达加斯加|毛里求斯|古巴|哥伦比亚|"
    "委内瑞拉|厄瓜多尔|乌拉圭|巴拿马|哥斯达黎加|文莱|东帝汶|斐济|"
    "澳大利亚|新西兰|香港|澳门|台湾|欧盟|东盟|非洲|欧洲|中亚|葡语国家"
)
_PEOPLE = {
    "俄商": "俄罗斯", "港商": "香港", "港企": "香港", "港资": "香港", "澳商": "澳门", "台商": "台湾", "台企": "台湾",
    "台资": "台湾", "日商": "日本", "日企": "日本", "日资": "日本", "韩商": "韩国", "韩企": "韩国", "韩资": "韩国",
    "德企": "德国", "德资": "德国", "美企": "美国", "美资": "美国", "泰商": "泰国", "越商": "越南", "缅商": "缅甸",
    "孟商": "孟加拉国", "孟加拉": "孟加拉国", "蒙商": "蒙古", "粤商": "广东", "浙商": "浙江", "闽商": "福建",
    "苏商": "江苏", "沪商": "上海", "川商": "四川", "湘商": "湖南", "徽商": "安徽", "晋商": "山西", "鲁商": "山东",
    "豫商": "河南", "赣商": "江西", "楚商": "湖北", "渝商": "重庆", "京商": "北京", "津商": "天津", "鹏城": "深圳",
    "羊城": "广州", "蓉城": "成都", "申城": "上海", "江城": "武汉", "星城": "长沙", "冰城": "哈尔滨", "金陵": "南京",
    "山城": "重庆", "春城": "昆明",
}  # fmt: skip
_SAID = {
    Stage.SIGNING: re.compile(r"签约|签订|签署|签下|协议|落户|落地|牵手|合同"),
    Stage.GROUNDBREAKING: re.compile(r"开工|动工|奠基|破土|开建|启建"),
    Stage.PRODUCTION: re.compile(r"投产|竣工|建成|启用|投用|投运|下线|点火|开机|开业|运营|试产|试生产"),
    Stage.VISIT: re.compile(r"考察|调研|到访|来访|走访|参访|代表团|考察团"),
    Stage.PROMOTION: re.compile(r"推介|大会|博览会|展会|招商会|恳谈会|对接会|洽谈会"),
    Stage.POLICY: re.compile(r"出台|印发|发布|措施|办法|方案|政策|意见|条例"),
}
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_FIRST, _FIRST_IN = 2, 200  # sentences, in so many characters
_WORDS_TOO = {"来宾", "长治", "安康", "大同"}  # cities whose names are said of anything
_ANNUAL = re.compile(r"政府工作报告|国民经济和社会发展统计公报|统计公报")
_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_PHASE = re.compile(r"(?<![分全首])([二三四五2345])期(?!货)")
_PHASES = {sign: number for number, sign in enumerate("二三四五", 2)} | {str(n): n for n in range(2, 6)}
_PARTNER_IN = 300  # words
_TWICE = 2
_OUTSIDE_IN = 200  # characters in which a delegation's home and a fair's stop are named


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that two posts are compared by."""

    place: str | None  # division code
    stage: Stage
    stage_sure: bool  # its headline or its first sentences say so; a feature is read from what it happens to mention
    year: int | None
    month: int | None
    day: int | None
    edition: int | None
    phase: int  # 2 for 二期; 1 when none is named
    report: str | None  # of which year, for a work report
    investments: tuple[int, ...]
    figures: frozenset[str]
    companies: tuple[str, ...]  # what is their own in their names
    products: frozenset[str]  # how it calls its project or product; what a policy is for
    partner: str | None  # the first digits of another prefecture that is named early, more than once
    outside: frozenset[str]  # other places named early: where a delegation is from, where a fair is held
    title: frozenset[str]  # rare words of the title
    words: frozenset[str]  # rare words of all of it
    figures_mass: float


def read_evidence(title: str, body: str, facts: Facts, rarity: Rarity | None = None) -> Evidence:
    """The evidence of a post whose facts were read. Answers whatever the text is; raises nothing."""
    rarity = rarity or learned()
    post = passage_of(title, body)
    own = place_names(facts.place.code) if facts.place else ()
    name = post.title.strip()
    date = facts.event_date
    figures = read_figures(post.text)
    told = list(all_words(post.text))
    words = rare_words(told, rarity, own)
    return Evidence(
        place=facts.place.code if facts.place else None,
        stage=facts.stage,
        stage_sure=_is_sure(name, body, facts.stage),
        year=date.year if date else None,
        month=date.month if date else None,
        day=date.day if date else None,
        edition=facts.edition,
        phase=_phase(post.title + post.lead),
        report=_report(name),
        investments=facts.contracted,
        figures=figures,
        companies=cores_of(facts.parties, own),
        products=products_of(post, words, facts.stage),
        partner=_partner(told[:_PARTNER_IN], facts.place.code if facts.place else None),
        outside=_outside(post, own),
        title=rare_words(all_words(name), rarity, own),
        words=words,
        figures_mass=sum(map(figure_weight, figures)),
    )


@cache
def place_names(code: str) -> tuple[str, ...]:
    """The names of a division and of those above it, long and short, the longest first."""
    line = divisions()[code].line
    return tuple(sorted({form for one in line for form in (one.name, one.stem)}, key=len, reverse=True))


def _phase(lead: str) -> int:
    found = _PHASE.search(lead)
    return _PHASES[found[1]] if found else 1


def _report(title: str) -> str | None:
    if not _ANNUAL.search(title):
        return None
    year = _YEAR.search(title)
    return year[1] if year else ""


def _partner(lead: Iterable[str], place: str | None) -> str | None:
    """The prefecture, elsewhere, of a county or city that is named in full, or more than once."""
    counts: Counter[str] = Counter()
    named = forms()
    for word in lead:
        form = named.get(word)
        if form is not None and len(form.divisions) == 1 and not form.word:
            counts[form.divisions[0].code[:4]] += _TWICE if form.full else 1
    home = (place or "")[:4]
    elsewhere = [(count, code) for code, count in counts.items() if code != home and not code.endswith("00")]
    count, code = max(elsewhere, default=(0, ""))
    return code if count >= _TWICE else None


def _is_sure(title: str, body: str, stage: Stage) -> bool:
    """Whether the stage is told in so many words where a reporter tells what happened."""
    told = _SAID.get(stage)
    if told is None:
        return False
    first = [sentence for sentence in _SENTENCE_END.split(body[:_FIRST_IN]) if sentence.strip()][:_FIRST]
    return any(told.search(text) for text in (title, *first))


def _outside(post: Passage, own: Collection[str]) -> frozenset[str]:
    """The other places that the title names; when it names none, those of the first lines."""
    begin = post.title_end
    return _named(post.title, own) or _named(post.text[begin : begin + _OUTSIDE_IN], own)


def _named(text: str, own: Collection[str]) -> frozenset[str]:
    found = {_PEOPLE.get(match[0], match[0]) for match in _places().finditer(text)}
    return frozenset(found.difference(own))


@cache
def _places() -> re.Pattern[str]:
    cities = {one.stem for one in divisions().values() if one.level is not Level.COUNTY} - _WORDS_TOO
    return any_of({*_ABROAD.split("|"), *_PEOPLE, *cities})


def pack(evidence: Evidence) -> str:
    """The evidence as one line of JSON."""
    return json.dumps(
        [
            evidence.place,
            evidence.stage.value,
            evidence.stage_sure,
            [evidence.year, evidence.month, evidence.day],
            [evidence.edition, evidence.phase, evidence.report],
            evidence.investments,
            " ".join(sorted(evidence.figures)),
            evidence.companies,
            " ".join(sorted(evidence.products)),
            evidence.partner,
            " ".join(sorted(evidence.outside)),
            " ".join(sorted(evidence.title)),
            " ".join(sorted(evidence.words)),
            round(evidence.figures_mass, 3),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def unpack(text: str) -> Evidence:
    """The evidence that pack() wrote. Raises ValueError for any other text."""
    place, stage, sure, (year, month, day), (edition, phase, report), money, figures, *rest = json.loads(text)
    companies, products, partner, outside, title, words, figures_mass = rest
    return Evidence(
        place=place,
        stage=Stage(stage),
        stage_sure=sure,
        year=year,
        month=month,
        day=day,
        edition=edition,
        phase=phase,
        report=report,
        investments=tuple(money),
        figures=frozenset(figures.split()),
        companies=tuple(companies),
        products=frozenset(products.split()),
        partner=partner,
        outside=frozenset(outside.split()),
        title=frozenset(title.split()),
        words=frozenset(words.split()),
        figures_mass=figures_mass,
    )
