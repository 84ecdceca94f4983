"""Turns an answer of Scrapy into the raw page that is read and archived; it looks at nothing in it."""

from datetime import datetime
from urllib.parse import urldefrag

from scrapy.http import Response

from monitor.pages import PageRequest, RawPage


def raw_page(response: Response, asked: PageRequest, now: datetime) -> RawPage:
    """A response as the answer to `asked`, fetched at `now`."""
    header = response.headers.get("Content-Type")
    # The answer's address has no fragment, and some pages say in it which list they show: /gkmlpt/index#5.
    last = response.request.url if response.request else response.url
    is_same = urldefrag(last)[0] == urldefrag(response.url)[0]
    return RawPage(
        request=asked,
        url=last if is_same else response.url,
        body=response.body,
        fetched_at=now,
        status=response.status,
        content_type=header.decode("latin-1") if header else None,
    )
