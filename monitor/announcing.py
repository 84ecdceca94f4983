"""The data of telling: who is told, what of, in which digest and by which delivery; standard library only.

DigestMaterial -> Composition -> FrozenDigest -> Delivery
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.models import ChangedPost, OffLabelEntry, Post, SourceState
from monitor.storied import Story


class EntryKind(StrEnum):
    """How a digest entry was told to its audience."""

    NEW = "new"  # effective date inside the digest's period
    LATE = "late"  # from before the period's start: 补报
    RECYCLED = "recycled"  # leads a story that is old news, of whatever date: 旧闻重发
    COPY = "copy"  # of a story, or with the content, of a post that was told: announced with it, or as 已报
    BACKFILLED = "backfilled"  # too old at first sight: counted only (补录)
    OFF_LABEL = "off-label"


class DeliveryState(StrEnum):
    """pending -> claimed -> sent; a failure goes back to pending with a later due time, or ends as failed."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"  # trying again is of no use until somebody mends something and says `resend`


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
class WeekCount:
    """How many new events an audience was told in a week: those under NEW entries, old news not among them."""

    key: str  # 2025-W29
    count: int


@dataclass(frozen=True, slots=True)
class History:
    """The weeks before a digest's period, oldest first; none when nothing was told yet."""

    weeks: tuple[WeekCount, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestMaterial:
    """Everything the pure builder needs to decide one digest.

    `stories` are those that have a post of `posts` as a member, whole: members told earlier, or of other periods,
    included. A post that stands in none is not grouped yet, and a story of its own.
    """

    audience: Audience
    period: Period
    posts: tuple[Post, ...]
    announced_groups: frozenset[int]  # ids of first copies already told to this audience
    off_label: tuple[OffLabelEntry, ...]
    sources: tuple[SourceState, ...]
    changed: tuple[ChangedPost, ...] = ()
    missed: tuple[str, ...] = ()  # keys of the digests just before, held back from channels other than file
    stories: tuple[Story, ...] = ()
    told_stories: frozenset[int] = frozenset()  # of which this audience was told a member before, not only counted
    told_in: Mapping[int, str] = field(default_factory=dict)  # of those, in the digest of which period first
    told_as: Mapping[int, int] = field(default_factory=dict)  # and by which of their posts it was led then
    linked: tuple[Story, ...] = ()  # those that links of `stories` lead to, where they are not among them
    history: History = History()


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """A digest entry to be recorded: which post or off-label entry was told, and how."""

    kind: EntryKind
    post_id: int | None = None
    off_label_id: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a digest or an alert goes: one row of the outbox."""

    channel: str
    recipient: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A digest as the builder hands it to the store: content, what it tells, and where it goes."""

    content: str  # JSON of digests.content.Digest
    entries: tuple[EntryRecord, ...]
    targets: tuple[Target, ...]
    changed: tuple[ChangedPost, ...] = ()
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
    """A row of the outbox: one digest, or one alert, to one recipient of one channel."""

    id: int
    digest_id: int | None  # None: an alert's
    audience: str  # of an alert: operator
    period_key: str  # of an alert: alert-12
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
    alert_id: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """A row of `delivery_parts`: one message of a delivery that a channel takes in several."""

    number: int  # 1 and up
    count: int
    content: str
    begun_at: datetime | None = None  # when it was last handed over
    accepted_at: datetime | None = None  # when the channel said that it took it
