"""When a known post is looked at again, and what a look that finds it gone may prove; pure, and without a page."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from monitor.identity import canonical_url

_EARLY = timedelta(hours=2)  # a crawl that starts earlier in the day than the last one must not put a look off a day
_MANY = 3  # posts: no more than these may vanish on one day without a second thought
_SHARE_GONE = 0.2
_FRONT = re.compile(r"/?(?:(?:index|default|home|main)(?:\.\w+)?)?", re.IGNORECASE)  # names of a folder's own page


@dataclass(frozen=True, slots=True)
class VisitRules:
    """The settings of `[changes]`. `recent`: the age up to which a post is followed that nobody was told of."""

    after: tuple[timedelta, ...] = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30))
    every: timedelta = timedelta(days=30)
    until: timedelta = timedelta(days=180)
    a_day: int = 50
    withdraw_after: timedelta = timedelta(hours=24)
    recent: timedelta = timedelta(days=30)

    @property
    def first(self) -> timedelta:
        """From a post's reading or announcement to the first look."""
        return self.after[0] if self.after else self.every


def next_visit(since: datetime, now: datetime, rules: VisitRules) -> datetime | None:
    """The first look after `now` at a post that is followed from `since` on; None when that is over.

    Looks that were missed, by downtime or for want of room in a day, are not made up for: the next one sees the same.
    """
    if since > now:  # the clock was set back
        return now + rules.first - _EARLY
    for step in rules.after:
        if since + step - _EARLY > now:
            return since + step - _EARLY
    last = since + (rules.after[-1] if rules.after else timedelta()) - _EARLY
    turns = (now - last) // rules.every + 1
    following = last + turns * rules.every
    return following if following - since <= rules.until else None


def is_followed(effective_on: date, today: date, rules: VisitRules) -> bool:
    """Whether a post is recent enough to be looked at again although nobody was told of it."""
    return today - effective_on <= rules.recent


def is_mass_vanishing(gone: int, visited: int) -> bool:
    """Whether so many of the posts looked at on one day are gone that the site is to blame, and nothing is withdrawn.

    More than 3, and over 20 %.
    """
    return gone > _MANY and gone > _SHARE_GONE * visited


def leads_home(asked: str, answered: str, listing: str) -> bool:
    """Whether a post's address leads to its listing or to the home page instead: as good as a 404."""
    try:
        if canonical_url(asked) == canonical_url(answered) or _names(asked) & _names(answered):
            return False
        if _folder(canonical_url(answered)) == _folder(canonical_url(listing)):
            return True
        return _FRONT.fullmatch(urlsplit(answered).path) is not None
    except ValueError:
        return False


def _names(url: str) -> frozenset[tuple[str, str]]:
    """What an address names in its query: one that still names the same leads to the same."""
    return frozenset(parse_qsl(urlsplit(url).query))


def _folder(url: str) -> str:
    """An address without the name of the page that a folder shows by itself: `/list/index.html` is `/list/`."""
    path, slash, name = url.partition("?")[0].rpartition("/")
    return path + slash + ("" if _FRONT.fullmatch(name) else name)
