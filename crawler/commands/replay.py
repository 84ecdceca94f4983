"""`scrapy replay`: reads archived pages again, without a network; one JSON object a line says what it did.

`zhaoshang replay` shows the same as tables, and is what people want.
"""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from crawler.replay import Wish, replay_source
from crawler.spider_loader import SourceSpiderLoader
from crawler.spiders.source import SourceSpider
from monitor.clock import Clock
from monitor.errors import ZhaoshangError
from monitor.pages import Selection
from monitor.periods import parse_instant
from monitor.replayed import Ended, Event, Trouble, to_line
from monitor.setup import Setup, load_setup
from monitor.store import Store


class Command(ScrapyCommand):
    """No reactor, no spider: only the configuration, the store and the extractor."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """What stands behind the command's name."""
        return "[options] [SOURCE]..."

    def short_desc(self) -> str:
        """One line for Scrapy's list of commands."""
        return "Read archived pages again, offline; fill in and correct posts without announcing them"

    def long_desc(self) -> str:
        """What the arguments are."""
        return (
            f"{self.short_desc()}. All configured sources, or those named. -a since=DATE: only pages fetched on that"
            " day or later; -a dry_run=1: only tell. Prints one JSON object a line."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """As `scrapy crawl`: arguments are given with -a."""
        super().add_options(parser)
        parser.add_argument("-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE", help="see above")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Replay; the exit code is 1 when a source could not be replayed."""
        if self.settings is None:
            raise RuntimeError("Scrapy runs no command without settings")
        named = self.settings.get("ZHAOSHANG_CONFIG")
        spiders = SourceSpiderLoader.from_settings(self.settings)  # ends with one line when the configuration is wrong
        setup = load_setup(Path(named) if named else None)
        logger = logging.getLogger("zhaoshang")
        logger.addHandler(_Telling())
        logger.propagate = False
        try:
            for wish in _wishes(setup, spiders, args, opts.spargs, self.settings.get("ZHAOSHANG_NOW")):
                for event in replay_source(setup, wish):
                    _tell(event)
                    if isinstance(event, Ended) and event.error:
                        self.exitcode = 1
        except BrokenPipeError:  # who listened is gone; what was written stays
            sys.stdout = None
            self.exitcode = 1
        except KeyboardInterrupt:
            sys.stderr.write("scrapy: the replay was stopped; run it again, and it does the rest\n")
            self.exitcode = 130


class _Telling(logging.Handler):
    """Warnings of the store as events."""

    def emit(self, record: logging.LogRecord) -> None:
        _tell(Trouble(record.getMessage()))


def _tell(event: Event) -> None:
    print(to_line(event), flush=True)


def _wishes(
    setup: Setup, spiders: SourceSpiderLoader, names: list[str], arguments: list[str], now: str | None
) -> list[Wish]:
    """What the command line asks for. Raises UsageError for a source, a date or an argument that is none."""
    zone = setup.config.zone
    try:
        given = arglist_to_dict(arguments)
        clock = Clock(parse_instant(now, zone) if now else None)
        since = parse_instant(given.pop("since"), zone) if "since" in given else None
        dry_run = given.pop("dry_run", "0").strip().lower() in {"1", "true", "yes"}
    except ValueError as error:
        raise UsageError(f"{error}; write -a since=2025-07-21, -a dry_run=1") from error
    if given:
        raise UsageError(f"a replay takes no argument {min(given)!r}; there are: since=DATE, dry_run=1")
    sources = {name: spider.source for name in spiders.list() if issubclass(spider := spiders.load(name), SourceSpider)}
    unknown = [name for name in names if name not in sources and not _is_stored(setup, name)]
    if unknown:
        raise UsageError(f"there is no source named {unknown[0]!r}; there are: {', '.join(sources) or 'none'}")
    return [
        Wish(
            name,
            sources[name].pattern if name in sources else None,
            sources[name].selection if name in sources else Selection(),
            clock.now(),
            since,
            dry_run,
        )
        for name in names or sources
    ]


def _is_stored(setup: Setup, name: str) -> bool:
    """Whether a source that left the configuration has posts and pages all the same. Raises UsageError."""
    try:
        with Store(setup.database, create=False) as store:
            return store.source(name) is not None
    except ZhaoshangError as error:
        raise UsageError(str(error)) from error
