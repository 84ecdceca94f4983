"""Compares two wordings: aligns their sentences, pairs those that were edited, and measures how much is shared."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.comparison.alignment import Span, align, longest_rise
from monitor.comparison.differences import Differences
from monitor.comparison.passages import Comparison, Mark, Passage, PassageKind, Piece, pieces_of
from monitor.comparison.sentences import Sentences, joined, sentences
from monitor.history import Wording
from monitor.volatile import without_volatile

_ALIKE = 0.6  # share of characters from which an old and a new sentence are candidates for one edited sentence
_KEPT = 0.3  # share of the shorter text that must be kept; less is another sentence, and of bodies a rewrite
_NEAR_PAIRS = 4_000
_ALL_PAIRS = 2_500  # candidates in one gap; beyond, only sentences at about the same place are compared
_WINDOW, _NARROWEST = 20, 8  # sentences on either side of that place; the fewer, the more sentences there are
_MOST_PAIRED = 20_000  # sentences in one gap; beyond, they are told as they are
_HEAD, _TAIL = 400, 200  # characters of a long sentence by which its likeness is judged


def compare(before: Wording, after: Wording) -> Comparison:
    """What changed from one wording to another. Counters, clocks and the like (monitor.volatile) are left out."""
    olds = joined(sentences(without_volatile(before.body)))
    news = joined(sentences(without_volatile(after.body)))
    passages = tuple(_Passages(olds, news).all())
    return Comparison(
        title=(before.title, after.title) if before.title != after.title else None,
        published_on=((before.published_on, after.published_on) if before.published_on != after.published_on else None),
        passages=passages,
        rewritten=_is_rewritten(olds, news, passages),
    )


def _is_rewritten(olds: Sentences, news: Sentences, passages: Sequence[Passage]) -> bool:
    shorter = min(sum(map(len, olds.texts)), sum(map(len, news.texts)))
    if not shorter:
        return False
    marked: dict[Mark, list[str]] = {mark: [] for mark in Mark}
    for piece in pieces_of(passages):
        marked[piece.mark].append(piece.text)
    same = sum(map(len, marked[Mark.SAME]))
    if same >= _KEPT * shorter:
        return False
    moved = Counter(marked[Mark.DELETED]) & Counter(marked[Mark.INSERTED])
    return same + sum(len(text) * count for text, count in moved.items()) < _KEPT * shorter


@dataclass(frozen=True, slots=True)
class _Passages:
    """The passages of two bodies. Paragraphs are those of the new body, and of the old where its text is gone."""

    olds: Sentences
    news: Sentences
    differences: Differences = field(default_factory=Differences)

    def all(self) -> Iterator[Passage]:
        """In the order in which a reader meets them."""
        opened = False  # the paragraph of the next kept sentence: deleted text before it opened it already
        for span in align(self.olds.texts, self.news.texts):
            if span.same:
                yield from self._same(span, opened=opened)
                opened = False
            else:
                gap = list(self._gap(span))
                opened = bool(gap) and gap[-1].kind is PassageKind.DELETED and span.j not in self.olds.openings
                opened = opened and any(passage.opens_paragraph for passage in gap)
                yield from gap

    def _same(self, span: Span, *, opened: bool) -> Iterator[Passage]:
        """A run of equal sentences, a passage for each paragraph."""
        start = span.k
        for place in range(span.k + 1, span.l + 1):
            if place == span.l or place in self.news.openings:
                pieces = tuple(Piece(Mark.SAME, text) for text in self.news.texts[start:place])
                opens = start in self.news.openings and not (opened and start == span.k)
                yield Passage(PassageKind.SAME, pieces, opens)
                start = place

    def _gap(self, span: Span) -> Iterator[Passage]:
        """What was replaced: edited sentences beside what is only old or only new."""
        olds, news = self.olds.texts[span.i : span.j], self.news.texts[span.k : span.l]
        i, k = span.i, span.k
        for old, new, pieces in _edited(olds, news, self.differences):
            yield from self._deleted(i, span.i + old)
            yield from self._inserted(k, span.k + new)
            i, k = span.i + old + 1, span.k + new + 1
            yield Passage(PassageKind.CHANGED, pieces, k - 1 in self.news.openings)
        yield from self._deleted(i, span.j)
        yield from self._inserted(k, span.l)

    def _deleted(self, start: int, end: int) -> Iterator[Passage]:
        for place in range(start, end):
            piece = Piece(Mark.DELETED, self.olds.texts[place])
            yield Passage(PassageKind.DELETED, (piece,), place in self.olds.openings)

    def _inserted(self, start: int, end: int) -> Iterator[Passage]:
        for place in range(start, end):
            piece = Piece(Mark.INSERTED, self.news.texts[place])
            yield Passage(PassageKind.INSERTED, (piece,), place in self.news.openings)


def _edited(
    olds: Sequence[str], news: Sequence[str], differences: Differences
) -> Iterator[tuple[int, int, tuple[Piece, ...]]]:
    """Pairs of an old and a new sentence that are one edited sentence, in the order of both, word by word."""
    for old, new in _paired(olds, news):
        least = _KEPT * min(_letters(olds[old]), _letters(news[new]))
        pieces = differences.pieces(olds[old], news[new])
        if sum(_letters(piece.text) for piece in pieces if piece.mark is Mark.SAME) >= least:
            yield old, new, pieces


def _paired(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of those that are alike, and of one of each that stand alone between two such pairs."""
    last = (-1, -1)
    for pair in [*_alike(olds, news), (len(olds), len(news))]:
        if (pair[0] - last[0], pair[1] - last[1]) == (2, 2):
            yield last[0] + 1, last[1] + 1
        if pair[0] < len(olds):
            yield pair
        last = pair


def _letters(text: str) -> int:
    """How long a text is without its marks: a full stop is not what two sentences share."""
    return len(text) if text.isalnum() else sum(map(str.isalnum, text))


def _alike(olds: Sequence[str], news: Sequence[str]) -> list[tuple[int, int]]:
    """The most alike of each, as far as they stand in the same order. One of each is compared anyway."""
    if not olds or not news or len(olds) == len(news) == 1 or max(len(olds), len(news)) > _MOST_PAIRED:
        return []
    best: dict[int, tuple[float, int]] = {}  # of each new sentence: the likeness of its old one, and its place
    for old, (new, likeness) in _candidates(olds, news):
        if new not in best or likeness > best[new][0]:
            best[new] = (likeness, old)
    pairs = sorted((old, new) for new, (_, old) in best.items())
    return [pairs[n] for n in longest_rise([new for _, new in pairs])]


def _candidates(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[int, tuple[int, float]]]:
    """Of each old sentence the new one that is most alike, with their likeness from 0 to 1."""
    from rapidfuzz import process  # noqa: PLC0415 - costs 10 ms to import
    from rapidfuzz.distance import Indel  # noqa: PLC0415 - as above

    choices = [_clipped(text) for text in news]
    everywhere = len(olds) * len(news) <= _ALL_PAIRS
    window = min(_WINDOW, max(_NARROWEST, _NEAR_PAIRS // len(olds)))
    for place, text in enumerate(olds):
        start = 0 if everywhere else max(0, place * len(news) // len(olds) - window)
        near = choices if everywhere else choices[start : start + 2 * window]
        found = process.extractOne(
            _clipped(text), near, scorer=Indel.normalized_similarity, score_cutoff=_ALIKE, processor=None
        )
        if found is not None:
            yield place, (start + found[2], found[1])


def _clipped(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else text[:_HEAD] + text[-_TAIL:]
