"""Reads an element of a page as blocks, the paragraphs that a reader sees; it asks of none whether it is body."""

import re
from collections.abc import Callable
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.extract.article.areas import name_voice
from crawler.extract.article.words import words
from monitor.text import clean

MOST_ELEMENTS = 40_000  # and blocks; a page with more is no post, and what stands before the limit is read
_BLOCKS = frozenset(
    words(
        "address article aside blockquote body caption center dd details dialog div dl dt fieldset"
        " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main marquee menu nav ol p pre"
        " section summary table tbody td tfoot th thead tr ul"
    )
)
_UNSEEN = frozenset(
    words(
        "audio button canvas embed frameset head iframe input map math noscript object option script"
        " select style svg template textarea title video"
    )
)
_HIDDEN = re.compile(r"(display\s*:\s*none)|visibility\s*:\s*hidden", re.IGNORECASE)
_AS_BLOCK = re.compile(r"display\s*:\s*(?:block|table|flex)", re.IGNORECASE)
_AS_TYPED = re.compile(r"white-space\s*:\s*pre(?!-line)", re.IGNORECASE)
_BREAK = "\x1e"  # a line break that is meant, among white space that is not
# Two ideographic spaces after the end of a sentence begin a paragraph, with or without a tag.
_INDENT = re.compile(r"(?<=[。！？；：…”’」』）)!?;])\s*(?:[\u3000\u2003]{2}|\xa0{4})\s*")
_INDENTS = ("\u3000\u3000", "\u2003\u2003", "\xa0\xa0\xa0\xa0")  # asked for first: the pattern is slow on long texts
_ROWS = "./tr | ./tbody/tr | ./thead/tr | ./tfoot/tr"
_MANY_WORDS = 150  # characters in the several paragraphs of a cell of data
_LONGEST_CELL = 400


class Block(NamedTuple):  # made by the thousand, three times as fast as a frozen dataclass
    """A paragraph: its text, how many characters of it are links, and the block-level element that it stands in."""

    text: str
    linked: int
    owner: HtmlElement

    @property
    def link_share(self) -> float:
        """Which part of the text is links, 0 to 1."""
        return min(1.0, self.linked / len(self.text))


Skip = Callable[[HtmlElement], bool]


def is_hidden(node: HtmlElement) -> bool:
    """Whether a reader never sees an element. WeChat hides the body by visibility until it is loaded."""
    if node.get("hidden") is not None:
        return True
    found = _HIDDEN.search(node.get("style") or "")
    return found is not None and (found[1] is not None or name_voice(node) < 1)


def read_blocks(
    root: HtmlElement, skip: Skip = is_hidden, limit: int = MOST_ELEMENTS, most: int = MOST_ELEMENTS
) -> list[Block]:
    """The blocks below `root` in page order, without those of elements that `skip` names (`root` itself is not asked).

    A row of a data table is one block, its cells parted by a space. A line break, and an indent after the end of a
    sentence, part blocks as tags do. At most `limit` elements are read, and not
    many more than `most` blocks.
    """
    reader = _Reader(root, skip)
    _walk(root, reader, None, limit, most)
    return reader.blocks


def read_before(root: HtmlElement, stop: HtmlElement, limit: int) -> list[Block] | None:
    """The blocks below `root` that stand before `stop`; None when `limit` elements do not reach that far."""
    reader = _Reader(root, is_hidden, around=frozenset(stop.iterancestors("table")))
    return reader.blocks if _walk(root, reader, stop, limit) else None


def _walk(
    root: HtmlElement, reader: "_Reader", stop: HtmlElement | None, limit: int, most: int = MOST_ELEMENTS
) -> bool:
    """Whether the walk came to its end: to `stop`, where there is one."""
    walker = iterwalk(root, events=("start", "end"))
    done = stop is None
    for event, node in walker:
        if node is stop:
            done = True
            break
        if reader.entered >= limit or len(reader.blocks) >= most:
            break
        if event == "end":
            reader.leave(node)
        elif not reader.enter(node):
            walker.skip_subtree()
    reader.flush()
    return done


