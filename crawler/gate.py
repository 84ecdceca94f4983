"""The only way out for the browser: a proxy on this machine that connects to admitted addresses alone.

A browser resolves names by itself, follows redirects by itself, and lets the page's scripts ask for anything. Told to
use this proxy for all of it, it can do neither: names are looked up here, and what was checked is connected to.
Nothing is decrypted; what the browser asks for and gets, the gate does not read beyond the first lines.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import socket
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from crawler.failures import one_line
from crawler.guard import look_up, refusal_of_answer, refusal_of_host
from monitor.addresses import is_public

_LARGEST_HEAD = 64 * 1024
_CHUNK = 64 * 1024
_CONNECT_SECONDS = 20.0
_IDLE_SECONDS = 90.0  # a connection on which nothing moves
_Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_PER_HOP = frozenset({"proxy-authorization", "proxy-connection", "connection", "keep-alive"})


class GateClosed(Exception):
    """A connection that is not made; the text says why, as it would be said of the page itself."""


@dataclass(slots=True)
class Gate:
    """`allow_private` and the source's own `proxy` as in its table; `ceiling` bounds the bytes of one connection."""

    allow_private: bool
    proxy: str = ""
    ceiling: int = 64 * 1024 * 1024
    username: str = "zhaoshang"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))  # others on this machine stay out
    trouble: dict[str, str] = field(default_factory=dict)  # host -> why a connection to it was not made
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> str:
        """Listen on this machine only; the address for the browser, the same for one that is started again."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LARGEST_HEAD)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Cut what is still open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            await self._answer((reader, writer))
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, TimeoutError, GateClosed):
            pass  # the browser sees a connection that breaks off, and `trouble` knows why
        finally:
            writer.close()
            if task is not None:
                self._open.discard(task)

    async def _answer(self, browser: _Stream) -> None:
        head = await _Head.read(browser[0])
        if not self._is_ours(head):
            # A browser shows its login only when asked, and repeats itself on the same connection.
            browser[1].write(b'HTTP/1.1 407 -\r\nProxy-Authenticate: Basic realm="gate"\r\nContent-Length: 0\r\n\r\n')
            await browser[1].drain()
            head = await _Head.read(browser[0])
            if not self._is_ours(head):
                return
        method, target, _ = head.first_line.split(" ", 2)
        tunnel = method == "CONNECT"
        url = urlsplit(f"//{target}" if tunnel else target)
        upstream = await self._reach(url.hostname or "", url.port or 80, tunnel=tunnel)
        try:
            if tunnel:
                browser[1].write(b"HTTP/1.1 200 -\r\n\r\n")
                await self._join(browser, upstream, _pass_on(upstream[0], browser[1], self.ceiling))
            else:
                upstream[1].write(self._plain_head(method, url, head))
                await self._join(browser, upstream, _pass_answer_on(upstream[0], browser[1], self.ceiling))
        finally:
            upstream[1].close()

    def _is_ours(self, head: _Head) -> bool:
        ours = f"Basic {_basic(self.username, self.password)}"
        return any(
            secrets.compare_digest(value.strip().encode(), ours.encode())
            for name, value in head.headers
            if name.lower() == "proxy-authorization"
        )

    def _plain_head(self, method: str, url: SplitResult, head: _Head) -> bytes:
        """The request as it goes on to the site, or to the source's own proxy."""
        target = url.geturl() if self.proxy else (url.path or "/") + (f"?{url.query}" if url.query else "")
        login = [("Proxy-Authorization", f" {value}") for value in _login(self.proxy)]
        return _Head(f"{method} {target} HTTP/1.1", [*head.headers, *login]).for_one(keep=len(login))

    async def _reach(self, host: str, port: int, *, tunnel: bool) -> _Stream:
        try:
            if self.proxy:
                return await self._reach_through_proxy(host, port, tunnel=tunnel)
            return await self._connect(await self._admitted(host), port)
        except (OSError, EOFError, UnicodeError, GateClosed) as error:
            self.trouble[host] = _words(error)
            raise GateClosed(self.trouble[host]) from error

    async def _admitted(self, host: str) -> list[str]:
        """The addresses that a host may be reached at. Raises GateClosed, OSError."""
        if not self.allow_private and (reason := refusal_of_host(host)) is not None:
            raise GateClosed(reason)
        addresses = await asyncio.get_running_loop().run_in_executor(None, look_up, host)
        admitted = addresses if self.allow_private else [one for one in addresses if is_public(one)]
        if addresses and not admitted:
            raise GateClosed(refusal_of_answer(host, addresses))
        return admitted

    async def _connect(self, addresses: list[str], port: int) -> _Stream:
        failed: OSError = OSError("the host name does not resolve")
        for address in addresses:
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    return await asyncio.open_connection(address, port, limit=_LARGEST_HEAD)
            except OSError as error:  # TimeoutError is one
                failed = error
        raise failed

    async def _reach_through_proxy(self, host: str, port: int, *, tunnel: bool) -> _Stream:
        """The proxy looks the name up itself: only a bare address can be checked here."""
        if not self.allow_private and (reason := refusal_of_host(host)) is not None:
            raise GateClosed(reason)
        parts = urlsplit(self.proxy)
        addresses = await asyncio.get_running_loop().run_in_executor(None, look_up, parts.hostname or "")
        reader, writer = await self._connect(addresses, parts.port or 80)
        if tunnel:
            where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            login = "".join(f"Proxy-Authorization: {value}\r\n" for value in _login(self.proxy))
            writer.write(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n{login}\r\n".encode("latin-1"))
            answer = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[0].decode("latin-1")
            if answer.split(" ")[1:2] != ["200"]:
                writer.close()
                raise GateClosed(f"the proxy did not open the way: {one_line(answer)}")
        return reader, writer

    async def _join(self, browser: _Stream, upstream: _Stream, answer: Coroutine[None, None, None]) -> None:
        """Pass bytes both ways until one side ends."""
        ways = {
            asyncio.ensure_future(_pass_on(browser[0], upstream[1], self.ceiling)),
            asyncio.ensure_future(answer),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a request or an answer: its first line, and its headers as they stand."""

    first_line: str
    headers: list[tuple[str, str]]

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> _Head:
        """Raises EOFError, asyncio.LimitOverrunError, TimeoutError."""
        async with asyncio.timeout(_IDLE_SECONDS):
            text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first_line, *lines = text.rstrip("\r\n").split("\r\n")
        return cls(first_line, [(name, value) for name, _, value in (line.partition(":") for line in lines)])

    def for_one(self, *, keep: int = 0) -> bytes:
        """As bytes, for the one exchange of its connection; the last `keep` headers are ours and stay."""
        count = len(self.headers) - keep
        kept = [header for header in self.headers[:count] if header[0].lower() not in _PER_HOP]
        headers = [*kept, *self.headers[count:], ("Connection", " close")]
        return "\r\n".join([self.first_line, *(f"{name}:{value}" for name, value in headers), "", ""]).encode("latin-1")


async def _pass_answer_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ceiling: int) -> None:
    """An answer in clear text: whatever the site says, its connection is not used again."""
    with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
        head = await _Head.read(reader)
        while head.first_line.split(" ")[1:2] in (["100"], ["103"]):
            head = await _Head.read(reader)
        writer.write(head.for_one())
        await _pass_on(reader, writer, ceiling)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ceiling: int) -> None:
    passed = 0
    with contextlib.suppress(OSError):
        while passed <= ceiling:
            async with asyncio.timeout(_IDLE_SECONDS):
                data = await reader.read(_CHUNK)
            if not data:
                return
            passed += len(data)
            writer.write(data)
            await writer.drain()


def _basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _login(proxy: str) -> list[str]:
    parts = urlsplit(proxy)
    return [f"Basic {_basic(unquote(parts.username), unquote(parts.password or ''))}"] if parts.username else []


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, (UnicodeError, socket.gaierror)):
        return "the host name does not resolve"
    if isinstance(error, EOFError):
        return "the proxy ended the connection"
    return one_line(error)
