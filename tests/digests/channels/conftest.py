"""What the tests of channels share: a service that answers as it is told to, and channels made from a few keys."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from digests.channels import Robot, open_channel, pace
from monitor.announcing import DeliveryPart
from monitor.config import CHANNELS

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
SESAME = "SECf00dfeedbeef"

Reply = Callable[[socket.socket], None]


@dataclass
class Request:
    """One request as the service saw it; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Replies:
    """The ways in which a service can answer."""

    @staticmethod
    def plain(status: int, body: bytes | dict[str, object] = b"", **headers: str) -> Reply:
        """A whole answer."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(data)}\r\n{more}\r\n".encode()
        return lambda sock: sock.sendall(head + data)

    @staticmethod
    def cut_off(status: int = 200, announced: int = 100, sent: bytes = b'{"errco') -> Reply:
        """The connection is closed in the middle of the body."""
        return lambda sock: sock.sendall(f"HTTP/1.1 {status} OK\r\nContent-Length: {announced}\r\n\r\n".encode() + sent)

    @staticmethod
    def silent(_: socket.socket) -> None:
        """Closed without any answer."""


@dataclass
class Hook:
    """A service over plain sockets. `replies` are used up one by one; the last one stays."""

    port: int
    replies: list[Reply]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def hang(self, _: socket.socket) -> None:
        """No answer for as long as the test takes."""
        self.over.wait(60)

    def drip(self, sock: socket.socket) -> None:
        """One byte of a good answer now and then, for ever."""
        with contextlib.suppress(OSError):
            sock.sendall(b"HTTP/1.1 200 OK\r\n")
            while not self.over.wait(0.05):
                sock.sendall(b"X")

    def drip_body(self, sock: socket.socket) -> None:
        """A whole head, and then the body byte by byte."""
        with contextlib.suppress(OSError):
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not self.over.wait(0.05):
                sock.sendall(b" ")

    @property
    def bodies(self) -> list[Any]:
        return [request.json for request in self.requests]


@pytest.fixture
def reply() -> type[Replies]:
    return Replies


@pytest.fixture
def serve_hook() -> Iterator[Callable[..., Hook]]:
    """Starts services, each with the replies it is given."""
    running: list[tuple[Hook, socket.socket]] = []

    def start(*replies: Reply, context: ssl.SSLContext | None = None) -> Hook:
        listener = socket.create_server(("127.0.0.1", 0))
        hook = Hook(listener.getsockname()[1], list(replies) or [Replies.plain(200, {"errcode": 0, "code": 0})])
        threading.Thread(target=_accept, args=(hook, listener, context), daemon=True).start()
        running.append((hook, listener))
        return hook

    yield start
    for hook, listener in running:
        hook.over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(hook: Hook, listener: socket.socket, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        hook.connections += 1
        threading.Thread(target=_serve, args=(hook, sock, context), daemon=True).start()


def _serve(hook: Hook, sock: socket.socket, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.enter_context(sock)
        if context is not None:
            sock = stack.enter_context(context.wrap_socket(sock, server_side=True))
        file = stack.enter_context(sock.makefile("rb"))
        first = file.readline().decode("utf-8", "replace")
        if first.count(" ") < 2:  # somebody only looked whether anybody is there, or speaks TLS
            return
        method, target, _ = first.split(" ", 2)
        headers: dict[str, str] = {}
        while line := file.readline().decode("utf-8", "replace").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = file.read(int(headers.get("content-length", 0)))
        hook.requests.append(Request(method, target, headers, body))
        reply = hook.replies.pop(0) if len(hook.replies) > 1 else hook.replies[0]
        reply(sock)


@pytest.fixture
def proxy(serve_hook: Callable[..., Hook]) -> Hook:
    """A proxy that opens the way to whatever it is asked for."""
    hook = serve_hook(Replies.silent)
    hook.replies = [lambda sock: _pass_on(hook, sock)]
    return hook


def _pass_on(hook: Hook, sock: socket.socket) -> None:
    host, _, port = hook.requests[-1].target.rpartition(":")
    with socket.create_connection((host, int(port))) as there:
        sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
        back = threading.Thread(target=_pump, args=(there, sock), daemon=True)
        back.start()
        _pump(sock, there)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def hook(serve_hook: Callable[..., Hook]) -> Hook:
    """A service that takes everything."""
    return serve_hook()


@pytest.fixture(autouse=True)
def turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits for the platforms' rates, which no test sits through."""
    waits: list[float] = []

    class Clock:
        monotonic = staticmethod(time.monotonic)
        sleep = staticmethod(waits.append)

    monkeypatch.setattr(pace, "time", Clock)
    monkeypatch.setattr(pace, "_paces", {})
    return waits


@pytest.fixture
def make_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Opens a channel of a kind, whose address on this machine stands in the environment."""

    def make(kind: str, port: int, *, scheme: str = "http", path: str = f"/send?key={KEY}", **keys: Any) -> Any:
        monkeypatch.setenv("HOOK_URL", f"{scheme}://127.0.0.1:{port}{path}")
        monkeypatch.setenv("HOOK_SECRET", SESAME)
        table = {"type": kind, "url_env": "HOOK_URL", "allow_private": True, "timeout": "5s", **keys}
        return open_channel("chat", CHANNELS[kind].model_validate(table), tmp_path)

    return make


@pytest.fixture
def send_all(delivery: Callable[..., Any], now: Any) -> Callable[..., None]:
    """Sends a message through a robot, all its parts."""

    def send(robot: Robot, message: Any, **changes: Any) -> None:
        one = delivery("", channel="chat", **changes)
        texts = robot.cut(one, message)
        for number, text in enumerate(texts, start=1):
            robot.send_part(one, message, DeliveryPart(number, len(texts), text), now)

    return send
