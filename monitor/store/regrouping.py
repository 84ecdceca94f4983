"""Groups all posts anew beside the stories that there are, then puts the outcome in their place and tells what changed.

The new grouping is made in temporary tables, from stored evidence and in the order of publication: whoever crawls
meanwhile waits for the end only, and cut short, nothing has happened.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from monitor.errors import StoreLocked
from monitor.store.corrections import CorrectionTables
from monitor.store.grouping import as_json, member_row
from monitor.store.placing import place, read_corrections
from monitor.store.story_index import StoryIndex
from monitor.storied import StoryChange
from monitor.stories.corrections import Corrections
from monitor.stories.keys import keys_of

_CHUNK = 500
_TOLD = 200  # characters of a title

_TABLES = (
    "DROP TABLE IF EXISTS temp.regrouped",
    "DROP TABLE IF EXISTS temp.regrouped_keys",
    "DROP TABLE IF EXISTS temp.regrouped_links",
    # Stories go by the post that founded them, until it is known which of the old ones they are.
    (
        "CREATE TEMP TABLE regrouped (post_id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL, tie TEXT,"
        " with_post INTEGER, score REAL NOT NULL, reasons TEXT NOT NULL)"
    ),
    "CREATE INDEX temp.regrouped_by_story ON regrouped(story_id)",
    (
        "CREATE TEMP TABLE regrouped_keys (key INTEGER NOT NULL, post_id INTEGER NOT NULL, PRIMARY KEY (key, post_id))"
        " WITHOUT ROWID"
    ),
    (
        "CREATE TEMP TABLE regrouped_links (post_id INTEGER NOT NULL, other_id INTEGER NOT NULL, tie TEXT NOT NULL,"
        " score REAL NOT NULL, reasons TEXT NOT NULL, PRIMARY KEY (post_id, other_id)) WITHOUT ROWID"
    ),
)


class RegroupTables(CorrectionTables):
    """Writes to what the grouping of posts writes to; corrections stay as they are, and hold."""

    def regroup(
        self, now: datetime, *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> tuple[StoryChange, ...]:
        """Group all posts anew, and tell which stories that merged and split.

        Posts that are grouped by another process meanwhile stay with the post that they were matched with. Raises
        StoreLocked when somebody corrected stories by hand meanwhile: then nothing was changed.
        """
        with self._told():
            for statement in _TABLES:
                self._conn.execute(statement)
        said = self._said()
        total = int(self._rows("SELECT COUNT(*) FROM story_members")[0][0])
        index = StoryIndex(self._conn, keys="temp.regrouped_keys", members="temp.regrouped")
        corrections = read_corrections(self._conn)
        for done, post_id in enumerate(self._in_order(), 1):
            with self._told():
                self._regroup_one(index, post_id, corrections)
            if progress and (done % _CHUNK == 0 or done == total):
                progress(done, max(done, total))
        with self._write() as conn:
            if self._said() != said:
                raise StoreLocked("stories were corrected meanwhile", where=str(self.path), todo="run it again")
            numbers, changes = self._compared(conn)
            if not dry_run:
                self._apply_changed(conn, numbers, now)
        if not dry_run:
            self._renew_ties()
        return changes

    def _said(self) -> tuple[tuple[object, ...], ...]:
        return tuple(tuple(row) for row in self._rows("SELECT * FROM story_corrections"))

    def _in_order(self) -> Iterator[int]:
        """Every grouped post by effective date, then id."""
        day, last = "", 0
        while True:
            found = self._rows(
                "SELECT posts.id, effective_on FROM posts JOIN story_members ON post_id = posts.id"
                " WHERE (effective_on, posts.id) > (?, ?) ORDER BY effective_on, posts.id LIMIT ?",
                day,
                last,
                _CHUNK,
            )
            if not found:
                return
            yield from (row["id"] for row in found)
            day, last = found[-1]["effective_on"], found[-1]["id"]

    def _regroup_one(self, index: StoryIndex, post_id: int, corrections: Corrections) -> None:
        conn = self._conn
        evidence = index.evidence([post_id]).get(post_id)
        keys = keys_of(evidence) if evidence is not None else ()
        placed = place(conn, index, post_id, evidence, keys, corrections)
        joins = placed.assignment.joins
        row = member_row(post_id, joins.story if joins else post_id, joins)
        conn.execute("INSERT INTO regrouped VALUES (?, ?, ?, ?, ?, ?)", row)
        index.add(post_id, placed.telling)
        conn.executemany(
            "INSERT OR REPLACE INTO regrouped_links VALUES (?, ?, ?, ?, ?)",
            [[post_id, one.post_id, one.tie.value, one.score, as_json(one.reasons)] for one in placed.assignment.links],
        )

    # -- the old stories and the new -------------------------------------------------------------------------------

    def _compared(self, conn: sqlite3.Connection) -> tuple[dict[int, int | None], tuple[StoryChange, ...]]:
        """Which old story each changed new one is (None: it is another), and what that changes.

        A new story is the old one that most of its posts come from, unless another has more of it.
        """
        conn.execute("DROP TABLE IF EXISTS temp.overlaps")
        conn.execute(
            "CREATE TEMP TABLE overlaps AS SELECT new.story_id AS new, old.story_id AS old, COUNT(*) AS posts"
            " FROM regrouped AS new JOIN story_members AS old ON old.post_id = new.post_id GROUP BY 1, 2"
        )
        found = conn.execute(
            "SELECT new, old FROM overlaps WHERE new IN (SELECT new FROM overlaps GROUP BY new HAVING COUNT(*) > 1)"
            " OR old IN (SELECT old FROM overlaps GROUP BY old HAVING COUNT(*) > 1) ORDER BY posts DESC, old, new"
        ).fetchall()
        numbers: dict[int, int | None] = {row["new"]: None for row in found}
        came_from, went_to = defaultdict(set), defaultdict(set)
        taken: set[int] = set()
        for row in found:
            came_from[row["new"]].add(row["old"])
            went_to[row["old"]].add(row["new"])
            if numbers[row["new"]] is None and row["old"] not in taken:
                numbers[row["new"]] = row["old"]
                taken.add(row["old"])
        changes = [self._merged(conn, new, numbers[new], old) for new, old in sorted(came_from.items()) if len(old) > 1]
        changes += [self._split(conn, old, numbers) for old, new in sorted(went_to.items()) if len(new) > 1]
        return numbers, tuple(changes)

    def _merged(self, conn: sqlite3.Connection, new: int, number: int | None, old: set[int]) -> StoryChange:
        story = number if number is not None else min(old)
        found = conn.execute(
            "SELECT posts.id, title, old.story_id FROM regrouped JOIN story_members AS old USING (post_id)"
            " JOIN posts ON posts.id = old.post_id WHERE regrouped.story_id = ? ORDER BY effective_on, posts.id",
            [new],
        )
        members = tuple((row[0], row[1][:_TOLD], row[2]) for row in found)
        return StoryChange(True, story, tuple(sorted(old - {story})), members)

    def _split(self, conn: sqlite3.Connection, old: int, numbers: dict[int, int | None]) -> StoryChange:
        """A part that has no number yet is told by that of its first post, with a minus."""
        found = conn.execute(
            "SELECT posts.id, title, regrouped.story_id FROM story_members AS old JOIN regrouped USING (post_id)"
            " JOIN posts ON posts.id = old.post_id WHERE old.story_id = ? ORDER BY effective_on, posts.id",
            [old],
        )
        members = tuple((row[0], row[1][:_TOLD], numbers[row[2]] or -row[2]) for row in found)
        return StoryChange(False, old, tuple(sorted({one[2] for one in members} - {old})), members)

    def _apply_changed(self, conn: sqlite3.Connection, numbers: dict[int, int | None], now: datetime) -> None:
        for new, known in numbers.items():
            number = known if known is not None else self._found_story(conn, now)
            conn.execute(
                "UPDATE story_members SET story_id = ?2, tie = new.tie, with_post = new.with_post, score = new.score,"
                " reasons = new.reasons FROM temp.regrouped AS new"
                " WHERE new.story_id = ?1 AND new.post_id = story_members.post_id",
                [new, number],
            )
        # What was grouped meanwhile stays with the post that it was matched with.
        conn.execute(
            "UPDATE story_members SET story_id = (SELECT story_id FROM story_members AS other"
            " WHERE other.post_id = story_members.with_post) WHERE with_post IS NOT NULL"
            " AND post_id NOT IN (SELECT post_id FROM temp.regrouped)"
        )
        conn.execute(
            "DELETE FROM stories WHERE id IN (SELECT old FROM temp.overlaps)"
            " AND NOT EXISTS (SELECT 1 FROM story_members WHERE story_id = stories.id)"
        )

    def _renew_ties(self) -> None:
        """Why each post is where it is, and what its story is tied to, by the new grouping; a few posts at a time."""
        last = 0
        while True:
            with self._write() as conn:
                ids = conn.execute(
                    "SELECT post_id FROM regrouped WHERE post_id > ? ORDER BY post_id LIMIT ?", [last, _CHUNK]
                ).fetchall()
                if not ids:
                    return
                span = [last, ids[-1]["post_id"]]
                conn.execute(
                    "UPDATE story_members SET tie = new.tie, with_post = new.with_post, score = new.score,"
                    " reasons = new.reasons FROM temp.regrouped AS new WHERE new.post_id = story_members.post_id"
                    " AND new.post_id > ? AND new.post_id <= ?"
                    " AND (new.with_post IS NULL OR (SELECT story_id FROM story_members WHERE post_id = new.with_post)"
                    " = story_members.story_id)",
                    span,
                )
                conn.execute("DELETE FROM story_links WHERE post_id > ? AND post_id <= ?", span)
                links = conn.execute(
                    "SELECT * FROM temp.regrouped_links WHERE post_id > ? AND post_id <= ?", span
                ).fetchall()
                conn.executemany(
                    "INSERT INTO story_links VALUES (?, ?, ?, ?, ?)",
                    [tuple(one) for one in links if not self._is_unlinked(conn, one["post_id"], one["other_id"])],
                )
                last = span[1]
