"""Says in Scrapy's words what the configuration says about fetching one source; it fetches nothing.

For the spiders of the configured sources, and for whoever else fetches on behalf of one: `apply` on its settings.
"""

import logging
import os
from functools import partial
from importlib import metadata
from typing import Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.response import get_meta_refresh
from w3lib.url import safe_url_string

from crawler import render
from crawler.extract.raw.page_sketch import sketch
from crawler.failures import MIB, KindRefused, kind_refused
from crawler.politeness import JITTER, slot_delay
from monitor.config import CrawlConfig, SourceConfig
from monitor.errors import ConfigError

logger = logging.getLogger("zhaoshang")

_FROM_ENVIRONMENT = "env:"
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_SAYS_NOTHING = 20  # visible characters of a page that only leads on: 正在跳转…


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


class NamingRedirectMiddleware(RedirectMiddleware):
    """A redirection that leads out of the web is refused by name; Scrapy's would leave it at `HTTP 302`."""

    def process_response(  # type: ignore[override] # Scrapy's takes a deprecated spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """As Scrapy's. Raises KindRefused."""
        followed: Request | Response = super().process_response(request, response)
        location = response.headers.get("Location")
        if followed is response and location and response.status in _REDIRECTIONS:
            _refuse_kind(urljoin(request.url, safe_url_string(location)))
        return followed


class TolerantMetaRefreshMiddleware(MetaRefreshMiddleware):
    """A page that refreshes to what is no address is still a page, unless it has nothing else to say."""

    def process_response(  # type: ignore[override] # Scrapy's takes a deprecated spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """As Scrapy's, which raises ValueError there. Raises KindRefused."""
        try:
            followed: Request | Response = super().process_response(request, response)
        except ValueError:
            return response
        if followed is response and isinstance(response, HtmlResponse) and kind_refused(request.url) is None:
            interval, url = get_meta_refresh(response, ignore_tags=self._ignore_tags)
            at_once = interval is not None and interval < self._maxdelay
            if url and at_once and sketch(response.text).seen <= _SAYS_NOTHING:
                _refuse_kind(url)
        return followed


def _refuse_kind(url: str) -> None:
    if (reason := kind_refused(url)) is not None:
        raise KindRefused(reason)


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
