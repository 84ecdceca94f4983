"""A split message through the whole outbox: what was taken is never sent again, whatever happens in the middle."""

import json
import os
import signal
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.announcing import DeliveryState
from monitor.pages import Entry

MINUTE = timedelta(minutes=1)
KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
OK = {"errcode": 0, "errmsg": "ok"}

DIE_IN_PART_TWO = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
from digests.channels.robots import Robot
from digests.outbox import deliver_due
from monitor import jobs
from monitor.config import Config
from monitor.setup import Setup
from monitor.store import Store

setup = Setup(Config.model_validate(json.loads(sys.argv[2])), None, Path(sys.argv[1]))
now = datetime.fromisoformat(sys.argv[3])
send = Robot.send_part

def dying(self, delivery, message, part, at):
    if part.number == 2 and sys.argv[4] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, delivery, message, part, at)
    if part.number == 2:
        os.kill(os.getpid(), signal.SIGKILL)

Robot.send_part = dying
deliver_due(lambda: Store(setup.database), jobs.open_channels(setup), lambda: now)
"""


@pytest.fixture
def desk_of(open_desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A desk whose digest of ninety posts goes to a robot of 企业微信, in several parts."""

    def make(port: int, posts: int = 90) -> Any:
        monkeypatch.setenv("HOOK_URL", f"http://127.0.0.1:{port}/send?key={KEY}")
        table = {"type": "wecom", "url_env": "HOOK_URL", "allow_private": True, "timeout": "5s"}
        desk = open_desk(audiences=[{"name": "everyone", "channels": ["file", "chat"]}], channels={"chat": table})
        days = [desk.began.date() - timedelta(days=2 + n % 5) for n in range(posts)]
        desk.see(*(post(n, day) for n, day in enumerate(days)))
        desk.freeze()
        return desk

    return make


def post(number: int, day: date) -> Entry:
    title = f"【湛江招商】第{number}个很长很长很长很长的项目"
    return Entry(title, f"http://zj.example/{number}.html", day, body=f"第{number}个项目顺利推进。")


def parts_seen(hook: Any) -> list[str]:
    """The mark of each message that the service got, such as 2/3."""
    return [body["markdown"]["content"].split("（")[-1].rstrip("）") for body in hook.bodies]


def test_a_refusal_in_the_middle_repeats_nothing_that_was_taken(serve_hook, reply, desk_of) -> None:
    hook = serve_hook(
        reply.plain(200, OK), reply.plain(200, {"errcode": 45009, "errmsg": "freq"}), reply.plain(200, OK)
    )
    desk = desk_of(hook.port)
    desk.deliver()
    failed = desk.outbox()["chat"]
    assert failed.state is DeliveryState.PENDING
    assert "part 2 of" in (failed.last_error or "")
    assert "too many messages" in (failed.last_error or "")
    assert desk.began + MINUTE <= failed.next_attempt_at <= desk.began + 1.2 * MINUTE
    desk.deliver(desk.began + 2 * MINUTE)
    assert desk.outbox()["chat"].state is DeliveryState.SENT
    seen = parts_seen(hook)
    count = int(seen[0].partition("/")[2])
    assert count > 2
    assert seen == [f"{n}/{count}" for n in (1, 2, *range(2, count + 1))]
    assert desk.deliver(desk.began + timedelta(days=30)) == ()
    assert len({body["markdown"]["content"] for body in hook.bodies}) == count


def test_a_lost_answer_repeats_that_part_alone_and_under_the_same_number(serve_hook, reply, desk_of) -> None:
    hook = serve_hook(reply.plain(200, OK), reply.silent, reply.plain(200, OK))
    desk = desk_of(hook.port)
    desk.deliver()
    assert "may have arrived" in (desk.outbox()["chat"].last_error or "")
    desk.deliver(desk.began + 2 * MINUTE)
    one, two, again, *_ = hook.bodies
    assert one != two
    assert two == again
    assert parts_seen(hook)[1:3] == [parts_seen(hook)[1]] * 2


def test_the_wait_is_as_long_as_the_platform_wants(serve_hook, reply, desk_of) -> None:
    hook = serve_hook(reply.plain(429, b"", Retry_After="900"))
    desk = desk_of(hook.port)
    desk.deliver()
    assert desk.outbox()["chat"].next_attempt_at == desk.began + 15 * MINUTE


