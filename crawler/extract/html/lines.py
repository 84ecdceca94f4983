"""Reads a listing that is plain text inside HTML: labelled lines with their texts below them; a last resort."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from crawler.extract.dates import read_date
from crawler.extract.html.candidates import label_of, weight
from crawler.extract.html.fields import Reading
from crawler.extract.html.printed import date_only, without_date
from crawler.extract.html.tree import Page, flowing

_LEAST = 2  # labelled lines; one alone may be a headline in a text
_LONGEST_TITLE = 100
_MOST = 6000  # records, as of those with links


def read_lines(page: Page, now: datetime) -> list[Reading]:
    """One record for every line that begins with a label; nothing when fewer than two do."""
    lines = flowing(page.root).split("\n")
    heads = list(islice((number for number, line in enumerate(lines) if _is_head(line)), _MOST))
    if len(heads) < _LEAST:
        return []
    return list(_records(lines, heads, now))


def _is_head(line: str) -> bool:
    label = label_of(line)
    return label is not None and "招商" in label and len(line) <= _LONGEST_TITLE and weight(line) > weight(label) + 2


def _records(lines: list[str], heads: list[int], now: datetime) -> Iterator[Reading]:
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        title, printed = without_date(lines[start], None, now)
        body: list[str] = []
        for line in lines[start + 1 : end]:
            if date_only(line, now):
                printed = printed or read_date(line, now)
                if body:
                    break  # what follows the date of the last record is the page's footer
            else:
                body.append(line)
        yield Reading(title, None, printed, body="\n".join(body) or None)
