"""Names the sign of what went wrong with a page, for the judge of sources; in words crawler.failures says it."""

import gzip
import re
import zlib
from collections.abc import Callable

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
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectError, ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError  # not public in Twisted, and raised to us all the same

from crawler.failures import (
    AddressRefused,
    HostBusy,
    PageTooLarge,
    RobotsForbidden,
    RobotsUnreadable,
    UntrustedServer,
    causes_of,
    reason_of_error,
    tls_words,
)
from monitor.health.conditions import Symptom, Trouble
from monitor.health.words import ROBOTS_TXT
from monitor.pages import Block, BlockKind

_NO_HTTP = Trouble(Symptom.CONNECTION, "no HTTP")
_UNPACKED = Trouble(Symptom.BINARY)  # compressed in a way that cannot be undone: bytes that nobody can read
_SIGNS: tuple[tuple[type[BaseException], Trouble], ...] = (
    (CannotResolveHostError, Trouble(Symptom.DNS)),
    (DownloadTimeoutError, Trouble(Symptom.TIMEOUT)),
    (DownloadConnectionRefusedError, Trouble(Symptom.REFUSED)),
    (ResponseDataLossError, Trouble(Symptom.CONNECTION)),
    (ConnectionAborted, Trouble(Symptom.TOO_LARGE, "headers")),  # nobody else aborts; see crawler.handlers
    (ConnectionLost, Trouble(Symptom.CONNECTION)),
    (ConnectionDone, Trouble(Symptom.CONNECTION)),
    (ParseError, _NO_HTTP),
    (zlib.error, _UNPACKED),
    (gzip.BadGzipFile, _UNPACKED),
    (TunnelError, Trouble(Symptom.CONNECTION, "proxy")),
    (ConnectError, Trouble(Symptom.CONNECTION)),
    (RobotsForbidden, Trouble(Symptom.ROBOTS)),
    (UnsupportedURLSchemeError, Trouble(Symptom.ADDRESS)),
    (NotSupported, Trouble(Symptom.ADDRESS)),
)
_BLOCKS = {
    BlockKind.CHALLENGE: Symptom.CHALLENGE,
    BlockKind.LOGIN: Symptom.LOGIN,
    BlockKind.MISSING: Symptom.NOT_FOUND,
    BlockKind.EMPTY: Symptom.EMPTY,
    BlockKind.BINARY: Symptom.BINARY,
}
_CLIENT_ERRORS = {
    401: Symptom.FORBIDDEN,
    403: Symptom.FORBIDDEN,
    404: Symptom.NOT_FOUND,
    410: Symptom.NOT_FOUND,
    429: Symptom.BUSY,
}
_CEILING = re.compile(r"larger than (\S+ MiB)")
_REFUSED_ADDRESS = re.compile(r"(\S+) (?:is|resolves to) ([\d.:a-fA-F]+), which is not a public address")
_REFUSED_HOST = re.compile(r"(\S+) is (?:not a public address|this machine itself)")
_LED_AWAY = re.compile(r"it leads to (\S+), and ")
_ASKED_TO_WAIT = re.compile(r"asks to wait (\d+ s)")
_STATUS = re.compile(r"(HTTP \d+)")
_IN_BRACKETS = re.compile(r"\((.+?)\)")
_WORDS = (  # where only words are left of a failure: ours, and those of a browser
    ("the host name does not resolve", Symptom.DNS),
    ("no answer in time", Symptom.TIMEOUT),
    ("the connection was refused", Symptom.REFUSED),
    ("the secure connection failed", Symptom.TLS),
    ("NAME_NOT_RESOLVED", Symptom.DNS),
    ("CONNECTION_REFUSED", Symptom.REFUSED),
    ("TIMED_OUT", Symptom.TIMEOUT),
    ("TOO_MANY_REDIRECTS", Symptom.REDIRECTS),
)
_UNPACKERS = frozenset({"brotli", "_brotli", "brotlicffi", "backports", "compression", "zstandard"})


def trouble_of(what: Failure | BaseException) -> Trouble:
    """The sign of a page that could not be fetched, with its particulars: `HTTP 503`, an address, a size."""
    error = what.value if isinstance(what, Failure) else what
    if error is None:
        return Trouble(Symptom.DEFECT)
    if isinstance(error, HttpError):
        return trouble_of_response(error.response)
    if isinstance(error, IgnoreRequest):
        return _refused(error)
    if isinstance(error, DownloadFailedError):
        return _by_type(error) or _broken(error)
    return _by_type(error) or _rarely(error)


