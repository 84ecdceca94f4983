"""The browser's way out, without a browser: who is let through it, where to, and what it tells."""

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from crawler import gate as gate_module
from crawler.gate import Gate

WAY_OUT = "allow_private = true lets this source read it"


def talk(gate: Gate, *heads: str) -> list[bytes]:
    """What the gate answers to each request, all on one connection; `{login}` in a head is the gate's own."""
    login = base64.b64encode(f"{gate.username}:{gate.password}".encode()).decode()

    async def run() -> list[bytes]:
        address = urlsplit(await gate.start())
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        answers = []
        for head in heads:
            writer.write(head.replace("{login}", f"Proxy-Authorization: Basic {login}\r\n").encode())
            with contextlib.suppress(ConnectionError):
                answers.append(await asyncio.wait_for(reader.read(65536), 20))
        writer.close()
        await gate.stop()
        return answers

    return asyncio.run(run())


async def serve(answer: bytes) -> tuple[asyncio.Server, list[bytes]]:
    heard: list[bytes] = []

    async def talk_to(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(talk_to, "127.0.0.1", 0), heard


def talk_to_server(gate: Gate, answer: bytes, head: Callable[[int], str]) -> tuple[bytes, list[bytes]]:
    """The answer that comes through the gate from a server of the test, and what that server heard."""
    login = base64.b64encode(f"{gate.username}:{gate.password}".encode()).decode()

    async def run() -> tuple[bytes, list[bytes]]:
        server, heard = await serve(answer)
        port = server.sockets[0].getsockname()[1]
        if gate.proxy:
            gate.proxy = gate.proxy.format(port=port)
        address = urlsplit(await gate.start())
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(head(port).replace("{login}", f"Proxy-Authorization: Basic {login}\r\n").encode())
        came = await asyncio.wait_for(_all(reader), 20)
        writer.close()
        await gate.stop()
        server.close()
        return came, heard

    return asyncio.run(run())


async def _all(reader: asyncio.StreamReader) -> bytes:
    came = b""
    with contextlib.suppress(ConnectionError):
        while more := await reader.read(65536):
            came += more
    return came


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nX: y\r\n\r\nok"


def test_who_does_not_know_the_password_gets_nowhere():
    heads = [
        "GET http://127.0.0.1:9/ HTTP/1.1\r\n\r\n",
        "GET http://127.0.0.1:9/ HTTP/1.1\r\nProxy-Authorization: x\r\n\r\n",
    ]
    asked, refused = talk(gate := Gate(allow_private=True), *heads)
    assert asked.startswith(b"HTTP/1.1 407 ")
    assert refused == b""
    assert gate.trouble == {}


@pytest.mark.parametrize(
    ("target", "host", "reason"),
    [
        ("GET http://127.0.0.1:9/", "127.0.0.1", f"127.0.0.1 is not a public address; {WAY_OUT}"),
        ("CONNECT 127.0.0.1:9", "127.0.0.1", f"127.0.0.1 is not a public address; {WAY_OUT}"),
        ("CONNECT [::1]:9", "::1", f"::1 is not a public address; {WAY_OUT}"),
        ("GET http://2130706433/", "2130706433", f"2130706433 is 127.0.0.1, which is not a public address; {WAY_OUT}"),
        ("GET http://www.example.cn/", "www.example.cn", "www.example.cn resolves to 10.0.0.1, which is not a public"),
        ("CONNECT nowhere.example.cn:443", "nowhere.example.cn", "the host name does not resolve"),
    ],
)
def test_where_nobody_is_let_and_what_is_said(monkeypatch, target, host, reason):
    def look_up(name: str) -> list[str]:
        if name == "nowhere.example.cn":
            raise gate_module.socket.gaierror(-2, "Name or service not known")
        return ["10.0.0.1"]

    monkeypatch.setattr(gate_module, "look_up", look_up)
    (answer,) = talk(gate := Gate(allow_private=False), f"{target} HTTP/1.1\r\n{{login}}\r\n")
    assert answer == b""
    assert list(gate.trouble) == [host]
    assert gate.trouble[host].startswith(reason)


def test_a_connection_that_is_not_made_is_named():
    talk(gate := Gate(allow_private=True), "CONNECT 127.0.0.1:9 HTTP/1.1\r\n{login}\r\n")
    assert gate.trouble == {"127.0.0.1": "the connection was refused"}


@pytest.mark.parametrize("head", ["rubbish\r\n\r\n", "GET\r\n\r\n", "GET http://[ HTTP/1.1\r\n{login}\r\n", "\r\n\r\n"])
def test_rubbish_ends_the_connection_and_nothing_else(head):
    gate = Gate(allow_private=True)
    talk(gate, head)
    assert gate.trouble == {}


def test_a_plain_request_goes_on_as_the_site_expects_it_and_once_to_a_connection():
    came, (heard,) = talk_to_server(
        Gate(allow_private=True),
        PLAIN,
        lambda port: (
            f"GET http://127.0.0.1:{port}/a?b=c HTTP/1.1\r\nHost: h\r\nProxy-Connection: keep-alive\r\n{{login}}\r\n"
        ),
    )
    assert heard == b"GET /a?b=c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    assert came == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\nConnection: close\r\n\r\nok"


def test_a_tunnel_passes_everything_as_it_is():
    came, (heard,) = talk_to_server(
        Gate(allow_private=True),
        PLAIN,
        lambda port: f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n{{login}}\r\nclient hello\r\n\r\n",
    )
    assert heard == b"client hello\r\n\r\n"
    assert came.endswith(b"\r\n\r\n" + PLAIN)


def test_the_source_s_own_proxy_is_asked_with_its_own_password_and_never_with_the_gate_s():
    gate = Gate(allow_private=False, proxy="http://user:geheim@127.0.0.1:{port}")
    _, (heard,) = talk_to_server(gate, PLAIN, lambda _: "GET http://www.example.cn/a HTTP/1.1\r\n{login}\r\n")
    assert heard.startswith(b"GET http://www.example.cn/a HTTP/1.1\r\n")
    assert heard.count(b"Proxy-Authorization") == 1
    assert b"Proxy-Authorization: Basic dXNlcjpnZWhlaW0=" in heard

    _, (heard,) = talk_to_server(
        Gate(allow_private=False, proxy="http://user:geheim@127.0.0.1:{port}"),
        b"HTTP/1.1 200 OK\r\n\r\nhello",
        lambda _: "CONNECT www.example.cn:443 HTTP/1.1\r\n{login}\r\n",
    )
    assert heard.startswith(b"CONNECT www.example.cn:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpnZWhlaW0=" in heard


def test_behind_a_proxy_spelled_out_addresses_are_refused_and_a_refusal_of_the_proxy_is_named():
    talk(gate := Gate(allow_private=False, proxy="http://127.0.0.1:9"), "CONNECT 10.0.0.1:443 HTTP/1.1\r\n{login}\r\n")
    assert gate.trouble == {"10.0.0.1": f"10.0.0.1 is not a public address; {WAY_OUT}"}
    gate = Gate(allow_private=False, proxy="http://127.0.0.1:{port}")
    talk_to_server(
        gate, b"HTTP/1.1 403 Forbidden\r\n\r\n", lambda _: "CONNECT www.example.cn:443 HTTP/1.1\r\n{login}\r\n"
    )
    assert gate.trouble == {"www.example.cn": "the proxy did not open the way: HTTP/1.1 403 Forbidden"}


def test_no_connection_passes_more_than_its_ceiling():
    came, _ = talk_to_server(
        Gate(allow_private=True, ceiling=100_000),
        b"HTTP/1.1 200 OK\r\n\r\n" + bytes(3_000_000),
        lambda port: f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\n{{login}}\r\n",
    )
    assert 100_000 < len(came) < 400_000


def test_a_gate_that_is_opened_twice_is_the_same():
    async def run() -> tuple[str, str]:
        gate = Gate(allow_private=True)
        both = await gate.start(), await gate.start()
        await gate.stop()
        return both

    first, second = asyncio.run(run())
    assert first == second


def test_what_is_still_open_is_cut_in_the_end():
    async def run() -> bytes:
        server, _ = await serve(b"")
        gate = Gate(allow_private=True)
        address = urlsplit(await gate.start())
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.sleep(0)
        reading: Awaitable[bytes] = asyncio.ensure_future(_all(reader))
        await asyncio.sleep(0.1)
        await gate.stop()
        came = await asyncio.wait_for(reading, 20)
        writer.close()
        server.close()
        return came

    assert asyncio.run(run()) == b""
