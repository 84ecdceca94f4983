"""Drives Chromium for the sources with `render = true`: scrapy-playwright, with the gate in front and a time limit.

Imported by Scrapy's settings alone, and only when such a source is crawled; what a page means, it does not know.
"""

import asyncio
import contextlib
from functools import partial
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as BrowserRequest
from playwright.async_api import Response as BrowserResponse
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import HtmlResponse, Response
from scrapy.utils.httpobj import urlparse_cached
from scrapy_playwright.handler import Config, ScrapyPlaywrightDownloadHandler  # type: ignore[import-untyped]
from scrapy_playwright.page import PageMethod  # type: ignore[import-untyped]
from scrapy_playwright.provider import PlaywrightBrowserProvider  # type: ignore[import-untyped]

from crawler.failures import AddressRefused, FetchRefused, PageTooLarge, UntrustedServer, one_line, too_large
from crawler.gate import Gate
from crawler.handlers import GuardedHandler, untrusted

_IDLE_SECONDS = 5.0  # how long a page may go on asking for more after it has loaded
_OURS = (
    "playwright_page",
    "playwright_page_methods",
    "playwright_page_event_handlers",
    "playwright_page_init_callback",
)
_DISPENSABLE = frozenset({"image", "media", "font"})
_MOST_REQUESTS = 200  # of one page: a portal's list makes about 60
_CLOSE_SECONDS = 5.0
_CEILINGS = 8  # the bytes of one connection, in ceilings of a page: scripts and styles come with it


async def settle(page: Page) -> None:
    """Wait until the page has been quiet for half a second, and no longer than five."""
    with contextlib.suppress(PlaywrightTimeout):
        await page.wait_for_load_state("networkidle", timeout=_IDLE_SECONDS * 1000)


class GatedBrowser(PlaywrightBrowserProvider):  # type: ignore[misc] # it is untyped
    """A browser whose only way out is the gate; both live as long as the crawl."""

    def __init__(self, config: Config, *, gate: Gate) -> None:
        super().__init__(config)
        self._gate = gate

    async def launch_browser(self) -> Browser:
        """Open the gate, then start the browser behind it. Playwright sends loopback addresses to a proxy, too."""
        server = await self._gate.start()
        login = {"username": self._gate.username, "password": self._gate.password}
        self.config.launch_options["proxy"] = {"server": server, **login}
        browser: Browser = await super().launch_browser()
        return browser

    async def close(self) -> None:
        """At the end of the crawl."""
        await super().close()
        await self._gate.stop()


_HANDLERS: "WeakKeyDictionary[Crawler, BrowserHandler]" = WeakKeyDictionary()


