"""The schema, as commented SQL in migrations that are never edited once released; imports nothing of the project.

Instants are UTC text of seconds (`2025-07-21T00:00:00+00:00`), dates are ISO text, booleans are 0 and 1.
"""

from sqlite_utils import Migrations
from sqlite_utils.db import Database

APPLICATION_ID = 0x5A48534E  # "ZHSN": marks a database file as ours

migrations = Migrations("zhaoshang")


def _run(db: Database, script: str) -> None:
    # One statement at a time: executescript() would commit the migration's transaction.
    for statement in script.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)


@migrations()
def m001_posts(db: Database) -> None:
    """What we watch and what we found there."""
    _run(
        db,
        """
        -- One row of facts about this database itself, such as the id that makes Message-IDs its own.
        CREATE TABLE about (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;

        -- One listing that we watch. A source that leaves the configuration keeps its row and its posts.
        CREATE TABLE sources (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL,
            title TEXT NOT NULL,
            created_at TEXT NOT NULL,
            attempted_at TEXT,             -- when the daemon last started a crawl, whatever came of it
            baseline_crawl_id INTEGER      -- the first completed crawl
        ) STRICT;

        -- The ledger: one row per run. No finished_at and no living process: the run died.
        CREATE TABLE crawls (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources(id),
            started_at TEXT NOT NULL,
            finished_at TEXT,
            reason TEXT,
            completed INTEGER NOT NULL DEFAULT 0,
            pid INTEGER NOT NULL,
            url TEXT NOT NULL,             -- the listing as it was read; another than the source's proves nothing of it
            pages INTEGER NOT NULL DEFAULT 0,
            new INTEGER NOT NULL DEFAULT 0,
            revised INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0,
            moved INTEGER NOT NULL DEFAULT 0,
            completed_posts INTEGER NOT NULL DEFAULT 0,
            off_label INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0,
            errors INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX crawls_by_source ON crawls(source_id, id);

        -- What one crawl has to say beyond its numbers: rejected records, errors, off-label titles.
        CREATE TABLE crawl_notes (
            id INTEGER PRIMARY KEY,
            crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX crawl_notes_by_crawl ON crawl_notes(crawl_id);

        -- The current state of a post; its history is in revisions.
        CREATE TABLE posts (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources(id),
            title TEXT NOT NULL,
            listed_title TEXT NOT NULL,    -- title and date as the listing last showed them
            listed_key TEXT NOT NULL,      -- the listed title, normalised
            listed_on TEXT,
            label TEXT,
            place TEXT,
            url TEXT,
            published_on TEXT,
            effective_on TEXT NOT NULL,
            dated INTEGER NOT NULL,        -- 1: effective_on is published_on
            summary TEXT,
            body TEXT,
            status TEXT NOT NULL CHECK (status IN ('pending', 'complete')),
            attempts INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            fingerprint TEXT,
            copy_of INTEGER REFERENCES posts(id),  -- the first post with the same fingerprint
            baseline INTEGER NOT NULL,     -- 1: first seen before its source had completed a crawl
            revision INTEGER NOT NULL DEFAULT 0,
            first_seen_at TEXT NOT NULL,
            last_seen_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX posts_by_date ON posts(effective_on);
        CREATE INDEX posts_by_listed ON posts(source_id, listed_key, listed_on);
        CREATE INDEX posts_by_fingerprint ON posts(fingerprint);
        CREATE INDEX posts_by_first_copy ON posts(copy_of) WHERE copy_of IS NOT NULL;
        CREATE INDEX posts_pending ON posts(source_id) WHERE status = 'pending';

        -- Identity, apart from content: every key under which a post was ever sighted.
        CREATE TABLE identities (
            key TEXT PRIMARY KEY,
            post_id INTEGER NOT NULL REFERENCES posts(id),
            bare TEXT                      -- set on shared URLs: the identity of the URL alone
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX identities_by_bare ON identities(bare) WHERE bare IS NOT NULL;
        CREATE INDEX identities_by_post ON identities(post_id);

        -- Which posts a running crawl has met on its listing; emptied when it ends.
        CREATE TABLE met (
            crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            post_id INTEGER NOT NULL REFERENCES posts(id),
            PRIMARY KEY (crawl_id, post_id)
        ) STRICT, WITHOUT ROWID;

        -- Append-only: one observed state of a post.
        CREATE TABLE revisions (
            id INTEGER PRIMARY KEY,
            post_id INTEGER NOT NULL REFERENCES posts(id),
            number INTEGER NOT NULL,
            crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            seen_at TEXT NOT NULL,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            published_on TEXT,
            fingerprint TEXT NOT NULL,
            UNIQUE (post_id, number)
        ) STRICT;

        -- Entries that the label pattern of their source does not admit: counted and shown, never dropped.
        CREATE TABLE off_label_entries (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources(id),
            key TEXT NOT NULL,
            title TEXT NOT NULL,
            url TEXT,
            effective_on TEXT NOT NULL,
            first_seen_at TEXT NOT NULL,
            last_crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            UNIQUE (source_id, key)
        ) STRICT;
        CREATE INDEX off_label_by_date ON off_label_entries(effective_on);
        """,
    )


