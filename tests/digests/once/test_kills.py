"""SIGKILL before and after everything that a delivery does: nothing is lost, and nothing comes twice but the unknown."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from digests.render import render
from monitor.announcing import Delivery, DeliveryState
from monitor.pages import Entry

ROOT = Path(__file__).parent.parent.parent.parent
DIGESTS = 50
ROBOTS = ("wecom", "dingtalk", "feishu")
POSTS = 8  # so long that 企业微信 takes them in two parts; the others have more room
# Of a program that is killed with its sender only half may have been read; by the number of bytes it can tell.
PROGRAM = """#!/bin/sh
content=$(cat | tee "$0.content" | cksum)
[ "$ZHAOSHANG_BYTES" = "$(wc -c < "$0.content")" ] || exit 1
printf '%s %s %s\\n' "$ZHAOSHANG_DELIVERY" "$ZHAOSHANG_KEY" "$content" >> "$0.taken"
"""
NUMBER = re.compile(r"编号 (\d+)(?:（(\d)/\d）)?")

Unit = tuple[int, int]  # a delivery, and its part or 0


@dataclass
class Books:
    """What arrived of every unit, as the receivers tell; and how often nobody could know whether it had."""

    arrived: dict[Unit, list[str]] = field(default_factory=dict)  # what each arrival was recognised by
    unknown: Counter[Unit] = field(default_factory=Counter)
    kills: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # of a channel, by step


@dataclass
class Post:
    """A desk with its receivers, and a process that delivers for it."""

    desk: Any
    receiver: Any
    program: Path
    process: subprocess.Popen[str]
    books: Books = field(default_factory=Books)

    def run(self, channel: str, step: int = 0) -> list[str]:
        """Deliver what is due on a channel, up to a step; the steps, or the one at which it was killed."""
        wish = {"channel": channel, "now": self.desk.began.isoformat(), "step": step}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wish) + "\n")
        self.process.stdin.flush()
        ended = json.loads(self.process.stdout.readline())
        assert ended["code"] in (0, -signal.SIGKILL)
        killed = ended["code"] == -signal.SIGKILL
        self._look(channel, killed=killed)
        if killed:
            self.books.kills[channel].update(ended["steps"])
        return list(ended["steps"])

    def _look(self, channel: str, *, killed: bool) -> None:
        """Enter what has arrived since the last time, and which of it the outbox does not know of."""
        came = [*map(self._read, self.receiver.settle()), *self._taken_by_the_program()]
        self.receiver.arrivals.clear()
        self.program.with_suffix(".taken").unlink(missing_ok=True)
        for unit, proof in came:
            self.books.arrived.setdefault(unit, []).append(proof)
        left = [unit for unit, _ in came if not self._is_marked(*unit)]
        assert len(left) <= killed, f"{channel}: one death leaves one answer unknown at most"
        self.books.unknown.update(left)

    def _is_marked(self, delivery_id: int, part: int) -> bool:
        one = next(one for one in self.desk.store.deliveries(limit=10) if one.id == delivery_id)
        if one.state is DeliveryState.SENT or one.channel not in ROBOTS:
            return bool(one.state is DeliveryState.SENT)
        return self.desk.store.delivery_parts(one, one.channel, tuple)[part - 1].accepted_at is not None

    def _read(self, one: Any) -> tuple[Unit, str]:
        """What an arrival is one of, and by what it is recognised when it comes again."""
        if not one.path:
            message_id = str(message_from_bytes(one.body)["Message-ID"])
            known = (one.id for one in self.desk.store.deliveries(limit=10) if one.message_id == message_id)
            return (next(known), 0), message_id
        if one.path == "/hook":
            key = one.headers["idempotency-key"]
            return (int(one.headers["x-zhaoshang-delivery"]), 0), f"{key} {one.body!r}"
        (numbers,) = NUMBER.findall(one.body.decode())
        return (int(numbers[0]), int(numbers[1] or 1)), one.body.decode()

    def _taken_by_the_program(self) -> list[tuple[Unit, str]]:
        taken = self.program.with_suffix(".taken")
        return [((int(line.split()[0]), 0), line) for line in taken.read_text().splitlines()] if taken.exists() else []


@pytest.fixture
def post(open_desk: Any, receiver: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Fifty audiences, each to be told of the same week by every channel."""
    program = tmp_path / "program"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    robots = {kind: {"type": kind, "url_env": f"{kind}_url".upper(), "allow_private": True} for kind in ROBOTS}
    for kind in ROBOTS:
        monkeypatch.setenv(f"{kind}_url".upper(), f"http://127.0.0.1:{receiver.http}/{kind}")
    mail = {"type": "email", "host": "127.0.0.1", "port": receiver.smtp, "security": "plain"}
    channels = {
        "mail": {**mail, "sender": "zhoubao@example.org", "recipients": ["reader@example.org"]},
        "hook": {"type": "webhook", "url": f"http://127.0.0.1:{receiver.http}/hook", "allow_private": True},
        "program": {"type": "command", "command": [str(program)]},
        **robots,
    }
    audiences = [{"name": f"audience-{n}", "channels": ["file", *channels]} for n in range(DIGESTS)]
    desk = open_desk(audiences=audiences, channels=channels)
    day = desk.began.date() - timedelta(days=3)
    titles = (f"【湛江招商】第{n}个{'很长' * 100}的项目" for n in range(POSTS))
    desk.see(*(Entry(title, f"http://zj.example/{n}.html", day, body="顺利推进。") for n, title in enumerate(titles)))
    with working(desk) as process:
        yield Post(desk, receiver, program, process)


