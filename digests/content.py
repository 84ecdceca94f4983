"""The frozen content of a digest, and its JSON; how it looks is render's business."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

from monitor.announcing import Period
from monitor.comparison import Piece
from monitor.health.conditions import State

NO_PLACE = "其他"


@dataclass(frozen=True, slots=True)
class Copy:
    """Another post of the same story, told together with the one that leads it."""

    post_id: int
    title: str
    url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Link:
    """A title to be named, and where it leads."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Amount:
    """A stated investment: in yuan, the words that it was read from, and the post that has them."""

    yuan: int
    words: str
    post_id: int


@dataclass(frozen=True, slots=True)
class Item:
    """One story as a digest tells it, by the post that leads it. `summary` is None while its page could not be read.

    What has a default is not in digests from before there were stories.
    """

    post_id: int
    title: str  # without its label
    label: str | None
    place: str  # in full where it is known, else as the label has it
    effective_on: date
    dated: bool  # False: the source gives no (plausible) date, effective_on is the day of first sight
    summary: str | None
    url: str | None
    source: str
    copies: tuple[Copy, ...] = ()  # the other posts of it that this digest tells
    withdrawn: bool = False  # its own address said already that it is gone
    future_on: date | None = None  # the date that the source gives, when it lies ahead and cannot be meant
    story: int | None = None  # None: not grouped yet
    others: tuple[Copy, ...] = ()  # posts of the story that are of other digests, or were only counted
    first_on: date | None = None  # the earliest date of all its posts
    stage: str = ""
    amounts: tuple[Amount, ...] = ()
    parties: tuple[str, ...] = ()
    happened: str = ""  # the event's date, as precise as it is stated: 2023年7月
    industries: tuple[str, ...] = ()
    years: tuple[int, ...] = ()  # the event years that its posts state, where they disagree
    related: tuple[Link, ...] = ()
    extract: str | None = None  # of highlights: sentences of the text itself
    alerted: tuple[str, ...] = ()  # when and by which rule it was told at once: 06-01 08:05 大项目
    overflow: bool = False  # a rule had no room for it on its day, so it is told here first

    @property
    def posts(self) -> int:
        """How many posts tell the story."""
        return 1 + len(self.copies) + len(self.others)


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """The stories of one place. Below a place of `depth` 0 stand those of its parts, with 1, 2 …"""

    place: str  # after the name of the place that it stands below
    items: tuple[Item, ...]
    depth: int = 0
    total: int | None = None  # with those of the places below it; None: there are none below

    @property
    def count(self) -> int:
        """How many stories lie in it."""
        return len(self.items) if self.total is None else self.total


@dataclass(frozen=True, slots=True)
class ToldLine:
    """Posts that came later to a story of which the readers know: the first of them, and the rest as copies."""

    post_id: int
    title: str  # without its label
    url: str | None
    source: str
    effective_on: date
    first_on: date
    story: int | None = None
    told_in: str = ""  # the key of the period whose digest told it
    copies: tuple[Copy, ...] = ()
    years: tuple[int, ...] = ()  # as of an Item
    told_title: str = ""  # of the post that led the story when it was told, without its label
    told_url: str | None = None

    @property
    def new_posts(self) -> tuple[Copy, ...]:
        """The posts that came later, all of them."""
        return (Copy(self.post_id, self.title, self.url, self.source), *self.copies)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a project: one story. `here`: this digest tells it."""

    stage: str
    on: str  # the event's day or month, else the day of the publication; empty where only the title is known
    title: str
    url: str | None
    here: bool
    published: bool = False  # `on` is when it was published: 发布


@dataclass(frozen=True, slots=True)
class Chain:
    """A project that moved: its stages in the order of time."""

    place: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A count with its name."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts to be seen side by side."""

    title: str
    bars: tuple[Bar, ...]


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
    """Everything a rendering needs.

    The items of `places`, `late` and `recycled` are all stories told as such; `highlights` repeats some of `places`.
    """

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
    sentence: str = ""  # what kind of week it was; only digests from before there were stories have none
    recycled: tuple[Item, ...] = ()
    told_before: tuple[ToldLine, ...] = ()
    chains: tuple[Chain, ...] = ()
    charts: tuple[Chart, ...] = ()
    test: bool = False  # a sample, to try a channel with
    language: Literal["zh", "en"] = "zh"  # of everything but the texts of the posts
    # Not of the content, and never frozen with it: the directory of its audience's own templates.
    template: Annotated[Path | None, Field(exclude=True)] = field(default=None, compare=False)

    @property
    def is_alert(self) -> bool:
        """Whether it is told at once, by a rule: nothing but its stories then."""
        return self.period.kind == "alert"

    @property
    def is_of_several(self) -> bool:
        """Whether it says of each story which source it is of: not where all, imported ones too, are of one."""
        if self.is_alert or len(self.sources) > 1:
            return True
        told = (item.source for item in self.stories)
        return len({*told, *(source.title for source in self.sources)}) > 1

    @property
    def built_here(self) -> datetime:
        """When it was built, in its own time zone."""
        return self.built_at.astimezone(ZoneInfo(self.timezone))

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.period.end - timedelta(days=1)

    @property
    def stories(self) -> tuple[Item, ...]:
        """All that is told as a story, once each, highlights first."""
        found = [*self.highlights, *(item for group in self.places for item in group.items), *self.late, *self.recycled]
        return tuple({item.post_id: item for item in reversed(found)}.values())[::-1]

    @property
    def count(self) -> int:
        """New events: stories inside the period that are no old news."""
        return sum(len(group.items) for group in self.places)

    @property
    def by_story(self) -> bool:
        """Whether its items are stories; they are posts with their copies in digests from before."""
        return bool(self.sentence)

    @property
    def place_count(self) -> int:
        """Named places; the rest of the posts stand under one heading and are no place."""
        return sum(group.place != NO_PLACE and bool(group.items) for group in self.places)

    @property
    def highlighted(self) -> frozenset[int]:
        """The ids of the posts that stand under the highlights with their extract."""
        return frozenset(item.post_id for item in self.highlights)

    @property
    def has_more(self) -> bool:
        """Whether there are new events beside the highlights."""
        return self.count > len(self.highlights)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell but the state of the sources."""
        stories = self.places or self.late or self.recycled or self.told_before
        return not (stories or self.changes or self.off_label or self.off_label_older)

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
