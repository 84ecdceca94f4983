"""Reads what a page declares about its post: meta tags, the head's title and JSON-LD; it judges none of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement

from monitor.text import clean

_NOTHING = frozenset(("", "null", "undefined", "none", "nan", "-", "--", "无", "暂无"))
_POSTS = frozenset(
    ("article", "newsarticle", "blogposting", "report", "webpage", "technicalarticle", "reportagenewsarticle")
)
_LONGEST = 1_000  # characters of a value that are read
_LONGEST_JSON = 200_000  # characters


@dataclass(frozen=True)
class Meta:
    """What the head of a page says. Names are in lower case; the first tag of a name that is not empty counts."""

    root: HtmlElement

    @cached_property
    def _tags(self) -> dict[str, str]:
        tags: dict[str, str] = {}
        for tag in self.root.iter("meta"):
            name = (tag.get("name") or tag.get("property") or tag.get("itemprop") or "").strip().lower()
            value = clean((tag.get("content") or "")[:_LONGEST])
            if name and value.lower() not in _NOTHING:
                tags.setdefault(name, value)
        return tags

    def first(self, names: tuple[str, ...]) -> str:
        """The value of the first of these tags that says anything."""
        return next((self._tags[name] for name in names if name in self._tags), "")

    @cached_property
    def head_title(self) -> str:
        """The text of <title>."""
        return next((clean("".join(title.itertext())[:_LONGEST]) for title in self.root.iter("title")), "")

    def linked_data(self, name: str) -> str:
        """A text field of the post in the page's JSON-LD."""
        for script in self.root.iter("script"):
            if (script.get("type") or "").strip().lower() == "application/ld+json":
                for thing in _things((script.text or "")[:_LONGEST_JSON]):
                    value = thing.get(name)
                    if isinstance(value, str) and clean(value):
                        return clean(value)
        return ""


def _things(text: str) -> Iterator[dict[str, object]]:
    """The objects of a JSON-LD text that are posts; a broken text has none."""
    try:
        read = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    for thing in read if isinstance(read, list) else [read]:
        graph = thing.get("@graph") if isinstance(thing, dict) else None
        for one in graph if isinstance(graph, list) else [thing]:
            if isinstance(one, dict) and _is_post(one.get("@type")):
                yield one


def _is_post(kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(one, str) and one.lower() in _POSTS for one in kinds)
