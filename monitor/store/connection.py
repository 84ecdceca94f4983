"""Opens the database file safely and gives it its transactions; what the tables mean is not known here."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self
from uuid import uuid4

from sqlite_utils import Migrations
from sqlite_utils.db import Database

from monitor.errors import ForeignDatabase, StoreCorrupt, StoreError, StoreLocked, StoreMissing
from monitor.store.bulletin_schema import migrations
from monitor.store.schema import APPLICATION_ID

_BUSY_SECONDS = 30.0
_MAGIC = b"SQLite format 3\x00"

# Closing any handle on a file drops all POSIX locks that this process has on it, those of SQLite's connections
# included, and SQLite would then take down the write-ahead log under their feet. So the header of a database is read
# by hand only before this process has its first connection to it. https://www.sqlite.org/howtocorrupt.html (2.2)
_opening = threading.Lock()
_known_files: set[tuple[int, int]] = set()


class Connection:
    """One SQLite connection with a schema of the project's; bound to the thread that opened it."""

    # What tells one kind of database file from another; the main database's unless a subclass says otherwise.
    _application_id: ClassVar[int] = APPLICATION_ID
    _migrations: ClassVar[Migrations] = migrations
    _writing = False  # inside a write transaction of this connection
    _founding: ClassVar[tuple[str, ...]] = ()  # statements that only a file without any content yet listens to
    # In messages: what the file is called, and what to do about one that is damaged, or is no such file.
    _called: ClassVar[str] = "the database"
    _if_damaged: ClassVar[str] = "restore a backup (*.before-m…), or move the file away to start anew"
    _if_foreign: ClassVar[str] = "move it away, or set data_dir to another folder"

    def __init__(self, path: Path, *, create: bool = True, busy_seconds: float = _BUSY_SECONDS) -> None:
        """Open `path`, creating or migrating it under a lock file, so that two processes can do so together.

        Raises StoreMissing (with create=False), ForeignDatabase, StoreLocked, StoreCorrupt, StoreError.
        """
        self.path = path
        if not create and not path.exists():
            raise StoreMissing(
                "there is no database yet", where=str(path), todo="run `zhaoshang crawl` or `scrapy crawl NAME` first"
            )
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            with _opening, _exclusive(path.with_name(path.name + ".lock")):
                self._refuse_foreign()
                self._conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
                try:
                    self._prepare()
                except BaseException:
                    self._conn.close()
                    raise
                _known_files.add(_identity(path))
        self._conn.row_factory = sqlite3.Row

    def _prepare(self) -> None:
        db = Database(self._conn, execute_plugins=False)
        self._conn.execute("PRAGMA foreign_keys = ON")
        if not self._conn.execute("PRAGMA page_count").fetchone()[0]:
            for statement in self._founding:
                self._conn.execute(statement)
        newer = [one.name for one in self._migrations.applied(db) if one.name not in self._known_migrations()]
        if newer:
            raise _too_new(self.path, newer[-1])
        if self._migrations.pending(db):
            self._migrate(db)
        # After the schema: the header of a file that is killed half-way must already say that it is ours.
        self._conn.execute("PRAGMA journal_mode = WAL")
        self._conn.execute("PRAGMA synchronous = NORMAL")

    def _migrate(self, db: Database) -> None:
        if self._migrations.applied(db):
            self._back_up(self._migrations.pending(db)[0].name)
        self._conn.execute("BEGIN IMMEDIATE")
        try:
            self._conn.execute(f"PRAGMA application_id = {self._application_id}")
            self._conn.execute(f"PRAGMA user_version = {len(self._known_migrations())}")
            self._migrations.apply(db)
            self._conn.execute("INSERT OR IGNORE INTO about VALUES ('database_id', ?)", [uuid4().hex[:12]])
            self._conn.execute("COMMIT")
        except BaseException:
            self._conn.execute("ROLLBACK")
            raise

    def _refuse_foreign(self) -> None:
        """Refuse a file that is not ours, or newer than we are, by its first 100 bytes: SQLite never gets to touch it.

        Offsets as in the file format: user_version at 60, application_id at 68. Both were written before the file went
        into WAL mode, so they stand in the file itself.
        """
        path = self.path
        if not path.exists() or path.stat().st_size == 0 or _identity(path) in _known_files:
            return
        with path.open("rb") as file:
            header = file.read(100)
        if not any(header) and path.with_name(path.name + "-journal").exists():
            return  # killed while the first schema was being written: SQLite rolls back to an empty file
        if not header.startswith(_MAGIC):
            raise self._foreign("is not a SQLite database")
        if int.from_bytes(header[68:72], "big") != self._application_id:
            raise self._foreign("is a database of another program")
        version = int.from_bytes(header[60:64], "big")
        if version > len(self._known_migrations()):
            raise _too_new(path, f"schema {version}")

    def _foreign(self, what: str) -> ForeignDatabase:
        return ForeignDatabase(f"{what}; it was left untouched", where=str(self.path), todo=self._if_foreign)

    @classmethod
    def _known_migrations(cls) -> set[str]:
        nothing = Database(memory=True, execute_plugins=False)
        return {migration.name for migration in cls._migrations.pending(nothing)}

    def _back_up(self, before: str) -> None:
        """Copy the database beside itself, whole and readable, before `before` is applied."""
        target = self.path.with_name(f"{self.path.name}.before-{before}")
        partial = target.with_name(target.name + ".partial")
        partial.unlink(missing_ok=True)
        copy = sqlite3.connect(partial)
        try:
            self._conn.backup(copy)
        finally:
            copy.close()
        partial.replace(target)

    def database_id(self) -> str:
        """The id that tells this file, its messages and its archive from those of any other."""
        return str(self._rows("SELECT value FROM about WHERE key = 'database_id'")[0]["value"])

    def integrity_problem(self) -> str | None:
        """What SQLite's quick check has to complain of; None when the file is sound."""
        found = str(self._rows("PRAGMA quick_check(1)")[0][0])
        return None if found == "ok" else found

    def close(self) -> None:
        """Close the connection; the object is of no use afterwards."""
        self._conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """One read-then-write transaction: takes the write lock at its start, so that what was read stays true.

        Inside another one it is part of that.
        """
        if self._writing:
            yield self._conn
            return
        with self._told():
            self._conn.execute("BEGIN IMMEDIATE")
            self._writing = True
            try:
                yield self._conn
                self._conn.execute("COMMIT")
            except BaseException:
                if self._conn.in_transaction:  # a full disk may have rolled back already
                    self._conn.execute("ROLLBACK")
                raise
            finally:
                self._writing = False

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        """One consistent view over several reads; inside a transaction, that transaction's."""
        with self._told():
            if self._conn.in_transaction:
                yield self._conn
                return
            self._conn.execute("BEGIN")
            try:
                yield self._conn
            finally:
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK")

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._told():
            return self._conn.execute(sql, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors in the user's words."""
        try:
            yield
        except sqlite3.Error as error:
            told = self._store_error(error)
            if told is None:
                raise
            raise told from error
        except UnicodeDecodeError as error:  # SQLite's own words hold bytes of a damaged schema
            raise StoreCorrupt(
                f"{self._called} is damaged (its schema is no text)", where=str(self.path), todo=self._if_damaged
            ) from error
        except OSError as error:
            raise StoreError(
                f"cannot be used: {error.strerror or error}",
                where=str(self.path),
                todo="check the folder and its rights",
            ) from error

    def _store_error(self, error: sqlite3.Error) -> StoreError | None:
        """What a user can do something about; None for a mistake of ours, which keeps its traceback."""
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if code is not None else None
        where = str(self.path)
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreLocked(
                f"{self._called} is locked by another process",
                where=where,
                todo="see what else is running and try again",
            )
        if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return StoreCorrupt(f"{self._called} is damaged ({error})", where=where, todo=self._if_damaged)
        if primary == sqlite3.SQLITE_FULL:
            return StoreError("the disk is full", where=where, todo="free some room; nothing half-written was kept")
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return StoreError(
                f"cannot be opened for writing ({error})", where=where, todo="check the folder and its rights"
            )
        if primary == sqlite3.SQLITE_IOERR:
            return StoreError(f"the disk fails ({error})", where=where, todo="check the disk and its free room")
        return None


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _too_new(path: Path, what: str) -> ForeignDatabase:
    return ForeignDatabase(
        f"was written by a newer version (it has {what}); it was left untouched",
        where=str(path),
        todo="upgrade zhaoshang, or restore the backup made before the upgrade",
    )
