"""Finds in a text where divisions are named, and how each mention weighs; which of them is the place is not its matter.

One walk from left to right, the longest form first, nothing overlapping: 福建宁德 hides no 建宁, 马鞍山 no 鞍山.
"""

import itertools
import re
from dataclasses import dataclass, replace

from monitor.facts.findings import Level
from monitor.facts.place_divisions import CLASSES, Division, Form, heads
from monitor.facts.place_words import PHRASES

_AROUND = 20  # characters either side of a short name that decide where its words begin and end
_BEFORE = 12  # characters before a mention that can say what it is
_AFTER = 24  # and after it

# Something else of that name: a town, a street. 镇域, 乡村 are words of their own.
_OTHER = re.compile(
    r"镇(?![域区江海])|乡(?![村镇亲贤友土情愁音])|街(?!区)|路(?![径线])|大道|社区|大学|学院|高速|机场|支行|银行|平原|盆地|高原|都市圈|城市群|经济圈|走廊"
)
_CUT = re.compile(r"[县市区](?=[域场级])")  # 绍兴县域 is of 绍兴, 海城市场 of 海城
_OLD_CLASS = re.compile(rf"[{CLASSES}](?![域别位划块场区县政民])")  # 长垣县: by what it was when it had another class
# Where the guests, the seat, the goods come from, or what the place lies near: not where it happens.
_ELSEWHERE_BEFORE = re.compile(
    r"(?:来自|总部(?:位于|设在|设于|在|地处)|注册(?:地|于|在)|迁自|源自|毗邻|邻近|相邻|紧邻|接壤|邻县|邻市|周边(?:的)?|距(?:离)?|对标|借鉴|学习"
    r"|相比|相较|比起|不同于|不如|辐射|发往|销往|运往|出口|通往|直达|途经|往返|籍贯|祖籍|原籍|出生于|籍)[的是]?[“《]?$"
)
_ELSEWHERE_AFTER = re.compile(
    r"^[市县区旗州省]?(?:籍|方面的?客|[^，。；：、在与和到赴来]{0,10}?(?:党政代表团|代表团|考察团|访问团|经贸团|商会|联谊会|同乡会|商协会|客商|客人"
    r"|企业家))|^[市县区]?(?:的)?(?:经验|模式|做法|速度)"
)
_MOUNTAINS = "山岭峰江河湖海溪川洲岛"
_AT_ITS_FOOT = re.compile(r"脚下|下(?![辖属设一])|之[滨畔巅麓]|[山南北东西]?麓|畔|上下")
_FROM = re.compile(r"(?:从|自|打)$")
_COME = re.compile(r"^[市县区旗州省]?[^，。；、]{0,4}?(?:来(?!说|看)|赶|出发|搬|迁)")
_PARTNER_BEFORE = re.compile(r"(?:与|同|和|及|携手|牵手|联合|对接|连接|赴|前往|飞赴|奔赴)(?:中国|我国|来自)?$")
_COMPANY = re.compile(
    r"^[^\s，。；：、“”（）《》在与和及的至到向将为落签投建]{0,16}?(?:公司|集团|股份|科技园?有限|合作社|银行|大学|研究院|设计院)"
)
_HOST_BEFORE = re.compile(r"(?:在|于|走进|赴|到|来到|抵达)$")
_HOSTED = re.compile(r"^[市县区]?(?:[^，。；在于赴到]{0,8}?(?:举办|举行|召开|开展|推介|路演|启幕|开幕)|[，。 ]|$)")
_SHOW = re.compile(r"推介|说明会|恳谈会|路演|招商会|洽谈会")
_SITE_BEFORE = re.compile(
    r"(?:落户|落地|落子|落址|选址|位于|坐落于?|入驻|布局|扎根|花落|签约|投资|走进|到访|到|来|在)(?:了|于|在)?$"
)
_SITE_AFTER = re.compile(
    r"^[市县区旗]?[^，。；、\s]{0,8}?(?:经济技术开发区|经济开发区|经开区|高新|开发区|工业园|产业园|工业集中区|产业集聚区|综合保税区|物流园|园区"
    r"|人民政府|县委|市委|区委)"
)
_LISTED_AFTER = re.compile(r"^[市县区旗]?(?:等|、)")
_WITH = frozenset({"与", "和", "同"})
_TOGETHER = re.compile(r"[^，。；、]{0,12}?(?:签|共建|结对|携手|牵手|合作|联手)")
_SIGNS = re.compile(r"[市县区旗州]?(?:正式|成功)?签(?!名)")
_JOINTS = frozenset({"、", "和", "与", "及", "以及", "，", "/", "—", "-", "至"})

