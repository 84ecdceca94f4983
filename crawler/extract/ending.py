"""Tells whether a page without records is the end of its listing, by the page before it; anything less is no end.

A pager that runs one page too far leads to an empty list, to 暂无数据, or to a page that is not there. A challenge, a
redesign and a site under repair yield nothing as well, so the end must be proven.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extract.html.pager import links_to
from crawler.extract.html.tree import Page, parse, shape, step, whole_text
from crawler.extract.raw.charset import decode
from crawler.extract.raw.truncation import is_truncated
from monitor.pages import Block, BlockKind, ListingPage, PageRequest, RawPage

_GONE = frozenset({404, 410})
_NOTHING_MORE = re.compile(
    r"(?:暂无|没有(?:更多|相关|找到|查询到|符合)|无(?:更多|相关|符合条件的)|未(?:找到|查询到)(?:相关|符合))"
    r"[^。！？\n]{0,8}(?:数据|信息|内容|记录|文章|结果|资讯|新闻)|没有更多|暂无更多|no more (?:data|records|results)",
    re.IGNORECASE,
)
_ALIKE = 0.6  # share of what names the parts of two pages that is the same, for pages of one template
_LEVELS = 8  # of a page on which its template shows; the records are further down, or few names among many
_LEAST = 2  # names by which a template is known
_MENU = 8  # characters of a menu's words
_NAMED = re.compile(r"[.#]")
_HOLDERS = re.compile(r"(?:ul|ol|dl|table|tbody)\b")
_DIGITS = re.compile(r"\d+")


def end_of_listing(
    number: int,
    asked: PageRequest,
    before: RawPage | None,
    after: RawPage,
    read: ListingPage,
    known: Collection[str],
    *,
    pages: int = 0,
) -> str | None:
    """Why a page that yields nothing, the `number`-th that was asked for, ends its listing; None when it is broken.

    `before` is the page whose pager led to it and whose records were read, in blocks of the `known` signatures; `pages`
    is how many the listing has by what its pages have said in this crawl, 0 where they said nothing. A page within
    these is never the end. One beyond them is, and where nothing is said: one that is not there (404, 410, a
    soft 404) and that the pager links to by a number, or one of the same template whose list is empty or that says
    that there is nothing more. An answer of another status is never the end.
    """
    if number < 2 or before is None or asked == before.request:  # noqa: PLR2004 - the first page is never the end
        return None
    if number <= pages:
        return None
    former = _page(before)
    led = pages > 0 or (_is_numbered(asked.url) and links_to(former, asked.url))
    if after.status in _GONE:
        gone = led and (read.blocked is None or read.blocked.kind not in (BlockKind.CHALLENGE, BlockKind.LOGIN))
        return f"end of the listing (page {number} is not there: HTTP {after.status})" if gone else None
    why = _nothing_on(former, after, read.blocked, known, led=led) if after.status == 200 else None  # noqa: PLR2004 - OK
    return f"end of the listing (page {number} {why})" if why else None


def _is_numbered(url: str) -> bool:
    """Whether an address names a page by a number: /list_3.html, /list?page=3."""
    parts = urlsplit(url)
    return _DIGITS.search(f"{parts.path}?{parts.query}") is not None


def _nothing_on(
    former: Page, after: RawPage, blocked: Block | None, known: Collection[str], *, led: bool
) -> str | None:
    """What a page says or shows instead of records, if it is whole and of the template of the page before."""
    text = decode(after.body, after.content_type).text
    page = parse(text, after.url)
    if is_truncated(after, text) or not _same_template(former, page):
        return None
    if blocked is None:
        return "has no records" if _NOTHING_MORE.search(whole_text(page.root)) or _is_hollow(page, known) else None
    if blocked.kind is not BlockKind.MISSING:
        return None
    if _NOTHING_MORE.search(blocked.sign):
        return "has no records"
    return f"is not there: {blocked.sign}" if led else None


def _is_hollow(page: Page, known: Collection[str]) -> bool:
    """Whether the element that the records stood in is there and shows nothing."""
    for signature in known:
        steps = signature.split(">")
        for levels in range(len(steps) - 1, 0, -1):
            if levels == 1 and (not _NAMED.search(steps[0]) or _HOLDERS.match(steps[1])):
                continue  # any <div>, or what stands around the list, which is gone
            above = ">".join(steps[:levels])
            tag = _NAMED.split(steps[levels - 1], maxsplit=1)[0]
            for node in page.root.iter(tag):
                if shape(node, levels) == above:
                    return not whole_text(node)
    return False


def _page(raw: RawPage) -> Page:
    return parse(decode(raw.body, raw.content_type).text, raw.url)


def _same_template(former: Page, page: Page) -> bool:
    """Whether two pages are made alike: their titles, scripts, styles, menus and named parts are mostly the same."""
    one, other = _template(former), _template(page)
    common = len(one & other)
    return common >= _LEAST and common >= _ALIKE * max(len(one), len(other))


def _template(page: Page) -> frozenset[str]:
    """What names a page's template: its title, the files and the menu that all its pages have, and its named parts."""
    names = {f"title {_DIGITS.sub('', whole_text(node))}" for node in page.root.iter("title")}
    names |= {f"file {node.get('src')}" for node in page.root.iter("script") if node.get("src")}
    names |= {f"file {node.get('href')}" for node in page.root.iter("link") if node.get("href")}
    for link in page.root.iter("a"):
        text = whole_text(link)
        if text and len(text) <= _MENU and not _DIGITS.search(text) and link.get("href"):
            names.add(f"menu {text} {link.get('href')}")
    _name_parts(page.root, 0, names)
    return frozenset(name for name in names if name.split(" ", 1)[1])


def _name_parts(node: HtmlElement, level: int, names: set[str]) -> None:
    """Add the parts below an element that have an id or a class; digits and words of state in them tell nothing."""
    for child in node:
        if isinstance(child.tag, str) and level < _LEVELS:
            named = step(child)
            if named != child.tag and child.tag not in ("script", "style", "a"):
                names.add(f"part {named}")
            _name_parts(child, level + 1, names)
