"""The content fingerprint: a versioned hash of what a post says; it does not know where the post stands."""

import hashlib
from datetime import date

from monitor.text import title_key

VERSION = 1


def fingerprint(title: str, body: str, published_on: date | None) -> str:
    """`1:` and 32 hex digits over normalised title, body and date.

    The body is folded like a title (compatibility forms, case, all white space), so re-flowed paragraphs are no change.
    The version is part of the value: two fingerprints are only comparable when their versions agree.
    """
    parts = (title_key(title), title_key(body), published_on.isoformat() if published_on else "")
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{VERSION}:{digest[:32]}"
