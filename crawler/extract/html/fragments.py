"""Turns pieces of HTML that stand inside JSON, XML and feeds into text as a reader sees it; it finds no records."""

import re
from html import unescape

from crawler.extract.html.tree import flowing, parse
from monitor.text import clean, clean_body

_LATIN_BREAK = re.compile(r"([!-~])\n([!-~])")  # between Chinese characters a line break leaves no gap
_TAG = re.compile(r"<[a-zA-Z/!]")


def has_markup(text: str) -> bool:
    """Whether `text` holds a tag."""
    return _TAG.search(text) is not None


def line_of(text: str) -> str:
    """A title: tags dropped, entities read, white space folded, nothing invisible left."""
    if has_markup(text):
        return _LATIN_BREAK.sub(r"\1 \2", flowing(parse(text, "").root)).replace("\n", "")
    return clean(unescape(text) if "&" in text else text)


def paragraphs_of(text: str) -> str:
    """A body: paragraphs joined by one newline. Text without tags keeps its own line breaks."""
    if has_markup(text):
        return flowing(parse(text, "").root)
    return clean_body(unescape(text) if "&" in text else text)


def first_link(text: str) -> tuple[str, str]:
    """Address and `title` of the first link in a piece of HTML, each empty where there is none."""
    link = parse(text, "").root.find(".//a[@href]")
    return ("", "") if link is None else (link.get("href"), link.get("title") or "")
