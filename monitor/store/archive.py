"""Keeps raw pages, compressed and each body once, in a file of its own beside the database; reads nothing into them.

The archive may be deleted while nothing runs: what is lost is only that its pages can be read again. Its ids of
sources, crawls and posts are those of the database that it lies beside; pages of another database are never shown.
"""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError

from monitor.archived import ArchivedPage, ArchiveSize, PageKind, PageRef
from monitor.errors import StoreCorrupt, StoreError
from monitor.pages import PageRequest, RawPage
from monitor.store import rows
from monitor.store.archive_schema import APPLICATION_ID, migrations
from monitor.store.connection import Connection

ARCHIVE_NAME = "archive.db"
# On pages of 5 to 40 KB level 3 takes 0.1 ms and a third of the bytes; level 9 takes four times as long for 5 % less.
_LEVEL = 3
_BATCH = 500  # lines read or dropped at once
_ROOM = 8  # free pages are given back to the disk when they are more than one in so many
_VACUUM_STEP = 2000  # free pages given back in one transaction

_REF = "id, source_id, crawl_id, post_id, kind, asked_url, fetched_at"
_REQUEST = "source_id = ? AND kind = ? AND asked_url = ? AND asked_body = ? AND database_id = ? AND asked_method = ?"
_SUPERSEDED = (
    "EXISTS (SELECT 1 FROM pages AS newer WHERE newer.source_id = pages.source_id AND newer.kind = pages.kind"
    " AND newer.asked_url = pages.asked_url AND newer.asked_body = pages.asked_body"
    " AND newer.database_id = pages.database_id AND newer.asked_method = pages.asked_method AND newer.id > pages.id)"
)

logger = logging.getLogger("zhaoshang")


