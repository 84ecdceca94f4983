"""Obeys robots.txt, and names the state when it forbids a page or cannot be had; the pace is crawler.politeness'.

What counts as what follows RFC 9309, 2.3.1: a robots.txt that is not there (any 4xx but 429) allows everything, one
that the server fails to give (5xx, 429, no answer) allows nothing. The second is never silent: every page of the site
then fails with that reason, and the source shows as broken. HTML in its place is somebody's "not found" page.
"""

import asyncio
import logging
import re
from dataclasses import dataclass

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.conditional import is_rendered
from crawler.failures import (
    AddressRefused,
    FetchRefused,
    HostBusy,
    KindRefused,
    RobotsForbidden,
    RobotsUnreadable,
    UntrustedServer,
    one_line,
    reason_of_error,
)

logger = logging.getLogger("zhaoshang")

_PARSED = 512 * 1024  # bytes; RFC 9309, 2.5 asks for 500 KiB at least
_AGENT_LINE = re.compile(r"[ \t]*user[- ]?agent\b[ \t]*:?(.*)", re.IGNORECASE)
# The page would fail in the same way: the reason is the host's, not the robots.txt's.
_OF_THE_HOST = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    AddressRefused,
    HostBusy,
    UntrustedServer,
)


def own_rules(body: bytes, agent: str) -> bytes:
    """robots.txt with three names of robots in it: everybody (*), `agent`, and one for all others.

    Protego holds every rule once for each robot that its group names: 20,000 names above 20,000 rules would be 400
    million of them, and fit into the 500 KiB that have to be read.
    """
    lines = body[:_PARSED].decode("utf-8-sig", errors="ignore").splitlines()
    renamed = [_renamed(line, agent.lower()) for line in lines]
    return "\n".join(line for line, before in zip(renamed, ["", *renamed], strict=False) if line != before).encode()


def _renamed(line: str, agent: str) -> str:
    named = _AGENT_LINE.match(line.partition("#")[0])
    if named is None:
        return line
    name = named[1].strip().lower()
    if name == "*":
        return "User-agent: *"
    return f"User-agent: {agent}" if re.match(rf"\*?{re.escape(agent)}(?![\w-])", name) else "User-agent: -"


def is_html(body: bytes) -> bool:
    """Whether a page stands in robots.txt's place; its declared type says nothing, servers send anything with any."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What a host's robots.txt came to: rules (None: everything is allowed), or why it cannot be known."""

    rules: RobotParser | None = None
    unknown: FetchRefused | None = None


class SharedRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Asks each host once, and lets every request that waits for the answer have it.

    In Scrapy 2.19 they all await one Deferred, whose result the first of them takes away: the others get None, which
    means that everything is allowed (tests/crawler/test_hard_cases.py shows it).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._answers: dict[tuple[str, str], asyncio.Task[RobotsAnswer]] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override] # no deprecated spider
        """Raises RobotsForbidden or RobotsUnreadable."""
        if request.meta.get("dont_obey_robotstxt") or urlparse_cached(request).scheme not in ("http", "https"):
            return
        await self._check(request)

    async def process_response(self, request: Request, response: Response) -> Response:
        """A browser follows redirects by itself: what it ended at has to be allowed, too. Raises as above."""
        if is_rendered(response) and response.url != request.url:
            await self._check(request.replace(url=response.url))
        return response

    async def _check(self, request: Request) -> None:
        url = urlparse_cached(request)
        host = (url.scheme, url.netloc)
        if host not in self._answers:
            self._answers[host] = asyncio.ensure_future(self._ask(request))
        answer = await asyncio.shield(self._answers[host])  # one request that is dropped must not take it from others
        if answer.unknown is not None:
            raise type(answer.unknown)(str(answer.unknown))
        if answer.rules is not None and not answer.rules.allowed(request.url, self._agent):
            self._stats.inc_value("robotstxt/forbidden")
            raise RobotsForbidden("robots.txt forbids this page")

    async def _ask(self, request: Request) -> RobotsAnswer:
        url = urlparse_cached(request)
        asked = Request(
            f"{url.scheme}://{url.netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("there are no requests before there is an engine")
        try:
            response = await engine.download_async(asked)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may take it for permission
            return _unknown(error)
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        return await self._read(response, request)

    async def _read(self, response: Response, request: Request) -> RobotsAnswer:
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 - as the charter says
            return RobotsAnswer(unknown=RobotsUnreadable(f"robots.txt cannot be read: HTTP {response.status}"))
        if not 200 <= response.status < 300 or is_html(response.body):  # noqa: PLR2004 - success, in HTTP
            return RobotsAnswer()
        rules = ProtegoRobotParser.from_crawler(self.crawler, own_rules(response.body, self._agent))
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        return RobotsAnswer(rules)


def _unknown(error: Exception) -> RobotsAnswer:
    if isinstance(error, KindRefused) or (
        isinstance(error, IgnoreRequest) and str(error) == "max redirections reached"
    ):
        return RobotsAnswer()  # a redirection that ends nowhere: as if absent (RFC 9309, 2.3.1.2)
    reason = reason_of_error(error)
    if isinstance(error, (AddressRefused, HostBusy, UntrustedServer)):
        return RobotsAnswer(unknown=error)
    if isinstance(error, _OF_THE_HOST):
        return RobotsAnswer(unknown=RobotsUnreadable(reason))
    logger.warning("robots.txt cannot be read: %s", one_line(reason))
    return RobotsAnswer(unknown=RobotsUnreadable(f"robots.txt cannot be read: {reason}"))
