"""Opening the file: fresh, shared, foreign, newer, damaged, locked, and older than the program."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.db import Database

from monitor.errors import ForeignDatabase, StoreCorrupt, StoreError, StoreLocked, StoreMissing, ZhaoshangError
from monitor.models import SourceSpec
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID, migrations

SPEC = SourceSpec("zhanjiang", "http://zj.example/list/", "湛江")
TABLES = {"sources", "crawls", "posts", "revisions", "digests", "digest_entries", "deliveries"}


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        yield conn


def tables(path: Path) -> set[str]:
    with raw(path) as conn:
        return {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def one_line(error: pytest.ExceptionInfo[ZhaoshangError], path: Path) -> str:
    """The message as the user sees it; it must be one line that says where."""
    line = str(error.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    return line


def test_a_fresh_file_has_every_table_and_is_marked_as_ours(database: Path) -> None:
    Store(database).close()
    assert tables(database) >= TABLES
    with raw(database) as conn:
        assert conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        assert conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with Store(tmp_path / "数据" / "a" / "b.db") as store:
        assert store.source_states() == ()


def test_an_empty_file_is_a_fresh_one(database: Path) -> None:
    database.touch()
    Store(database).close()
    assert tables(database) >= TABLES


def test_what_was_written_is_there_when_opened_again_under_the_same_id(database: Path, now: datetime) -> None:
    with Store(database) as store:
        store.sync([SPEC], ["everyone"], now)
        database_id = store.database_id()
    with Store(database) as store:
        assert [state.source.name for state in store.source_states()] == ["zhanjiang"]
        assert store.database_id() == database_id


def test_two_databases_have_two_ids(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as one, Store(tmp_path / "b.db") as other:
        assert one.database_id() != other.database_id()


def test_processes_that_open_a_fresh_file_together_all_succeed(race: Callable[..., list[str]], database: Path) -> None:
    told = race("with Store(path) as store: print(store.database_id())", processes=3)
    assert len(set(told)) == 1
    with raw(database) as conn:
        applied = [name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid")]
    assert applied == sorted(set(applied))


def test_processes_that_write_at_once_lose_nothing(race: Callable[..., list[str]], crawls: Any, store: Store) -> None:
    crawl_id = crawls.start()
    script = f"store = Store(path)\nfor n in range(40): store.note_error({crawl_id}, f'{{number}}', 'x')\nstore.close()"
    race(script, processes=3)
    assert store.crawl(crawl_id).counts.errors == 120


def test_reading_commands_make_no_database(database: Path) -> None:
    with pytest.raises(StoreMissing, match="no database yet"):
        Store(database, create=False)
    assert list(database.parent.iterdir()) == []


def test_a_database_that_exists_opens_without_create(database: Path) -> None:
    Store(database).close()
    Store(database, create=False).close()


@pytest.mark.parametrize(
    "content", [b"x", "【湛江招商】携手\n".encode(), b"\x00" * 5000, b"SQLite format 2\x00" + b"\x00" * 500]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(database: Path, content: bytes) -> None:
    database.write_bytes(content)
    with pytest.raises(ForeignDatabase) as refused:
        Store(database)
    assert "not a SQLite database" in one_line(refused, database)
    assert database.read_bytes() == content


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_of_another_program_is_refused_and_left_alone(database: Path, mode: str) -> None:
    with raw(database) as conn:
        conn.execute(f"PRAGMA journal_mode = {mode}")
        conn.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT)")
        conn.execute("INSERT INTO posts (title) VALUES ('theirs')")
    before = digest(database)
    with pytest.raises(ForeignDatabase) as refused:
        Store(database)
    assert "another program" in one_line(refused, database)
    assert digest(database) == before
    with raw(database) as conn:
        assert conn.execute("SELECT title FROM posts").fetchall() == [("theirs",)]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Path, now: datetime) -> None:
    with Store(database) as store:
        store.sync([SPEC], [], now)
    with raw(database) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('zhaoshang', 'm999_stories', '')"
        )
    before = digest(database)
    with pytest.raises(ForeignDatabase) as refused:
        Store(database)
    assert "newer version (it has m999_stories)" in one_line(refused, database)
    assert digest(database) == before
    assert list(database.parent.glob("*.before-*")) == []


@pytest.mark.parametrize("damage", ["middle", "head", "cut"])
def test_a_damaged_file_is_told_in_one_line(database: Path, now: datetime, damage: str) -> None:
    with Store(database) as store:
        store.sync([SPEC], [], now)
    content = database.read_bytes()
    damaged = {
        "middle": content[:100] + b"\xff" * 8000 + content[8100:],
        "head": content[:16] + b"\x00" * 40 + content[56:],
        "cut": content[:5000],
    }[damage]
    database.write_bytes(damaged)
    with pytest.raises(StoreCorrupt) as refused:
        Store(database).close()
    assert "restore a backup" in one_line(refused, database)
    assert database.read_bytes() == damaged


def test_a_folder_in_place_of_the_file_is_told_in_one_line(database: Path) -> None:
    database.mkdir()
    with pytest.raises(StoreError) as refused:
        Store(database)
    one_line(refused, database)


def test_a_fresh_file_locked_by_another_is_told_in_one_line(database: Path) -> None:
    with raw(database) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreLocked) as refused:
            Store(database, busy_seconds=0.05)
    one_line(refused, database)
    Store(database).close()


def test_a_writer_that_does_not_end_stops_writers_and_no_reader(database: Path, now: datetime) -> None:
    Store(database).close()
    with raw(database) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store(database, busy_seconds=0.05) as store:
            assert store.source_states() == ()
            with pytest.raises(StoreLocked) as refused:
                store.sync([SPEC], [], now)
            one_line(refused, database)
            other.execute("ROLLBACK")
            store.sync([SPEC], [], now)
            assert len(store.source_states()) == 1


# -- migration -----------------------------------------------------------------------------------------------


OLDER_DATA = """
INSERT INTO sources (id, name, url, title, created_at)
VALUES (7, 'zj', 'http://zj', '湛江', '2025-07-17T00:00:00+00:00');
INSERT INTO crawls (id, source_id, started_at, pid, url) VALUES (1, 7, '2025-07-17T00:00:00+00:00', 1, 'http://zj');
INSERT INTO posts (source_id, title, listed_title, listed_key, effective_on, dated, status, baseline, first_seen_at,
    last_seen_at)
