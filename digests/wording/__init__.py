"""The words around what posts say, in each language that a digest can have; how a page looks, the templates say.

A digest is frozen with its language. Its stages, industries and places are frozen as the facts have them, in Chinese,
and get their names here; sentences that are computed are frozen as they were said.
"""

from digests.wording.chinese import CHINESE
from digests.wording.english import ENGLISH
from digests.wording.words import Count, Language, WeekFacts, Words

__all__ = ["CHINESE", "ENGLISH", "Count", "Language", "WeekFacts", "Words", "words_of"]

_WORDS: dict[Language, Words] = {"zh": CHINESE, "en": ENGLISH}


def words_of(language: Language) -> Words:
    """The words of a language."""
    return _WORDS[language]
