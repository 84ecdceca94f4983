"""Compares two wordings of a post, sentence by sentence and word by word; it neither stores nor prints anything."""

from monitor.comparison.excerpts import excerpt
from monitor.comparison.passages import Comparison, Mark, Passage, PassageKind, Piece
from monitor.comparison.phrases import Phrases
from monitor.comparison.sentences import sentences
from monitor.comparison.telling import is_telling, statements
from monitor.comparison.wordings import compare

__all__ = [
    "Comparison",
    "Mark",
    "Passage",
    "PassageKind",
    "Phrases",
    "Piece",
    "compare",
    "excerpt",
    "is_telling",
    "sentences",
    "statements",
]
