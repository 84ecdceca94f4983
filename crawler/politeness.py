"""Paces the requests to each host, and backs off where a host says that it is busy; what is fetched, others decide.

Every host has a floor: the configured delay, or robots.txt's Crawl-delay where that is longer (at most a minute). A
slow host gets as much rest as its answers took. "Too many requests" and "service unavailable" stop the whole host, not
only the request, for as long as it asks, and double the floor for the rest of the crawl. Scrapy's AutoThrottle does
some of this and none of it per host: it would pull a Crawl-delay down to the configured delay again.

Scrapy's slots do the waiting within a crawl; what crawls in other processes do to the same host, crawler.host_turns
tells, and every request takes its turn there as the last thing before it is sent.
"""

import asyncio
import logging
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from time import monotonic
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware, get_retry_request
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.settings import BaseSettings

from crawler.failures import HostBusy
from crawler.host_turns import FOLDER, HostTurns, Turn
from monitor.setup import Setup

logger = logging.getLogger("zhaoshang")

BUSY = frozenset({429, 503})
LONGEST_CRAWL_DELAY = 60.0  # seconds; some sites ask for an hour, which means "go away" and is said with Disallow
LONGEST_WAIT = 600.0  # seconds that a crawl waits for a host, as Retry-After or by its own doubling
MOST_BUSY = 6  # busy answers in a row after which the host is left alone until the next crawl
LONGEST_REST = 30.0  # seconds between two requests to a host that is merely slow
JITTER = 0.2  # Scrapy draws from delay ± 20 %
_BACKOFF = 5  # the first wait, in floors of the host
NO_DELAY = 0.001  # seconds: without any, Scrapy 2.19 sends all that waits at once, whatever the concurrency
_SHORTEST_FLOOR = 0.1  # seconds: what doubling starts from when no delay is configured
_LOOK_AGAIN = 1.0  # seconds: who waits for its turn notices then that the crawl is to end
_AT_THE_END = 10.0  # seconds that it may still wait then; a crawl that is told to stop has 15 (monitor.crawl_process)
_WORTH_TELLING = 5.0  # seconds
_SECONDS = re.compile(r"\d{1,9}(\.\d*)?")


# -- pure -------------------------------------------------------------------------------------------------------------


