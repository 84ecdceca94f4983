"""Decides from what listing pages said and showed how the walk over a listing stands; it asks for no page."""

from dataclasses import dataclass
from datetime import date
from itertools import dropwhile

from monitor.models import Sighting
from monitor.pages import ListingPage


@dataclass(frozen=True, slots=True)
class End:
    """What the end of a walk comes to: its reason, whether it is one, and what is to be said of it besides."""

    reason: str
    proven: bool
    warning: str = ""


@dataclass(slots=True)
class Walk:
    """What the pages of one crawl have shown so far, against which an end must hold."""

    pages: int = 0  # that the listing has by what its pages say, as long as they say it
    entries: int = 0
    met_known: bool = False  # the walk has come down to what was listed before the last completed crawl

    def note_page(self, page: ListingPage, number: int) -> None:
        """Remember how far the listing goes by the words of its `number`-th page."""
        self.pages = max(self.pages, page.pages or 0, number + page.ahead if page.ahead else 0)

    def note_entries(self, sightings: tuple[Sighting, ...]) -> None:
        """Remember what a page's entries turned out to be."""
        self.entries += sum(one.known or one.unknown for one in sightings)
        self.met_known = self.met_known or meets_known(sightings)

    def end(self, reason: str, last: int, *, page: ListingPage | None = None, known: bool, full: bool) -> End:
        """Whether the listing can end behind its `last`-th page, as it seems to.

        `page` is that page where it is the end by want of a next one. `known` says that a crawl has completed before,
        and `full` that its user has asked to go on whatever is missing.
        """
        single = page is not None and last == 1
        cannot = f"the listing cannot end with page {last} ({_sign(reason)}):"
        warnings: list[str] = []
        if last < self.pages:
            counted = f"the listing counts {self.pages} pages"
            if not single:
                return End(f"{cannot} it counts {self.pages} pages", proven=False)
            warnings.append(f"{counted}, but page 1 leads to no next one: older posts are not read")
        if known and not self.met_known:
            missing = f"none of the {self.entries} entries was known: posts between two crawls may be missing"
            if not single and not full:
                anew = "if the listing was begun anew, crawl once with --full"
                return End(f"{cannot} {missing}; {anew}", proven=False)
            warnings.append(f"{missing}; crawl more often" if single else missing)
        if page is not None and page.unfollowed:
            reason = f"page {last} has a link {page.unfollowed} that cannot be followed: older posts are not read"
        return End(reason, proven=True, warning="; ".join(warnings))


def end_at_max_pages(sightings: tuple[Sighting, ...], number: int, *, deep: bool) -> End:
    """What it comes to that the listing goes on behind its last page that may be read.

    A first crawl, or one with full=1 (`deep`), was asked to go so deep and no deeper. A later one that has not come
    down to what is known leaves posts unread between the two: it is incomplete, so that the next one walks on as well,
    and closes the gap once max_pages lets it.
    """
    reached = f"max_pages ({number}) reached, the listing goes on"
    if deep:
        return End(f"{reached}: older posts are not read", proven=True)
    if reaches_known(sightings):
        return End(f"max_pages ({number}) reached, older posts are known", proven=True)
    reason = f"{reached}: older posts may be missing; raise max_pages, or crawl once with --full to go on without them"
    return End(reason, proven=False, warning=reason)


def _sign(reason: str) -> str:
    """What the end was seen by, without the word that it is one."""
    return reason.removeprefix("end of the listing").strip(" ()") or "no next page"


def records_of(page: ListingPage) -> frozenset[str]:
    """What a listing page shows, to recognise one that repeats."""
    return frozenset(f"{entry.url or ''} {entry.title} {entry.published_on}" for entry in page.entries)


def reaches_known(sightings: tuple[Sighting, ...]) -> bool:
    """Whether a page, whose newest entries come first, goes down to what was listed before the last completed crawl.

    A known entry shows it where it stands last, or is of a later day than the last; above newer ones it is pinned.
    """
    listed = [one for one in sightings if one.known or one.unknown]
    last = _day(listed[-1]) if listed else None
    later = (day for one in listed if one.known and (day := _day(one)) is not None)
    return bool(listed) and (listed[-1].known or (last is not None and any(day > last for day in later)))


def meets_known(sightings: tuple[Sighting, ...]) -> bool:
    """Whether a page shows anything known that is not pinned: that stands below an unknown entry, or as above."""
    behind = dropwhile(lambda one: not one.unknown, sightings)
    return any(one.known for one in behind) or reaches_known(sightings)


def _day(sighting: Sighting) -> date | None:
    return sighting.post.listed_on if sighting.post is not None else None
