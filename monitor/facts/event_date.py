"""When the reported event was, by what this post itself states, and which edition it was; it compares no other post.

Plans, ranges of years and looks back are no dates of the event; a day without a year is none. See docs/facts.md.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.facts.findings import EventDate, Stage
from monitor.facts.numerals import ordinal
from monitor.facts.passage import Passage, clause_after, clause_before, sentence_around

_RELATIVE = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0}
_FROM_THE_LAST = {"同年": 0, "次年": 1, "翌年": 1}  # counted from the year named before it
_MONTH = r"(?:(\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份)?(?:(\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?)?"
_YEAR = (
    r"(?:(?<!\d)((?:19|20)\d\d)|(?<![一二三四五六七八九〇零])([一二][九〇零][〇零一二三四五六七八九]{2}))年(?!代|版|产)"
)
_WRITTEN = re.compile(rf"{_YEAR}\s?{_MONTH}|({'|'.join((*_RELATIVE, *_FROM_THE_LAST))})(?!度|轻|龄)\s?{_MONTH}")
_BEFORE_YEAR = (4, 2, 1)  # characters before 年: 2024, 大前, 去
_MOST = 400  # years of one post: three times what the longest work report has
_NUMERIC = re.compile(r"(?<![\d.])((?:19|20)\d\d)[-./](\d{1,2})(?:[-./](\d{1,2}))?(?![\d.%])")
_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?=[\u4e00-\u9fff（(“][^，,。；;\s]{0,24}(?:会|节|论坛|展|赛|行|周|活动))(?!年)"
)
_SEASON = re.compile(
    r"^\s?(?:初|底|末|[初早仲深盛隆晚暮]?[春夏秋冬][天季]?|霜降|立[春夏秋冬]|春节|国庆|重阳|中秋|五一|元旦|金秋|年[初中底末]|"
    r"[上下]半年|[一二三四]季度|岁末)"
)

_SURE_PLAN = re.compile(r"(?:(?<!直)到|(?<!直)至|截至|力争|预计|计划|拟|确保|争取|有望|将|目标|规划)[^，,。；;]{0,8}$")
_PLAN_AFTER = re.compile(
    r"(?:将|计划|预计|力争|拟|争取|有望|确保)|^(?:底|末|年底)?前|点火后|投产后|建成后|^[^，,。]{0,6}(?:目标|规划|年度计划)"
)
_BACK_AFTER = re.compile(
    r"^[^，,。；;]{0,14}(?:以来|起(?!步|航|草|点|重|跑|飞|正式|实施|施行|执行|生效)|至今|开始承接)|^度|^的?[^，,。；;]{0,3}(?:国标|标准|版)"
)
_FIGURE = re.compile(
    r"[^。；;]{0,10}(?:新签约|新引进|新增|新注册|新设)[^，,。；;]{0,6}(?:项目|企业|主体)|"
    r"[^，,。；;]{0,12}(?:进出口|产值|营收|生产总值|纳税|税收|销售|产量|收入|利润|增加值|GDP|订单|客流|面积)[^，,。；;]{0,8}"
    r"(?:达|突破|超|为|约|增|近|\d|[一二三四五六七八九十百千])"
)
_FIRST_TIME = re.compile(
    r"[^，,。；;]{0,10}(?:首次|第一次|刚刚|初到|起步|成立|创办|创立|还只是|还只有|还是一?[个片家]|时，|时还|时只|迁来|搬来|进入)"
)
# 从前年引进的一家企业说起: said of the event itself, not of a time that has lasted since.
_DONE_THEN = re.compile(r"(?:引进|引来|落户|签约|开工|动工|投产|启用|投用|建成)的")
_LONG_AGO = 10  # years before the publication after which a year needs a word of the event: a life is told, not news
# An event told of with a day but no year has none; the years after it are of something else.
_UNDATED = re.compile(
    r"(?:^|[。！？!?；;\n\s（(—])(?:\d{1,2}月(?:\d{1,2}日|初|底|末|[上中下]旬|，)|日前|近日|昨日|昨天|今日|今天|前天|不久前|[本上]个?月|这个月|[本上]周|前不久|刚刚过去的)"
)
_ARRIVED = re.compile("迎来|等来|盼来|有了")  # what it is, the next sentence tells
_JUST_NOW = re.compile("上个月|前不久|不久前|近日|日前|上周|昨日|今日|上月|本月")
_RANGE = re.compile(r"[-—–~～至到]{1,2}\d")
_BACK_BEFORE = re.compile(
    r"(?:(?<![出来])自|从|早在|始建于|成立于|创立于|创办于|创建于|建于|始于|追溯到|源于|起源于|相比|比|较|与|同比|超过|注册于|获评|"
    r"[\d年][-—–~～至]{1,2}|完成时间为)$"
)
_STATED = re.compile(
    "签约|签订|签署|签下|开工|动工|奠基|破土|开建|启动|投产|投用|启用|投入使用|量产|竣工|建成|建起|下线|开机|考察|调研|来访|到访|走访|"
    "举行|举办|召开|推介|出台|印发|发布|公布|落户|落地|达成|走进|牵手|引进|开幕|闭幕|组织|会谈|赴|来到|座谈|邀请|"
    "签字|开业|投运|揭牌|亮相|拿出|推出|赴"
)
_OF_STAGE = {
    Stage.SIGNING: re.compile("签|落户|落地|达成|牵手|引进|引入|结成|携手"),
    Stage.GROUNDBREAKING: re.compile("开工|动工|奠基|破土|开建|启动|动土|第一根桩|第一[铲锹]|开挖|培土"),
    Stage.PRODUCTION: re.compile(
        "投产|投用|启用|投入使用|投入运[行营]|量产|竣工|建成|建起|下线|开机|投运|开业|并网|试产|试生产|试运行|点火|点亮|点着|投料|出[炉料酒油铁粉]|揭牌|通车|开园|开港"
    ),
    Stage.VISIT: re.compile("考察|调研|来访|到访|走访|访问|走进|来到|赴|座谈|团|一行"),
    Stage.PROMOTION: re.compile("举行|举办|召开|推介|大会|论坛|博览|洽谈|招商|会|大集|开市|开幕"),
    Stage.POLICY: re.compile("出台|印发|发布|公布|推出|拿出|施行|制定|政策|办法|措施|兑现"),
}
_STEPS = {
    Stage.SIGNING: re.compile("签约|签订|签署|签下"),
    Stage.GROUNDBREAKING: re.compile("开工|动工|奠基|破土|开建|动土"),
    Stage.PRODUCTION: re.compile("投产|投用|启用|竣工|建成|下线"),
}
_SINCE = re.compile("^(?:正式|破土)?(?:开工|动工|奠基|破土|开建|动土|建设)[^，,。；;]{0,4}(?:以来|到现在|至今|到今天)")
# 去年签约的项目, 2023年动工后: said of what went before the event.
_BACKGROUND = re.compile(
    "(?:签约|签订|签署|签下|开工|动工|奠基|破土|开建|动土|投产|投用|启用|竣工|建成|下线)(?:的(?!同时)|后|以来|之后|以后)"
)
_REPORT = "工作报告"
_EDITION = re.compile(
    r"第\s?(\d{1,3}|[零〇一二三四五六七八九十百]{1,4})\s?届(?!\s?(?:\d|[零〇一二三四五六七八九十]{1,3})[中次])"
)
_NO_EDITION = re.compile(
    r"[^，,。；;]{0,10}(?:人民代表|人大|政协|委员会|党代会|全会|全国代表|常委|中央|政府|理事会|董事会|领导班子)"
)
_ENGLISH_EDITION = re.compile(
    r"(?<!\d)(\d{1,3})(?:st|nd|rd|th)\s+(?!century|floor|anniversary|birthday|[A-Z][a-z]+ to)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A year in the text with what may stand beside it."""

    start: int
    end: int
    year: int
    month: int | None
    day: int | None
    relative: bool = False
    in_name: bool = False  # 2024中国…大会