class Archive(Connection):
    """The raw pages of one database; bound to the thread that opened it. Methods may raise as those of Store do."""

    _application_id = APPLICATION_ID
    _migrations = migrations
    _founding = ("PRAGMA auto_vacuum = INCREMENTAL",)  # what is dropped can be given back to the disk
    _called = "the archive"
    _if_damaged = _if_foreign = "move it away with its -wal and -shm; a new one is begun"

    def __init__(self, path: Path, database_id: str, *, create: bool = True) -> None:
        """Open the archive at `path` for the database of that id."""
        super().__init__(path, create=create)
        self._owner = database_id
        self._compressor = ZstdCompressor(level=_LEVEL)
        self._decompressor = ZstdDecompressor()

    def _store_error(self, error: sqlite3.Error) -> StoreError | None:
        """A table that is gone, or a row that is no text, is damage too: a mistake of ours would have been seen."""
        told = super()._store_error(error)
        if told is None and isinstance(error, sqlite3.OperationalError):
            return StoreCorrupt(f"the archive is damaged ({error})", where=str(self.path), todo=self._if_damaged)
        return told

    # -- keeping ---------------------------------------------------------------------------------------------------

    def keep(self, page: RawPage, *, source_id: int, crawl_id: int, kind: PageKind, post_id: int | None = None) -> bool:
        """Keep a page, whole or not at all; True when it was added.

        What came last for the same request of the same source is not kept twice in a row: when bytes A, B and A come,
        all three are kept, so that the newest line is always the newest state. Of `trouble` there is one per source.
        """
        body_hash = hashlib.sha256(page.body).digest()
        with self._write() as conn:
            if kind != "trouble" and self._is_newest(conn, page, source_id, kind, body_hash):
                return False
            cursor = conn.execute(
                "INSERT INTO pages (database_id, source_id, crawl_id, post_id, kind, asked_url, asked_method,"
                " asked_body, asked_headers, url, status, content_type, fetched_at, content_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    self._owner,
                    source_id,
                    crawl_id,
                    post_id,
                    kind,
                    _storable(page.request.url),
                    page.request.method,
                    _storable(page.request.body),
                    json.dumps(page.request.headers),
                    _storable(page.url),
                    page.status,
                    _storable(page.content_type or "") or None,
                    rows.instant(page.fetched_at),
                    self._content(conn, body_hash, page.body),
                ],
            )
            if kind == "trouble":
                older = conn.execute(
                    "SELECT id FROM pages WHERE source_id = ? AND kind = 'trouble' AND database_id = ? AND id <> ?",
                    [source_id, self._owner, cursor.lastrowid],
                ).fetchall()
                _drop(conn, [row["id"] for row in older])
            return True

    def _is_newest(
        self, conn: sqlite3.Connection, page: RawPage, source_id: int, kind: PageKind, body_hash: bytes
    ) -> bool:
        row = conn.execute(
            "SELECT url, status, content_type, hash FROM pages JOIN contents ON contents.id = content_id"
            f" WHERE {_REQUEST} ORDER BY pages.id DESC LIMIT 1",
            [
                source_id,
                kind,
                _storable(page.request.url),
                _storable(page.request.body),
                self._owner,
                page.request.method,
            ],
        ).fetchone()
        came = (_storable(page.url), page.status, _storable(page.content_type or "") or None, body_hash)
        return row is not None and tuple(row) == came

    def _content(self, conn: sqlite3.Connection, body_hash: bytes, body: bytes) -> int:
        known = conn.execute("SELECT id FROM contents WHERE hash = ?", [body_hash]).fetchone()
        if known is not None:
            return int(known["id"])
        cursor = conn.execute(
            "INSERT INTO contents (hash, size, body) VALUES (?, ?, ?)",
            [body_hash, len(body), self._compressor.compress(body)],
        )
        return int(cursor.lastrowid or 0)

    # -- reading ---------------------------------------------------------------------------------------------------

    def pages(self, *, source_id: int | None = None, since: datetime | None = None) -> Iterator[ArchivedPage]:
        """Every page that can be read, in the order of keeping; a damaged one is told in the log and left out."""
        for ref in self.refs(source_id=source_id, since=since):
            found = self.page(ref)
            if found is not None:
                yield found

    def refs(
        self, *, source_id: int | None = None, kind: PageKind | None = None, since: datetime | None = None
    ) -> Iterator[PageRef]:
        """The lines of the archive without their content, in the order of keeping.

        Read in batches, so that no long read holds up checkpoints, and so that any number of pages fits in memory.
        """
        last = 0
        # Said only where asked for: with "source or any" in one statement SQLite would read the lines of all sources.
        chosen = (" AND source_id = ?4" if source_id is not None else "") + (" AND kind = ?5" if kind else "")
        while True:
            found = self._rows(
                f"SELECT {_REF} FROM pages WHERE id > ?1 AND database_id = ?2 AND fetched_at >= ?3{chosen}"
                " ORDER BY id LIMIT ?6",
                last,
                self._owner,
                rows.instant(since) if since else "",
                source_id,
                kind,
                _BATCH,
            )
            if not found:
                return
            for row in found:
                yield _ref(row)
            last = found[-1]["id"]

    def refs_of_post(self, post_id: int, since: datetime | None = None) -> tuple[PageRef, ...]:
        """The pages that were kept as this post's own, whichever source asked for them, in the order of keeping."""
        found = self._rows(
            f"SELECT {_REF} FROM pages WHERE post_id = ? AND database_id = ? AND kind = 'post' AND fetched_at >= ?"
            " ORDER BY id",
            post_id,
            self._owner,
            rows.instant(since) if since else "",
        )
        return tuple(_ref(row) for row in found)

    def page_of_post(self, post_id: int, body_hash: str | None) -> ArchivedPage | None:
        """The newest page of a post with that hash (64 hex digits); any, when the hash is not known."""
        if body_hash is None:
            refs = self.refs_of_post(post_id)
            return self.page(refs[-1]) if refs else None
        found = self._rows(  # several posts may share a page, which is then kept under one of them
            f"SELECT {_REF} FROM pages WHERE content_id = (SELECT contents.id FROM contents WHERE hash = ?)"
            " AND database_id = ? AND kind = 'post' ORDER BY pages.id DESC LIMIT 1",
            bytes.fromhex(body_hash),
            self._owner,
        )
        return self.page(_ref(found[0])) if found else None

    def page(self, ref: PageRef) -> ArchivedPage | None:
        """A page with its content; None when it is gone by now, or damaged, which the log tells in a line."""
        found = self._rows(
            "SELECT pages.*, hash, size, contents.body AS packed FROM pages JOIN contents ON contents.id = content_id"
            " WHERE pages.id = ?",
            ref.id,
        )
        if not found:
            return None
        (row,) = found
        body = self._unpacked(row)
        if body is None:
            logger.warning("%s: %s is damaged and was left out", self.path, ref)
            return None
        headers = tuple((name, value) for name, value in json.loads(row["asked_headers"]))
        request = PageRequest(row["asked_url"], row["asked_method"], row["asked_body"], headers)
        fetched_at = rows.read_instant(row["fetched_at"])
        return ArchivedPage(ref, RawPage(request, row["url"], body, fetched_at, row["status"], row["content_type"]))

    def _unpacked(self, row: sqlite3.Row) -> bytes | None:
        try:
            # The size is said twice, so that no damaged frame can ask for more memory than the page had.
            body = self._decompressor.decompress(row["packed"], max_output_size=row["size"])
        except (ZstdError, MemoryError):
            return None
        return body if hashlib.sha256(body).digest() == row["hash"] else None

    def latest_trouble(self, source_id: int) -> RawPage | None:
        """The page over which a crawl of the source last failed; None when there is none, or it is damaged."""
        found = self._rows(
            f"SELECT {_REF} FROM pages WHERE source_id = ? AND kind = 'trouble' AND database_id = ?"
            " ORDER BY id DESC LIMIT 1",
            source_id,
            self._owner,
        )
        page = self.page(_ref(found[0])) if found else None
        return page.raw if page else None

    # -- retention -------------------------------------------------------------------------------------------------

    def prune(self, before: datetime, *, keep_newest: bool = True) -> int:
        """Drop the pages fetched before that instant, and say how many; what was kept of each page last stays.

        A post that a site never changes would else lose its one page with age, and could not be read again. What stays
        is one page of each listing address and of each post; `keep_newest=False` drops these as well, and `trouble`
        and the pages of another database go by age alone.
        """
        dropped, last = 0, 0
        while True:
            found = self._rows(
                "SELECT id FROM pages WHERE id > ?1 AND fetched_at < ?2"
                f" AND (?3 = 0 OR kind = 'trouble' OR database_id <> ?4 OR {_SUPERSEDED}) ORDER BY id LIMIT ?5",
                last,
                rows.instant(before),
                int(keep_newest),
                self._owner,
                _BATCH,
            )
            if not found:
                break
            with self._write() as conn:
                dropped += _drop(conn, [row["id"] for row in found])
            last = found[-1]["id"]
        self._note_pruned(before)
        self._give_back()
        return dropped

    def pruned_before(self) -> datetime | None:
        """The latest instant up to which pages were dropped; None when none ever were."""
        found = self._rows("SELECT value FROM about WHERE key = 'pruned_before'")
        return rows.read_instant(found[0]["value"]) if found else None

    def _note_pruned(self, before: datetime) -> None:
        with self._write() as conn:
            conn.execute(
                "INSERT INTO about VALUES ('pruned_before', ?)"
                " ON CONFLICT (key) DO UPDATE SET value = MAX(value, excluded.value)",
                [rows.instant(before)],
            )

    def _give_back(self) -> None:
        """Return free pages to the disk once they are many, in steps that let other writers in between."""
        free = self._rows("PRAGMA freelist_count")[0][0]
        if free * _ROOM > self._rows("PRAGMA page_count")[0][0]:
            for _ in range(0, free, _VACUUM_STEP):
                with self._told():
                    # As a script: execute() takes one step of a statement that yields no columns, which is one page.
                    self._conn.executescript(f"PRAGMA incremental_vacuum({_VACUUM_STEP})")

    def size(self) -> ArchiveSize:
        """How much there is, pages of other databases included."""
        found = self._rows(
            "SELECT (SELECT COUNT(*) FROM pages) AS pages, COUNT(*) AS contents, COALESCE(SUM(size), 0) AS bytes"
            " FROM contents"
        )[0]
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        disk = sum(file.stat().st_size for file in files if file.exists())
        return ArchiveSize(found["pages"], found["contents"], found["bytes"], disk)


