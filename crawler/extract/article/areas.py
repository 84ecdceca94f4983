"""Tells what the names of the elements around a text say of it: body, sidebar, list of others; it reads no text."""

import re
from collections import defaultdict
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.extract.article.words import words

# What TRS, JCMS, jpaas, NFCMS, Epoint, Visual SiteBuilder, WordPress, WeChat and Discuz call the field that an editor
# fills. In lower case, digits taken out.
_EDITED = frozenset(
    words(
        "zoom fontzoom ucap-content ucapcontent articlecontent article-content article_content trs_editor"
        " trs_ueditor custom_unionstyle trs_paper_default vsb_content v_news_content wp_articlecontent"
        " js_content entry-content post-content post_content post-body ewb-article-info"
        " ewb-article-content infocontent infodetail ivs_content pages_content con_con content_detail"
        " newscontent news_content news-content article-body articlebody artibody endtext xl_content"
        " detail-content detail_content founder-content main-txt conn-text bt_content arc_cont"
        " show_content zw_content"
    )
)
_THREAD = frozenset(("t_f", "postmessage_"))  # a forum's post; those after the first are answers
_NAMED = re.compile(
    r"content|article|text|txt|detail|news|body|zoom|editor|zhengwen|post|entry|main|show"
    r"|(?:^|[^a-z])(?:art|con|nr|zw)(?:$|[^a-z])"
)
_BESIDE = re.compile(
    r"(?:^|[^a-z])(?:side|sidebar|aside|foot|footer|bottom|copyright|nav|navbar|menu|head|header|top|topbar"
    r"|banner|crumbs?|location|position|links?|share|related?|recommend|hot|rank|comments?|widget|panel|ads?|login"
    r"|search|friend|tools?|card|tuijian|xgxx)(?:$|[^a-z])"
)
_DIGITS = re.compile(r"\d+")
NO_CONTAINER = frozenset(words("p li tr h1 h2 h3 h4 h5 h6 dt pre caption blockquote thead tfoot figure figcaption"))
_OUTSIDE = frozenset(("nav", "footer", "aside", "header"))
_CARDS = 3  # sisters that make a list of cards


def name_voice(element: HtmlElement) -> float:
    """What the names of an element say of its being the body: 1 for a field that an editor fills, 0 for nothing."""
    names = _names(element)
    if any(name in _EDITED or name in _THREAD for name in names):
        return 1.0
    return 0.5 if any(_NAMED.search(name) for name in names) else 0.0


def _names(element: HtmlElement) -> list[str]:
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    found = _DIGITS.sub("", names).lower().split() if names != " " else []
    return [*found, element.tag] if element.tag in _EDITED else found


@dataclass(frozen=True, slots=True)
class Area:
    """What the names around a text say."""

    weight: float = 1.0  # 1 in the open, less inside what is called a sidebar or a footer
    named: float = 0.0  # the strongest voice of a name around
    other: bool = False  # inside a forum's post that is not the first, or a list of cards


class Areas:
    """What the names around a block say of it, remembered by element."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, Area] = {}
        self._thread: HtmlElement | None = None
        self._cards: dict[HtmlElement, set[tuple[str, str]]] = {}

    def of(self, element: HtmlElement) -> Area:
        """The area that an element stands in; upwards without recursion, for pages may be deep."""
        chain = []
        above: HtmlElement | None = element
        while above is not None and above not in self._known:
            chain.append(above)
            above = above.getparent()
        area = self._known[above] if above is not None else Area()
        for step in reversed(chain):
            area = self._known[step] = self._inside(step, area)
        return area

    def _is_card(self, element: HtmlElement) -> bool:
        parent = element.getparent()
        name = element.get("class")
        if parent is None or not name:
            return False
        if parent not in self._cards:
            self._cards[parent] = _cards(parent)
        return (element.tag, name) in self._cards[parent]

    def _inside(self, element: HtmlElement, around: Area) -> Area:
        names = _names(element)
        voice = name_voice(element)
        weight = around.weight
        if element.tag in _OUTSIDE:
            weight = 0.0
        elif voice == 1:
            weight = 1.0 if weight else 0.0
        elif element.tag not in ("body", "html") and any(_BESIDE.search(name) for name in names):
            weight = max(0.2, weight * 0.4) if weight else 0.0
        other = around.other or self._is_card(element)
        if not other and any(name in _THREAD for name in names):
            self._thread = self._thread if self._thread is not None else element
            other = element is not self._thread
        return Area(weight, max(around.named, voice), other)


def _cards(parent: HtmlElement) -> set[tuple[str, str]]:
    """The tags and classes of the children that are three or more and each begin with a link: lists of others."""
    sisters: dict[tuple[str, str], list[HtmlElement]] = defaultdict(list)
    for child in parent:
        name = child.get("class")
        if name and child.tag not in NO_CONTAINER and len(sisters[child.tag, name]) < _CARDS:
            sisters[child.tag, name].append(child)
    return {
        name for name, some in sisters.items() if len(some) == _CARDS and all(_begins_with_link(one) for one in some)
    }


def _begins_with_link(element: HtmlElement) -> bool:
    for text in element.itertext():
        if text.strip():
            break
    else:
        return False
    link = next(element.iter("a"), None)
    return link is not None and next((text for text in link.itertext() if text.strip()), None) == text
