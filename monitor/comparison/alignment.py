"""Aligns two sequences of equal and unequal things, in bounded time and room; what the things are is not known here."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from types import ModuleType

# Product of two lengths up to which the longest common subsequence is looked for: some 5 ms and 2 MB of bits.
_CELLS = 16_000_000
_BLOCK = 4_000


@dataclass(frozen=True, slots=True)
class Span:
    """`before[i:j]` beside `after[k:l]`: equal when `same`, else the one was replaced by the other."""

    same: bool
    i: int
    j: int
    k: int
    l: int  # noqa: E741 - the four borders of a block of a comparison


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Span]:
    """Spans that cover both sequences in order, same and not same by turns.

    Long sequences are split at what is found once in each, and where there is nothing of the kind, into blocks of
    proportional size: coarser, never wrong.
    """
    numbers = {one: number for number, one in enumerate(dict.fromkeys(chain(before, after)))}
    olds, news = [numbers[one] for one in before], [numbers[one] for one in after]
    return list(_merged(_spans(olds, news), len(olds), len(news)))


def _merged(same: Iterator[Span], olds: int, news: int) -> Iterator[Span]:
    """Adjacent equal spans as one, with what was replaced between them."""
    i = k = 0  # all before is told
    run: Span | None = None
    for span in same:
        if run is not None and (run.j, run.l) == (span.i, span.k):
            run = Span(True, run.i, span.j, run.k, span.l)
            continue
        if run is not None:
            yield run
            i, k = run.j, run.l
        if (i, k) != (span.i, span.k):
            yield Span(False, i, span.i, k, span.k)
        run = span
    if run is not None:
        yield run
        i, k = run.j, run.l
    if (i, k) != (olds, news):
        yield Span(False, i, olds, k, news)


def _spans(olds: list[int], news: list[int]) -> Iterator[Span]:
    """The equal spans, in order."""
    pending = [(0, len(olds), 0, len(news))]
    while pending:
        i, j, k, l = pending.pop()  # noqa: E741 - as above
        head = _common_head(olds, news, i, j, k, l)
        if head:
            yield Span(True, i, i + head, k, k + head)
            i, k = i + head, k + head
        if i == j or k == l:
            continue
        if (j - i) * (l - k) <= _CELLS:
            yield from _longest_common(olds[i:j], news[k:l], i, k)
            continue
        cuts = _anchors(olds, news, i, j, k, l) or _block_cuts(i, j, k, l)
        borders = pairwise([(i, k), *cuts, (j, l)])
        pending.extend((a, c, b, d) for (a, b), (c, d) in reversed(list(borders)))


def _common_head(olds: list[int], news: list[int], i: int, j: int, k: int, l: int) -> int:  # noqa: E741 - as above
    if i == j or k == l or olds[i] != news[k]:
        return 0
    most = min(j - i, l - k)
    return next((n for n in range(most) if olds[i + n] != news[k + n]), most)


@cache
def _lcs() -> ModuleType:
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415 - costs 10 ms to import

    return LCSseq


def _longest_common(olds: list[int], news: list[int], i: int, k: int) -> Iterator[Span]:
    if min(len(olds), len(news)) == 1 and (set(olds).isdisjoint(news)):  # most edits: one word took another's place
        return
    for code in _lcs().opcodes(olds, news):
        if code.tag == "equal":
            yield Span(True, i + code.src_start, i + code.src_end, k + code.dest_start, k + code.dest_end)


def _anchors(olds: list[int], news: list[int], i: int, j: int, k: int, l: int) -> list[tuple[int, int]]:  # noqa: E741
    """What is found once on each side, as far as it stands in the same order on both: where to split."""
    once = {number for number, count in Counter(olds[i:j]).items() if count == 1}
    once &= {number for number, count in Counter(news[k:l]).items() if count == 1}
    places = {number: place for place, number in enumerate(news[k:l], k) if number in once}
    pairs = [(place, places[number]) for place, number in enumerate(olds[i:j], i) if number in once]
    return [pairs[n] for n in longest_rise([place for _, place in pairs]) if pairs[n] != (i, k)]


def _block_cuts(i: int, j: int, k: int, l: int) -> list[tuple[int, int]]:  # noqa: E741 - as above
    blocks = -(-max(j - i, l - k) // _BLOCK)
    return [(i + (j - i) * n // blocks, k + (l - k) * n // blocks) for n in range(1, blocks)]


def longest_rise(values: Sequence[int]) -> list[int]:
    """The places of a longest strictly rising subsequence."""
    lowest: list[int] = []  # of the rises of each length, the lowest last value
    ends: list[int] = []  # and its place
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(lowest, value)
        before.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [value]
        ends[length : length + 1] = [place]
    rise: list[int] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        rise.append(place)
        place = before[place]
    return rise[::-1]