@migrations()
def m002_digests(db: Database) -> None:
    """Who was told what, and how it reached them."""
    _run(
        db,
        """
        CREATE TABLE audiences (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            created_at TEXT NOT NULL,
            last_due_at TEXT               -- the latest due moment that was dealt with
        ) STRICT;

        -- Frozen content of one period for one audience: written once, never changed.
        CREATE TABLE digests (
            id INTEGER PRIMARY KEY,
            audience_id INTEGER NOT NULL REFERENCES audiences(id),
            period TEXT NOT NULL,
            period_start TEXT NOT NULL,
            period_end TEXT NOT NULL,
            due_at TEXT NOT NULL,
            frozen_at TEXT NOT NULL,
            content TEXT NOT NULL,
            held_back INTEGER,             -- 1: missed, only the file channel got it; NULL: empty, nobody was told
            UNIQUE (audience_id, period)
        ) STRICT;

        -- What a digest told. The unique keys are the promise that a post is announced to an audience once.
        CREATE TABLE digest_entries (
            id INTEGER PRIMARY KEY,
            digest_id INTEGER NOT NULL REFERENCES digests(id),
            audience_id INTEGER NOT NULL REFERENCES audiences(id),
            kind TEXT NOT NULL,
            post_id INTEGER REFERENCES posts(id),
            off_label_id INTEGER REFERENCES off_label_entries(id),
            CHECK ((post_id IS NULL) <> (off_label_id IS NULL)),
            UNIQUE (audience_id, post_id),
            UNIQUE (audience_id, off_label_id)
        ) STRICT;
        CREATE INDEX digest_entries_by_digest ON digest_entries(digest_id);

        -- The outbox. `number` is 0 for the delivery that a digest was frozen with, 1 and up for resends.
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY,
            digest_id INTEGER NOT NULL REFERENCES digests(id),
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,
            number INTEGER NOT NULL DEFAULT 0,
            message_id TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'sent')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_attempt_at TEXT NOT NULL,
            claimed_by TEXT,
            claimed_at TEXT,
            sent_at TEXT,
            last_error TEXT,
            resend_of INTEGER REFERENCES deliveries(id),
            UNIQUE (digest_id, channel, recipient, number)
        ) STRICT;
        CREATE INDEX deliveries_open ON deliveries(next_attempt_at) WHERE state <> 'sent';
        """,
    )


