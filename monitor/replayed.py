"""What a replay did, one event at a time, and its JSON lines: the words between its process and the command line.

Standard library only. It reads no page and shows nothing.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the replay of a source is: pages and posts looked at, of so many."""

    source: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Filled:
    """An entry of an archived listing that was no post before. `kind`: complete or pending, or off-label."""

    source: str
    kind: str
    title: str
    url: str | None
    post: int | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """One field of a post that says something else from now on; values as text, dates as ISO."""

    source: str
    post: int
    title: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A post that its archived pages no longer yield; it stays as it is."""

    source: str
    post: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line for the user: a damaged page that was left out."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a source. `error` says why it was not replayed, in a line; the counts are of pages, posts, entries."""

    source: str
    pages: int = 0
    posts: int = 0
    corrected: int = 0
    filled: int = 0
    off_label: int = 0
    missing: int = 0
    damaged: int = 0
    error: str = ""


Event = Progress | Filled | Corrected | Missing | Trouble | Ended

_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Progress, Filled, Corrected, Missing, Trouble, Ended)
}


def to_line(event: Event) -> str:
    """One JSON object in ASCII, without a line break: `event` is the kind in small letters, then its fields."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)})


def event_of(line: str) -> Event | None:
    """The event that `to_line` wrote; None for any other line."""
    try:
        record = json.loads(line)
        kind = _KINDS[record.pop("event")]
        event: Event = kind(**record)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return event