class WithArchive(Connection):
    """A database with its archive beside it, which is opened when it is first asked for."""

    _archive: Archive | None = None

    @property
    def archive(self) -> Archive:
        """The archive of raw pages; made when there is none."""
        if self._archive is None:
            self._archive = Archive(self._archive_path, self.database_id())
        return self._archive

    @property
    def has_archive(self) -> bool:
        """Whether there is an archive already."""
        return self._archive_path.exists()

    def archive_size(self) -> ArchiveSize:
        """How much the archive holds; makes none."""
        return self.archive.size() if self.has_archive else ArchiveSize()

    def prune_archive(self, before: datetime, *, keep_newest: bool = True) -> int:
        """Archive.prune(); makes no archive."""
        return self.archive.prune(before, keep_newest=keep_newest) if self.has_archive else 0

    def close(self) -> None:
        """Close both."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None
        super().close()

    @property
    def _archive_path(self) -> Path:
        return self.path.with_name(ARCHIVE_NAME)


def _ref(row: sqlite3.Row) -> PageRef:
    return PageRef(
        id=row["id"],
        source_id=row["source_id"],
        crawl_id=row["crawl_id"],
        post_id=row["post_id"],
        kind=row["kind"],
        url=row["asked_url"],
        fetched_at=rows.read_instant(row["fetched_at"]),
    )


def _drop(conn: sqlite3.Connection, ids: Sequence[int]) -> int:
    """Drop pages, and the contents that no page has any more."""
    marks = ", ".join("?" * len(ids))
    contents = conn.execute(f"SELECT DISTINCT content_id FROM pages WHERE id IN ({marks})", list(ids)).fetchall()
    dropped = conn.execute(f"DELETE FROM pages WHERE id IN ({marks})", list(ids)).rowcount
    conn.executemany(
        "DELETE FROM contents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM pages WHERE content_id = ?1)",
        [[row["content_id"]] for row in contents],
    )
    return dropped


def _storable(text: str) -> str:
    """A header or an address may hold what is no Unicode text; it must not cost the page."""
    return text.encode("utf-8", "replace").decode()
