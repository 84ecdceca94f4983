"""Reads a post's own page: its title, its body as paragraphs, its date."""

import re
from datetime import date

from lxml.etree import iterwalk
from parsel import Selector

from crawler.extract.dates import find_date
from monitor.models import Article
from monitor.text import clean, clean_body

# Where the usual content systems of government sites put the text (TRS, JCMS, NFCMS, Epoint, WordPress).
_BODY_PLACES = (
    "//*[@id='zoom' or @id='Zoom' or @id='UCAP-CONTENT' or @id='articleContent' or @id='vsb_content']",
    "//*[contains(concat(' ', @class, ' '), ' TRS_Editor ')]",
    "//*[contains(@class, 'article-content') or contains(@class, 'article_content')]",
    "//*[contains(@class, 'entry-content')]",
    "//article",
    "//main",
)
_NOT_TEXT = (
    "//h1 | //script | //style | //noscript | //nav | //header | //footer | //aside | //iframe"
    " | //input | //button | //select | //textarea"  # not //form: ASP.NET wraps whole pages in one
    " | //*//comment()"  # those outside <html> have no parent to drop them from
)
_META_TITLE = "//meta[@name='ArticleTitle']/@content | //meta[@property='og:title']/@content"
_META_DATE = (
    "//meta[@name='PubDate' or @name='pubdate' or @name='publishdate' or @property='article:published_time']/@content"
)
_BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "section",
    "table",
    "ul",
    "ol",
    "blockquote",
    "dd",
    "dt",
}
# 发布时间：2025-07-17, 日期：2025年7月17日; but not 活动时间为2023年5月1日, which is about the event.
_PRINTED_DATE = re.compile(
    r"(?:发布|发表|更新)(?:时间|日期|于)?[^0-9一-龥]{0,12}"
    r"((?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})"
    r"|(?<![一-龥])(?:日期|时间)\s*[:：]\s*((?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})"
)


def extract_article(text: str, url: str, today: date) -> Article | None:  # noqa: ARG001 - room for rules by site
    """The post on a page, or None when the page has no body worth the name."""
    page = Selector(text=text or "<html></html>", type="html")
    title = clean(page.xpath(_META_TITLE).get() or "") or clean(page.xpath("string(//h1)").get() or "")
    title = title or clean(page.xpath("string(//title)").get() or "")
    published_on = find_date(page.xpath(_META_DATE).get() or "", today)
    if published_on is None:
        printed = _PRINTED_DATE.search(clean(page.xpath("string(//body)").get() or ""))
        published_on = find_date(printed[1] or printed[2], today) if printed else None
    page.xpath(_NOT_TEXT).drop()
    body = _body(page)
    if not body:
        return None
    return Article(title=title or None, body=body, published_on=published_on)


def _body(page: Selector) -> str:
    for place in _BODY_PLACES:
        for element in page.xpath(place):
            if text := _paragraphs(element):
                return text
    return _densest(page) or _rest(page)


def _densest(page: Selector) -> str:
    """The element whose own paragraphs hold the most text outside links."""
    best, most = "", 0
    for parent in page.xpath("//*[p]"):
        linked = sum(len(clean(text)) for text in parent.xpath("./p//a//text()").getall())
        size = sum(len(clean(text)) for text in parent.xpath("./p//text()").getall()) - 2 * linked
        if size > most:
            best, most = _paragraphs(parent), size
    return best


def _rest(page: Selector) -> str:
    """A page without paragraphs: what is left of it beside headings and links."""
    page.xpath("//h2 | //h3 | //a | //ul | //title").drop()
    return "".join(_paragraphs(body) for body in page.xpath("//body"))


def _paragraphs(element: Selector) -> str:
    """Text with a line break at every block, as a reader sees it."""
    root = element.root
    parts: list[str] = []
    for event, node in iterwalk(root, events=("start", "end")):
        if node.tag in _BLOCKS:
            parts.append("\n")
        if event == "start":
            parts.append(_flowing(node.text))
        elif node is not root:
            parts.append(_flowing(node.tail))
    return clean_body("".join(parts))


def _flowing(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
