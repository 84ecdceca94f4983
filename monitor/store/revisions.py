"""Writes what a sighting changed of a post: its revision, its event, its visits; what it means is decided elsewhere."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.changes import Change, decide_article, effective_date, wording_of
from monitor.comparison import is_telling
from monitor.fingerprint import every_fingerprint, fingerprint
from monitor.history import EventKind, Wording
from monitor.models import Post, PostStatus, ReadFrom, Verdict
from monitor.pages import Article
from monitor.periods import local_date
from monitor.store import rows
from monitor.store.identities import IdentityTables
from monitor.store.untold import UntoldTables
from monitor.visits import VisitRules, is_followed, next_visit

_TO_AND_FRO = 2  # revisions: A, B, A is an edit that was taken back; the next B is one too many


@dataclass(frozen=True, slots=True)
class Visit:
    """The circumstances of one page: which crawl, which source, when, whether the source's baseline is still open.

    `since` is the last completed crawl of the same listing (0: none): what was first listed after it is unknown.
    `hushed`: the listing's layout changed in this crawl; what its lines read otherwise is recorded and not announced.
    """

    crawl_id: int
    source_id: int
    baseline: bool
    since: int
    now: datetime
    zone: ZoneInfo
    rules: VisitRules = field(default_factory=VisitRules)
    hushed: bool = False


class RevisionTables(IdentityTables, UntoldTables):
    """Writes to `revisions`, `post_events` and what follows of `posts`, inside the transactions of others."""

    def _apply(
        self, conn: sqlite3.Connection, visit: Visit, old: Post, change: Change, read_from: ReadFrom | None = None
    ) -> Post:
        """Write what a sighting changed; a first or changed text also appends a revision.

        `read_from` says where the text was looked at; None: only a line without text was seen.
        """
        if change.verdict is Verdict.FLAPPING:
            self._note_flapping(conn, visit, old, change)
            return self._post(conn, old.id)
        effective_on, dated = effective_date(change.published_on, local_date(old.first_seen_at, visit.zone))
        conn.execute(
            "UPDATE posts SET title = ?, published_on = ?, effective_on = ?, dated = ?, last_seen_at = ? WHERE id = ?",
            [
                change.title,
                rows.day(change.published_on),
                effective_on.isoformat(),
                int(dated),
                rows.instant(visit.now),
                old.id,
            ],
        )
        if old.status is PostStatus.PENDING:
            if change.verdict is Verdict.COMPLETED:
                self._append_revision(conn, visit, old, change)
                self._offer_again(old.id)
                self._begin_visits(conn, visit, old.id, read_from)
        else:
            self._follow(conn, visit, old, change, read_from)
        return self._post(conn, old.id)

    def _follow(
        self, conn: sqlite3.Connection, visit: Visit, old: Post, change: Change, read_from: ReadFrom | None
    ) -> None:
        """The bookkeeping of a complete post: its revision and event, if it has one, and its streak."""
        looked = read_from is not None
        if change.verdict is Verdict.RESTORED:
            conn.execute("UPDATE posts SET withdrawn_at = NULL WHERE id = ?", [old.id])
            self._event(conn, visit, old.id, EventKind.RESTORED, telling=True)
        if looked and old.flapping:
            conn.execute("UPDATE posts SET flapping = 0, flapping_print = NULL WHERE id = ?", [old.id])
            self._event(conn, visit, old.id, EventKind.SETTLED, telling=False)
        before, after = wording_of(old), Wording(change.title, change.body or "", change.published_on)
        revised = change.verdict in (Verdict.REVISED, Verdict.RESTORED) and change.fingerprint != fingerprint(
            before.title, before.body, before.published_on
        )
        if looked:
            streak = old.streak + 1 if revised and not old.flapping else 0
            conn.execute("UPDATE posts SET streak = ? WHERE id = ?", [streak, old.id])
        if revised:
            self._append_revision(conn, visit, old, change)
            hushed = visit.hushed and read_from is not ReadFrom.PAGE
            known_again = old.flapping and self._had_before(conn, old, change)  # what it wavers between was told
            telling = is_telling(before, after) and not hushed and not known_again
            if telling:
                self._offer_again(old.id)
            self._event(conn, visit, old.id, EventKind.REVISED, telling=telling)

    def _goes_to_and_fro(self, conn: sqlite3.Connection, old: Post, change: Change) -> bool:
        """Whether a post shows a wording again that it had before, and has gone back to another one already."""
        of_the_site = "SELECT COUNT(*) AS n FROM revisions WHERE post_id = ? AND replayed = 0"
        enough = conn.execute(of_the_site, [old.id]).fetchone()["n"] > _TO_AND_FRO
        return enough and self._had_before(conn, old, change)

    def _had_before(self, conn: sqlite3.Connection, old: Post, change: Change) -> bool:
        again = conn.execute(
            "SELECT COUNT(*) AS n FROM revisions WHERE post_id = ? AND replayed = 0 AND number < ? AND fingerprint = ?",
            [old.id, old.revision, change.fingerprint],
        ).fetchone()
        return bool(again["n"])

    def _note_flapping(self, conn: sqlite3.Connection, visit: Visit, old: Post, change: Change) -> None:
        """Another text again: what the post is known by stays, and nobody is told."""
        conn.execute(
            "UPDATE posts SET last_seen_at = ?, streak = streak + 1, flapping = 1, flapping_print = ? WHERE id = ?",
            [rows.instant(visit.now), change.fingerprint, old.id],
        )
        if not old.flapping:
            self._event(conn, visit, old.id, EventKind.FLAPPING, telling=False)

    def _event(
        self,
        conn: sqlite3.Connection,
        visit: Visit,
        post_id: int,
        kind: EventKind,
        *,
        telling: bool,
        reason: str = "",
    ) -> None:
        conn.execute(
            "INSERT INTO post_events (post_id, crawl_id, at, kind, revision, telling, reason)"
            " SELECT id, ?, ?, ?, revision, ?, ? FROM posts WHERE id = ?",
            [visit.crawl_id, rows.instant(visit.now), kind.value, int(telling), reason[:500], post_id],
        )

    def _begin_visits(self, conn: sqlite3.Connection, visit: Visit, post_id: int, read_from: ReadFrom | None) -> None:
        """A recent post is looked at again from its first reading on, whether or not anybody is told of it."""
        conn.execute("UPDATE posts SET read_from = ? WHERE id = ?", [read_from, post_id])
        effective_on = self._post(conn, post_id).effective_on
        if is_followed(effective_on, local_date(visit.now, visit.zone), visit.rules):
            self._schedule(conn, visit, post_id, visit.now)

    def _look_soon(self, conn: sqlite3.Connection, visit: Visit, post_id: int) -> None:
        """A withdrawn post that is listed is looked at, now or as often as a missing one."""
        conn.execute(
            "UPDATE posts SET visit_due_at = ?1 WHERE id = ?2 AND (visit_due_at IS NULL OR visit_due_at > ?3)",
            [rows.instant(visit.now), post_id, rows.instant(visit.now + visit.rules.withdraw_after)],
        )

    def _schedule(self, conn: sqlite3.Connection, visit: Visit, post_id: int, since: datetime) -> None:
        """The next visit of a post that is followed since a moment."""
        due = next_visit(since, visit.now, visit.rules)
        conn.execute(
            "UPDATE posts SET visit_from = ?, visit_due_at = ? WHERE id = ?",
            [rows.instant(since), rows.instant(due) if due else None, post_id],
        )

    def _append_revision(self, conn: sqlite3.Connection, visit: Visit, old: Post, change: Change) -> None:
        body = change.body or ""
        prints = every_fingerprint(change.title, body, change.published_on)  # a copy may be of an older version
        print_ = prints[0]
        self._leave_copies(conn, old.id)
        marks = ", ".join("?" * len(prints))
        twin = conn.execute(
            f"SELECT id, copy_of FROM posts WHERE fingerprint IN ({marks}) AND id <> ? ORDER BY id LIMIT 1",
            [*prints, old.id],
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

    def _correct_reading(self, conn: sqlite3.Connection, visit: Visit, post_id: int, article: Article) -> None:
        """Take today's reading of an old page for what the post said then: a correction of ours, told to nobody."""
        old = self._post(conn, post_id)
        change = decide_article(old, article)
        if old.status is PostStatus.PENDING or old.flapping or change.verdict is not Verdict.REVISED:
            return
        self._append_revision(conn, visit, old, change)
        conn.execute("UPDATE posts SET title = ? WHERE id = ?", [change.title, old.id])
        conn.execute("UPDATE revisions SET replayed = 1 WHERE post_id = ? AND number = ?", [old.id, old.revision + 1])

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
