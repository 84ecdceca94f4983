"""Reads XML that is a plain list: elements with title, address and date, as children or attributes; feeds it leaves."""

import re
from datetime import datetime

from lxml import etree

from crawler.extract.html.addresses import shown_on
from crawler.extract.html.listing import entries_of
from crawler.extract.html.tree import BLOCKS
from crawler.extract.interfaces.json_arrays import find_records
from crawler.extract.interfaces.json_records import read_records
from crawler.extract.interfaces.json_selected import Chosen
from crawler.extract.interfaces.paging import next_request
from crawler.extract.interfaces.totals import read_totals
from crawler.extract.raw.tags import MOST_ATTRIBUTES
from monitor.pages import ListingPage, RawPage

_START = re.compile(
    r"\ufeff?\s*(?:<\?xml\b[^>]{0,200}\?>\s*)?(?:<!--[^>]{0,2000}-->\s*)*<(?:[\w.-]{1,40}:)?(?P<root>[\w.-]{1,60})"
)
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\b[^>]{0,200}\?>")
_OTHERS = BLOCKS | frozenset(
    {"html", "head", "script", "style", "a", "span", "svg", "rss", "feed", "rdf", "urlset", "sitemapindex"}
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DEPTH = 12  # levels of elements


def read_xml(text: str, raw: RawPage, now: datetime) -> ListingPage | None:
    """The records of an XML list; None for other text, HTML, feeds, and XML without records."""
    start = _START.match(text)
    if start is None or start["root"].lower() in _OTHERS:
        return None
    root = _tree(text)
    if root is None:
        return None
    array = find_records({"xml": _as_json(root, _DEPTH)}, now)
    # The last page may hold one record alone.
    array = array or find_records({"xml": _as_json(root, _DEPTH, alone=True)}, now)
    if array is None:
        return None
    readings, told = read_records(array, shown_on(raw.request, raw.url), now, Chosen({}))
    entries, warnings = entries_of(readings, now)
    totals = read_totals(array.around, len(array.records))
    following = next_request(raw.request, totals, len(array.records))
    return ListingPage(raw.url, "xml", entries, following, None, (*told, *warnings), array.signature, array.score)


def _tree(text: str) -> etree._Element | None:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    source = _NOT_XML.sub("", _DECLARATION.sub("", text, count=1))
    try:
        return etree.fromstring(source.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def _as_json(element: etree._Element, depth: int, *, alone: bool = False) -> object:
    """An element as JSON would have it: its text, or an object of its attributes and children.

    What repeats is a list; with `alone`, so is an object that does not.
    """
    attributes = element.attrib.items() if len(element.attrib) <= MOST_ATTRIBUTES else ()  # each is searched for anew
    fields: dict[str, object] = {_name(name): value for name, value in attributes}
    for child in element if depth else ():
        if not isinstance(child.tag, str):
            continue
        name, value = _name(child.tag), _as_json(child, depth - 1, alone=alone)
        known = fields.get(name)
        if known is None:
            fields[name] = _Repeated([value]) if alone and isinstance(value, dict) else value
        elif isinstance(known, _Repeated):
            known.append(value)
        else:
            fields[name] = _Repeated([known, value])
    own = (element.text or "").strip()
    if not fields:
        return own
    return {**fields, "text": own} if own else fields


class _Repeated(list[object]):
    """The values of a child that occurs more than once; an attribute's list would be none."""


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]
