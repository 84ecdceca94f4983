"""Compares two sentences word by word, in bounded time; which sentences belong together, it does not know."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.comparison.alignment import align
from monitor.comparison.passages import Mark, Piece
from monitor.comparison.words import characters, end_of_whole, may_be_cut_after, start_of_whole, words

# Characters of both sides that are compared word by word in one comparison, without the ends that are the same: some
# 5 ms. Beyond, an edited sentence is told as one place, from its first change to its last.
_ALLOWANCE = 4_500
_EACH = 40  # characters that could be compared in the time that any one pair costs
_CONTEXT = 8  # characters beside a difference that may decide how it is cut into words
_LONG = 4_000  # characters of both sides from which phrases are aligned before words
# Phrases end where the text itself tells, so that an edit moves no border but its own: after one in sixteen characters,
# or a blank after some, which is every few words.
_LAST = "".join(char for char in map(chr, range(0x4E00, 0xA000, 16)) if may_be_cut_after(char))
_PHRASE = re.compile(rf"(?s:.+?)(?:[{_LAST}]|(?<=[048dhlptxDHLPTX])\s|\Z)")


@dataclass(frozen=True, slots=True)
class _Turn:
    """Text of both sides that is the same, or that was replaced."""

    old: str
    new: str
    same: bool

    @property
    def replaces(self) -> bool:
        return not self.same and bool(self.old) and bool(self.new)


class Differences:
    """Compares the edited sentences of two bodies, word by word as long as the allowance for both bodies lasts."""

    def __init__(self) -> None:
        from rapidfuzz.distance import Postfix, Prefix  # noqa: PLC0415 - costs 10 ms to import

        self._same_head, self._same_tail = Prefix.similarity, Postfix.similarity
        self._left = _ALLOWANCE

    def pieces(self, before: str, after: str) -> tuple[Piece, ...]:
        """By turns what is the same in two sentences, and what was deleted with what was inserted for it."""
        if self._left <= 0 and len(before) + len(after) <= _LONG:
            return tuple(self._in_one(before, after))
        head, tail = self._shared_ends(before, after)
        old, new = before[head : len(before) - tail], after[head : len(after) - tail]
        turns: list[_Turn] = []
        for turn in (_Turn(before[:head], after[:head], same=True), *self._between(old, new)):
            _add(turns, turn)
        _add(turns, _Turn(before[len(before) - tail :], after[len(after) - tail :], same=True))
        return tuple(piece for turn in turns for piece in _pieces(turn))

    def _between(self, old: str, new: str) -> Iterator[_Turn]:
        """Without what both ends share."""
        size = len(old) + len(new)
        if size > _LONG:
            for turn in _turns(_PHRASE.findall(old), _PHRASE.findall(new)):
                long = len(turn.old) + len(turn.new) > _LONG
                yield from self._between(turn.old, turn.new) if turn.replaces and not long else (turn,)
        elif self._left > 0 and old and new:
            self._left -= size + _EACH
            yield from _by_words(old, new)
        else:
            yield _Turn(old, new, same=False)

    def _in_one(self, before: str, after: str) -> Iterator[Piece]:
        """From the first change to the last, with numbers, dates, amounts and Latin words whole."""
        head = self._same_head(before, after)
        tail = min(self._same_tail(before, after), min(len(before), len(after)) - head)
        head = min(start_of_whole(before, head), start_of_whole(after, head))
        tail = len(before) - end_of_whole(before, len(before) - tail)
        tail = len(after) - end_of_whole(after, len(after) - tail)
        old_end, new_end = len(before) - tail, len(after) - tail
        for mark, text in (
            (Mark.SAME, after[:head]),
            (Mark.DELETED, before[head:old_end]),
            (Mark.INSERTED, after[head:new_end]),
            (Mark.SAME, after[new_end:]),
        ):
            if text:
                yield Piece(mark, text)

    def _shared_ends(self, before: str, after: str) -> tuple[int, int]:
        """How many characters at both ends are the same and need no look: all but a few beside the difference."""
        same = self._same_head(before, after)
        head = max(0, same - _CONTEXT)
        while head and not may_be_cut_after(before[head - 1]):
            head -= 1
        start = len(before) - min(self._same_tail(before, after), min(len(before), len(after)) - same) + _CONTEXT
        while start < len(before) and not may_be_cut_after(before[start - 1]):
            start += 1
        return head, max(0, len(before) - start)


def _by_words(old: str, new: str) -> Iterator[_Turn]:
    for turn in _turns(words(old), words(new)):
        yield from _resolved(turn) if turn.replaces and _shares_two(turn.old, turn.new) else (turn,)


def _turns(olds: Sequence[str], news: Sequence[str]) -> Iterator[_Turn]:
    for span in align(olds, news):
        yield _Turn("".join(olds[span.i : span.j]), "".join(news[span.k : span.l]), span.same)


def _shares_two(one: str, other: str) -> bool:
    """Whether any two characters stand side by side in both: where none do, there is nothing to resolve."""
    return not {*pairwise(one)}.isdisjoint(pairwise(other))


def _resolved(turn: _Turn) -> Iterator[_Turn]:
    """What two texts share although it was cut into other words (落实 的 工作, 落实工作); one character is chance."""
    pending: _Turn | None = None
    for part in _turns(characters(turn.old), characters(turn.new)):
        if part.same and len(part.old) > 1:
            if pending is not None:
                yield pending
                pending = None
            yield part
        elif pending is None:
            pending = _Turn(part.old, part.new, same=False)
        else:
            pending = _Turn(pending.old + part.old, pending.new + part.new, same=False)
    if pending is not None:
        yield pending


def _add(turns: list[_Turn], turn: _Turn) -> None:
    """Append a turn. A single character between two replacements is read as part of one: 甲、乙 became 丙、丁."""
    if not turn.old and not turn.new:
        return
    if len(turns) > 1 and turn.replaces and turns[-2].replaces and len(turns[-1].old) == 1:
        between, first = turns.pop(), turns.pop()
        turn = _Turn(first.old + between.old + turn.old, first.new + between.new + turn.new, same=False)
    elif turns and turn.same is turns[-1].same:
        first = turns.pop()
        turn = _Turn(first.old + turn.old, first.new + turn.new, same=turn.same)
    turns.append(turn)


def _pieces(turn: _Turn) -> Iterator[Piece]:
    if turn.same:
        yield Piece(Mark.SAME, turn.new)
        return
    if turn.old:
        yield Piece(Mark.DELETED, turn.old)
    if turn.new:
        yield Piece(Mark.INSERTED, turn.new)
