"""The spider of every configured source: walks a listing and follows its posts; what it finds, the ledger stores."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.extract import extract_article, extract_listing
from crawler.failures import reason_of
from crawler.ledger import CrawlLedger
from monitor.config import SourceConfig
from monitor.models import Post, Sighting, Verdict
from monitor.pages import ListingPage
from monitor.periods import local_date
from monitor.setup import Setup, source_url

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
        self._asked: set[int] = set()  # posts whose page this crawl has asked for

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """What the configuration says about fetching, in Scrapy's words."""
        super().update_settings(settings)
        crawl = cls.setup.config.crawl
        contact = f" (+{crawl.contact})" if crawl.contact else ""
        settings.set("DOWNLOAD_DELAY", crawl.delay, priority="spider")
        settings.set("DOWNLOAD_MAXSIZE", crawl.max_response_mb * 1024 * 1024, priority="spider")
        settings.set("USER_AGENT", f"zhaoshang/0.1{contact}", priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        """The listing's first page. What earlier crawls left pending follows when the listing has been read."""
        yield self._listing_request(self.listing_url, 1, frozenset())

    def parse_listing(self, response: Response, number: int, seen: frozenset[str]) -> Iterator[Request | Post]:
        """Store one listing page, ask for the posts' pages that are needed, and for the next listing page."""
        if not isinstance(response, TextResponse):
            yield from self._broken_listing(response.url, f"page {number} of the listing is not a text page")
            return
        today = local_date(self._ledger.now, self.setup.config.zone)
        page = extract_listing(response.text, response.url, today)
        if not page.entries:
            # A listing that yields nothing is broken, never empty, until proven; a challenge page looks just so.
            yield from self._broken_listing(response.url, f"no entries found on page {number} of the listing")
            return
        sightings = self._ledger.record_listing(page)
        for sighting in sightings:
            yield from self._follow(sighting)
        if all(sighting.verdict is Verdict.REJECTED for sighting in sightings):
            yield from self._broken_listing(response.url, f"no usable entries on page {number} of the listing")
            return
        yield from self._next_page(page, sightings, number, seen)

    def parse_post(self, response: Response, post: Post, counted_as: Verdict | None) -> Iterator[Post]:
        """Store what a post's own page says."""
        if not isinstance(response, TextResponse):
            self._ledger.record_page_failure(post.id, "not a text page")
            return
        today = local_date(self._ledger.now, self.setup.config.zone)
        article = extract_article(response.text, response.url, today)
        if article is None:
            self._ledger.record_page_failure(post.id, "no body found on the page")
            return
        sighting = self._ledger.record_article(post.id, article, counted_as)
        if sighting.post is not None and sighting.verdict in (Verdict.COMPLETED, Verdict.REVISED):
            yield sighting.post

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """A listing page could not be fetched: the crawl is incomplete."""
        url = failure.request.url if hasattr(failure, "request") else self.listing_url
        yield from self._broken_listing(url, f"the listing failed: {reason_of(failure)}")

    def post_failed(self, failure: Failure) -> None:
        """A post's page could not be fetched: the post stays pending."""
        post: Post = failure.request.cb_kwargs["post"]  # type: ignore[attr-defined] # Scrapy sets it on failures
        self._ledger.record_page_failure(post.id, reason_of(failure))

    def _follow(self, sighting: Sighting) -> Iterator[Request | Post]:
        post = sighting.post
        if post is None:
            return
        if sighting.needs_page or (self.full and post.url):
            yield from self._post_requests(post, sighting.verdict)
        elif sighting.verdict in (Verdict.NEW, Verdict.REVISED, Verdict.COMPLETED):
            yield post

    def _next_page(
        self, page: ListingPage, sightings: tuple[Sighting, ...], number: int, seen: frozenset[str]
    ) -> Iterator[Request]:
        records = _records_hash(page)
        if records in seen:
            yield from self._end_listing(f"page {number} repeats an earlier one", complete=True)
        elif page.next_url is None:
            yield from self._end_listing("end of the listing", complete=True)
        elif number >= self.source.max_pages:
            yield from self._end_listing(f"max_pages ({number}) reached", complete=True)
        elif not self.full and self._ledger.may_stop_early and not any(s.unknown for s in sightings):
            yield from self._end_listing(f"nothing unknown on page {number}", complete=True)
        else:
            yield self._listing_request(page.next_url, number + 1, seen | {records})

    def _broken_listing(self, url: str, reason: str) -> Iterator[Request]:
        self._ledger.note_error(url, reason)
        yield from self._end_listing(reason, complete=False)

    def _end_listing(self, reason: str, *, complete: bool) -> Iterator[Request]:
        """No further listing page: now what earlier crawls left pending, at the addresses that it has by now."""
        self._ledger.end_listing(reason, complete=complete)
        for post in self._ledger.pending_posts():
            yield from self._post_requests(post)

    def _listing_request(self, url: str, number: int, seen: frozenset[str]) -> Request:
        return Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            cb_kwargs={"number": number, "seen": seen},
            priority=_LISTING_FIRST,
            dont_filter=True,  # a page that repeats is recognised by its records, and ends the listing
        )

    def _post_requests(self, post: Post, counted_as: Verdict | None = None) -> Iterator[Request]:
        if post.url is None or post.id in self._asked:
            return
        self._asked.add(post.id)
        yield Request(
            post.url,
            callback=self.parse_post,
            errback=self.post_failed,
            cb_kwargs={"post": post, "counted_as": counted_as},
            dont_filter=True,  # several posts may share one address, and each wants its answer
        )

    @property
    def _ledger(self) -> CrawlLedger:
        ledger = self.crawler.get_extension(CrawlLedger)
        if ledger is None:
            raise RuntimeError("the CrawlLedger extension is switched off; a source's crawl cannot run without it")
        return ledger


def _records_hash(page: ListingPage) -> str:
    lines = "\n".join(f"{entry.url or ''} {entry.title}" for entry in page.entries)
    return hashlib.sha256(lines.encode()).hexdigest()
