"""Chooses a post's title among what the page declares and what it prints; the text is as a reader sees it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from lxml.html import HtmlElement

from crawler.extract.article.blocks import Block, is_hidden, read_blocks
from crawler.extract.article.meta import Meta
from crawler.extract.article.noise import is_furniture, is_header
from crawler.extract.article.words import words
from monitor.text import clean, is_cut, label_text, title_key

_TITLE_TAGS = ("articletitle", "article:title", "og:title", "twitter:title", "dc.title")
_SITE_TAGS = ("sitename", "og:site_name", "application-name")
_HEADED = re.compile(r"\s*[_|｜»]\s*|\s+[-–—·•:]+\s+|\s*--+\s*")
_HYPHEN = re.compile(r"-(?=[^-]{2,30}$)")  # 甲-投资湛江: the last one, when no reader would take it for a dash
_SITE = re.compile(
    r"(?:网|网站|门户|平台|政府|委员会|中心|频道|官网|首页|招商局|商务局|论坛|在线|头条|招商|投资[一-龥]{0,4})$"
)
_WELCOME = re.compile(r"^\W*(?:欢迎|您好)|(?:欢迎您|欢迎光临|官方网站|首页)\W*$")
_GENERIC = frozenset(
    words(
        "正文 首页 详情 文章详情 新闻详情 详细内容 内容详情 新闻内容 信息详情 网站首页 文章内容 新闻中心"
        " 无标题文档 untitled"
    )
)
_NAMED = re.compile(r"(?:^|[^a-z])(?:[a-z]*title|[a-z]*tit|bt|biaoti|headline|tt|subject|thread_subject)(?:$|[^a-z])")
_TOO_LONG = 150  # characters; the longest titles of government files have about 100
_HEADS = 10  # h1 that are looked at
_CROWD = 2  # children: the names of an element with more of them are not about one line
_ELEMENTS = 20  # of a line, that are asked for the size of their letters
_LINES = 4  # over which a title is broken
_LARGE = re.compile(
    r"font-size\s*:\s*(?:(?:1[89]|[2-9]\d)(?:\.\d+)?px|(?:1[4-9]|[2-9]\d)(?:\.\d+)?pt|x+-large)", re.IGNORECASE
)
_HEADINGS = {"h1": 4.0, "h2": 3.0, "h3": 2.5, "h4": 2.0, "h5": 1.5, "h6": 1.5}
_ABOVE_HEADER = 2.5  # added to the rank of the line above the one that tells source and date
_LABELLED = 1.0  # added to that of a line with a bracketed label
_TELLING = 10  # characters: a title of so many is no column's name
_COLUMN = 6  # characters: a shorter part of <title> may be a column's name
_LEAST = 4  # characters that two titles must share to be known as one; 甲 is in anything
_DRESSED = 1.5  # from where an element is dressed as a title: by its tag, its name, or all of it being bold
_LINKS = 0.5


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of a page that may be its title, and how much its dress and its place speak for it."""

    text: str
    rank: float


def headings(root: HtmlElement) -> list[Printed]:
    """The h1 of the page, without those of its navigation and footer, and without the lines about the post."""
    found = []
    for heading in islice(root.iter("h1"), _HEADS):
        if not is_hidden(heading) and next(heading.iterancestors("nav", "footer", "aside"), None) is None:
            found += [Printed(text, _HEADINGS["h1"]) for text in _joined(read_blocks(heading))]
    return found


def printed_titles(blocks: Sequence[Block]) -> list[Printed]:
    """The lines before a body as titles that they might be; the line above 来源：… 时间：… above all."""
    groups = [(owner, [*group]) for owner, group in groupby(blocks, key=lambda block: block.owner)]
    found = []
    for number, (owner, group) in enumerate(groups):
        below = groups[number + 1][1][0] if number + 1 < len(groups) else None
        above_header = any(is_header(block.text) for block in group[1:2]) or (
            below is not None and is_header(below.text) and not is_header(group[0].text)
        )
        rank = _prominence(owner) + (_ABOVE_HEADER if above_header else 0.0)
        found += [Printed(text, rank + (_LABELLED if label_text(text) else 0.0)) for text in _joined(group)]
    return found


def _joined(blocks: Sequence[Block]) -> list[str]:
    """A title broken over lines, as one; what tells source and date under it left out. Also its first line alone."""
    lines: list[str] = []
    for block in blocks:
        if is_header(block.text) or (is_furniture(block) and lines):
            break
        if block.link_share < _LINKS or block.owner.tag == "h1":
            lines.append(block.text)
    if not lines or len(lines) > _LINES:
        return []
    whole = lines[0]
    for line in lines[1:]:
        whole += f" {line}" if whole[-1].isascii() and line[0].isascii() else line
    return [text for text in dict.fromkeys((whole, lines[0])) if _usable(text)]


def _prominence(owner: HtmlElement) -> float:
    """How much an element is dressed as a title."""
    rank = 0.0
    node: HtmlElement | None = owner
    for _ in range(3):
        if node is None or node.tag == "body":
            break
        if node.tag in _HEADINGS:
            rank = max(rank, _HEADINGS[node.tag])
        if _NAMED.search(f"{node.get('class') or ''} {node.get('id') or ''}".lower()):
            rank = max(rank, 3.0)
        node = node.getparent()
        if node is not None and len(node) > _CROWD:
            break
    if any(True for _ in owner.iter("b", "strong", "big")) or owner.find(".//font[@size]") is not None:
        rank = max(rank, 1.5)
    if any(_LARGE.search(one.get("style") or "") for one in islice(owner.iter(), _ELEMENTS)):
        rank = max(rank, 1.5)
    if owner.get("align") == "center" or "center" in (owner.get("style") or ""):
        rank = max(rank, 0.5) + 0.3
    return rank


