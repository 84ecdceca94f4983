"""Decides what archived pages, read again, correct in a post; pure: it reads no page and writes nothing.

What the archive says of a post is folded line by line in the order in which its listings were fetched, as the crawls
that fetched them did; then the post is what a first reading of all that would have made of it. What the archive does
not say stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.archived import PageRef
from monitor.changes import effective_date, redated, retitled
from monitor.fingerprint import fingerprint
from monitor.models import Label, Post
from monitor.pages import Article, Attachment, Entry
from monitor.periods import local_date
from monitor.text import title_key, whole_title


@dataclass(frozen=True, slots=True)
class Line:
    """What the archived listings say of one post: its newest entry, completed by what older ones say and it does not.

    `label` is None where the source's pattern is not known any more. `titled_by` and `dated_by` are the ids of the
    pages on which the listing first showed the title and the date that it shows now.
    """

    entry: Entry
    label: Label | None
    page: PageRef
    titled_by: int = 0
    dated_by: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A post's own page, read again."""

    article: Article
    page: PageRef


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the archive says of one post; None where it says nothing.

    `newest` is the page of it that was kept last, whether or not it still yields anything. `earlier` are the readings
    of its own page before `reading`, oldest first.
    """

    newest: PageRef
    line: Line | None = None
    reading: Reading | None = None
    earlier: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """The fields of a post that a replay may correct."""

    title: str
    listed_title: str
    listed_on: date | None
    label: str | None
    place: str | None
    url: str | None
    published_on: date | None
    summary: str | None
    body: str | None
    origin: str | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as text for people."""

    field: str
    before: str | None
    after: str | None


def follow(older: Line | None, newer: Line, printed: date | None = None) -> Line:
    """The line of a post after one more listing page, in the order of fetching.

    A date without a year is the latest that it could mean when it was first seen; on later pages month and day must
    do, since years go by. `printed` is such a date from before the archive begins, where nothing older is archived.
    """
    entry = newer.entry
    before = older.entry if older else None
    known = before.published_on if before else printed
    published_on = entry.published_on
    if published_on is None:
        published_on = before.published_on if before else None
    elif not entry.year_printed and known is not None and _same_day(published_on, known):
        published_on = known
    same_title = before is not None and title_key(before.title) == title_key(entry.title)
    same_date = before is not None and before.published_on == published_on
    return replace(
        newer,
        titled_by=older.titled_by if older and same_title else newer.page.id,
        dated_by=older.dated_by if older and same_date else newer.page.id,
        entry=replace(
            entry,
            published_on=published_on,
            summary=entry.summary or (before.summary if before else None),
            body=entry.body or (before.body if before else None),
        ),
    )


def printed_before(post: Post, first: Line, zone: ZoneInfo) -> date | None:
    """The date that the listing printed before the archive begins: None when the archive has the post's first sight."""
    reaches_back = local_date(first.page.fetched_at, zone) <= local_date(post.first_seen_at, zone)
    return None if reaches_back else post.listed_on


def state_of(post: Post) -> State:
    """A post as it is stored."""
    return State(
        title=post.title,
        listed_title=post.listed_title,
        listed_on=post.listed_on,
        label=post.label,
        place=post.place,
        url=post.url,
        published_on=post.published_on,
        summary=post.summary,
        body=post.body,
        origin=post.origin,
        attachments=post.attachments,
    )


def corrected(post: Post, evidence: Evidence) -> State:
    """The post as a first reading of its archived pages gives it.

    The listing's date wins over the page's, the page's whole title over a cut one, and the page's body over the
    listing's, unless the listing came later. A title or date that the page itself changed later than the listing its
    own is the site's edit, as in a crawl.
    """
    state = state_of(post)
    line, reading = evidence.line, evidence.reading
    if line is not None:
        state = _with_line(state, line)
    # Without an archived page of its own, the stored title stands for the page's: it is whole where the line is cut.
    title = whole_title(state.listed_title, reading.article.title if reading else post.title)
    title = _title_of_page(title, evidence)
    if line is not None or title_key(title) != title_key(post.title):
        state = replace(state, title=title)
    if reading is not None:
        state = replace(state, origin=reading.article.origin, attachments=reading.article.attachments)
    published_on = _date_of_page(_published_on(post, evidence), evidence)
    return replace(state, published_on=published_on, body=_body(post, evidence))


