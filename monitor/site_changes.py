"""Tells edits of posts from changes of the site around them: what several posts share is no edit; pure.

A new template that our reading takes for text adds the same sentences to every post; an edit is a post's own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.comparison import sentences
from monitor.history import Wording
from monitor.text import title_key

_SHARED_BY = 2  # different posts, and …
_SHARE = 0.5  # … so many of those that were looked at from the first of them on

_ADDRESS = re.compile(r"(?:https?://)?[\w.-]+(?:/[\w./%-]*)?\.s?html?|https?://\S+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision of a post, by the id of its event. `looked`: how many posts were looked at from that crawl on."""

    event_id: int
    before: Wording
    after: Wording
    looked: int


def of_the_site(revised: Sequence[Revised], others: Sequence[str]) -> frozenset[int]:
    """The events whose revisions are made of nothing but what other posts show as well.

    `others` are bodies of posts of the same source that were not revised. A sentence is shared when at least 2
    different posts gained it, or lost it, and they are half of those looked at since; or when a post gained what half
    of the others have always had. Copies are one post. Two of many that are corrected alike are corrected.
    """
    changed = {one.event_id: _changed(one) for one in revised}
    posts: dict[str, set[str]] = defaultdict(set)
    looked: dict[str, int] = defaultdict(int)
    for one in revised:
        for piece in changed[one.event_id]:
            posts[piece].add(title_key(one.before.body))
            looked[piece] = max(looked[piece], one.looked)
    shared = {
        piece
        for piece, sharing in posts.items()
        if len(sharing) >= _SHARED_BY and len(sharing) >= _SHARE * looked[piece]
    }
    had = Counter(f"+{sentence}" for body in others for sentence in _sentences(body))
    shared |= {piece for piece, n in had.items() if piece in posts and n >= _SHARED_BY and n >= _SHARE * len(others)}
    return frozenset(event for event, pieces in changed.items() if pieces and pieces <= shared)


def _changed(one: Revised) -> frozenset[str]:
    """What a revision added (+) and took away (-): sentences of the body, what is put around a title, another date."""
    titles = (one.after.title, one.before.title)
    before, after = _sentences(one.before.body, *titles), _sentences(one.after.body, *titles)
    pieces = {f"+{sentence}" for sentence in after - before} | {f"-{sentence}" for sentence in before - after}
    old, new = title_key(one.before.title), title_key(one.after.title)
    if old != new:
        pieces.add(f"title {new.replace(old, '…')}" if old in new else f"title {old.replace(new, '…')} {new}")
    if one.before.published_on != one.after.published_on and one.before.published_on is not None:
        pieces.add(f"date {one.after.published_on}")  # all posts bear that of a move to another system
    return frozenset(pieces)


def _sentences(body: str, *titles: str) -> frozenset[str]:
    """The sentences, without what a template puts in of each post: its title and its address."""
    found: set[str] = set()
    for sentence in sentences(body).texts:
        key = title_key(_ADDRESS.sub("…", sentence))
        for title in filter(None, map(title_key, titles)):
            key = key.replace(title, "…")
        found.add(key)
    return frozenset(found - {""})
