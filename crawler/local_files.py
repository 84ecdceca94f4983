"""Downloads `file:` addresses for Scrapy, and of those only the one that the crawled source names."""

from pathlib import Path

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.asyncio import run_in_thread
from w3lib.url import file_uri_to_path

from crawler.failures import PageTooLarge, too_large
from crawler.spiders.source import SourceSpider


class SourceFileHandler(BaseDownloadHandler):
    """A page that links to `file:///etc/passwd` gets nothing: what is not the source itself is refused."""

    async def download_request(self, request: Request) -> Response:
        """Read the source's file. Raises IgnoreRequest for another, PageTooLarge, OSError when it cannot be read."""
        spider = self.crawler.spider
        if not isinstance(spider, SourceSpider) or request.url != spider.listing_url:
            raise IgnoreRequest(f"{request.url} is a local file that no source names")
        path = Path(file_uri_to_path(request.url))
        ceiling = self.crawler.settings.getint("DOWNLOAD_MAXSIZE")
        body = await run_in_thread(_read, path, ceiling + 1)
        if len(body) > ceiling:
            raise PageTooLarge(too_large(ceiling))
        return responsetypes.from_args(filename=str(path), body=body)(url=request.url, body=body)


def _read(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
