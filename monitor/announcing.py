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
    FILTERED = "filtered"  # not what the audience or rule wants: not told, and not looked at again
    OVERFLOW = "overflow"  # of a rule that had alerted as often as it may that day: left to its audience's digest
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
    schedule: str | None = None  # by which the last digest fell due; None: there was none, or before this was noted


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of days, `start` to before `end`, named by `key`.

    The keys: 2025-W29, 2025-07-20, 2025-07-18_2025-07-20, 2025-07.
    """

    key: str
    kind: str  # "week", "day", "days" (several, of whatever number) or "month"; "alert": a rule's, named by the moment
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
    """What an audience was told as new in the twelve weeks that end with the last day of a digest's period.

    `weeks` are all from the first of them that a digest told of, oldest first, the one of the period included; none
    when nothing was told yet. What the digest itself tells is not in the counts. The others count the same events, by
    what is known now of the posts that led them; where that is nothing, they do not.
    """

    weeks: tuple[WeekCount, ...] = ()
    places: tuple[tuple[str, int], ...] = ()  # by GB/T 2260 code, of whatever level
    industries: tuple[tuple[str, int], ...] = ()  # by the main one
    stages: tuple[tuple[str, int], ...] = ()  # without 其他


@dataclass(frozen=True, slots=True)
class Alerted:
    """What an alert rule did with a story: it told it `at` once, or had no room for it that day (`overflow`)."""

    rule: str
    at: datetime
    overflow: bool = False


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
    alerts: Mapping[int, tuple[Alerted, ...]] = field(default_factory=dict)  # story -> what the audience's rules did
    linked: tuple[Story, ...] = ()  # those that links of `stories` lead to, where they are not among them
    history: History = History()
    passed_over: Mapping[int, Post] = field(default_factory=dict)  # those of `posts` that were, as they were then


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
class LastDigest:
    """The latest digest of an audience: when it went out last, if it was to go anywhere at all."""

    period_key: str
    frozen_at: datetime
    told: bool  # False: it was empty, and nobody was to be told
    sent_at: datetime | None


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
    split_of: int | None = None  # the delivery whose other recipients were taken when this one's was refused


@dataclass(frozen=True, slots=True)
class Refused:
    """A recipient that was not taken when the others of the same delivery were."""

    recipient: str
    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row of `alerts` that tells the operator of a delivery which failed for good."""

    id: int
    at: datetime
    delivery: Delivery
    reason: str  # as it was then


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """A row of `delivery_parts`: one message of a delivery that a channel takes in several."""

    number: int  # 1 and up
    count: int
    content: str
    begun_at: datetime | None = None  # when it was last handed over
    accepted_at: datetime | None = None  # when the channel said that it took it