def trouble_of_response(response: Response) -> Trouble:
    """The sign of an answer whose status is no success."""
    status = response.status
    detail = f"HTTP {status}"
    if 500 <= status < 600:  # noqa: PLR2004 - the server's own errors
        asks_to_wait = status == 503 and "Retry-After" in response.headers  # noqa: PLR2004
        return Trouble(Symptom.BUSY if asks_to_wait else Symptom.SERVER_ERROR, detail)
    if status < 400:  # noqa: PLR2004 - a redirection that leads nowhere: others are followed
        return Trouble(Symptom.REDIRECTS, detail)
    return Trouble(_CLIENT_ERRORS.get(status, Symptom.CLIENT_ERROR), detail)


def trouble_of_block(block: Block) -> Trouble:
    """The sign of a page that is served as if all were well and holds nothing of what was asked for."""
    return Trouble(_BLOCKS[block.kind], block.sign)


def _by_type(error: BaseException) -> Trouble | None:
    return next((trouble for kind, trouble in _SIGNS if isinstance(error, kind)), None)


def _refused(error: IgnoreRequest) -> Trouble:
    """What we would not fetch, or not keep; the particulars stand in its words."""
    words = reason_of_error(error)
    for kind, read in _REFUSALS:
        if isinstance(error, kind):
            return read(words)
    if words.startswith("larger than "):
        return _of_size(words)
    if str(error) == "max redirections reached":
        return Trouble(Symptom.REDIRECTS)
    return _by_type(error) or Trouble(Symptom.DEFECT, type(error).__name__)


def _of_address(words: str) -> Trouble:
    """`zj.example.cn (10.0.0.1)`, or what else the guard names."""
    if (both := _REFUSED_ADDRESS.match(words)) is not None:
        return Trouble(Symptom.ADDRESS, f"{both[1]} ({both[2]})")
    if (led := _LED_AWAY.match(words)) is not None:
        return Trouble(Symptom.ADDRESS, led[1])
    host = _REFUSED_HOST.match(words)
    return Trouble(Symptom.ADDRESS, host[1] if host else words.partition(" ")[0])  # `ftp: addresses are not fetched`


def _of_busy_host(words: str) -> Trouble:
    return Trouble(Symptom.BUSY, _part(_ASKED_TO_WAIT, words) or _part(_STATUS, words))


def _of_size(words: str) -> Trouble:
    return Trouble(Symptom.TOO_LARGE, _part(_CEILING, words))


def _of_certificate(words: str) -> Trouble:
    return Trouble(Symptom.TLS, _part(_IN_BRACKETS, words))


def _of_robots(words: str) -> Trouble:
    """robots.txt that cannot be read; only the words of its failure are left of that."""
    if status := _part(_STATUS, words):
        busy = status == "HTTP 429"  # any other 4xx allows everything
        return Trouble(Symptom.BUSY if busy else Symptom.SERVER_ERROR, status + ROBOTS_TXT)
    if "proxy" in words:
        return Trouble(Symptom.CONNECTION, "proxy" + ROBOTS_TXT)
    return Trouble(_by_words(words), ROBOTS_TXT)


def _by_words(words: str) -> Symptom:
    return next((symptom for said, symptom in _WORDS if said in words), Symptom.CONNECTION)


def _broken(error: DownloadFailedError) -> Trouble:
    """The first cause that is known; a server that does not speak HTTP fails in many ways."""
    causes = causes_of(error)
    for cause in causes:
        if isinstance(cause, SSL.Error):
            return Trouble(Symptom.TLS, tls_words(cause))
        if (known := _by_type(cause)) is not None:
            return known
    return _NO_HTTP if causes else _of_browser(str(error))


def _of_browser(words: str) -> Trouble:
    """What a browser says of a page that does not come (crawler.browser); it has words for everything."""
    if "browser does not start" in words:
        return Trouble(Symptom.DEFECT, "browser")
    return Trouble(_by_words(words))


def _rarely(error: BaseException) -> Trouble:
    if isinstance(error, OSError) and error.strerror:  # a local file
        missing = isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError))
        symptom = Symptom.FORBIDDEN if isinstance(error, PermissionError) else Symptom.DEFECT
        return Trouble(Symptom.NOT_FOUND if missing else symptom, str(error.filename or error.strerror))
    if type(error).__module__.partition(".")[0] in _UNPACKERS:
        return _UNPACKED
    if isinstance(error, ValueError):  # from urllib and Twisted: a redirection to what is no address
        return Trouble(Symptom.REDIRECTS)
    return Trouble(Symptom.DEFECT, type(error).__name__)


def _part(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found[1] if found else ""


_REFUSALS: tuple[tuple[type[IgnoreRequest], Callable[[str], Trouble]], ...] = (
    (AddressRefused, _of_address),
    (HostBusy, _of_busy_host),
    (UntrustedServer, _of_certificate),
    (RobotsUnreadable, _of_robots),
    (PageTooLarge, _of_size),
)
