"""A database from before schedules were noted takes its audiences along; and how far an audience was told."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils.db import Database

from monitor.store import Store
from monitor.store.schedule_schema import migrations
from monitor.store.schema import APPLICATION_ID


def test_the_audiences_of_an_older_database_have_no_schedule_yet(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m009_schedules")
        conn.execute("INSERT INTO audiences (name, created_at) VALUES ('everyone', '2025-07-01T00:00:00+00:00')")
    with Store(database) as store:
        audience = store.audience("everyone")
        assert audience is not None
        assert (audience.schedule, audience.created_at) == (None, datetime(2025, 7, 1, tzinfo=UTC))
    assert database.with_name("zhaoshang.db.before-m009_schedules").exists()


def test_an_audience_was_told_until_the_end_of_its_last_period(freezer: Any, store: Store, now: datetime) -> None:
    assert store.told_until("everyone", date(2025, 7, 21)) is None
    freezer.freeze("2025-W29")
    freezer.freeze("2025-W31", at=now + timedelta(days=14))
    assert store.told_until("everyone", date(2025, 7, 20)) is None
    assert store.told_until("everyone", date(2025, 7, 21)) == date(2025, 7, 21)
    assert store.told_until("everyone", date(2025, 8, 3)) == date(2025, 7, 21), "one ahead of time does not count"
    assert store.told_until("everyone", date(2025, 8, 4)) == date(2025, 8, 4)
    assert store.told_until("nobody", date(2025, 8, 4)) is None