def read_event_date(post: Passage, published: date | None, stage: Stage) -> EventDate | None:
    """The date that the post states for its event; None where it states no year.

    去年 and its like are counted from `published`, and mean nothing without it.
    """
    mentions = sorted(_mentions(post, published), key=lambda one: one.start)
    if not mentions:
        return None
    if _REPORT in post.title:
        return _of_report(post, mentions)
    mentions = list(_before_a_day_without_year(post, mentions, stage))
    if not mentions:
        return None
    rated = [(_rating(post, one, published, stage), -one.start, one) for one in mentions]
    rating, _, best = max(rated, key=lambda row: row[:2])
    return _dated(post, best) if rating > 0 else None


def read_edition(post: Passage) -> int | None:
    """The edition (第五届, 5th) that title or lead names first; a body's or a congress's is none."""
    for match in _EDITION.finditer(post.text, 0, post.lead_end):
        if _NO_EDITION.match(post.text, match.end(), match.end() + 24) is None:
            return ordinal(match[1])
    english = _ENGLISH_EDITION.search(post.text, 0, post.lead_end)
    return int(english[1]) if english is not None else None


def _before_a_day_without_year(post: Passage, mentions: list[_Mention], stage: Stage) -> Iterator[_Mention]:
    """What may still date the event where the lead has a day without a year (3月5日, 近日).

    If the sentence of that day tells the event, no year after it does. If it tells none (a reporter comes to look),
    one does that is told of this very stage.
    """
    day = _UNDATED.search(post.text, 0, post.lead_end)
    if day is None:
        yield from mentions
        return
    own = _OF_STAGE.get(stage, _STATED)
    _, end = sentence_around(post.text, day.start() + 1, day.end(), 100)
    told = stage not in _OF_STAGE or own.search(post.text, day.end(), end) is not None
    for one in mentions:
        before = one.start <= day.start() or one.in_name
        if before or (not told and own.search(clause_after(post.text, one.end, 36))):
            yield one


