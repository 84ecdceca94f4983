"""Answers `/healthz` over HTTP: it serves what it is given, to many and to slow clients; it judges nothing."""

import contextlib
import json
import logging
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from typing import Any

from monitor.errors import ConfigError

_CONNECTIONS = 256  # open at a time, each with a thread; more are closed at once
_DEADLINE = 5.0  # seconds that a connection may take
_POLL = 0.2  # seconds between two looks for connections that are past it, and for the end
_FRESH = 1.0  # seconds that an answer is good for

Answer = Mapping[str, object]  # what is said, as JSON; `status` is "ok" when all is well

logger = logging.getLogger("zhaoshang")


class HealthServer:
    """Listens on the address of `[operator] healthz`, or nowhere while that is empty."""

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self._answer = _Remembered(answer)
        self._address = ""
        self._server: _Server | None = None
        self._guard = threading.Lock()
        self._ended = False

    def listen(self, address: str) -> None:
        """Answer on `address` from now on, and no more on another. Raises ConfigError when that cannot be."""
        with self._guard:
            if address != self._address and not self._ended:
                self._stop()
                if address:
                    self._start(address)

    def close(self) -> None:
        """Answer no more, for good; connections that are open are cut."""
        with self._guard:
            self._ended = True
            self._stop()

    def _start(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        try:
            self._server = _Server(host.strip("[]"), int(port), self._answer)
        except (OSError, UnicodeError) as error:
            raise ConfigError(
                f"cannot listen on {address}: {getattr(error, 'strerror', None) or error}",
                where="[operator] healthz",
                todo="see what else listens there, or choose another port",
            ) from error
        self._address = address
        threading.Thread(target=self._server.serve_forever, args=(_POLL,), name="healthz", daemon=True).start()
        told = logger.info if self._server.is_local else logger.warning
        more = "" if self._server.is_local else ", which is not this machine alone: others can read it"
        told("health is answered on http://%s/healthz%s", address, more)

    def _stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._server, self._address = None, ""


class _Remembered:
    """An answer that is made at most once a second, however many ask."""

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self._make = answer
        self._lock = threading.Lock()
        self._last: tuple[HTTPStatus, bytes] | None = None
        self._made_at = 0.0

    def __call__(self) -> tuple[HTTPStatus, bytes]:
        with self._lock:
            if self._last is None or time.monotonic() - self._made_at >= _FRESH:
                said = self._make()
                status = HTTPStatus.OK if said["status"] == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
                self._last = status, (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()
                self._made_at = time.monotonic()
            return self._last


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    timeout = _DEADLINE
    server_version = "zhaoshang"
    sys_version = ""

    def do_GET(self) -> None:
        """The answer, or 404."""
        if self.path.partition("?")[0] == "/healthz":
            self._send(*self.server.answer())
        else:
            self._send(HTTPStatus.NOT_FOUND, b'{"error": "there is only /healthz"}\n')

    do_HEAD = do_GET  # noqa: N815 - http.server's name, as below

    def _refuse(self) -> None:
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, b'{"error": "only GET and HEAD"}\n', Allow="GET, HEAD")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse  # noqa: N815

    def _send(self, status: HTTPStatus, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Nothing: whoever asks every few seconds would fill the log."""


class _Server(socketserver.ThreadingTCPServer):
    """A thread for each connection, up to so many, and each is cut at its deadline, whatever its client does."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, answer: Callable[[], tuple[HTTPStatus, bytes]]) -> None:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.address_family = family
        self.answer = answer
        self.is_local = ip_address(str(address[0]).partition("%")[0]).is_loopback
        self._open: dict[Any, float] = {}
        self._guard = threading.Lock()
        super().__init__((str(address[0]), port), _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the base class's signature
        """Whether there is room for one more connection; it is counted from here on."""
        with self._guard:
            if len(self._open) >= _CONNECTIONS:
                return False
            self._open[request] = time.monotonic()
            return True

    def shutdown_request(self, request: Any) -> None:
        """The connection is done with, one way or another."""
        with self._guard:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        """Tell of a defect; a client who went away, or was cut at the deadline, is none."""
        error = sys.exception()
        if not isinstance(error, OSError):
            logger.error("the answer of /healthz failed", exc_info=error)

    def service_actions(self) -> None:
        """Cut what is past its deadline; the base class calls this at every poll."""
        now = time.monotonic()
        self._cut(lambda since: now - since > _DEADLINE)

    def server_close(self) -> None:
        """Close the port and every connection; the threads end by themselves."""
        super().server_close()
        self._cut(lambda _: True)

    def _cut(self, is_over: Callable[[float], bool]) -> None:
        with self._guard:
            for request, since in self._open.items():
                if is_over(since):
                    with contextlib.suppress(OSError):
                        request.shutdown(socket.SHUT_RDWR)