@migrations()
def m003_listings(db: Database) -> None:
    """How listings were read, what each of them showed first and when, and what reading the archive again corrected."""
    _run(
        db,
        """
        -- the record block that the listing was last read by
        ALTER TABLE sources ADD COLUMN signature TEXT;
        -- how the bytes of the listing were read
        ALTER TABLE crawls ADD COLUMN charset TEXT;

        -- what the post's page says after 来源
        ALTER TABLE posts ADD COLUMN origin TEXT;
        -- JSON: [[title, url], …]
        ALTER TABLE posts ADD COLUMN attachments TEXT;
        -- 1: found in the archive, never told
        ALTER TABLE posts ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
        -- 1: our correction, not the site's
        ALTER TABLE revisions ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
        -- as for posts
        ALTER TABLE off_label_entries ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE off_label_entries ADD COLUMN first_crawl_id INTEGER REFERENCES crawls(id);
        UPDATE off_label_entries SET first_crawl_id = COALESCE(
            (SELECT MAX(crawls.id) FROM crawls WHERE crawls.source_id = off_label_entries.source_id
                AND crawls.started_at <= off_label_entries.first_seen_at), last_crawl_id);

        -- Which crawl first met a post on which source's listing. What was first met after a source's last completed
        -- crawl does not end its listing; what another source found long ago may be news to this one.
        CREATE TABLE listed (
            source_id INTEGER NOT NULL REFERENCES sources(id),
            post_id INTEGER NOT NULL REFERENCES posts(id),
            first_crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            PRIMARY KEY (source_id, post_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO listed SELECT posts.source_id, posts.id, (SELECT MAX(crawls.id) FROM crawls
                WHERE crawls.source_id = posts.source_id AND crawls.started_at <= posts.first_seen_at) AS crawl_id
            FROM posts WHERE crawl_id IS NOT NULL;

        -- What tells whether a listing changed since the last completed crawl: written only when a crawl completes.
        CREATE TABLE validators (
            source_id INTEGER NOT NULL REFERENCES sources(id),
            url TEXT NOT NULL,
            read_by TEXT NOT NULL,         -- extractor version and source table; of others, all is read anew
            etag TEXT,
            last_modified TEXT,
            body_hash TEXT NOT NULL,
            posts INTEGER NOT NULL,        -- entries that the page listed
            off_label INTEGER NOT NULL,
            crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            PRIMARY KEY (source_id, url)
        ) STRICT, WITHOUT ROWID;
        """,
    )


