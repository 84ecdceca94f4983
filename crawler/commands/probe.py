"""`scrapy probe URL|FILE`: what a crawl would read on one page, as one JSON object; nothing is stored."""

import argparse
import logging
from pathlib import Path

from pydantic import ValidationError
from scrapy import Spider
from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from crawler.probe import Wish, add_arguments, failed, print_probed, probe_file, settings_of, standard_input, wish_of
from crawler.probe_spider import ProbeSpider, result_of
from monitor.config import SourceConfig
from monitor.errors import ZhaoshangError
from monitor.probes import ProbedListing, ProbedPost
from monitor.setup import Setup, source_url


class Command(ScrapyCommand):
    """The exit code is 0 when records (or a post) were found, 1 when there are none, 2 when the call is wrong."""

    requires_project = True
    requires_crawler_process = False  # a file is read without a reactor

    def syntax(self) -> str:
        """As the help shows it."""
        return "[options] URL|FILE|-"

    def short_desc(self) -> str:
        """As the list of commands shows it."""
        return "Show what a crawl would read on one page, as JSON"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Those of a file, and how an address is fetched."""
        super().add_options(parser)
        add_arguments(parser)
        parser.add_argument("--allow-private", action="store_true", help="addresses of an intranet, too")
        parser.add_argument("--render", action="store_true", help="through a browser")
        parser.add_argument("--no-verify-tls", action="store_true", help="whatever certificate the site has")
        parser.add_argument("--proxy", default="", metavar="URL", help="through this proxy")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Probe one page."""
        setup, source = self._settings(opts)
        wish = self._wish(args, opts, setup, source)
        if not wish.is_address:
            self.exitcode = print_probed(probe_file(wish, standard_input()), wish.target)
            return
        spider = type(
            "ProbeSpider",
            (ProbeSpider,),
            {"wish": wish, "setup": setup, "as_source": _as_source(opts, source, wish.target)},
        )
        try:
            self.exitcode = print_probed(self._fetched(spider, wish, quiet=opts.loglevel is None), wish.target)
        except ZhaoshangError as error:  # a browser or a proxy that is not there
            self.exitcode = print_probed(failed(wish, wish.target, str(error)), wish.target)

    def _fetched(self, spider: type[Spider], wish: Wish, *, quiet: bool) -> ProbedListing | ProbedPost:
        if self.settings is None:
            raise RuntimeError("Scrapy gives every command its settings")
        if quiet:  # the one line at the end says what is wrong
            self.settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
            logging.getLogger().addHandler(logging.NullHandler())
        process = AsyncCrawlerProcess(self.settings)
        crawler = process.create_crawler(spider)
        process.crawl(crawler)
        process.start()
        return result_of(crawler.spider, wish, "the probe did not start")

    def _settings(self, opts: argparse.Namespace) -> tuple[Setup, SourceConfig | None]:
        if self.settings is None:
            raise RuntimeError("Scrapy gives every command its settings")
        opts.config = opts.config or self.settings.get("ZHAOSHANG_CONFIG")
        opts.now = opts.now or self.settings.get("ZHAOSHANG_NOW")
        try:
            setup, source = settings_of(opts)
        except ZhaoshangError as error:
            raise UsageError(str(error), print_help=False) from error
        opts.zone = setup.config.timezone
        return setup, source

    def _wish(self, args: list[str], opts: argparse.Namespace, setup: Setup, source: SourceConfig | None) -> Wish:
        if len(args) > 1 or (not args and source is None):
            raise UsageError
        target = args[0] if args else source.url if source else ""
        opts.max_mb = setup.config.crawl.max_response_mb
        try:
            wish = wish_of(opts, target, source)
            if wish.is_address:
                source_url(wish.target, Path.cwd())
        except (ValueError, ZhaoshangError) as error:
            raise UsageError(str(error), print_help=False) from error
        return wish


def _as_source(opts: argparse.Namespace, source: SourceConfig | None, url: str) -> SourceConfig:
    """The settings of the source that is named, or of a new one; an option adds to them."""
    chosen = source or SourceConfig(name="probe", url=url)
    told = {
        "url": url,
        "allow_private": opts.allow_private or chosen.allow_private,
        "render": opts.render or chosen.render,
        "verify_tls": chosen.verify_tls and not opts.no_verify_tls,
        "proxy": opts.proxy or chosen.proxy,
    }
    try:
        return SourceConfig.model_validate(chosen.model_dump() | told)
    except ValidationError as error:
        raise UsageError(error.errors()[0]["msg"].removeprefix("Value error, "), print_help=False) from error
