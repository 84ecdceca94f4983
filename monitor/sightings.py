"""Turns the entries of one listing page into sightings ready for the store: who is admitted, and by which identity.

Pure. It knows one page at a time; what was seen before is the store's business.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.identity import canonical_url, listing_identity, shared_line_identity, url_identity
from monitor.models import Label, Verdict
from monitor.pages import Entry, ListingPage
from monitor.text import LabelPattern, clean, clean_body, continues, is_cut, title_key


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry with its identity. `verdict` is OFF_LABEL or REJECTED when that is already certain.

    `identity` is what a new post is stored under; `bare` is the identity of the URL alone, under which the post may be
    known from a page where it had the URL to itself. `shared` says that other entries of this page have the same URL.
    """

    entry: Entry
    identity: str
    bare: str | None = None
    shared: bool = False
    label: Label | None = None
    verdict: Verdict | None = None
    reason: str = ""


def prepare(page: ListingPage, source_id: int, pattern: LabelPattern) -> tuple[Candidate, ...]:
    """The page's entries as candidates, each identity once, in page order.

    What an entry is does not depend on the order of the page: of two lines for one post the fuller one is kept.
    """
    entries = [_tidied(entry, page.url) for entry in page.entries]
    kept: list[Candidate] = []
    usable: list[Entry] = []
    for entry in entries:
        reason = _reject_reason(entry)
        if reason:
            kept.append(Candidate(entry, "", verdict=Verdict.REJECTED, reason=reason))
        else:
            usable.append(entry)
    by_identity: dict[str, Candidate] = {}
    for candidate in _identified(usable, source_id):
        known = by_identity.get(candidate.identity)
        if known is None or _fullness(candidate.entry) > _fullness(known.entry):
            by_identity[candidate.identity] = candidate
    place = {id(entry): position for position, entry in enumerate(entries)}
    kept += [_labelled(candidate, pattern) for candidate in by_identity.values()]
    return tuple(sorted(kept, key=lambda candidate: place[id(candidate.entry)]))


def _tidied(entry: Entry, page_url: str) -> Entry:
    url = entry.url or None
    if url:
        try:
            # A link back to the listing itself is no address of the post.
            url = None if canonical_url(url) == canonical_url(page_url) else url
        except ValueError:
            url = None
    body = clean_body(entry.body) if entry.body else None
    summary = clean(entry.summary) if entry.summary else None
    return replace(entry, title=clean(entry.title), url=url, body=body or None, summary=summary or None)


def _reject_reason(entry: Entry) -> str:
    if not title_key(entry.title):
        return "no title"
    if entry.url is None and entry.body is None:
        return "neither text nor link"
    return ""


def _identified(entries: list[Entry], source_id: int) -> Iterable[Candidate]:
    by_url: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.url is None:
            yield Candidate(entry, listing_identity(source_id, entry.title, entry.published_on))
        else:
            by_url[url_identity(entry.url)].append(entry)
    for bare, group in by_url.items():
        distinct = _without_repeats(group)
        for entry in distinct:
            if len(distinct) == 1:
                yield Candidate(entry, bare, bare=bare)
            else:
                key = shared_line_identity(bare, entry.title, entry.published_on)
                yield Candidate(entry, key, bare=bare, shared=True)


def _without_repeats(group: list[Entry]) -> list[Entry]:
    """The posts behind one URL: a sidebar that repeats a title without its date, or cut short, adds none."""
    kept: list[Entry] = []
    for entry in sorted(group, key=_fullness, reverse=True):
        if not any(_repeats(entry, fuller) for fuller in kept):
            kept.append(entry)
    return kept


def _repeats(entry: Entry, fuller: Entry) -> bool:
    if entry.published_on not in (None, fuller.published_on):
        return False
    return title_key(entry.title) == title_key(fuller.title) or continues(entry.title, fuller.title)


def _fullness(entry: Entry) -> tuple[object, ...]:
    return (
        entry.published_on is not None,
        not is_cut(entry.title),
        len(entry.body or ""),
        entry.body or "",
        entry.summary or "",
        entry.title,
        str(entry.published_on),
        entry.url or "",
    )


def _labelled(candidate: Candidate, pattern: LabelPattern) -> Candidate:
    label = pattern.match(candidate.entry.title)
    if label is None:
        return replace(candidate, verdict=Verdict.OFF_LABEL, reason=f"not {pattern.written}")
    return replace(candidate, label=label)
