"""The clock against what was written here, and against real servers that say what time it is."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from monitor.checkup.clock import agreed, date_of, past
from monitor.config import Config, SourceConfig
from monitor.models import SourceSpec
from monitor.setup import Setup
from monitor.store import Store


def source(url: str, **more: object) -> SourceConfig:
    return SourceConfig.model_validate({"name": "a", "url": url, **more})


def setup_in(folder: Path) -> Setup:
    return Setup(Config(), None, folder)


# -- what was written here ---------------------------------------------------------------------------------------------


def test_a_clock_that_is_after_all_that_was_written_is_fine(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    assert "nothing yet" in past(setup_in(tmp_path), now).words
    with Store(tmp_path / "zhaoshang.db") as store:
        store.sync([SourceSpec("a", "http://a.example/", "a")], [], now)
        store.start_crawl("a", 1, now - timedelta(hours=1))
    found = past(setup_in(tmp_path), now + timedelta(minutes=1))
    assert found.ok
    assert "after all that was written here" in found.words


def test_a_crawl_in_the_future_says_that_the_clock_was_or_is_wrong(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Store(tmp_path / "zhaoshang.db") as store:
        store.sync([SourceSpec("a", "http://a.example/", "a")], [], now)
        store.start_crawl("a", 1, now + timedelta(days=400))
    found = past(setup_in(tmp_path), now)
    assert found.ok is False
    assert "the latest crawl is of" in found.words


def test_a_file_in_the_future_says_so(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "a.log"
    log.parent.mkdir()
    log.write_text("")
    now = datetime.now(UTC)
    os.utime(log, (now.timestamp() + 7200,) * 2)
    found = past(setup_in(tmp_path), now)
    assert found.ok is False
    assert str(log) in found.words


def test_beside_a_database_that_cannot_be_read_the_files_are_what_is_compared(tmp_path: Path) -> None:
    (tmp_path / "zhaoshang.db").write_text("no database")
    found = past(setup_in(tmp_path), datetime.now(UTC))
    assert found.ok is None
    assert "after all files here; the crawls are not looked at: the database cannot be read" in found.words


def test_a_clock_that_lost_its_battery_is_told(tmp_path: Path) -> None:
    assert past(setup_in(tmp_path), datetime(1970, 1, 1, tzinfo=UTC)).ok is False


# -- what a site says --------------------------------------------------------------------------------------------------

Serve = Callable[..., str]


@pytest.fixture
def asked() -> list[str]:
    """The requests that the servers saw."""
    return []


@pytest.fixture
def serve(asked: list[str]) -> Iterator[Serve]:
    """Starts a server whose clock is `ahead` of ours, and returns its address."""
    with ExitStack() as stack:
        yield lambda ahead=timedelta(), host="127.0.0.1", date=None: stack.enter_context(
            _server(asked, ahead, host, date)
        )


@contextmanager
def _server(asked: list[str], ahead: timedelta, host: str, date: str | None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_response(404)
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            del timestamp
            return format_datetime(datetime.now(UTC) + ahead, usegmt=True) if date is None else date

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}/list.html"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def now() -> datetime:
    return datetime.now(UTC)


def test_a_site_that_agrees_is_asked_once_for_its_robots_txt_and_no_other(serve: Serve, asked: list[str]) -> None:
    found = agreed([source(serve()), source(serve(host="localhost"))], now)
    assert found.ok
    assert "agrees with 127.0.0.1" in found.words
    assert asked == ["HEAD /robots.txt"]


def test_two_sites_that_say_the_same_other_time_make_the_clock_wrong(serve: Serve, asked: list[str]) -> None:
    late = timedelta(minutes=7)
    found = agreed([source(serve(late)), source(serve(late, "localhost"))], now)
    assert found.ok is False
    assert "it is 7 minutes behind 127.0.0.1 and 7 minutes behind localhost" in found.words
    assert "timedatectl" in found.todo
    assert len(asked) == 2


def test_one_site_whose_own_clock_is_wrong_is_no_fault_of_ours(serve: Serve) -> None:
    found = agreed([source(serve(-timedelta(hours=5))), source(serve(host="localhost"))], now)
    assert found.ok
    assert "5 hours ahead of 127.0.0.1, so that site is wrong" in found.words


def test_a_single_site_that_disagrees_is_believed(serve: Serve) -> None:
    assert agreed([source(serve(timedelta(minutes=3)))], now).ok is False
    assert agreed([source(serve(timedelta(seconds=100)))], now).ok


def test_sites_that_say_nothing_of_use_are_passed_over(serve: Serve, free_port: int) -> None:
    silent = source(f"http://127.0.0.1:{free_port}/")
    assert date_of(silent) is None
    assert date_of(source(serve(date="yesterday"))) is None
    assert date_of(source(f"http://{'a' * 70}.example/")) is None  # a name that cannot even be looked up
    assert agreed([silent, source(serve(host="localhost"))], now).ok
    assert agreed([silent], now).ok is None


def test_files_paused_sources_and_those_behind_a_proxy_are_not_asked(serve: Serve, asked: list[str]) -> None:
    url = serve()
    sources = [source("file:///a.txt"), source(url, paused=True), source(url, proxy="http://proxy.example:3128")]
    assert agreed(sources, now).ok is None
    assert asked == []


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = int(server.server_address[1])
    server.server_close()
    return port
