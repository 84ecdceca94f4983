"""Writes down where elements of a page stand, so that the same place is found on the next page of the source."""

import re
from functools import lru_cache

from lxml.etree import XPath, XPathError
from lxml.html import HtmlElement

_NUMBERED = re.compile(r"\d{3}")  # a name with a record's number in it is another one on the next page
_LONGEST = 120  # characters of a class: longer ones are generated
_MOST_STEPS = 12
# Long runs of text, which paragraphs have and menus have not. Counted by libxml2: the page is not walked for it.
_LONG_TEXTS = ".//text()[string-length() > 30][not(parent::script or parent::style or parent::a)]"


@lru_cache(maxsize=512)
def _compiled(path: str) -> XPath:
    return XPath(path, smart_strings=False)


def find_place(root: HtmlElement, path: str) -> tuple[HtmlElement, ...]:
    """The elements at a place; empty when there are none, or the path is no path."""
    try:
        found = _compiled(path)(root)
    except XPathError:
        return ()
    return tuple(node for node in found if isinstance(node, HtmlElement)) if isinstance(found, list) else ()


def place_of(root: HtmlElement, elements: tuple[HtmlElement, ...]) -> str:
    """The shortest path that leads to these elements and no others; empty when there is none that would last."""
    for path in _paths(elements[0]):
        if find_place(root, path) == elements:
            return path
    return ""


def _paths(element: HtmlElement) -> list[str]:
    """Ways to say where an element stands, from its own name alone to the names and numbers of all around it."""
    steps: list[str] = []
    paths: list[str] = []
    node: HtmlElement | None = element
    while node is not None and len(steps) < _MOST_STEPS:
        name = _named(node)
        if name:
            paths.append("//" + "/".join([name, *steps]))
            if not steps:
                paths.append(f"({paths[-1]})[1]")
        if name and "@id" in name:
            return paths
        steps.insert(0, name or _numbered(node))
        node = node.getparent()
    if node is None:
        paths.append("/" + "/".join(steps))
    return paths


def _named(node: HtmlElement) -> str:
    for attribute in ("id", "class"):
        value = node.get(attribute)
        if value and len(value) <= _LONGEST and not _NUMBERED.search(value) and not ('"' in value and "'" in value):
            quote = "'" if '"' in value else '"'
            return f"{_tag(node)}[@{attribute}={quote}{value}{quote}]"
    return ""


def _numbered(node: HtmlElement) -> str:
    number = sum(1 for _ in node.itersiblings(node.tag, preceding=True)) + 1
    return f"{_tag(node)}[{number}]"


def _tag(node: HtmlElement) -> str:
    """The tag, as a path may name it: `o:p` is no prefix here."""
    tag = str(node.tag)
    return tag if re.fullmatch(r"[a-zA-Z][\w-]*", tag) else "*"


def text_beside(root: HtmlElement, container: tuple[HtmlElement, ...]) -> int:
    """How many characters of long runs of text stand on the page outside a container."""
    return _long_text(root) - sum(_long_text(element) for element in container)


def _long_text(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in _compiled(_LONG_TEXTS)(element))
