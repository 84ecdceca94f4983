"""Writes facts, evidence and the story of each post, in the transaction that read what the story follows from."""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property

from monitor.analysis import DEFECTS, VERSIONS, Analysis
from monitor.facts.findings import Facts
from monitor.models import Post
from monitor.store import fact_rows, rows
from monitor.store.connection import Connection
from monitor.store.placing import place, read_corrections
from monitor.store.story_index import StoryIndex, pack_keys
from monitor.stories.corrections import Corrections
from monitor.stories.deciding import Link, renewed
from monitor.stories.evidence import pack

logger = logging.getLogger("zhaoshang")

_STALE = (
    " FROM (SELECT post_id FROM post_facts WHERE version < ?1 OR version > ?1"
    " UNION SELECT post_id FROM story_evidence WHERE version < ?2 OR version > ?2"
    " UNION SELECT post_id FROM post_facts WHERE problem IS NOT NULL)"
)


class GroupingTables(Connection):
    """Writes to `post_facts`, `story_evidence`, `story_keys`, `stories`, `story_members` and `story_links`."""

    def ungrouped_posts(self, limit: int = 50) -> tuple[Post, ...]:
        """Posts whose present text was not read yet for facts and story, oldest first by effective date."""
        found = self._rows(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE grouped <> revision"
            " ORDER BY posts.effective_on, posts.id LIMIT ?",
            limit,
        )
        return tuple(rows.post(row) for row in found)

    def ungrouped(self) -> int:
        """How many posts those are."""
        return int(self._rows("SELECT COUNT(*) FROM posts WHERE grouped <> revision")[0][0])

    def record_analyses(self, batch: Sequence[Analysis], now: datetime) -> tuple[int, ...]:
        """Store what was read, and put each post into a story, its own or an earlier one; the posts that this did.

        What another process has dealt with meanwhile, or what was revised since it was read, is left out. A post that
        has a story stays there: only its facts and its evidence are replaced.
        """
        with self._indexing() as conn:
            open_ = self._still_open(conn, batch)
            if not open_:
                return ()
            corrections = read_corrections(conn)
            for one in open_:
                self._record(conn, one, corrections, now)
        return tuple(one.post_id for one in open_)

    # -- reading the archive again ---------------------------------------------------------------------------------

    def stale(self) -> int:
        """How many posts were read by rules of another version, or could not be read."""
        return int(self._rows(f"SELECT COUNT(*){_STALE}", *VERSIONS)[0][0])

    def stale_posts(self, after: int = 0, limit: int = 50) -> tuple[Post, ...]:
        """The next of these by id, after the post `after`."""
        found = self._rows(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id IN"
            f" (SELECT post_id{_STALE} WHERE post_id > ?3 ORDER BY post_id LIMIT ?4) ORDER BY posts.id",
            *VERSIONS,
            after,
            limit,
        )
        return tuple(rows.post(row) for row in found)

    def replace_analyses(self, batch: Sequence[Analysis]) -> None:
        """Store what was read again of posts that have a story, which stays; what was revised meanwhile waits."""
        with self._indexing() as conn:
            for one in batch:
                row = conn.execute("SELECT revision, grouped FROM posts WHERE id = ?", [one.post_id]).fetchone()
                if row["revision"] == row["grouped"] == one.revision:
                    self._replace(conn, one, self._story_index.telling(one.keys), one.problem)

    # -- one post --------------------------------------------------------------------------------------------------

    @cached_property
    def _story_index(self) -> StoryIndex:
        # A post's keys lie all over the index: with SQLite's two megabytes most of it is read again for each post.
        self._conn.execute("PRAGMA cache_size = -65536")
        return StoryIndex(self._conn)

    @contextmanager
    def _indexing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that the index has a part in. Undone, what the index has in memory is forgotten as well."""
        try:
            with self._write() as conn:
                self._story_index.refresh()
                yield conn
                self._story_index.file()
        except BaseException:
            self.__dict__.pop("_story_index", None)
            raise

    def _still_open(self, conn: sqlite3.Connection, batch: Sequence[Analysis]) -> list[Analysis]:
        marks = ", ".join("?" * len(batch))
        found = conn.execute(
            f"SELECT id, revision FROM posts WHERE id IN ({marks}) AND grouped <> revision",
            [one.post_id for one in batch],
        ).fetchall()
        revisions = {row["id"]: row["revision"] for row in found}
        return [one for one in batch if revisions.get(one.post_id) == one.revision]

    def _record(self, conn: sqlite3.Connection, one: Analysis, corrections: Corrections, now: datetime) -> None:
        known = self._story_index.stories_of([one.post_id])
        if known:
            self._replace(conn, one, self._story_index.telling(one.keys), one.problem)
            self._renew_reasons(conn, one.post_id)
        else:
            placed = place(conn, self._story_index, one.post_id, one.evidence, one.keys, corrections)
            self._replace(conn, one, placed.telling, one.problem or placed.problem)
            story = self._enter(conn, one.post_id, placed.assignment.joins, now)
            if placed.assignment.joins is None and one.evidence is not None:
                self._story_index.count_words(story, one.evidence)
            self._tie(conn, one.post_id, placed.assignment.links)
        conn.execute("UPDATE posts SET grouped = ? WHERE id = ?", [one.revision, one.post_id])

    def _replace(self, conn: sqlite3.Connection, one: Analysis, telling: Iterable[int], problem: str) -> None:
        """Facts, evidence and keys of a post, in place of those that it may have had."""
        marks = ", ".join("?" * len(fact_rows.COLUMNS.split(",")))
        values, packed = _as_columns(one, problem)
        conn.execute(f"INSERT OR REPLACE INTO post_facts ({fact_rows.COLUMNS}) VALUES ({marks})", values)
        old = conn.execute("SELECT keys FROM story_evidence WHERE post_id = ?", [one.post_id]).fetchone()
        if old is not None:
            self._story_index.remove(one.post_id, old["keys"])
            conn.execute("DELETE FROM story_evidence WHERE post_id = ?", [one.post_id])
        self._story_index.forget(one.post_id)
        if packed is not None:
            kept = sorted(telling)  # in the order of the index
            self._story_index.add(one.post_id, kept)
            conn.execute(
                "INSERT INTO story_evidence VALUES (?, ?, ?, ?)",
                [one.post_id, VERSIONS[1], packed, pack_keys(kept)],
            )

    def _renew_reasons(self, conn: sqlite3.Connection, post_id: int) -> None:
        """Say anew why a revised post is where it is, and those that were matched with it; their stories stay."""
        found = conn.execute(
            "SELECT member.post_id, with_post FROM story_members AS member JOIN posts AS own ON own.id = member.post_id"
            " JOIN posts AS other ON other.id = with_post WHERE tie IN ('copy', 'same')"
            " AND (member.post_id = ?1 OR with_post = ?1)"
            " AND COALESCE(own.copy_of, own.id) <> COALESCE(other.copy_of, other.id) LIMIT 200",
            [post_id],
        ).fetchall()
        evidence = self._story_index.evidence(sorted({one for row in found for one in tuple(row)}))
        for member, other in map(tuple, found):
            if member in evidence and other in evidence:
                tie, worth, told = renewed(evidence[member], evidence[other], self._story_index.rarity)
                conn.execute(
                    "UPDATE story_members SET tie = ?, score = ?, reasons = ? WHERE post_id = ?",
                    [tie.value, worth, as_json(told), member],
                )

    def _enter(self, conn: sqlite3.Connection, post_id: int, joins: Link | None, now: datetime) -> int:
        story = joins.story if joins else self._found_story(conn, now)
        conn.execute("INSERT INTO story_members VALUES (?, ?, ?, ?, ?, ?)", member_row(post_id, story, joins))
        return story

    def _found_story(self, conn: sqlite3.Connection, now: datetime) -> int:
        cursor = conn.execute("INSERT INTO stories (founded_at) VALUES (?)", [rows.instant(now)])
        return int(cursor.lastrowid or 0)

    def _tie(self, conn: sqlite3.Connection, post_id: int, links: Iterable[Link]) -> None:
        """Tie the post's story to others, but to those that a hand took the tie from."""
        for link in links:
            if not self._is_unlinked(conn, post_id, link.post_id):
                conn.execute(
                    "INSERT OR REPLACE INTO story_links VALUES (?, ?, ?, ?, ?)",
                    [post_id, link.post_id, link.tie.value, link.score, as_json(link.reasons)],
                )

    def _is_unlinked(self, conn: sqlite3.Connection, post_id: int, other_id: int) -> bool:
        """Whether a hand took the tie between the stories of two posts: whichever of their posts it was said of."""
        story_of = "(SELECT story_id FROM story_members WHERE post_id = {})"
        found = conn.execute(
            "SELECT EXISTS (SELECT 1 FROM story_corrections JOIN story_members AS one ON one.post_id = post_a"
            " JOIN story_members AS other ON other.post_id = post_b WHERE kind = 'unlinked' AND"
            f" ((one.story_id = {story_of.format('?1')} AND other.story_id = {story_of.format('?2')})"
            f" OR (one.story_id = {story_of.format('?2')} AND other.story_id = {story_of.format('?1')})))",
            [post_id, other_id],
        ).fetchone()
        return bool(found[0])


def _as_columns(one: Analysis, problem: str) -> tuple[list[object], str | None]:
    """The columns of post_facts, and the evidence as text; of what no column can hold, that it cannot be read."""
    try:
        packed = pack(one.evidence) if one.evidence is not None else None
        return fact_rows.columns(one.post_id, VERSIONS[0], one.facts, problem), packed
    except DEFECTS as error:
        logger.exception("post %d: its facts could not be stored", one.post_id)
        problem = f"{type(error).__name__}: {error}"[:500]
        return fact_rows.columns(one.post_id, VERSIONS[0], Facts(published=one.facts.published), problem), None


def member_row(post_id: int, story: int, joins: Link | None) -> list[object]:
    """A row of story_members."""
    if joins is None:
        return [post_id, story, None, None, 1.0, "[]"]
    return [post_id, story, joins.tie.value, joins.post_id, joins.score, as_json(joins.reasons)]


def as_json(reasons: Sequence[str]) -> str:
    """Reasons as their column holds them."""
    return json.dumps(reasons, ensure_ascii=False)
