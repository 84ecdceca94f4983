"""Parses HTML into a tree and reads it as a reader sees it: pieces of text, addresses, shapes; it looks for nothing."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.extract.raw.tags import bounded
from monitor.text import clean

MAX_DEPTH = 400  # levels; real pages stay under 60, and a page of 20,000 nested tags is no listing
_MAX_TEXT = 8_000_000  # characters; the ceiling of a response is 8 MiB by default
_MOST_TAGS = 400_000  # opening and closing; a listing of 5,000 records has 60,000
_HIDDEN = frozenset({"script", "style", "noscript", "template", "head", "textarea", "svg", "iframe"})
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARKED_UP = etree.XPath("boolean(.//@style | .//@hidden | .//@aria-hidden)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)  # pages put together from parts go on behind it; libxml2 not
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_LONGEST_NAME = 1_000  # characters of a class or an id: those of an element are asked for by all below it
_LONGEST_ADDRESS = 4_000  # characters; servers take 8,000 at most
_SMALL = 20_000  # characters of a page that no name in it can make slow
_LONG_NAMES = etree.XPath(f"//@*[(name() = 'class' or name() = 'id') and string-length() > {_LONGEST_NAME}]")
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "dir", "div"),
        *(
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
        ),
        *("hr", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    }
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of text in a tree: what it says, and the element that it stands in."""

    text: str
    owner: HtmlElement


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. `base` is what its links are relative to."""

    root: HtmlElement
    url: str
    base: str


def parse(text: str, url: str) -> Page:
    """A tree for any text whatever; an empty one where there is no markup."""
    source = _END.sub("", _NOT_IN_XML.sub(" ", text[:_MAX_TEXT]))
    if source.count("<") > _MOST_TAGS:
        source = "<".join(source.split("<", _MOST_TAGS)[:_MOST_TAGS])
    source = bounded(_CDATA.sub("", source) if "[CDATA[" in source else source)
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(source.encode("utf-8", "replace") or b"<html></html>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but white space or comments
        root = document_fromstring(b"<html></html>", parser=HTMLParser())
    if len(source) > _SMALL:
        _shorten_names(root)
    href = root.xpath("string(//base/@href)")
    try:
        base = urljoin(url, str(href).strip()) if len(href) <= _LONGEST_ADDRESS else url
    except ValueError:
        base = url
    return Page(root, urldefrag(url)[0], base)


def _shorten_names(root: HtmlElement) -> None:
    for value in _LONG_NAMES(root):
        value.getparent().set(value.attrname, value[:_LONGEST_NAME])


def is_hidden(node: HtmlElement) -> bool:
    """Whether a reader never sees an element; an inline one kept from screen readers repeats what others say."""
    if not node.attrib:
        return False
    if node.get("hidden") is not None or _UNSEEN.search(node.get("style") or ""):
        return True
    return node.get("aria-hidden") == "true" and node.tag not in BLOCKS and node.tag != "a"


def pieces(root: HtmlElement, without: Collection[HtmlElement] = ()) -> Iterator[Piece]:
    """Every run of text below `root` in page order, cleaned; hidden elements and those of `without` left out."""
    skipped = set(without)
    skipping: HtmlElement | None = None
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if skipping is None and event == "start" and _is_left_out(node, root, skipped):
            skipping = node
        if skipping is None and event == "start" and node.text and (text := clean(node.text)):
            yield Piece(text, node)
        if event == "end":
            if node is skipping:
                skipping = None
            if skipping is None and node is not root and node.tail and (text := clean(node.tail)):
                yield Piece(text, node.getparent())


def _is_left_out(node: HtmlElement, root: HtmlElement, skipped: Collection[HtmlElement]) -> bool:
    return node in skipped or node.tag in _HIDDEN or (node is not root and is_hidden(node))


def flowing(root: HtmlElement, without: Collection[HtmlElement] = ()) -> str:
    """The text below `root` with a line break at every block, each line cleaned."""
    skipped = set(without)
    skipping: HtmlElement | None = None
    parts: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if skipping is None and event == "start" and _is_left_out(node, root, skipped):
            skipping = node
        if skipping is None and (node.tag in BLOCKS and node is not root):
            parts.append("\n")
        if skipping is None and event == "start":
            parts.append(re.sub(r"\s+", " ", node.text or ""))
        if event == "end":
            if node is skipping:
                skipping = None
            if skipping is None and node is not root:
                parts.append(re.sub(r"\s+", " ", node.tail or ""))
    lines = (clean(line) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def whole_text(root: HtmlElement, without: Collection[HtmlElement] = ()) -> str:
    """All text below `root` as one line; inline tags and line breaks inside a title leave no gap."""
    if not without and not (len(root) and _MARKED_UP(root)):
        return clean(root.text_content())
    skipped = set(without)
    skipping: HtmlElement | None = None
    parts: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if skipping is None and event == "start":
            skipping = node if node in skipped or (node is not root and is_hidden(node)) else None
            parts.append("" if skipping is not None else node.text or "")
        if event == "end":
            skipping = None if node is skipping else skipping
            parts.append(node.tail or "" if skipping is None and node is not root else "")
    return clean("".join(parts))


def address(href: str | None, base: str) -> str | None:
    """The web page that a link leads to; None for scripts, mail, anchors on the page itself and other schemes."""
    href = (href or "").strip()
    if not href or len(href) > _LONGEST_ADDRESS or (href.startswith("#") and "=" not in href and "/" not in href):
        return None
    try:
        url = urljoin(base, re.sub(r"[\t\r\n]", "", href))
        parts = urlsplit(url)
        is_page = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return None
    return url if is_page else None


def shape(node: HtmlElement, levels: int) -> str:
    """The tag path of an element with ids and classes, digits folded: what its like on the same page have in common."""
    steps: list[str] = []
    while node is not None and len(steps) < levels:
        steps.append(step(node))
        node = node.getparent()
    return ">".join(reversed(steps))


def step(node: HtmlElement) -> str:
    """One step of a tag path: `li.news-item`, `div#list`. Words of state (odd, first, on) tell no shapes apart."""
    classes = [_folded(word) for word in (node.get("class") or "").split()]
    named = "".join(f".{word}" for word in sorted({word for word in classes if word and word not in _STATES}))
    own = _folded(node.get("id") or "")
    return f"{node.tag}{f'#{own}' if own else ''}{named}"


_STATES = frozenset(
    {
        *("odd", "even", "first", "last", "nth", "one", "two", "in", "show", "open", "opened", "collapsed", "expanded"),
        *("on", "cur", "current", "active", "hover", "selected", "top", "new", "hot", "pinned", "sticky", "stick"),
        *("red", "bold", "bg", "line", "dashed", "clearfix", "clear", "cl", "fl", "fr"),
    }
)


def _folded(word: str) -> str:
    return re.sub(r"\d+", "", word).strip("-_")


def depth(node: HtmlElement) -> int:
    """How many ancestors a node has; counting stops at MAX_DEPTH."""
    count = 0
    node = node.getparent()
    while node is not None and count < MAX_DEPTH:
        count += 1
        node = node.getparent()
    return count
