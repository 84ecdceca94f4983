"""Real parts for the tests: a site, a mail server, a folder to work in, and the product's own commands."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "crawler" / "samples" / "zhanjiang-2025-07-17.txt"

# The machine decides how long an example takes, and no test is about that.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

COMMAND_SECONDS = 120.0  # no command of a test takes that long

# What the product finds in its environment, beside what is there.
PRODUCT = {
    "PYTHONPATH": str(ROOT),
    "SCRAPY_SETTINGS_MODULE": "crawler.settings",
    "PYTHONWARNINGS": "error::DeprecationWarning:crawler,error::DeprecationWarning:monitor",
}


@dataclass
class Page:
    """What the site answers at one path."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    delay: float = 0.0  # seconds before the answer
    headers: dict[str, str] = field(default_factory=dict)  # further ones, such as ETag


@dataclass
class Asked:
    """One request as the site saw it; header names in lower case."""

    path: str
    headers: dict[str, str]
    at: float  # time.monotonic()


@dataclass
class Site:
    """A web site under the test's control.

    `requests` lists the paths asked for, robots.txt left out; `log` every request. A page with an ETag or Last-Modified
    among its headers is answered with 304 to whoever names it.
    """

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    log: list[Asked] = field(default_factory=list)

    def put(self, path: str, body: str | bytes, *, status: int = 200, delay: float = 0.0, **more: str) -> None:
        """Answer `path` with `body`; further keywords are headers, `content_type` and `ETag` and all."""
        data = body.encode() if isinstance(body, str) else body
        kind = more.pop("content_type", Page.content_type)
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        self.pages[path] = Page(data, status, kind, delay, headers)

    def post(self, path: str, paragraphs: Sequence[str], *, title: str = "页面") -> None:
        """A post's own page."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        self.put(path, f"<html><head><title>{title}</title></head><body><div id='zoom'>{text}</div></body></html>")

    def listing(self, path: str, lines: Sequence[tuple[str, str, str]], *, next_page: str = "") -> None:
        """A plain listing of (href, title, date) lines, beside a navigation without dates."""
        items = "".join(f"<li><a href='{href}'>{title}</a><span>{day}</span></li>" for href, title, day in lines)
        pager = f"<a href='{next_page}'>下一页</a>" if next_page else ""
        nav = "<ul><li><a href='/'>首页</a></li><li><a href='/about'>关于我们</a></li></ul>"
        self.put(path, f"<html><body>{nav}<ul class='list'>{items}</ul>{pager}</body></html>")


@pytest.fixture
def site() -> Iterator[Site]:
    """A local HTTP server; what it was not told to answer is a 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or every answer on a kept connection waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            if self.path != "/robots.txt":
                current.requests.append(self.path)
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, time.monotonic())
            current.log.append(asked)
            page = current.pages.get(self.path, Page(b"not found", 404))
            if _is_known(page, asked.headers):
                page = Page(b"", 304, headers=page.headers)
            time.sleep(page.delay)
            with contextlib.suppress(ConnectionError):
                self.send_response(page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                if page.status != 304:
                    self.send_header("Content-Type", page.content_type)
                    self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    current = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield current
    server.shutdown()
    server.server_close()
    thread.join()


def _is_known(page: Page, asked: dict[str, str]) -> bool:
    """Whether the request carries the page's own validator; the ETag decides where there is one (RFC 9110, 13.2.2)."""
    for name, question in (("ETag", "if-none-match"), ("Last-Modified", "if-modified-since")):
        if name in page.headers:
            return asked.get(question) == page.headers[name]
    return False


@dataclass
class Mail:
    """A message as the server took it."""

    sender: str
    recipients: list[str]
    data: bytes


class MailServer:
    """A real SMTP server that takes mail, and can be told to misbehave.

    `refuse` holds recipients answered with 550; `hang` seconds before DATA is answered; `drop` closes the connection
    after the content was read, without an answer; `busy` answers every mail with 451. `answers` has what else is said,
    by recipient, to "MAIL" or to "DATA" (after the content).
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refuse: set[str] = set()
        self.hang = 0.0
        self.drop = False
        self.busy = False
        self.answers: dict[str, str] = {}
        self.host = "127.0.0.1"
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address in self.refuse:
            return "550 no such mailbox"
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del session
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.busy:
            return "451 try again later"
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        if self.drop:
            assert server.transport is not None
            server.transport.close()
            return "421 gone"
        return "250 OK"


def _start_mail_server(**options: object) -> tuple[MailServer, Controller]:
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    handler.port = controller.port
    return handler, controller


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Takes mail without log-in."""
    handler, controller = _start_mail_server()
    yield handler
    controller.stop()


@pytest.fixture
def mail_server_with_login() -> Iterator[MailServer]:
    """Takes mail only from user `zhoubao` with password `geheim`."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        del server, session, envelope, mechanism
        ok = (data.login, data.password) == (b"zhoubao", b"geheim")
        return AuthResult(success=ok, handled=False)

    handler, controller = _start_mail_server(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    yield handler
    controller.stop()


class WarmProcess:
    """Runs Python's commands in forks of a process that has everything loaded; see warm_process.py.

    It is started when it is first needed: each of pytest's workers has one at most. `seconds` bounds each command.
    """

    def __init__(self, seconds: float = COMMAND_SECONDS) -> None:
        self.seconds = seconds
        self._env = os.environ | PRODUCT  # before any test has changed it
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fits(self, env: dict[str, str]) -> bool:
        """Whether Python would start the same way with this environment; the rest of it can change in a fork."""
        differ = dict(self._env.items() ^ env.items())
        return not any(name.startswith("PYTHON") for name in differ)

    def run(
        self, command: list[str], folder: Path, env: dict[str, str], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run `python` with these arguments to its end, `given` on its standard input."""
        control = self._control or self._start()
        control.settimeout(self.seconds)
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3)]
            files[0].write(given)
            files[0].seek(0)
            socket.send_fds(control, [b"."], [file.fileno() for file in files])
            wish = {"command": command, "folder": str(folder), "environment": env}
            control.sendall(json.dumps(wish).encode() + b"\n")
            try:
                code = control.recv(16)
            except TimeoutError:
                self.close()
                raise subprocess.TimeoutExpired(command, self.seconds) from None
            assert code, "the warm process has ended; standard error says why"
            for file in files[1:]:
                file.seek(0)
            return subprocess.CompletedProcess(command, int(code), files[1].read(), files[2].read())

    def close(self) -> None:
        """End it, with whatever runs in it."""
        if self._process is not None and self._control is not None:
            self._control.close()
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._control = None

    def _start(self) -> socket.socket:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("warm_process.py"), str(theirs.fileno())],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # so that it can be ended with all that it started
            )
        return self._control


