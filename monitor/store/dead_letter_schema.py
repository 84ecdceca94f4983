"""The migration that lets alerts be of deliveries that failed for good; like the schema, never edited once released.

Whoever opens a database takes `migrations` from here, so that all of them are known.
"""

from sqlite_utils.db import Database

from monitor.store.story_schema import migrations

__all__ = ["migrations"]


@migrations()
def m007_dead_letters(db: Database) -> None:
    """Alerts of deliveries beside those of sources, and deliveries that were split off others."""
    # SQLite cannot drop a NOT NULL, so the table is made anew. Under its own name, and not by renaming: what refers to
    # it is only counted as whole again by the rows that come back.
    for statement in (
        "PRAGMA defer_foreign_keys = ON",
        "CREATE TABLE old_alerts AS SELECT * FROM alerts",
        "DROP TABLE alerts",
        """
        -- What the operator was told: of a source (the last one says what they believe), or of a dead letter, once.
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY,
            source_id INTEGER REFERENCES sources(id),
            delivery_id INTEGER UNIQUE REFERENCES deliveries(id),
            at TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('trouble', 'recovery', 'dead-letter')),
            state TEXT,                    -- of the source
            symptom TEXT,
            detail TEXT NOT NULL DEFAULT '',
            since TEXT,
            crawls INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT '',
            CHECK ((source_id IS NULL) = (kind = 'dead-letter')),
            CHECK ((delivery_id IS NULL) = (kind <> 'dead-letter')),
            CHECK ((state IS NULL) = (kind = 'dead-letter'))
        ) STRICT
        """,
        """
        INSERT INTO alerts (id, source_id, at, kind, state, symptom, detail, since, crawls, reason)
            SELECT id, source_id, at, kind, state, symptom, detail, since, crawls, reason FROM old_alerts
        """,
        "DROP TABLE old_alerts",
        "CREATE INDEX alerts_by_source ON alerts(source_id, id)",
        """
        -- the delivery to several recipients that others took when this one's was refused
        ALTER TABLE deliveries ADD COLUMN split_of INTEGER REFERENCES deliveries(id)
        """,
        "CREATE INDEX deliveries_split ON deliveries(split_of) WHERE split_of IS NOT NULL",
        # what has failed for good is few among many: the operator is told of each
        "CREATE INDEX deliveries_given_up ON deliveries(id) WHERE given_up_at IS NOT NULL",
    ):
        db.conn.execute(statement)
