"""Keeps one crawl's ledger row from its opening to its last log line; what is a post, and what is next, others say.

The spider reaches it with `crawler.get_extension(CrawlLedger)`. It is an extension and not an item pipeline, because
the spider must know what a page's entries turned out to be before it can say which pages to read next.
"""

import logging
import os
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.book import CrawlBook
from monitor.clock import Clock
from monitor.config import SourceConfig
from monitor.errors import ZhaoshangError
from monitor.grouping import group_posts
from monitor.health.conditions import Symptom, Trouble
from monitor.locks import FileLock, lock_crawl
from monitor.models import Post
from monitor.periods import parse_instant
from monitor.setup import Setup
from monitor.store import Store

_ENDED_BY = {  # by Scrapy's reason for the end
    "shutdown": Trouble(Symptom.STOPPED),
    "the database failed": Trouble(Symptom.DATABASE),
}

logger = logging.getLogger("zhaoshang")


class CrawlLedger(CrawlBook):
    """One run over one source, from its first request to its last log line."""

    def __init__(self, source: SourceConfig, setup: Setup, clock: Clock) -> None:
        super().__init__(source, setup, clock)
        self._lock: FileLock | None = None

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
        audiences, rules = ([one.name for one in table] for table in (config.audience, config.rule))
        store.sync(specs.values(), audiences, self.now, rules)
        known = store.source(self._source.name)
        if known is None:
            raise RuntimeError(f"{self._source.name} was made known and is not there")
        return known.id

    def error(self, failure: Failure, response: Response | None) -> None:
        """A callback raised: an error of the crawl, whatever Scrapy's exit code says, and of the post it was about."""
        if not self._crawl_id:
            return
        reason = f"{type(failure.value).__name__}: {failure.value}"
        asked = response.cb_kwargs if response is not None else {}
        post, look = asked.get("post"), asked.get("look")
        if isinstance(post, Post):
            self.record_page_failure(post.id, reason)
        elif look is not None:
            self.record_visit_failure(look.post.id, reason)
        else:
            self.note_error(response.url if response is not None else "start", reason)
            self._trouble = self._trouble or Trouble(Symptom.DEFECT, type(failure.value).__name__)

    def close(self, spider: Spider, reason: str) -> None:  # noqa: ARG002 - the signal's signature
        """Write the end of the ledger row, and read facts and stories of what is new, whoever runs the crawl."""
        if not self._crawl_id or self._store is None:
            return
        complete = reason == "finished" and self._listing_complete
        told = self._listing if reason == "finished" else reason
        trouble = self._trouble if reason == "finished" else _ENDED_BY.get(reason, Trouble(Symptom.DEFECT, reason))
        try:
            self._finished = self._store.finish_crawl(
                self._crawl_id,
                told,
                completed=complete,
                now=self.now,
                validators=self._validators,
                zone=self._zone,
                rules=self._rules,
                trouble=trouble,
            )
            if reason != "shutdown":  # whoever stops us does not wait; the next one to need stories makes them
                group_posts(self._store, self.now)
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

    def _release(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
