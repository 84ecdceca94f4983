"""Says in plain words why a page could not be fetched; it takes no decision on it."""

import gzip
import re
import zlib

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectError, ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError  # not public in Twisted, and raised to us all the same

MIB = 1024 * 1024


class FetchRefused(IgnoreRequest):
    """We would not fetch the page, or not keep what came. The text is the reason, in one line; never tried again."""


class AddressRefused(FetchRefused):
    """The page is at an address that this source may not reach. Raised by the download handlers."""


class KindRefused(AddressRefused):
    """The page is at an address that is none of the web. Raised by crawler.guard and the redirect middlewares."""


class PageTooLarge(FetchRefused):
    """The page is larger than the ceiling. Raised by the download handlers."""


class UntrustedServer(FetchRefused):
    """The server's certificate or its old TLS is not accepted. Raised by the download handlers."""


class HostBusy(FetchRefused):
    """The host asked for more time than a crawl can give. Raised by crawler.politeness."""


class RobotsForbidden(FetchRefused):
    """robots.txt does not allow the page. Raised by crawler.robots."""


class RobotsUnreadable(FetchRefused):
    """Whether the page is allowed cannot be known. Raised by crawler.robots."""


_PACKED = "its compression cannot be undone"
_SAID: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "the host name does not resolve"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadConnectionRefusedError, "the connection was refused"),
    (ResponseDataLossError, "the answer broke off"),
    (ConnectionAborted, "its headers are too large"),  # nobody else aborts; see crawler.handlers
    (ConnectionLost, "the connection was lost before the answer"),
    (ConnectionDone, "the connection was closed before the answer"),
    (ParseError, "the answer is not HTTP"),
    (zlib.error, _PACKED),
    (gzip.BadGzipFile, _PACKED),
)
_SAID_WITH_DETAILS: tuple[tuple[type[BaseException], str], ...] = (
    (TunnelError, "the proxy did not open the way: {}"),
    (UnsupportedURLSchemeError, "an address of this kind is not fetched"),
    (NotSupported, "an address of this kind is not fetched"),
    (ConnectError, "no connection: {}"),
    (ValueError, "it leads to what is no address ({})"),  # from urllib and Twisted, of a redirection or a link
)
_UNPACKERS = frozenset({"brotli", "_brotli", "brotlicffi", "backports", "compression", "zstandard"})
_TOO_LARGE_UNPACKED = re.compile(r"exceeded DOWNLOAD_MAXSIZE \((\d+) B\)")


def too_large(limit: int) -> str:
    """What is said of a page that is larger than `limit` bytes."""
    return f"larger than {limit / MIB:g} MiB; the ceiling is max_response_mb in [crawl]"


def kind_refused(url: str) -> str | None:
    """What is said of an address that is none of the web, such as file:///etc/passwd; None for one that is."""
    scheme = url.partition(":")[0].strip().lower()
    if scheme in ("http", "https"):
        return None
    return f"it leads to {one_line(url)[:200]}, and {scheme}: addresses are not fetched"


def reason_of(failure: Failure) -> str:
    """One line: `HTTP 503`, `robots.txt forbids this page`, `the host name does not resolve`, …"""
    return reason_of_error(failure.value) if failure.value is not None else "it failed without a word"


def reason_of_error(error: BaseException) -> str:
    """The same for an exception that was caught."""
    if isinstance(error, HttpError):  # an IgnoreRequest, too
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        return _refused(error)
    if isinstance(error, DownloadFailedError):
        return _broken(error)
    for kind, said in _SAID:
        if isinstance(error, kind):
            return said
    return _rarely(error)


def causes_of(error: BaseException) -> list[BaseException]:
    """What Twisted says went wrong on the connection, from the first to the last."""
    reasons = getattr(error.__cause__, "reasons", ())
    return [reason.value for reason in reasons if isinstance(reason, Failure) and reason.value is not None]


def one_line(text: object) -> str:
    """Any text as one line of at most 300 characters."""
    return " ".join(str(text).split())[:300]


def _refused(error: IgnoreRequest) -> str:
    text = str(error)
    if unpacked := _TOO_LARGE_UNPACKED.search(text):
        return too_large(int(unpacked[1]))
    if text == "max redirections reached":
        return "redirected too often"
    return one_line(text) or "the request was refused"


def _broken(error: DownloadFailedError) -> str:
    """The first cause that has words; a server that does not speak HTTP fails in many ways."""
    causes = causes_of(error)
    for cause in causes:
        if isinstance(cause, SSL.Error):
            return f"the secure connection failed: {tls_words(cause)}"
        for kind, said in _SAID:
            if isinstance(cause, kind):
                return said
    if causes:
        return "the answer is not HTTP"  # whatever else the parser stumbled over
    return one_line(error) or "the download failed"


def tls_words(error: SSL.Error) -> str:
    """What OpenSSL says: the last part of each entry of its error queue."""
    queue = error.args[0] if error.args and isinstance(error.args[0], (list, tuple)) else ()
    words = [str(entry[-1]) for entry in queue if entry]
    return one_line("; ".join(words) or str(error) or "the server ended it")


def _rarely(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror and not isinstance(error, ConnectError):
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if type(error).__module__.partition(".")[0] in _UNPACKERS:
        return _PACKED
    for kind, said in _SAID_WITH_DETAILS:
        if isinstance(error, kind):
            return said.format(one_line(error))
    return one_line(f"{type(error).__name__}: {error}")
