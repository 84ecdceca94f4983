"""Weighs where lists stand on their page: names around them, pager, headings, widths; records it does not read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.html.candidates import HEADINGS
from crawler.extract.html.records import RecordList
from crawler.extract.html.tree import BLOCKS, MAX_DEPTH, Page, step, whole_text
from monitor.text import clean

_OUTSIDE = re.compile(
    r"(?i)(?:^|[-_\s#.])(?:nav\w*|menu\w*|foot\w*|friend\w*|links?|yqlj|side\w*|aside|hot\w*|rank\w*|rec|recommend\w*|related|"
    r"crumbs?|breadcrumb\w*|pager|pages?|pagination|head(?:er)?|top(?:bar|nav)|banner|right\w*|tags?|hits?|phb|rm\w*|tj\w*)(?:$|[-_\s\d])"
)
_OUTSIDE_TAGS = frozenset({"nav", "footer", "aside", "header"})
_MOVING = re.compile(r"(?i)(?:^|[-_\s#.])(?:scroll|gundong|gd|roll|ticker|marquee)(?:$|[-_\s\d])")
_NARROW = re.compile(
    r"(?i)(?:^|\s)(?:col(?:-(?:xs|sm|md|lg|xl))?-[1-4]|span[1-4]|layui-col-\w\w[1-4]|w(?:1\d|2\d|3[0-2])\d|\w*nav|lm)(?:$|\s)"
)
_LEFT = re.compile(r"(?i)(?:^|[-_\s])(?:left|fl_left|l_?side|leftbox|zuo)(?:$|[-_\s\d])")
_WIDTH = re.compile(r"(?i)(?<![-\w])width\s*:\s*(\d+(?:\.\d+)?)\s*(px|%)?")
_WIDE = {"px": 330, "%": 36}  # from where a column is no side column
_TURNS = re.compile(r"(?i)\W*(?:下\s*[一1]?\s*页|后\s*[一1]?\s*页|[尾末]\s*页|next(?: page)?)\W*")
_WRITES_PAGER = re.compile(r"createPageHTML|laypage|[pP]agination\(|Pager\(")
_PAGER = re.compile(r"(?i)(?:^|[-_\s])(?:pag(?:e|er|es|ebar|ebox|inate|ination|ing)|fenye|layui-laypage)(?:$|[-_\s\d])")
_CRUMB = re.compile(r"(?i)(?:^|[-_\s])(?:breadcrumbs?|crumbs?|dqwz|weizhi|location|position|path|place)(?:$|[-_\s\d])")
_ABOUT_CRUMB = re.compile(r"位\s*置")
_RELATED = re.compile(
    r"(?:相关|推荐|热门|热点|热搜|最新|精彩|猜你|大家|本周|本月|延伸|更多)(?:阅读|文章|新闻|资讯|信息|内容|链接|动态|公告|关注|喜欢|点击"
    r"|推荐|排行|都在看)?$|排行|友情链接|^热文|^推荐"
)
_HEADED = re.compile(r"(?i)(?:^|[-_\s])(?:title|tit|bt|hd|head|heading|caption|column|lm|name|mc|top)(?:$|[-_\s\d])")
_MORE = re.compile(r"(?i)[\s\[【(（]*(?:查看|了解|阅读)?(?:更多|more)[\s\]】)）>»›→＞+.…]*$")
_HEAD_OF_TABLE = re.compile(r"标\s*题|日\s*期|时\s*间|名\s*称|序\s*号|\d|第.*[页条]")
_SIDE = re.compile(r"(?i)left|right|(?<![a-z])[lr](?![a-z])|fl|fr|first|last|one|two")
_LATIN = re.compile(r"[A-Za-z\s]+$")
_LONGEST = 14  # characters of a column's name
_LEVELS = 4  # above a list, where its heading may stand
_BACK = 6  # siblings before a list
_MOST_PAGERS = 40
_MOST_PARTS = 60  # elements of a pager
_MOST_TEXTS = 40
_MOST_CRUMBS = 5
_LONGEST_CRUMB = 120  # characters
_PAGED = 0.15
_WIDTH_AGAINST = 0.12
_LEFT_AGAINST = 0.06
_OTHER_COLUMN = 0.1
_OWN_COLUMN = 0.05
_IN_A_LINE = 0.12
_RELATED_TO = 0.18


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a list: the name, whether it leads to more of that column, or says that it is of others."""

    name: str = ""
    teaser: bool = False
    related: bool = False


