"""The data of telling: who is told, what of, in which digest and by which delivery; standard library only.

DigestMaterial -> Composition -> FrozenDigest -> Delivery
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.models import ChangedPost, OffLabelEntry, Post, SourceState


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
    changed: tuple[ChangedPost, ...] = ()
    missed: tuple[str, ...] = ()  # keys of the digests just before, held back from channels other than file


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
