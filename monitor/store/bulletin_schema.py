"""What alert rules need of the main database, as a migration; imports nothing of the project but its set.

In a file of its own, as story_schema.py; whoever opens a database takes `migrations` from here, so that all are known.
"""

from sqlite_utils.db import Database

from monitor.store.telling_schema import migrations

__all__ = ["migrations"]


@migrations()
def m011_bulletins(db: Database) -> None:
    """Find what was too much for an alert rule, and is still to be told by a digest."""
    db.conn.execute("CREATE INDEX digest_entries_overflow ON digest_entries(post_id) WHERE kind = 'overflow'")
