"""Takes out of a container's blocks what is not body; which container it is was decided before."""

import re
from collections.abc import Sequence

from crawler.extract.article.blocks import Block
from crawler.extract.article.noise import (
    LINKS,
    SHORT,
    begins_comments,
    begins_related,
    is_event,
    is_foot,
    is_furniture,
    is_header,
    is_last_line,
    is_tags,
    is_weak_foot,
    repeats,
)
from monitor.text import title_key

_ABOVE = 10  # blocks at the beginning of a container among which its title may stand
_BETWEEN = 3  # short lines that may stand before or between those of a header
_RUMP = 12  # characters: a shorter line beside a footer is of the footer
_MOSTLY = 0.3  # of the text before a list of other posts: with less plain text after it, the body ends there
_SENTENCE = re.compile(r"[，。；！？]")
_ANNOUNCES = re.compile(r"^附\s*件|[:：]$")
_EDITOR_TAIL = re.compile(
    r"\s*[\[【(（]\s*(?:责任编辑|责编|编辑|网络编辑|本文编辑|审核|校对)\s*[:：][^\[\]【】()（）]{0,30}[\])）】]\s*$"
)
_LAST_TOOLS = re.compile(
    r"(?<=[。！？；”）)\s])(?:[\s\[【(（]*(?:打印本页|打印|关闭窗口|关闭本页|关闭|返回列表|返回顶部|返回首页|返回|收藏)[\s\]】)）]*)+$"
)


def clean_blocks(blocks: Sequence[Block], title: str, *, edited: bool) -> tuple[list[str], list[Block]]:
    """The paragraphs of a body, and the lines before and after them that tell its source and date.

    `edited` says that the container is one that an editor fills and the page puts nothing into; lists of links in it
    are then body.
    """
    kept = [block for block in blocks if not is_furniture(block)]
    start = _end_of_header(kept, title)
    about, kept = kept[:start], _without_related(kept[start:])
    size = -1
    while size != len(kept):  # a footer may stand before the tags, and the tags before it
        size = len(kept)
        kept = _before_foot(kept)
        if not edited:
            kept = _without_link_tail(kept)
        while kept and (is_last_line(kept[-1].text) or is_tags(kept[-1].text)):
            about.append(kept.pop())
    return _paragraphs(kept), about


def _paragraphs(blocks: Sequence[Block]) -> list[str]:
    texts = [_without_editor(block.text) for block in blocks]
    if texts:
        texts[-1] = _LAST_TOOLS.sub("", texts[-1]).rstrip() or texts[-1]
    return texts


def _without_editor(text: str) -> str:
    """A paragraph without the editor's name in brackets at its end."""
    return (_EDITOR_TAIL.sub("", text) or text) if text[-1] in "]】)）" else text


def _end_of_header(blocks: Sequence[Block], title: str) -> int:
    """How many blocks at the beginning are the title and the lines about it.

    A short line before them (the column's name, a department) is of the header too, and all that stands before a title
    with a header line below it.
    """
    end = _title_of_header(blocks, title)
    for number, block in enumerate(blocks[end:], end):
        if is_event(block.text, blocks[number + 1].text if number + 1 < len(blocks) else ""):
            break
        if repeats(block.text, title) or is_header(block.text):
            end = number + 1
        elif block.link_share >= LINKS:  # a menu above the title
            continue
        elif number - end >= _BETWEEN or len(block.text) > SHORT or _SENTENCE.search(block.text):
            break
    return end


def _title_of_header(blocks: Sequence[Block], title: str) -> int:
    """Where the whole title stands with a date or source below it; 0 when it does not."""
    key = title_key(title)
    for number, block in enumerate(blocks[:_ABOVE]):
        below = blocks[number + 1].text if number + 1 < len(blocks) else ""
        if key and title_key(block.text) == key and is_header(below):
            return number
    return 0


def _without_related(blocks: Sequence[Block]) -> list[Block]:
    """Without lists of other posts, and without what readers wrote below."""
    kept: list[Block] = []
    related = False
    for number, block in enumerate(blocks):
        if begins_comments(block) and kept:
            break
        if begins_related(block) and all(below.link_share >= LINKS for below in blocks[number + 1 : number + 2]):
            plain = sum(len(other.text) for other in blocks[number + 1 :] if other.link_share < LINKS)
            if plain <= _MOSTLY * sum(len(other.text) for other in kept):
                break
            related = True
        elif not related or block.link_share < LINKS:
            related = False
            kept.append(block)
    return kept


def _before_foot(blocks: Sequence[Block]) -> list[Block]:
    """Without the footer lines at the end; one in the middle of a text is a sentence about copyright."""
    kept = list(blocks)
    sure = False
    while kept and (is_foot(kept[-1].text) or (sure and (is_weak_foot(kept[-1].text) or len(kept[-1].text) < _RUMP))):
        sure = True
        kept.pop()
    return kept


def _without_link_tail(blocks: Sequence[Block]) -> list[Block]:
    """Without the links at the end that nothing in the text announces (附件：, 名单如下：)."""
    end = len(blocks)
    while end and blocks[end - 1].link_share >= LINKS:
        end -= 1
    if any(_ANNOUNCES.search(block.text) for block in blocks[max(0, end - 1) :]):
        return list(blocks)
    return list(blocks[:end]) or list(blocks)
