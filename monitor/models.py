"""The data of every stage, one frozen dataclass each; standard library only, and no behaviour beyond reading.

    Entry -> Sighting -> Post; what is told of it, and how it is delivered, is in monitor.announcing

Instants are aware datetimes in UTC. Dates are dates as printed by the source (Asia/Shanghai by default).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.history import PostEvent, Revision, Wording
from monitor.pages import Attachment


class Verdict(StrEnum):
    """What a sighting of an entry means for what we have."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    MOVED = "moved"  # same source, title and date under a new URL
    COMPLETED = "completed"  # the first body of a pending post
    RESTORED = "restored"  # it was withdrawn, and can be read again
    WITHDRAWN = "withdrawn"  # its own address says that it is gone, on two days on which its source was well
    FLAPPING = "flapping"  # it changes whenever it is looked at
    OFF_LABEL = "off-label"
    REJECTED = "rejected"


class PostStatus(StrEnum):
    """Whether a post's own text has been read yet."""

    PENDING = "pending"
    COMPLETE = "complete"


class ReadFrom(StrEnum):
    """Where a post's text was read."""

    PAGE = "page"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Label:
    """The bracketed head of a title: text `湛江招商`, place `湛江`."""

    text: str
    place: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A row of `sources`: one listing that we watch."""

    id: int
    name: str
    url: str
    title: str
    created_at: datetime
    baseline_done: bool
    attempted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What the configuration says of a source, as far as the store must know it."""

    name: str
    url: str
    title: str
    renamed_from: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """What we store for one entry."""

    id: int
    source_id: int
    source_name: str
    title: str
    listed_title: str  # the title as the listing last showed it; it may be cut
    listed_on: date | None  # the date as the listing last showed it
    label: str | None
    place: str | None
    url: str | None
    published_on: date | None
    effective_on: date
    dated: bool  # the effective date is the publication date, not first sight
    summary: str | None
    body: str | None
    status: PostStatus
    attempts: int
    last_error: str | None
    fingerprint: str | None
    copy_of: int | None
    baseline: bool  # first seen before its source had completed a crawl
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int
    origin: str | None = None  # what its page says after 来源
    attachments: tuple[Attachment, ...] = ()
    replayed: bool = False  # found by reading the archive again: never announced
    read_from: ReadFrom | None = None
    visit_from: datetime | None = None  # from when on its visits are counted; None: it is not followed
    streak: int = 0  # looks in a row that found another text
    flapping: bool = False
    flapping_print: str | None = None  # what it last showed while flapping
    missing_since: datetime | None = None  # its own address says that it is gone
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostHistory:
    """Everything that is remembered of one post, oldest first."""

    post: Post
    revisions: tuple[Revision, ...]
    events: tuple[PostEvent, ...]


@dataclass(frozen=True, slots=True)
class ChangedPost:
    """A post that an audience knows, with what it has not been told of it: material of a digest.

    `known` is how the audience knows it, `current` how it is now; they are equal when only withdrawals and returns are
    to be told. `events` are in the order in which they happened.
    """

    post: Post
    known: Wording
    current: Wording
    events: tuple[PostEvent, ...]
    told_alike: bool = False  # of another post with the present wording, the audience was told the same edit


@dataclass(frozen=True, slots=True)
class Sighting:
    """What became of one entry of a listing page, or of one post page."""

    verdict: Verdict
    title: str
    reason: str = ""
    post: Post | None = None
    needs_page: bool = False
    unknown: bool = False  # not listed before the last completed crawl: as long as there is one, the listing goes on
    known: bool = False  # listed before it; what this crawl has met on an earlier page is neither
    changed: bool = False  # anything that is stored of the post is another now


@dataclass(frozen=True, slots=True)
class OffLabelEntry:
    """An entry that its source's label pattern does not admit."""

    id: int
    source_name: str
    title: str
    url: str | None
    effective_on: date
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class CrawlCounts:
    """The numbers of a ledger row. A post counts once per crawl, however many pages list it."""

    pages: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    moved: int = 0
    completed: int = 0
    off_label: int = 0
    rejected: int = 0
    errors: int = 0
    visited: int = 0  # known posts whose page was looked at again
    gone: int = 0  # of these, how many were not there

    def sentence(self) -> str:
        """The counts as the ledger line says them; rare ones only when they are not zero."""
        parts = [
            f"{self.pages} page{'' if self.pages == 1 else 's'}",
            f"{self.new} new",
            f"{self.revised} revised",
            f"{self.unchanged} unchanged",
        ]
        parts += [f"{self.moved} moved"] if self.moved else []
        parts += [f"{self.completed} completed"] if self.completed else []
        parts += [f"{self.visited} looked at again"] if self.visited else []
        parts += [f"{self.gone} gone"] if self.gone else []
        parts += [
            f"{self.off_label} off-label",
            f"{self.rejected} rejected",
            f"{self.errors} error{'' if self.errors == 1 else 's'}",
        ]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Crawl:
    """A row of the ledger: one run over one source."""

    id: int
    source_id: int
    source_name: str
    started_at: datetime
    finished_at: datetime | None
    reason: str | None
    completed: bool
    pid: int
    counts: CrawlCounts


@dataclass(frozen=True, slots=True)
class CrawlNote:
    """Something of one crawl that is worth keeping: a rejected record, an error, an off-label title."""

    kind: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source with what its ledger says."""

    source: Source
    posts: int
    pending: int
    last: Crawl | None
    last_good: Crawl | None
    layout_changed: bool = False  # since the moment asked about


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """The counts that `status` shows."""

    posts: int
    pending_posts: int
    off_label: int
    digests: int
    pending_deliveries: int
    failing_deliveries: int
    ungrouped_posts: int = 0  # whose present text was not read yet for facts and story
    unread_posts: int = 0  # whose facts could not be read
    sources: tuple[SourceState, ...] = field(default=())
