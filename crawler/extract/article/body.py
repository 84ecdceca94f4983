"""Finds the part of a post's page that holds its body, by the agreement of three judges; it cleans nothing.

The judges are the density of the text, trafilatura, and the names that content systems give to such parts. Each has a
voice on every block of the page; the container is the element that gathers most of what they voted for with least
else.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.extract.article.areas import NO_CONTAINER, Area, Areas, name_voice
from crawler.extract.article.blocks import Block, read_blocks
from crawler.extract.article.noise import begins_comments, begins_related, is_foot, is_furniture, is_header
from monitor.text import title_key

Container = tuple[HtmlElement, ...]  # the body's element, or the sisters that it is split over

_SENTENCE = re.compile(r"[，。；！？、：”]")
_MOST_TEXT = 600_000  # characters of markup that trafilatura is asked to read: about 1 s
_MOST_TAGS = 20_000  # opening and closing; it took 23 s for a table row of 60,000 cells
_MOST_LEVELS = 150  # of nesting: trafilatura copies and walks trees by recursion
_DENSITY, _FOREIGN, _NAME = 0.5, 0.3, 0.2  # the voices of the judges
_SURE = 0.35  # share of the votes from which a block is taken for body
_LEAST = 0.2  # share of the votes without which nothing on a page is body
_STRAY = 60  # characters outside an editor's field that do not speak against it
_TINY = 8  # characters: a shorter block is found in any text by chance
_LINKS = 0.5  # share of a text in links from which it is no paragraph


@dataclass(frozen=True, slots=True)
class Judged:
    """A block, the share of the votes, 0 to 1, that call it body, and whether it stands in a field of an editor."""

    block: Block
    share: float
    edited: bool = False


def is_edited(container: Container) -> bool:
    """Whether a container is by its name one that an editor fills and the page adds nothing to."""
    return any(name_voice(element) == 1 for element in container)


def find_container(root: HtmlElement, title: str, *, heavy: bool) -> Container:
    """The container of the body; empty when nothing on the page looks like one. On a `heavy` page two judges decide."""
    judged = judge(read_blocks(root), title, None if heavy else _read_by_trafilatura(root))
    for least in (_SURE, _LEAST):  # doubtful blocks only count where there are no others: a page has many of them
        sure = [one if one.share >= least else Judged(one.block, 0.0) for one in judged]
        if any(one.share for one in sure):
            return _best(sure)
    return ()


def judge(blocks: Sequence[Block], title: str, foreign: str | None) -> list[Judged]:
    """The votes on each block. `foreign` is the body as another extractor read it; None when it was not asked."""
    jury = _Jury(foreign, title)
    after = _title_ends(blocks, title)
    judged = [jury.judged(block, before=number < after) for number, block in enumerate(blocks)]
    stray = sum(len(one.block.text) for one in judged if one.share >= _SURE and not one.edited)
    if stray < _STRAY and any(one.share >= _SURE and one.edited for one in judged):
        return [one if one.edited else Judged(one.block, 0.0) for one in judged]
    return judged


def _title_ends(blocks: Sequence[Block], title: str) -> int:
    """Where the page's title is printed as a heading; 0 when it is not."""
    key = title_key(title)
    for number, block in enumerate(blocks):
        if _may_be(block, title) and title_key(block.text) == key:
            return number + 1
    return 0


def _may_be(block: Block, title: str) -> bool:
    """Whether it is worth comparing a block with the title."""
    return bool(title) and abs(len(block.text) - len(title)) <= _TINY and block.link_share < _LINKS


def _run_of(text: str) -> str:
    return "".join(text.split())


class _Jury:
    """Hears the judges on the blocks of one page, in page order."""

    def __init__(self, foreign: str | None, title: str) -> None:
        self._areas = Areas()
        self._asked = foreign is not None
        self._title = title
        self._lines = {_run_of(line) for line in (foreign or "").split("\n")}
        self._run = _run_of(foreign or "")
        self._seen: set[str] = set()
        self._related = False
        self._text = False  # whether a paragraph came already
        self._comments = False

    def judged(self, block: Block, *, before: bool) -> Judged:
        """The votes for a block; `before`, it stands before the page's title."""
        area = self._areas.of(block.owner)
        return Judged(block, self._share(block, area, before=before), area.named == 1)

    def _share(self, block: Block, area: Area, *, before: bool) -> float:
        self._related = (self._related and block.link_share > _LINKS) or begins_related(block)
        if self._related or area.other or (block.link_share > _LINKS and area.named < 1):
            return 0.0
        key = _run_of(block.text)
        if key in self._seen and len(key) > 2 * _TINY:  # pages say it twice: for telephones
            return 0.0
        self._seen.add(key)
        if is_furniture(block) or is_header(block.text) or self._is_title(block):
            return 0.0
        self._comments = self._comments or (self._text and not before and begins_comments(block))
        aside = 0.4 if before or self._comments else 1.0
        own = _density(block) * area.weight * aside * _DENSITY
        self._text = self._text or own >= _SURE
        named = area.named * _NAME if own or area.named == 1 else 0.0
        if self._asked:
            heard = (own or named) and (key in self._lines or (len(key) >= _TINY and key in self._run))
            share = own + named + (_FOREIGN if heard else 0.0)
        else:
            share = (own + named) / (_DENSITY + _NAME)
        return max(share, _SURE) if area.named == 1 and block.link_share <= _LINKS else share

    def _is_title(self, block: Block) -> bool:
        return _may_be(block, self._title) and title_key(block.text) == title_key(self._title)


