"""Reads the archived pages of a source again, by today's extractor, and has the store fill in and correct its posts.

Nothing is fetched, and nothing is announced. A replay that is killed leaves posts that are right as far as it came;
the next one does the rest, and one after that finds nothing to do.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.extract import read_listing, read_post
from monitor.archived import PageRef
from monitor.errors import ZhaoshangError
from monitor.identity import url_identity
from monitor.locks import lock_crawl
from monitor.models import Post, PostStatus
from monitor.pages import ListingPage, Selection
from monitor.replay import Evidence, Line, Reading, corrected, differences, follow, printed_before
from monitor.replayed import Corrected, Ended, Event, Filled, Missing, Progress
from monitor.setup import Setup
from monitor.store import Store
from monitor.store.replaying import KnownPost, ReadLine, ReadListing
from monitor.text import LabelPattern

_BATCH = 50  # posts read again before they are written in one transaction; listing pages between two words of progress
_LONGEST_CRAWL = timedelta(days=1)  # pages of one crawl may lie on both sides of where the archive was cut


@dataclass(frozen=True, slots=True)
class Wish:
    """A source that is to be replayed, and how its pages are read.

    `pattern` is None for a source that left the configuration: which of its entries are posts is not known any more,
    so that only its known posts are corrected. With `dry_run` all is done to a private copy.
    """

    name: str
    pattern: LabelPattern | None
    selection: Selection
    now: datetime
    since: datetime | None = None
    dry_run: bool = False


def replay_source(setup: Setup, wish: Wish) -> Iterator[Event]:
    """Replay one source under the lock of its crawl; the last event says how it ended, refusals included."""
    try:
        with Store(setup.database, create=False) as store:
            source = store.source(wish.name)
            if source is None or not store.has_archive:
                yield Ended(wish.name)
                return
            with (
                lock_crawl(setup.data_dir, source.id, source.name),
                store.rehearsal() if wish.dry_run else nullcontext(store) as target,
            ):
                yield from Replay(target, source.id, wish, setup.config.zone).run()
    except ZhaoshangError as error:
        yield Ended(wish.name, error=str(error))


class Replay:
    """One run over the archive of one source: its listings in the order of keeping, then its posts."""

    def __init__(self, store: Store, source_id: int, wish: Wish, zone: ZoneInfo) -> None:
        self._store = store
        self._archive = store.archive
        self._source_id = source_id
        self._wish = wish
        self._zone = zone
        self._lines: dict[int, list[Line]] = defaultdict(list)  # what the listings say of each post, oldest first
        self._new: set[int] = set()
        self._missing: dict[int, str] = {}
        self._done = self._total = 0
        self._pages = self._posts = self._corrected = self._off_label = self._damaged = 0
        self._damaged_crawls: set[int] = set()

    def run(self) -> Iterator[Event]:
        """Do it, and tell; the last event is Ended."""
        self._store.begin_replay(self._source_id)
        listings = list(self._archive.refs(source_id=self._source_id, kind="listing", since=self._wish.since))
        self._total = len(listings) + len(self._store.first_sightings(self._source_id))
        unmatched: list[tuple[ListingPage, PageRef]] = []
        yield from self._match(listings, unmatched)
        lost = self._lost(listings)
        if self._wish.pattern is not None:
            self._fill(unmatched, lost, self._wish.pattern)
        self._missing = dict.fromkeys(lost, "no archived listing shows it any more") | self._missing
        yield from self._correct()
        yield from self._tell_new_and_missing()
        self._store.begin_replay(self._source_id)
        yield Ended(
            self._wish.name,
            pages=self._pages,
            posts=self._posts,
            corrected=self._corrected,
            filled=len(self._new),
            off_label=self._off_label,
            missing=len(self._missing),
            damaged=self._damaged,
        )

    # -- listings --------------------------------------------------------------------------------------------------

    def _match(self, listings: Sequence[PageRef], unmatched: list[tuple[ListingPage, PageRef]]) -> Iterator[Event]:
        """Read every listing page again; those with entries that are no post are left in `unmatched`."""
        off_label: set[int] = set()
        for ref in listings:
            page = self._listing(ref)
            if page is not None:
                found = self._store.match_listing(page, ref, self._wish.pattern, self._zone)
                self._remember(found.lines, ref)
                off_label.update(found.off_label)
                if found.unknown and self._wish.pattern is not None:
                    unmatched.append((page, ref))
                yield from self._tell_off_label(found)
            yield from self._step(1)
        self._missing = {post_id: "its line is off-label now" for post_id in off_label if post_id not in self._lines}

    def _listing(self, ref: PageRef) -> ListingPage | None:
        archived = self._archive.page(ref)
        if archived is None:
            self._damaged += 1
            self._damaged_crawls.add(ref.crawl_id)
            return None
        self._pages += 1
        return read_listing(archived.raw, ref.fetched_at.astimezone(self._zone), self._wish.selection)

    def _remember(self, lines: Sequence[ReadLine], ref: PageRef) -> None:
        """Of a run of equal lines the first and the last are enough, however many pages show the post.

        Of two lines of one page that are one post, the first counts, as in a crawl.
        """
        for read in {read.post_id: read for read in reversed(lines)}.values():
            line = Line(read.entry, read.label, ref)
            known = self._lines[read.post_id]
            said = [(one.entry, one.label) for one in known[-2:]]
            if len(said) > 1 and said == [(line.entry, line.label)] * 2:
                known.pop()
            known.append(line)

    def _lost(self, listings: Sequence[PageRef]) -> dict[int, Post]:
        """The posts that were first met on a page of the archive and that none of its pages yields any more."""
        cuts = [cut + _LONGEST_CRAWL for cut in (self._archive.pruned_before(), self._wish.since) if cut is not None]
        whole = {ref.crawl_id for ref in listings if all(ref.fetched_at > cut for cut in cuts)} - self._damaged_crawls
        met = self._store.first_sightings(self._source_id)
        ids = [post_id for post_id, crawl_id in met.items() if crawl_id in whole and post_id not in self._lines]
        return {post.id: post for post in self._posts_of(ids)}

    def _fill(
        self, unmatched: Sequence[tuple[ListingPage, PageRef]], lost: dict[int, Post], pattern: LabelPattern
    ) -> None:
        """Make posts of what is none; what turns out to be a lost one is lost no more."""
        met = self._store.first_sightings(self._source_id)
        for page, ref in unmatched:
            of_this_crawl = [post for post in lost.values() if met[post.id] == ref.crawl_id]
            found = self._store.fill_listing(page, ref, pattern, self._zone, of_this_crawl)
            self._remember(found.lines, ref)
            self._new.update(found.new_posts)
            for line in found.lines:
                lost.pop(line.post_id, None)
                self._missing.pop(line.post_id, None)

    # -- posts -----------------------------------------------------------------------------------------------------

    def _correct(self) -> Iterator[Event]:
        by_address = self._pages_by_address()
        ids = list(self._store.first_sightings(self._source_id))
        for start in range(0, len(ids), _BATCH):
            evidence: dict[int, Evidence] = {}
            batch = ids[start : start + _BATCH]
            for known in self._store.known_posts(batch):
                one = self._evidence(known, by_address)
                if one is not None and differences(known.post, corrected(known.post, one), self._zone):
                    evidence[known.post.id] = one
            for post, changes in self._store.correct_posts(evidence, self._wish.now, self._zone) if evidence else ():
                if post.id in self._new:
                    continue
                self._corrected += 1
                for change in changes:
                    yield Corrected(self._wish.name, post.id, post.title, change.field, change.before, change.after)
            yield from self._step(len(batch))

    def _pages_by_address(self) -> dict[str, list[PageRef]]:
        found: dict[str, list[PageRef]] = defaultdict(list)
        for ref in self._archive.refs(source_id=self._source_id, kind="post", since=self._wish.since):
            found[_address(ref)].append(ref)
        return found

    def _evidence(self, known: KnownPost, by_address: dict[str, list[PageRef]]) -> Evidence | None:
        """All that the archive says of a post; None when it says nothing."""
        line: Line | None = None
        for newer in sorted(self._lines.get(known.post.id, ()), key=lambda one: one.page.id):
            printed = printed_before(known.post, newer, self._zone) if line is None else None
            line = follow(line, newer, printed)
        pages = sorted((ref for key in known.addresses for ref in by_address.get(key, ())), key=lambda ref: ref.id)
        if not pages:  # the page was asked for by another source that lists the post
            found = self._archive.refs_of_post(known.post.id, self._wish.since)
            pages = [ref for ref in found if _address(ref) in known.addresses]
        readings = self._readings(pages, known.post, has_text=line is not None and bool(line.entry.body))
        newest = [*pages[-1:], *([line.page] if line else [])]
        if not newest:
            return None
        self._posts += 1
        reading, earlier = (readings[-1], readings[:-1]) if readings else (None, ())
        return Evidence(max(newest, key=lambda ref: ref.id), line, reading, tuple(earlier))

    def _readings(self, pages: Sequence[PageRef], post: Post, *, has_text: bool) -> Sequence[Reading]:
        """The pages of a post that yield a text, oldest first.

        One that does not was taken for the post by mistake, a challenge page for example; but behind a page that
        cannot be read stands what is stored, and older pages say nothing against it.
        """
        reason = ""
        readings: list[Reading] = []
        for ref in reversed(pages):
            archived = self._archive.page(ref)
            if archived is None:
                self._damaged += 1
                return readings
            self._pages += 1
            # Each page by itself, without a recipe: what is read of one must not depend on which others are archived.
            read = read_post(archived.raw, ref.fetched_at.astimezone(self._zone), self._wish.selection)
            if read.article is not None:
                readings.insert(0, Reading(read.article, ref))
            elif not readings:
                reason = reason or str(read.blocked or "no body found")
        if reason and not readings and post.status is PostStatus.COMPLETE and not has_text:
            self._missing[post.id] = f"its archived page yields no text any more: {reason}"
        return readings

    # -- telling ---------------------------------------------------------------------------------------------------

    def _tell_off_label(self, found: ReadListing) -> Iterator[Event]:
        self._off_label += len(found.new_off_label)
        for entry in found.new_off_label:
            yield Filled(self._wish.name, "off-label", entry.title, entry.url)

    def _tell_new_and_missing(self) -> Iterator[Event]:
        for post in self._posts_of(sorted(self._new)):
            yield Filled(self._wish.name, post.status.value, post.title, post.url, post.id)
        for post in self._posts_of(sorted(self._missing)):
            yield Missing(self._wish.name, post.id, post.title, self._missing[post.id])

    def _posts_of(self, ids: Sequence[int]) -> Iterator[Post]:
        for start in range(0, len(ids), _BATCH):
            yield from (known.post for known in self._store.known_posts(ids[start : start + _BATCH]))

    def _step(self, by: int) -> Iterator[Event]:
        before, self._done = self._done, self._done + by
        if before // _BATCH != self._done // _BATCH:
            # What was filled in on the way is looked at as well.
            yield Progress(self._wish.name, self._done, max(self._total, self._done))


def _address(ref: PageRef) -> str:
    try:
        return url_identity(ref.url)
    except ValueError:
        return ""
