"""Database, archive, disk and folders: sound ones, and real ones that are not."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils.db import Database

from monitor.checkup import database as checked
from monitor.checkup.database import archive, database, facts
from monitor.checkup.disk import Room, room, room_of, size
from monitor.checkup.folders import owners, unwritable, writable
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID, migrations

AS_ROOT = os.geteuid() == 0


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        yield conn


def spoil(path: Path, start: int = 4096) -> None:
    """Bytes that mean nothing, from a page on."""
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xa5" * (len(content) - start))


# -- database ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thorough", [False, True])
def test_a_sound_database_is_told_with_its_posts_and_one_that_is_not_there_yet_is_no_fault(
    database_path: Path, thorough: bool
) -> None:
    assert "will be made" in database(database_path, thorough=thorough).words
    assert not database_path.exists()
    assert facts(database_path).ok
    Store(database_path).close()
    assert facts(database_path).words == "read of every post that is complete"
    found = database(database_path, thorough=thorough)
    assert (found.ok, found.words) == (True, f"{database_path}: 0 posts")


@pytest.mark.parametrize("thorough", [False, True])
def test_a_damaged_database_says_to_restore_a_backup(database_path: Path, thorough: bool) -> None:
    Store(database_path).close()
    spoil(database_path)
    found = database(database_path, thorough=thorough)
    assert found.ok is False
    assert "damaged" in found.words
    assert "restore a backup" in found.todo


def test_a_page_that_is_damaged_is_found_though_the_database_opens(database_path: Path, now: datetime) -> None:
    with Store(database_path) as store:
        store.sync([], [f"audience {number}" for number in range(2000)], now)
    with raw(database_path) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (pages,) = conn.execute("PRAGMA page_count").fetchone()
    spoil(database_path, 4096 * (pages - 1))
    found = database(database_path)
    assert found.ok is False
    assert "is damaged" in found.words


def test_rows_that_refer_to_nothing_are_found_by_the_thorough_look(database_path: Path) -> None:
    Store(database_path).close()
    with raw(database_path) as conn:
        conn.execute("INSERT INTO crawls (source_id, started_at, pid, url) VALUES (99, '2025-07-21', 1, 'x')")
    found = database(database_path, thorough=True)
    assert found.ok is False
    assert "1 rows refer to what is not there, the first of them in crawls" in found.words


def test_a_database_that_another_process_keeps_locked_is_told(database_path: Path) -> None:
    Store(database_path).close()
    with raw(database_path) as other:
        other.execute("BEGIN IMMEDIATE")
        found = database(database_path, thorough=True, busy_seconds=0.05)
    assert found.ok is False
    assert "locked by another process" in found.words


def test_a_log_that_a_reader_keeps_from_ending_is_told(
    database_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "_LOG_BYTES", 100_000)
    with Store(database_path) as store, raw(database_path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM posts").fetchone()
        for number in range(40):
            store.sync([], [f"audience {number}"], now)
        found = database(database_path, thorough=True)
        assert found.ok is False
        assert "-wal has grown to" in found.words
    assert database(database_path, thorough=True).ok


def test_an_older_database_is_left_to_the_next_start(database_path: Path) -> None:
    with raw(database_path) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m002_digests")
    found = database(database_path, thorough=True)
    assert found.ok
    assert "next start" in found.words
    assert facts(database_path).ok is None
    assert list(database_path.parent.glob("*.before-*")) == []


@pytest.mark.parametrize("left", ["archive.db", "digests/weekly/2025-W29.md", "zhaoshang.db.before-m007"])
def test_a_database_that_is_lost_beside_what_it_led_to_says_to_restore_a_backup(database_path: Path, left: str) -> None:
    trace = database_path.parent / left
    trace.parent.mkdir(parents=True, exist_ok=True)
    trace.touch()
    assert database(database_path).ok
    trace.write_text("filled")
    for state in ("missing", "empty"):
        found = database(database_path)
        assert (found.ok, found.words) == (False, f"{database_path} is {state}, though there is {trace}")
        assert "restore a backup" in found.todo
        database_path.touch()


def test_a_file_of_another_kind_is_told_and_left_alone(database_path: Path) -> None:
    database_path.write_text("no database")
    found = database(database_path)
    assert found.ok is False
    assert "is not a SQLite database" in found.words
    assert database_path.read_text() == "no database"


def test_the_archive_is_looked_at_as_well(database_path: Path) -> None:
    path = database_path.with_name("archive.db")
    assert "will be made" in archive(path).words
    with Store(database_path) as store:
        store.archive.size()
    assert (archive(path).ok, archive(path).words) == (True, f"{path}: 0 pages")
    spoil(path)
    found = archive(path)
    assert found.ok is False
    assert "damaged" in found.words


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "zhaoshang.db"


# -- disk --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "ok", "said"),
    [
        (Room(50_000_000_000, 1_000_000), True, "50.0 GB free"),
        (Room(50_000_000_000, None), True, "50.0 GB free"),
        (Room(999_000_000, None), None, "free some room before long"),
        (Room(199_000_000, None), False, "free some room"),
        (Room(50_000_000_000, 999), False, "for 999 files only"),
    ],
)
def test_little_room_is_a_warning_and_too_little_a_fault(
    tmp_path: Path, free: Room, ok: bool | None, said: str
) -> None:
    found = room(tmp_path, free)
    assert found.ok is ok
    assert said in found.line


def test_room_that_does_not_hold_a_copy_of_the_database_is_too_little(tmp_path: Path) -> None:
    with (tmp_path / "zhaoshang.db").open("wb") as file:
        file.truncate(3_000_000_000)  # a hole: it takes no room itself
    assert room(tmp_path, Room(4_000_000_000, None)).ok
    found = room(tmp_path, Room(2_000_000_000, None))
    assert found.ok is False
    assert "an upgrade first copies the database, which has 3.0 GB" in found.todo


def test_the_room_is_that_of_the_file_system_even_of_a_folder_that_is_still_to_be_made(tmp_path: Path) -> None:
    assert room_of(tmp_path / "a" / "b").bytes > 0


def test_the_sizes_are_told_by_kind(tmp_path: Path) -> None:
    for name, length in (("archive.db", 4_000_000), ("digests/everyone/a.md", 1_000_000), ("logs/a.log", 500_000)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(length))
    words = size(tmp_path).words
    assert words == f"5.5 MB in {tmp_path}: database 0.0 MB, archive 4.0 MB, digests 1.0 MB, logs 0.5 MB"


# -- folders -----------------------------------------------------------------------------------------------------------


def test_folders_that_can_be_written_stay_as_they_are(tmp_path: Path) -> None:
    assert "can be made" in writable(tmp_path / "data").words
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "data" / "logs").mkdir(parents=True)
    assert "can be written" in writable(tmp_path / "data").words
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["data", "logs"]


def test_a_file_in_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "logs").write_text("in the way")
    found = writable(tmp_path / "data")
    assert found.ok is False
    assert f"{tmp_path / 'data' / 'logs'} is no folder" in found.words


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that not even root can write: /proc")
def test_a_folder_that_takes_no_files_is_told_even_to_root() -> None:
    found = unwritable("folders", Path("/proc/self"))
    assert found is not None
    assert found.ok is False
    assert "/proc/self cannot be written" in found.words


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder in which not even root makes any: /proc")
def test_a_folder_that_cannot_be_made_is_told_even_to_root() -> None:
    found = unwritable("folders", Path("/proc/x/y"))
    assert found is not None
    assert "/proc/x/y cannot be made" in found.words


def test_what_was_made_to_try_it_is_removed_again_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert unwritable("folders", tmp_path / "a" / "b" / "c") is None
    assert list(tmp_path.rglob("*")) == [tmp_path / "a"]
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    found = unwritable("folders", tmp_path / "link")
    assert found is not None
    assert f"{tmp_path / 'link'} is no folder" in found.words


@pytest.mark.skipif(AS_ROOT, reason="root may write where it likes")
def test_a_folder_whose_rights_forbid_it_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        assert writable(tmp_path).ok is False
        assert writable(tmp_path / "data").ok is False
    finally:
        tmp_path.chmod(0o755)


def test_files_of_one_owner_are_fine_and_another_user_is_told_whose_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    mine = os.geteuid()
    assert owners(tmp_path, mine).ok
    found = owners(tmp_path, mine + 12345)
    assert found.ok is None
    assert "sudo -u" in found.todo


@pytest.mark.skipif(not AS_ROOT, reason="only root can give a file away")
def test_files_that_a_command_left_behind_as_another_user_are_told(tmp_path: Path) -> None:
    """The data belong to the user of the daemon, and a log to root: the daemon cannot write it."""
    log = tmp_path / "logs" / "a.log"
    log.parent.mkdir()
    log.write_text("")
    for path in (tmp_path, log.parent):
        os.chown(path, 12345, -1)
    found = owners(tmp_path, 12345)
    assert found.ok is False
    assert str(log) in found.words
    assert f"chown -R 12345 {tmp_path}" in found.todo
    log.chmod(0o664)  # shared with a group on purpose
    assert owners(tmp_path, 12345).ok