def choose_title(meta: Meta, printed: Sequence[Printed]) -> str:
    """The title, empty when the page has none, out of what the page declares and the `printed` lines that may be it.

    A meta tag wins unless it is empty, the site's name or a cut of what is printed; where both say the same, the
    printed form is taken. Without one it is the best line, or <title> where no line looks like a title.
    """
    sites = {title_key(name) for name in (meta.first((tag,)) for tag in _SITE_TAGS) if name}
    sites |= {title_key(column) for column in [meta.first(("columnname",))] if column and not _opens(meta, column)}
    printed = sorted((one for one in printed if title_key(one.text) not in sites), key=lambda one: -one.rank)
    declared = (meta.first((tag,)) for tag in _TITLE_TAGS)
    for text in (*declared, meta.linked_data("headline")):
        if _usable(text) and title_key(text) not in sites and not _names_site(text, printed):
            return _as_printed(text, printed)
    return _undeclared(meta.head_title, printed, sites)


def _opens(meta: Meta, column: str) -> bool:
    """Whether what a page calls its column is long, and what its <title> begins with: then it is the post's title."""
    key = title_key(column)
    return len(key) >= _TELLING and title_key(meta.head_title).startswith(key)


def _undeclared(head: str, printed: Sequence[Printed], sites: set[str]) -> str:
    """The best line, or <title> without the site's name. Many a <title> names only the site, or the column."""
    ranked = [(one.rank + _agreement(one.text, head), one.text) for one in printed]
    rank, best = max(ranked, key=lambda pair: pair[0], default=(0.0, ""))
    first = without_site(head, sites)
    if not _usable(first):
        return best if rank >= _DRESSED else ""
    if _within(best, head) or _is_cut_of(first, best):
        return best if rank >= _DRESSED else first
    ours, theirs = title_key(first), title_key(best)
    if rank < _DRESSED or (ours in theirs and 2 * len(ours) > len(theirs)):  # less is the name of a place in it
        return first
    names_site = _WELCOME.search(first) or _SITE.search(first)
    return best if names_site or len(title_key(best)) >= len(title_key(first)) else first


def _agreement(text: str, head: str) -> float:
    """What <title> adds to the rank of a line. A short one that stands in it is rather a column's name, or a site's."""
    if not _within(text, head):
        return 0.0
    return 3.0 if len(title_key(text)) >= _TELLING else -1.0


def _names_site(declared: str, printed: Sequence[Printed]) -> bool:
    """Whether a declared title is that of the site: it sounds like one, and what is dressed as a title is another."""
    if not _SITE.search(declared):
        return False
    key = title_key(declared)
    dressed = [title_key(one.text) for one in printed if one.rank >= _DRESSED]
    if any(key in other or other in key for other in dressed):
        return False
    return any(len(other) > len(key) for other in dressed)


def _as_printed(declared: str, printed: Sequence[Printed]) -> str:
    """A declared title, or the printed one that says the same or more."""
    key = title_key(declared)
    for one in printed:
        if title_key(one.text) == key:
            return one.text
    for one in printed:
        if one.rank >= _DRESSED and _is_cut_of(declared, one.text):
            return one.text
    for one in printed:
        if one.rank >= _DRESSED and _has_suffix(declared, one.text):
            return one.text
    return declared


def _is_cut_of(part: str, whole: str) -> bool:
    """Whether a title lacks the end, or the label, that another has."""
    ours, theirs = title_key(part).rstrip("."), title_key(whole)
    if len(theirs) <= len(ours) or len(ours) < _LEAST:
        return False
    return theirs.startswith(ours) or (theirs.endswith(ours) and theirs[0] == "【" and ours[0] != "【")


def _has_suffix(long: str, short: str) -> bool:
    """Whether what a title has more than another is a site's name behind a separator."""
    rest = long[len(short) :] if long.startswith(short) else ""
    return len(title_key(short)) >= _LEAST and bool(re.match(r"\s*[_|｜»\-–—]", rest)) and not is_cut(short)


def _within(text: str, head: str) -> bool:
    return len(title_key(text)) >= _LEAST and title_key(text) in title_key(head)


def without_site(head: str, sites: set[str]) -> str:
    """The text of <title> without the names of site and column behind the title (`甲_招商动态_湛江市人民政府`)."""
    parts = [part for part in _HEADED.split(head) if part and title_key(part) not in sites]
    first = _first_title(parts) if parts else clean(head)
    found = _HYPHEN.search(first)
    while found and _SITE.search(first) and found.start():
        first = first[: found.start()].rstrip()
        found = _HYPHEN.search(first)
    return first.strip()


def _first_title(parts: Sequence[str]) -> str:
    """The first part of a <title>; a longer one where that is the site's or the column's name (湛江招商网 | 甲)."""
    titles = [part for part in parts if not _SITE.search(part)]
    if parts[0] in titles and len(parts[0]) >= _COLUMN:
        return parts[0]
    return max(titles, key=len, default=parts[0])


def _usable(text: str) -> bool:
    key = title_key(text)
    return 0 < len(key) <= _TOO_LONG and key not in _GENERIC
