"""The schema of the archive, as commented SQL in migrations that are never edited once released.

Imports nothing of the project. Instants are UTC text of seconds, as in the main database.
"""

from sqlite_utils import Migrations
from sqlite_utils.db import Database

APPLICATION_ID = 0x5A484152  # "ZHAR": an archive, which is no main database

migrations = Migrations("zhaoshang-archive")


@migrations()
def m001_pages(db: Database) -> None:
    """Raw pages, and the bytes that came with them."""
    for statement in (
        """
        -- Facts about this archive itself; `pruned_before` is the latest instant up to which pages were dropped.
        CREATE TABLE about (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT
        """,
        """
        -- One body, however often and under whatever address it came.
        CREATE TABLE contents (
            id INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,     -- SHA-256 of the raw body
            size INTEGER NOT NULL,         -- bytes of the raw body
            body BLOB NOT NULL             -- the raw body as one zstd frame
        ) STRICT
        """,
        "CREATE INDEX contents_by_size ON contents(size)",  # sums sizes without a look at the bodies
        """
        -- One page as it was fetched; ids grow in the order of keeping.
        CREATE TABLE pages (
            id INTEGER PRIMARY KEY,
            database_id TEXT NOT NULL,     -- of the main database: other ids mean something in it only
            source_id INTEGER NOT NULL,
            crawl_id INTEGER NOT NULL,
            post_id INTEGER,
            kind TEXT NOT NULL CHECK (kind IN ('listing', 'post', 'trouble')),
            asked_url TEXT NOT NULL,
            asked_method TEXT NOT NULL,
            asked_body TEXT NOT NULL,
            asked_headers TEXT NOT NULL,   -- JSON: [[name, value], …]
            url TEXT NOT NULL,             -- where the answer came from
            status INTEGER NOT NULL,
            content_type TEXT,
            fetched_at TEXT NOT NULL,
            content_id INTEGER NOT NULL REFERENCES contents(id)
        ) STRICT
        """,
        # One request of one source: its newest page is the last entry.
        "CREATE INDEX pages_by_request ON pages(source_id, kind, asked_url, asked_body, database_id)",
        "CREATE INDEX pages_by_source ON pages(source_id)",
        "CREATE INDEX pages_by_post ON pages(post_id) WHERE post_id IS NOT NULL",
        "CREATE INDEX pages_by_content ON pages(content_id)",
        "CREATE INDEX pages_by_time ON pages(fetched_at)",
    ):
        db.conn.execute(statement)