def test_a_bad_key_ends_as_failed_until_it_is_mended(serve_hook, reply, desk_of, caplog) -> None:
    hook = serve_hook(
        reply.plain(200, OK), reply.plain(200, {"errcode": 93000, "errmsg": f"{KEY}"}), reply.plain(200, OK)
    )
    desk = desk_of(hook.port)
    (outcome,) = [one for one in desk.deliver() if one.error]
    failed = desk.outbox()["chat"]
    assert failed.state is DeliveryState.FAILED
    assert f"then run: zhaoshang resend {failed.id}" in (outcome.error or "")
    assert desk.deliver(desk.began + timedelta(days=30)) == ()
    assert len(hook.requests) == 2
    desk.store.resend(failed.id, lambda _: "x", desk.began)
    desk.deliver()
    assert desk.outbox()["chat"].state is DeliveryState.SENT
    assert parts_seen(hook)[:3] == [parts_seen(hook)[0], parts_seen(hook)[1], parts_seen(hook)[1]]
    assert "（重发）" not in str(hook.bodies)
    everywhere = caplog.text + json.dumps([str(one) for one in desk.store.deliveries()])
    assert KEY not in everywhere
    assert KEY.encode() not in desk.setup.database.read_bytes()


def test_a_template_that_changes_in_between_does_not_mix_two_cuts(serve_hook, reply, desk_of, monkeypatch) -> None:
    hook = serve_hook(reply.plain(200, OK), reply.plain(503), reply.plain(200, OK))
    desk = desk_of(hook.port)
    desk.deliver()
    monkeypatch.setattr("digests.channels.robots.parts_of", lambda *_: ("otherwise",))
    desk.deliver(desk.began + 2 * MINUTE)
    assert "otherwise" not in str(hook.bodies)
    assert parts_seen(hook)[-1].partition("/")[0] == parts_seen(hook)[0].partition("/")[2]


def test_one_part_has_no_mark(serve_hook, reply, desk_of) -> None:
    hook = serve_hook(reply.plain(200, OK))
    desk = desk_of(hook.port, posts=1)
    desk.deliver()
    content = hook.bodies[0]["markdown"]["content"]
    assert content.endswith(f"编号 {desk.outbox()['chat'].id}")
    assert "（1/1）" not in content


def test_a_long_digest_keeps_to_the_rate_over_all_its_parts(serve_hook, reply, desk_of, turns: list[float]) -> None:
    hook = serve_hook(reply.plain(200, OK))
    desk = desk_of(hook.port, posts=800)
    desk.deliver()
    assert len(hook.requests) > 20
    assert [wait > 0 for wait in turns] == [number >= 20 for number in range(len(hook.requests))]


@pytest.mark.long
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_in_part_two_repeats_at_most_that_part(serve_hook, reply, desk_of, child, moment: str) -> None:
    hook = serve_hook(reply.plain(200, OK))
    desk = desk_of(hook.port)
    address = os.environ["HOOK_URL"]
    tables = json.dumps(desk.tables)
    killed = child(DIE_IN_PART_TWO, desk.path, tables, desk.began.isoformat(), moment, HOOK_URL=address)
    assert killed.wait(60) == -signal.SIGKILL
    assert desk.outbox()["chat"].state is DeliveryState.CLAIMED
    desk.deliver()  # at the same instant: nobody waits for the dead
    assert desk.outbox()["chat"].state is DeliveryState.SENT
    seen = parts_seen(hook)
    count = int(seen[0].partition("/")[2])
    again = (2,) if moment == "after" else ()
    assert seen == [f"{n}/{count}" for n in (1, *again, *range(2, count + 1))]


def test_after_downtime_a_robot_gets_the_latest_digest_alone(open_desk, hook, monkeypatch) -> None:
    monkeypatch.setenv("HOOK_URL", f"http://127.0.0.1:{hook.port}/{KEY}")
    table = {"type": "feishu", "url_env": "HOOK_URL", "allow_private": True}
    desk = open_desk(audiences=[{"name": "everyone", "channels": ["file", "chat"]}], channels={"chat": table})
    desk.freeze("2025-W28", latest=False)
    assert desk.freeze("2025-W29").missed == ("2025-W28",)
    periods = [(one.channel, one.period_key) for one in desk.store.deliveries()]
    assert periods == [("chat", "2025-W29"), ("file", "2025-W29"), ("file", "2025-W28")]
    desk.deliver()
    assert "此前错过、未单独发送的各期：2025-W28" in hook.requests[0].body.decode()