class BrowserHandler(GuardedHandler, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc] # the latter is untyped
    """Pages through the browser, everything else (robots.txt, JSON) as for any other source."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._closed = False
        settings = crawler.settings
        self._limit = settings.getfloat("DOWNLOAD_TIMEOUT") + _IDLE_SECONDS
        self._gate = Gate(
            settings.getbool("ZHAOSHANG_ALLOW_PRIVATE"), settings["ZHAOSHANG_PROXY"], self._ceiling * _CEILINGS
        )
        self.browser_provider_cls = partial(GatedBrowser, gate=self._gate)
        self.abort_request = self._is_unwanted
        self._requests = 0  # that the page under way made; there is one at a time
        self._status = 0  # that the page under way was answered with

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "BrowserHandler":
        """One for http and https: Scrapy makes a handler for each, and a browser is large."""
        if crawler not in _HANDLERS:
            _HANDLERS[crawler] = cls(crawler)
        return _HANDLERS[crawler]

    async def close(self) -> None:
        """At the end of the crawl, once for each scheme."""
        if not self._closed:
            self._closed = True
            await super().close()

    async def download_request(self, request: Request) -> Response:
        """Raises AddressRefused, PageTooLarge, UntrustedServer, HostBusy, FetchRefused, and what Scrapy raises."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        await self.take_turn(request)  # and not within the time that the page has
        response = await self._rendered(request)
        if response is None or _is_no_page(response):
            request.meta["playwright"] = False  # JSON, a feed, a file: as they are, not as a browser shows them
            return await super().download_request(request)
        if urlparse_cached(response).scheme not in ("http", "https"):
            reason = f"the page's scripts led to {response.url[:100]}, which is not fetched"
            raise FetchRefused(next(iter(self._gate.trouble.values()), reason))
        if self._ceiling and len(response.body) > request.meta.get("download_maxsize", self._ceiling):
            raise PageTooLarge(too_large(request.meta.get("download_maxsize", self._ceiling)))
        return response

    async def _rendered(self, request: Request) -> Response | None:
        """What the browser made of the page; None when it made none: what it would save, or not follow."""
        self._gate.trouble.clear()
        self._requests = 0
        self._status = 0
        request.meta["playwright_page_methods"] = [PageMethod(settle)]
        request.meta["playwright_page_event_handlers"] = {"popup": _close, "response": self._note_status}
        request.meta["playwright_page_init_callback"] = _without_webrtc
        try:
            async with asyncio.timeout(self._limit):
                return await self.download_now(request)
        except TimeoutError as error:
            await self._close_contexts()
            raise DownloadTimeoutError(f"{request.url} took longer than {self._limit:g} s") from error
        except PlaywrightError as error:
            if "ERR_HTTP_RESPONSE_CODE_FAILURE" in error.message and self._status:  # an error's status, and no page
                return HtmlResponse(request.url, status=self._status, request=request)
            if "ERR_UNSAFE_REDIRECT" in error.message:  # to a file; where to, only the plain answer says
                return None
            raise self._named(request, error) from error
        except RuntimeError as error:
            if "Failed to download" not in str(error):
                raise
            return None
        finally:
            for ours in _OURS:
                request.meta.pop(ours, None)  # a request that is tried again is copied with its meta

    def _note_status(self, answered: BrowserResponse) -> None:
        """Chromium keeps it to itself where no page comes with it."""
        if answered.request.is_navigation_request():
            self._status = answered.status

    def _is_unwanted(self, asked: BrowserRequest) -> bool:
        """Whether the browser is to go without: what has no text, and whatever a page that never ends asks for."""
        self._requests += 1
        return asked.resource_type in _DISPENSABLE or self._requests > _MOST_REQUESTS

    def _named(self, request: Request, error: PlaywrightError) -> Exception:
        """A failure of the browser as one of Scrapy's or ours."""
        message = one_line(error.message)
        if isinstance(error, PlaywrightTimeout):
            return DownloadTimeoutError(message)
        if "BrowserType.launch" in message:
            path = self.config.launch_options["executable_path"]
            return DownloadFailedError(f"the browser does not start; see why: {path} --headless --dump-dom about:blank")
        if "ERR_CERT_" in message or "ERR_SSL_" in message:
            return UntrustedServer(untrusted(_code(message)))
        trouble = self._gate.trouble
        reason = trouble.get(urlparse_cached(request).hostname or "") or next(iter(trouble.values()), None)
        if reason is not None:
            return AddressRefused(reason) if "allow_private" in reason else DownloadFailedError(reason)
        return DownloadFailedError(f"the browser says {_code(message)}")

    async def _close_contexts(self) -> None:
        """A page whose scripts never end is closed from outside, with all that waits for it; the next has a new one."""
        for name, wrapper in list(self.context_wrappers.items()):
            self.context_wrappers.pop(name, None)
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await wrapper.context.close()


def _is_no_page(response: Response) -> bool:
    kind = (response.headers.get("Content-Type") or b"text/html").lower()
    return b"html" not in kind


async def _without_webrtc(page: Page, request: Request) -> None:
    """No list needs it, and it is the one thing in a browser that does not go through a proxy by nature."""
    del request
    await page.add_init_script("delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection")


async def _close(page: Page) -> None:
    with contextlib.suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await page.close()


def _code(message: str) -> str:
    """`net::ERR_CONNECTION_RESET` out of a message that says much more."""
    return next((word.strip(":,;") for word in message.split() if word.startswith("net::")), message)
