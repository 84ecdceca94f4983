"""Cuts the shortest telling excerpt out of a comparison: the change that says most, with a few words around it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from monitor.comparison.passages import Comparison, Edit, Mark, Passage, PassageKind, Piece
from monitor.comparison.telling import is_move, moved_sentences
from monitor.comparison.words import Scale, is_whole, words

_AROUND = 12  # characters of the same sentence on either side of a change
_PLACES = 200  # changes that are weighed, the first of them
_SIDE = 2_000  # characters of one side of a change that are weighed
_ALL = 3_000  # and of all changes: those behind them are not looked at
_CUT = "…"


@dataclass(frozen=True, slots=True)
class _Place:
    """A change with what stands around it in its sentence; `more_…`: and the sentence goes on there."""

    edit: Edit
    left: str = ""
    right: str = ""
    more_left: bool = False
    more_right: bool = False


def excerpt(comparison: Comparison, length: int = 120) -> tuple[Piece, ...]:
    """The most telling change of the body in at most `length` characters; nothing when the body says the same.

    Amounts, dates and numbers come before names, these before other words, and all before sentences that moved. What
    is cut off is marked with `…`.
    """
    moved = moved_sentences(comparison)
    places = list(islice(_places(comparison.passages), _PLACES))
    if not places or length < 1:
        return ()
    scale = Scale()
    if comparison.rewritten:
        chosen = places[0]  # nothing in a rewrite corresponds: its beginning says what it is about
    else:
        told = [place for place in places if not is_move(place.edit, moved)] or places
        chosen = max(_first(told), key=lambda place: _telling(place.edit, scale))
    if is_move(chosen.edit, moved):  # neither gone nor new
        return (Piece(Mark.SAME, _Side(chosen.edit.deleted or chosen.edit.inserted, (), None).cut(length)),)
    return tuple(_fitted(chosen, length, None if comparison.rewritten else scale))


def _places(passages: Sequence[Passage]) -> Iterator[_Place]:
    """The changes in order: those inside a sentence with their surroundings, whole sentences in one go."""
    deleted: list[Piece] = []
    inserted: list[Piece] = []
    for passage in passages:
        if passage.kind is PassageKind.DELETED:
            deleted += passage.pieces
        elif passage.kind is PassageKind.INSERTED:
            inserted += passage.pieces
        else:
            if deleted or inserted:
                yield _Place(Edit(tuple(deleted), tuple(inserted)))
                deleted, inserted = [], []
            if passage.kind is PassageKind.CHANGED:
                yield from _inside(passage.pieces)
    if deleted or inserted:
        yield _Place(Edit(tuple(deleted), tuple(inserted)))


def _first(places: Sequence[_Place]) -> Iterator[_Place]:
    """As many as are weighed."""
    left = _ALL
    for place in places:
        if left <= 0:
            break
        yield place
        for side in (place.edit.deleted, place.edit.inserted):
            left -= sum(len(piece.text) for piece in islice(side, _ALL))


def _inside(pieces: Sequence[Piece]) -> Iterator[_Place]:
    start = 0
    while start < len(pieces):
        end = start
        while end < len(pieces) and pieces[end].mark is not Mark.SAME:
            end += 1
        if end > start:
            changed = pieces[start:end]
            yield _Place(
                Edit(
                    tuple(piece for piece in changed if piece.mark is Mark.DELETED),
                    tuple(piece for piece in changed if piece.mark is Mark.INSERTED),
                ),
                left=pieces[start - 1].text if start else "",
                right=pieces[end].text if end < len(pieces) else "",
                more_left=start > 1,
                more_right=end + 1 < len(pieces),
            )
        start = end + 1


def _telling(edit: Edit, scale: Scale) -> tuple[int, bool]:
    """What makes one change more telling than another: its weightiest word, and that it took the place of another."""
    olds, news = _weighed(edit.deleted), _weighed(edit.inserted)
    changed = (olds - news) + (news - olds) if olds and news else olds or news
    return max(map(scale.weight, changed), default=0), bool(edit.deleted) and bool(edit.inserted)


def _weighed(pieces: Sequence[Piece]) -> Counter[str]:
    return Counter(chain.from_iterable(_words_of(pieces)))


def _words_of(pieces: Sequence[Piece]) -> Iterator[tuple[str, ...]]:
    """Of each sentence of a side, as far as it is weighed."""
    left = _SIDE
    for piece in pieces:
        if left <= 0:
            break
        yield words(piece.text[:left])
        left -= len(piece.text)


def _fitted(place: _Place, length: int, scale: Scale | None) -> Iterator[Piece]:
    """The change in the room there is, and of what stands around it as many whole words as there is room for."""
    old = _Side(place.edit.deleted, place.edit.inserted, scale)
    new = _Side(place.edit.inserted, place.edit.deleted, scale)
    room = max(length // 2, length - old.length)  # for the new side; each gets what the other leaves
    after = new.cut(min(room, length) if old.length else length)
    before = old.cut(length - len(after))
    left_over = length - len(before) - len(after)
    left = _tail(place.left, min(_AROUND, left_over // 2), more=place.more_left)
    right = _head(place.right, min(_AROUND, left_over - len(left)), more=place.more_right)
    for mark, text in ((Mark.SAME, left), (Mark.DELETED, before), (Mark.INSERTED, after), (Mark.SAME, right)):
        if text:
            yield Piece(mark, text)


class _Side:
    """One side of a change: of its sentences the weightiest, and in it the word that has to be seen.

    Without a scale they are the first.
    """

    def __init__(self, pieces: Sequence[Piece], others: Sequence[Piece], scale: Scale | None) -> None:
        known = _weighed(others) if scale else Counter[str]()
        best = (-1, 0, 0)  # weight, sentence, word
        for number, found in enumerate(_words_of(pieces if scale else pieces[:1])):
            for place, word in enumerate(found):
                heavy = scale.weight(word) if scale and word not in known else 0
                if heavy > best[0]:
                    best = (heavy, number, place)
        _, number, self._focus = best
        self._words = words(pieces[number].text[:_SIDE]) if pieces else ()
        self._more_before = number > 0
        self._more_after = bool(pieces) and (number + 1 < len(pieces) or len(pieces[number].text) > _SIDE)
        self.length = sum(map(len, self._words)) + self._more_before + self._more_after

    def cut(self, room: int) -> str:
        """The text, or as many of its words as there is room for: from its start when the word is then seen."""
        if self.length <= room:
            return self._marked(0, len(self._words))
        start = 0
        if sum(map(len, self._words[: self._focus + 1])) + 2 > room:
            start = self._focus
            while start and self._room(start - 1, self._focus + 1) <= room // 3:
                start -= 1
        end = start
        while end < len(self._words) and self._room(start, end + 1) <= room:
            end += 1
        if end > start:
            return self._marked(start, end)
        if is_whole(self._words[start]):  # a part of a number is another number
            return _CUT if room > 0 else ""
        return self._words[start][: room - 1] + _CUT if room > 0 else ""

    def _room(self, start: int, end: int) -> int:
        return len(self._marked(start, end))

    def _marked(self, start: int, end: int) -> str:
        before = _CUT if start or self._more_before else ""
        after = _CUT if end < len(self._words) or self._more_after else ""
        return before + "".join(self._words[start:end]) + after


def _tail(text: str, room: int, *, more: bool) -> str:
    """The last whole words of a text."""
    if len(text) + more <= room:
        return _CUT * more + text
    kept = ""
    for word in reversed(words(text[-2 * _AROUND :])):
        if len(word) + len(kept) + 1 > room:
            break
        kept = word + kept
    return _CUT + kept if room > 0 else ""


def _head(text: str, room: int, *, more: bool) -> str:
    """The first whole words of a text."""
    if len(text) + more <= room:
        return text + _CUT * more
    kept = ""
    for word in words(text[: 2 * _AROUND]):
        if len(word) + len(kept) + 1 > room:
            break
        kept += word
    return kept + _CUT if room > 0 else ""