_WARM = WarmProcess()


@pytest.fixture(scope="session", autouse=True)
def _warm_process_ends() -> Iterator[None]:
    yield
    _WARM.close()


@pytest.fixture
def warm_process() -> Iterator[WarmProcess]:
    """One of the test's own, for what would spoil the one that all share."""
    own = WarmProcess()
    yield own
    own.close()


@dataclass
class Workplace:
    """A folder with a configuration, and the product's commands run in it as a user would.

    They run in forks of a process that has everything loaded, except where the environment says that Python itself is
    to start in another way.
    """

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def database(self) -> Path:
        return self.data / "zhaoshang.db"

    def configure(self, toml: str) -> None:
        """Write zhaoshang.toml."""
        (self.path / "zhaoshang.toml").write_text(toml, encoding="utf-8")

    def zhaoshang(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `zhaoshang` to its end."""
        return self.python(["-m", "monitor.cli", *args], env)

    def scrapy(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `scrapy` to its end."""
        return self.python(["-m", "scrapy", *args], env)

    def python(self, command: list[str], env: dict[str, str], given: str = "") -> subprocess.CompletedProcess[str]:
        """Run `python -m module …` or `python script …` to its end, with everything loaded already."""
        if _WARM.fits(self._env(env)):
            return _WARM.run(command, self.path, self._env(env), given)
        return self._run([sys.executable, *command], env, given)

    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        """Start `zhaoshang` and leave it running; its log is daemon.log in the workplace."""
        with (self.path / "daemon.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "monitor.cli", *args],
                cwd=self.path,
                env=self._env(env),
                stdout=log,
                stderr=log,
                text=True,
            )

    def _run(self, command: list[str], env: dict[str, str], given: str = "") -> subprocess.CompletedProcess[str]:
        """Run any command to its end, in a process that starts afresh."""
        return subprocess.run(
            command,
            cwd=self.path,
            env=self._env(env),
            input=given,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def _env(self, more: dict[str, str]) -> dict[str, str]:
        return os.environ | PRODUCT | more


@pytest.fixture(scope="session")
def workplace_in() -> Callable[[Path], Workplace]:
    """A workplace in a given folder, for fixtures that several tests share."""
    return Workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """An empty folder to run the product in."""
    return Workplace(tmp_path)