@contextmanager
def working(desk: Any) -> Iterator[subprocess.Popen[str]]:
    """The process that delivers for a desk."""
    script = Path(__file__).with_name("delivering_process.py")
    command = [sys.executable, str(script), str(desk.path), json.dumps(desk.tables)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=pipe, stdout=pipe, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands the orphans of a dead process to its forefather")
def test_killed_at_every_step_nothing_is_lost_and_only_the_unknown_comes_twice(post: Post) -> None:
    desk, books = post.desk, post.books
    steps: dict[str, list[str]] = {}  # of a delivery from its claim to its end, by channel
    for number, audience in enumerate(desk.audiences):
        digest = desk.freeze(audience=audience["name"])
        for channel in audience["channels"]:
            if channel in steps:
                # Every step is some digest's, in the first try and in the second; then there are none left.
                for step in [number] * 2 if number <= len(steps[channel]) else []:
                    post.run(channel, step)
                post.run(channel)
            else:
                steps[channel] = post.run(channel)
        for path in (desk.path / "digests" / audience["name"]).glob("2*"):
            assert path.read_text(encoding="utf-8") == render(digest, path.suffix[1:])

    for channel, seen in steps.items():
        assert books.kills[channel].keys() >= set(seen), "each step was the last of some process"
        assert books.kills[channel].total() >= len(seen)
    outbox = desk.store.deliveries(limit=10_000)
    assert len(outbox) == 7 * DIGESTS
    assert {one.state for one in outbox} == {DeliveryState.SENT}
    units = {unit for one in outbox for unit in units_of(desk, one)}
    assert {unit: len(proofs) for unit, proofs in books.arrived.items()} == {
        unit: 1 + books.unknown[unit] for unit in units
    }
    assert all(len(set(proofs)) == 1 for proofs in books.arrived.values())
    uncertain = {one.channel for one in outbox for unit in units_of(desk, one) if books.unknown[unit]}
    assert uncertain == steps.keys() - {"file"}, "the kills met the moments at which nobody can know"


def units_of(desk: Any, one: Delivery) -> list[Unit]:
    """What is to arrive of a delivery; a file arrives nowhere."""
    if one.channel == "file":
        return []
    if one.channel in ROBOTS:
        return [(one.id, part.number) for part in desk.store.delivery_parts(one, one.channel, tuple)]
    return [(one.id, 0)]