def _density(block: Block) -> float:
    """How much a block looks like a paragraph by itself."""
    if block.link_share > _LINKS or is_foot(block.text) or block.owner.tag == "h1":
        return 0.0
    marks = _SENTENCE.search(block.text)
    if marks and len(block.text) >= 20:  # noqa: PLR2004 - a short sentence
        return 1.0
    return 0.5 if marks or len(block.text) >= 20 else 0.3  # noqa: PLR2004


def _best(judged: Sequence[Judged]) -> Container:
    """The element, or the sisters of one name, with the best balance of votes gathered and text taken along."""
    totals = _totals(judged)
    wanted = sum(one.share * len(one.block.text) for one in judged)
    best: Container = ()
    most = 0.0
    for container, (votes, size) in _candidates(totals):
        score = 2 * votes / (size + wanted) * _liking(container)
        if score > most:
            best, most = container, score
    return best


def _liking(container: Container) -> float:
    voice = name_voice(container[0])
    if len(container) > 1:
        return 1.05 if voice == 1 else 0.95
    return 1.15 if voice == 1 else 1.0


_Totals = dict[HtmlElement, tuple[float, int]]


def _totals(judged: Sequence[Judged]) -> _Totals:
    """Votes and characters below each element that holds any block, outermost first."""
    levels: dict[HtmlElement, int] = {}
    totals: dict[HtmlElement, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for one in judged:
        _measure(one.block.owner, levels)
        votes, size = totals[one.block.owner]
        length = len(one.block.text)
        totals[one.block.owner] = (votes + one.share * length, size + length)
    for element in sorted(levels, key=levels.__getitem__, reverse=True):
        parent = element.getparent()
        if parent is not None:
            (votes, size), (more, larger) = totals[element], totals[parent]
            totals[parent] = (votes + more, size + larger)
    return {element: totals[element] for element in sorted(levels, key=levels.__getitem__)}


def _measure(element: HtmlElement, levels: dict[HtmlElement, int]) -> None:
    """Note how deep an element and its ancestors stand."""
    chain = []
    above: HtmlElement | None = element
    while above is not None and above not in levels:
        chain.append(above)
        above = above.getparent()
    level = levels[above] if above is not None else 0
    for step in reversed(chain):
        level += 1
        levels[step] = level


def _candidates(totals: _Totals) -> list[tuple[Container, tuple[float, int]]]:
    found: list[tuple[Container, tuple[float, int]]] = []
    sisters: dict[tuple[HtmlElement, str, str], list[HtmlElement]] = defaultdict(list)
    for element, total in totals.items():
        parent = element.getparent()
        if element.tag in NO_CONTAINER or not total[0] or _is_one_of_a_list(element):
            continue
        found.append(((element,), total))
        if parent is not None and element.get("class"):
            sisters[parent, element.tag, element.get("class")].append(element)
    for group in sisters.values():
        if len(group) > 1:
            votes, size = (sum(totals[element][part] for element in group) for part in (0, 1))
            found.append((tuple(group), (votes, int(size))))
    return found


def _is_one_of_a_list(element: HtmlElement) -> bool:
    """Whether an element is one of several answers or definitions: no body, though a lone dd may hold one."""
    parent = element.getparent()
    return element.tag == "dd" and parent is not None and sum(child.tag == "dd" for child in parent) > 1


def _read_by_trafilatura(root: HtmlElement) -> str:
    """The body as trafilatura reads it; empty where it finds none."""
    import trafilatura  # noqa: PLC0415 - takes 0.3 s to start, and a page read by recipe never needs it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return trafilatura.extract(root, include_comments=False, include_tables=True, fast=True, favor_precision=True) or ""


def is_heavy(root: HtmlElement, text: str) -> bool:
    """Whether a page is too large or too deep for libraries that walk it by recursion and look back over long rows."""
    if len(text) > _MOST_TEXT or text.count("<") > _MOST_TAGS:
        return True
    level = 0
    for event, _ in iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        if level > _MOST_LEVELS:
            return True
    return False
