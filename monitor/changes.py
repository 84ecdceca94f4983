"""Decides what a sighting of a known post means; pure, and ignorant of where either side came from."""

from dataclasses import dataclass
from datetime import date, timedelta

from monitor.fingerprint import fingerprint
from monitor.models import Post, PostStatus, Verdict
from monitor.pages import Article, Entry
from monitor.text import continues, title_key, whole_title


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict with the content that holds from now on."""

    verdict: Verdict
    title: str
    body: str | None
    published_on: date | None


def effective_date(published_on: date | None, first_seen_on: date) -> tuple[date, bool]:
    """The effective date, and whether it is the publication date.

    A publication date is plausible when it is no later than the day after first sight. First sight, not today, is
    the measure, so that an effective date never changes by the mere passing of time.
    """
    if published_on is not None and published_on <= first_seen_on + timedelta(days=1):
        return published_on, True
    return first_seen_on, False


def decide_entry(old: Post, entry: Entry, *, owner: bool) -> Change:
    """What a listing's line says about a known post.

    `owner`: the line comes from the source that first stored the post. Another listing that links the same page cuts
    titles and prints dates in its own way; from it only a first body is taken.
    The line is compared with what the listing showed last time, not with the post: the title of the post may be the
    page's, whole where the listing cuts it.
    """
    if not owner:
        if old.status is PostStatus.PENDING and entry.body:
            return Change(Verdict.COMPLETED, old.title, entry.body, old.published_on or entry.published_on)
        return Change(Verdict.UNCHANGED, old.title, old.body, old.published_on)
    same_title = title_key(entry.title) == title_key(old.listed_title) or continues(entry.title, old.title)
    title = old.title if same_title else entry.title
    redated = entry.published_on is not None and not _same_day(entry, old.listed_on)
    published_on = entry.published_on if redated else old.published_on
    return _judged(old, title, entry.body or old.body, published_on)


def _same_day(entry: Entry, listed_on: date | None) -> bool:
    """Whether a line still prints the date it had. Without a year, month and day must do: years go by."""
    if entry.published_on is None or listed_on is None or entry.year_printed:
        return entry.published_on == listed_on
    return (entry.published_on.month, entry.published_on.day) == (listed_on.month, listed_on.day)


def decide_article(old: Post, article: Article) -> Change:
    """What a post's own page says about it. The listing's date wins over the page's; the whole title over a cut one."""
    title = whole_title(old.title, article.title)
    published_on = old.published_on or article.published_on
    return _judged(old, title, article.body, published_on)


def _judged(old: Post, title: str, body: str | None, published_on: date | None) -> Change:
    if body is None:  # still pending: the line may correct title and date, which is no revision of a text never read
        return Change(Verdict.UNCHANGED, title, None, published_on)
    if old.status is PostStatus.PENDING:
        return Change(Verdict.COMPLETED, title, body, published_on)
    # Both sides are hashed now, by today's version, so that an improved fingerprint announces nothing by itself.
    before = fingerprint(old.title, old.body or "", old.published_on)
    same = before == fingerprint(title, body, published_on)
    if same:
        return Change(Verdict.UNCHANGED, old.title, old.body, old.published_on)
    return Change(Verdict.REVISED, title, body, published_on)
