"""Decides what a digest tells of edits, withdrawals and returns of known posts; pure, and without a format."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from digests.content import NO_PLACE, ChangeKind, ChangeLine, Copy
from digests.wording import CHINESE, Words
from monitor.comparison import compare, excerpt, is_telling, statements
from monitor.history import EventKind, PostEvent
from monitor.models import ChangedPost
from monitor.periods import local_date
from monitor.text import without_label

_LENGTH = 120  # characters of an excerpt: two lines on a page, as for a summary, and a word of what is around
_ORDER = (ChangeKind.WITHDRAWN, ChangeKind.RESTORED, ChangeKind.REVISED)


def change_lines(
    changed: Iterable[ChangedPost], titles: Mapping[str, str], zone: ZoneInfo, words: Words = CHINESE
) -> tuple[ChangeLine, ...]:
    """One line for each change that is worth telling, withdrawals first; copies that changed alike are one line.

    What was changed and changed back, or withdrawn and back before anybody was told, is no change.
    """
    lines: dict[tuple[ChangeKind, int], ChangeLine] = {}
    for one in changed:
        line = _line(one, titles, zone, words)
        if line is None:
            continue
        key = (line.kind, one.post.copy_of or one.post.id)
        known = lines.get(key)
        copy = Copy(line.post_id, line.title, line.url, line.source)
        lines[key] = replace(known, copies=(*known.copies, copy)) if known else line
    return tuple(sorted(lines.values(), key=lambda line: (_ORDER.index(line.kind), line.changed_on, line.post_id)))


def _line(one: ChangedPost, titles: Mapping[str, str], zone: ZoneInfo, words: Words) -> ChangeLine | None:
    kind, event = _kind(one)
    if kind is None or event is None:
        return None
    post = one.post
    line = ChangeLine(
        post_id=post.id,
        kind=kind,
        title=without_label(one.current.title),
        place=post.place or NO_PLACE,
        url=post.url,
        source=titles.get(post.source_name, post.source_name),
        changed_on=local_date(event.at, zone),
        reason=event.reason,
    )
    if kind is ChangeKind.WITHDRAWN:
        return line
    if not is_telling(one.known, one.current):
        return line if kind is ChangeKind.RESTORED else None
    comparison = compare(one.known, one.current)
    return replace(line, statements=statements(comparison, words.statements), excerpt=excerpt(comparison, _LENGTH))


def _kind(one: ChangedPost) -> tuple[ChangeKind | None, PostEvent | None]:
    """What all the events come to, and the event that says when."""
    presence = [event for event in one.events if event.kind in (EventKind.WITHDRAWN, EventKind.RESTORED)]
    # Told of its withdrawal before, the readers see its return first; and back and gone again is what they know.
    if presence and presence[0].kind is presence[-1].kind:
        return ChangeKind(presence[-1].kind.value), presence[-1]
    return (None, None) if one.told_alike else _revised(one.events)


def _revised(events: Sequence[PostEvent]) -> tuple[ChangeKind | None, PostEvent | None]:
    revised = [event for event in events if event.kind is EventKind.REVISED]
    return (ChangeKind.REVISED, revised[-1]) if revised else (None, None)
