"""Finds what could be the title of a record in a page's tree: links, headings, labelled lines; it groups nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.html.scripts import address_of_script
from crawler.extract.html.tree import BLOCKS, MAX_DEPTH, Page, address, whole_text
from monitor.text import clean, is_cut, label_text, without_label

_MOST = 6000  # candidates; the longest listings hold a few hundred
_ENOUGH = 6  # weight from which a text may be a title by itself
_REPEATS = 3  # a text that stands on a page this often is a button or a column's name
_LONGEST_HEADING = 120
_CHINESE = re.compile(r"[㐀-鿿豈-﫿]")
_NOT_IN_LABELS = re.compile(r"[\d年月日时分今昨前天]|置顶|图文|热点|推荐|最新")
_WORDISH = re.compile(r"[A-Za-z0-9]{2,}")
_LEADS = (
    "(?:查看|阅读|点击|了解)?更多(?:信息|内容|详情|动态)?|(?:点击)?(?:查看|阅读|浏览|了解|进入)(?:更多|详情|详细|全文|原文|内容)?"
    "|(?:点击)?详情|详细(?:内容|信息)?|(?:继续)?阅读(?:全文|更多|原文|.{0,60}”)?|全文"
    "|(?:read |view |learn |see )?more|(?:view )?details?"
)
_TURNS = "首页|[上下前后]一?页|尾页|末页|返回.{0,4}|登录|注册|点击(?:查看|进入).{0,4}"
_ENDS = r"\s*[\]】)）>》]?[\s>»›→＞…+.]*"
_BUTTON = re.compile(
    rf"[\[【(（<《]?\s*(?:{_LEADS}|{_TURNS}|.*(?:公网安备|ICP备|备案号|版权所有).*|\d+|[<>«»‹›.…]+){_ENDS}",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(rf"[\[【(（<《]?\s*(?:{_LEADS}){_ENDS}", re.IGNORECASE)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TITLED = re.compile(r"(?i)(?:^|[-_\s])(?:title|tit|bt|biaoti|subject|headline|name)(?:$|[-_\s\d])")
_LINKS = ("data-href", "data-url", "data-link")


@dataclass(slots=True, eq=False)
class Candidate:
    """An element that may hold a record's title: `weight` is its length for a reader, `key` tells records apart."""

    node: HtmlElement
    text: str
    url: str | None
    weight: int
    key: object
    linked: bool = True
    strong: bool = field(default=False)


def label_of(title: str) -> str | None:
    """The bracketed head of a title, when it is a label: Chinese, and not a date that stands in brackets."""
    text = label_text(title)
    return text if text and _CHINESE.search(_NOT_IN_LABELS.sub("", text)) else None


def weight(text: str) -> int:
    """How long a text is for a title: Chinese characters count one, Latin words and numbers one each."""
    return len(_CHINESE.findall(text)) + len(_WORDISH.findall(text))


def is_button(text: str) -> bool:
    """Whether a text is one of those that lead on (更多, 查看详情, 下一页, a page number) and never a title."""
    return _BUTTON.fullmatch(text.strip()) is not None


def leads_on(text: str) -> bool:
    """Whether a text is a button's that leads to the whole of a record (查看详情), and turns no pages."""
    return _LEADS_ON.fullmatch(text.strip()) is not None


def find_candidates(page: Page) -> list[Candidate]:
    """All candidates in page order. The strong ones may found a record; the others only tell buttons from titles."""
    found = list(islice(_linked(page), _MOST))
    inside = {candidate.node for candidate in found}
    found += islice(_unlinked(page, inside), _MOST - len(found))
    counts = Counter(candidate.text for candidate in found if label_of(candidate.text) is None)
    for candidate in found:
        candidate.strong = (
            (candidate.weight >= _ENOUGH or _is_labelled_title(candidate.text))
            and counts[candidate.text] < _REPEATS
            and not is_button(candidate.text)
        )
    return found


def _is_labelled_title(text: str) -> bool:
    label = label_of(text)
    return label is not None and len(without_label(text)) < len(text)


def _linked(page: Page) -> Iterator[Candidate]:
    """Links, and whatever else leads to a page when it is clicked."""
    for node in page.root.iter():
        if not isinstance(node.tag, str) or (node.tag != "a" and not _clickable(node)):
            continue
        if node.tag != "a" and node.find(".//a[@href]") is not None:
            continue
        text = _title_text(node)
        if not text:
            continue
        url = _leads_to(node, page)
        if url is None and node.tag == "a" and not _is_dead_end(node):
            continue
        yield Candidate(node, text, url, weight(text), url or node)


def _clickable(node: HtmlElement) -> bool:
    return bool(node.get("onclick") and node.tag in BLOCKS | {"span", "td"}) or any(node.get(name) for name in _LINKS)


def _is_dead_end(node: HtmlElement) -> bool:
    """A link that a script answers: it is still the record's title, only its address is not known."""
    href = (node.get("href") or "").strip().lower()
    return href.startswith("javascript:") or bool(node.get("onclick")) or href in ("", "#")


def _leads_to(node: HtmlElement, page: Page) -> str | None:
    for name in ("href", *_LINKS):
        if (url := address(node.get(name), page.base)) is not None:
            return url
    for name in ("onclick", "href"):
        written = node.get(name) or ""
        if name == "href" and not written.strip().lower().startswith("javascript:"):
            continue
        if written and (url := address_of_script(written, page)) is not None:
            return url
    return None


def _title_text(node: HtmlElement) -> str:
    text = whole_text(node)
    whole = clean(node.get("title") or "")
    if whole and (not text or (is_cut(text) and weight(whole) > weight(text))):
        return whole
    if not text:
        return clean(node.xpath("string(.//img/@alt)"))
    return text


def _unlinked(page: Page, inside: set[HtmlElement]) -> Iterator[Candidate]:
    """Headings and labelled lines that stand in no link and hold none of a title's length."""
    for node in page.root.iter():
        if not isinstance(node.tag, str) or node in inside or not _may_head(node):
            continue
        text = _own_line(node)
        if not text or len(text) > _LONGEST_HEADING or text.endswith("。") or _in_link(node, inside):
            continue
        if any(link in inside and weight(whole_text(link)) >= _ENOUGH for link in node.iter("a")):
            continue
        yield Candidate(node, text, None, weight(text), node, linked=False)


def _may_head(node: HtmlElement) -> bool:
    if node.tag in HEADINGS or node.tag == "dt":
        return True
    if TITLED.search(node.get("class") or ""):
        return node.find("./*[@class]") is None
    start = (node.text or "").lstrip()
    return start[:1] in ("【", "［", "〖", "[", "︻") and label_of(start) is not None


def _own_line(node: HtmlElement) -> str:
    """The text of a heading; of an element that goes on with blocks or line breaks, only the first line."""
    parts = [node.text or ""]
    for child in node:
        if child.tag == "br" or child.tag in BLOCKS:
            if clean("".join(parts)):
                break
            continue
        parts.append("" if not isinstance(child.tag, str) else child.text_content())
        parts.append(child.tail or "")
    return clean("".join(parts))


def _in_link(node: HtmlElement, inside: set[HtmlElement]) -> bool:
    parent, steps = node.getparent(), 0
    while parent is not None and steps < MAX_DEPTH:
        if parent in inside:
            return True
        parent, steps = parent.getparent(), steps + 1
    return False