def _mentions(post: Passage, published: date | None) -> Iterator[_Mention]:
    text, last = post.text, None
    for match in itertools.islice(_years(text), _MOST):
        if match[5] is None:
            last = ordinal(match[1] or match[2]) or 0
            yield _Mention(match.start(), match.end(), last, *_calendar(match[3], match[4]))
            continue
        base = last if match[5] in _FROM_THE_LAST else published.year if published is not None else None
        if base is not None:
            last = base + (_RELATIVE | _FROM_THE_LAST)[match[5]]
            yield _Mention(match.start(), match.end(), last, *_calendar(match[6], match[7]), relative=True)
    for match in itertools.islice(_NUMERIC.finditer(text), _MOST):
        month, day = _calendar(match[2], match[3])
        if month is not None:
            yield _Mention(match.start(), match.end(), int(match[1]), month, day)
    for match in _IN_NAME.finditer(text, 0, post.lead_end):
        yield _Mention(match.start(), match.end(), int(match[1]), None, None, in_name=True)


def _years(text: str) -> Iterator[re.Match[str]]:
    """Where _WRITTEN matches: it is tried only before a 年, not at every character."""
    done, at = 0, text.find("年")
    while at >= 0:
        for before in _BEFORE_YEAR:
            match = _WRITTEN.match(text, at - before) if at - before >= done else None
            if match is not None:
                done = match.end()
                yield match
                break
        at = text.find("年", max(at + 1, done))


def _calendar(month: str | None, day: str | None) -> tuple[int | None, int | None]:
    """Month and day as numbers, None for what no calendar has."""
    in_year = ordinal(month) if month else None
    if in_year is None or not 1 <= in_year <= 12:  # noqa: PLR2004 - months
        return None, None
    in_month = ordinal(day) if day else None
    return in_year, in_month if in_month is not None and 1 <= in_month <= 31 else None  # noqa: PLR2004 - days


