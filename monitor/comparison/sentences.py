"""Cuts a body into sentences that, joined, are its paragraphs again; it compares nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A body of so many sentences that have fewer characters on average is no prose: a puzzle, a table, a list of numbers.
_MANY, _SHORT = 2_000, 6
_RUN, _LONGEST = 24, 100  # of them that are joined, on average and at most
_ENDS = "。！？；…!?;"
_CLOSING = "”’」』）)】》〉\"'"
# Inside these nothing is cut. What opens and never closes is taken for a lone mark, so the spans are bounded; that each
# excludes its own opening keeps the search linear.
_SPANS = (
    r"《[^《》\n]{0,100}+》",
    r"（[^（）\n]{0,300}+）",
    r"“[^“”\n]{0,600}+”",
    r"「[^「」\n]{0,600}+」",
    r'"[^"\n]{0,300}+"',
)
_STOP = re.compile("|".join(_SPANS) + rf"|[{_ENDS}]++[{re.escape(_CLOSING)}]*+")


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of a body in their order, and the numbers of those that open a paragraph."""

    texts: tuple[str, ...]
    openings: frozenset[int]


def sentences(body: str) -> Sentences:
    """The sentences of a body; joined, those of a paragraph are the paragraph.

    A sentence ends with 。！？；… and the closing marks after them, never inside 《》（）“”「」.
    """
    texts: list[str] = []
    openings: list[int] = []
    for paragraph in body.split("\n"):
        if paragraph:
            openings.append(len(texts))
            texts.extend(_cut(paragraph))
    return Sentences(tuple(texts), frozenset(openings))


def _cut(paragraph: str) -> Iterator[str]:
    start, length = 0, len(paragraph)
    for found in _STOP.finditer(paragraph):
        end = found.end()
        if end < length and (paragraph[end - 1] in _ENDS or _ends_sentence(found[0], paragraph[end])):
            while end < length and paragraph[end].isspace():
                end += 1
            if end < length:
                yield paragraph[start:end]
                start = end
    yield paragraph[start:]


def _ends_sentence(stop: str, following: str) -> bool:
    """A quotation that ends in a full stop ends the sentence around it, unless that goes on with a comma."""
    if stop[0] in _ENDS:
        return True
    return stop[-1] in "”」" and stop[-2] in _ENDS and following not in f"，、：,:{_ENDS}"


def joined(found: Sentences) -> Sentences:
    """Sentences as they are, but where a body is made of very many very short ones, several of them in one.

    They are cut where the text itself tells, so that an edit moves no border but its own, and never join paragraphs.
    """
    if len(found.texts) < _MANY or sum(map(len, found.texts)) >= len(found.texts) * _SHORT:
        return found
    texts: list[str] = []
    openings: list[int] = []
    start = before = 0
    for place, text in enumerate(found.texts):
        opens = place in found.openings
        border = not (before + 7 * ord(text[0]) + ord(text[-2:][0])) % _RUN  # by what stands on both sides of it
        if place > start and (opens or border or place - start == _LONGEST):
            texts.append("".join(found.texts[start:place]))
            start = place
        if opens:
            openings.append(len(texts))
        before = 31 * ord(text[0])
    texts.append("".join(found.texts[start:]))
    return Sentences(tuple(texts), frozenset(openings))
