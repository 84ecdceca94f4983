"""Clocks that are set, disks that fill up, locks that last, channels that hang: still each thing once."""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from digests import outbox
from digests.channels import Robot
from digests.outbox import deliver_due
from monitor import jobs
from monitor.announcing import Delivery, DeliveryState
from monitor.errors import DeliveryError, StoreLocked
from monitor.store import Store

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

# What every child process knows, as its parent does.
CHILD = """
import json, resource, sys
from datetime import datetime, timedelta
from pathlib import Path
from digests import outbox
from digests.outbox import deliver_due
from monitor import jobs
from monitor.config import Config
from monitor.errors import StoreError
from monitor.setup import Setup
from monitor.store import Store

setup = Setup(Config.model_validate(json.loads(sys.argv[2])), None, Path(sys.argv[1]))
now = datetime.fromisoformat(sys.argv[3])

def deliver(at=now):
    return deliver_due(lambda: Store(setup.database), jobs.open_channels(setup), lambda: at)
"""

# No file may grow or be written into from the answer on: what a disk without room is to a database.
FULL_DISK = """
from digests.channels import posting
import digests.channels.robots, digests.channels.webhook

def fill(room):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

def posting_until_it_is_full(*args):
    answer = posting.post(*args)
    fill(0)
    return answer

digests.channels.robots.post = digests.channels.webhook.post = posting_until_it_is_full
outbox._MARK_AGAIN = (0.01,)
try:
    deliver()
except StoreError as error:
    print(error, flush=True)
fill(resource.RLIM_INFINITY)
digests.channels.robots.post = digests.channels.webhook.post = posting.post
deliver(now + timedelta(minutes=2))
"""

DELIVER = "deliver()\n"


class Scripted:
    """A channel that does what it is told to, and keeps in mind what it was given."""

    def __init__(self, on_send: Callable[[], None]) -> None:
        self.sent: list[int] = []
        self._on_send = on_send

    def send(self, delivery: Delivery, digest: object, now: datetime) -> None:
        del digest, now
        self.sent.append(delivery.id)
        self._on_send()


