"""Bounds the attributes of single tags before a parser sees them; whatever else a page holds it leaves as it is.

libxml2 compares each attribute of a tag with all before it: one tag of 100,000 takes it 12 s, and no signal is heard
meanwhile. What is a tag is not asked of the surroundings: what looks like one in a script, a comment or a value may
be one for the parser, and a run of a thousand attributes without an end is hardly ever anything else.
"""

import re
from collections.abc import Iterator

MOST_ATTRIBUTES = 1_000  # of one tag; real ones have under a hundred
_MOST_STEPS = 2_000_000  # attributes of odd tags that are looked at in one page: about 1 s
_MOST_TIMES = 4
_SPACE = r"[ \t\n\r\f]"
_SURE_NAME = r"[^ \t\n\r\f/<>\"'=]++"
_SURE_VALUE = r"\"[^\"<]*+\"|'[^'<]*+'|[^ \t\n\r\f<>\"']++"
# A tag of few attributes that every parser reads in the same way; no other begins in it.
_ORDINARY = (
    rf"[a-zA-Z][^ \t\n\r\f/<>\"'=]*+"
    rf"(?:[ \t\n\r\f/]*+{_SURE_NAME}(?:{_SPACE}*+={_SPACE}*+(?:{_SURE_VALUE}))?+){{0,200}}+[ \t\n\r\f/]*+>"
)
_ODD = re.compile(rf"<(?!{_ORDINARY})[a-zA-Z][^ \t\n\r\f/>]*+")
_ATTRIBUTE = re.compile(
    rf"[ \t\n\r\f/]*+(?:=?+[^ \t\n\r\f/>=]++|=)"
    rf"(?:{_SPACE}*+=(?:{_SPACE}*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^ \t\n\r\f>]++))?+)?+"
)


def bounded(text: str) -> str:
    """The page, its tags with their first `MOST_ATTRIBUTES` attributes only.

    Of a page made of nothing but odd tags, only the beginning: a bound for what looking at them costs.
    """
    for _ in range(_MOST_TIMES):  # what is left of a tag may be read in another way
        shorter = "".join(_kept(text))
        if len(shorter) == len(text):
            return text
        text = shorter
    return next(_kept(text))


def _kept(text: str) -> Iterator[str]:
    """The pieces of a page between what is more than enough in its tags, the first up to the end of the first such."""
    done = steps = 0
    for odd in _ODD.finditer(text):
        if odd.start() < done:
            continue  # in what was left out, or in the tag that it was left out of
        cut, taken = _walk(text, odd.end(), MOST_ATTRIBUTES)
        steps += taken
        if taken == MOST_ATTRIBUTES and (more := _walk(text, cut, _MOST_STEPS))[1]:
            end, taken = more
            steps += taken
            yield text[done:cut]
            done = end
        if steps > _MOST_STEPS:
            return
    yield text[done:]


def _walk(text: str, place: int, most: int) -> tuple[int, int]:
    """Over so many attributes, at most, that follow a place: where they end, and how many there were."""
    count = 0
    while count < most and (attribute := _ATTRIBUTE.match(text, place)) is not None:
        place, count = attribute.end(), count + 1
    return place, count
