"""The data of every stage, one frozen dataclass each; standard library only, and no behaviour beyond reading.

    Entry -> Sighting -> Post -> Digest -> Delivery

Instants are aware datetimes in UTC. Dates are dates as printed by the source (Asia/Shanghai by default).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.pages import Attachment


class Verdict(StrEnum):
    """What a sighting of an entry means for what we have."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    MOVED = "moved"  # same source, title and date under a new URL
    COMPLETED = "completed"  # the first body of a pending post
    OFF_LABEL = "off-label"
    REJECTED = "rejected"


class PostStatus(StrEnum):
    """Whether a post's own text has been read yet."""

    PENDING = "pending"
    COMPLETE = "complete"


class EntryKind(StrEnum):
    """How a digest entry was told to its audience."""

    NEW = "new"  # effective date inside the digest's period
    LATE = "late"  # from before the period's start: 补报
    COPY = "copy"  # same content as a post that was told: announced with it
    BACKFILLED = "backfilled"  # too old at first sight: counted only (补录)
    OFF_LABEL = "off-label"


class DeliveryState(StrEnum):
    """pending -> claimed -> sent; a failure goes back to pending with a later due time."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"


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


@dataclass(frozen=True, slots=True)
class Sighting:
    """What became of one entry of a listing page, or of one post page."""

    verdict: Verdict
    title: str
    reason: str = ""
    post: Post | None = None
    needs_page: bool = False
    unknown: bool = False  # not listed before the last completed crawl: as long as there is one, the listing goes on
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
class Audience:
    """A row of `audiences`."""

    id: int
    name: str
    created_at: datetime
    last_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of days, `start` to before `end`, named by `key`: 2025-W29, 2025-07-20 or 2025-07."""

    key: str
    kind: str  # "week", "day" or "month"
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class AnnounceRules:
    """The ages and counts that decide what is announced (settings, see the configuration reference)."""

    backfill_days: int = 28
    lookback_days: int = 14
    pending_failures: int = 3


@dataclass(frozen=True, slots=True)
class DigestMaterial:
    """Everything the pure builder needs to decide one digest."""

    audience: Audience
    period: Period
    posts: tuple[Post, ...]
    announced_groups: frozenset[int]  # ids of first copies already told to this audience
    off_label: tuple[OffLabelEntry, ...]
    sources: tuple[SourceState, ...]
    missed: tuple[str, ...] = ()  # keys of the digests just before, held back from channels other than file


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """A digest entry to be recorded: which post or off-label entry was told, and how."""

    kind: EntryKind
    post_id: int | None = None
    off_label_id: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a digest goes: one row of the outbox."""

    channel: str
    recipient: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A digest as the builder hands it to the store: content, what it tells, and where it goes."""

    content: str  # JSON of digests.content.Digest
    entries: tuple[EntryRecord, ...]
    targets: tuple[Target, ...]
    held_back: bool | None = False  # True: channels other than file did not get it; None: nobody was to be told


@dataclass(frozen=True, slots=True)
class FrozenDigest:
    """A row of `digests`: built once, never changed."""

    id: int
    audience: str
    period_key: str
    due_at: datetime
    frozen_at: datetime
    content: str
    created: bool = False  # True only in the answer to the call that froze it


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: one digest to one recipient of one channel."""

    id: int
    digest_id: int
    audience: str
    period_key: str
    channel: str
    recipient: str
    message_id: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    sent_at: datetime | None
    claimed_by: str | None = None
    resend_of: int | None = None


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """The counts that `status` shows."""

    posts: int
    pending_posts: int
    off_label: int
    digests: int
    pending_deliveries: int
    failing_deliveries: int
    sources: tuple[SourceState, ...] = field(default=())
