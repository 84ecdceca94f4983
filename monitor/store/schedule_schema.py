"""What is kept of schedules, as a migration of the main database; imports nothing of the project but its set.

In a file of its own, as story_schema.py; whoever opens a database takes `migrations` from here, so that all are known.
"""

from sqlite_utils.db import Database

from monitor.store.filing_schema import migrations

__all__ = ["migrations"]


@migrations()
def m009_schedules(db: Database) -> None:
    """By which schedule an audience was told last."""
    # what the latest digest fell due by, such as mon 08:00; NULL: none did yet, or it was before this was noted
    db.conn.execute("ALTER TABLE audiences ADD COLUMN schedule TEXT")
