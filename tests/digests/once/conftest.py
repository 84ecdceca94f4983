"""A server that takes whatever arrives whole, even of a sender that is dead by then, and knows when it has."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest


@dataclass(frozen=True)
class Arrival:
    """What a server took. `path` is an address's; of a mail it is empty."""

    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Receiver:
    """An HTTP and an SMTP server over plain sockets.

    A server in Python drops what it has read once the other side is gone. Like those out there, this one takes a
    message as soon as all of it is there: whether the sender still lives to hear so is no affair of its own.
    """

    http: int = 0
    smtp: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    answer: bytes = b'{"errcode": 0, "code": 0}'
    hold: threading.Event = field(default_factory=threading.Event)  # while it is not set, nobody gets an answer
    _open: int = 0
    _listeners: list[socket.socket] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        """Listen on both ports."""
        self.hold.set()
        self.http = self._listen(self._hear_request)
        self.smtp = self._listen(self._hear_mail)

    def stop(self) -> None:
        """Listen no more."""
        self.hold.set()
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def settle(self) -> list[Arrival]:
        """All that arrived, once every connection that was opened until now has been read to its end."""
        for port in (self.http, self.smtp):  # whoever came before this one is let in before it
            with socket.create_connection(("127.0.0.1", port)) as knock:
                knock.sendall(b"GET / HTTP/1.1\r\n\r\n")
                assert knock.recv(1)
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open, timeout=60)
        return list(self.arrivals)

    def _listen(self, hear: Callable[[BinaryIO, socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, hear), daemon=True).start()
        return int(listener.getsockname()[1])

    def _accept(self, listener: socket.socket, hear: Callable[[BinaryIO, socket.socket], None]) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with self._changed:
                self._open += 1
            threading.Thread(target=self._serve, args=(sock, hear), daemon=True).start()

    def _serve(self, sock: socket.socket, hear: Callable[[BinaryIO, socket.socket], None]) -> None:
        with contextlib.suppress(OSError), sock, sock.makefile("rb") as file:
            hear(file, sock)
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _hear_request(self, file: BinaryIO, sock: socket.socket) -> None:
        method, _, rest = file.readline().decode().partition(" ")
        headers: dict[str, str] = {}
        while line := file.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        body = file.read(length)
        if method == "POST" and len(body) == length:
            self.arrivals.append(Arrival(rest.split(" ")[0], headers, body))
            self.hold.wait(60)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(self.answer), self.answer))

    def _hear_mail(self, file: BinaryIO, sock: socket.socket) -> None:
        sock.sendall(b"220 receiver\r\n")
        while line := file.readline():
            if line.strip().upper() == b"DATA":
                sock.sendall(b"354 go on\r\n")
                content = b""
                while (said := file.readline()) and said != b".\r\n":
                    content += said
                if said:
                    self.arrivals.append(Arrival("", {}, content))
            sock.sendall(b"250 OK\r\n")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """One that listens."""
    made = Receiver()
    made.start()
    yield made
    made.stop()