@pytest.fixture
def desk_of(open_desk: Callable[..., Any], receiver: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A desk with a digest frozen for the channels named: webhooks, or robots whose name is their platform's."""

    def make(*names: str) -> Any:
        monkeypatch.setenv("HOOK_URL", f"http://127.0.0.1:{receiver.http}/chat")
        address = {"url_env": "HOOK_URL", "allow_private": True, "timeout": "60s"}
        tables = {name: {"type": "wecom" if name == "wecom" else "webhook", **address} for name in names}
        desk = open_desk(audiences=[{"name": "everyone", "channels": [*tables, "file"]}], channels=tables)
        desk.freeze()
        return desk

    return make


def starts(child: Callable[..., Any], desk: Any, script: str) -> Any:
    """A process over a desk's data directory."""
    return child(CHILD + script, desk.path, json.dumps(desk.tables), desk.began.isoformat())


def states(desk: Any) -> dict[str, str]:
    return {name: one.state.value for name, one in desk.outbox().items()}


def until(true: Callable[[], object]) -> None:
    """Wait for something that comes by itself."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# -- clocks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("set_by", [-DAY, DAY])
def test_a_clock_that_is_set_while_something_is_sent_neither_repeats_nor_loses_it(desk_of, set_by: timedelta) -> None:
    desk = desk_of()
    clock = [desk.began]

    def set_it() -> None:
        clock[0] += set_by

    channel = Scripted(set_it)
    (outcome,) = deliver_due(desk.open_store, {"file": channel}, lambda: clock[0])
    assert outcome.error is None
    for at in (desk.began - DAY, desk.began, desk.began + DAY, desk.began + 2 * DAY):
        assert deliver_due(desk.open_store, {"file": channel}, lambda at=at: at) == ()
    assert len(channel.sent) == 1


def test_what_fails_while_the_clock_is_set_back_is_not_tried_for_ever(desk_of) -> None:
    desk = desk_of()
    clock = [desk.began]

    def fail() -> None:
        clock[0] = desk.began + DAY * (1 if len(channel.sent) > 3 else -1)  # no further than that
        raise DeliveryError("busy", where="channel file")

    channel = Scripted(fail)
    deliver_due(desk.open_store, {"file": channel}, lambda: clock[0])
    assert len(channel.sent) == 1
    assert deliver_due(desk.open_store, {"file": Scripted(lambda: None)}, lambda: clock[0] + 2 * MINUTE) != ()


# -- a database that takes nothing -------------------------------------------------------------------------------------


def test_an_answer_is_kept_until_the_database_takes_it_and_nothing_is_repeated(
    desk_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of()
    path = desk.store.path
    monkeypatch.setattr(outbox, "_MARK_AGAIN", (0.01,))
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        channel = Scripted(lambda: other.execute("BEGIN IMMEDIATE") and None)
        with pytest.raises(StoreLocked):
            deliver_due(lambda: Store(path, busy_seconds=0.1), {"file": channel}, lambda: desk.began)
        with pytest.raises(StoreLocked):  # still
            deliver_due(lambda: Store(path, busy_seconds=0.1), {"file": channel}, lambda: desk.began)
        other.execute("ROLLBACK")
    assert states(desk) == {"file": "claimed"}
    assert deliver_due(desk.open_store, {"file": channel}, lambda: desk.began + MINUTE) == ()
    assert states(desk) == {"file": "sent"}
    assert len(channel.sent) == 1


def test_a_database_that_is_locked_before_a_part_goes_out_is_one_line_and_a_later_try(
    desk_of, receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = desk_of("wecom")
    (name,) = (name for name in desk.outbox() if name != "file")
    robot = jobs.open_channels(desk.setup)[name]
    assert isinstance(robot, Robot)
    path = desk.store.path
    monkeypatch.setattr(outbox, "_MARK_AGAIN", (0.3, 5.0))
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        letting_go = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))

        def lock() -> None:
            other.execute("BEGIN IMMEDIATE")
            letting_go.start()

        monkeypatch.setattr(robot, "wait_for_turn", lock)
        with caplog.at_level(logging.WARNING, "zhaoshang"):
            outcomes = outbox.deliver_channel(lambda: Store(path, busy_seconds=0.05), name, robot, lambda: desk.began)
        letting_go.join()
    assert "locked by another process" in (outcomes[0].error or "")
    assert not any(record.exc_info for record in caplog.records)
    assert desk.outbox()[name].state is DeliveryState.PENDING
    assert receiver.settle() == []


@pytest.mark.long
@pytest.mark.parametrize("name", ["hook", "wecom"])
def test_a_disk_that_is_full_when_the_answer_comes_repeats_nothing_once_there_is_room(
    desk_of, receiver, child, name: str
) -> None:
    desk = desk_of(name)
    process = starts(child, desk, FULL_DISK)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "disk" in said
    assert states(desk)[name] == "sent"
    assert len(receiver.settle()) == 1


# -- channels that hang, and processes side by side --------------------------------------------------------------------


@pytest.mark.long
def test_a_thousand_deliveries_on_a_channel_that_hangs_delay_no_other(desk_of, receiver, child) -> None:
    desk = desk_of("slow")
    receiver.hold.clear()
    for name, many in (("slow", 1001), ("file", 21)):
        sent = desk.store.claim_delivery(name, "somebody", desk.began)
        desk.store.mark_sent(sent, desk.began)
        for number in range(many):
            desk.store.resend(sent.id, lambda _, name=name, number=number: f"{name}-{number}", desk.began)
    process = starts(child, desk, DELIVER)

    def left(channel: str) -> list[Delivery]:
        return [one for one in desk.store.deliveries(open_only=True, limit=10_000) if one.channel == channel]

    until(lambda: not left("file") and receiver.arrivals)
    assert [one.message_id for one in left("slow") if one.state is DeliveryState.CLAIMED] == ["slow-0"]
    assert len(left("slow")) == 1001
    process.kill()
    process.wait()
    receiver.hold.set()
    assert len(receiver.settle()) == 1


@pytest.mark.long
def test_a_resend_while_the_original_is_being_sent_leaves_it_to_that_and_it_comes_once(
    desk_of, receiver, child
) -> None:
    desk = desk_of("hook")
    receiver.hold.clear()
    first = starts(child, desk, DELIVER)
    until(lambda: receiver.arrivals)
    original = desk.outbox()["hook"]
    assert original.state is DeliveryState.CLAIMED
    again = desk.store.resend(original.id, lambda _: "another-key", desk.began)
    receiver.hold.set()
    second = starts(child, desk, DELIVER)
    assert first.wait(60) == second.wait(60) == 0
    assert {one.state for one in desk.store.deliveries()} == {DeliveryState.SENT}
    keys = [one.headers["idempotency-key"] for one in receiver.settle()]
    assert again.id == original.id
    assert keys == [original.message_id]
