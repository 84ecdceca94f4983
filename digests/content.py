"""The frozen content of a digest, and its JSON; how it looks is render's business."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import TypeAdapter

from monitor.announcing import Period
from monitor.comparison import Piece
from monitor.health.conditions import State

NO_PLACE = "其他"


@dataclass(frozen=True, slots=True)
class Copy:
    """Another post with the same content, told together with the first."""

    post_id: int
    title: str
    url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One post as a digest tells it. `summary` is None while its page could not be read."""

    post_id: int
    title: str  # without its label
    label: str | None
    place: str
    effective_on: date
    dated: bool  # False: the source gives no (plausible) date, effective_on is the day of first sight
    summary: str | None
    url: str | None
    source: str
    copies: tuple[Copy, ...] = ()
    withdrawn: bool = False  # its own address said already that it is gone
    future_on: date | None = None  # the date that the source gives, when it lies ahead and cannot be meant


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """The posts of one place."""

    place: str
    items: tuple[Item, ...]


class ChangeKind(StrEnum):
    """What became of a post that the readers know."""

    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What became of one post. `statements` say in words what changed, `excerpt` shows the most telling of it."""

    post_id: int
    kind: ChangeKind
    title: str  # without its label, as it is now
    place: str
    url: str | None
    source: str
    changed_on: date
    reason: str = ""  # the sign of a withdrawal
    statements: tuple[str, ...] = ()
    excerpt: tuple[Piece, ...] = ()
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class OffLabelLine:
    """An off-label entry."""

    off_label_id: int
    title: str
    url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The state of one source when the digest was built."""

    name: str
    title: str
    ok: bool
    posts: int
    pending: int
    told: int  # posts that this digest tells of it, copies not counted
    last_good_at: datetime | None
    last_good_seen: int  # posts on the pages that the last completed crawl read
    last_at: datetime | None
    trouble: str | None  # why it is not well, or quiet; without a `state` these are the ledger's English words
    layout_changed: bool = False  # since the last digest, its records stand elsewhere on the page
    paused: bool = False  # its user wants no crawls of it for now
    state: State | None = None  # None in digests from before sources had a health


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything a rendering needs. `items` in `places` and `late` are all posts told; `highlights` repeats some."""

    audience: str
    period: Period
    preview: bool
    built_at: datetime
    timezone: str
    highlights: tuple[Item, ...]
    places: tuple[PlaceGroup, ...]
    late: tuple[Item, ...]
    backfilled: int
    backfill_days: int  # older than this at first sight is only counted
    off_label: tuple[OffLabelLine, ...]
    sources: tuple[SourceLine, ...]
    missed: tuple[str, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    off_label_older: int = 0  # off-label entries that are only counted, for their age

    @property
    def count(self) -> int:
        """Posts inside the period, copies not counted."""
        return sum(len(group.items) for group in self.places)

    @property
    def place_count(self) -> int:
        """Named places; the rest of the posts stand under one heading and are no place."""
        return sum(group.place != NO_PLACE for group in self.places)

    @property
    def highlighted(self) -> frozenset[int]:
        """The ids of the posts that stand under the highlights with their summary."""
        return frozenset(item.post_id for item in self.highlights)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell but the state of the sources."""
        return not (self.places or self.late or self.changes or self.off_label or self.off_label_older)

    def changed(self, kind: ChangeKind) -> int:
        """How many known posts were revised, withdrawn or restored."""
        return sum(line.kind == kind for line in self.changes)

    @property
    def troubled(self) -> int:
        """How many sources are not well."""
        return sum(not source.ok for source in self.sources)

    @property
    def paused(self) -> int:
        """How many sources are paused: they are neither well nor troubled."""
        return sum(source.paused for source in self.sources)


_ADAPTER = TypeAdapter(Digest)


def to_json(digest: Digest, *, indent: int | None = None) -> str:
    """The digest as JSON; `from_json` reads it back equal."""
    return _ADAPTER.dump_json(digest, indent=indent).decode()


def from_json(text: str) -> Digest:
    """The digest that `to_json` wrote."""
    return _ADAPTER.validate_json(text)
