"""Posts bytes to one address over HTTP(S) within a time limit; what an answer means, the channels know.

Redirects are not followed: the key would go to whoever is named in them.
"""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digests.channels.reaching import Address, Deadline, Route, reach, words_of, write
from monitor.errors import DeliveryError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LARGEST_ANSWER = 256 * 1024  # of a service that answers more, the rest is not read


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. Not `whole`: its body broke off, came too slowly, or was too long."""

    status: int
    body: bytes
    headers: Mapping[str, str]  # names in lower case
    whole: bool = True


def post(address: Address, body: bytes, headers: Mapping[str, str], route: Route, where: str) -> Answer:
    """Post `body` and return the answer, whatever its status. Raises DeliveryError.

    From the first byte of the request on nobody knows whether it arrived until an answer came: such an error has
    `handed_over`. `where` names the channel in errors.
    """
    deadline = Deadline(route.seconds)
    sock = reach(address, route, deadline, where)
    try:
        write(sock, _request(address, body, headers), deadline)
        return _read(sock, deadline)
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Not "from error": what http.client complains of may hold what was sent.
        raise DeliveryError(
            f"broke off while taking the message ({words_of(error)}); it may have arrived",
            where=where,
            todo="check the service; it is tried again",
            handed_over=True,
        ) from None
    finally:
        sock.close()


def knock(address: Address, route: Route, where: str) -> None:
    """Connect and shake hands, without asking for anything. Raises DeliveryError."""
    reach(address, route, Deadline(route.seconds), where).close()


def _request(address: Address, body: bytes, headers: Mapping[str, str]) -> bytes:
    given = {
        "Host": address.place,
        "User-Agent": "zhaoshang",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {address.target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def _read(sock: socket.socket, deadline: Deadline) -> Answer:
    response = http.client.HTTPResponse(_Readable(sock, deadline), method="POST")  # type: ignore[arg-type]
    try:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        try:
            body = response.read(_LARGEST_ANSWER)
        except (OSError, http.client.HTTPException):
            return Answer(response.status, b"", headers, whole=False)
        return Answer(response.status, body, headers, whole=not response.length and len(body) < _LARGEST_ANSWER)
    finally:
        response.close()


class _Readable:
    """What http.client asks of a socket: a file, whose every read keeps to the one deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        """A file that reads from the socket; `mode` is always rb."""
        del mode
        return io.BufferedReader(_Stream(self._sock, self._deadline))


class _Stream(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._deadline.arm(self._sock)
        return self._sock.recv_into(buffer)