def slot_delay(seconds: float) -> float:
    """Scrapy's delay for a gap of at least `seconds` and at most half as much again, given JITTER."""
    return max(seconds, NO_DELAY) / (1 - JITTER)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date); None when it says nothing."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:  # "-0000": UTC, from a server that does not know its zone
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def backoff(floor: float, busy: int, spread: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait after the `busy`-th busy answer in a row, when the host does not say how long."""
    wait = max(floor, _SHORTEST_FLOOR) * _BACKOFF * 2.0 ** min(busy - 1, 20)
    return min(wait * spread(1.0, 1.5), LONGEST_WAIT)


def stretched(turn: Turn, gap: float, spread: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait for a turn that is not free: up to half a gap longer, but never long for one that is nearly free.

    Crawls that wait for one host would otherwise all ask again at the same moment, and to the host tick like a clock.
    """
    return turn.wait + min(turn.wait, gap) * spread(0.0, 0.5)


@dataclass(slots=True)
class HostPace:
    """How one host is treated in this crawl."""

    floor: float  # seconds between two requests, at least
    patience: float = LONGEST_WAIT  # seconds that this crawl waits for a busy host
    busy: int = 0  # busy answers in a row
    closed: str = ""  # why it is asked nothing more in this crawl

    def heed(self, asked: float | None) -> bool:
        """robots.txt asks for so many seconds between two requests: whether that changes anything."""
        longer = min(asked or 0.0, LONGEST_CRAWL_DELAY)
        if longer <= self.floor:
            return False
        self.floor = longer
        return True

    def slow_down(self, status: int, asked: float | None) -> float:
        """A busy answer: the seconds to wait now. Sets `closed` when that is longer than a crawl can wait."""
        self.busy += 1
        wait = asked if asked is not None else backoff(self.floor, self.busy)
        if wait > self.patience:
            self.closed = f"the site asks to wait {wait:.0f} s"
        elif self.busy >= MOST_BUSY:
            self.closed = f"the site is busy: HTTP {status}, {self.busy} times in a row"
        self.floor = min(max(self.floor, _SHORTEST_FLOOR) * 2, max(self.floor, LONGEST_CRAWL_DELAY))
        return wait

    def rest(self, present: float, latency: float) -> float:
        """The next delay after an answer that took `latency` seconds, where `present` is the delay so far."""
        if self.floor < 2 * NO_DELAY:
            return slot_delay(0)
        target = min(2 * latency, LONGEST_REST)  # the delay counts from the request: as long again after the answer
        return max(slot_delay(self.floor), target, (present + target) / 2)


def is_broken_off(response: Response) -> bool:
    """Whether the answer ended early. It then is a failure, unless `download_fail_on_dataloss` is False in the
    request's meta: for a listing whose first records are better than none, after the usual attempts to get it whole."""
    return "dataloss" in response.flags


# -- with effects -----------------------------------------------------------------------------------------------------


class PoliteRetryMiddleware(RetryMiddleware):
    """Scrapy's bounded retries, each at the pace of its host."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._floor = settings.getfloat("DOWNLOAD_DELAY") * (1 - JITTER)
        self._agent: str = settings["ROBOTSTXT_USER_AGENT"]
        self._patience = settings.getfloat("ZHAOSHANG_PATIENCE")
        self._hosts: dict[str, HostPace] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listens to every answer before the next request to its host is taken from the queue."""
        middleware = super().from_crawler(crawler)
        crawler.signals.connect(middleware.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(middleware.answered, signal=signals.response_downloaded)
        return middleware

    def process_request(self, request: Request) -> None:
        """Raises HostBusy for a host that is left alone."""
        request.meta.pop(Downloader.DOWNLOAD_SLOT, None)  # after a redirection that is the slot of the first host
        pace = self._hosts.get(self._downloader.get_slot_key(request))
        if pace is not None and pace.closed:
            raise HostBusy(pace.closed)

    async def take_turn(self, request: Request) -> None:
        """Wait until no crawl on this machine stands in the way of asking the host. Raises HostBusy.

        For the download handlers: only after Scrapy's own wait does a request really go out.
        """
        host = self._downloader.get_slot_key(request)
        pace, told = self._pace(host), False
        while (turn := self._ask_for_turn(host, pace)).wait:
            if turn.alone and turn.wait > pace.patience:
                self._close(host, pace, f"the site asked to be left alone; {turn.wait:.0f} s of that are left")
                raise HostBusy(pace.closed)
            if turn.wait > max(_WORTH_TELLING, 2 * pace.floor) and not told:
                told = True
                why = "it asked to be left alone" if turn.alone else "other crawls ask it, too"
                logger.info("%s: %s; waiting %.0f s", host, why, turn.wait)
            await self._wait(stretched(turn, pace.floor))

    def _ask_for_turn(self, host: str, pace: HostPace) -> Turn:
        slot = self._downloader.slots.get(host)
        free = pace.floor < 2 * NO_DELAY  # no delay is configured, and the host asked for none
        return self._turns.take(
            host,
            gap=0.0 if free else pace.floor,
            rest=0.0 if free or slot is None else slot.delay * (1 - JITTER),
            asked=pace.floor if pace.floor > self._floor else 0.0,
        )

    async def _wait(self, seconds: float) -> None:
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            if left > _AT_THE_END and not self.crawler.crawling:
                raise HostBusy("the crawl ended before the site could be asked")
            await asyncio.sleep(min(left, _LOOK_AGAIN))

    def process_response(  # type: ignore[override] # Scrapy's takes a deprecated spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """Try again what failed for now. Raises HostBusy once the host has to be left alone."""
        if response.status in BUSY:
            self.process_request(request)
        if is_broken_off(response) and self.crawler.spider is not None:
            again = get_retry_request(request, spider=self.crawler.spider, reason="the answer broke off")
            return again or response
        tried: Request | Response = super().process_response(request, response)
        return tried

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Signal: keep to robots.txt's Crawl-delay, when it is longer than ours."""
        host = self._downloader.get_slot_key(request)
        pace = self._pace(host)
        if pace.heed(asked := robotparser.crawl_delay(self._agent)):
            logger.info("%s: robots.txt asks for %g s between two requests", host, asked)
            self._set(host, slot_delay(pace.floor))

    def answered(self, response: Response, request: Request, spider: Spider) -> None:
        """Signal: pace the host by its answer."""
        del spider
        host = self._downloader.get_slot_key(request)
        slot = self._downloader.slots.get(host)
        if slot is None or "download_latency" not in request.meta:  # a local file has no host to spare
            return
        pace = self._pace(host)
        if response.status in BUSY:
            self._back_off(host, slot, pace, response)
            return
        pace.busy = 0
        self._set(host, pace.rest(slot.delay, request.meta["download_latency"]))

    def _back_off(self, host: str, slot: Slot, pace: HostPace, response: Response) -> None:
        wait = pace.slow_down(response.status, retry_after(_text(response, "Retry-After"), _servers_time(response)))
        self._set(host, slot_delay(pace.floor))
        self._turns.leave_alone(host, wait)
        if pace.closed:
            self._close(host, pace, pace.closed)
            return
        logger.info("%s: HTTP %d; waiting %.0f s", host, response.status, wait)
        slot.lastseen = monotonic() + wait  # the next request leaves a delay after that

    def _close(self, host: str, pace: HostPace, reason: str) -> None:
        pace.closed = reason
        logger.warning("%s: %s; it is asked nothing more in this crawl", host, reason)
        if (slot := self._downloader.slots.get(host)) is not None:
            _refuse_waiting(slot, reason)

    def _pace(self, host: str) -> HostPace:
        return self._hosts.setdefault(host, HostPace(self._floor, self._patience))

    def _set(self, host: str, delay: float) -> None:
        """For the slot that there is, and for one made anew: Scrapy forgets slots that were idle for a minute."""
        self._downloader.per_slot_settings[host] = {
            **self._downloader.per_slot_settings.get(host, {}),
            "delay": delay,
            "jitter": JITTER,
        }
        if (slot := self._downloader.slots.get(host)) is not None:
            slot.delay, slot.jitter = delay, JITTER

    @cached_property
    def _turns(self) -> HostTurns:
        """Shared in the data directory, which a spider knows by the `setup` that it carries, as for the ledger."""
        setup = getattr(self.crawler.spidercls, "setup", None)
        return HostTurns(setup.data_dir / FOLDER if isinstance(setup, Setup) else None)

    @property
    def _downloader(self) -> Downloader:
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("there are no requests before there is an engine")
        return engine.downloader


def _refuse_waiting(slot: Slot, reason: str) -> None:
    """What waits for its turn already would still go out, one request after the other."""
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(HostBusy(reason))


def _servers_time(response: Response) -> datetime:
    """By the server's own clock where it tells: a Retry-After date is meant by that."""
    try:
        told = parsedate_to_datetime(_text(response, "Date") or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return datetime.now(UTC)
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
