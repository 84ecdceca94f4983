"""Prepares a source for being read through a real browser (`render = true`), and marks the requests that need it.

The browser itself is driven in crawler.browser, which is imported only when a source asks for it: the extra `browser`
is not installed everywhere.
"""

import logging
import os
import shutil
from importlib.util import find_spec
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached

from crawler.conditional import ask_plainly
from monitor.errors import ConfigError

# As the distributions name it: Debian and Ubuntu, Fedora and Alpine, Google's own packages.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_QUIET = (
    "--disable-background-networking",  # no calls home
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",  # everything goes through the gate, which speaks TCP
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # ... and looks up the names
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # or pages send where they like, past any proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # the same, in earlier versions
)


def apply(settings: BaseSettings, source: str) -> None:
    """Set what a browser needs. Raises ConfigError naming what to install."""
    browser = find_browser()
    where = f"source {source}: render"
    if find_spec("scrapy_playwright") is None:
        raise ConfigError(
            "the extra for reading through a browser is missing",
            where=where,
            todo="run: pip install 'zhaoshang[browser]'",
        )
    if browser is None:
        raise ConfigError("there is no Chromium here", where=where, todo="run: apt install chromium")
    handlers = dict(settings.getdict("DOWNLOAD_HANDLERS"))
    handlers["http"] = handlers["https"] = "crawler.browser.BrowserHandler"
    settings.set("DOWNLOAD_HANDLERS", handlers, priority="spider")
    settings.set("ZHAOSHANG_RENDER", True, priority="spider")
    settings.set("PLAYWRIGHT_LAUNCH_OPTIONS", launch_options(browser), priority="spider")
    settings.set("PLAYWRIGHT_MAX_PAGES_PER_CONTEXT", 1, priority="spider")  # a page is 200 MB, and a site one visitor's


def find_browser() -> str | None:
    """The path of a Chromium; the first that there is."""
    return next((path for name in BROWSERS if (path := shutil.which(name)) is not None), None)


def launch_options(browser: str) -> dict[str, Any]:
    """How the browser is started."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium refuses to run as root with its sandbox; nobody else goes without.
    return {"executable_path": browser, "args": [*_QUIET, *(["--no-sandbox"] if as_root else [])]}


class RenderMiddleware:
    """Marks the pages of a source that is read through a browser.

    A request that is not a GET, or that says `playwright: False` in its meta (a known call that answers with JSON),
    goes without; so does robots.txt.
    """

    def __init__(self, settings: BaseSettings) -> None:
        self._agent: str = settings["USER_AGENT"]
        self._verified = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        if settings["LOG_LEVEL"] != "DEBUG":
            logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # tracebacks of pages that fail, and chatter

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """For sources with `render = true`."""
        if not crawler.settings.getbool("ZHAOSHANG_RENDER"):
            raise NotConfigured
        return cls(crawler.settings)

    def process_request(self, request: Request) -> None:
        """Say that, and how, the browser fetches it."""
        of_the_web = urlparse_cached(request).scheme in ("http", "https")
        if request.method != "GET" or not of_the_web or request.meta.get("dont_obey_robotstxt"):
            return
        if not request.meta.setdefault("playwright", True):
            return
        ask_plainly(request)  # the page may be the same as ever, and its scripts fetch another list
        request.meta["playwright_context_kwargs"] = {
            "user_agent": self._agent,
            "locale": "zh-CN",
            "service_workers": "block",  # their requests would escape what is set on the page
            "accept_downloads": False,
            "ignore_https_errors": not self._verified,
        }
        request.meta["playwright_page_goto_kwargs"] = {"wait_until": "load", "timeout": self._timeout * 1000}
