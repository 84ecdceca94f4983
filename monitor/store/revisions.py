"""Appends revisions to posts and keeps copies together; what a sighting means is decided elsewhere."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.changes import Change
from monitor.fingerprint import fingerprint
from monitor.models import Post
from monitor.store import rows
from monitor.store.identities import IdentityTables


@dataclass(frozen=True, slots=True)
class Visit:
    """The circumstances of one page: which crawl, which source, when, whether the source's baseline is still open.

    `since` is the last completed crawl of the same listing (0: none): what was first listed after it is unknown.
    """

    crawl_id: int
    source_id: int
    baseline: bool
    since: int
    now: datetime
    zone: ZoneInfo


class RevisionTables(IdentityTables):
    """Writes to `revisions`, and to the columns of `posts` that follow from them, inside the transactions of others."""

    def _append_revision(self, conn: sqlite3.Connection, visit: Visit, old: Post, change: Change) -> None:
        body = change.body or ""
        print_ = fingerprint(change.title, body, change.published_on)
        self._leave_copies(conn, old.id)
        twin = conn.execute(
            "SELECT id, copy_of FROM posts WHERE fingerprint = ? AND id <> ? ORDER BY id LIMIT 1", [print_, old.id]
        ).fetchone()
        copy_of = (twin["copy_of"] or twin["id"]) if twin is not None else None
        conn.execute(
            "UPDATE posts SET body = ?, fingerprint = ?, copy_of = ?, status = 'complete', last_error = NULL,"
            " revision = revision + 1 WHERE id = ?",
            [body, print_, copy_of, old.id],
        )
        conn.execute(
            "INSERT INTO revisions (post_id, number, crawl_id, seen_at, title, body, published_on, fingerprint)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                old.id,
                old.revision + 1,
                visit.crawl_id,
                rows.instant(visit.now),
                change.title,
                body,
                rows.day(change.published_on),
                print_,
            ],
        )

    def _leave_copies(self, conn: sqlite3.Connection, post_id: int) -> None:
        """The copies of a post that is being revised are no longer its copies: their eldest is now the first."""
        copies = conn.execute("SELECT id FROM posts WHERE copy_of = ? ORDER BY id", [post_id]).fetchall()
        if copies:
            first = copies[0]["id"]
            conn.execute(
                "UPDATE posts SET copy_of = CASE id WHEN ?1 THEN NULL ELSE ?1 END WHERE copy_of = ?2", [first, post_id]
            )

    def _post(self, conn: sqlite3.Connection, post_id: int) -> Post:
        return rows.post(
            conn.execute(f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id = ?", [post_id]).fetchone()
        )
