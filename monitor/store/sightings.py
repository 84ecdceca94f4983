"""Records what a page showed, in one transaction, and says what it means; reading posts back is elsewhere."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.changes import Change, decide_article, decide_entry, effective_date
from monitor.fingerprint import fingerprint
from monitor.models import (
    Article,
    CrawlNote,
    Entry,
    Label,
    ListingPage,
    Post,
    PostStatus,
    Sighting,
    Verdict,
)
from monitor.periods import local_date
from monitor.sightings import Candidate, prepare
from monitor.store import rows
from monitor.store.sources import SourceTables
from monitor.text import LabelPattern, title_key

_COUNTER = {
    Verdict.NEW: "new",
    Verdict.REVISED: "revised",
    Verdict.UNCHANGED: "unchanged",
    Verdict.MOVED: "moved",
    Verdict.COMPLETED: "completed_posts",
    Verdict.OFF_LABEL: "off_label",
    Verdict.REJECTED: "rejected",
}


@dataclass(frozen=True, slots=True)
class _Visit:
    """The circumstances of one page: which crawl, which source, when, whether the source's baseline is still open."""

    crawl_id: int
    source_id: int
    baseline: bool
    now: datetime
    zone: ZoneInfo


class SightingTables(SourceTables):
    """Writes to `posts`, `identities`, `revisions` and `off_label_entries`."""

    def record_listing(
        self, crawl_id: int, page: ListingPage, pattern: LabelPattern, now: datetime, zone: ZoneInfo
    ) -> tuple[Sighting, ...]:
        """Store one listing page, whole or not at all, and return what became of each of its entries.

        A post that this crawl has met before (pinned on every page) is answered, and not counted again.
        """
        with self._write() as conn:
            visit = self._visit(conn, crawl_id, now, zone)
            candidates = prepare(page, visit.source_id, pattern)
            present = {key for c in candidates for key in (c.identity, c.bare) if key}
            sightings: list[Sighting] = []
            for candidate in candidates:
                sighting, counted = self._record(conn, visit, candidate, present)
                sightings.append(sighting)
                if counted:
                    self._count(conn, crawl_id, sighting.verdict)
            conn.execute("UPDATE crawls SET pages = pages + 1 WHERE id = ?", [crawl_id])
        return tuple(sightings)

    def record_article(self, crawl_id: int, post_id: int, article: Article, now: datetime, zone: ZoneInfo) -> Sighting:
        """Store what a post's own page says. The first body completes a pending post; a later one may revise it."""
        with self._write() as conn:
            visit = self._visit(conn, crawl_id, now, zone)
            old = self._post(conn, post_id)
            change = decide_article(old, article)
            revised_before = conn.execute(
                "SELECT 1 FROM revisions WHERE post_id = ? AND crawl_id = ?", [post_id, crawl_id]
            ).fetchone()
            post = self._apply(conn, visit, old, change)
            if change.verdict is Verdict.COMPLETED:
                self._count(conn, crawl_id, change.verdict)
            elif change.verdict is Verdict.REVISED and not revised_before:
                # Its line on the listing was counted as unchanged; a post counts once.
                conn.execute(
                    "UPDATE crawls SET revised = revised + 1, unchanged = MAX(unchanged - 1, 0) WHERE id = ?",
                    [crawl_id],
                )
            return Sighting(change.verdict, post.title, post=post)

    def record_page_failure(self, crawl_id: int, post_id: int, reason: str) -> None:
        """A post's page could not be read: count the attempt on a pending post, and the error on the crawl."""
        with self._write() as conn:
            conn.execute(
                "UPDATE posts SET attempts = attempts + (status = 'pending'), last_error = ? WHERE id = ?",
                [reason[:500], post_id],
            )
            conn.execute("UPDATE crawls SET errors = errors + 1 WHERE id = ?", [crawl_id])
            title = self._post(conn, post_id).title
            self._note(conn, crawl_id, CrawlNote("error", title, reason))

    # -- one page -----------------------------------------------------------------------------------------------

    def _visit(self, conn: sqlite3.Connection, crawl_id: int, now: datetime, zone: ZoneInfo) -> _Visit:
        row = conn.execute(
            "SELECT sources.id, sources.baseline_crawl_id FROM crawls JOIN sources ON sources.id = crawls.source_id"
            " WHERE crawls.id = ?",
            [crawl_id],
        ).fetchone()
        return _Visit(crawl_id, row["id"], row["baseline_crawl_id"] is None, now, zone)

    def _record(
        self, conn: sqlite3.Connection, visit: _Visit, candidate: Candidate, present: set[str]
    ) -> tuple[Sighting, bool]:
        """The sighting, and whether it counts (False when this crawl has met the same post before)."""
        entry = candidate.entry
        if candidate.verdict is Verdict.REJECTED:
            title = entry.title or (entry.body or entry.url or "")[:60]
            self._note(conn, visit.crawl_id, CrawlNote("rejected", title, candidate.reason))
            return Sighting(Verdict.REJECTED, title, candidate.reason), True
        if candidate.verdict is Verdict.OFF_LABEL:
            unknown, counted = self._record_off_label(conn, visit, candidate)
            return Sighting(Verdict.OFF_LABEL, entry.title, candidate.reason, unknown=unknown), counted
        known = self._find(conn, candidate)
        moved = False
        if known is None:
            known = self._find_moved(conn, visit, candidate, present)
            moved = known is not None
        if known is None:
            post = self._insert(conn, visit, candidate)
            needs_page = post.status is PostStatus.PENDING
            return Sighting(Verdict.NEW, post.title, post=post, needs_page=needs_page, unknown=True), True
        return self._sight_again(conn, visit, candidate, known, moved=moved)

    def _sight_again(
        self, conn: sqlite3.Connection, visit: _Visit, candidate: Candidate, known: sqlite3.Row, *, moved: bool
    ) -> tuple[Sighting, bool]:
        entry, old = candidate.entry, rows.post(known)
        met_before = known["last_crawl_id"] == visit.crawl_id
        self._remember_identity(conn, candidate, old.id)
        if moved:
            conn.execute("UPDATE posts SET url = ? WHERE id = ?", [entry.url, old.id])
        if met_before and not moved:
            return Sighting(Verdict.UNCHANGED, old.title, post=old, needs_page=False), False
        owner = old.source_id == visit.source_id
        change = decide_entry(old, entry, owner=owner)
        post = self._apply(conn, visit, old, change, listed=entry if owner else None, label=candidate.label)
        verdict = Verdict.MOVED if moved and change.verdict is Verdict.UNCHANGED else change.verdict
        needs_page = post.status is PostStatus.PENDING and post.url is not None
        return Sighting(verdict, post.title, post=post, needs_page=needs_page), True

    def _find(self, conn: sqlite3.Connection, candidate: Candidate) -> sqlite3.Row | None:
        """The post that an identity of this entry leads to.

        A URL may have been shared by several lines once and stand alone now, or the reverse: then title and date say
        which of its posts this line is.
        """
        found = self._by_identity(conn, candidate.identity)
        if candidate.bare is None or (candidate.shared and found is not None):
            return found
        if candidate.shared:
            lines = [self._by_identity(conn, candidate.bare)]
        else:
            lines = self._by_shared_url(conn, candidate.bare)
            if not lines:
                return found
            lines.append(found)
        return next((line for line in lines if line is not None and _same_line(line, candidate.entry)), None)

    def _by_shared_url(self, conn: sqlite3.Connection, bare: str) -> list[sqlite3.Row | None]:
        return conn.execute(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id IN"
            " (SELECT post_id FROM identities WHERE bare = ?) ORDER BY posts.id",
            [bare],
        ).fetchall()

    def _by_identity(self, conn: sqlite3.Connection, key: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = conn.execute(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS}"
            " WHERE posts.id = (SELECT post_id FROM identities WHERE key = ?)",
            [key],
        ).fetchone()
        return found

    def _find_moved(
        self, conn: sqlite3.Connection, visit: _Visit, candidate: Candidate, present: set[str]
    ) -> sqlite3.Row | None:
        """A post of this source with the same title and date, whose own address this crawl has not met.

        Two lines of one page with the same title and date are two posts, whichever comes first.
        """
        entry = candidate.entry
        if entry.url is None or entry.published_on is None:
            return None
        twins: list[sqlite3.Row] = conn.execute(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS}"
            " WHERE posts.source_id = ? AND posts.listed_key = ? AND posts.listed_on = ? AND posts.last_crawl_id <> ?"
            " ORDER BY posts.id DESC",
            [visit.source_id, title_key(entry.title), entry.published_on.isoformat(), visit.crawl_id],
        ).fetchall()
        for twin in twins:
            keys = conn.execute("SELECT key FROM identities WHERE post_id = ?", [twin["id"]])
            if present.isdisjoint(row["key"] for row in keys):
                return twin
        return None

    # -- writing ------------------------------------------------------------------------------------------------

    def _insert(self, conn: sqlite3.Connection, visit: _Visit, candidate: Candidate) -> Post:
        entry = candidate.entry
        effective_on, dated = effective_date(entry.published_on, local_date(visit.now, visit.zone))
        label = candidate.label
        cursor = conn.execute(
            "INSERT INTO posts (source_id, title, listed_title, listed_key, listed_on, label, place, url, published_on,"
            " effective_on, dated, summary, status, baseline, first_seen_at, last_seen_at, last_crawl_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)",
            [
                visit.source_id,
                entry.title,
                entry.title,
                title_key(entry.title),
                rows.day(entry.published_on),
                (label.text or None) if label else None,
                label.place if label else None,
                entry.url,
                rows.day(entry.published_on),
                effective_on.isoformat(),
                int(dated),
                entry.summary,
                int(visit.baseline),
                rows.instant(visit.now),
                rows.instant(visit.now),
                visit.crawl_id,
            ],
        )
        post_id = int(cursor.lastrowid or 0)
        self._remember_identity(conn, candidate, post_id)
        if entry.body:
            change = Change(Verdict.COMPLETED, entry.title, entry.body, entry.published_on)
            return self._apply(conn, visit, self._post(conn, post_id), change)
        return self._post(conn, post_id)

    def _remember_identity(self, conn: sqlite3.Connection, candidate: Candidate, post_id: int) -> None:
        bare = candidate.bare if candidate.shared else None
        conn.execute(
            "INSERT INTO identities (key, post_id, bare) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
            [candidate.identity, post_id, bare],
        )

    def _apply(
        self,
        conn: sqlite3.Connection,
        visit: _Visit,
        old: Post,
        change: Change,
        *,
        listed: Entry | None = None,
        label: Label | None = None,
    ) -> Post:
        """Write what a sighting changed; a first or changed body also appends a revision."""
        effective_on, dated = effective_date(change.published_on, local_date(old.first_seen_at, visit.zone))
        conn.execute(
            "UPDATE posts SET title = ?, published_on = ?, effective_on = ?, dated = ?,"
            " last_seen_at = ?, last_crawl_id = ? WHERE id = ?",
            [
                change.title,
                rows.day(change.published_on),
                effective_on.isoformat(),
                int(dated),
                rows.instant(visit.now),
                visit.crawl_id,
                old.id,
            ],
        )
        if listed is not None:
            conn.execute(
                "UPDATE posts SET listed_title = ?, listed_key = ?, listed_on = COALESCE(?, listed_on),"
                " summary = COALESCE(?, summary) WHERE id = ?",
                [listed.title, title_key(listed.title), rows.day(listed.published_on), listed.summary, old.id],
            )
        if label is not None and label.text:
            conn.execute("UPDATE posts SET label = ?, place = ? WHERE id = ?", [label.text, label.place, old.id])
        if change.verdict in (Verdict.COMPLETED, Verdict.REVISED):
            self._append_revision(conn, visit, old, change)
        return self._post(conn, old.id)

    def _append_revision(self, conn: sqlite3.Connection, visit: _Visit, old: Post, change: Change) -> None:
        body = change.body or ""
        print_ = fingerprint(change.title, body, change.published_on)
        twin = conn.execute(
            "SELECT posts.id, posts.copy_of FROM revisions JOIN posts ON posts.id = revisions.post_id"
            " WHERE revisions.fingerprint = ? AND posts.id <> ? ORDER BY revisions.id LIMIT 1",
            [print_, old.id],
        ).fetchone()
        copy_of = (twin["copy_of"] or twin["id"]) if twin is not None else None
        if copy_of == old.id:  # the twin was linked to this post, which stays the first
            copy_of = None
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

    def _record_off_label(self, conn: sqlite3.Connection, visit: _Visit, candidate: Candidate) -> tuple[bool, bool]:
        """Whether the entry was unknown, and whether it counts (False when this crawl has met it before)."""
        entry = candidate.entry
        known = conn.execute(
            "SELECT id, last_crawl_id FROM off_label_entries WHERE source_id = ? AND key = ?",
            [visit.source_id, candidate.identity],
        ).fetchone()
        if known is not None:
            conn.execute("UPDATE off_label_entries SET last_crawl_id = ? WHERE id = ?", [visit.crawl_id, known["id"]])
            return False, bool(known["last_crawl_id"] != visit.crawl_id)
        effective_on, _ = effective_date(entry.published_on, local_date(visit.now, visit.zone))
        conn.execute(
            "INSERT INTO off_label_entries (source_id, key, title, url, effective_on, first_seen_at, last_crawl_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                visit.source_id,
                candidate.identity,
                entry.title,
                entry.url,
                effective_on.isoformat(),
                rows.instant(visit.now),
                visit.crawl_id,
            ],
        )
        self._note(conn, visit.crawl_id, CrawlNote("off-label", entry.title, candidate.reason))
        return True, True

    def _count(self, conn: sqlite3.Connection, crawl_id: int, verdict: Verdict) -> None:
        column = _COUNTER[verdict]
        conn.execute(f"UPDATE crawls SET {column} = {column} + 1 WHERE id = ?", [crawl_id])

    def _post(self, conn: sqlite3.Connection, post_id: int) -> Post:
        return rows.post(
            conn.execute(f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id = ?", [post_id]).fetchone()
        )


def _same_line(known: sqlite3.Row, entry: Entry) -> bool:
    """Whether a stored post is the line `entry` of a page whose URL several lines share."""
    if title_key(entry.title) != known["listed_key"]:
        return False
    listed_on = rows.read_day(known["listed_on"])
    return entry.published_on is None or listed_on is None or entry.published_on == listed_on
