"""Whose a claim is: the living keep theirs whatever the clocks say, and the dead lose theirs at once."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from digests import claims
from digests.claims import LEASE, is_abandoned, owner

HERE = socket.gethostname()
DAY = timedelta(days=1)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process was born")


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Another process of this machine, which sleeps."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def held_by(process: subprocess.Popen[bytes]) -> str:
    return f"{HERE}/{process.pid}/{claims._birth(process.pid)}"


@LINUX
@pytest.mark.parametrize("set_by", [-DAY, timedelta(0), DAY])
def test_a_living_process_keeps_its_claim_wherever_the_clock_is_set(
    other: subprocess.Popen[bytes], now: datetime, set_by: timedelta
) -> None:
    assert not is_abandoned(held_by(other), now, now + set_by)


@LINUX
def test_a_dead_process_loses_it_at_once_even_before_its_parent_knows(
    other: subprocess.Popen[bytes], now: datetime
) -> None:
    holder = held_by(other)
    other.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the list of processes
    assert is_abandoned(holder, now, now)
    other.wait()
    assert is_abandoned(holder, now, now)


@LINUX
def test_another_process_of_the_same_number_is_not_the_holder(other: subprocess.Popen[bytes], now: datetime) -> None:
    assert is_abandoned(f"{HERE}/{other.pid}/0a0a0a0a", now, now)
    assert is_abandoned(f"{HERE}/{os.getpid()}/0a0a0a0a", now, now)  # this one asks for its own by name


def test_of_another_machine_only_the_lease_can_tell(now: datetime) -> None:
    assert not is_abandoned("elsewhere/1/0a0a0a0a", now, now + LEASE)
    assert is_abandoned("elsewhere/1/0a0a0a0a", now, now + LEASE + timedelta(seconds=1))


def test_where_the_kernel_does_not_tell_the_lease_decides(
    other: subprocess.Popen[bytes], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = held_by(other)
    monkeypatch.setattr(claims, "_birth", lambda _: None)
    assert not is_abandoned(holder, now, now + LEASE)
    assert is_abandoned(holder, now, now + LEASE + timedelta(seconds=1))


@pytest.mark.parametrize("holder", ["", "nonsense", f"{HERE}/x/y"])
def test_what_names_nobody_is_nobodys(holder: str, now: datetime) -> None:
    later = now + LEASE + timedelta(seconds=1)
    assert is_abandoned(holder, now, later)


def test_a_fork_is_another_process() -> None:
    mine = owner()
    assert owner() == mine
    heard, told = os.pipe()
    if os.fork() == 0:
        os.write(told, owner().encode())
        os._exit(0)
    os.close(told)
    with os.fdopen(heard) as said:
        assert said.read() != mine
    os.wait()
