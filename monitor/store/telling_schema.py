"""What keeps digests quick in a store that has grown for years, as a migration; imports nothing but the project's set.

In a file of its own because schema.py is long; whoever opens a database takes `migrations` from here, so that all of
them are known.
"""

from sqlite_utils.db import Database

from monitor.store.schedule_schema import migrations

__all__ = ["migrations"]


@migrations()
def m010_telling(db: Database) -> None:
    """A list of what is not told yet, and indexes for what stands behind the long content of a digest or a post."""
    for statement in (
        """
        -- The posts that an audience has not been told of and may be, so that a digest need not look at all there are.
        -- Triggers keep it, so that whoever writes posts and digests need not know of it. Without references: a row
        -- whose post or audience is gone does no harm.
        CREATE TABLE untold (
            audience_id INTEGER NOT NULL,
            post_id INTEGER NOT NULL,
            PRIMARY KEY (audience_id, post_id)
        ) STRICT, WITHOUT ROWID
        """,
        # Posts that were there before the audience are entered at its first digest where they are dated this day or
        # later; NULL: none was entered yet. An earlier day (a longer look-back) enters more.
        "ALTER TABLE audiences ADD COLUMN untold_since TEXT",
        """
        CREATE TRIGGER untold_new AFTER INSERT ON posts WHEN NEW.replayed = 0 BEGIN
            INSERT INTO untold SELECT id, NEW.id FROM audiences;
        END
        """,
        """
        CREATE TRIGGER untold_replayed AFTER UPDATE OF replayed ON posts WHEN NEW.replayed <> 0 BEGIN
            DELETE FROM untold WHERE post_id = NEW.id AND audience_id IN (SELECT id FROM audiences);
        END
        """,
        # What was too old for an audience may be told once its site gives it a later date.
        """
        CREATE TRIGGER untold_dated_anew AFTER UPDATE OF effective_on ON posts
        WHEN NEW.effective_on > OLD.effective_on AND NEW.replayed = 0 BEGIN
            INSERT OR IGNORE INTO untold SELECT id, NEW.id FROM audiences WHERE NOT EXISTS
                (SELECT 1 FROM digest_entries WHERE audience_id = audiences.id AND post_id = NEW.id);
        END
        """,
        """
        CREATE TRIGGER untold_told AFTER INSERT ON digest_entries WHEN NEW.post_id IS NOT NULL BEGIN
            DELETE FROM untold WHERE audience_id = NEW.audience_id AND post_id = NEW.post_id;
        END
        """,
        # All that is asked of many digests at once; what a row has behind its content costs reading that.
        """
        CREATE INDEX digests_in_brief
            ON digests(audience_id, period_start, period, frozen_at, held_back, events_until)
        """,
        # All that is asked of a post by words of its title, so that no text is read until it is found.
        "CREATE INDEX posts_by_title ON posts(effective_on, listed_key, title)",
        "CREATE INDEX crawls_with_new_layout ON crawls(source_id, started_at) WHERE layout_changed",
    ):
        db.conn.execute(statement)
