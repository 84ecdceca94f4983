"""doctor's look at robots, webhooks, Apprise and commands: what it finds, and that nothing is sent."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.checkup.channels import channel, seconds
from monitor.checkup.finding import Finding
from monitor.config import CHANNELS

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port that takes connections; what was sent can be read from them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def look(tmp_path: Path, kind: str, *, offline: bool = False, **keys: Any) -> Finding:
    config: Any = CHANNELS[kind].model_validate({"type": kind, **keys})
    found = channel("x", config, tmp_path, offline=offline)
    assert KEY not in found.line
    assert "\n" not in found.line
    return found


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "webhook"])
def test_a_service_is_connected_to_and_asked_nothing(
    listening: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    port = listening.getsockname()[1]
    monkeypatch.setenv("HOOK_URL", f"http://127.0.0.1:{port}/{KEY}")
    keys = {"url_env": "HOOK_URL", "allow_private": True}
    assert look(tmp_path, kind, **keys).line.startswith(f"OK  channel x: 127.0.0.1:{port} can be reached")
    connection, _ = listening.accept()
    with connection:
        assert connection.recv(100) == b""
    listening.close()
    refused = look(tmp_path, kind, **keys)
    assert refused.line.startswith(f"!!  channel x (127.0.0.1:{port}): cannot be reached: Connection refused")
    assert look(tmp_path, kind, offline=True, **keys).ok
    assert "allow_private = true" in look(tmp_path, kind, url_env="HOOK_URL").line
    monkeypatch.delenv("HOOK_URL")
    assert "HOOK_URL is not set" in look(tmp_path, kind, offline=True, **keys).line


def test_a_missing_signing_secret_is_told_offline_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_URL", f"https://h.example/{KEY}")
    monkeypatch.delenv("NOT_THERE", raising=False)
    keys = {"url_env": "HOOK_URL", "secret_env": "NOT_THERE"}
    found = look(tmp_path, "feishu", offline=True, **keys)
    assert (
        found.line
        == "!!  channel x: secret_env: the environment variable NOT_THERE is not set; set it, or name a file in secret_file"
    )


def test_a_program_must_be_there(tmp_path: Path) -> None:
    program = tmp_path / "notify"
    assert "there is no such program" in look(tmp_path, "command", command=[str(program)]).line
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert look(tmp_path, "command", command=[str(program)]).line == f"OK  channel x: runs {program}"


def test_each_has_its_time() -> None:
    for kind, keys, expected in (
        ("wecom", {"url_env": "A", "timeout": "10s"}, 15),
        ("command", {"command": ["a"]}, 65),
        ("file", {}, 30),
    ):
        config: Any = CHANNELS[kind].model_validate({"type": kind, **keys})
        assert seconds(config) == expected
