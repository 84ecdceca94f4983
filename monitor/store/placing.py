"""Places one post among the stories: by hand, as a copy, or by what it is compared with; it writes no story.

What it is worth to share is decided in monitor.stories; which posts are looked at, in the index.
"""

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.analysis import DEFECTS
from monitor.store.story_index import StoryIndex
from monitor.storied import Tie
from monitor.stories.corrections import Corrections, Said
from monitor.stories.deciding import Assignment, Candidate, Link, assign
from monitor.stories.evidence import Evidence

WHOLE_COPY = "全文相同"
BY_HAND = "人工指定"

logger = logging.getLogger("zhaoshang")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a post goes. `telling` are the keys under which it is worth to be found; `problem` a slip of ours."""

    assignment: Assignment
    telling: tuple[int, ...] = ()
    problem: str = ""


def place(
    conn: sqlite3.Connection,
    index: StoryIndex,
    post_id: int,
    evidence: Evidence | None,
    keys: tuple[int, ...],
    corrections: Corrections,
) -> Placed:
    """Decide where a post goes: with whom a hand put it, with a post of the same text, or with what is near."""
    apart = set(index.stories_of(corrections.kept_from(post_id)).values())
    candidates, telling = index.candidates(keys, but_for=post_id)
    found, problem = _compared(post_id, evidence, candidates, apart, index)
    joins = _with_copy(conn, index, post_id, apart) or found.joins
    hand = _by_hand(index, post_id, corrections)
    if hand is not None and (joins is None or joins.story != hand.story):
        joins = hand
    links = tuple(link for link in found.links if joins is None or link.story != joins.story)
    return Placed(Assignment(joins, links), tuple(telling), problem)


def _compared(
    post_id: int, evidence: Evidence | None, candidates: Sequence[Candidate], apart: set[int], index: StoryIndex
) -> tuple[Assignment, str]:
    if evidence is None:
        return Assignment(None), ""
    try:
        return assign(evidence, candidates, apart=apart, rarity=index.rarity), ""
    except DEFECTS as error:
        logger.exception("post %d: it could not be compared with others", post_id)
        return Assignment(None), f"{type(error).__name__}: {error}"[:500]


def _by_hand(index: StoryIndex, post_id: int, corrections: Corrections) -> Link | None:
    stories = index.stories_of(corrections.together_with(post_id))
    if not stories:
        return None
    with_post, story = min(stories.items())
    return Link(story, with_post, Tie.HAND, 1.0, (BY_HAND,))


def _with_copy(conn: sqlite3.Connection, index: StoryIndex, post_id: int, apart: set[int]) -> Link | None:
    """The story of the first post that has the same text, to the letter as far as letters count."""
    copies = conn.execute(
        "SELECT id FROM posts WHERE id = (SELECT copy_of FROM posts WHERE id = ?1) OR copy_of IN"
        " (SELECT COALESCE(copy_of, id) FROM posts WHERE id = ?1) ORDER BY id LIMIT 200",
        [post_id],
    ).fetchall()
    stories = index.stories_of([row[0] for row in copies if row[0] != post_id])
    allowed = {one: story for one, story in stories.items() if story not in apart}
    if not allowed:
        return None
    with_post, story = min(allowed.items())
    return Link(story, with_post, Tie.COPY, 1.0, (WHOLE_COPY,))


def read_corrections(conn: sqlite3.Connection) -> Corrections:
    """All that hands have said of which posts are one event."""
    said: dict[str, list[tuple[int, int]]] = {kind: [] for kind in Said}
    for row in conn.execute("SELECT post_a, post_b, kind FROM story_corrections ORDER BY post_a, post_b"):
        said[row["kind"]].append((row["post_a"], row["post_b"]))
    return Corrections(said[Said.TOGETHER], said[Said.APART])
