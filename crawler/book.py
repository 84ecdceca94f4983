"""What a crawl remembers, and what the store is asked and told on its behalf; what is next, it does not decide."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scrapy.exceptions import CloseSpider

from crawler.extract import VERSION
from monitor.clock import Clock
from monitor.config import SourceConfig
from monitor.errors import StoreError, ZhaoshangError
from monitor.health.conditions import Trouble
from monitor.models import Crawl, Post, Sighting, Verdict
from monitor.pages import Article, ListingPage, ListingValidators, PostValidators, RawPage, Validators
from monitor.periods import local_date
from monitor.setup import Setup
from monitor.store import Store

_READ_AGAIN = timedelta(days=7)

logger = logging.getLogger("zhaoshang")


class CrawlBook:
    """What the spider asks and says, between the opening of the ledger row and its end."""

    def __init__(self, source: SourceConfig, setup: Setup, clock: Clock) -> None:
        self._source = source
        self._setup = setup
        self._zone = setup.config.zone
        self._clock = clock
        self._store: Store | None = None
        self._crawl_id = 0
        self._source_id = 0
        self._listing = "the listing was not read"
        self._listing_complete = False
        self._trouble: Trouble | None = None
        self._finished: Crawl | None = None
        self._validators: ListingValidators | None = None
        self._read_by = read_by(source)
        self._rules = setup.config.changes.rules
        self._keeps = bool(setup.config.crawl.keep_pages)

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
        return self.has_completed and not self._open_store.awaits_lines(self._crawl_id, self.now)

    @property
    def has_completed(self) -> bool:
        """Whether a crawl of this address has completed before this one."""
        return self._open_store.may_stop_early(self._crawl_id)

    def pending_posts(self) -> tuple[Post, ...]:
        """Posts of earlier crawls whose page is still to be read."""
        return self._open_store.pending_posts(self._source_id)

    @property
    def read_by(self) -> str:
        """What decides how posts' pages are read: the extractor's version, and the keys of the source that matter."""
        return found_by(self._source)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the source's dates."""
        return self._zone

    def posts_to_visit(self) -> tuple[Post, ...]:
        """Known posts whose page is to be looked at again."""
        return self._open_store.posts_to_visit(self._source_id, self.now, self._zone, self._rules)

    def post_validators(self, post_id: int, url: str) -> PostValidators | None:
        """How a post's page was when it was last read."""
        return self._open_store.post_validators(post_id, url)

    def archived_page(self, post_id: int) -> RawPage | None:
        """The page that a post was last read from, if it was kept."""
        try:
            return self._open_store.archived_page(post_id)
        except StoreError as error:  # an archive that fails must cost no post, and no look at one either
            logger.warning("%s", error)
            return None

    def listing_validators(self, url: str) -> ListingValidators | None:
        """What tells whether the listing changed since the last completed crawl; None when it must be read anew.

        Once a week it must in any case: some servers answer "not modified" whatever happened. And when posts are due
        that have no page of their own: they are looked at where they are listed.
        """
        if self._open_store.awaits_lines(self._crawl_id, self.now):
            return None
        known = self._open_store.listing_validators(self._source_id, url, self._read_by)
        return known if known is not None and self.now - known.read_at < _READ_AGAIN else None

    def offer_validators(self, url: str, found: Validators, posts: int, off_label: int) -> None:
        """The validators of the listing's first page; they count once this crawl has completed."""
        self._validators = ListingValidators(url, self._read_by, found, posts, off_label, self.now)

    def record_unchanged_listing(self, known: ListingValidators) -> None:
        """The listing has not changed since the last completed crawl."""
        with self._writing() as store:
            store.record_unchanged_listing(self._crawl_id, known)

    @property
    def known_signature(self) -> str:
        """Where the records stood when the source was read last; empty when that is not known."""
        return self._open_store.signature(self._source_id) or ""

    def note_reading(self, page: ListingPage) -> None:
        """Remember how the listing's first page was read, and say when its records stand elsewhere than last time."""
        with self._writing() as store:
            today = local_date(self.now, self._zone)
            former = store.note_reading(self._crawl_id, page, today, found_by(self._source))
        logger.info("%s: read as %s, %s", page.url, page.kind, page.charset_note)
        if former is not None:
            logger.warning("%s: the layout changed: records in %s (before: %s)", page.url, page.signature, former)

    def record_listing(self, page: ListingPage, raw: RawPage) -> tuple[Sighting, ...]:
        """Store a listing page and say what became of its entries."""
        for warning in page.warnings:
            self.note_warning(page.url, warning)
        with self._writing() as store:
            sightings = store.record_listing(
                self._crawl_id,
                page,
                self._source.pattern,
                self.now,
                self._zone,
                raw=raw if self._keeps else None,
                rules=self._rules,
            )
        for sighting in sightings:
            if sighting.reason:
                logger.info("%s: %s (%s)", sighting.verdict, sighting.title, sighting.reason)
        return sightings

    def record_article(
        self,
        post_id: int,
        article: Article,
        counted_as: Verdict | None,
        raw: RawPage,
        found: Validators,
    ) -> Sighting:
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
                rules=self._rules,
                validators=PostValidators(raw.request.url, self.read_by, found),
            )

    def record_visit(
        self,
        post_id: int,
        article: Article | None,
        *,
        before: Article | None = None,
        validators: PostValidators | None = None,
        steady: bool = True,
        raw: RawPage | None = None,
        counted_as: Verdict | None = None,
    ) -> Sighting:
        """A known post was looked at again; as in Store.record_visit."""
        with self._writing() as store:
            sighting = store.record_visit(
                self._crawl_id,
                post_id,
                article,
                self.now,
                self._zone,
                rules=self._rules,
                before=before,
                validators=validators,
                steady=steady,
                raw=raw if self._keeps else None,
                counted_as=counted_as,
            )
        if sighting.verdict is not Verdict.UNCHANGED:
            logger.info("%s: %s", sighting.verdict, sighting.title)
        return sighting

    def record_gone(self, post_id: int, reason: str) -> None:
        """A known post's own address says that it is gone."""
        with self._writing() as store:
            store.record_gone(self._crawl_id, post_id, reason, self.now, self._zone, self._rules)

    def record_visit_failure(self, post_id: int, reason: str) -> None:
        """A known post could not be looked at; that proves nothing."""
        with self._writing() as store:
            store.record_visit_failure(self._crawl_id, post_id, reason, self.now)

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

    def end_listing(self, reason: str, *, complete: bool, trouble: Trouble | None = None) -> None:
        """The spider asks for no further listing page, and says why; `trouble` is the sign of what went wrong."""
        self._listing, self._listing_complete = reason, complete
        self._trouble = trouble or self._trouble

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


def read_by(source: SourceConfig) -> str:
    """What decides how a listing is read: the extractor's version and the source's table.

    When either changes, what was remembered of an unchanged listing no longer spares reading it.
    """
    return _named(source.model_dump_json(exclude={"title", "every", "at", "jitter", "paused"}))


def found_by(source: SourceConfig) -> str:
    """What decides where a listing's records are found: the extractor's version, and of the table these three keys.

    When one changes, that the records stand elsewhere is no change of the site's layout.
    """
    return _named(source.model_dump_json(include={"url", "select", "render"}))


def _named(table: str) -> str:
    return f"{VERSION}:{hashlib.sha256(table.encode()).hexdigest()[:16]}"
