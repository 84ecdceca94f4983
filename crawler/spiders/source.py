"""The spider of every configured source: walks a listing and follows its posts; what it finds, the ledger stores."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler import fetching
from crawler.conditional import ask_if_changed, is_unchanged, validators_of
from crawler.extract import Recipe, read_listing, read_post
from crawler.failures import reason_of
from crawler.ledger import CrawlLedger
from crawler.politeness import is_broken_off
from crawler.raw_pages import raw_page
from monitor.config import SourceConfig
from monitor.errors import ConfigError
from monitor.models import Post, Sighting, Verdict
from monitor.pages import BlockKind, ListingPage, PageRequest, RawPage
from monitor.setup import Setup, source_url

_CUT_SHORT_TRIES = 3  # a page that comes cut short so often is only written carelessly
_LISTING_FIRST = 10  # priority: a crawl that is cut short has at least seen what there is


class SourceSpider(Spider):
    """Subclassed by the spider loader, once per `[[source]]`; a hand-written spider may subclass it with a `source`.

    Arguments (`-a`): `full=1` reads every page again, known or not; `url=…` reads the source from another address or
    file this once.
    """

    source: ClassVar[SourceConfig]
    setup: ClassVar[Setup]

    def __init__(self, name: str | None = None, full: str = "0", url: str = "", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.full = full.strip().lower() in {"1", "true", "yes"}
        self.listing_url = source_url(url, Path.cwd()) if url else self.source.url
        self._to_read: dict[int, tuple[Post, Verdict | None]] = {}  # posts whose page is read after the listing
        self._asked_for = 0  # listing pages; what a run may ask for has a ceiling, and the rest stays pending
        self._cut_short = ""  # the listing page that came incomplete, if one did: the walk goes on, and proves nothing
        self._recipe: Recipe | None = None  # what this crawl's pages taught about the source's posts

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """What the configuration says about fetching, in Scrapy's words."""
        super().update_settings(settings)
        try:
            fetching.apply(settings, cls.setup.config.crawl, cls.source)
        except ConfigError as error:  # before there is a ledger: the last line of the log says why
            raise SystemExit(f"scrapy: {error}") from error

    async def start(self) -> AsyncIterator[Request]:
        """The listing's first page. What earlier crawls left pending follows when the listing has been read."""
        yield self._listing_request(PageRequest(self.listing_url), 1, frozenset())

    def parse_listing(
        self, response: Response, asked: PageRequest, number: int, seen: frozenset[str]
    ) -> Iterator[Request | Post]:
        """Store one listing page, ask for the posts' pages that are needed, and for the next listing page."""
        known = self._ledger.listing_validators(asked.url) if number == 1 and not self.full else None
        if known is not None and is_unchanged(response, known.validators):
            self._ledger.record_unchanged_listing(known)
            yield from self._end_listing("not modified since the last completed crawl", complete=True)
            return
        raw = raw_page(response, asked, self._ledger.now)
        page = read_listing(raw, self._local_now, self.source.selection)
        if number == 1:
            self._ledger.note_reading(page)
        if not page.entries:
            yield from self._without_entries(raw, page, number, seen)
            return
        sightings = self._ledger.record_listing(page, raw)
        for sighting in sightings:
            yield from self._note(sighting)
        if all(sighting.verdict is Verdict.REJECTED for sighting in sightings):
            yield from self._broken_listing(raw, f"no usable entries on page {number} of the listing")
            return
        if is_broken_off(response):
            yield from self._broken_listing(raw, f"page {number} of the listing broke off; its whole records were kept")
            return
        if page.truncated:  # what stood behind the cut is missing, wherever the pager stands
            self._cut_short = f"page {number} of the listing is cut short"
            self._ledger.note_error(page.url, self._cut_short)
        if number == 1 and asked.method == "GET":
            posts = sum(sighting.post is not None for sighting in sightings)
            off_label = sum(sighting.verdict is Verdict.OFF_LABEL for sighting in sightings)
            self._ledger.offer_validators(asked.url, validators_of(response), posts, off_label)
        yield from self._next_page(page, sightings, number, seen)

    def parse_post(self, response: Response, post: Post, counted_as: Verdict | None) -> Iterator[Post]:
        """Store what a post's own page says."""
        raw = raw_page(response, PageRequest(post.url or response.url), self._ledger.now)
        reading = read_post(raw, self._local_now, self.source.selection, self._recipe)
        self._recipe = reading.recipe
        if reading.article is None:
            if reading.blocked is not None:
                self._ledger.record_page_failure(post.id, str(reading.blocked))
            else:
                self._ledger.record_page_failure(post.id, "no body found on the page", raw)
            return
        if reading.truncated and post.attempts < _CUT_SHORT_TRIES - 1:
            self._ledger.record_page_failure(post.id, "the page is cut short")  # and half a text is not archived
            return
        sighting = self._ledger.record_article(post.id, reading.article, counted_as, raw)
        if sighting.post is not None and sighting.verdict in (Verdict.COMPLETED, Verdict.REVISED):
            yield sighting.post

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """A listing page could not be fetched: the crawl is incomplete. A challenge may come with an error's status."""
        reason = f"the listing failed: {reason_of(failure)}"
        if isinstance(failure.value, HttpError):
            response = failure.value.response
            raw = raw_page(response, PageRequest(response.url), self._ledger.now)
            blocked = read_listing(raw, self._local_now).blocked
            named = blocked is not None and blocked.kind in (BlockKind.CHALLENGE, BlockKind.LOGIN)
            yield from self._broken_listing(raw, f"{reason}: {blocked}" if named else reason)
        else:
            url = failure.request.url if hasattr(failure, "request") else self.listing_url
            yield from self._broken_listing(url, reason)

    def post_failed(self, failure: Failure) -> None:
        """A post's page could not be fetched: the post stays pending."""
        post: Post = failure.request.cb_kwargs["post"]  # type: ignore[attr-defined] # Scrapy sets it on failures
        self._ledger.record_page_failure(post.id, reason_of(failure))

    def _note(self, sighting: Sighting) -> Iterator[Post]:
        """Remember whose page is to be read once the listing has ended; what is whole already is an item now."""
        post = sighting.post
        if post is None:
            return
        if sighting.needs_page or (self.full and post.url):
            self._to_read[post.id] = (post, sighting.verdict)
        elif sighting.verdict in (Verdict.NEW, Verdict.REVISED, Verdict.COMPLETED):
            yield post

    def _without_entries(self, raw: RawPage, page: ListingPage, number: int, seen: frozenset[str]) -> Iterator[Request]:
        """A page without records: the list is behind a call, or it has ended, or it is broken; it is never empty.

        A challenge page and a redesign look just like an empty list; so what yields nothing is broken until proven.
        """
        if page.call is not None and page.call != raw.request:
            # The answer is data: a browser (render = true) is of no use for it.
            yield self._listing_request(page.call, number, seen, browser=False)
        elif number > 1 and page.ended:
            yield from self._end_listing("end of the listing", complete=True)
        elif page.blocked is not None:
            yield from self._broken_listing(raw, f"page {number} of the listing: {page.blocked}")
        else:
            yield from self._broken_listing(raw, f"no entries found on page {number} of the listing")

    def _next_page(
        self, page: ListingPage, sightings: tuple[Sighting, ...], number: int, seen: frozenset[str]
    ) -> Iterator[Request]:
        records = _records(page)
        if records <= seen:
            yield from self._end_listing(f"page {number} repeats an earlier one", complete=True)
        elif page.next_page is None:
            yield from self._end_listing("end of the listing", complete=True)
        elif number >= self.source.max_pages:
            yield from self._end_listing(f"max_pages ({number}) reached", complete=True)
        elif not self.full and self._ledger.may_stop_early and not any(s.unknown for s in sightings):
            yield from self._end_listing(f"nothing unknown on page {number}", complete=True)
        elif self._asked_for >= self.setup.config.crawl.max_requests:
            yield from self._broken_listing(page.url, f"max_requests ({self._asked_for}) reached on page {number}")
        else:
            yield self._listing_request(page.next_page, number + 1, seen | records)

    def _broken_listing(self, page: RawPage | str, reason: str) -> Iterator[Request]:
        if isinstance(page, RawPage):
            self._ledger.keep_trouble(page)
        self._ledger.note_error(page.url if isinstance(page, RawPage) else page, reason)
        yield from self._end_listing(reason, complete=False)

    def _end_listing(self, reason: str, *, complete: bool) -> Iterator[Request]:
        """No further listing page: now the posts' own pages, those that earlier crawls left pending among them.

        The listing comes first, whole: a crawl that is cut short, or reaches its ceiling of requests, has then at
        least seen what there is.
        """
        if complete and self._cut_short:
            reason, complete = self._cut_short, False
        self._ledger.end_listing(reason, complete=complete)
        found = {post.id: (post, None) for post in self._ledger.pending_posts()} | self._to_read
        left = self.setup.config.crawl.max_requests - self._asked_for
        if len(found) > left:
            self._ledger.note_warning(
                self.listing_url, f"max_requests: {len(found) - left} posts are left for next time"
            )
        for post, counted_as in list(found.values())[: max(left, 0)]:
            yield from self._post_request(post, counted_as)

    def _listing_request(
        self, asked: PageRequest, number: int, seen: frozenset[str], *, browser: bool = True
    ) -> Request:
        self._asked_for += 1
        meta: dict[str, object] = {"download_fail_on_dataloss": False}  # of a page that breaks off, whole records stay
        if not browser:
            meta["playwright"] = False
        request = Request(
            asked.url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            method=asked.method,
            body=asked.body,
            headers=dict(asked.headers),
            cb_kwargs={"asked": asked, "number": number, "seen": seen},
            priority=_LISTING_FIRST,
            meta=meta,
            dont_filter=True,  # a page that repeats is recognised by its records, and ends the listing
        )
        known = self._ledger.listing_validators(asked.url) if number == 1 and not self.full else None
        return ask_if_changed(request, known.validators if known else None)

    def _post_request(self, post: Post, counted_as: Verdict | None) -> Iterator[Request]:
        if post.url is None:
            return
        yield Request(
            post.url,
            callback=self.parse_post,
            errback=self.post_failed,
            cb_kwargs={"post": post, "counted_as": counted_as},
            dont_filter=True,  # several posts may share one address, and each wants its answer
        )

    @property
    def _local_now(self) -> datetime:
        return self._ledger.now.astimezone(self.setup.config.zone)

    @property
    def _ledger(self) -> CrawlLedger:
        ledger = self.crawler.get_extension(CrawlLedger)
        if ledger is None:
            raise RuntimeError("the CrawlLedger extension is switched off; a source's crawl cannot run without it")
        return ledger


def _records(page: ListingPage) -> frozenset[str]:
    return frozenset(f"{entry.url or ''} {entry.title} {entry.published_on}" for entry in page.entries)
