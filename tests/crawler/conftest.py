"""What the tests of the crawler share: a source on the local site, crawled by real child processes."""

import contextlib
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

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
        keys = {"name": self.name, "url": self.site.url + listing, "allow_private": True, **source}
        lines = [f"{key} = {_toml(value)}" for key, value in keys.items()]
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


def _toml(value: object) -> str:
    """A value as TOML writes it."""
    return str(value).lower() if isinstance(value, (bool, int, float)) else f'"{value}"'


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


@dataclass
class Fetched:
    """What came of a crawl that only fetches: pages, reasons and signs by the address asked for, and its log."""

    pages: dict[str, dict[str, Any]]
    reasons: dict[str, str]
    signs: dict[str, tuple[str, str]]  # symptom and detail
    connected: list[str]
    looked_up: list[str]
    delays: dict[str, tuple[float, float]]  # by host: Scrapy's delay at the end, and its jitter
    stats: dict[str, Any]
    log: str


@pytest.fixture
def fetch(workplace: Any) -> Callable[..., Fetched]:
    """Fetch addresses in a process of its own, as [crawl] and the source's table say; see fetching_process.py.

    `delay` is 0 and private addresses are allowed unless the test says otherwise. Nothing ever leaves this machine, and
    no failure may end in a traceback.
    """

    def run(
        *requests: str | dict[str, Any],
        source: dict[str, Any] | None = None,
        crawl: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        names: dict[str, list[list[str]]] | None = None,
        public: list[str] | None = None,
        **env: str,
    ) -> Fetched:
        asked = [{"url": request} if isinstance(request, str) else request for request in requests]
        wish = {
            "requests": asked,
            "source": {"name": "site", "url": asked[0]["url"], "allow_private": True, **(source or {})},
            "crawl": {"delay": 0, **(crawl or {})},
            "settings": settings or {},
            "names": names or {},
            "public": public or [],
        }
        told = workplace.path / "fetched.json"
        script = Path(__file__).parent / "fetching_process.py"
        done = workplace.python([str(script), str(told)], env, json.dumps(wish))
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0, done.stderr
        came = json.loads(told.read_text(encoding="utf-8"))
        assert came["strayed"] == [], came["strayed"]
        return Fetched(
            {page["asked"]: page for page in came["pages"]},
            {failure["asked"]: failure["reason"] for failure in came["failures"]},
            {failure["asked"]: (failure["symptom"], failure["detail"]) for failure in came["failures"]},
            came["connected"],
            came["looked_up"],
            {host: tuple(delay) for host, delay in came["delays"].items()},
            came["stats"],
            done.stderr,
        )

    return run


class Authority:
    """Signs certificates for the tests; its own is `ca.pem` in the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = rsa.generate_private_key(65537, 2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the tests' authority")])
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        made = self.build(self.name, self.key, 3650).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        made = made.add_extension(usage, True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def build(self, subject: x509.Name, key: rsa.RSAPrivateKey, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=min(days, 0) - 1))
            .not_valid_after(now + timedelta(days=days))
        )

    def sign(self, host: str, *, days: int = 30, bits: int = 2048) -> Path:
        """A certificate for a host together with its key."""
        key = rsa.generate_private_key(65537, bits)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = self.build(subject, key, days).add_extension(names, False).sign(self.key, hashes.SHA256())
        path = self.folder / f"{host}-{days}-{bits}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        return path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for all tests: keys take their time."""
    return Authority(tmp_path_factory.mktemp("authority"))


class SecurePage(BaseHTTPRequestHandler):
    """One page, and no robots.txt."""

    def do_GET(self) -> None:
        body = b"secure"
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def secure_site() -> Iterator[Callable[..., str]]:
    """`secure_site(certificate)` starts a server on this machine, of TLS 1.0 with `old=True`; answers its address."""
    servers = []

    def serve(certificate: Path, *, old: bool = False, host: str = "127.0.0.1") -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(certificate)
        if old:
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        server = ThreadingHTTPServer((host, 0), SecurePage)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that hangs up is what this is about
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"https://localhost:{server.server_address[1]}/page"

    yield serve
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Proxy:
    """A proxy that answers every page itself: "from the proxy", and an empty robots.txt."""

    address: str
    asked: list[str]  # the heads of the requests


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy on this machine; it opens no tunnels."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[str] = []

    def accept() -> None:
        with contextlib.suppress(OSError):  # closed at the end of the test
            while True:
                connection, _ = listener.accept()
                with connection:
                    if head := connection.recv(65536).decode("latin-1"):
                        asked.append(head)
                        body = b"" if "/robots.txt" in head else b"from the proxy"
                        status = b"403 Forbidden" if head.startswith("CONNECT") else b"200 OK"
                        connection.sendall(
                            b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                            % (status, len(body), body)
                        )

    threading.Thread(target=accept, daemon=True).start()
    yield Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}", asked)
    listener.close()


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
