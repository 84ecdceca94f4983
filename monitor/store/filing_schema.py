"""Where keys of the latest posts wait to be filed, as a migration; imports nothing of the project but its set.

In a file of its own, as story_schema.py; whoever opens a database takes `migrations` from here, so that all are known.
"""

from sqlite_utils.db import Database

from monitor.store.dead_letter_schema import migrations

__all__ = ["migrations"]


@migrations()
def m008_story_filing(db: Database) -> None:
    """Which posts' keys are not all in `story_keys` yet."""
    db.conn.execute(
        """
        -- The latest posts, by the turn in which they were grouped. Each turn files one slice of the keys, so after as
        -- many turns as there are slices, a post is found by `story_keys` alone (monitor.store.story_filing).
        CREATE TABLE story_unfiled (
            post_id INTEGER PRIMARY KEY,
            turn INTEGER NOT NULL
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX story_unfiled_by_turn ON story_unfiled(turn)")
