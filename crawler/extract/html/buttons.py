"""Finds the titles of records whose only link is a button (查看, 详情); records with a title of their own it leaves."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.html.candidates import Candidate, is_button, leads_on, weight
from crawler.extract.html.printed import date_only
from crawler.extract.html.tree import BLOCKS, MAX_DEPTH, pieces, whole_text
from monitor.text import label_text

_LEAST = 6  # weight of a title
_LONGEST = 45  # weight from which a text is rather an excerpt
_LEAST_ROWS = 2  # one button alone may be anything's
_REPEATS = 3  # rows that say the same: a column's value, who published
_MOST_TEXTS = 30  # of a row
_MOST_PIECES = 100


def titles_of_buttons(found: Sequence[Candidate], now: datetime) -> list[Candidate]:
    """For each button that stands in a row without a title: the row's text that is likest one, with its address."""
    buttons = [one for one in found if one.linked and one.url is not None and leads_on(one.text)]
    words = Counter(one.text for one in buttons)
    buttons = [one for one in buttons if words[one.text] >= _LEAST_ROWS]
    if not buttons:
        return []
    titled = {node for one in found if one.strong for node in _upwards(one.node)}
    below = Counter((node, one.text) for one in buttons for node in _upwards(one.node))
    rows = [(one, row) for one in buttons if (row := _row(one, below)) not in titled]
    texts = [list(islice(_texts(row, one.node, now), _MOST_TEXTS)) for one, row in rows]
    counts = Counter(text for row in texts for text in {text for _, text in row})
    titles: list[Candidate] = []
    for (button, _), said in zip(rows, texts, strict=True):
        own = [(node, text) for node, text in said if counts[text] < _REPEATS]
        if own:
            node, text = max(own, key=lambda pair: _likeness(pair[1]))
            titles.append(Candidate(node, text, button.url, weight(text), node, linked=False, strong=True))
    return titles


def _upwards(node: HtmlElement) -> Iterator[HtmlElement]:
    yield from islice([node, *node.iterancestors()], MAX_DEPTH)


def _row(button: Candidate, below: Counter[tuple[HtmlElement, str]]) -> HtmlElement:
    """The largest element around a button that holds no other of the same words."""
    node = button.node
    for parent in node.iterancestors():
        if parent.tag in ("body", "html") or below[parent, button.text] > 1:
            break
        node = parent
    return node


def _texts(row: HtmlElement, button: HtmlElement, now: datetime) -> Iterator[tuple[HtmlElement, str]]:
    """The texts of a row that may be its title, each whole where inline tags part it."""
    seen: set[HtmlElement] = set()
    for piece in islice(pieces(row, [button]), _MOST_PIECES):
        node, text = piece.owner, piece.text
        block = next((one for one in _upwards(node) if one.tag in BLOCKS or one is row), node)
        if block is not row and button not in block.iter(button.tag):
            node, text = block, whole_text(block)
        if node in seen and node is not row:
            continue
        seen.add(node)
        if weight(text) >= _LEAST and not date_only(text, now) and not is_button(text):
            yield node, text


def _likeness(text: str) -> tuple[bool, bool, int]:
    size = weight(text)
    return label_text(text) is not None, size <= _LONGEST and not text.endswith(("。", "；", "…")), size
