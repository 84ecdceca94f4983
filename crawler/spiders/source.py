"""The spider of every configured source: walks a listing and follows its posts; what it finds, the ledger stores."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler import fetching
from crawler.conditional import ask_if_changed, is_unchanged, validators_of
from crawler.extract import Recipe, end_of_listing, read_listing, read_post
from crawler.failures import reason_of
from crawler.ledger import CrawlLedger
from crawler.politeness import is_broken_off
from crawler.post_visits import PostVisits
from crawler.raw_pages import raw_page
from crawler.steps import Walk, end_at_max_pages, records_of
from crawler.symptoms import trouble_of, trouble_of_block
from monitor.config import SourceConfig
from monitor.errors import ConfigError
from monitor.health.conditions import Symptom, Trouble
from monitor.models import Post, PostStatus, Sighting, Verdict
from monitor.pages import BlockKind, ListingPage, PageRequest, RawPage
from monitor.setup import Setup, source_url

_CUT_SHORT_TRIES = 3  # a page that comes cut short so often is only written carelessly
_LISTING_FIRST = 10  # priority: a crawl that is cut short has at least seen what there is


class SourceSpider(Spider):
    """Subclassed by the spider loader, once per `[[source]]`; a hand-written spider may subclass it with a `source`.

    Arguments (`-a`): `full=1` reads every page again, known or not; `url=…` reads the source from another address or
    file this once.
    """

    source: ClassVar[SourceConfig]
    setup: ClassVar[Setup]

    def __init__(self, name: str | None = None, full: str = "0", url: str = "", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.full = full.strip().lower() in {"1", "true", "yes"}
        self.listing_url = source_url(url, Path.cwd()) if url else self.source.url
        self._to_read: dict[int, tuple[Post, Verdict | None]] = {}  # posts whose page is read after the listing
        self._asked_for = 0  # listing pages; what a run may ask for has a ceiling, and the rest stays pending
        self._cut_short = 0  # the listing page that came incomplete, if one did: the walk goes on, and proves nothing
        self._signatures: frozenset[str] = frozenset()  # where this crawl's pages, or the last one's, had their records
        self._before: RawPage | None = None  # the listing page that was read last
        self._walk = Walk()
        self._recipe: Recipe | None = None  # what this crawl's pages taught about the source's posts

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """What the configuration says about fetching, in Scrapy's words."""
        super().update_settings(settings)
        try:
            fetching.apply(settings, cls.setup.config.crawl, cls.source)
        except ConfigError as error:  # before there is a ledger: the last line of the log says why
            raise SystemExit(f"scrapy: {error}") from error

    async def start(self) -> AsyncIterator[Request]:
        """The listing's first page. What earlier crawls left pending follows when the listing has been read."""
        yield self._listing_request(PageRequest(self.listing_url), 1, frozenset())

    def parse_listing(
        self, response: Response, asked: PageRequest, number: int, seen: frozenset[str]
    ) -> Iterator[Request | Post]:
        """Store one listing page, ask for the posts' pages that are needed, and for the next listing page."""
        known = self._ledger.listing_validators(asked.url) if number == 1 and not self.full else None
        if known is not None and is_unchanged(response, known.validators):
            self._ledger.record_unchanged_listing(known)
            yield from self._end_listing("not modified since the last completed crawl")
            return
        raw = raw_page(response, asked, self._ledger.now)
        page = self._read(raw, number)
        if not page.entries:
            yield from self._without_entries(raw, page, number, seen)
            return
        self._before = raw
        sightings = self._ledger.record_listing(page, raw)
        self._walk.note_entries(sightings)
        for sighting in sightings:
            yield from self._note(sighting)
        if all(sighting.verdict is Verdict.REJECTED for sighting in sightings):
            yield from self._broken_listing(
                raw, f"no usable entries on page {number} of the listing", Trouble(Symptom.UNUSABLE, str(number))
            )
            return
        if is_broken_off(response):
            reason = f"page {number} of the listing broke off; its whole records were kept"
            yield from self._broken_listing(raw, reason, Trouble(Symptom.CUT_SHORT, str(number)))
            return
        if page.truncated:  # what stood behind the cut is missing, wherever the pager stands
            self._cut_short = number
            self._ledger.note_error(page.url, f"page {number} of the listing is cut short")
        if number == 1 and asked.method == "GET":
            posts = sum(sighting.post is not None for sighting in sightings)
            off_label = sum(sighting.verdict is Verdict.OFF_LABEL for sighting in sightings)
            self._ledger.offer_validators(asked.url, validators_of(response), posts, off_label)
        yield from self._next_page(page, sightings, number, seen)

    def _read(self, raw: RawPage, number: int) -> ListingPage:
        """Read a listing page, and remember where its records stood: the last page may hold too few to tell."""
        if number == 1:
            self._signatures = frozenset({self._ledger.known_signature} - {""})
        page = read_listing(raw, self._local_now, self.source.selection, self._signatures)
        self._walk.note_page(page, number)
        if number == 1:
            self._ledger.note_reading(page)
        if page.entries:
            former = self._signatures if number > 1 else frozenset()
            self._signatures = former | (frozenset({page.signature}) - {""})
        return page

    def parse_post(self, response: Response, post: Post, counted_as: Verdict | None) -> Iterator[Post]:
        """Store what a post's own page says."""
        raw = raw_page(response, PageRequest(post.url or response.url), self._ledger.now)
        reading = read_post(raw, self._local_now, self.source.selection, self._recipe)
        self._recipe = reading.recipe
        if reading.article is None:
            if reading.blocked is not None:
                self._ledger.record_page_failure(post.id, str(reading.blocked))
            else:
                self._ledger.record_page_failure(post.id, "no body found on the page", raw)
            return
        if reading.truncated and post.attempts < _CUT_SHORT_TRIES - 1:
            self._ledger.record_page_failure(post.id, "the page is cut short")  # and half a text is not archived
            return
        sighting = self._ledger.record_article(post.id, reading.article, counted_as, raw, validators_of(response))
        if sighting.post is not None and sighting.verdict in (Verdict.COMPLETED, Verdict.REVISED):
            yield sighting.post

    def listing_failed(self, failure: Failure) -> Iterator[Request]:
        """A listing page could not be fetched: the crawl is incomplete. A challenge may come with an error's status."""
        reason = f"the listing failed: {reason_of(failure)}"
        if isinstance(failure.value, HttpError):
            response = failure.value.response
            raw = raw_page(response, PageRequest(response.url), self._ledger.now)
            asked, number = (failure.request.cb_kwargs[name] for name in ("asked", "number"))  # type: ignore[attr-defined] # Scrapy sets it on failures
            page = read_listing(raw, self._local_now)
            if ended := self._ended(raw, page, number, asked):
                yield from self._reach_end(raw, ended, number - 1)
                return
            blocked = page.blocked
            named = blocked is not None and blocked.kind in (BlockKind.CHALLENGE, BlockKind.LOGIN)
            trouble = trouble_of_block(blocked) if blocked is not None and named else trouble_of(failure)
            yield from self._broken_listing(raw, f"{reason}: {blocked}" if named else reason, trouble)
        else:
            url = failure.request.url if hasattr(failure, "request") else self.listing_url
            yield from self._broken_listing(url, reason, trouble_of(failure))

    def post_failed(self, failure: Failure) -> None:
        """A post's page could not be fetched: the post stays pending."""
        post: Post = failure.request.cb_kwargs["post"]  # type: ignore[attr-defined] # Scrapy sets it on failures
        self._ledger.record_page_failure(post.id, reason_of(failure))

    def _note(self, sighting: Sighting) -> Iterator[Post]:
        """Remember whose page is to be read once the listing has ended; what is whole already is an item now."""
        post = sighting.post
        if post is None:
            return
        if sighting.needs_page or (self.full and post.url):
            self._to_read[post.id] = (post, sighting.verdict)
        elif sighting.verdict in (Verdict.NEW, Verdict.REVISED, Verdict.COMPLETED):
            yield post

    def _without_entries(self, raw: RawPage, page: ListingPage, number: int, seen: frozenset[str]) -> Iterator[Request]:
        """A page without records: the list is behind a call, or it has ended, or it is broken; it is never empty.

        A challenge page and a redesign look just like an empty list; so what yields nothing is broken until proven.
        """
        if page.call is not None and page.call != raw.request:
            # The answer is data: a browser (render = true) is of no use for it.
            yield self._listing_request(page.call, number, seen, browser=False)
        elif number > 1 and page.ended:
            yield from self._reach_end(raw, f"end of the listing (page {number} has no records)", number - 1)
        elif ended := self._ended(raw, page, number, raw.request):
            yield from self._reach_end(raw, ended, number - 1)
        elif page.blocked is not None:
            reason = f"page {number} of the listing: {page.blocked}"
            yield from self._broken_listing(raw, reason, trouble_of_block(page.blocked))
        else:
            for warning in page.warnings:  # such as a selector that found nothing
                self._ledger.note_warning(page.url, warning)
            reason = f"no entries found on page {number} of the listing"
            yield from self._broken_listing(raw, reason, Trouble(Symptom.NO_ENTRIES, str(number)))

    def _ended(self, raw: RawPage, page: ListingPage, number: int, asked: PageRequest) -> str | None:
        return end_of_listing(number, asked, self._before, raw, page, self._signatures, pages=self._walk.pages)

    def _next_page(
        self, page: ListingPage, sightings: tuple[Sighting, ...], number: int, seen: frozenset[str]
    ) -> Iterator[Request]:
        records = records_of(page)
        nothing_unknown = self._walk.met_known and not any(s.unknown for s in sightings)
        stop = not self.full and self._ledger.may_stop_early and nothing_unknown
        if records <= seen:
            yield from self._reach_end(page.url, f"page {number} repeats an earlier one", number - 1)
        elif page.next_page is None and not (stop and number < self._walk.pages):
            yield from self._reach_end(page.url, "end of the listing", number, page)
        elif stop or page.next_page is None:
            yield from self._end_listing(f"nothing unknown on page {number}")
        elif number >= self.source.max_pages:
            end = end_at_max_pages(sightings, number, deep=self.full or not self._ledger.may_stop_early)
            if end.warning:
                self._ledger.note_warning(self.listing_url, end.warning)
            trouble = None if end.proven else Trouble(Symptom.LIMIT, f"max_pages {number}")
            yield from self._end_listing(end.reason, trouble=trouble)
        elif self._asked_for >= self.setup.config.crawl.max_requests:
            reason = f"max_requests ({self._asked_for}) reached on page {number}: the next crawl comes no further; "
            todo = f"set it above max_pages ({self.source.max_pages})"
            yield from self._broken_listing(page.url, reason + todo, Trouble(Symptom.LIMIT, str(self._asked_for)))
        else:
            yield self._listing_request(page.next_page, number + 1, seen | records)

    def _reach_end(
        self, where: RawPage | str, reason: str, last: int, page: ListingPage | None = None
    ) -> Iterator[Request]:
        """The listing seems to end behind its `last`-th page; whether it can, what the walk has shown must agree to."""
        end = self._walk.end(reason, last, page=page, known=self._ledger.has_completed, full=self.full)
        if end.warning:
            self._ledger.note_warning(self.listing_url, end.warning)
        if end.proven:
            yield from self._end_listing(end.reason)
        else:
            yield from self._broken_listing(where, end.reason, Trouble(Symptom.GAP, str(last)))

    def _broken_listing(self, page: RawPage | str, reason: str, trouble: Trouble) -> Iterator[Request]:
        if isinstance(page, RawPage):
            self._ledger.keep_trouble(page)
        self._ledger.note_error(page.url if isinstance(page, RawPage) else page, reason)
        yield from self._end_listing(reason, trouble=trouble)

    def _end_listing(self, reason: str, *, trouble: Trouble | None = None) -> Iterator[Request]:
        """No further listing page: now the posts' own pages, those that earlier crawls left pending among them.

        The listing comes first, whole: a crawl that is cut short, or reaches its ceiling of requests, has then at
        least seen what there is.
        """
        if trouble is None and self._cut_short:
            reason = f"page {self._cut_short} of the listing is cut short"
            trouble = Trouble(Symptom.CUT_SHORT, str(self._cut_short))
        self._ledger.end_listing(reason, complete=trouble is None, trouble=trouble)
        found = {post.id: (post, None) for post in self._ledger.pending_posts()} | self._to_read
        left = self.setup.config.crawl.max_requests - self._asked_for
        if len(found) > left:
            self._ledger.note_warning(
                self.listing_url, f"max_requests: {len(found) - left} posts are left for next time"
            )
        visits = PostVisits(self._ledger, self.source.url, self.source.selection, lambda: self._local_now)
        for post, counted_as in list(found.values())[: max(left, 0)]:
            if post.status is PostStatus.COMPLETE:  # with full=1
                yield visits.request(post, counted_as)
            else:
                yield from self._post_request(post, counted_as)
        if trouble is None and self.listing_url == self.source.url:
            yield from visits.requests(left - len(found), but=tuple(found))

    def _listing_request(
        self, asked: PageRequest, number: int, seen: frozenset[str], *, browser: bool = True
    ) -> Request:
        self._asked_for += 1
        meta: dict[str, object] = {"download_fail_on_dataloss": False}  # of a page that breaks off, whole records stay
        if not browser:
            meta["playwright"] = False
        request = Request(
            asked.url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            method=asked.method,
            body=asked.body,
            headers=dict(asked.headers),
            cb_kwargs={"asked": asked, "number": number, "seen": seen},
            priority=_LISTING_FIRST,
            meta=meta,
            dont_filter=True,  # a page that repeats is recognised by its records, and ends the listing
        )
        known = self._ledger.listing_validators(asked.url) if number == 1 and not self.full else None
        return ask_if_changed(request, known.validators if known else None)

    def _post_request(self, post: Post, counted_as: Verdict | None) -> Iterator[Request]:
        if post.url is None:
            return
        yield Request(
            post.url,
            callback=self.parse_post,
            errback=self.post_failed,
            cb_kwargs={"post": post, "counted_as": counted_as},
            dont_filter=True,  # several posts may share one address, and each wants its answer
        )

    @property
    def _local_now(self) -> datetime:
        return self._ledger.now.astimezone(self.setup.config.zone)

    @property
    def _ledger(self) -> CrawlLedger:
        ledger = self.crawler.get_extension(CrawlLedger)
        if ledger is None:
            raise RuntimeError("the CrawlLedger extension is switched off; a source's crawl cannot run without it")
        return ledger
