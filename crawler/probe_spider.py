"""Fetches one page (and the call that it names) as a crawl would, and reads it; it stores nothing and goes no further.

It keeps no ledger: what it carries is not named as a configured source's spider names it.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler import fetching
from crawler.extract import read_listing
from crawler.failures import reason_of
from crawler.probe import Wish, failed, probe_post, told
from crawler.raw_pages import raw_page
from monitor.addresses import is_public
from monitor.config import SourceConfig
from monitor.pages import BlockKind, ListingPage, PageRequest
from monitor.probes import ProbedListing, ProbedPost
from monitor.setup import Setup

_TIMEOUT = 30  # seconds: somebody is waiting
_PATIENCE = 60  # seconds, for a host that is busy


class ProbeSpider(Spider):
    """Subclassed with what is to be probed; `probed` is what came of it."""

    name = "probe"
    wish: ClassVar[Wish]
    setup: ClassVar[Setup]  # says how to fetch, and where the crawls of this machine book their turns
    as_source: ClassVar[SourceConfig]

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.probed = failed(self.wish, self.wish.target, "the page was not read")

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The same manners as a crawl, with less patience."""
        super().update_settings(settings)
        fetching.apply(settings, cls.setup.config.crawl, cls.as_source)
        settings.set("DOWNLOAD_TIMEOUT", _TIMEOUT, priority="spider")
        settings.set("RETRY_TIMES", 1, priority="spider")
        settings.set("ZHAOSHANG_PATIENCE", _PATIENCE, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "ProbeSpider":
        """Hears of defects, so that they are told."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.raised, signal=signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The page."""
        yield self._request(PageRequest(self.wish.target), None)

    def parse_page(self, response: Response, asked: PageRequest, holder: ListingPage | None) -> Iterator[Request]:
        """Read the page; when it only names the call that fetches the records, follow that.

        `holder` is the page that named the call.
        """
        raw = raw_page(response, asked, self.wish.now)
        if self.wish.post:
            self.probed = probe_post(raw, self.wish)
            return
        page = read_listing(raw, self.wish.now, self.wish.selection)
        if holder is None and page.call is not None and not page.entries and not page.blocked:
            self.probed = told(page, raw, self.wish)
            yield self._request(page.call, page)
            return
        probed = replace(told(page, raw, self.wish), private=_is_private(response))
        if holder is not None and isinstance(self.probed, ProbedListing):
            probed = replace(
                probed,
                url=holder.url,
                call=holder.call,
                warnings=(*holder.warnings, *probed.warnings),
                page_title=self.probed.page_title,
            )
        self.probed = probed

    def failed(self, failure: Failure) -> None:
        """The page could not be fetched. A page that refuses with an error status may still say how it is blocked."""
        reason = reason_of(failure)
        url = self.wish.target
        if isinstance(self.probed, ProbedListing) and self.probed.call is not None:
            self.probed = replace(self.probed, error=f"the call for the records failed: {reason}")
            return
        self.probed = failed(self.wish, url, reason)
        if isinstance(failure.value, HttpError):
            raw = raw_page(failure.value.response, PageRequest(url), self.wish.now)
            blocked = read_listing(raw, self.wish.now).blocked
            if blocked is not None and blocked.kind in (BlockKind.CHALLENGE, BlockKind.LOGIN):
                self.probed = replace(self.probed, blocked=blocked, error=f"{reason}: {blocked}")

    def raised(self, failure: Failure) -> None:
        """A defect of ours."""
        reason = " ".join(f"{type(failure.value).__name__}: {failure.value}".split())
        self.probed = failed(self.wish, self.wish.target, f"the page could not be read: {reason[:300]}")

    def _request(self, page: PageRequest, holder: ListingPage | None) -> Request:
        return Request(
            page.url,
            method=page.method,
            body=page.body,
            headers=dict(page.headers),
            callback=self.parse_page,
            errback=self.failed,
            cb_kwargs={"asked": page, "holder": holder},
            # What a known call answers is read as it is; a browser would wrap it into a page.
            meta={} if holder is None else {"playwright": False},
            dont_filter=True,
        )


def _is_private(response: Response) -> bool:
    return response.ip_address is not None and not is_public(str(response.ip_address))


def result_of(spider: Spider | None, wish: Wish, reason: str) -> ProbedListing | ProbedPost:
    """What came of a probe; one whose spider never started has its reason only."""
    return spider.probed if isinstance(spider, ProbeSpider) else failed(wish, wish.target, reason)
