"""Says in words what changed, and whether a reader would call it a change; it cuts no excerpts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date

from monitor.comparison.passages import Comparison, Edit, PassageKind, edits_of, pieces_of
from monitor.comparison.phrases import CHINESE, Phrases
from monitor.history import Wording
from monitor.volatile import without_volatile

# Radicals that PDF files leave in place of characters, and that no normalisation form knows: 人⺠, 乡⻓.
_RADICALS = str.maketrans("⺠⻓⻋⻔⻅⻉⻚⻛⻜⻢⻥⻦⻩⻬⻰⻄⻘⻝⻣⻆", "民长车门见贝页风飞马鱼鸟黄齐龙西青食骨角")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DATE_MARKS = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
# Between two numbers a mark is a word (3-5, 3:2, 12.5), and so is the sign before a share.
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\w\s.%‰](?=\d)")
_SIGN = re.compile(r"(?<!\d)[-−](?=\d+(?:\.\d+)?[%‰℃°])")
_PROSE = re.compile("[a-z\u4e00-\u9fff，。、；：！？“”（）《》]*")  # whose marks belong to no number
_PLAIN = re.compile("[0-9a-z\u4e00-\u9fff]*")  # and nothing else: such a text is its own essence
_NO_WORD = re.compile(r"(?<=\d)\.(?!\d)|(?<!\d)\.|[^\w.%‰$¥£€+=×÷±\ue000\ue001]|_")


def is_telling(before: Wording, after: Wording) -> bool:
    """Whether one who knows the old wording is to hear of the new one.

    Not when only white space, punctuation, widths of characters or compatibility forms differ, or counters and clocks;
    nor when a date was gained where there was none.
    """
    if before.published_on is not None and after.published_on != before.published_on:
        return True
    if before.title != after.title and _essence(before.title) != _essence(after.title):
        return True
    return before.body != after.body and _essence(without_volatile(before.body)) != _essence(
        without_volatile(after.body)
    )


def _essence(text: str) -> str:
    """What is left of a text without its punctuation and its forms; marks that belong to a number are kept."""
    if _PLAIN.fullmatch(text):
        return text
    if _PROSE.fullmatch(text):
        return _NO_WORD.sub("", text)
    text = unicodedata.normalize("NFKC", text.translate(_RADICALS)).casefold()
    text = _DATE_MARKS.sub("\\1\ue000\\2\ue000\\3", _THOUSANDS.sub("", text))
    text = _SIGN.sub("\ue001", _BETWEEN_NUMBERS.sub("\ue000", text))
    return _NO_WORD.sub("", text)


def statements(comparison: Comparison, phrases: Phrases = CHINESE) -> tuple[str, ...]:
    """What changed, in words: title, date, body, in this order; nothing when both wordings are the same."""
    said: list[str] = []
    if comparison.title is not None:
        said.append(phrases.title(*comparison.title))
    if comparison.published_on is not None:
        said.append(_of_dates(*comparison.published_on, phrases))
    said.extend(_of_body(comparison, phrases))
    return tuple(said)


def _of_dates(before: date | None, after: date | None, phrases: Phrases) -> str:
    if before is not None and after is not None:
        return phrases.date_changed(before, after)
    return phrases.date_gained(after) if after is not None else phrases.date_lost(before)


def _of_body(comparison: Comparison, phrases: Phrases) -> Iterator[str]:
    if not comparison.differs:
        return
    kinds = {passage.kind for passage in comparison.passages}
    if kinds == {PassageKind.INSERTED}:
        yield phrases.body_gained
    elif kinds == {PassageKind.DELETED}:
        yield phrases.body_lost
    elif comparison.rewritten:
        yield phrases.rewritten
    else:
        yield from _of_places(comparison, phrases)


def _of_places(comparison: Comparison, phrases: Phrases) -> Iterator[str]:
    moved = moved_sentences(comparison)
    edits = [edit for edit in edits_of(pieces_of(comparison.passages)) if not is_move(edit, moved)]
    texts = ((edit.before, edit.after) for edit in edits)
    places = sum(before != after and _essence(before) != _essence(after) for before, after in texts)
    if places:
        yield phrases.places(places)
    elif edits:
        yield phrases.marks_only
    if moved:
        yield phrases.moved(len(moved))


def moved_sentences(comparison: Comparison) -> frozenset[str]:
    """The sentences that are gone from one place and stand unchanged at another."""
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for passage in comparison.passages:
        if passage.kind is PassageKind.DELETED:
            gone.update(piece.text for piece in passage.pieces)
        elif passage.kind is PassageKind.INSERTED:
            come.update(piece.text for piece in passage.pieces)
    return frozenset(gone & come)


def is_move(edit: Edit, moved: frozenset[str]) -> bool:
    """Whether nothing but moved sentences went from here, or came."""
    return all(piece.text in moved for piece in (*edit.deleted, *edit.inserted))
