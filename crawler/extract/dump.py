"""Reads the saved text dump: records without links, each behind a line that is a single `-`.

The form (crawler/samples/zhanjiang-2025-07-17.txt): `-`, title, body, date as 2025-07-17. What follows the last date
line of a record belongs to no record; after the last one that is the page's footer.
"""

import re
from collections.abc import Iterator
from datetime import date

from monitor.pages import Entry, ListingPage

_DATE_LINE = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_TAG = re.compile(r"<\s*(?:!doctype|html|head|body|div|ul|li|a|p|table)\b", re.IGNORECASE)


def is_dump(text: str) -> bool:
    """Whether `text` is a dump: its first line that is not empty is a `-`, and it holds no markup."""
    first = next((line.strip() for line in text.splitlines() if line.strip().strip("\ufeff")), "")
    return first.strip("\ufeff") == "-" and _TAG.search(text) is None


def read_dump(text: str, url: str) -> ListingPage:
    """All records; one without a title or a body is kept as it is, for the ledger to count."""
    return ListingPage(url=url, kind="dump", entries=tuple(_records(text)))


def _records(text: str) -> Iterator[Entry]:
    block: list[str] | None = None
    for line in [*text.strip("\ufeff").splitlines(), "-"]:
        if line.strip() == "-":
            if block is not None and any(part.strip() for part in block):
                yield _record(block)
            block = []
        elif block is not None:
            block.append(line)


def _record(block: list[str]) -> Entry:
    dated = [(number, day) for number, line in enumerate(block) if (day := _date_of(line)) is not None]
    end, published_on = dated[-1] if dated else (len(block), None)
    title = block[0].strip() if end > 0 else ""
    body = "\n".join(block[1:end]).strip()
    return Entry(title=title, published_on=published_on, body=body or None)


def _date_of(line: str) -> date | None:
    found = _DATE_LINE.fullmatch(line)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
