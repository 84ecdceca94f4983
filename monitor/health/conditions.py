"""How a source can be, by which sign, and what the ledger remembers to judge it by; data only, no judgement."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum


class State(StrEnum):
    """How a source is. The first two are well; paused is neither."""

    HEALTHY = "healthy"
    QUIET = "quiet"  # read well, and longer without anything new than is its habit
    SUSPICIOUS = "suspicious"  # read, but what was read does not look right
    BROKEN = "broken"  # answers, and nothing can be read there; or its crawls end badly here
    BLOCKED = "blocked"  # the site does not let us in
    UNREACHABLE = "unreachable"  # no usable answer
    PAUSED = "paused"


class Symptom(StrEnum):
    """The sign by which a source is known not to be well; `Trouble.detail` says the particulars."""

    # The crawl did not come to its end.
    DIED = "died"
    OVERRAN = "overran"  # took longer than crawl.timeout
    STOPPED = "stopped"  # told to end: the daemon was shut down
    DATABASE = "database"
    NOT_STARTED = "not-started"
    DEFECT = "defect"  # an exception of ours
    SILENT = "silent"  # no crawl for several of its turns
    NEVER_CRAWLED = "never-crawled"
    # No usable answer.
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    REFUSED = "refused"  # the connection
    CONNECTION = "connection"  # broken off, reset, a proxy that fails
    SERVER_ERROR = "server-error"  # 5xx
    BUSY = "busy"  # 429, 503 with Retry-After: the site asks to be left alone
    # Not let in.
    CHALLENGE = "challenge"
    LOGIN = "login"
    FORBIDDEN = "forbidden"  # 401, 403
    ROBOTS = "robots"
    # An answer in which nothing can be read.
    NOT_FOUND = "not-found"  # 404, 410, and a soft 404
    CLIENT_ERROR = "client-error"  # any other 4xx
    EMPTY = "empty"
    BINARY = "binary"
    NO_ENTRIES = "no-entries"
    UNUSABLE = "unusable"  # entries without title, or without text and link
    CUT_SHORT = "cut-short"
    GAP = "gap"  # it ended above what is known, or before the last page that it counts
    TOO_LARGE = "too-large"
    REDIRECTS = "redirects"
    ADDRESS = "address"  # refused by the address guard
    LIMIT = "limit"  # max_requests
    # Read, and not right.
    FEWER_RECORDS = "fewer-records"
    FIELDS_MISSING = "fields-missing"
    LAYOUT = "layout"  # the records stand elsewhere than before
    STALE = "stale"  # its dates stopped advancing
    GARBLED = "garbled"
    VANISHED = "vanished"  # too many posts gone in one day to be withdrawals
    OTHER = "other"  # of ledger rows from before there were symptoms


@dataclass(frozen=True, slots=True)
class Trouble:
    """A symptom with its particulars, such as `HTTP 503` or `3 of 20`: numbers, names and addresses, no sentences."""

    symptom: Symptom
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ListingFigures:
    """What the first page of a listing came to, for comparison with itself at other times."""

    records: int
    dated: int
    without_link: int  # neither address nor body
    garbled: int  # titles in which the charset went wrong
    newest_on: date | None  # the latest date that is not in the future


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    """A ledger row as the judge needs it. `figures` is None when the first page was not read, or had not changed."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    alive: bool  # its process still runs
    completed: bool
    reason: str  # the ledger's English words
    trouble: Trouble | None
    new: int
    figures: ListingFigures | None = None
    layout_changed: bool = False
    visited: int = 0  # pages of known posts that were looked at again
    gone: int = 0  # of these, how many were not there


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What the ledger remembers of a source: its crawls, newest first, and what it usually brings.

    Only crawls of its own address count. `created_at` is when it came to have that address.
    """

    name: str
    created_at: datetime
    paused: bool
    turn: timedelta  # between two crawls, as scheduled
    crawls: tuple[CrawlRecord, ...]
    posted_on: tuple[date, ...]  # the days of its latest posts, newest first, each day once
    zone: tzinfo = UTC  # whose days these are


@dataclass(frozen=True, slots=True)
class HealthRules:
    """The settings that the judge follows (`[operator]`)."""

    alert_after: int = 3  # consecutive crawls that show the same state


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is: by which sign, since when, and for how many consecutive crawls."""

    state: State
    trouble: Trouble | None = None
    since: datetime | None = None
    crawls: int = 0

    @property
    def is_well(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.state in (State.HEALTHY, State.QUIET, State.PAUSED)

    @property
    def is_crawled(self) -> bool:
        """Whether `crawls` counts crawls; of a source that is not crawled, it counts the turns that were missed."""
        return self.trouble is None or self.trouble.symptom not in (Symptom.SILENT, Symptom.NEVER_CRAWLED)


class AlertKind(StrEnum):
    """What an operator is told of a source."""

    TROUBLE = "trouble"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of `alerts`: what the operator was told of a source, and when."""

    id: int
    source: str
    title: str
    at: datetime
    kind: AlertKind
    health: Health
    reason: str  # the ledger's English words
