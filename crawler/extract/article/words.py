"""Writes lists of words as patterns; which words mean what is said where they are used."""

import re

BLANK = r"[\s\u3000]*"
COLON = rf"{BLANK}[:：]{BLANK}"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
WEEKDAY = r"(?:(?:周|星期).[,，\s]*|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?[,\s]+)?"
_HAN_MONTH = r"(?:十[一二]?|[一二三四五六七八九])月"  # 五月 14, 2025 and 14 五月 2025, as Drupal prints them
NAMED_DAY = (
    rf"(?:(?:{_MONTH}|{_HAN_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?[,，]?|\d{{1,2}}\s+(?:{_MONTH}|{_HAN_MONTH})[,，]?)"
    r"\s+(?:19|20)\d{2}"
)


def words(line: str) -> tuple[str, ...]:
    """The words of a line."""
    return tuple(line.split())


def any_of(line: str) -> str:
    """A pattern for any of the words of a line."""
    return "|".join(map(re.escape, words(line)))


def spaced(line: str) -> str:
    """A pattern for any of the words of a line, with the spaces that pages put between characters (`来　源`)."""
    return "|".join(BLANK.join(map(re.escape, word)) for word in words(line))
