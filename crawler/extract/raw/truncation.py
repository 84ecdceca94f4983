"""Tells whether a page was cut short on its way: HTML, JSON or XML that ends in the middle; it mends nothing."""

import json
import re

from monitor.pages import RawPage

_HTML_END = re.compile(r"</\s?(?:html|body)\b", re.IGNORECASE)
_HTML_START = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
# An element is open when more tags begin it than end it. Those whose end tag may be left out are not counted.
_COUNTED = re.compile(
    r"<(/?)(a|article|aside|div|dl|em|font|footer|form|h[1-6]|header|main|nav|ol|section|select|span|strong|table|ul)"
    r"(?![a-z0-9-])",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"<(/?)(script|style|textarea)(?![a-z0-9-])", re.IGNORECASE)
_CUT_TAG = re.compile(r"</?[a-zA-Z][^<>]*\Z|<!(?:--)?[^<>]*\Z|</?\Z|<!?-?\Z")
_TAIL = 4_000  # characters in which a cut tag may have begun
_CUT_ENTITY = re.compile(r"&(?:#x?[0-9a-fA-F]{0,6}|[a-zA-Z]{2,8})\Z")
_XML = re.compile(r"\s*<\?xml\b|\s*<(?:rss|feed|rdf:RDF|recordset|datastore|urlset)\b", re.IGNORECASE)
_XML_ROOT = re.compile(r"<([A-Za-z_][\w:.-]*)")
_PROLOGUE = 4_000  # characters in which the root of an XML document begins
_JSON = re.compile(r"\s*[{\[]")
_JSONP = re.compile(r"\s*(?:/\*\*/)?\s*[\w$.]{1,80}\s*\(\s*[{\[]")
_CUT_WORD = re.compile(r"[a-zA-Z0-9.+-]*|\\u?[0-9a-fA-F]{0,4}\"?")  # tru, -1, \\u4e2


def is_truncated(raw: RawPage, text: str) -> bool:
    """Whether the text of a page ends in the middle.

    HTML is cut when it ends within a tag, a comment, a script or an entity, or, having begun with html or body and
    ended neither, within an element that needs an end. JSON and XML are cut when they end before they are complete.
    """
    if not raw.body or not text.strip():
        return False
    if _JSON.match(text):
        return _is_cut_json(text)
    if _JSONP.match(text):
        return not text.rstrip().rstrip(";").endswith(")")
    if _XML.match(text) and _HTML_START.search(text, 0, _PROLOGUE) is None:
        return _is_cut_xml(text)
    return "<" in text and _is_cut_html(text)


def _is_cut_json(text: str) -> bool:
    """Python's reader says where it stopped: where a text ends that was cut, or at a string without an end."""
    end = len(text.rstrip())
    try:
        json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        rest = text[error.pos : end]
        return error.msg.startswith("Unterminated string") or _CUT_WORD.fullmatch(rest) is not None
    except (RecursionError, ValueError):  # nested too deep, or a number too long
        return not text.rstrip().endswith(("}", "]"))
    return False


def _is_cut_xml(text: str) -> bool:
    root = next((found for found in _XML_ROOT.finditer(text, 0, _PROLOGUE)), None)
    if root is None:
        return True
    name = root[1]
    if text.find(f"</{name}", root.end()) >= 0:
        return text.rfind("<") > text.rfind(">")
    return text[max(text.find(">", root.end()) - 1, 0)] != "/"  # <rss/>


def _is_cut_html(text: str) -> bool:
    if _HTML_END.search(text):
        return False
    tail = text[-_TAIL:].rstrip("\ufffd")
    if _CUT_TAG.search(tail) or _CUT_ENTITY.search(tail):
        return True
    if text.rfind("<!--") > text.rfind("-->") or _ends_unseen(text):
        return True
    return _HTML_START.search(text) is not None and _ends_open(text)


def _ends_unseen(text: str) -> bool:
    """Whether the end is within a script or the like: the last such tag begins one."""
    last = None
    for last in _UNSEEN.finditer(text):  # noqa: B007 - the last is what is wanted
        pass
    return last is not None and not last[1]


def _ends_open(text: str) -> bool:
    depth: dict[str, int] = {}
    for slash, name in _COUNTED.findall(text):
        depth[name.lower()] = depth.get(name.lower(), 0) + (-1 if slash else 1)
    return any(open_ > 0 for open_ in depth.values())
