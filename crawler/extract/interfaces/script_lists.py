"""Reads a listing that a page's own script holds as an array (`var newsData = [{…}]`); it runs nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crawler.extract.interfaces.json_list import read_json
from monitor.pages import ListingPage, RawPage

_SCRIPT = re.compile(r"<script\b[^<>]{0,300}>", re.IGNORECASE)
_CLOSED = re.compile(r"</script", re.IGNORECASE)
_ARRAY = re.compile(r"(?:\bvar|\blet|\bconst|[;{},\n])\s{0,20}[\w$.]{1,60}\s{0,5}[=:]\s{0,5}(?=\[\s{0,20}\{)")
_MOST = 20  # arrays of a page that are looked at
_LONGEST_ARRAY = 200_000
_LONGEST = 1_000_000  # characters of scripts


def read_script_list(text: str, raw: RawPage, now: datetime) -> ListingPage | None:
    """The records of the page's largest array that holds records with titles and dates; None where none does."""
    best: ListingPage | None = None
    looked_at = 0
    for script in _scripts(text[:_LONGEST]):
        for found in _ARRAY.finditer(script):
            if looked_at == _MOST:
                return best
            looked_at += 1
            page = read_json(_array(script, found.end()), raw, now)
            if page is not None and any(entry.published_on for entry in page.entries):
                best = page if best is None or len(page.entries) > len(best.entries) else best
    return None if best is None else replace(best, url=raw.url, next_page=None)


def _scripts(text: str) -> Iterator[str]:
    """The scripts of a page, one behind the other; a cut page's last one to its end."""
    opened = _SCRIPT.search(text)
    while opened is not None:
        closed = _CLOSED.search(text, opened.end())
        yield text[opened.end() : closed.start() if closed else len(text)]
        opened = _SCRIPT.search(text, closed.end()) if closed else None


def _array(script: str, start: int) -> str:
    """The array that begins at a place of a script, to its closing bracket."""
    depth, quote, escaped = 0, "", False
    for place in range(start, min(len(script), start + _LONGEST_ARRAY)):
        char = script[place]
        if quote:
            escaped, quote = char == "\\" and not escaped, "" if char == quote and not escaped else quote
        elif char in "\"'`":
            quote = char
        elif char in "[]":
            depth += 1 if char == "[" else -1
            if depth == 0:
                return script[start : place + 1]
    return script[start:]