def _title_of_page(title: str, evidence: Evidence) -> str:
    since = evidence.line.titled_by if evidence.line else 0
    for before, after in _turns(evidence):
        if after.page.id > since:
            title = retitled(title, before.article.title, after.article.title) or title
    return title


def _date_of_page(published_on: date | None, evidence: Evidence) -> date | None:
    since = evidence.line.dated_by if evidence.line else 0
    for before, after in _turns(evidence):
        if after.page.id > since:
            published_on = redated(before.article.published_on, after.article.published_on) or published_on
    return published_on


def _turns(evidence: Evidence) -> Iterable[tuple[Reading, Reading]]:
    """Each reading of the post's own page with the one before it."""
    return pairwise((*evidence.earlier, evidence.reading)) if evidence.reading is not None else ()


def _with_line(state: State, line: Line) -> State:
    entry, label = line.entry, line.label
    state = replace(state, listed_title=entry.title, listed_on=entry.published_on, summary=entry.summary)
    if entry.url is not None:
        state = replace(state, url=entry.url)
    return replace(state, label=label.text or None, place=label.place) if label is not None else state


def _published_on(post: Post, evidence: Evidence) -> date | None:
    line, reading = evidence.line, evidence.reading
    if line is not None and line.entry.published_on is not None:
        return line.entry.published_on
    if line is None and post.listed_on is not None:
        return post.published_on  # the listing's word, which is not archived
    if reading is not None:
        return reading.article.published_on
    return post.published_on if post.listed_on is None else None  # the page's word stays, the listing's was none


def _body(post: Post, evidence: Evidence) -> str | None:
    line, reading = evidence.line, evidence.reading
    listed = line.entry.body if line else None
    if reading is None:
        return listed or post.body
    # A crawl that finds another body on the listing takes it; what it takes must be no news to the next one.
    if line is not None and listed and line.page.id > reading.page.id:
        return listed
    return reading.article.body


def is_other_content(post: Post, state: State) -> bool:
    """Whether the content fingerprint changes, which makes a revision; a body for a pending post is its first."""
    if state.body is None:
        return False
    if post.body is None:
        return True
    before = fingerprint(post.title, post.body, post.published_on)
    return before != fingerprint(state.title, state.body, state.published_on)


def differences(post: Post, state: State, zone: ZoneInfo) -> tuple[FieldChange, ...]:
    """What `state` corrects, field by field; empty when it is what is stored."""
    effective_on, _ = effective_date(state.published_on, local_date(post.first_seen_at, zone))
    pairs: list[tuple[str, object, object]] = [
        ("title", post.title, state.title),
        ("date", post.published_on, state.published_on),
        ("effective date", post.effective_on, effective_on),
        ("label", post.label, state.label),
        ("place", post.place, state.place),
        ("url", post.url, state.url),
        ("summary", post.summary, state.summary),
        ("body", post.body, state.body),
        ("origin", post.origin, state.origin),
        ("attachments", _told(post.attachments), _told(state.attachments)),
        ("title on the listing", post.listed_title, state.listed_title),
        ("date on the listing", post.listed_on, state.listed_on),
    ]
    return tuple(FieldChange(field, _text(before), _text(after)) for field, before, after in pairs if before != after)


def is_same_record(post: Post, entry: Entry) -> bool:
    """Whether an entry that no identity knows is a post that no archived listing yields any more, read another way.

    To be asked only of an entry of the crawl that first met the post. One of title and body must be the same.
    """
    if title_key(entry.title) == title_key(post.listed_title):
        return True
    return bool(entry.body and post.body and title_key(entry.body) == title_key(post.body))


def _same_day(one: date, other: date) -> bool:
    return (one.month, one.day) == (other.month, other.day)


def _told(attachments: tuple[Attachment, ...]) -> str | None:
    return "\n".join(f"{one.title} {one.url}" for one in attachments) or None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
