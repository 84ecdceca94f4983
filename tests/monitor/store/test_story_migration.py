"""A database from before there were stories gets them, and nothing of it is lost."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils.db import Database

from monitor.grouping import group_posts
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID, migrations

NOW = datetime(2025, 7, 21, tzinfo=UTC)
INSERT = (
    "INSERT INTO posts (id, source_id, title, listed_title, listed_key, effective_on, dated, body, status, baseline,"
    " revision, first_seen_at, last_seen_at, copy_of) VALUES (?, 1, '【徐闻招商】菠萝项目签约', '', '', '2025-07-17', 1, ?, ?, 0, ?,"
    " '2025-07-17T00:00:00+00:00', '2025-07-17T00:00:00+00:00', ?)"
)


def test_posts_of_an_older_database_are_grouped(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA user_version = 4")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m006_stories")
        conn.execute("INSERT INTO sources (id, name, url, title, created_at) VALUES (1, 'zj', 'http://zj', '', '')")
        conn.execute("UPDATE sources SET created_at = '2025-07-01T00:00:00+00:00'")
        conn.execute(INSERT, [1, "总投资3亿元。", "complete", 1, None])
        conn.execute(INSERT, [2, "总投资3亿元。", "complete", 2, 1])
        conn.execute(INSERT, [3, None, "pending", 0, None])
    with Store(database) as store:
        assert store.ungrouped() == 2
        assert group_posts(store, NOW) == 2
        assert (store.story_of(1), store.story_of(2), store.story_of(3)) == (1, 1, None)
        assert store.facts_of([2])[2].investments == (300_000_000,)
        assert store._rows("PRAGMA foreign_key_check") == []
    assert database.with_name("zhaoshang.db.before-m006_stories").exists()
