"""`scrapy crawl`: Scrapy's own command, with an exit code that says whether the crawl completed."""

import argparse
import logging

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler

from crawler.ledger import CrawlLedger


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

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; the exit code is 1 unless the ledger says that the crawl completed."""
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
