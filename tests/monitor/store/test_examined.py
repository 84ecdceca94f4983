"""Looking at a database file as it stands: it is neither made, nor migrated, nor robbed of its locks."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.db import Database

from monitor.errors import ForeignDatabase, StoreCorrupt, StoreError, StoreLocked
from monitor.store import Store
from monitor.store.examined import ExaminedArchive, ExaminedStore, sqlite_version
from monitor.store.schema import APPLICATION_ID, migrations


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        yield conn


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_sound_database_has_nothing_to_complain_of(database: Path, crawls: Any, now: datetime) -> None:
    with ExaminedStore(database) as empty:
        assert empty.latest_crawl() is None
    crawls.start()
    with ExaminedStore(database) as found:
        assert not found.behind
        assert found.damage() is None
        assert found.dangling() == (0, "")
        found.wait_for_writers()
        assert found.latest_crawl() == now
        assert [state.source.name for state in found.source_states()] == ["zhanjiang", "guangdong"]


def test_a_file_that_is_not_there_is_not_made(database: Path) -> None:
    with pytest.raises(StoreError):
        ExaminedStore(database)
    assert list(database.parent.iterdir()) == []


def test_an_older_database_is_not_migrated_and_not_copied(database: Path) -> None:
    with raw(database) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m002_digests")
    before = digest(database)
    with ExaminedStore(database) as found:
        assert found.behind
        assert found.damage() is None
    assert digest(database) == before
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_a_newer_database_and_one_of_another_program_are_refused(database: Path) -> None:
    Store(database).close()
    with raw(database) as conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('x', 'm999_x', '')")
    with pytest.raises(ForeignDatabase, match="newer version"):
        ExaminedStore(database)
    theirs = database.with_name("theirs.db")
    with raw(theirs) as conn:
        conn.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY)")
    for kind in (ExaminedStore, ExaminedArchive):
        with pytest.raises(ForeignDatabase, match="another program"):
            kind(theirs)


def test_an_index_that_lacks_a_row_is_found_by_the_whole_check_alone(database: Path, store: Store) -> None:
    store.close()
    with raw(database) as conn:
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute("CREATE TABLE other (x)")
        conn.execute("CREATE INDEX other_x ON other(x)")
        conn.execute("UPDATE sqlite_master SET sql = 'CREATE INDEX other_x ON other(x) WHERE 0' WHERE name = 'other_x'")
    with raw(database) as conn:
        conn.execute("INSERT INTO other VALUES (1)")
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute("UPDATE sqlite_master SET sql = 'CREATE INDEX other_x ON other(x)' WHERE name = 'other_x'")
    with ExaminedStore(database) as found:
        assert found.integrity_problem() is None
        assert "other_x" in (found.damage() or "")


def test_a_row_that_refers_to_nothing_is_counted(database: Path, store: Store) -> None:
    store.close()
    with raw(database) as conn:  # foreign keys are off unless asked for
        conn.execute("INSERT INTO crawls (source_id, started_at, pid, url) VALUES (99, '2025-07-21', 1, 'x')")
    with ExaminedStore(database) as found:
        assert found.dangling() == (1, "crawls")


def test_a_writer_that_does_not_end_is_told(database: Path, store: Store) -> None:
    with raw(database) as other, ExaminedStore(database, busy_seconds=0.05) as found:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            found.wait_for_writers()
        other.execute("ROLLBACK")
        found.wait_for_writers()
        assert store.source_states()


def test_a_damaged_head_is_told(database: Path, store: Store) -> None:
    store.close()
    content = database.read_bytes()
    database.write_bytes(content[:100] + b"\xff" * 8000 + content[8100:])
    with pytest.raises(StoreCorrupt):
        ExaminedStore(database)


def test_looking_does_not_drop_the_locks_of_a_connection_of_the_same_process(store: Store, now: datetime) -> None:
    with ExaminedStore(store.path) as found:
        found.damage()
    other = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM posts'); c.close()"
    subprocess.run([sys.executable, "-c", other, str(store.path)], check=True)
    assert store.path.with_name(store.path.name + "-wal").exists()
    store.sync([], ["others"], now)
    with Store(store.path) as again:
        assert again.audience("others") is not None


def test_the_archive_is_counted(database: Path, store: Store) -> None:
    assert store.archive.size().pages == 0
    with ExaminedArchive(database.with_name("archive.db")) as found:
        assert found.pages() == 0
        assert found.damage() is None


def test_the_version_of_sqlite_is_that_of_the_library() -> None:
    assert sqlite_version() == sqlite3.sqlite_version_info
