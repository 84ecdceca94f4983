"""How far the event of a post is: signed, begun, producing, a visit, a promotion, a policy; by the words, title first.

It weighs what the title, the lead and the body say has happened, and leaves out what they plan or look back on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.facts.findings import Stage
from monitor.facts.passage import Passage, any_of
from monitor.facts.scenes import is_made_of_intentions, scene_points

# Strong words name the stage; weak ones go with it and also stand elsewhere.
_STRONG = {
    Stage.SIGNING: (
        "签约|签订|签署|签下|签定|签了|签字|缔约|揽约|签的合同|签的约|签完|落笔|合同签|签在|拍板|拍了板|敲定"
    ),
    Stage.GROUNDBREAKING: (
        "开工|动工|奠基|破土|开建|加紧施工|紧张施工|有序施工|正在施工|启动建设|全面建设|加快建设中|正在建设|推土机轰鸣|推土机的轰鸣|打下第一桩|"
        "桩基施工|主体施工|项目建设现场|动土|主体封顶|厂房封顶|结构封顶|主体已封顶|正在封顶|正在打桩|打桩机|脚手架|基坑|施工现场|主体全部封顶|打下第一根桩|第一铲土|培土|启动仪式|建设启动"
    ),
    Stage.PRODUCTION: (
        "投产|投用|启用|投入使用|投入运营|投入生产|开门营业|开门迎客|投入营业|正式营业|试营业|正式运营|投运|量产|试生产|试产|试车|投料|跑通|开港|"
        "开始运转|竣工|开机运行|并网|开业|开园|揭牌运营|上线运行|上线运营|点火|点着|出铁|出炉|下线|建成|建起|出料|开机|试运行|走下生产线|通车"
    ),
    Stage.VISIT: "会谈|率队|率团|回访|拜访|考察|调研|到访|来访|走访|参访|访问|代表团|考察团|调研组",
    Stage.PROMOTION: (
        "推介会|推介活动|盛会|参会|招商会|洽谈会|恳谈会|博览会|投资大会|产业大会|招商大会|对接会|交易会|"
        "恳谈|大集|招商座谈会|展洽会|品鉴会|盲品会|订货会|招引会|圆桌会|花博会|茶博会|农博会|药博会|文博会|展博会|旅博会|闭幕|落幕|开幕|采购节|投洽会|产业峰会|发展大会|合作大会|招商活动|交流会|展销会|交易大会|产业节|贸洽会"
    ),
    Stage.POLICY: (
        "出台|印发|新政|实施细则|若干措施|若干政策|行动方案|实施意见|管理办法|扶持办法|实施办法|条措施|条政策|"
        "新规|若干规定|政策解读|政策礼包|政策包|惠企十条"
    ),
}
_WEAK = {
    Stage.SIGNING: "落户|落地|落子|花落|牵手|携手|结成|引进|引入|引来|请来|相中|看中|选址|结缘|协议|合同",
    Stage.GROUNDBREAKING: "施工|建设|打桩|桩基|塔吊|挖掘机|封顶|厂房|工地|工期|进场|浇筑|吊装|钢结构",
    Stage.PRODUCTION: (
        "生产线|达产|满负荷|首批|产品|运行|出口|发往|订单|满产|工厂|产能|车间|技术员|灌装|发货|上市|点亮|夜班|工人|建起|流水线"
    ),
    Stage.VISIT: (
        "走进|座谈|参观|实地|迎来|察看|了解|交流|来宾|客人|接待|对接|来到|客商|一行|看园区|谈合作|来客|牵线|引荐|第一站|下一站|一行人|临走|临别|带队|送行|取经|商会|会长|翻译|陪同"
    ),
    Stage.PROMOTION: "推介|大会|论坛|展会|年会|参展|客商|举办|举行|推荐|展位|现场签约|来宾|采购商|会场|会上",
    Stage.POLICY: "政策|措施|方案|办法|细则|意见|发布|公布|施行|补助|奖励|有效期|兑现|条款|奖补",
}
_PLANNED = re.compile(
    r"(?:将|将于|拟|计划|预计|力争|争取|有望|确保|待|即将|尽快|早日|尽早|推动|促进|实现|加快|争取早|明年|年内|年底|底前|早|"
    r"一旦|等到|未来|可望)[^，,。；;、！]{0,9}$|(?<![〇零一二三四五六七八九])[一二两三四五]年内?$|(?:从|促|催|抓|保|盼|只等|静待)[^，,。；;、！]{0,3}$|(?:将于|预计|力争|拟于)[^。；;！]{0,30}$"
)
_LATER = re.compile(
    r"(?:后|之后|以后|前|初期|之前|时|之日|时间|条件|率|意向|仪式后|即|就|项目\d|项目、|项目[一二三四五六七八九十]|(?<!新签约)的?企业(?!负责)|验收[后合])"
)
_PAST = re.compile(
    r"(?:此前|早在|曾|回顾|自从|先后|累计|已有|近年来|多次|当年|去年以来|今年以来|全县|全市|全区)[^，,。；;]{0,12}$"
)
_COUNTED = re.compile(r"[^，,。；;]{0,10}\d+[个家]")  # 新签约亿元以上项目52个: a year's figures
_FIRST_PHASE = re.compile(r"一期[^，,。；;]{0,12}$")
_LATER_PHASE = re.compile(r"[二三四五]期")
_ESSAY = re.compile(
    r"营商|[为让]企业|优环境|保驾护航|惠企|服务企业|助企|护航|亲商|安商|便民|政务服务|放管服|发展环境|改革"
)
_CLIMATE = re.compile(r"[把将以][^，,。；;]{0,8}营商环境[^，,。；;]{0,4}(?:作为|当作|为|摆)")
_REPORT = re.compile(r"工作报告|工作总结|年度总结|综述|公报|五年规划|发展规划纲要|大事记")
_POLICY_LEAD = re.compile(
    r"(?:印发|出台|发布|公布|制定|推出|拿出|实施)[^。；;]{0,30}(?:政策|措施|方案|办法|细则|意见|条|通知|清单|规划|举措|行动计划)"
)
_IN_FORCE = re.compile(r"(?:规定|办法|措施|意见|条例|细则|条)》[^。；;]{0,16}(?:实施|施行|生效)")
_FAIR = re.compile(
    r"(?:推介会|招商会|洽谈会|展洽会|品鉴会|盲品会|恳谈会|[农茶花药文旅酒]博会|订货会|展销会|博览会|(?<!代表|动员|推进|表彰|部署)大会|对接会|交易会|论坛|峰会|展会|推介活动|招商活动|投洽会|文化节|产业节)"
)
# 标签字号 signs nothing, 上市公司 is no product, 家家点火 lights no furnace, 大集镇 is a town; 签下首单 is an order.
_PIECE = re.compile(
    r"标签|.(?:上市(?:公司|企业|集团)|恳谈日|大集[镇乡]|签[下了]第?[一二两三首几\d]*[^，,。；;一]{0,3}(?<![名清菜大])单|"
    r"引来[^，,。；;]{0,8}(?:游客|客流|围观|目光|关注|掌声|打卡))|[家处户村]点火"
)
_YEARLY = re.compile(r"(?:正月|每年|年年)[^。；;]{0,16}$")  # 每年正月初八，厂子开工
# A plant that is being built does not run.
_PLANT = frozenset({"工厂", "生产线", "车间", "流水线", "产能"})
_TO_BE_BUILT = re.compile(r"(?:建设|新建|在建|拟建|兴建|筹建|要建|再建|开建)[^，,。；;]{0,14}$")
# A feature on a plant that runs says so in passing.
_RUNNING = re.compile(r"(?:投产|启用|投用|开业|投运)(?:以来|后[^，。]{0,4}的?第|之前|时[，,]|[一二两三半][年个])")
_OF_MANY = re.compile(r"[\d一二两三四五六七八九十百余多](?:个|亿|项|份)|集中|收获|成果|满载")  # not of one project
_HELD = re.compile(
    rf"{_FAIR.pattern}[^。；;]{{0,16}}(?:举[行办]|召开|[开启落闭]幕|拉开|[开走搬]到|[开走]进|移师|落户)|"
    rf"(?:举[行办]|召开)[^。；;]{{0,24}}{_FAIR.pattern}|(?:参加|出席|赴)[^，,。；;]{{0,12}}{_FAIR.pattern}"
)
_BEGUN = re.compile(r"(?<!将)(?<!拟)启动[^，,。；;]{0,24}(?:项目|工程|基地|园|厂|线)的?建设")
_TALKS = re.compile(r"(?:考察|调研|参访|访问|采访|参观|商务|代表|交流)(?:团|组)|(?:组团|率团|率队|一行)")
_DECIDED = re.compile(
    r"决定(?:在[^，,。；;]{0,8})?(?:投资|落户|来[^，,。；;]{0,6}建)|"
    r"(?:\d{4}年|[去前今]年)[^，,。；;]{0,6}(?:引进|引来|引入|落户)(?:的|了|一)"
)
_QUESTIONS = re.compile(r"政策[^，,。；;]{0,4}(?:问答|[一二三四五六七八九十百\d]问|解答|读本|指南|明白[卡纸])")
# A feature on a contract says in passing that there is one.
_AGREED = re.compile(r"(?:按照|根据|依照)(?:双方)?协议|协议(?:里|中|上|约定)|签了约|签的约|签完约")
# What a phrase of title or lead says for a stage, as a share of what a strong word there does.
_GENRES = (
    (_FAIR, Stage.PROMOTION, 0.5),
    (_BEGUN, Stage.GROUNDBREAKING, 1.0),
    (_TALKS, Stage.VISIT, 0.5),
    (_POLICY_LEAD, Stage.POLICY, 0.7),
    (_IN_FORCE, Stage.POLICY, 1.0),
    (_QUESTIONS, Stage.POLICY, 1.0),
    (_DECIDED, Stage.SIGNING, 0.3),
)
_NAMING = (_BEGUN, _QUESTIONS)
# An investor too comes to look before he signs: beside a step that was taken, a visit needs its delegation.
_ANYBODYS = frozenset({"考察", "调研", "走访"})
# 上午签约，下午动工: of what weighs the same, the later step is the news.
_FURTHER = {Stage.SIGNING: 1, Stage.GROUNDBREAKING: 2, Stage.PRODUCTION: 3}
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
    if not scores.named:
        if is_made_of_intentions(post):
            return Stage.OTHER, ""
        for stage, (points, words) in scene_points(post).items():
            scores.add(stage, points, words)
    if not scores.points:
        return Stage.OTHER, ""
    best = max(scores.named or scores.points, key=lambda stage: (scores.points[stage], _FURTHER.get(stage, 0)))
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
        if _PIECE.match(post.text, max(0, match.start() - 1)) or _YEARLY.search(before):
            continue
        if match[0] in _PLANT and _TO_BE_BUILT.search(before):
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
    named = [stage for stage, (points, _) in best.items() if points == strongly]
    if any(stage in _FURTHER for stage in named) and _looked_first(post, best.get(Stage.VISIT, (0.0, ""))[1]):
        named = [stage for stage in named if stage is not Stage.VISIT]
    scores.named = scores.named or named


def _looked_first(post: Passage, words: str) -> bool:
    return words in _ANYBODYS and _TALKS.search(post.text, 0, post.lead_end) is None


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
        for pattern, stage, share in _GENRES:
            if told := pattern.search(part):
                scores.add(stage, weight * share, told[0])
                scores.named += [stage] if pattern in _NAMING else []
    if _OF_MANY.search(post.title) and (fair := _HELD.search(post.lead)):
        scores.add(Stage.PROMOTION, _TITLE + _MOST_BODY, fair[0])
        scores.named.append(Stage.PROMOTION)
    if not scores.named and (running := _RUNNING.search(post.text, 0, post.lead_end + _BODY_READ)):
        scores.add(Stage.PRODUCTION, _ENOUGH, running[0])
    if not scores.named and (agreed := _AGREED.search(post.text, 0, post.lead_end + _BODY_READ)):
        scores.add(Stage.SIGNING, _ENOUGH, agreed[0])
    if Stage.POLICY in scores.points and not _tells_of_a_paper(post):
        scores.points[Stage.POLICY] *= 0.4


def _tells_of_a_paper(post: Passage) -> bool:
    return any(one.search(part) for one in (_POLICY_LEAD, _IN_FORCE, _QUESTIONS) for part in (post.title, post.lead))


def _is_essay(post: Passage, scores: _Scores, best: Stage) -> bool:
    """A title or lead on the business climate, and no event of its own in the title."""
    if scores.points[best] - scores.body.get(best, 0.0) >= _TITLE:
        return False
    said = _ESSAY.search(post.title) or _CLIMATE.search(post.lead)
    return said is not None or is_made_of_intentions(post, least=13, share=3)
