"""The migration that lets a delivery go out in parts and end as failed; like the schema, never edited once released."""

from sqlite_utils.db import Database

from monitor.store.schema import migrations

__all__ = ["migrations"]


@migrations()
def m005_delivery_parts(db: Database) -> None:
    """What a channel takes in several messages, and what no further try would bring there."""
    db.conn.execute(
        """
        -- when the channel said that trying again is of no use; the state stays 'pending', and nobody claims it
        ALTER TABLE deliveries ADD COLUMN given_up_at TEXT
        """
    )
    db.conn.execute(
        """
        -- The messages of a delivery, cut once at its first try: a later try sends those that are left as they are.
        CREATE TABLE delivery_parts (
            delivery_id INTEGER NOT NULL REFERENCES deliveries(id),
            number INTEGER NOT NULL,       -- 1 and up
            made_for TEXT NOT NULL,        -- the kind of channel whose markup it is in
            content TEXT NOT NULL,
            begun_at TEXT,                 -- when it was last handed over
            accepted_at TEXT,              -- when the channel said that it took it
            PRIMARY KEY (delivery_id, number)
        ) STRICT, WITHOUT ROWID
        """
    )