SITE, PLAIN, COMPANY, PARTNER, LISTED, NOT_HERE = 1.5, 1.0, 0.4, 0.4, 0.3, 0.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A form at a place of the text. `chained`: the name of a division above stands directly before it."""

    start: int
    end: int
    form: Form
    divisions: tuple[Division, ...]  # what it can mean here
    chained: bool = False
    loose: bool = False  # the form is a word too, and nothing but its borders says that it is a name here
    role: float = PLAIN  # how far what stands around it says that the event is there


def find_mentions(text: str) -> list[Mention]:
    """All mentions of the text, in order, each with its role."""
    found: list[Mention] = []
    for at, form in _walk(text):
        mention = _chain(found[-1] if found else None, Mention(at, at + len(form.text), form, form.divisions))
        if form.word and not mention.chained:
            mention = replace(mention, loose=True, divisions=tuple(one for one in form.divisions if _may_be_loose(one)))
        if _stands(text, mention):
            found.append(mention)
    return [replace(one, role=_role(text, found, at)) for at, one in enumerate(found)]


def _walk(text: str) -> list[tuple[int, Form]]:
    known = heads()
    found: list[tuple[int, Form]] = []
    free = 0
    for at, head in enumerate(itertools.pairwise(text)):
        if head in known and at >= free:
            for form in known[head]:
                if text.startswith(form.text, at) and not _CUT.match(text, at + len(form.text) - 1):
                    found.append((at, form))
                    free = at + len(form.text)
                    break
    return found


def _chain(before: Mention | None, mention: Mention) -> Mention:
    """The mention with only what lies in the division named directly before it, if anything does."""
    if before is None or before.end != mention.start:
        return mention
    inside = tuple(
        one for one in mention.divisions if any(above is not one and one.within(above) for above in before.divisions)
    )
    return replace(mention, divisions=inside, chained=True) if inside else mention


def _stands(text: str, mention: Mention) -> bool:
    """Whether the form is the name of a division here, and not a piece of other words."""
    form = mention.form
    if mention.chained and (form.full or not form.word):
        return form.full or not _OTHER.match(text, mention.end)
    if mention.loose and (form.full or form.text in PHRASES or not mention.divisions):
        return False
    if not form.full and _OTHER.match(text, mention.end):
        return False
    if (form.full and len(form.text) > 2) or all(one.level is not Level.COUNTY for one in mention.divisions):  # noqa: PLR2004 - 成县
        return True
    if not form.full and _OLD_CLASS.match(text, mention.end):
        return True
    return _on_borders(text, mention)


def _may_be_loose(one: Division) -> bool:
    """A county or a small city; a district bears the name of a lake, a hill or a gate of its own city (西湖, 鼓楼)."""
    return one.name[-1] != "区"


def _on_borders(text: str, mention: Mention) -> bool:
    """Whether words begin and end where the mention does: 投资兴业 has no 资兴, 大理石 no 大理."""
    import rjieba  # noqa: PLC0415 - costs 90 ms to import, and most commands read no text

    start = max(0, mention.start - _AROUND)
    at = start
    begins = False
    for word in rjieba.cut(text[start : mention.end + _AROUND], False):
        begins = begins or at == mention.start
        at += len(word)
        if at >= mention.end:
            return begins and (at == mention.end or word[mention.end - at :] in CLASSES)
    return False


def _role(text: str, found: list[Mention], at: int) -> float:
    while at + 1 < len(found) and found[at + 1].chained and found[at + 1].start == found[at].end:
        at += 1  # the names of a chain are about one place: that of its last
    one = found[at]
    first = at  # where the chain begins that this mention ends: 在 before 湛江市徐闻县 is before 徐闻县 too
    while first and found[first].chained and found[first - 1].end == found[first].start:
        first -= 1
    before = text[max(0, found[first].start - _BEFORE) : found[first].start]
    after = text[one.end : one.end + _AFTER]
    if _is_elsewhere(before, after) or _is_nature(one, after):
        return NOT_HERE
    if _HOST_BEFORE.search(before) and _HOSTED.match(after) and _SHOW.search(_sentence(text, one)):
        return LISTED
    if _COMPANY.match(after):
        return COMPANY
    if _listed(text, found, at):
        return LISTED
    if _PARTNER_BEFORE.search(before) and not _signs(before, after):
        return PARTNER
    return SITE if _SITE_BEFORE.search(before) or _SITE_AFTER.match(after) else PLAIN


def stands_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether what is named there is where somebody or something comes from."""
    return _is_elsewhere(text[max(0, start - _BEFORE) : start], text[end : end + _AFTER])


def _is_nature(one: Mention, after: str) -> bool:
    """Whether the mountain or the water is meant that a division is named after: 井冈山下, 赣江之滨."""
    return one.form.text[-1] in _MOUNTAINS and _AT_ITS_FOOT.match(after) is not None


def _is_elsewhere(before: str, after: str) -> bool:
    """Whether somebody or something comes from there: 来自尉犁县, 从尉犁县来."""
    if _ELSEWHERE_BEFORE.search(before) or _ELSEWHERE_AFTER.match(after):
        return True
    return _FROM.search(before) is not None and _COME.match(after) is not None


def _signs(before: str, after: str) -> bool:
    """Whether it is the side that signs with a company: 盐泽与格尔木签约."""
    return before[-1:] in _WITH and _SIGNS.match(after) is not None


def _listed(text: str, found: list[Mention], at: int) -> bool:
    """Whether it is one of several that are named in a row: 雷州、遂溪等地."""
    one = found[at]
    if _LISTED_AFTER.match(text[one.end : one.end + 2]) and not one.chained:
        return True
    return any(_row(text, found[left], found[left + 1]) for left in (at - 1, at) if 0 <= left < len(found) - 1)


def _row(text: str, left: Mention, right: Mention) -> bool:
    if left.divisions == right.divisions:  # named again is no second one
        return False
    joint = text[left.end : right.start].lstrip(CLASSES)
    return joint in _JOINTS and not (joint in _WITH and _TOGETHER.match(text, right.end))  # A与B签约: each for itself


def _sentence(text: str, mention: Mention) -> str:
    start = max(text.rfind(mark, 0, mention.start) for mark in "。；\n") + 1
    end = text.find("。", mention.end)
    return text[start : end if end >= 0 else mention.end + 60]
