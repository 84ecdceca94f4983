"""Turns the configured sources into spiders, beside those written by hand; it fetches nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import Request, Spider
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.spiders.source import SourceSpider
from monitor.errors import ZhaoshangError
from monitor.setup import Setup, load_setup

if TYPE_CHECKING:
    import builtins


class NoSuchSource(UsageError, KeyError):
    """`scrapy crawl` names no source. A UsageError for the command line, a KeyError for Scrapy's protocol."""

    __str__ = Exception.__str__


class SourceSpiderLoader:
    """Scrapy's SpiderLoaderProtocol over the `[[source]]` tables of zhaoshang.toml."""

    def __init__(self, setup: Setup, by_hand: dict[str, type[Spider]]) -> None:
        self._setup = setup
        self._spiders = by_hand | {
            source.name: type(
                f"{source.name}Spider", (SourceSpider,), {"name": source.name, "source": source, "setup": setup}
            )
            for source in setup.config.source
        }

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read the configuration that the command line names, or find it as every other command does."""
        named = settings.get("ZHAOSHANG_CONFIG")
        try:
            setup = load_setup(Path(named) if named else None)
        except ZhaoshangError as error:
            raise SystemExit(f"scrapy: {error}") from error
        loader = SpiderLoader.from_settings(settings)
        by_hand = {name: loader.load(name) for name in loader.list()}
        for spider in by_hand.values():
            if issubclass(spider, SourceSpider):
                spider.setup = setup
        return cls(setup, by_hand)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of a source. Raises NoSuchSource naming those there are."""
        if spider_name not in self._spiders:
            raise NoSuchSource(
                f"there is no source named {spider_name!r}; there are: {', '.join(self.list()) or 'none'}"
                f" (from {self._setup.config_path or 'the built-in configuration'})"
            )
        return self._spiders[spider_name]

    def list(self) -> builtins.list[str]:
        """The names of all sources and hand-written spiders."""
        return sorted(self._spiders)

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The spiders whose listing is the request's URL."""
        return [
            name
            for name, spider in self._spiders.items()
            if issubclass(spider, SourceSpider) and spider.source.url == request.url
        ]
