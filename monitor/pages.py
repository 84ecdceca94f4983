"""What a page is and what was read from it: the data between fetching, extracting and storing; standard library only.

    PageRequest -> RawPage (and its Validators) -> ListingPage of Entry, or Article

Instants are aware datetimes. Dates are dates as printed by the source (Asia/Shanghai by default).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How a page is asked for. `body` is form or JSON text of a POST; `headers` are those that the site insists on."""

    url: str
    method: str = "GET"
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as it came over the wire, before anything was understood of it."""

    request: PageRequest
    url: str  # where the answer came from, after redirects
    body: bytes
    fetched_at: datetime
    status: int = 200
    content_type: str | None = None  # the header as sent; it may lie


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells whether a page changed since it was last read: the server's own words, and a hash of the body."""

    etag: str | None
    last_modified: str | None
    body_hash: str  # SHA-256, 64 hex digits


@dataclass(frozen=True, slots=True)
class ListingValidators:
    """The validators of a listing's first page, as of a completed crawl.

    `read_by` names the extractor's version and the source's table: what another one read must be read anew. `posts` and
    `off_label` are the numbers of entries that the page listed, `read_at` is when it was read.
    """

    url: str
    read_by: str
    validators: Validators
    posts: int
    off_label: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class PostValidators:
    """The validators of a post's own page at `url`, as it was last read by `read_by` (as in ListingValidators)."""

    url: str
    read_by: str
    validators: Validators


class BlockKind(StrEnum):
    """Why a page served as if all were well holds nothing of what was asked for."""

    CHALLENGE = "challenge"  # a firewall's or cookie script's page
    LOGIN = "login"
    MISSING = "missing"  # a soft 404
    EMPTY = "empty"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Block:
    """A blocked page: its kind, and the sign by which it was recognised, in words for the ledger."""

    kind: BlockKind
    sign: str

    def __str__(self) -> str:
        return f"{self.kind} page ({self.sign})"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing page, as it stands there."""

    title: str
    url: str | None = None
    published_on: date | None = None
    summary: str | None = None
    body: str | None = None
    year_printed: bool = True  # False: the listing prints no year, and the date is the latest that it can mean


@dataclass(frozen=True, slots=True)
class ListingPage:
    """What the extractor saw on one listing page.

    `kind` names the method that read it. `call` is where the records are when the page only holds the script that
    fetches them; such a page has no entries of its own. `ended` says that the page is a well-formed list of nothing,
    as interfaces answer beyond their last page; `truncated`, that the page was cut short. By the page's own words,
    `pages` is how many pages the listing has, and `ahead` how many follow this one (0: it does not say); `unfollowed`
    is what a next link that leads nowhere we can follow is called. `signature` names the record block that was chosen,
    and `score` (0 to 1) says how sure the choice was. `encoding` and `charset_note` tell how the bytes were read.
    """

    url: str
    kind: str
    entries: tuple[Entry, ...]
    next_page: PageRequest | None = None
    call: PageRequest | None = None
    warnings: tuple[str, ...] = ()
    signature: str = ""
    score: float = 0.0
    encoding: str = ""
    charset_note: str = ""
    blocked: Block | None = None
    ended: bool = False
    truncated: bool = False
    pages: int | None = None
    ahead: int = 0
    unfollowed: str = ""

    @property
    def next_url(self) -> str | None:
        """The address of the next page; None where an address alone leads nowhere new (a form that posts to itself)."""
        if self.next_page is None:
            return None
        posts_itself = self.kind == "html" and self.next_page.method == "POST" and self.next_page.url == self.url
        return None if posts_itself else self.next_page.url


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a post offers."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """What a post's own page says. `body` is paragraphs joined by one newline; `origin` is what stands after 来源."""

    title: str | None
    body: str
    published_on: date | None = None
    origin: str | None = None
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Where a user says that the fields stand, for the rare site; an empty field is found by the extractor itself.

    Each is a CSS selector, an XPath (it starts with `/`, `./` or `(`, or with `xpath:`), or for a JSON listing a
    JMESPath. `records` and `next_page` are looked up in the listing page, `title`, `url`, `date`, `summary` and `body`
    in each record, `post_*` in a post's own page.
    """

    records: str = ""
    title: str = ""
    url: str = ""
    date: str = ""
    summary: str = ""
    body: str = ""
    next_page: str = ""
    post_title: str = ""
    post_body: str = ""
    post_date: str = ""
    post_origin: str = ""
