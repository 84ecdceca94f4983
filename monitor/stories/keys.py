"""Index keys of a post: two posts that may report one event share some; which of them do is for the scorer to say.

The kinds, from the most telling: companies and investments alone; figures alone, when telling; pairs of rare words, for
copies under any label; then everything within the prefecture: figures, rare words (those with the least hashes, so
that posts that share words keep the same ones), the county with the stage.
"""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from zlib import crc32

from monitor.facts.findings import Stage
from monitor.stories import figures
from monitor.stories.comparing import place_stem
from monitor.stories.evidence import Evidence

_NAMES, _AMOUNTS, _FIGURES, _WORDS, _TITLE, _ALIKE = 6, 4, 10, 24, 8, 5  # at most so many keys of a kind
_TELLING = 0.6  # weight of a figure that is looked for in the whole country

Key = int  # 64 bits, signed


def keys_of(evidence: Evidence) -> tuple[Key, ...]:
    """The keys of a post, the most telling first; about fifty."""
    return tuple(dict.fromkeys(_hash(text) for text in _texts(evidence)))


def _texts(one: Evidence) -> Iterator[str]:
    scope = place_stem(one.place)[:4] if one.place else ""
    yield from (f"n{core[:2]}" for core in one.companies[:_NAMES])
    yield from (f"m{yuan}" for yuan in one.investments[:_AMOUNTS])
    telling = sorted(one.figures, key=lambda figure: (-figures.weight(figure), figure))[:_FIGURES]
    yield from (f"f{figure}" for figure in telling if figures.weight(figure) >= _TELLING)
    alike = _least(one.words, _ALIKE + 1)  # copies keep them, whatever their labels say of the place
    yield from (f"x{first}{second}" for first, second in pairwise(alike))
    if one.partner:  # where a post under the other party's label is looked for
        yield from (f"w{one.partner}{word}" for word in _least(one.words, _WORDS))
    if scope:
        yield from (f"f{scope}{figure}" for figure in telling)
        yield from (f"w{scope}{word}" for word in _least(one.title, _TITLE))
        yield from (f"w{scope}{word}" for word in _least(one.words, _WORDS))
        if one.stage is not Stage.OTHER:
            yield f"c{one.place}{one.stage.value}"
    else:
        yield from (f"w{word}" for word in _least(one.title, _TITLE))


def _least(those: frozenset[str], most: int) -> list[str]:
    return sorted(those, key=lambda word: crc32(word.encode()))[:most]


def _hash(text: str) -> Key:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
