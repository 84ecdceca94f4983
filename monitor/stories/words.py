"""The rare words of a post, and how much each says; common ones are in common_words.tsv, which tools/ builds."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from types import MappingProxyType

_COMMON = 0.12  # share of events: a word in more of them says nothing
RARE = 0.01  # and in less of them it says all that it can
_MOST = 320  # words of one post
ENOUGH = 200  # stories of an archive, before it is asked what is common
_OFTEN, _SELDOM = 3000, 300  # frequency in general text: a word met as often says little; one met less, all it can
_LITTLE = 0.1
_AT_HAND = 64  # sets of words whose mass is remembered
# Single characters that belong to no name: what they stand beside is no word.
_FUNCTION = frozenset(
    "的了着过在和与及或为将以由于是有不也都就而被把让对从向到其这那各每并且如若则即又再更最很已未曾可能会要应当"
    "等年月日时分秒个位名家次项种批条件来去上下中内外前后里间起至自用使令给比按据经地得之所者们一二两三四五六七八九十百千万亿"
    "做进出入随当还只才却但因此则同共全本该称说讲看化性型式率级"
)
_NOTHING: Mapping[str, float] = MappingProxyType({})


class Rarity:
    """How much a word says: 0 for one that is met everywhere, 1 for one that no table of common words has.

    `shares` is of words in the posts of the development set, and `archive` in those that were stored so far: each is
    word -> share of events whose posts use it. `general`: word -> how often it is met in general text.
    """

    def __init__(
        self, shares: Mapping[str, float], general: Mapping[str, int], archive: Mapping[str, float] = _NOTHING
    ) -> None:
        weights = {word: _by_count(count) for word, count in general.items()}
        for word in {*shares, *archive}:
            most = max(shares.get(word, 0.0), archive.get(word, 0.0))
            weights[word] = weights.get(word, 1.0) * _by_share(most)
        self._lacks = {word: 1.0 - weight for word, weight in weights.items() if weight < 1.0}
        self._common = frozenset(self._lacks)
        self.whole_mass = lru_cache(maxsize=_AT_HAND)(self.mass)  # for the words of a post, asked for again and again

    def __call__(self, word: str) -> float:
        """The weight of a word."""
        return 1.0 - self._lacks.get(word, 0.0)

    def mass(self, those: frozenset[str]) -> float:
        """The weights of several words together."""
        lacks = self._lacks  # most words lack nothing: this asks for the others only, a hundred times a post
        return len(those) - sum(map(lacks.__getitem__, those & self._common))


def _by_share(share: float) -> float:
    if share > _COMMON:
        return 0.0
    return min(1.0, math.log(_COMMON / share) / math.log(_COMMON / RARE) + 0.15)


def _by_count(count: int) -> float:
    told = math.log(_OFTEN / count) / math.log(_OFTEN / _SELDOM)
    return min(1.0, max(_LITTLE, told))


@cache
def learned() -> Rarity:
    """The rarity by common_words.tsv, which tools/train_stories.py writes, and general_words.tsv."""
    return Rarity(_shares(), general_counts())


def learned_with(counts: Mapping[str, int], stories: int) -> Rarity:
    """The same with what an archive of so many stories shows: in how many of them each word is.

    What a table of common words has not seen, an archive has: that every second post of Zhanjiang has 港口 in it. Of
    fewer than ENOUGH stories nothing is concluded.
    """
    if stories < ENOUGH:
        return learned()
    return Rarity(_shares(), general_counts(), {word: count / stories for word, count in counts.items()})


@cache
def _shares() -> dict[str, float]:
    return {word: float(share) for word, share in _rows("common_words.tsv")}


@cache
def general_counts() -> dict[str, int]:
    """How often words are met in general text, by general_words.tsv, whose head says where it is from."""
    return {word: int(count) for word, count in _rows("general_words.tsv")}


def _rows(table: str) -> Iterator[list[str]]:
    lines = (files(__package__) / table).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith("#"))


def rare_words(those: Iterable[str], rarity: Rarity, without: Iterable[str] = ()) -> frozenset[str]:
    """The rare ones of the words of a text, `without` those of its place; of a long text the first _MOST."""
    place = " ".join(without)
    rare = (word for word in dict.fromkeys(those) if rarity(word) and word not in place)
    return frozenset(islice(rare, _MOST))


def all_words(text: str) -> Iterator[str]:
    """The Chinese words of a text of two characters and more.

    Where the tokeniser leaves single characters (invented names), each two that stand together are a word as well.
    """
    import rjieba  # noqa: PLC0415 - costs 90 ms to import, and most commands read no text

    before = ""
    for word in rjieba.cut(text):
        if not "\u4e00" <= word[0] <= "\u9fff":
            before = ""
            continue
        if len(word) > 1:
            yield word
        elif word in _FUNCTION:
            before = ""
        if before and (len(before) == 1 or len(word) == 1):
            yield before[-1] + word[0]
        before = word if word not in _FUNCTION else ""
