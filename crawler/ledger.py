"""Keeps one crawl's ledger row, and hands pages to the store; what is a post and what is next it does not decide.

The spider reaches it with `crawler.get_extension(CrawlLedger)`. It is an extension and not an item pipeline, because
the spider must know what a page's entries turned out to be before it can say which pages to read next.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.extract import VERSION
from monitor.clock import Clock
from monitor.config import SourceConfig
from monitor.errors import ZhaoshangError
from monitor.locks import FileLock, lock_crawl
from monitor.models import Crawl, Post, Sighting, Verdict
from monitor.pages import Article, ListingPage, ListingValidators, RawPage, Validators
from monitor.periods import parse_instant
from monitor.setup import Setup
from monitor.store import Store

_READ_AGAIN = timedelta(days=7)

logger = logging.getLogger("zhaoshang")


class CrawlLedger:
    """One run over one source, from its first request to its last log line."""

    def __init__(self, source: SourceConfig, setup: Setup, clock: Clock) -> None:
        self._source = source
        self._setup = setup
        self._zone = setup.config.zone
        self._clock = clock
        self._store: Store | None = None
        self._lock: FileLock | None = None
        self._crawl_id = 0
        self._source_id = 0
        self._listing = "the listing was not read"
        self._listing_complete = False
        self._finished: Crawl | None = None
        self._validators: ListingValidators | None = None
        self._read_by = read_by(source)
        self._keeps = bool(setup.config.crawl.keep_pages)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For spiders that carry a configured source (SourceSpider); others keep no ledger."""
        source = getattr(crawler.spidercls, "source", None)
        setup = getattr(crawler.spidercls, "setup", None)
        if not isinstance(source, SourceConfig) or not isinstance(setup, Setup):
            raise NotConfigured
        given = crawler.settings.get("ZHAOSHANG_NOW")
        ledger = cls(source, setup, Clock(parse_instant(given, setup.config.zone) if given else None))
        crawler.signals.connect(ledger.open, signal=signals.spider_opened)
        crawler.signals.connect(ledger.error, signal=signals.spider_error)
        crawler.signals.connect(ledger.close, signal=signals.spider_closed)
        crawler.signals.connect(ledger.tell, signal=signals.engine_stopped)
        return ledger

    # -- what the spider asks and says ----------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The present instant, by this crawl's clock."""
        return self._clock.now()

    @property
    def completed(self) -> bool:
        """Whether this crawl read its listing to an end that proves something."""
        return self._finished is not None and self._finished.completed

    @property
    def may_stop_early(self) -> bool:
        """Whether a page without unknown entries ends the listing: only after a completed crawl, else a gap stays."""
        return self._open_store.may_stop_early(self._crawl_id)

    def pending_posts(self) -> tuple[Post, ...]:
        """Posts of earlier crawls whose page is still to be read."""
        return self._open_store.pending_posts(self._source_id)

    def listing_validators(self, url: str) -> ListingValidators | None:
        """What tells whether the listing changed since the last completed crawl; None when it must be read anew.

        Once a week it must in any case: some servers answer "not modified" whatever happened.
        """
        known = self._open_store.listing_validators(self._source_id, url, self._read_by)
        return known if known is not None and self.now - known.read_at < _READ_AGAIN else None

    def offer_validators(self, url: str, found: Validators, posts: int, off_label: int) -> None:
        """The validators of the listing's first page; they count once this crawl has completed."""
        self._validators = ListingValidators(url, self._read_by, found, posts, off_label, self.now)

    def record_unchanged_listing(self, known: ListingValidators) -> None:
        """The listing has not changed since the last completed crawl."""
        with self._writing() as store:
            store.record_unchanged_listing(self._crawl_id, known)

    def note_reading(self, page: ListingPage) -> None:
        """Remember how the listing's first page was read, and say when its records stand elsewhere than last time."""
        with self._writing() as store:
            former = store.note_reading(self._crawl_id, page)
        logger.info("%s: read as %s, %s", page.url, page.kind, page.charset_note)
        if former is not None:
            logger.warning("%s: the layout changed: records in %s (before: %s)", page.url, page.signature, former)

    def record_listing(self, page: ListingPage, raw: RawPage) -> tuple[Sighting, ...]:
        """Store a listing page and say what became of its entries."""
        for warning in page.warnings:
            self.note_warning(page.url, warning)
        with self._writing() as store:
            sightings = store.record_listing(
                self._crawl_id, page, self._source.pattern, self.now, self._zone, raw=raw if self._keeps else None
            )
        for sighting in sightings:
            if sighting.reason:
                logger.info("%s: %s (%s)", sighting.verdict, sighting.title, sighting.reason)
        return sightings

    def record_article(self, post_id: int, article: Article, counted_as: Verdict | None, raw: RawPage) -> Sighting:
        """Store what a post's page says; `counted_as` is the verdict on its line of this crawl's listing, if any."""
        for warning in article.warnings:
            self.note_warning(raw.url, warning)
        with self._writing() as store:
            return store.record_article(
                self._crawl_id,
                post_id,
                article,
                self.now,
                self._zone,
                counted_as,
                raw=raw if self._keeps else None,
            )

    def keep_trouble(self, raw: RawPage) -> None:
        """Keep a listing page on which nothing was found, for people to look at."""
        if self._keeps:
            with self._writing() as store:
                store.keep_trouble(self._crawl_id, raw)

    def record_page_failure(self, post_id: int, reason: str, raw: RawPage | None = None) -> None:
        """A post's page could not be read this time; `raw` is the page, where one came that no body was found on."""
        with self._writing() as store:
            store.record_page_failure(self._crawl_id, post_id, reason, raw if self._keeps else None)

    def note_warning(self, where: str, reason: str) -> None:
        """Keep the words of something that is no error."""
        logger.warning("%s: %s", where, reason)
        with self._writing() as store:
            store.note_warning(self._crawl_id, where, reason)

    def note_error(self, where: str, reason: str) -> None:
        """Count an error and keep its words."""
        logger.warning("%s: %s", where, reason)
        with self._writing() as store:
            store.note_error(self._crawl_id, where, reason)

    def end_listing(self, reason: str, *, complete: bool) -> None:
        """The spider asks for no further listing page, and says why."""
        self._listing, self._listing_complete = reason, complete

    # -- signals ---------------------------------------------------------------------------------------------------

    def open(self, spider: Spider) -> None:
        """Take the source's lock and open the ledger row; a refusal closes the spider with one line."""
        try:
            store = self._store = Store(self._setup.database)
            self._source_id = self._sync(store)
            self._lock = lock_crawl(self._setup.data_dir, self._source_id, self._source.name)
            url = getattr(spider, "listing_url", None)
            self._crawl_id = store.start_crawl(self._source.name, os.getpid(), self.now, url)
        except ZhaoshangError as error:
            logger.error("%s", error)  # noqa: TRY400 - one line for the user, no traceback
            self._release()
            raise CloseSpider("refused") from error

    def _sync(self, store: Store) -> int:
        """Make the configuration known, and this source even where it stands in a hand-written spider only."""
        config = self._setup.config
        specs = {source.name: source.spec for source in (*config.source, self._source)}
        store.sync(specs.values(), [audience.name for audience in config.audience], self.now)
        known = store.source(self._source.name)
        if known is None:
            raise RuntimeError(f"{self._source.name} was made known and is not there")
        return known.id

    def error(self, failure: Failure, response: Response | None) -> None:
        """A callback raised: an error of the crawl, whatever Scrapy's exit code says, and of the post it was about."""
        if not self._crawl_id:
            return
        reason = f"{type(failure.value).__name__}: {failure.value}"
        post = response.cb_kwargs.get("post") if response is not None else None
        if isinstance(post, Post):
            self.record_page_failure(post.id, reason)
        else:
            self.note_error(response.url if response is not None else "start", reason)

    def close(self, spider: Spider, reason: str) -> None:  # noqa: ARG002 - the signal's signature
        """Write the end of the ledger row."""
        if not self._crawl_id or self._store is None:
            return
        complete = reason == "finished" and self._listing_complete
        told = self._listing if reason == "finished" else reason
        try:
            self._finished = self._store.finish_crawl(
                self._crawl_id, told, completed=complete, now=self.now, validators=self._validators
            )
        except ZhaoshangError as error:
            logger.error("%s", error)  # noqa: TRY400 - as above
        self._release()

    def tell(self) -> None:
        """The last line of the log."""
        if self._finished is not None:
            crawl = self._finished
            logger.log(
                logging.INFO if crawl.completed else logging.ERROR,
                "%s: crawl %s: %s; %s; database %s",
                crawl.source_name,
                "completed" if crawl.completed else "incomplete",
                crawl.reason,
                crawl.counts.sentence(),
                self._setup.database,
            )

    @contextmanager
    def _writing(self) -> Iterator[Store]:
        """A database that fails (a full disk, a lock that stays) ends the crawl with one line."""
        try:
            yield self._open_store
        except ZhaoshangError as error:
            logger.error("%s", error)  # noqa: TRY400 - one line for the user, no traceback
            raise CloseSpider("the database failed") from error

    @property
    def _open_store(self) -> Store:
        if self._store is None:
            raise RuntimeError("the ledger is open from spider_opened to spider_closed only")
        return self._store

    def _release(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def read_by(source: SourceConfig) -> str:
    """What decides how a listing is read: the extractor's version and the source's table.

    When either changes, what was remembered of an unchanged listing no longer spares reading it.
    """
    table = source.model_dump_json(exclude={"title", "every", "at", "jitter", "paused"})
    return f"{VERSION}:{hashlib.sha256(table.encode()).hexdigest()[:16]}"
