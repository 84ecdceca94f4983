"""`scrapy crawl`: Scrapy's own command, with an exit code that says whether the crawl completed."""

import argparse
import logging
from pathlib import Path
from zoneinfo import ZoneInfo

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from crawler.ledger import CrawlLedger
from crawler.spiders.source import SourceSpider
from monitor.errors import ZhaoshangError
from monitor.periods import parse_instant
from monitor.setup import source_url


class Command(ScrapyCrawl):
    """Scrapy exits with 0 even when every callback raised; the ledger knows better."""

    _spider_crawler: Crawler | None = None
    _quiet: bool = True

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Keep Scrapy's own chatter (versions, middlewares, stats) for those who ask for a log level."""
        super().process_options(args, opts)
        self._quiet = opts.loglevel is None
        if self._quiet:
            logging.getLogger("scrapy.utils.log").addFilter(lambda record: record.levelno > logging.INFO)
            logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(_without_traceback)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; the exit code is 1 unless the ledger says that the crawl completed."""
        self._check(args, opts)
        if self._quiet:
            logging.getLogger("scrapy").setLevel(logging.WARNING)
        super().run(args, opts)
        if self.exitcode == 0 and self._spider_crawler is not None:
            ledger = self._spider_crawler.get_extension(CrawlLedger)
            if ledger is not None and not ledger.completed:
                self.exitcode = 1

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._spider_crawler = super()._create_crawler(spidercls)
        return self._spider_crawler

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        """What the user typed, before it can become a traceback or go unnoticed. Raises UsageError."""
        if len(args) == 1 and self.crawler_process is not None:
            spider = self.crawler_process.spider_loader.load(args[0])
            unknown = sorted(set(opts.spargs) - {"full", "url"})
            if spider.__init__ is SourceSpider.__init__ and unknown:
                raise UsageError(f"a source takes no argument {unknown[0]!r}; there are: full=1, url=ADDRESS")
        try:
            if opts.spargs.get("url"):
                source_url(opts.spargs["url"], Path.cwd())
            if self.settings is not None and (given := self.settings.get("ZHAOSHANG_NOW")):
                parse_instant(given, ZoneInfo("Asia/Shanghai"))
        except (ZhaoshangError, ValueError) as error:
            raise UsageError(str(error)) from error


def _without_traceback(record: logging.LogRecord) -> bool:
    """A robots.txt that cannot be had is one line; the listing's own failure says the rest."""
    record.exc_info = None
    return True