class _Reader:
    """Where a walk through a tree stands."""

    def __init__(self, root: HtmlElement, skip: Skip, around: frozenset[HtmlElement] = frozenset()) -> None:
        self.blocks: list[Block] = []
        self.entered = 0
        self._root = root
        self._skip = skip
        self._around = around  # tables that hold what is looked for, and so lay out the page
        self._owners = [root]
        self._parts: list[str] = []
        self._linked = 0
        self._links = 0
        self._skipped: HtmlElement | None = None
        self._typed: list[HtmlElement] = []

    def enter(self, node: HtmlElement) -> bool:
        """Take up an element and the text at its beginning; False when what is in it is not to be walked."""
        self.entered += 1
        tag = node.tag
        if node is not self._root and (tag in _UNSEEN or self._skip(node)):
            if tag in _BLOCKS and not is_hidden(node):
                self.flush()
            self._skipped = node
            return False
        if tag == "br":
            self.flush()
        elif tag == "a":
            self._links += 1
        elif _is_block(node):
            self.flush()
            self._owners.append(node)
            if tag == "table" and node not in self._around and (rows := _data_rows(node, self._skip)):
                self.blocks += rows
                self._skipped = node
                self._owners.pop()
                return False
        style = node.get("style")
        if tag == "pre" or (style is not None and "pre" in style and _AS_TYPED.search(style)):
            self._typed.append(node)
        self._add(node.text)
        return True

    def leave(self, node: HtmlElement) -> None:
        """Close an element, and take the text after it."""
        if node is self._skipped:
            self._skipped = None
        else:
            if self._owners[-1] is node:
                self.flush()
                if node is not self._root:
                    self._owners.pop()
            elif node.tag == "a":
                self._links -= 1
            if self._typed and self._typed[-1] is node:
                self._typed.pop()
        if node is not self._root:
            self._add(node.tail)

    def _add(self, text: str | None) -> None:
        if text:
            if self._typed:
                text = text.replace("\n", _BREAK)
            self._parts.append(text)
            if self._links:
                self._linked += len("".join(text.split()))

    def flush(self) -> None:
        """End the block, if it has any text."""
        if self._parts:
            raw = "".join(self._parts)
            owner, linked = self._owners[-1], self._linked
            self._parts = []
            self._linked = 0
            for line in raw.split(_BREAK) if _BREAK in raw else (raw,):
                self._end(line, owner, linked)

    def _end(self, line: str, owner: HtmlElement, linked: int) -> None:
        indented = any(indent in line for indent in _INDENTS)
        for piece in _INDENT.split(line, maxsplit=MOST_ELEMENTS) if indented else (line,):
            if len(self.blocks) >= MOST_ELEMENTS:
                return
            if text := clean(piece):
                self.blocks.append(Block(text, min(linked, len(text)), owner))


def _is_block(node: HtmlElement) -> bool:
    if node.tag in _BLOCKS:
        return True
    style = node.get("style")
    return style is not None and "display" in style and _AS_BLOCK.search(style) is not None


def _data_rows(table: HtmlElement, skip: Skip) -> list[Block]:
    """The rows of a table of data; none for one that only lays out the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return []
    rows: list[Block] = []
    widest = 0
    for caption in table.iterchildren("caption"):
        rows += read_blocks(caption, skip)
    for row in table.xpath(_ROWS):
        cells = [_read_cell(cell, skip) for cell in row.iterchildren("td", "th") if not skip(cell)]
        if any(_is_column(cell) for cell in cells):
            return []
        cells = [cell for cell in cells if cell]
        widest = max(widest, len(cells))
        if cells:
            text = " ".join(block.text for cell in cells for block in cell)
            rows.append(Block(text, sum(block.linked for cell in cells for block in cell), row))
    labelled = any(label in row.text for row in rows for label in (":", "："))
    return rows if widest > 1 and (len(rows) > 1 or labelled) else []  # one row alone lays out the page


def _read_cell(cell: HtmlElement, skip: Skip) -> list[Block]:
    """The blocks of a cell; most hold nothing but text, and need no walk."""
    if len(cell):
        return read_blocks(cell, skip)
    text = clean(cell.text or "")
    return [Block(text, 0, cell)] if text else []


def _is_column(cell: list[Block]) -> bool:
    """Whether a cell is a column of the page: it holds more than a cell of data does."""
    size = sum(len(block.text) for block in cell)
    return size > _LONGEST_CELL or (len(cell) > 1 and size > _MANY_WORDS)
