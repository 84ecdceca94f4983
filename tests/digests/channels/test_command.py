"""The command channel with real programs: what they are given, and what their end comes to."""

import json
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digests.channels import open_channel
from digests.content import Digest
from digests.render import render, subject
from monitor.config import CommandChannelConfig
from monitor.errors import DeliveryError


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a Python program that may be run."""

    def write(text: str) -> Path:
        path = tmp_path / "notify me"
        path.write_text(f"#!{sys.executable}\nimport json, os, signal, subprocess, sys, time\n{text}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def send(delivery, full_digest: Digest, now, tmp_path: Path) -> Callable[..., None]:
    def to(*command: object, **keys: Any) -> None:
        table = {"type": "command", "command": list(map(str, command)), "timeout": "20s", **keys}
        channel = open_channel("print", CommandChannelConfig.model_validate(table), tmp_path)
        channel.send(delivery("", channel="print", message_id="0123abcd"), full_digest, now)

    return to


@pytest.fixture
def refused(send) -> Callable[..., DeliveryError]:
    def of(*command: object, **keys: Any) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            send(*command, **keys)
        return caught.value

    return of


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_digest_comes_on_standard_input(program, send, full_digest: Digest, tmp_path: Path, form: str) -> None:
    send(program("open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"), tmp_path / "got", format=form)
    assert (tmp_path / "got").read_text() == render(full_digest, form)


def test_as_json_it_is_what_a_webhook_gets(program, send, tmp_path: Path) -> None:
    send(program("open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"), tmp_path / "got", format="json")
    told = json.loads((tmp_path / "got").read_text())
    assert (told["version"], told["kind"], told["delivery"]["key"]) == (1, "digest", "0123abcd")


def test_arguments_are_no_shell(program, send, tmp_path: Path) -> None:
    nasty = "a b; touch pwned $(id) `id` '\"*\n--x"
    send(program("json.dump(sys.argv[2:], open(sys.argv[1], 'w'))"), tmp_path / "got", nasty, "")
    assert json.loads((tmp_path / "got").read_text()) == [nasty, ""]
    assert not (tmp_path / "pwned").exists()


def test_the_environment_says_what_it_is(program, send, full_digest: Digest, tmp_path: Path) -> None:
    send(program("json.dump(dict(os.environ), open(sys.argv[1], 'w'))"), tmp_path / "got")
    told = json.loads((tmp_path / "got").read_text())
    assert {name: told[name] for name in told if name.startswith("ZHAOSHANG_")} == {
        "ZHAOSHANG_SUBJECT": subject(full_digest),
        "ZHAOSHANG_AUDIENCE": "everyone",
        "ZHAOSHANG_PERIOD": "2025-W29",
        "ZHAOSHANG_DELIVERY": "1",
        "ZHAOSHANG_KEY": "0123abcd",
        "ZHAOSHANG_ATTEMPT": "1",
        "ZHAOSHANG_BYTES": str(len(render(full_digest, "md").encode())),
    }
    assert told["PATH"] == os.environ["PATH"]


def test_a_program_need_not_read(program, send) -> None:
    send(program("sys.stdin.close()"))


def test_another_exit_code_is_a_failure_with_its_last_line(program, refused) -> None:
    error = refused(program("sys.stderr.write('first\\n打印机没有纸\\u202e\\n\\n'); sys.exit(7)"))
    assert "ended with exit code 7: 打印机没有纸; check the program" in str(error)
    assert not error.handed_over


def test_a_signal_is_a_failure(program, refused) -> None:
    assert "was ended by SIGKILL" in str(refused(program("os.kill(os.getpid(), signal.SIGKILL)")))


def test_a_program_that_shouts_holds_nobody_up_and_fills_no_memory(program, refused) -> None:
    error = refused(program("sys.stderr.write('x' * 5_000_000 + '\\nthe end'); print('y' * 5_000_000); sys.exit(1)"))
    assert "exit code 1: the end" in str(error)


def test_one_that_shouts_for_ever_is_killed(program, refused) -> None:
    error = refused(program("while True: sys.stderr.write('x' * 1000 + '\\n')"), timeout="1s")
    assert "was killed" in str(error)
    assert error.handed_over


@pytest.mark.long
def test_one_that_takes_too_long_is_killed_with_all_it_started(program, refused, tmp_path: Path) -> None:
    script = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        "open(sys.argv[1], 'w').write(str(child.pid))\n"
        "time.sleep(300)"
    )
    error = refused(program(script), tmp_path / "pid", timeout="1s")
    assert error.handed_over
    assert "took longer than 1 s and was killed; it may have done its work" in str(error)
    child = Path("/proc") / (tmp_path / "pid").read_text() / "stat"
    for _ in range(100):  # init collects it when it likes
        if not child.exists() or child.read_text().split(") ")[1][0] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("it is still running")


def test_one_that_leaves_something_behind_is_not_waited_for(program, send, tmp_path: Path) -> None:
    send(program("open(sys.argv[1], 'w').write(str(subprocess.Popen(['sleep', '30']).pid))"), tmp_path / "pid")
    left = int((tmp_path / "pid").read_text())
    os.kill(left, 9)  # it was not: this raises nothing


@pytest.mark.parametrize("what", ["missing", "not executable", "a folder", "not a program"])
def test_what_cannot_be_run_is_told_in_one_line(program, refused, tmp_path: Path, what: str) -> None:
    path = program("pass")
    if what == "missing":
        path.unlink()
    elif what == "not executable":
        path.chmod(stat.S_IRUSR)
    elif what == "a folder":
        path = tmp_path
    else:
        path.write_bytes(b"\x7fELF nonsense")
    error = refused(path)
    assert "cannot be started" in str(error)
    assert "chmod +x" in error.todo
    assert not error.handed_over


def test_a_check_looks_and_does_not_run(program, tmp_path: Path) -> None:
    path = program("open(sys.argv[0] + '.ran', 'w')")

    def check(name: object) -> str:
        table = {"type": "command", "command": [str(name)]}
        return open_channel("print", CommandChannelConfig.model_validate(table), tmp_path).check()

    assert check(path) == f"runs {path}"
    assert not Path(f"{path}.ran").exists()
    assert check("sh").startswith("runs /")
    path.chmod(0o600)
    for name in (path, "no-such-program-anywhere", tmp_path / "gone"):
        with pytest.raises(DeliveryError, match="cannot be started: there is no such program"):
            check(name)