@migrations()
def m004_changes(db: Database) -> None:
    """What becomes of posts after they were first read, how their sources are, and who was told of either."""
    _run(
        db,
        """
        -- the moment from which the visits to a post are counted: when it was read, or when it was announced
        ALTER TABLE posts ADD COLUMN visit_from TEXT;
        -- when it is looked at again; NULL: no more
        ALTER TABLE posts ADD COLUMN visit_due_at TEXT;
        -- how many looks in a row, up to the last one, found another text
        ALTER TABLE posts ADD COLUMN streak INTEGER NOT NULL DEFAULT 0;
        -- 1: it changes whenever it is looked at; its text stays as it was when that was noticed
        ALTER TABLE posts ADD COLUMN flapping INTEGER NOT NULL DEFAULT 0;
        -- the fingerprint of what a flapping post last showed: the same twice, and it has settled
        ALTER TABLE posts ADD COLUMN flapping_print TEXT;
        -- since when its own address says that it is gone, by which sign, and in which crawls first and last
        ALTER TABLE posts ADD COLUMN missing_since TEXT;
        ALTER TABLE posts ADD COLUMN missing_reason TEXT;
        ALTER TABLE posts ADD COLUMN missing_crawl_id INTEGER REFERENCES crawls(id);
        ALTER TABLE posts ADD COLUMN gone_crawl_id INTEGER REFERENCES crawls(id);
        -- when that was confirmed
        ALTER TABLE posts ADD COLUMN withdrawn_at TEXT;
        -- where its text was read: 'page' or 'listing'; NULL on posts from before this was kept
        ALTER TABLE posts ADD COLUMN read_from TEXT;
        -- SHA-256 of the page that its text was read from, as it lies in the archive
        ALTER TABLE posts ADD COLUMN page_hash TEXT;
        CREATE INDEX posts_missing ON posts(source_id) WHERE missing_since IS NOT NULL AND withdrawn_at IS NULL;
        CREATE INDEX posts_to_visit ON posts(source_id, visit_due_at) WHERE visit_due_at IS NOT NULL;

        -- What happened to a post after its first revision; append-only. `revision` holds from then on.
        CREATE TABLE post_events (
            id INTEGER PRIMARY KEY,
            post_id INTEGER NOT NULL REFERENCES posts(id),
            crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            at TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('revised', 'withdrawn', 'restored', 'flapping', 'settled')),
            revision INTEGER NOT NULL,
            telling INTEGER NOT NULL,      -- 0: recorded, never announced
            reason TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX post_events_by_post ON post_events(post_id);
        CREATE INDEX post_events_telling ON post_events(id) WHERE telling;

        -- What tells whether a post's own page changed since it was last read.
        CREATE TABLE post_validators (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            url TEXT NOT NULL,
            read_by TEXT NOT NULL,         -- as in validators
            etag TEXT,
            last_modified TEXT,
            body_hash TEXT NOT NULL
        ) STRICT;

        -- extractor version, address and selectors under which sources.signature was made
        ALTER TABLE sources ADD COLUMN signature_read_by TEXT;

        CREATE INDEX digest_entries_by_post ON digest_entries(post_id) WHERE post_id IS NOT NULL;
        -- the latest event of all when the digest was frozen: what its posts looked like, its readers know
        ALTER TABLE digests ADD COLUMN events_until INTEGER NOT NULL DEFAULT 0;

        -- Which events a digest told. The unique key is the promise that an audience hears of each once.
        CREATE TABLE digest_changes (
            id INTEGER PRIMARY KEY,
            digest_id INTEGER NOT NULL REFERENCES digests(id),
            audience_id INTEGER NOT NULL REFERENCES audiences(id),
            event_id INTEGER NOT NULL REFERENCES post_events(id),
            UNIQUE (audience_id, event_id)
        ) STRICT;

        -- What ended a crawl that did not complete (monitor.health.conditions.Symptom), and the particulars.
        ALTER TABLE crawls ADD COLUMN symptom TEXT;
        ALTER TABLE crawls ADD COLUMN detail TEXT;
        -- What the first page of the listing came to; NULL when it was not read, or had not changed.
        ALTER TABLE crawls ADD COLUMN records INTEGER;
        ALTER TABLE crawls ADD COLUMN dated INTEGER;
        ALTER TABLE crawls ADD COLUMN without_link INTEGER;
        ALTER TABLE crawls ADD COLUMN garbled INTEGER;
        ALTER TABLE crawls ADD COLUMN newest_on TEXT;
        ALTER TABLE crawls ADD COLUMN layout_changed INTEGER NOT NULL DEFAULT 0;
        -- Known posts that were looked at again, and how many of them were not there.
        ALTER TABLE crawls ADD COLUMN visited INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE crawls ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
        -- 1: it completed, and nothing about its source was odd; of others, nobody concludes that a post is withdrawn
        ALTER TABLE crawls ADD COLUMN sound INTEGER;
        CREATE INDEX crawls_with_figures ON crawls(source_id, id) WHERE records IS NOT NULL;
        CREATE INDEX posts_by_day ON posts(source_id, effective_on);
        UPDATE crawls SET layout_changed = 1
            WHERE EXISTS (SELECT 1 FROM crawl_notes WHERE crawl_id = crawls.id AND kind = 'layout');

        -- What the operator was told of a source; the last one of a source says what they believe.
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY,
            source_id INTEGER NOT NULL REFERENCES sources(id),
            at TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('trouble', 'recovery')),
            state TEXT NOT NULL,
            symptom TEXT,
            detail TEXT NOT NULL DEFAULT '',
            since TEXT,
            crawls INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX alerts_by_source ON alerts(source_id, id);

        -- The outbox carries alerts too; SQLite cannot drop a NOT NULL, so the table is made anew.
        PRAGMA defer_foreign_keys = ON;
        CREATE TABLE new_deliveries (
            id INTEGER PRIMARY KEY,
            digest_id INTEGER REFERENCES digests(id),
            alert_id INTEGER REFERENCES alerts(id),
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,
            number INTEGER NOT NULL DEFAULT 0,
            message_id TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'sent')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_attempt_at TEXT NOT NULL,
            claimed_by TEXT,
            claimed_at TEXT,
            sent_at TEXT,
            last_error TEXT,
            resend_of INTEGER REFERENCES new_deliveries(id),
            CHECK ((digest_id IS NULL) <> (alert_id IS NULL)),
            UNIQUE (digest_id, channel, recipient, number),
            UNIQUE (alert_id, channel, recipient, number)
        ) STRICT;
        INSERT INTO new_deliveries (id, digest_id, channel, recipient, number, message_id, state, attempts,
            next_attempt_at, claimed_by, claimed_at, sent_at, last_error, resend_of)
            SELECT id, digest_id, channel, recipient, number, message_id, state, attempts,
            next_attempt_at, claimed_by, claimed_at, sent_at, last_error, resend_of FROM deliveries;
        DROP TABLE deliveries;
        ALTER TABLE new_deliveries RENAME TO deliveries;
        CREATE INDEX deliveries_open ON deliveries(next_attempt_at) WHERE state <> 'sent';

        -- Posts that were announced before there were visits are due at once; how many a day has a ceiling.
        UPDATE posts SET visit_from = first_seen_at, visit_due_at = first_seen_at
            WHERE status = 'complete' AND url IS NOT NULL
            AND EXISTS (SELECT 1 FROM digest_entries WHERE post_id = posts.id AND kind <> 'backfilled');
        """,
    )
