"""Takes the few sentences of a text that say most, as they stand there; it rewrites nothing."""

import re
from collections.abc import Collection, Sequence

from monitor.comparison import sentences
from monitor.text import clean

CUT = "……"
_READ = 4_000  # characters: what matters stands in front, and bodies reach 200,000
_LONGEST = 90  # characters of one sentence
_SHORTEST = 10  # anything shorter is a heading, a number or a greeting
_LONGEST_HEADING = 30  # characters: 一、让秸秆不再焚烧。
_NUMBERED = re.compile(
    r"(?:第[一二三四五六七八九十]+[章节条]|[（(]?(?:[一二三四五六七八九十]+|\d{1,2})(?:[）)]|、|[.．](?!\d)))"
)
_ENDS = "。！？!?…；;"
_CLOSING = "”’」』）)"
_CLAUSES = "，,、；;：:"


def extract(text: str, words: Collection[str] = ()) -> str:
    """Two sentences of the text: the first, and the next that holds one of `words` (amounts, say), else the next.

    Where something is left out between them, a sentence is cut short or the text goes on, `……` says so.
    """
    found, last = _proper(text)
    if not found:
        return ""
    said = [word for word in words if word]
    first = found[0]
    second = None if _holds(first[1], said) else next((one for one in found[1:] if _holds(one[1], said)), None)
    if second is None and len(found) > 1:
        second = found[1]
    head = _short(first[1])
    if second is None:
        return _open(head, goes_on=first[0] < last)
    head = _open(head, goes_on=second[0] > first[0] + 1 or not _is_ended(head))
    return head + _open(_short(second[1]), goes_on=second[0] < last)


def _proper(text: str) -> tuple[list[tuple[int, str]], int]:
    """The sentences that are whole, each with its number, or all there is where none is; and the last number of all."""
    read = sentences(text[:_READ]).texts
    if len(text) > _READ and len(read) > 1:
        read = read[:-1]  # cut by us
    numbered = [(number, one) for number, sentence in enumerate(read) if (one := clean(sentence))]
    whole = [
        (number, one) for number, one in numbered if len(one) >= _SHORTEST and _is_ended(one) and not _is_heading(one)
    ]
    last = numbered[-1][0] if numbered else 0
    return whole or numbered, last + (clean(text[_READ:]) != "")


def _open(sentence: str, *, goes_on: bool) -> str:
    return sentence + CUT if goes_on and not sentence.endswith(CUT) else sentence


def _is_heading(sentence: str) -> bool:
    return len(sentence) <= _LONGEST_HEADING and _NUMBERED.match(sentence) is not None


def _is_ended(sentence: str) -> bool:
    return sentence.rstrip(_CLOSING)[-1:] in tuple(_ENDS)


def _holds(sentence: str, words: Sequence[str]) -> bool:
    return any(word in sentence for word in words)


def _short(sentence: str) -> str:
    """The sentence, or as much of it as there is room for, cut after a clause where one ends late enough."""
    if len(sentence) <= _LONGEST:
        return sentence
    head = sentence[:_LONGEST]
    clause = max(head.rfind(mark) for mark in _CLAUSES)
    return head[: clause if clause >= _LONGEST // 2 else _LONGEST].rstrip() + CUT