VALUES (7, '【湛江招商】甲', '', '', '2025-07-17', 1, 'pending', 0, '2025-07-17T00:00:00+00:00',
    '2025-07-17T00:00:00+00:00');
"""


def make_older(path: Path) -> None:
    """A database as the first migration alone left it, with a post in it."""
    with raw(path) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m002_digests")
        conn.executescript(OLDER_DATA)


def test_an_older_database_is_backed_up_beside_itself_and_migrated_with_its_data(database: Path) -> None:
    make_older(database)
    with Store(database) as store:
        assert [post.title for post in store.all_posts()] == ["【湛江招商】甲"]
        assert store.database_id()
    (backup,) = database.parent.glob("*.before-*")
    assert backup.name == "zhaoshang.db.before-m002_digests"
    assert tables(database) >= TABLES
    assert "digests" not in tables(backup)
    with raw(backup) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("SELECT title FROM posts").fetchall() == [("【湛江招商】甲",)]


def test_a_backup_has_what_stood_only_in_the_log(database: Path) -> None:
    """WAL: with another connection open, the last commits are not in the file itself."""
    make_older(database)
    with raw(database) as other:
        other.execute("UPDATE posts SET title = '在日志里'")
        Store(database).close()
        backup = database.with_name("zhaoshang.db.before-m002_digests")
        with raw(backup) as conn:
            assert conn.execute("SELECT title FROM posts").fetchall() == [("在日志里",)]


def test_a_backup_can_be_put_back_and_is_migrated_again(database: Path) -> None:
    make_older(database)
    Store(database).close()
    backup = database.with_name("zhaoshang.db.before-m002_digests")
    restored = database.with_name("restored.db")
    restored.write_bytes(backup.read_bytes())
    with Store(restored) as store:
        assert [post.title for post in store.all_posts()] == ["【湛江招商】甲"]


def test_a_fresh_or_current_database_makes_no_backup(database: Path) -> None:
    Store(database).close()
    Store(database).close()
    assert list(database.parent.glob("*.before-*")) == []


def test_a_migration_that_fails_leaves_the_older_database_whole(database: Path) -> None:
    make_older(database)
    with raw(database) as conn:
        conn.execute("CREATE TABLE deliveries (in_the_way TEXT)")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Store(database)
    assert "digests" not in tables(database)
    with raw(database) as conn:
        assert conn.execute("SELECT name FROM _sqlite_migrations").fetchall() == [("m001_posts",)]
        conn.execute("DROP TABLE deliveries")
    with Store(database) as store:
        assert [post.title for post in store.all_posts()] == ["【湛江招商】甲"]


def test_processes_that_open_an_older_database_together_migrate_it_once(
    race: Callable[..., list[str]], database: Path
) -> None:
    make_older(database)
    told = race("with Store(path) as store: print([post.title for post in store.all_posts()])", processes=3)
    assert set(told) == {"['【湛江招商】甲']\n"}
    assert len(list(database.parent.glob("*.before-*"))) == 1


def test_opening_the_database_again_does_not_drop_the_locks_of_a_connection_of_the_same_process(database: Path) -> None:
    """Another process that closes last must not take the write-ahead log away: that was a disk I/O error."""
    with Store(database):
        pass
    with Store(database) as first:
        first.sync([], ["everyone"], datetime(2025, 7, 21, tzinfo=UTC))
        with Store(database) as second:
            assert second.audience("everyone") is not None
        other = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM posts'); c.close()"
        subprocess.run([sys.executable, "-c", other, str(database)], check=True)
        assert database.with_name(database.name + "-wal").exists()
        first.sync([], ["others"], datetime(2025, 7, 21, tzinfo=UTC))
        with Store(database) as third:
            assert third.audience("others") is not None
