"""Records what a page showed, in one transaction, and says what it means; reading posts back is elsewhere."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.changes import Change, decide_article, decide_entry, effective_date, follow
from monitor.identity import listing_identity
from monitor.models import CrawlNote, Post, PostStatus, ReadFrom, Sighting, Verdict
from monitor.pages import Article, ListingPage, PostValidators, RawPage
from monitor.periods import local_date
from monitor.sightings import Candidate, prepare
from monitor.store import rows
from monitor.store.identities import Resolved
from monitor.store.keeping import KeepingTables
from monitor.store.revisions import Visit
from monitor.text import LabelPattern, title_key
from monitor.visits import VisitRules

_COUNTER = {
    Verdict.NEW: "new",
    Verdict.REVISED: "revised",
    Verdict.UNCHANGED: "unchanged",
    Verdict.MOVED: "moved",
    Verdict.COMPLETED: "completed_posts",
    Verdict.RESTORED: "revised",
    Verdict.FLAPPING: "unchanged",  # its text counts for nothing
    Verdict.OFF_LABEL: "off_label",
    Verdict.REJECTED: "rejected",
}


# Of an entry with one of these, the page is worth keeping.
_TELLING = frozenset({Verdict.NEW, Verdict.REVISED, Verdict.MOVED, Verdict.COMPLETED})


class SightingTables(KeepingTables):
    """Writes to `posts`, `identities`, `revisions` and `off_label_entries`."""

    def record_listing(
        self,
        crawl_id: int,
        page: ListingPage,
        pattern: LabelPattern,
        now: datetime,
        zone: ZoneInfo,
        raw: RawPage | None = None,
        rules: VisitRules = VisitRules(),  # noqa: B008 - frozen
    ) -> tuple[Sighting, ...]:
        """Store one listing page, whole or not at all, and return what became of each of its entries.

        A post that this crawl has met before (pinned on every page) is answered, and not counted again. `raw` goes
        into the archive when anything on the page is new or changed, before the change is committed: what was
        recorded can be read again, unless the archive itself fails, which is an error of the crawl.
        """
        with self._write() as conn:
            visit = self._visit(conn, crawl_id, now, zone, rules)
            candidates = prepare(page, visit.source_id, pattern)
            posts = self._resolve(conn, [c for c in candidates if c.verdict is None], visit.source_id, crawl_id)
            resolved = {id(one.candidate.entry): one for one in posts}
            sightings: list[Sighting] = []
            for candidate in candidates:
                one = resolved.get(id(candidate.entry))
                sighting, counted = (
                    self._refuse(conn, visit, candidate) if one is None else self._admit(conn, visit, one)
                )
                sightings.append(sighting)
                if counted:
                    self._count(conn, crawl_id, sighting.verdict)
            conn.execute("UPDATE crawls SET pages = pages + 1 WHERE id = ?", [crawl_id])
            if raw is not None and any(one.unknown or one.changed or one.verdict in _TELLING for one in sightings):
                self._keep(conn, raw, source_id=visit.source_id, crawl_id=crawl_id, kind="listing")
        return tuple(sightings)

    def record_article(
        self,
        crawl_id: int,
        post_id: int,
        article: Article,
        now: datetime,
        zone: ZoneInfo,
        counted_as: Verdict | None = None,
        raw: RawPage | None = None,
        rules: VisitRules = VisitRules(),  # noqa: B008 - frozen
        validators: PostValidators | None = None,
    ) -> Sighting:
        """Store what a post's own page says. The first body completes a pending post; a later one may revise it.

        `raw` goes into the archive when it does either. `validators` are kept with it.

        `counted_as` is the verdict under which this crawl has counted the post's line on the listing, if it has: a
        post that its page revises counts as revised, and only once.
        """
        with self._write() as conn:
            visit = self._visit(conn, crawl_id, now, zone, rules)
            old = self._post(conn, post_id)
            change = decide_article(old, article)
            if old.status is PostStatus.COMPLETE:
                change = follow(old, change)
            post = self._apply(conn, visit, old, change, ReadFrom.PAGE)
            conn.execute(
                "UPDATE posts SET last_error = NULL, origin = ?, attachments = ? WHERE id = ?",
                [article.origin, rows.attachments(article.attachments), post_id],
            )
            if validators is not None:
                self._keep_validators(conn, post_id, validators)
            self._count_article(conn, crawl_id, change.verdict, counted_as)
            beside = (article.origin, article.attachments) != (old.origin, old.attachments)
            if raw is not None and (change.verdict in _TELLING or beside):
                self._keep_page(conn, visit, post_id, raw)
            return Sighting(change.verdict, post.title, post=self._post(conn, post_id))

    def _count_article(
        self, conn: sqlite3.Connection, crawl_id: int, verdict: Verdict, counted_as: Verdict | None
    ) -> None:
        if verdict is Verdict.COMPLETED:
            self._count(conn, crawl_id, verdict)
        elif verdict is Verdict.REVISED and counted_as in (Verdict.UNCHANGED, Verdict.MOVED, None):
            self._count(conn, crawl_id, Verdict.REVISED)
            if counted_as is not None:
                self._count(conn, crawl_id, counted_as, -1)

    def keep_trouble(self, crawl_id: int, raw: RawPage) -> None:
        """Keep the page over which a crawl failed, in place of the last one of its source, for people to look at."""
        with self._write() as conn:
            source_id = self.crawl(crawl_id).source_id
            self._keep(conn, raw, source_id=source_id, crawl_id=crawl_id, kind="trouble")

    def record_page_failure(self, crawl_id: int, post_id: int, reason: str, raw: RawPage | None = None) -> None:
        """A post's page could not be read: count the attempt on a pending post, and the error on the crawl.

        `raw` is the page on which no body was found, if there was one: a better extractor may find it in the archive.
        """
        with self._write() as conn:
            if raw is not None:
                source_id = self.crawl(crawl_id).source_id
                self._keep(conn, raw, source_id=source_id, crawl_id=crawl_id, kind="post", post_id=post_id)
            conn.execute(
                "UPDATE posts SET attempts = attempts + 1, last_error = ? WHERE id = ? AND status = 'pending'",
                [reason[:500], post_id],
            )
            self._note_error(conn, crawl_id, self._post(conn, post_id).title, reason)

    # -- one page -----------------------------------------------------------------------------------------------

    def _visit(
        self,
        conn: sqlite3.Connection,
        crawl_id: int,
        now: datetime,
        zone: ZoneInfo,
        rules: VisitRules = VisitRules(),  # noqa: B008 - frozen
    ) -> Visit:
        row = conn.execute(
            "SELECT sources.id, sources.baseline_crawl_id, layout_changed FROM crawls"
            " JOIN sources ON sources.id = crawls.source_id WHERE crawls.id = ?",
            [crawl_id],
        ).fetchone()
        since = self._last_completed_before(crawl_id)
        baseline, hushed = row["baseline_crawl_id"] is None, bool(row["layout_changed"])
        return Visit(crawl_id, row["id"], baseline, since, now, zone, rules, hushed)

    def _refuse(self, conn: sqlite3.Connection, visit: Visit, candidate: Candidate) -> tuple[Sighting, bool]:
        """An entry that is no post: the sighting, and whether it counts (once a crawl)."""
        entry = candidate.entry
        if candidate.verdict is Verdict.REJECTED:
            title = entry.title or (entry.body or entry.url or "")[:60]
            self._note(conn, visit.crawl_id, CrawlNote("rejected", title, candidate.reason))
            return Sighting(Verdict.REJECTED, title, candidate.reason), True
        unknown, counted = self._record_off_label(conn, visit, candidate)
        known = counted and not unknown
        return Sighting(Verdict.OFF_LABEL, entry.title, candidate.reason, unknown=unknown, known=known), counted

    def _admit(self, conn: sqlite3.Connection, visit: Visit, one: Resolved) -> tuple[Sighting, bool]:
        """A post, new or known: the sighting, and whether it counts (False when this crawl has met it before)."""
        candidate, entry = one.candidate, one.candidate.entry
        if one.post_id is None:
            post = self._insert(conn, visit, candidate)
            needs_page = post.status is PostStatus.PENDING
            return Sighting(Verdict.NEW, post.title, post=post, needs_page=needs_page, unknown=True), True
        self._remember_identity(conn, candidate, one.post_id)
        if not self._meet(conn, one.post_id, visit.crawl_id):
            return Sighting(Verdict.UNCHANGED, entry.title, post=self._post(conn, one.post_id)), False
        unknown = self._first_listed(conn, visit, one.post_id) > visit.since
        old = self._post(conn, one.post_id)
        owner = old.source_id == visit.source_id
        if owner and entry.url is not None and entry.url != old.url:  # moved, moved back, or http became https
            conn.execute("UPDATE posts SET url = ? WHERE id = ?", [entry.url, old.id])
        change = decide_entry(old, entry, owner=owner)
        if old.withdrawn_at is not None and entry.url is not None:
            self._look_soon(conn, visit, old.id)
        looked = ReadFrom.LISTING if entry.body and (owner or change.verdict is Verdict.COMPLETED) else None
        if looked and old.status is PostStatus.COMPLETE:
            # A text of the listing says nothing of a withdrawn page.
            returns = self._goes_to_and_fro(conn, old, change)
            change = follow(replace(old, withdrawn_at=None), change, returns=returns)
        if owner and change.verdict is not Verdict.FLAPPING:
            self._note_line(conn, old, candidate)
        post = self._apply(conn, visit, old, change, looked)
        verdict = Verdict.MOVED if one.moved and change.verdict is Verdict.UNCHANGED else change.verdict
        needs_page = post.status is PostStatus.PENDING and post.url is not None
        changed = replace(post, last_seen_at=old.last_seen_at) != old
        return Sighting(
            verdict, post.title, post=post, needs_page=needs_page, unknown=unknown, known=not unknown, changed=changed
        ), True

    def _first_listed(self, conn: sqlite3.Connection, visit: Visit, post_id: int) -> int:
        """The crawl in which this source's listing first showed the post; this one, when it never had."""
        conn.execute(
            "INSERT INTO listed VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [visit.source_id, post_id, visit.crawl_id]
        )
        row = conn.execute(
            "SELECT first_crawl_id FROM listed WHERE source_id = ? AND post_id = ?", [visit.source_id, post_id]
        ).fetchone()
        return int(row["first_crawl_id"])

    def _meet(self, conn: sqlite3.Connection, post_id: int, crawl_id: int) -> bool:
        """Remember that this crawl has met the post on its listing; False when it had before."""
        cursor = conn.execute("INSERT INTO met VALUES (?, ?) ON CONFLICT DO NOTHING", [crawl_id, post_id])
        return cursor.rowcount == 1

    # -- writing ------------------------------------------------------------------------------------------------

    def _insert(self, conn: sqlite3.Connection, visit: Visit, candidate: Candidate) -> Post:
        entry = candidate.entry
        effective_on, dated = effective_date(entry.published_on, local_date(visit.now, visit.zone))
        label = candidate.label
        cursor = conn.execute(
            "INSERT INTO posts (source_id, title, listed_title, listed_key, listed_on, label, place, url, published_on,"
            " effective_on, dated, summary, status, baseline, first_seen_at, last_seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)",
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
            ],
        )
        post_id = int(cursor.lastrowid or 0)
        self._meet(conn, post_id, visit.crawl_id)
        self._first_listed(conn, visit, post_id)
        self._remember_identity(conn, candidate, post_id)
        if entry.body:
            change = Change(Verdict.COMPLETED, entry.title, entry.body, entry.published_on)
            return self._apply(conn, visit, self._post(conn, post_id), change, ReadFrom.LISTING)
        return self._post(conn, post_id)

    def _note_line(self, conn: sqlite3.Connection, old: Post, listed: Candidate) -> None:
        """What the listing of the source that owns a post shows of it."""
        entry, label = listed.entry, listed.label
        listed_on = entry.published_on if entry.year_printed or old.listed_on is None else old.listed_on
        conn.execute(
            "UPDATE posts SET listed_title = ?, listed_key = ?, listed_on = COALESCE(?, listed_on),"
            " summary = COALESCE(?, summary) WHERE id = ?",
            [entry.title, title_key(entry.title), rows.day(listed_on), entry.summary, old.id],
        )
        if label is not None and label.text:
            conn.execute("UPDATE posts SET label = ?, place = ? WHERE id = ?", [label.text, label.place, old.id])

    def _record_off_label(self, conn: sqlite3.Connection, visit: Visit, candidate: Candidate) -> tuple[bool, bool]:
        """Whether the entry was unknown, and whether it counts (False when this crawl has met it before).

        Known by its title and date: whatever its address, the reader is shown a title, and shown it once.
        """
        entry = candidate.entry
        key = listing_identity(visit.source_id, entry.title, entry.published_on)
        known = conn.execute(
            "SELECT id, first_crawl_id, last_crawl_id FROM off_label_entries WHERE source_id = ? AND key = ?",
            [visit.source_id, key],
        ).fetchone()
        if known is not None:
            conn.execute("UPDATE off_label_entries SET last_crawl_id = ? WHERE id = ?", [visit.crawl_id, known["id"]])
            met = known["last_crawl_id"] == visit.crawl_id
            return not met and known["first_crawl_id"] > visit.since, not met
        effective_on, _ = effective_date(entry.published_on, local_date(visit.now, visit.zone))
        conn.execute(
            "INSERT INTO off_label_entries (source_id, key, title, url, effective_on, first_seen_at, first_crawl_id,"
            " last_crawl_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                visit.source_id,
                key,
                entry.title,
                entry.url,
                effective_on.isoformat(),
                rows.instant(visit.now),
                visit.crawl_id,
                visit.crawl_id,
            ],
        )
        self._note(conn, visit.crawl_id, CrawlNote("off-label", entry.title, candidate.reason))
        return True, True

    def _count(self, conn: sqlite3.Connection, crawl_id: int, verdict: Verdict, by: int = 1) -> None:
        column = _COUNTER[verdict]
        conn.execute(f"UPDATE crawls SET {column} = {column} + ? WHERE id = ?", [by, crawl_id])
