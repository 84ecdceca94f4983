"""Sources and the ledger of their crawls."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from monitor.announcing import Audience
from monitor.health.conditions import Symptom, Trouble
from monitor.health.figures import figures_of
from monitor.identity import canonical_url
from monitor.models import Crawl, CrawlNote, Source, SourceSpec, SourceState
from monitor.pages import ListingPage, ListingValidators, Validators
from monitor.store import rows
from monitor.store.connection import Connection

_CRAWLS = "SELECT crawls.*, sources.name AS source_name FROM crawls JOIN sources ON sources.id = crawls.source_id"
_MAX_NOTES = 200  # per crawl and kind: a listing gone wrong must not fill the disk with its complaints


class SourceTables(Connection):
    """Use cases around `sources`, `crawls`, `crawl_notes` and `audiences`."""

    def sync(
        self, sources: Iterable[SourceSpec], audiences: Iterable[str], now: datetime, rules: Iterable[str] = ()
    ) -> None:
        """Make the configured sources, audiences and alert rules known.

        A source is recognised by its name; one whose name is new but whose URL is that of a row that is no longer
        configured was renamed and keeps its id, as does one that says `renamed_from`. An audience that is called as a
        rule was, or the other way round, begins anew: what the other was told, or passed over, is none of its own.
        """
        specs = list(sources)
        readers, alerting = list(audiences), list(rules)
        names = readers + alerting
        with self._read():
            if self._in_step(specs, names) and not self._of_other_kind(readers, alerting):
                return
        with self._write() as conn:
            for other in self._of_other_kind(readers, alerting):
                conn.execute("UPDATE audiences SET name = name || '.' || id WHERE id = ?", [other["id"]])
            configured = {spec.name for spec in specs}
            for spec in specs:
                row = self._row_of(conn, spec, configured)
                if row is None:
                    conn.execute(
                        "INSERT INTO sources (name, url, title, created_at) VALUES (?, ?, ?, ?)",
                        [spec.name, spec.url, spec.title, rows.instant(now)],
                    )
                else:
                    conn.execute(
                        "UPDATE sources SET name = ?, url = ?, title = ? WHERE id = ?",
                        [spec.name, spec.url, spec.title, row["id"]],
                    )
            for name in names:
                conn.execute(
                    "INSERT INTO audiences (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                    [name, rows.instant(now)],
                )

    def _in_step(self, specs: Sequence[SourceSpec], names: Sequence[str]) -> bool:
        known = {(row["name"], row["url"], row["title"]) for row in self._rows("SELECT * FROM sources")}
        audiences = {row["name"] for row in self._rows("SELECT name FROM audiences")}
        return all((s.name, s.url, s.title) in known for s in specs) and audiences.issuperset(names)

    def _of_other_kind(self, audiences: Sequence[str], rules: Sequence[str]) -> list[sqlite3.Row]:
        """The rows under these names that belonged to a rule or an audience; only an audience's digests fall due."""
        return self._rows(
            "SELECT id FROM audiences WHERE last_due_at IS NOT NULL AND name IN (SELECT value FROM json_each(?2))"
            " OR last_due_at IS NULL AND name IN (SELECT value FROM json_each(?1))"
            " AND EXISTS (SELECT 1 FROM digests WHERE audience_id = audiences.id)",
            json.dumps(list(audiences)),
            json.dumps(list(rules)),
        )

    def _row_of(self, conn: sqlite3.Connection, spec: SourceSpec, configured: set[str]) -> sqlite3.Row | None:
        by_name: sqlite3.Row | None = conn.execute("SELECT * FROM sources WHERE name = ?", [spec.name]).fetchone()
        if by_name is not None:
            return by_name
        others: list[sqlite3.Row] = [
            row for row in conn.execute("SELECT * FROM sources ORDER BY id").fetchall() if row["name"] not in configured
        ]
        said = [row for row in others if row["name"] == spec.renamed_from]
        same_url = [row for row in others if canonical_url(row["url"]) == canonical_url(spec.url)]
        return next(iter(said + same_url), None)

    def source(self, name: str) -> Source | None:
        """The source of that name."""
        found = self._rows("SELECT * FROM sources WHERE name = ?", name)
        return rows.source(found[0]) if found else None

    def source_states(
        self, names: Sequence[str] | None = None, since: datetime | None = None
    ) -> tuple[SourceState, ...]:
        """Every source (or those named, in that order) with its last crawl and its last completed one.

        `since` is the moment from which on a change of layout is worth telling; without it none is.
        """
        with self._read():
            found = [rows.source(row) for row in self._rows("SELECT * FROM sources ORDER BY id")]
            states = [self._state(source, since) for source in found]
        if names is None:
            return tuple(states)
        by_name = {state.source.name: state for state in states}
        return tuple(by_name[name] for name in names if name in by_name)

    def _state(self, source: Source, since: datetime | None) -> SourceState:
        layout = since and self._rows(
            "SELECT 1 FROM crawls WHERE source_id = ? AND layout_changed AND started_at >= ? LIMIT 1",
            source.id,
            rows.instant(since),
        )
        last = self._rows(f"{_CRAWLS} WHERE source_id = ? ORDER BY crawls.id DESC LIMIT 1", source.id)
        good = self._rows(f"{_CRAWLS} WHERE source_id = ? AND completed ORDER BY crawls.id DESC LIMIT 1", source.id)
        posts = self._rows(
            # Each from an index of its own: no post is read for it.
            "SELECT (SELECT COUNT(*) FROM posts WHERE source_id = ?1) AS n,"
            " (SELECT COUNT(*) FROM posts WHERE source_id = ?1 AND status = 'pending') AS pending",
            source.id,
        )[0]
        return SourceState(
            source=source,
            posts=posts["n"],
            pending=posts["pending"],
            last=rows.crawl(last[0]) if last else None,
            last_good=rows.crawl(good[0]) if good else None,
            layout_changed=bool(layout),
        )

    def attempts(self) -> dict[str, datetime | None]:
        """By source, when the last crawl of it was started."""
        found = self._rows("SELECT name, attempted_at FROM sources")
        return {row["name"]: rows.read_instant_or_none(row["attempted_at"]) for row in found}

    def note_attempt(self, source: str, now: datetime) -> None:
        """Remember that a crawl is being started, so that one that dies at once is not started again at once."""
        with self._write() as conn:
            conn.execute("UPDATE sources SET attempted_at = ? WHERE name = ?", [rows.instant(now), source])

    def start_crawl(self, source: str, pid: int, now: datetime, url: str | None = None) -> int:
        """Open a ledger row and return its id. The caller holds the source's lock, so older open rows are dead.

        `url` is where the listing is read this time, if not at the source's own address.
        """
        with self._write() as conn:
            row = conn.execute("SELECT id, url FROM sources WHERE name = ?", [source]).fetchone()
            source_id = row["id"]
            conn.execute(
                "UPDATE crawls SET finished_at = ?, reason = 'died', symptom = ?"
                " WHERE source_id = ? AND finished_at IS NULL",
                [rows.instant(now), Symptom.DIED, source_id],
            )
            conn.execute("DELETE FROM met WHERE crawl_id IN (SELECT id FROM crawls WHERE source_id = ?)", [source_id])
            conn.execute("UPDATE sources SET attempted_at = ? WHERE id = ?", [rows.instant(now), source_id])
            cursor = conn.execute(
                "INSERT INTO crawls (source_id, started_at, pid, url) VALUES (?, ?, ?, ?)",
                [source_id, rows.instant(now), pid, url or row["url"]],
            )
            return int(cursor.lastrowid or 0)

    def finish_crawl(
        self,
        crawl_id: int,
        reason: str,
        *,
        completed: bool,
        now: datetime,
        validators: ListingValidators | None = None,
        trouble: Trouble | None = None,
    ) -> Crawl:
        """Close a ledger row. The first completed one of the source's own address becomes its baseline.

        `trouble` is what kept a crawl from completing, where that is known; of a completed one none is kept.
        `validators` of the listing are committed here, with the completion and never without it: after a crawl that
        was cut short an unchanged first page must not pass for an unchanged listing.
        """
        with self._write() as conn:
            if completed and validators is not None:
                self._replace_validators(conn, crawl_id, validators)
            conn.execute(
                "UPDATE crawls SET finished_at = ?, reason = ?, completed = ?, symptom = ?, detail = ? WHERE id = ?",
                [rows.instant(now), reason, int(completed), *rows.trouble(None if completed else trouble), crawl_id],
            )
            conn.execute("DELETE FROM met WHERE crawl_id = ?", [crawl_id])
            if completed:
                conn.execute(
                    "UPDATE sources SET baseline_crawl_id = ?1 WHERE baseline_crawl_id IS NULL"
                    " AND EXISTS (SELECT 1 FROM crawls WHERE crawls.id = ?1 AND source_id = sources.id"
                    " AND crawls.url = sources.url)",
                    [crawl_id],
                )
        return self.crawl(crawl_id)

    def _replace_validators(self, conn: sqlite3.Connection, crawl_id: int, found: ListingValidators) -> None:
        source_id = conn.execute("SELECT source_id FROM crawls WHERE id = ?", [crawl_id]).fetchone()["source_id"]
        conn.execute("DELETE FROM validators WHERE source_id = ?", [source_id])
        one = found.validators
        conn.execute(
            "INSERT INTO validators VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source_id,
                found.url,
                found.read_by,
                one.etag,
                one.last_modified,
                one.body_hash,
                found.posts,
                found.off_label,
                crawl_id,
            ],
        )

    def listing_validators(self, source_id: int, url: str, read_by: str) -> ListingValidators | None:
        """The validators of a source's listing; None when it was never read to its end, or not by `read_by`."""
        found = self._rows(
            "SELECT validators.*, started_at FROM validators JOIN crawls ON crawls.id = crawl_id"
            " WHERE validators.source_id = ? AND validators.url = ? AND read_by = ?",
            source_id,
            url,
            read_by,
        )
        if not found:
            return None
        row = found[0]
        known = Validators(row["etag"], row["last_modified"], row["body_hash"])
        return ListingValidators(
            row["url"],
            row["read_by"],
            known,
            row["posts"],
            row["off_label"],
            rows.read_instant(row["started_at"]),
        )

    def record_unchanged_listing(self, crawl_id: int, known: ListingValidators) -> None:
        """The listing is as the last completed crawl read it: its posts count as unchanged, one page as read."""
        with self._write() as conn:
            conn.execute(
                "UPDATE crawls SET pages = pages + 1, unchanged = unchanged + ?, off_label = off_label + ?"
                " WHERE id = ?",
                [known.posts, known.off_label, crawl_id],
            )

    def crawl(self, crawl_id: int) -> Crawl:
        """One row of the ledger."""
        return rows.crawl(self._rows(f"{_CRAWLS} WHERE crawls.id = ?", crawl_id)[0])

    def crawl_of_process(self, source: str, pid: int, since: datetime) -> Crawl | None:
        """The ledger row that process `pid` wrote for `source` at or after `since`; None when it wrote none."""
        found = self._rows(
            f"{_CRAWLS} WHERE sources.name = ? AND pid = ? AND started_at >= ? ORDER BY crawls.id DESC LIMIT 1",
            source,
            pid,
            rows.instant(since),
        )
        return rows.crawl(found[0]) if found else None

    def may_stop_early(self, crawl_id: int) -> bool:
        """Whether a running crawl may end its listing where nothing is unknown.

        Only when a crawl of the same address has completed before. What was first listed after that one still counts
        as unknown (Sighting.unknown), so a crawl that was killed half-way leaves no gap: the next one walks on to
        where the completed one began.
        """
        return self._last_completed_before(crawl_id) > 0

    def _last_completed_before(self, crawl_id: int) -> int:
        """The last completed crawl of the same source and address; 0 for none."""
        found = self._rows(
            "SELECT before.id FROM crawls AS this JOIN crawls AS before ON before.source_id = this.source_id"
            " AND before.url = this.url AND before.id < this.id AND before.completed"
            " WHERE this.id = ? ORDER BY before.id DESC LIMIT 1",
            crawl_id,
        )
        return int(found[0]["id"]) if found else 0

    def note_error(self, crawl_id: int, where: str, reason: str) -> None:
        """Count an error of a crawl and keep its words."""
        with self._write() as conn:
            self._note_error(conn, crawl_id, where, reason)

    def note_warning(self, crawl_id: int, where: str, reason: str) -> None:
        """Keep the words of something that a crawl noticed and that is no error."""
        with self._write() as conn:
            self._note(conn, crawl_id, CrawlNote("warning", where, reason))

    def note_reading(self, crawl_id: int, page: ListingPage, today: date, read_by: str = "") -> str | None:
        """Remember how a source's listing was read, and what its first page came to: charset, record block, figures.

        Returns the former signature when the block is another one than last time, which is noted as a change of
        layout; a page without entries leaves what is known, and so does one from another address than the source's.
        What another table or extractor made (`read_by` names both) is replaced without a word: not the site changed.
        """
        with self._write() as conn:
            conn.execute("UPDATE crawls SET charset = ? WHERE id = ?", [page.charset_note[:200] or None, crawl_id])
            if page.entries or page.call is None:  # else it only holds the script that fetches the listing
                conn.execute(
                    "UPDATE crawls SET records = ?, dated = ?, without_link = ?, garbled = ?, newest_on = ?"
                    " WHERE id = ?",
                    [*rows.figures(figures_of(page, today)), crawl_id],
                )
            row = conn.execute(
                "SELECT sources.id, signature, signature_read_by, crawls.url = sources.url AS its_own"
                " FROM crawls JOIN sources ON sources.id = source_id WHERE crawls.id = ?",
                [crawl_id],
            ).fetchone()
            known = (row["signature"], row["signature_read_by"])
            if not page.signature or not row["its_own"] or (page.signature, read_by) == known:
                return None
            conn.execute(
                "UPDATE sources SET signature = ?, signature_read_by = ? WHERE id = ?",
                [page.signature, read_by, row["id"]],
            )
            former: str | None = row["signature"] if row["signature_read_by"] == read_by else None
            if former is not None:
                reason = f"the records stand elsewhere: {page.signature} (before: {former})"
                self._note(conn, crawl_id, CrawlNote("layout", page.url, reason))
                conn.execute("UPDATE crawls SET layout_changed = 1 WHERE id = ?", [crawl_id])
            return former

    def signature(self, source_id: int) -> str | None:
        """Where on its listing's first page the records of a source stood last time; None before it was read."""
        found = self._rows("SELECT signature FROM sources WHERE id = ?", source_id)
        return found[0]["signature"] if found else None

    def crawl_notes(self, crawl_id: int) -> tuple[CrawlNote, ...]:
        """What a crawl has to say beyond its numbers."""
        found = self._rows("SELECT kind, title, reason FROM crawl_notes WHERE crawl_id = ? ORDER BY id", crawl_id)
        return tuple(CrawlNote(row["kind"], row["title"], row["reason"]) for row in found)

    def _note_error(self, conn: sqlite3.Connection, crawl_id: int, where: str, reason: str) -> None:
        conn.execute("UPDATE crawls SET errors = errors + 1 WHERE id = ?", [crawl_id])
        self._note(conn, crawl_id, CrawlNote("error", where, reason))

    def _note(self, conn: sqlite3.Connection, crawl_id: int, note: CrawlNote) -> None:
        conn.execute(
            "INSERT INTO crawl_notes (crawl_id, kind, title, reason) SELECT ?1, ?2, ?3, ?4"
            " WHERE (SELECT COUNT(*) FROM crawl_notes WHERE crawl_id = ?1 AND kind = ?2) < ?5",
            [crawl_id, note.kind, note.title[:300], note.reason[:500], _MAX_NOTES],
        )

    def audience(self, name: str) -> Audience | None:
        """The audience of that name, once it has been made known by sync()."""
        found = self._rows("SELECT * FROM audiences WHERE name = ?", name)
        return rows.audience(found[0]) if found else None
