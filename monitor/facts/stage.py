"""How far the event of a post is: signed, begun, producing, a visit, a promotion, a policy; by the words, title first.

It weighs what the title, the lead and the body say has happened, and leaves out what they plan or look back on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.facts.findings import Stage
from monitor.facts.passage import Passage, any_of

# Strong words name the stage; weak ones go with it and also stand elsewhere.
_STRONG = {
    Stage.SIGNING: "签约|签订|签署|签下|签定|签了|签字|缔约|揽约",
    Stage.GROUNDBREAKING: (
        "开工|动工|奠基|破土|开建|加紧施工|紧张施工|有序施工|正在施工|启动建设|全面建设|加快建设中|打下第一桩|"
        "桩基施工|主体施工|项目建设现场|动土"
    ),
    Stage.PRODUCTION: (
        "投产|投用|启用|投入使用|投入运营|投入生产|正式运营|投运|量产|试生产|试产|试车|投料|跑通|开港|"
        "开始运转|竣工|开机运行|并网|开业|开园|点火|出铁|出炉|下线|建成|建起|出料|开机|试运行|走下生产线|通车"
    ),
    Stage.VISIT: "考察|调研|到访|来访|走访|参访|访问|代表团|考察团|调研组",
    Stage.PROMOTION: (
        "推介会|推介活动|盛会|参会|招商会|洽谈会|恳谈会|博览会|投资大会|产业大会|招商大会|对接会|交易会|"
        "采购节|投洽会|产业峰会|发展大会|合作大会|招商活动|交流会|展销会|交易大会|产业节|贸洽会"
    ),
    Stage.POLICY: (
        "出台|印发|新政|实施细则|若干措施|若干政策|行动方案|实施意见|管理办法|扶持办法|实施办法|条措施|条政策|"
        "政策礼包|政策包|惠企十条"
    ),
}
_WEAK = {
    Stage.SIGNING: "落户|落地|落子|花落|牵手|携手|结成|引进|引入|相中|看中|选址|入驻|结缘|协议|合同",
    Stage.GROUNDBREAKING: "施工|建设|打桩|桩基|塔吊|挖掘机|封顶|厂房|工地|工期|进场|浇筑|吊装|钢结构",
    Stage.PRODUCTION: (
        "生产线|达产|首批|产品|运行|出口|发往|订单|满产|工厂|产能|车间|技术员|灌装|发货|上市|工人|建起|流水线"
    ),
    Stage.VISIT: (
        "走进|座谈|参观|实地|迎来|察看|了解|交流|来宾|客人|接待|对接|来到|客商|一行|看园区|谈合作|来客|牵线|引荐"
    ),
    Stage.PROMOTION: "推介|大会|论坛|展会|年会|参展|客商|举办|举行|推荐|展位|现场签约|来宾|采购商|会场|会上",
    Stage.POLICY: "政策|措施|方案|办法|细则|意见|发布|公布|施行|补助|奖励|有效期|兑现|条款|奖补",
}
_PLANNED = re.compile(
    r"(?:将|将于|拟|计划|预计|力争|争取|有望|确保|待|即将|尽快|早日|尽早|推动|促进|实现|加快|争取早|明年|年内|年底|底前|"
    r"一旦|等到|未来|可望)[^，,。；;、！]{0,9}$|(?:从|促|催|抓|保|盼)[^，,。；;、！]{0,3}$|(?:将于|预计|力争|拟于)[^。；;！]{0,30}$"
)
_LATER = re.compile(
    r"(?:后|之后|以后|前|初期|之前|时|之日|时间|条件|率|仪式后|即|就|项目\d|项目[一二三四五六七八九十]|的?企业(?!负责))"
)
_PAST = re.compile(
    r"(?:此前|早在|曾|回顾|自从|先后|累计|已有|近年来|多次|当年|去年以来|今年以来|全县|全市|全区)[^，,。；;]{0,12}$"
)
_COUNTED = re.compile(r"[^，,。；;]{0,10}\d+[个家]")  # 新签约亿元以上项目52个: a year's figures
_FIRST_PHASE = re.compile(r"一期[^，,。；;]{0,12}$")
_LATER_PHASE = re.compile(r"[二三四五]期")
_ESSAY = re.compile(r"营商环境|优环境|保驾护航|惠企|服务企业|助企|护航|亲商|安商|便民|政务服务|放管服|发展环境|改革")
_REPORT = re.compile(r"工作报告|工作总结|年度总结|综述|公报|五年规划|发展规划纲要|大事记")
_POLICY_LEAD = re.compile(
    r"(?:印发|出台|发布|公布|制定|推出|拿出|实施)[^。；;]{0,30}(?:政策|措施|方案|办法|细则|意见|条|通知|清单|规划|举措|行动计划)"
)
_FAIR = re.compile(
    r"(?:推介会|招商会|洽谈会|恳谈会|博览会|(?<!代表|动员|推进|表彰|部署)大会|对接会|交易会|论坛|峰会|展会|推介活动|招商活动|投洽会|文化节|产业节)"
)
_TALKS = re.compile(r"(?:考察|调研|参访|访问|采访|参观|商务|代表|交流)(?:团|组)|(?:组团|率团|一行)")

_TITLE, _LEAD, _BODY = 6.0, 3.0, 0.7
_WEAK_TITLE, _WEAK_LEAD, _WEAK_BODY = 1.6, 1.0, 0.3
_MOST_BODY = 2.4  # what the body can add for one stage, however long it is
_ENOUGH = 1.2
_BODY_READ = 3000  # characters; the main event is told before


def _said_by() -> dict[str, list[tuple[Stage, bool]]]:
    """What each word speaks for, and whether strongly."""
    table: dict[str, list[tuple[Stage, bool]]] = {}
    for strong, words_of in ((True, _STRONG), (False, _WEAK)):
        for stage, words in words_of.items():
            for word in words.split("|"):
                table.setdefault(word, []).append((stage, strong))
    return table


_SAYS = _said_by()
_WORDS = any_of(_SAYS)


@dataclass(slots=True)
class _Scores:
    """What speaks for each stage, and the first words that did."""

    points: dict[Stage, float] = field(default_factory=dict)
    body: dict[Stage, float] = field(default_factory=dict)
    words: dict[Stage, tuple[float, str]] = field(default_factory=dict)
    named: list[Stage] = field(default_factory=list)  # by a strong word of the title; without one, of the lead

    def add(self, stage: Stage, points: float, words: str) -> None:
        self.points[stage] = self.points.get(stage, 0.0) + points
        if points > self.words.get(stage, (0.0, ""))[0]:
            self.words[stage] = (points, words)

    def add_body(self, stage: Stage, points: float, words: str) -> None:
        allowed = min(points, _MOST_BODY - self.body.get(stage, 0.0))
        if allowed > 0:
            self.body[stage] = self.body.get(stage, 0.0) + allowed
            self.add(stage, allowed, words)


def read_stage(post: Passage) -> tuple[Stage, str]:
    """The stage and the words that decided. 其他 for reports and essays, and where nothing speaks clearly."""
    if report := _REPORT.search(post.title):
        return Stage.OTHER, report[0]
    scores = _Scores()
    _weigh_part(scores, post, (0, post.title_end), _TITLE, _WEAK_TITLE)
    _weigh_part(scores, post, (post.title_end + 1, post.lead_end), _LEAD, _WEAK_LEAD)
    _weigh_body(scores, post)
    _weigh_genre(scores, post)
    if not scores.points:
        return Stage.OTHER, ""
    best = max(scores.named or scores.points, key=lambda stage: scores.points[stage])
    if scores.points[best] < _ENOUGH or _is_essay(post, scores, best):
        return Stage.OTHER, ""
    return best, scores.words[best][1]


def _cues(post: Passage, start: int, end: int) -> Iterator[tuple[Stage, bool, str]]:
    """Words of a stage that are said of what has happened: stage, whether strong, the words."""
    second = _LATER_PHASE.search(post.text, 0, post.lead_end) is not None
    for match in _WORDS.finditer(post.text, start, end):
        before = post.text[max(start, match.start() - 34) : match.start()]
        if _LATER.match(post.text, match.end()) or _PLANNED.search(before) or _PAST.search(before):
            continue
        if before.endswith("新") and _COUNTED.match(post.text, match.end()):
            continue
        if second and (_FIRST_PHASE.search(before) or post.text.startswith("一期", match.end())):
            continue
        for stage, strong in _SAYS[match[0]]:
            yield stage, strong, post.words(match.start(), match.end())


def _weigh_part(scores: _Scores, post: Passage, part: tuple[int, int], strongly: float, weakly: float) -> None:
    """Title or lead: each stage once at full weight, by its strongest word there."""
    best: dict[Stage, tuple[float, str]] = {}
    for stage, strong, words in _cues(post, *part):
        points = strongly if strong else weakly
        if points > best.get(stage, (0.0, ""))[0]:
            best[stage] = (points, words)
    for stage, (points, words) in best.items():
        scores.add(stage, points, words)
    scores.named = scores.named or [stage for stage, (points, _) in best.items() if points == strongly]


def _weigh_body(scores: _Scores, post: Passage) -> None:
    """The body: each word once, however often it stands there."""
    cues = _cues(post, post.lead_end, min(len(post.text), post.lead_end + _BODY_READ))
    for stage, strong, words in dict.fromkeys(cues):
        scores.add_body(stage, _BODY if strong else _WEAK_BODY, words)


def _weigh_genre(scores: _Scores, post: Passage) -> None:
    """A fair at which things are signed is a fair; a delegation that talks is a visit; a policy needs its paper."""
    if fair := _FAIR.search(post.title):
        scores.add(Stage.PROMOTION, _TITLE, fair[0])
        scores.named.append(Stage.PROMOTION)
    for part, weight in ((post.title, _TITLE), (post.lead, _LEAD)):
        if fair := _FAIR.search(part):
            scores.add(Stage.PROMOTION, weight * 0.5, fair[0])
        if talks := _TALKS.search(part):
            scores.add(Stage.VISIT, weight * 0.5, talks[0])
        if paper := _POLICY_LEAD.search(part):
            scores.add(Stage.POLICY, weight * 0.7, paper[0])
    if Stage.POLICY in scores.points and not (_POLICY_LEAD.search(post.title) or _POLICY_LEAD.search(post.lead)):
        scores.points[Stage.POLICY] *= 0.4


def _is_essay(post: Passage, scores: _Scores, best: Stage) -> bool:
    """A title on the business climate, and no event of its own in the lead."""
    return _ESSAY.search(post.title) is not None and scores.points[best] < _TITLE
