"""Says in plain words why a page could not be fetched; it takes no decision on it."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

_SAID = {
    CannotResolveHostError: "the host name does not resolve",
    DownloadTimeoutError: "no answer in time",
    DownloadConnectionRefusedError: "the connection was refused",
}


def reason_of(failure: Failure) -> str:
    """One line: `HTTP 503`, `robots.txt forbids this page`, `the host name does not resolve`, …"""
    error = failure.value
    for kind, said in _SAID.items():
        if isinstance(error, kind):
            return said
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, IgnoreRequest):
        text = str(error)
        return "robots.txt forbids this page" if "robots.txt" in text else text or "the request was refused"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
