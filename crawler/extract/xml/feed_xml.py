"""Makes a feed's XML whole before it is read: entities, bare ampersands, a cut end; it reads no items.

The feed parser takes minutes over some malformed feeds (deep nesting, a cut end), raises for others, and does neither
for whole and plain ones.
"""

import re
from dataclasses import dataclass
from html import unescape
from html.entities import html5

from lxml import etree

from crawler.extract.interfaces.field_names import words

_DECLARATION = re.compile(r"[\s\ufeff\x00]*+(?:<\?xml[^>]{0,300}\?>)?")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,1000}+(?P<subset>\[)?", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w-]{1,20}:)?(?P<root>rss|feed|rdf)(?![\w-])", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_ITEMS = frozenset({"item", "entry"})
_PROLOG = 20  # declarations, comments and instructions before the root
_ATOM = "{http://www.w3.org/2005/Atom}"
# The fields that are read; element names differ in case where a feed is made by hand.
_READ = frozenset(
    words(
        "title link guid id pubdate published updated date created issued modified description summary encoded content"
    )
)
_WRITTEN = {  # what the feed parser calls them
    "pubdate": "pubDate",
    "date": "{http://purl.org/dc/elements/1.1/}date",
    "encoded": "{http://purl.org/rss/1.0/modules/content/}encoded",
}
_ATTRIBUTES = ("href", "rel", "type", "isPermaLink", "src")
_MEDIA = "search.yahoo.com/mrss"  # its title and content are those of a picture
_MOST = 5000  # items; feeds hold some dozens


@dataclass(frozen=True, slots=True)
class WholeFeed:
    """A feed that is well-formed, and what was wrong with it."""

    xml: bytes
    warnings: tuple[str, ...]


def feed_root(text: str) -> str:
    """The name of a feed's root element, `rss`, `feed` or `rdf`; empty for other text."""
    place = 0
    for _ in range(_PROLOG):
        while text[place : place + 1].isspace() or text[place : place + 1] in ("\ufeff", "\x00"):
            place += 1
        if (root := _ROOT.match(text, place)) is not None:
            return root["root"].lower()
        place = _behind(text, place)
        if place < 0:
            return ""
    return ""


def _behind(text: str, place: int) -> int:
    """Where what may stand before a root ends; -1 when it is something else."""
    if text.startswith("<?", place):
        end, length = text.find("?>", place), 2
    elif text.startswith("<!--", place):
        end, length = text.find("-->", place), 3
    elif (doctype := _DOCTYPE.match(text, place)) is not None:
        inside = text.find("]", doctype.end()) if doctype["subset"] else doctype.end()
        end, length = text.find(">", inside) if inside >= 0 else -1, 1
    else:
        return -1
    return end + length if end >= 0 else -1


def whole_feed(text: str) -> WholeFeed | None:
    """The feed with its whole items only; None when nothing of it can be read."""
    source = _mended(text)
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    warnings = ["malformed feed; its whole items were read"] if len(parser.error_log) else []
    items = [node for node in root.iter() if isinstance(node.tag, str) and _local(node.tag) in _ITEMS]
    if items and _ends_open(source):
        items.pop()
    if len(items) > _MOST:
        warnings.append(f"only the first {_MOST} of {len(items)} items were read")
    return WholeFeed(etree.tostring(_plain(root, items[:_MOST]), encoding="utf-8"), tuple(warnings))


def _plain(root: etree._Element, items: list[etree._Element]) -> etree._Element:
    """A feed of nothing but these items, and in them nothing but the fields that are read, each one text.

    The feed parser raises for some elements in places where they do not belong.
    """
    atom = _local(root.tag) == "feed"
    plain = etree.Element(f"{_ATOM}feed" if atom else "rss", None if atom else {"version": "2.0"})
    inside = plain if atom else etree.SubElement(plain, "channel")
    links = [node for node in root.iter() if isinstance(node.tag, str) and _local(node.tag) == "link"]
    following = [link for link in links if (link.get("rel") or "").lower() == "next" and link.get("href")][:1]
    for link in following:
        _add_field(inside, f"{_ATOM}link", link)
    for item in items:
        added = etree.SubElement(inside, f"{_ATOM}entry" if atom else "item")
        for field in item:
            name = _local(field.tag) if isinstance(field.tag, str) and _MEDIA not in field.tag else ""
            if name in _READ:
                _add_field(added, _WRITTEN.get(name) or (f"{_ATOM}{name}" if atom else name), field)
    return plain


def _add_field(item: etree._Element, tag: str, field: etree._Element) -> None:
    """One field of an item; markup that stands in it unquoted becomes its text."""
    written = (field.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in field)
    kept = {name: _NOT_XML.sub("", value) for name in _ATTRIBUTES if (value := field.get(name)) is not None}
    if kept.get("type", "").endswith("xhtml"):
        kept["type"] = "html"
    etree.SubElement(item, tag, kept).text = _NOT_XML.sub("", written)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _ends_open(source: str) -> bool:
    """Whether the text ends inside an item."""
    tail = source[-2_000_000:]
    return max(tail.rfind("<item"), tail.rfind("<entry")) > max(tail.rfind("</item"), tail.rfind("</entry"))


def _mended(text: str) -> str:
    start = _DECLARATION.match(text)
    source = _without_doctype(_NOT_XML.sub("", text[start.end() if start else 0 :]))
    parts: list[str] = []
    place = 0
    while (quoted := source.find(_CDATA, place)) >= 0:
        end = source.find(_CDATA_END, quoted)
        end = len(source) if end < 0 else end + len(_CDATA_END)
        parts += (_REFERENCE.sub(_reference, source[place:quoted]), source[quoted:end])
        place = end
    parts.append(_REFERENCE.sub(_reference, source[place:]))
    return "".join(parts)


def _without_doctype(source: str) -> str:
    """The text without its document type: entities that a feed declares itself are not followed."""
    found = _DOCTYPE.search(source, 0, 5000)
    end = _behind(source, found.start()) if found is not None else -1
    return source if found is None or end < 0 else source[: found.start()] + source[end:]


def _reference(found: re.Match[str]) -> str:
    """References of XML stay, those of HTML become characters, and everything else is an ampersand."""
    name = found["name"]
    if found[0] == "&" or (name is not None and name not in _OF_XML and f"{name};" not in html5):
        return "&amp;" + found[0][1:]
    return found[0] if name is None or name in _OF_XML else unescape(found[0])
