"""Says in Scrapy's words what the configuration says about fetching one source; it fetches nothing.

For the spiders of the configured sources, and for whoever else fetches on behalf of one: `apply` on its settings.
"""

import logging
import os
from functools import partial
from importlib import metadata
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached

from crawler import render
from crawler.failures import MIB
from crawler.politeness import JITTER, slot_delay
from monitor.config import CrawlConfig, SourceConfig
from monitor.errors import ConfigError

logger = logging.getLogger("zhaoshang")

_FROM_ENVIRONMENT = "env:"


def apply(settings: BaseSettings, crawl: CrawlConfig, source: SourceConfig) -> None:
    """Set everything that `[crawl]` and the source's table say about fetching.

    Raises ConfigError when a proxy is to come from the environment and does not, or when `render` is on and there is
    no browser.
    """
    put = partial(settings.set, priority="spider")
    put("DOWNLOAD_DELAY", slot_delay(crawl.delay))
    put("DOWNLOAD_DELAY_JITTER", JITTER)
    put("DOWNLOAD_MAXSIZE", crawl.max_response_mb * MIB)
    put("USER_AGENT", user_agent(crawl.contact))
    put("DOWNLOAD_VERIFY_CERTIFICATES", source.verify_tls)
    put("ZHAOSHANG_ALLOW_PRIVATE", source.allow_private)
    proxy = proxy_of(source)
    put("ZHAOSHANG_PROXY", proxy)
    put("HTTPPROXY_ENABLED", bool(proxy))
    if source.render:
        render.apply(settings, source.name)


def user_agent(contact: str) -> str:
    """Who we are, and how to reach whoever runs this: `zhaoshang/0.1.0 (+mailto:you@example.cn)`."""
    try:
        version = metadata.version("zhaoshang")
    except metadata.PackageNotFoundError:  # a checkout on the path that was never installed
        version = "0"
    return f"zhaoshang/{version}" + (f" (+{contact})" if contact else "")


def proxy_of(source: SourceConfig) -> str:
    """The proxy's address, with the password that it may hold; empty when there is none. Raises ConfigError."""
    if not source.proxy.startswith(_FROM_ENVIRONMENT):
        return source.proxy
    name = source.proxy.removeprefix(_FROM_ENVIRONMENT)
    where = f"source {source.name}: proxy"
    address = os.environ.get(name, "").strip()
    if not address:
        raise ConfigError(f"the environment variable {name} is not set", where=where, todo="set it to the address")
    try:
        parts = urlsplit(address)
        usable = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:  # the value may hold a password, so it is not shown
        raise ConfigError(
            f"the environment variable {name} holds no address of a proxy",
            where=where,
            todo="write it as http://user:password@proxy.example.cn:3128",
        )
    return address


class TolerantMetaRefreshMiddleware(MetaRefreshMiddleware):
    """A page that refreshes to what is no address is still a page."""

    def process_response(  # type: ignore[override] # Scrapy's takes a deprecated spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """As Scrapy's, which raises ValueError there."""
        try:
            followed: Request | Response = super().process_response(request, response)
        except ValueError:
            return response
        return followed


class SourceProxyMiddleware:
    """Sends a source's requests through its proxy. http_proxy and its like in the environment are not looked at.

    Who is watched, and from where, is the configuration's to say: a variable that a login shell happens to set would
    make the daemon and a crawl by hand see different sites.
    """

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For sources with a proxy."""
        proxy = crawler.settings.get("ZHAOSHANG_PROXY")
        if not proxy:
            raise NotConfigured
        if not crawler.settings.getbool("ZHAOSHANG_ALLOW_PRIVATE"):
            logger.info("the proxy looks up names itself: which addresses it reaches cannot be checked from here")
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        """Every request, robots.txt included; Scrapy's HttpProxyMiddleware comes after and takes the password out."""
        if urlparse_cached(request).scheme in ("http", "https"):
            request.meta["proxy"] = self._proxy
