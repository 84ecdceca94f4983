"""Collects what stands on a post's page just before and after its body; what it means is asked elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.extract.article.blocks import Block, read_before, read_blocks
from crawler.extract.article.body import Container
from crawler.extract.article.noise import (
    LINKS,
    begins_related,
    is_foot,
    is_furniture,
    is_header,
    is_neighbour,
    repeats,
)

_BEFORE = 30  # blocks: a header has fewer, with the breadcrumbs above it
_AFTER = 16  # blocks
_HEAD = 6  # blocks at the beginning of a container among which its header may stand
_ELEMENTS = 1_500  # looked through for the header; a menu in front of the post has fewer
_BLOCK_ELEMENTS = 300  # of one block after the body: attachments come in short lists
_LEVELS = 3  # how far upwards from the body something still belongs to it


@dataclass(frozen=True, slots=True)
class Around:
    """Blocks in page order: those before the body, the last next to it, and those after it with their elements."""

    before: tuple[Block, ...] = ()
    after: tuple[Block, ...] = ()
    elements: tuple[HtmlElement, ...] = ()


def look_around(container: Container, blocks: Sequence[Block], title: str) -> Around:
    """What stands around a body: back to the title where it is known, on to the next post's link or the footer.

    `blocks` are those of the container; where they begin with the whole header, nothing before them is looked at.
    """
    following = tuple(_following(container))
    after = tuple(block for _, blocks in following for block in blocks)
    before = () if _has_header(blocks[:_HEAD]) else tuple(_before(container, title))
    return Around(before, after[:_AFTER], tuple(element for element, _ in following))


def _before(container: Container, title: str) -> list[Block]:
    found: list[Block] = []
    area = container[0].getparent()
    while area is not None:
        wider = read_before(area, container[0], _ELEMENTS)
        if wider is None:
            break
        found = wider
        if len(found) >= _BEFORE or _has_header(found) or any(repeats(block.text, title) for block in found):
            break
        area = area.getparent()
    return found[-_BEFORE:]


def _has_header(blocks: Sequence[Block]) -> bool:
    """Whether a header is seen whole: the line of source and date, with a line above it, which is the title."""
    above = False
    for block in blocks:
        if is_header(block.text):
            if above:
                return True
        elif "。" in block.text:  # the text itself, under which a date may stand too
            return False
        elif block.link_share < LINKS and not is_furniture(block):
            above = True
    return False


def _following(container: Container) -> Iterator[tuple[HtmlElement, list[Block]]]:
    """The elements that follow a body and may belong to it, nearest first."""
    node: HtmlElement | None = container[-1]
    count = 0
    for _ in range(_LEVELS):
        if node is None or node.tag == "body":
            return
        for sibling in node.itersiblings():
            blocks = read_blocks(sibling, limit=_BLOCK_ELEMENTS, most=_AFTER)
            count += len(blocks)
            if blocks and _ends(blocks[0]):
                return
            yield sibling, blocks
            if count > _AFTER:
                return
        node = node.getparent()


def _ends(block: Block) -> bool:
    """Whether nothing from here on belongs to the post."""
    return is_neighbour(block) or is_foot(block.text) or (begins_related(block) and "附件" not in block.text)
