"""Decides what a sighting of a known post means; pure, and ignorant of where either side came from."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.fingerprint import fingerprint
from monitor.history import Wording
from monitor.models import Post, PostStatus, Verdict
from monitor.pages import Article, Entry
from monitor.text import continues, title_key, whole_title, without_label

FLAPPING_AFTER = 3  # looks in a row that each found another text


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict with the content that was seen."""

    verdict: Verdict
    title: str
    body: str | None
    published_on: date | None

    @property
    def fingerprint(self) -> str:
        """Of the content that was seen."""
        return fingerprint(self.title, self.body or "", self.published_on)


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


def decide_visit(old: Post, article: Article, before: Article | None) -> Change:
    """What a known post's own page says about it; `before` is how the page that it was last read from reads today.

    Between two readings of its page the page's own title and date are evidence, too, whatever the listing shows: a post
    far down a listing is met there no more.
    """
    change = decide_article(old, article)
    if before is None or change.verdict is Verdict.COMPLETED:
        return change
    title = retitled(old.title, before.title, article.title) or change.title
    published_on = redated(before.published_on, article.published_on) or change.published_on
    return _judged(old, title, article.body, published_on)


def redated(before: date | None, now: date | None) -> date | None:
    """The new date where a page itself bore another one before."""
    return now if before is not None and before != now else None


def retitled(known: str, before: str | None, now: str | None) -> str | None:
    """The new title where a page's own title was the post's, with or without its label, and is another one now."""
    if not before or not now or title_key(before) == title_key(now):
        return None
    if title_key(before) == title_key(known):
        return now
    bare = without_label(known)
    return known.removesuffix(bare) + now if title_key(before) == title_key(bare) else None


def follow(old: Post, change: Change, *, steady: bool = True, returns: bool = False) -> Change:
    """What a look at the text of a complete post means, in the light of the looks before it.

    A post that shows another text at every look is flapping: what it shows is no longer taken for its content, until
    it shows the same twice; then it has settled, and the verdict is that on what it settled to. `steady` is False when
    two looks, one right after the other, did not see the same: a clock, a counter, a random line. `returns`: the text
    goes to and fro between wordings that it had before, as behind two servers that do not agree.
    """
    if old.flapping:
        if not steady or change.fingerprint != old.flapping_print:
            return replace(change, verdict=Verdict.FLAPPING)
    elif change.verdict is Verdict.REVISED and (not steady or returns or old.streak + 1 >= FLAPPING_AFTER):
        return replace(change, verdict=Verdict.FLAPPING)
    if old.withdrawn_at is not None:
        return replace(change, verdict=Verdict.RESTORED)
    return change


def wording_of(post: Post) -> Wording:
    """What a post says, as far as it has been read."""
    return Wording(post.title, post.body or "", post.published_on)


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
