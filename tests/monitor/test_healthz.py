"""`/healthz` over real HTTP: what it answers, to many at once, and to clients that never say what they want."""

import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from monitor import healthz
from monitor.errors import ConfigError
from monitor.healthz import HealthServer


class Health:
    """A server on a free port, what it answers, and how often that was asked for."""

    def __init__(self) -> None:
        self.said: dict[str, object] = {"status": "ok"}
        self.asked = 0
        self.port = free_port()
        self.server = HealthServer(self.answer)

    def answer(self) -> dict[str, object]:
        self.asked += 1
        return self.said

    def get(self, path: str = "/healthz", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def health() -> Iterator[Health]:
    started = Health()
    started.server.listen(f"127.0.0.1:{started.port}")
    yield started
    started.server.close()


def test_well_is_200_and_not_well_is_503_with_the_reasons(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthz, "_FRESH", 0.0)
    status, headers, body = health.get()
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Cache-Control"] == "no-store"
    assert headers["Server"].strip() == "zhaoshang"
    health.said = {"status": "failing", "database": "坏了"}
    status, _, body = health.get("/healthz?verbose")
    assert (status, json.loads(body)) == (503, health.said)


def test_head_is_answered_without_the_body(health: Health) -> None:
    status, headers, body = health.get(method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) == len(health.get()[2])


@pytest.mark.parametrize("path", ["/", "/healthz/", "/metrics", "/../healthz", "http://x/healthz"])
def test_other_paths_are_not_found(health: Health, path: str) -> None:
    status, _, body = health.get(path)
    assert status == 404
    assert json.loads(body) == {"error": "there is only /healthz"}
    assert health.asked == 0


@pytest.mark.parametrize(
    ("method", "status"),
    [(name, 405) for name in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")] + [("TRACE", 501), ("EAT", 501)],
)
def test_other_methods_are_refused(health: Health, method: str, status: int) -> None:
    assert health.get(method=method)[0] == status
    assert health.asked == 0


def test_the_answer_is_made_once_a_second_at_most(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr(healthz.time, "monotonic", lambda: moment[0])
    for _ in range(5):
        health.get()
    assert health.asked == 1
    moment[0] += 1.0
    health.get()
    assert health.asked == 2


def test_two_hundred_requests_at_once_are_all_answered(health: Health) -> None:
    with ThreadPoolExecutor(200) as clients:
        found = list(clients.map(lambda _: health.get()[0], range(200)))
    assert found == [200] * 200
    assert health.asked <= 20  # once a second, however long that took


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nX: "])
def test_silent_clients_are_cut_and_others_are_answered(
    health: Health, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(healthz, "_DEADLINE", 0.5)
    silent = [health.connect() for _ in range(50)]
    for client in silent:
        client.sendall(said)
    assert health.get()[0] == 200
    for client in silent:
        assert client.recv(1000) == b""
        client.close()


def test_a_client_that_drips_is_cut_all_the_same(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthz, "_DEADLINE", 1.0)
    with health.connect() as client:
        client.settimeout(0.1)
        wait_until(lambda: was_cut(client))
    assert health.get()[0] == 200


def was_cut(client: socket.socket) -> bool:
    """Send one byte more, and see whether the other side has ended."""
    try:
        client.sendall(b"X")
        return client.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_beyond_its_room_connections_are_closed_at_once(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthz, "_CONNECTIONS", 3)
    open_ones = [health.connect() for _ in range(3)]
    with health.connect() as one_more:
        assert one_more.recv(1000) == b""
    for client in open_ones:
        client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.0 200 ")
        client.close()


def test_rubbish_is_refused(health: Health) -> None:
    for rubbish in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"A" * 70_000 + b"\r\n\r\n"):
        with health.connect() as client:
            client.sendall(rubbish)
            assert b"Traceback" not in client.recv(10_000)
    assert health.get()[0] == 200


def test_an_answer_that_fails_is_told_in_the_log(health: Health, caplog: pytest.LogCaptureFixture) -> None:
    health.said = {"status": "ok", "what": object()}
    with pytest.raises(http.client.RemoteDisconnected):
        health.get()
    assert "the answer of /healthz failed" in caplog.text
    health.said = {"status": "ok"}
    assert health.get()[0] == 200


# -- listening ------------------------------------------------------------------------------------------------------


def is_answered(port: int, host: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_another_address_takes_the_place_of_the_first_and_none_ends_it(health: Health) -> None:
    other = free_port()
    health.server.listen(f"127.0.0.1:{other}")
    assert (is_answered(health.port), is_answered(other)) == (False, True)
    health.server.listen(f"localhost:{health.port}")
    assert (is_answered(health.port), is_answered(other)) == (True, False)
    health.server.listen("")
    assert not is_answered(health.port)


def test_a_port_in_use_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    server = HealthServer(lambda: {"status": "ok"})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigError) as refused:
            server.listen(address)
        assert str(refused.value) == (
            f"[operator] healthz: cannot listen on {address}: Address already in use;"
            " see what else listens there, or choose another port"
        )
    server.listen(address)  # free again
    server.close()
    assert [record.levelno for record in caplog.records if record.levelno > logging.INFO] == []


def test_an_ipv6_address_stands_in_brackets(caplog: pytest.LogCaptureFixture) -> None:
    server = HealthServer(lambda: {"status": "ok"})
    port = free_port()
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on this machine")
    server.listen(f"[::1]:{port}")
    assert is_answered(port, "::1")
    server.close()
    assert "WARNING" not in caplog.text


@pytest.mark.parametrize("address", ["no-such-host.invalid:8765", f"{'ä' * 70}.cn:80"])
def test_an_address_that_is_none_of_ours_is_one_line(address: str) -> None:
    with pytest.raises(ConfigError, match="cannot listen on"):
        HealthServer(lambda: {"status": "ok"}).listen(address)


def test_an_address_that_others_can_reach_is_told(caplog: pytest.LogCaptureFixture) -> None:
    server = HealthServer(lambda: {"status": "ok"})
    port = free_port()
    server.listen(f"0.0.0.0:{port}")
    assert is_answered(port)
    server.close()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"http://0.0.0.0:{port}/healthz, which is not this machine alone" in record.getMessage()


def test_what_is_closed_stays_closed_and_leaves_no_thread(health: Health) -> None:
    before = threading.active_count() - 1  # it has one already
    clients = [health.connect() for _ in range(30)]
    health.get()
    health.server.close()
    health.server.listen(f"127.0.0.1:{health.port}")
    assert not is_answered(health.port)
    for client in clients:
        assert client.recv(1000) == b""
        client.close()
    wait_until(lambda: threading.active_count() <= before)


def wait_until(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)
