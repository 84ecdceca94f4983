"""The content fingerprint: a versioned hash of what a post says; it does not know where the post stands."""

import hashlib
from datetime import date

from monitor.text import title_key
from monitor.volatile import without_volatile

VERSION = 2


def fingerprint(title: str, body: str, published_on: date | None) -> str:
    """`2:` and 32 hex digits over normalised title, body and date.

    The body is folded like a title (compatibility forms, case, all white space), so re-flowed paragraphs are no change,
    and counters, share bars and clocks are no part of it.
    The version is part of the value: two fingerprints are only comparable when their versions agree.
    """
    return _hash(VERSION, title, without_volatile(body), published_on)


def every_fingerprint(title: str, body: str, published_on: date | None) -> tuple[str, ...]:
    """The fingerprint under each version there ever was, today's first: what a copy may be stored under."""
    return fingerprint(title, body, published_on), _hash(1, title, body, published_on)


def _hash(version: int, title: str, body: str, published_on: date | None) -> str:
    parts = (title_key(title), title_key(body), published_on.isoformat() if published_on else "")
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{version}:{digest[:32]}"
