"""The shape of a comparison; how it is made is not known here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mark(StrEnum):
    """On which side a piece of text stands: both, the new one, the old one."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


class PassageKind(StrEnum):
    """What became of a sentence."""

    SAME = "same"
    CHANGED = "changed"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with one mark."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, or a run of equal sentences of one paragraph.

    A changed sentence is words of all three marks; else each piece is a whole sentence. `opens_paragraph` tells whether
    a paragraph begins here.
    """

    kind: PassageKind
    pieces: tuple[Piece, ...]
    opens_paragraph: bool = False

    @property
    def sentences(self) -> int:
        """How many sentences it is."""
        return 1 if self.kind is PassageKind.CHANGED else len(self.pieces)


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of a text that was changed: what stood there, and what stands there now."""

    deleted: tuple[Piece, ...]
    inserted: tuple[Piece, ...]

    @property
    def before(self) -> str:
        """The text that stood there."""
        return "".join(piece.text for piece in self.deleted)

    @property
    def after(self) -> str:
        """The text that stands there now."""
        return "".join(piece.text for piece in self.inserted)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two wordings, side by side. `title` and `published_on` are None where both say the same.

    `rewritten`: the bodies share so little that sentence by sentence nothing is to be seen.
    """

    title: tuple[str, str] | None
    published_on: tuple[date | None, date | None] | None
    passages: tuple[Passage, ...]
    rewritten: bool = False

    @property
    def differs(self) -> bool:
        """Whether any sentence is another."""
        return any(passage.kind is not PassageKind.SAME for passage in self.passages)


def pieces_of(passages: Iterable[Passage]) -> Iterator[Piece]:
    """All pieces in their order."""
    for passage in passages:
        yield from passage.pieces


def edits_of(pieces: Iterable[Piece]) -> Iterator[Edit]:
    """The places that were changed: pieces between which nothing stayed the same."""
    deleted: list[Piece] = []
    inserted: list[Piece] = []
    for piece in pieces:
        if piece.mark is not Mark.SAME:
            (deleted if piece.mark is Mark.DELETED else inserted).append(piece)
        elif deleted or inserted:
            yield Edit(tuple(deleted), tuple(inserted))
            deleted, inserted = [], []
    if deleted or inserted:
        yield Edit(tuple(deleted), tuple(inserted))
