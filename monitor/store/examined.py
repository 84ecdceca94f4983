"""Opens a database file as it stands, to look at it: it is neither made nor migrated, whatever its state."""

import sqlite3
from datetime import datetime
from pathlib import Path

from monitor.store import Store, rows
from monitor.store.archive import Archive
from monitor.store.connection import Connection, _identity, _known_files, _opening, _too_new

_BUSY_SECONDS = 5.0


class Examined(Connection):
    """A file of one of our schemas. Any method may raise as those of Store do, and on an old one but for `behind`."""

    def __init__(self, path: Path, *, busy_seconds: float = _BUSY_SECONDS) -> None:
        """Raises ForeignDatabase, StoreLocked, StoreCorrupt, StoreError. The file must exist."""
        self.path = path
        with self._told(), _opening:
            self._refuse_foreign()
            # Not for reading only: such a connection could not tidy up its log, and would leave one behind.
            self._conn = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=busy_seconds, isolation_level=None
            )
            try:
                self._applied = self._names()
            except BaseException:
                self._conn.close()
                raise
            _known_files.add(_identity(path))
        self._conn.row_factory = sqlite3.Row

    def _names(self) -> set[str]:
        known = self._known_migrations()
        has_table = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"
        if not self._conn.execute(has_table).fetchone()[0]:
            return set()
        found = {name for (name,) in self._conn.execute("SELECT name FROM _sqlite_migrations")}
        if found - known:
            raise _too_new(self.path, max(found - known))
        return found

    @property
    def behind(self) -> bool:
        """Whether the next command that opens it would migrate it."""
        return self._applied != self._known_migrations()

    def damage(self) -> str | None:
        """What SQLite's whole integrity check has to complain of; `integrity_problem` is the quick one."""
        found = str(self._rows("PRAGMA integrity_check(1)")[0][0])
        return None if found == "ok" else found

    def dangling(self) -> tuple[int, str]:
        """How many rows refer to one that is not there, and of the first the table; (0, "") when none does."""
        found = self._rows("PRAGMA foreign_key_check")
        return len(found), str(found[0]["table"]) if found else ""

    def wait_for_writers(self) -> None:
        """Take the write lock and let it go. Raises StoreLocked when nobody lets us have it in time."""
        with self._told():
            self._conn.execute("BEGIN IMMEDIATE")
            self._conn.execute("ROLLBACK")


class ExaminedStore(Examined, Store):
    """The main database."""

    def latest_crawl(self) -> datetime | None:
        """The start of the latest crawl by the clock of its time. This one is safe on a database of an older schema."""
        if not self._rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'crawls'"):
            return None
        return rows.read_instant_or_none(self._rows("SELECT MAX(started_at) FROM crawls")[0][0])


class ExaminedArchive(Examined):
    """The archive of raw pages."""

    _application_id = Archive._application_id  # noqa: SLF001 - the same file, looked at
    _migrations = Archive._migrations  # noqa: SLF001 - as above
    _called = Archive._called  # noqa: SLF001 - as above
    _if_damaged = _if_foreign = Archive._if_foreign  # noqa: SLF001 - as above

    def pages(self) -> int:
        """How many pages are kept."""
        return int(self._rows("SELECT COUNT(*) FROM pages")[0][0])


def sqlite_version() -> tuple[int, ...]:
    """Of the library that this Python was linked with."""
    return sqlite3.sqlite_version_info
