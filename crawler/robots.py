"""Obeys robots.txt also when several requests wait for it at once; what robots.txt means is Scrapy's business."""

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.robotstxt import RobotParser
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred


class SharedRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Gives every waiting request an answer of its own.

    In Scrapy 2.19 they all await one Deferred, whose result the first of them takes away: the others get None, which
    means that everything is allowed (tests/crawler/test_crawling.py shows it).
    """

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The parser of the request's host; None when there is no robots.txt to obey."""
        under_way = self._parsers.get(urlparse_cached(request).netloc)
        if not isinstance(under_way, Deferred):
            return await super().robot_parser(request)
        own: Deferred[RobotParser | None] = Deferred()

        def pass_on(parser: RobotParser | None) -> RobotParser | None:
            own.callback(parser)
            return parser

        under_way.addCallback(pass_on)
        return await maybe_deferred_to_future(own)