def names_outside(node: HtmlElement) -> bool:
    """Whether an element is by its tag or its names navigation, side column, footer or the like."""
    return node.tag in _OUTSIDE_TAGS or _OUTSIDE.search(_named(node)) is not None


def named_against(around: HtmlElement) -> float:
    """What the names around a list say against it."""
    worst = 0.0
    for levels, node in enumerate(islice([around, *around.iterancestors()], 6)):
        if node.tag in ("body", "html", "article", "main", "li"):
            break  # a header or footer below is the record's own
        if node.tag == "marquee":
            return 0.4
        if node.tag in _OUTSIDE_TAGS:
            worst = max(worst, 0.25)
        if _OUTSIDE.search(_named(node)):
            worst = max(worst, 0.18 if levels < 4 else 0.08)  # noqa: PLR2004 - far up, the name is about the layout
        if _MOVING.search(_named(node)):
            worst = max(worst, 0.1)
    return worst


def _named(node: HtmlElement) -> str:
    return f"{node.get('class') or ''} {node.get('id') or ''}"


def named_alike(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two wrappers have one name, but for the side that they stand on, or a letter at the end (colA, colB)."""
    mine, theirs = (_SIDE.sub("", step(node)).strip("-_.") for node in (one, other))
    return mine == theirs or (len(mine) == len(theirs) and mine[:-1] == theirs[:-1])


class Standing:
    """What the lists of one page have around them."""

    def __init__(self, page: Page, lists: Sequence[RecordList]) -> None:
        self._column = _column(page)
        self._order: dict[HtmlElement, int] = {}
        self._headings = {one.parent: _heading(one) for one in lists}
        self._paged = self._owners_of_pagers(page, lists)

    def voice(self, one: RecordList) -> float:
        """What speaks for a list being the page's own, or against it, beside what its records say."""
        heading = self._headings[one.parent]
        said = _PAGED if one.parent in self._paged else 0.0
        if _is_narrow(one.around):
            said -= _WIDTH_AGAINST
        elif any(_LEFT.search(_named(node)) for node in islice([one.around, *one.around.iterancestors()], _LEVELS)):
            said -= _LEFT_AGAINST
        if _in_a_line(one):
            said -= _IN_A_LINE
        if heading.related and not self._is_own(heading):
            return said - _RELATED_TO
        if heading.name and self._column:
            said += _OWN_COLUMN if self._is_own(heading) else -_OTHER_COLUMN
        return said

    def apart(self, other: RecordList, best: RecordList) -> bool:
        """Whether a list that looks like the chosen one stands apart from it: side column, teaser, behind the pager."""
        theirs, ours = self._headings[other.parent], self._headings[best.parent]
        more = (theirs.related, theirs.teaser) > (ours.related, ours.teaser)
        if more and not self._is_own(theirs):
            return True
        if theirs.name and (not ours.name or self._is_own(ours)) and not self._is_own(theirs):
            return True
        if _is_narrow(other.around) != _is_narrow(best.around):
            return True
        end = self._paged.get(best.parent)
        start = self._order.get(other.records[0].root)
        return end is not None and start is not None and self._order[best.records[0].root] < end < start

    def _is_own(self, heading: Heading) -> bool:
        name = _LATIN.sub("", heading.name) or heading.name  # 招商活动 Events
        return bool(name) and name in self._column

    def _owners_of_pagers(self, page: Page, lists: Sequence[RecordList]) -> dict[HtmlElement, int]:
        """The lists that a pager stands beside, each with the pager's place in the page."""
        firsts = {one.records[0].root: one for one in lists}
        above: dict[HtmlElement, list[RecordList]] = {}
        pagers: list[HtmlElement] = []
        for number, node in enumerate(page.root.iter()):
            if node in firsts:
                self._order[node] = number
                for parent in islice(node.iterancestors(), MAX_DEPTH):
                    above.setdefault(parent, []).append(firsts[node])
            if len(pagers) < _MOST_PAGERS and _is_pager(node):
                self._order[node] = number
                pagers.append(node)
        paged: dict[HtmlElement, int] = {}
        for pager in pagers:
            around = next((node for node in islice(pager.iterancestors(), MAX_DEPTH) if node in above), None)
            if around is None:
                continue
            place = self._order[pager]
            before = [one for one in above[around] if self._order[one.records[0].root] < place]
            owner = self._likeliest(before) if before else above[around][0]
            paged[owner.parent] = max(place, paged.get(owner.parent, 0))
        return paged

    def _likeliest(self, before: Sequence[RecordList]) -> RecordList:
        """The last list before a pager, but rather one that nothing names a side column."""
        plain = [one for one in before if not named_against(one.around) and not _is_narrow(one.around)]
        plain = [one for one in plain if not self._headings[one.parent].related]
        return (plain or list(before))[-1]


def _is_pager(node: HtmlElement) -> bool:
    if node.tag == "script":
        return _WRITES_PAGER.search((node.text or "")[:2000]) is not None
    if not isinstance(node.tag, str):
        return False
    if node.tag in ("a", "button"):
        said = clean(node.text or "") or node.get("title") or "".join(node.xpath("./img/@alt")[:1])
        return len(said) < _LONGEST and _TURNS.fullmatch(said) is not None
    return (
        node.tag in BLOCKS
        and _PAGER.search(_named(node)) is not None
        and sum(1 for _ in islice(node.iter(), _MOST_PARTS)) < _MOST_PARTS
    )


def _is_narrow(around: HtmlElement) -> bool:
    """Whether names or widths make the column around a list a narrow one."""
    for node in islice([around, *around.iterancestors()], 6):
        if node.tag in ("body", "html", "tr"):
            break
        if _NARROW.search(node.get("class") or "") or _NARROW.search(node.get("id") or ""):
            return True
        found = _WIDTH.search(node.get("style") or "")
        said = f"{found[1]}{found[2] or 'px'}" if found else (node.get("width") or "").strip()
        number = re.fullmatch(r"(\d{1,4})(?:\.\d+)?(px|%)?", said)
        if number and node.tag not in ("a", "span", "table") and 0 < int(number[1]) < _WIDE[number[2] or "px"]:
            return True
    return False


def _in_a_line(one: RecordList) -> bool:
    """Whether the records stand one behind the other in one line, as in a box that moves."""
    inline = all(r.root.tag not in BLOCKS and all(part.tag not in BLOCKS for part in r.segment) for r in one.records)
    return inline and len(one.records) > 1


def _column(page: Page) -> str:
    """What the page calls itself, in <title> and in the line that says where one is; empty where neither says much."""
    title = clean(page.root.xpath("string(//title)"))
    crumbs = islice(_crumbs(page), _MOST_CRUMBS)
    said = " ".join([*(re.split(r"[-_|—–>]", title) if re.search(r"[-_|—–>]", title) else []), *crumbs])
    return said.replace("首页", "")


def _crumbs(page: Page) -> Iterator[str]:
    """The lines that say where a reader is (当前位置：首页 > 招商动态)."""
    for node in page.root.iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style"):
            continue
        said = node.text is not None and "位" in node.text and _ABOUT_CRUMB.search(node.text[:_LONGEST_CRUMB])
        if said or (node.get("class") and _CRUMB.search(_named(node))):
            parent = node.getparent()
            around = [_short(one) for one in ([parent, node] if said and parent is not None else [node])]
            yield next((text for text in around if len(text) <= _LONGEST_CRUMB), "")


def _short(node: HtmlElement) -> str:
    """The text of an element, or the beginning of a long one: enough to see that it is long."""
    return clean("".join(islice(node.itertext(), _MOST_TEXTS)))


def _heading(one: RecordList) -> Heading:
    """The heading over a list, or over the columns that it is one of; an empty one where none stands before it."""
    node: HtmlElement | None = one.records[0].root
    for _ in range(_LEVELS + 1):
        if node is None or node.tag in ("body", "html"):
            break
        for sibling in islice(node.itersiblings(preceding=True), _BACK):
            if not isinstance(sibling.tag, str) or sibling.tag in ("script", "style"):
                continue
            said = _short(sibling)
            if said and not (sibling.tag == node.tag and len(said) > 2 * _LONGEST and named_alike(sibling, node)):
                return _read_heading(sibling, said)
        node = node.getparent()
    return Heading()


def _read_heading(node: HtmlElement, said: str) -> Heading:
    name = _MORE.sub("", said).strip(" :：>»|·■◆●")
    if (
        not name
        or len(_LATIN.sub("", name)) > _LONGEST
        or _HEAD_OF_TABLE.search(name)
        or node.tag in ("tr", "thead", "li")
    ):
        return Heading()
    more = any(_MORE.fullmatch(whole_text(link)) for link in islice(node.iter("a"), _BACK))
    dressed = node.tag in HEADINGS or node.tag == "dt" or _HEADED.search(_named(node)) is not None
    dressed = dressed or any(child.tag in HEADINGS for child in islice(node.iter(), _MOST_TEXTS))
    related = _RELATED.search(name) is not None
    return Heading(name, more, related) if dressed or more or related else Heading()
