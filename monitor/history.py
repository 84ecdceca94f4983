"""What became of a post after it was first read: its revisions and events, append-only; standard library only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened to a known post."""

    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    FLAPPING = "flapping"  # it changes whenever it is looked at: no longer followed
    SETTLED = "settled"  # a flapping post that held still again


@dataclass(frozen=True, slots=True)
class Wording:
    """What a post said at one moment: paragraphs of the body are joined by one newline."""

    title: str
    body: str
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A row of `revisions`: one observed state of a post. `number` counts from 1."""

    number: int
    seen_at: datetime
    wording: Wording
    replayed: bool = False  # our own better reading of an archived page, not the site's edit


@dataclass(frozen=True, slots=True)
class PostEvent:
    """A row of `post_events`. `revision` is the number that holds from then on.

    `telling` says whether an audience that knows the post is to hear of it: a change of white space or punctuation
    alone is recorded and not announced.
    """

    id: int
    post_id: int
    at: datetime
    kind: EventKind
    revision: int
    telling: bool
    reason: str = ""
