"""Looks again at the pages of known posts, after the listing; what a look means, the store and its pure functions say.

A look that finds another text is repeated at once: what differs between two looks one after the other is no content.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.conditional import ask_if_changed, is_unchanged, validators_of
from crawler.extract import PostReading, read_post
from crawler.failures import reason_of
from crawler.ledger import CrawlLedger
from crawler.politeness import is_broken_off
from crawler.raw_pages import raw_page
from monitor.changes import decide_article, decide_visit
from monitor.models import Post, ReadFrom, Verdict
from monitor.pages import Article, BlockKind, PageRequest, PostValidators, RawPage, Selection
from monitor.text import continues, title_key, without_label
from monitor.visits import leads_home

_GONE = (404, 410)
_LOOK_LAST = -10  # priority: after the listing, and after the posts that nobody has read yet


@dataclass(frozen=True, slots=True)
class Look:
    """One visit on its way: the post, how its page was, and the text that a first look found."""

    post: Post
    known: PostValidators | None
    first: Article | None = None
    counted_as: Verdict | None = None  # the verdict on its line of this crawl's listing, where it was met there


class PostVisits:
    """The visits of one crawl; its methods are the callbacks of their requests."""

    def __init__(
        self, ledger: CrawlLedger, listing: str, selection: Selection, local_now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._listing = listing
        self._selection = selection
        self._local_now = local_now

    def requests(self, room: int, but: Sequence[int] = ()) -> Iterator[Request]:
        """A request for every post that is due, `room` at most; `but` are the ids of posts that are read anyway."""
        due = [post for post in self._ledger.posts_to_visit() if post.id not in but]
        for post in due[: max(room, 0)]:
            url = post.url or ""
            yield self._request(Look(post, self._ledger.post_validators(post.id, url)))

    def request(self, post: Post, counted_as: Verdict | None) -> Request:
        """A request for a known post that is to be read in any case."""
        return self._request(Look(post, None, counted_as=counted_as))

    def parse(self, response: Response, look: Look) -> Iterator[Request | Post]:
        """An answer came: the page, the word that it is as it was, or that it is gone."""
        post, url = look.post, look.post.url or ""
        if look.first is None and is_unchanged(response, look.known.validators if look.known else None):
            self._ledger.record_visit(post.id, None)
            return
        if is_broken_off(response):
            self._ledger.record_visit_failure(post.id, "the answer broke off")
            return
        raw = raw_page(response, PageRequest(url), self._ledger.now)
        reading = read_post(raw, self._local_now(), self._selection)
        if sign := self._sign_of_absence(response.status, raw, reading, post):
            self._ledger.record_gone(post.id, sign)
        elif problem := _problem(url, raw, reading, post):
            self._ledger.record_visit_failure(post.id, problem)
        elif reading.article is not None:
            yield from self._compare(response, raw, reading.article, look)

    def failed(self, failure: Failure) -> None:
        """No answer: that proves nothing about the post."""
        look: Look = failure.request.cb_kwargs["look"]  # type: ignore[attr-defined] # Scrapy sets it on failures
        self._ledger.record_visit_failure(look.post.id, reason_of(failure))

    def _compare(self, response: Response, raw: RawPage, article: Article, look: Look) -> Iterator[Request | Post]:
        post = look.post
        if post.read_from is ReadFrom.LISTING:  # its text is the listing's; of its page only this is known: it is there
            self._ledger.record_visit(post.id, None)
            return
        before = reading_before(self._ledger, post, self._selection, article)
        known = _as_read(post, before) if before is not None else post
        if decide_visit(known, article, before).verdict is Verdict.REVISED and look.first is None:
            yield self._request(replace(look, known=None, first=article))
            return
        found = PostValidators(post.url or "", self._ledger.read_by, validators_of(response))
        steady = look.first is None or _print(known, look.first) == _print(known, article)
        sighting = self._ledger.record_visit(
            post.id,
            article,
            before=before,
            validators=found,
            steady=steady,
            raw=raw,
            counted_as=look.counted_as,
        )
        if sighting.post is not None and sighting.verdict in (Verdict.REVISED, Verdict.RESTORED):
            yield sighting.post

    def _sign_of_absence(self, status: int, raw: RawPage, reading: PostReading, post: Post) -> str:
        """By what sign the post's own address says that it is gone; empty when it does not say so."""
        barred = reading.blocked is not None and reading.blocked.kind in (BlockKind.CHALLENGE, BlockKind.LOGIN)
        if status in _GONE:
            return "" if barred else f"HTTP {status}"
        if leads_home(raw.request.url, raw.url, self._listing) and not _is_the_post(reading, post):
            return f"leads to {raw.url}"
        if reading.blocked is not None and reading.blocked.kind is BlockKind.MISSING:
            return str(reading.blocked)
        return ""

    def _request(self, look: Look) -> Request:
        request = Request(
            look.post.url or "",
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"look": look},
            priority=_LOOK_LAST,
            meta={"handle_httpstatus_list": [*_GONE]},
            dont_filter=True,  # several posts may share an address, and a second look is no mistake
        )
        return ask_if_changed(request, look.known.validators if look.known else None)


def reading_before(ledger: CrawlLedger, post: Post, selection: Selection, now_read: Article) -> Article | None:
    """How the page that a post was last read from reads today; so an edit is never told from our own better reading.

    Where the archive has no such page and another extractor read it then, nothing can be told apart, and what is read
    now is taken for what stood there. None: as it is stored.
    """
    raw = ledger.archived_page(post.id)
    if raw is not None:
        return read_post(raw, raw.fetched_at.astimezone(ledger.zone), selection).article
    known = ledger.post_validators(post.id, post.url or "")
    return now_read if known is None or known.read_by != ledger.read_by else None


def _as_read(post: Post, article: Article) -> Post:
    change = decide_article(post, article)
    return replace(post, title=change.title, body=change.body, published_on=change.published_on)


def _print(known: Post, article: Article) -> str:
    return decide_article(known, article).fingerprint


def _problem(asked: str, raw: RawPage, reading: PostReading, post: Post) -> str:
    """Why what came cannot be compared with the post; empty when it can."""
    if reading.blocked is not None:
        return str(reading.blocked)
    if reading.article is None:
        return "no body found on the page"
    if reading.truncated:
        return "the page is cut short"
    return "" if raw.url == asked or _is_the_post(reading, post) else f"leads to another page: {raw.url}"


def _is_the_post(reading: PostReading, post: Post) -> bool:
    """Whether a page from another address is the post's, by its title or its text."""
    if reading.article is None:
        return False
    title = reading.article.title
    same_title = title is not None and (
        title_key(title) in (title_key(post.title), title_key(without_label(post.title)))
        or continues(title, post.title)
        or continues(post.title, title)
    )
    return same_title or title_key(reading.article.body) == title_key(post.body or "")