def _rating(post: Passage, one: _Mention, published: date | None, stage: Stage) -> float:
    """How well a mention fits the event; nought or less where it is a plan, a look back or a mere aside."""
    before = clause_before(post.text, one.start, 20)
    after = clause_after(post.text, one.end, 36)
    begun = stage is Stage.GROUNDBREAKING and _SINCE.search(after) is not None  # 从去年7月动土到现在
    if not begun and _is_elsewhere(post, one, before, after, published):
        return 0.0
    start, end = sentence_around(post.text, one.start, one.end, 100)
    told = _told(post.text, one, end)
    fits = _OF_STAGE[stage].search(told) is not None if stage in _OF_STAGE else _STATED.search(told) is not None
    just_now = one.month is None and not one.in_name and _JUST_NOW.search(post.text, one.end, end) is not None
    long_ago = not fits and published is not None and published.year - one.year > _LONG_AGO
    if just_now or long_ago:
        return 0.0
    in_front = one.start < post.lead_end
    if one.relative and not _is_dated_relative(one, after, told, fits, stage):
        return 0.0
    if not in_front and not (
        fits and _STATED.search(told) and not post.text[start : one.start].strip(" 一二三四五六七八九十、")
    ):
        return 0.0
    if _tells_another_stage(after, stage):
        if _BACKGROUND.search(after):
            return 0.0
        fits, in_front = False, False
    points = (10.0 if in_front else 1.0) + (6.0 if fits else 0.0)
    points += 1.5 * (one.month is not None or _SEASON.match(after) is not None) + 1.5 * (one.day is not None)
    return points + (1.0 if not before.strip() else 0.0) + (2.0 if one.start < post.title_end else 0.0)


def _tells_another_stage(after: str, stage: Stage) -> bool:
    """Whether the clause after a year is of signing, and the post of production."""
    if stage not in _STEPS or _OF_STAGE[stage].search(after):
        return False
    return any(words.search(after) for other, words in _STEPS.items() if other is not stage)


def _told(text: str, one: _Mention, end: int) -> str:
    """What the sentence tells after the year, as far as the next year in it."""
    following = _WRITTEN.search(text, one.end, end)
    return text[one.end : end if following is None else following.start()]


def _is_elsewhere(post: Passage, one: _Mention, before: str, after: str, published: date | None) -> bool:
    """Whether the year is of a plan, of a range, of the past before the event, or in the name of a paper."""
    if published is not None and (one.year, one.month or 0) > (published.year, published.month if one.month else 0):
        return True
    opens = one.start <= post.title_end + 3  # what opens the post is what it is about, if only the figures of a year
    told = after if opens else post.text[one.end : one.end + 40].lstrip("，, ")
    if one.month is None and (_RANGE.match(after) or _FIGURE.match(told) or _FIRST_TIME.match(after)):
        return True
    if _BACK_AFTER.search(after) or _SURE_PLAN.search(before):
        return True
    if _BACK_BEFORE.search(before) and not (before.endswith("从") and _DONE_THEN.match(after)):
        return True
    if post.text.rfind("《", max(0, one.start - 40), one.start) > post.text.rfind(
        "》", max(0, one.start - 40), one.start
    ):
        return True
    return _PLAN_AFTER.search(after[:14]) is not None


def _is_dated_relative(one: _Mention, after: str, told: str, fits: bool, stage: Stage) -> bool:
    """今年 and 去年 date the event with a month or a season, or where the same sentence tells it."""
    if stage is Stage.OTHER:  # 今年上半年共走访企业四百家: no event, but the figures of an essay
        return one.month is not None and fits
    if _ARRIVED.search(after):
        return True
    return one.month is not None or _SEASON.match(after) is not None or (fits and _STATED.search(told[:60]) is not None)


def _of_report(post: Passage, mentions: list[_Mention]) -> EventDate:
    """A report's own year, from the title where it stands there, with the day on which it was given."""
    first = mentions[0]
    for one in mentions:
        if one.year == first.year and one.day is not None and one.start < post.lead_end:
            return EventDate(first.year, one.month, one.day, post.words(one.start, one.end))
    return _dated(post, first)


def _dated(post: Passage, one: _Mention) -> EventDate:
    return EventDate(one.year, one.month, one.day, post.words(one.start, one.end))
