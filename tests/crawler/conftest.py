"""What the tests of the crawler share: a source on the local site, crawled by real child processes."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from monitor.models import Crawl, CrawlNote, Post
from monitor.pages import ListingPage
from monitor.store import Store


@dataclass
class Crawled:
    """A crawl by hand that has ended: what it said, and what the ledger says of it."""

    code: int
    log: str
    row: Crawl
    notes: tuple[CrawlNote, ...]

    @property
    def last_line(self) -> str:
        """The log's last line."""
        return self.log.splitlines()[-1]

    def reasons(self, kind: str = "error") -> dict[str, str]:
        """The notes of one kind, by what they are about."""
        return {note.title: note.reason for note in self.notes if note.kind == kind}


@dataclass
class Watched:
    """The one source of a workplace."""

    workplace: Any
    site: Any
    name: str = "site"

    def configure(self, listing: str = "/list.html", **source: object) -> None:
        """Watch a listing of the site; further keys of the `[[source]]` table as keywords."""
        keys = {"name": self.name, "url": self.site.url + listing, **source}
        lines = [f"{key} = {value}" if isinstance(value, int) else f'{key} = "{value}"' for key, value in keys.items()]
        self.workplace.configure("\n".join(["[crawl]", "delay = 0", "[[source]]", *lines]))

    def crawl(self, *args: str) -> Crawled:
        """`scrapy crawl` to its end."""
        done = self.workplace.scrapy("crawl", self.name, *args)
        assert "Traceback" not in done.stderr, done.stderr
        with Store(self.workplace.database, create=False) as store:
            (state,) = store.source_states([self.name])
            assert state.last is not None, done.stderr
            return Crawled(done.returncode, done.stderr, state.last, store.crawl_notes(state.last.id))

    def start(self, *args: str) -> subprocess.Popen[str]:
        """`scrapy crawl`, left running; its log is crawl.log in the workplace."""
        with (self.workplace.path / "crawl.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "scrapy", "crawl", self.name, *args],
                cwd=self.workplace.path,
                env=self.workplace._env({}),
                stdout=log,
                stderr=log,
                text=True,
            )

    @contextlib.contextmanager
    def running(self, path: str, *args: str) -> Iterator[subprocess.Popen[str]]:
        """A crawl in the middle: it has asked for `path`. Killed at the end unless it ended."""
        process = self.start(*args)
        try:
            self.wait_for(lambda: path in self.site.requests)
            yield process
        finally:
            process.kill()
            process.wait()

    def wait_for(self, what: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until `what` is true; shows the log when it does not come."""
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, (self.workplace.path / "crawl.log").read_text()
            time.sleep(0.02)

    def posts(self) -> dict[str, Post]:
        """All stored posts by title."""
        with Store(self.workplace.database, create=False) as store:
            return {post.title: post for post in store.all_posts()}


@pytest.fixture
def watched(workplace: Any, site: Any) -> Watched:
    """A source `site` that watches /list.html of the local site."""
    source = Watched(workplace, site)
    source.configure()
    return source


@pytest.fixture
def builtin(workplace: Any) -> Watched:
    """The built-in source: no configuration at all."""
    return Watched(workplace, None, name="zhanjiang")


@pytest.fixture
def in_subfolder(workplace: Any) -> Any:
    """The same workplace, seen from a folder two levels down."""
    path: Path = workplace.path / "sub" / "folder"
    path.mkdir(parents=True)
    return replace(workplace, path=path)


@pytest.fixture
def titles() -> Callable[[ListingPage], list[str]]:
    """The titles of a listing page, in page order."""
    return lambda page: [entry.title for entry in page.entries]


@pytest.fixture
def redirecting_site() -> Iterator[Callable[[str], str]]:
    """A second site, whose every page redirects to the address that it is told; answers its own address."""
    target = ""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    def redirect_to(address: str) -> str:
        nonlocal target
        target = address
        return f"http://127.0.0.1:{server.server_address[1]}"

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield redirect_to
    server.shutdown()
    server.server_close()
    thread.join()
