"""Takes the figures of a listing page, and recognises titles in which the charset went wrong; judges neither."""

import re
from datetime import date

from monitor.health.conditions import ListingFigures
from monitor.pages import Entry, ListingPage

# What bytes of UTF-8 become when they are read as Latin-1 or its Windows relative: the first byte of a character is a
# letter with an accent, the rest are signs that no word has behind one.
_REST = "\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c"
_REST += "\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
_GARBLED = re.compile(
    "\ufffd"  # put in for bytes that are no character
    "|锟斤拷|锟斤|斤拷"  # such characters, encoded in UTF-8 and read as GBK
    "|烫烫|屯屯"  # memory that was never written, read as GBK
    "|[锛銆鈥]"  # ， 。 “ in UTF-8, read as GBK; no text has these characters today
    f"|[\u00e3-\u00ef][{_REST}][{_REST}]"  # ä¸­: 中
    "|[\u00c2\u00c3][\u0080-\u00bf]"  # Ã¥: å, and what was misread twice
    "|[\u00a1-\u00ff]{4}"  # ÕÐÉÌ: 招商 in GBK, read as Latin-1
)


def is_garbled(title: str) -> bool:
    """Whether a title shows the traces of a charset that was taken for another."""
    return _GARBLED.search(title) is not None


def figures_of(page: ListingPage, today: date) -> ListingFigures:
    """What a listing page came to, as of `today` where the listing is."""
    dates = [entry.published_on for entry in page.entries if entry.published_on is not None]
    return ListingFigures(
        records=len(page.entries),
        dated=len(dates),
        without_link=sum(_leads_nowhere(entry) for entry in page.entries),
        garbled=sum(is_garbled(entry.title) for entry in page.entries),
        newest_on=max((day for day in dates if day <= today), default=None),
    )


def _leads_nowhere(entry: Entry) -> bool:
    return not entry.url and not entry.body
