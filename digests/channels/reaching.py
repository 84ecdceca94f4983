"""Finds the way to an address: looks up, checks, connects, by a proxy if one is named, and secures; it sends nothing.

The address of a robot holds its key, so it never stands in an error or a log: the host is all that is told.
Certificates are checked, a proxy is used only where the configuration names one, and what was checked is connected to.
The one thing without a limit of its own is the system's look-up of names.
"""

import base64
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.addresses import is_public
from monitor.errors import DeliveryError
from monitor.secrets import secret_from_environment

_PORTS = {"http": 80, "https": 443}
_PIECE = 16 * 1024  # bytes that are written at a time
_LARGEST_HEAD = 16 * 1024  # of a proxy's answer

_Candidate = tuple[socket.AddressFamily, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Route:
    """How an address is reached: within which time, by which proxy, and whether it may be one of an intranet."""

    seconds: float = 30.0  # from the first packet to the last byte of the answer
    proxy: str = ""
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was checked, with its key. It shows itself as its host alone."""

    url: str = field(repr=False)
    scheme: str
    host: str
    port: int
    target: str = field(repr=False)  # path and query

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Raises ValueError, whose words say what is wrong and hold nothing of the address."""
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
        except ValueError:
            raise ValueError("the address is none") from None
        if scheme not in _PORTS or not host or port == 0:
            raise ValueError("the address does not begin with https:// and a host")
        if "@" in parts.netloc:
            raise ValueError("the address holds a user name; its key belongs into the path or the query")
        if not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
            raise ValueError("the address holds blanks or characters that are not ASCII")
        return cls(url, scheme, host, port or _PORTS[scheme], _target(parts))

    @property
    def place(self) -> str:
        """The host, with its port where that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return self.place


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


# -- time --------------------------------------------------------------------------------------------------------------


class Deadline:
    """One moment for a whole exchange; a peer that sends a byte now and then does not move it."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def arm(self, sock: socket.socket) -> None:
        """Let the next step of `sock` wait no longer than there is time. Raises TimeoutError."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        sock.settimeout(left)


def reach(address: Address, route: Route, deadline: Deadline, where: str) -> socket.socket:
    """A connection to the address that is ready for a request. Raises DeliveryError: nothing has been sent."""
    with _told(where):
        proxy = _proxy(route.proxy, where)
        if proxy is None:
            sock = _connect(_candidates(address, route, where), deadline)
        else:
            _refuse_in_the_open(address, where, private=route.allow_private)
            sock = _connect(_look_up(proxy.hostname or "", proxy.port or 80), deadline)
        try:
            if proxy is not None:
                _tunnel(sock, address, proxy, deadline)
            return _secure(sock, address, deadline) if address.scheme == "https" else sock
        except BaseException:
            sock.close()
            raise


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Nothing of the message has been sent yet."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise DeliveryError(
            f"cannot be reached: {words_of(error)}", where=where, todo="check the address, the network and the proxy"
        ) from None


def _candidates(address: Address, route: Route, where: str) -> list[_Candidate]:
    """The addresses of the host that may be connected to. Plain HTTP is for one's own network alone."""
    found = _look_up(address.host, address.port)
    admitted = [one for one in found if route.allow_private or is_public(one[1][0])]
    if not admitted:
        raise DeliveryError(
            f"{address.host} is no public address",
            where=where,
            todo="set allow_private = true if it is a service of your own network",
            permanent=True,
        )
    if address.scheme == "http":
        admitted = [one for one in admitted if not is_public(one[1][0])]
        _refuse_in_the_open(address, where, private=bool(admitted))
    return admitted


def _refuse_in_the_open(address: Address, where: str, *, private: bool) -> None:
    if address.scheme == "http" and not private:
        raise DeliveryError(
            "the address begins with http://, and the key would travel in the open",
            where=where,
            todo="write https://, or allow_private = true for a service of your own network",
            permanent=True,
        )


def _look_up(host: str, port: int) -> list[_Candidate]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, (str(where[0]), int(where[1]))) for family, _, _, _, where in found]


def _connect(candidates: list[_Candidate], deadline: Deadline) -> socket.socket:
    """The first that answers; each gets its share of the time, or a host that drops packets would use it all."""
    problem = OSError("the name has no address")
    for family, where in candidates:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            deadline.arm(sock)
            sock.settimeout((sock.gettimeout() or 0.0) / len(candidates))
            sock.connect(where)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem


def _secure(sock: socket.socket, address: Address, deadline: Deadline) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    deadline.arm(sock)
    secured = context.wrap_socket(sock, server_hostname=address.host, do_handshake_on_connect=False)
    try:
        deadline.arm(secured)
        secured.do_handshake()  # its time limit is one for all of its steps
    except BaseException:
        secured.close()
        raise
    return secured


# -- proxies -----------------------------------------------------------------------------------------------------------


def _proxy(setting: str, where: str) -> SplitResult | None:
    """The proxy's address. What stands in the environment for all programs is not this channel's word."""
    if not setting:
        return None
    value = secret_from_environment(setting.removeprefix("env:"), "proxy") if setting.startswith("env:") else setting
    try:
        parts = urlsplit(value)
        usable = parts.scheme == "http" and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise DeliveryError("the proxy is no address", where=where, todo="write it as http://host:port")
    return parts


def _tunnel(sock: socket.socket, address: Address, proxy: SplitResult, deadline: Deadline) -> None:
    """Ask the proxy for a way through. Raises OSError."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    lines = [f"CONNECT {host}:{address.port} HTTP/1.1", f"Host: {host}:{address.port}"]
    if proxy.username:
        log_in = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(log_in).decode()}")
    write(sock, "\r\n".join([*lines, "", ""]).encode(), deadline)
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        deadline.arm(sock)
        byte = sock.recv(1)  # one at a time: what follows belongs to the other side
        if not byte or len(head) > _LARGEST_HEAD:
            raise OSError("the proxy broke off")
        head += byte
    status = head.split(b"\r\n", 1)[0].split(b" ")[1:2]
    if status != [b"200"]:
        raise OSError(f"the proxy answers {b''.join(status)[:3].decode('ascii', 'replace')}")


def write(sock: socket.socket, data: bytes, deadline: Deadline) -> None:
    """All of it. Raises OSError."""
    view = memoryview(data)
    while view:
        deadline.arm(sock)
        view = view[sock.send(view[:_PIECE]) :]


def words_of(error: Exception) -> str:
    """The error in words that hold nothing of the address or the message."""
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or 'broken off'}"
    if isinstance(error, socket.gaierror):
        return "the host name does not resolve"
    if isinstance(error, OSError):  # http.client's RemoteDisconnected is one as well
        return error.strerror or str(error) or type(error).__name__
    return "the answer is not HTTP"
