"""A daemon that runs, one that died, none at all; and who answers at the address of healthz."""

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor import jobs
from monitor.checkup.daemon import daemon, healthz
from monitor.checkup.finding import advice
from monitor.config import Config
from monitor.locks import daemon_lock, holder_of, lock_daemon
from monitor.setup import Setup
from monitor.store import Store, rows
from monitor.store.schema import APPLICATION_ID, migrations

NOW = datetime(2025, 7, 21, tzinfo=UTC)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """One source, due every six hours."""
    return with_healthz(tmp_path, "")


def with_healthz(folder: Path, address: str) -> Setup:
    table = {"source": ({"name": "zs", "url": "http://zs.example/"},), "operator": {"healthz": address}}
    return Setup(Config.model_validate(table), None, folder)


def crawled(setup: Setup, ago: timedelta) -> None:
    with Store(setup.database) as store:
        jobs.sync(store, setup, NOW)
        store.note_attempt("zs", NOW - ago)


# -- the lock ----------------------------------------------------------------------------------------------------------


def test_who_holds_a_lock_is_told_without_taking_it(tmp_path: Path) -> None:
    path = daemon_lock(tmp_path)
    assert holder_of(path) is None
    assert not path.parent.exists()
    with lock_daemon(tmp_path):
        assert holder_of(path) == os.getpid()
        path.write_text("")
        assert holder_of(path) == 0
    assert holder_of(path) is None
    lock_daemon(tmp_path).close()


# -- at work -----------------------------------------------------------------------------------------------------------


def test_nothing_was_ever_started(setup: Setup) -> None:
    found = daemon(setup, NOW)
    assert found.ok is None
    assert "none is running; nothing was crawled yet" in found.words
    assert not setup.database.exists()


def test_a_daemon_that_crawls_is_told_with_its_process_and_since_when(setup: Setup) -> None:
    crawled(setup, timedelta(hours=1))
    with lock_daemon(setup.data_dir):
        os.utime(daemon_lock(setup.data_dir), (NOW.timestamp() - 86400,) * 2)
        found = daemon(setup, NOW)
    assert found.ok
    assert f"runs as process {os.getpid()} since 2025-07-20 08:00; last crawl 2025-07-21 07:00" in found.words


def test_a_daemon_that_runs_and_begins_no_crawl_that_is_due_hangs(setup: Setup) -> None:
    crawled(setup, timedelta(hours=9))
    with lock_daemon(setup.data_dir):
        found = daemon(setup, NOW)
    assert found.ok is False
    assert "though zs has been due since 2025-07-21 05:0" in found.words


def test_a_daemon_that_died_while_a_source_is_overdue_is_told(setup: Setup) -> None:
    crawled(setup, timedelta(hours=9))
    lock_daemon(setup.data_dir).close()
    found = daemon(setup, NOW)
    assert found.ok is False
    assert "none is running" in found.words
    assert "zs has been due since" in found.words
    assert "zhaoshang run" in found.todo


def test_where_cron_crawls_once_a_week_no_daemon_is_missed_until_cron_stops_too(setup: Setup) -> None:
    crawled(setup, timedelta(days=7))
    assert daemon(setup, NOW).ok is None
    crawled(setup, timedelta(days=9))
    found = daemon(setup, NOW)
    assert found.ok is False
    assert "over a week ago" in found.words


def test_a_daemon_that_was_stopped_just_now_is_no_fault(setup: Setup) -> None:
    crawled(setup, timedelta(hours=1))
    lock_daemon(setup.data_dir).close()
    assert daemon(setup, NOW).ok is None


def test_what_is_wrong_with_the_database_is_left_to_its_own_check(setup: Setup) -> None:
    setup.database.write_text("no database")
    assert daemon(setup, NOW) == advice("daemon", "not looked at: the database cannot be read")
    setup.database.unlink()
    crawled(setup, timedelta(hours=1))
    with setup.database.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 8000)
    assert daemon(setup, NOW) == advice("daemon", "not looked at: the database is damaged")


def test_a_lost_database_is_not_one_into_which_nothing_was_crawled_yet(setup: Setup) -> None:
    (setup.data_dir / "archive.db").write_text("pages")
    assert daemon(setup, NOW) == advice("daemon", "not looked at: the database is lost")
    setup.database.touch()
    assert daemon(setup, NOW) == advice("daemon", "not looked at: the database is lost")


def test_of_a_database_of_an_older_schema_the_last_crawl_is_told(setup: Setup) -> None:
    with closing(sqlite3.connect(setup.database)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m002_digests")
        conn.execute("INSERT INTO sources (name, url, title, created_at) VALUES ('zs', 'http://zs.example/', 'zs', '')")
        when = rows.instant(NOW - timedelta(hours=1))
        conn.execute("INSERT INTO crawls (source_id, started_at, pid, url) VALUES (1, ?, 1, '')", [when])
        conn.commit()
    assert "last crawl 2025-07-21 07:00" in daemon(setup, NOW).words


# -- healthz -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def health(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that answers as the daemon does: with (status, body)."""
    status, body = request.param

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("health", "said"),
    [((200, b'{"ok": true}'), "200, all is well"), ((503, b'{"ok": false}'), "503, not all is well")],
    indirect=["health"],
)
def test_a_daemon_that_answers_is_told_with_its_answer(tmp_path: Path, health: str, said: str) -> None:
    with lock_daemon(tmp_path):
        found = healthz(with_healthz(tmp_path, health))
    assert found.ok
    assert said in found.words


@pytest.mark.parametrize("health", [(200, b"<html>hello"), (404, b"{}")], indirect=True)
def test_an_answer_that_is_not_the_daemons_is_none(tmp_path: Path, health: str) -> None:
    with lock_daemon(tmp_path):
        found = healthz(with_healthz(tmp_path, health))
    assert found.ok is False
    assert "does not answer" in found.words


def test_without_a_daemon_the_address_is_free_or_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        taken = healthz(with_healthz(tmp_path, address))
        assert taken.ok is False
        assert "cannot be listened on" in taken.words
        with lock_daemon(tmp_path):
            other.close()
            assert healthz(with_healthz(tmp_path, address)).ok is False
    assert healthz(with_healthz(tmp_path, address)).ok
    assert healthz(with_healthz(tmp_path, "192.0.2.1:8765")).ok is False  # no address of this machine
    assert healthz(with_healthz(tmp_path, "")).ok is None
