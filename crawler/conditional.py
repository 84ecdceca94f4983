"""Asks a server for a page only if it changed, in the server's own words; what was known of it, others keep.

Three pure functions over monitor.pages.Validators, and the middleware that keeps the question on the page it is about.
"""

import hashlib
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.pages import Validators

NOT_MODIFIED = 304
_QUESTIONS = ("If-None-Match", "If-Modified-Since")
_ABOUT = "asked_if_changed"  # request.meta: the address that the question is about
_LONGEST = 1024  # characters of a validator; what is longer is not worth sending back for years


def ask_if_changed(request: Request, known: Validators | None) -> Request:
    """The same request, which the server may answer with 304 when nothing changed; as it is when nothing is known."""
    if known is None or not (known.etag or known.last_modified):
        return request
    headers = request.headers.copy()
    for name, value in zip(_QUESTIONS, (known.etag, known.last_modified), strict=True):
        if value:
            headers[name] = value.encode("latin-1", "replace")
    handled = [*request.meta.get("handle_httpstatus_list", ()), NOT_MODIFIED]
    return request.replace(
        headers=headers, meta={**request.meta, "handle_httpstatus_list": handled, _ABOUT: request.url}
    )


def validators_of(response: Response, known: Validators | None = None) -> Validators:
    """What to keep of a response. A 304 has no body, and may leave out what did not change: that is as `known` says."""
    etag, modified = _header(response, "ETag"), _header(response, "Last-Modified")
    if response.status == NOT_MODIFIED and known is not None:
        return Validators(etag or known.etag, modified or known.last_modified, known.body_hash)
    if is_rendered(response):  # the page as the server sent it says nothing about what its scripts made of it
        etag = modified = None
    return Validators(etag, modified, hashlib.sha256(response.body).hexdigest())


def is_unchanged(response: Response, known: Validators | None) -> bool:
    """Whether the page is what it was: the server says so, or the same bytes came again."""
    if known is None:
        return False
    if response.status == NOT_MODIFIED:
        return True
    return response.status == 200 and validators_of(response).body_hash == known.body_hash  # noqa: PLR2004 - HTTP's OK


def is_rendered(response: Response) -> bool:
    """Whether the body is what a browser made of the page (crawler.render)."""
    return "playwright" in response.flags


class ConditionalMiddleware:
    """Takes the question off a request that was redirected: it was about another page."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """It needs nothing of the crawler."""
        del crawler
        return cls()

    def process_request(self, request: Request) -> None:
        """Before every hop."""
        if request.meta.get(_ABOUT, request.url) != request.url:
            ask_plainly(request)


def ask_plainly(request: Request) -> None:
    """Take the question off a request that is on its way; one that carries none stays as it is."""
    if request.meta.pop(_ABOUT, None) is None:
        return
    for name in _QUESTIONS:
        request.headers.pop(name, None)
    others = [status for status in request.meta.pop("handle_httpstatus_list", ()) if status != NOT_MODIFIED]
    if others:
        request.meta["handle_httpstatus_list"] = others


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value is not None else ""
    return text if 0 < len(text) <= _LONGEST else None
