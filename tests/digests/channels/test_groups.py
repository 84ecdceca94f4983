"""A digest into a group whose platform keeps to its own rules: key, keyword, signature, size and rate, as documented."""

import base64
import hashlib
import hmac
import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.announcing import Delivery, DeliveryState
from monitor.pages import Entry

KINDS = ("wecom", "dingtalk", "feishu")
KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
SIGNING = "SECf00dfeedbeef"
SIGNED = {"secret_env": "GROUP_SECRET"}
HOUR = timedelta(hours=1)
PART = re.compile(r"编号 \d+(?:（(\d+)/(\d+)）)?")
# Messages in seconds, and for how many seconds a robot that sent more is silenced.
RATES = {"wecom": ((20, 60, 0),), "dingtalk": ((20, 60, 600),), "feishu": ((100, 60, 0), (5, 1, 0))}
OK = {"wecom": {"errcode": 0, "errmsg": "ok"}, "dingtalk": {"errcode": 0, "errmsg": "ok"}}
OK["feishu"] = {"code": 0, "data": {}, "msg": "success", "StatusCode": 0, "StatusMessage": "success"}


def refusal(kind: str, code: int, words: str) -> dict[str, object]:
    return {"code": code, "msg": words, "data": {}} if kind == "feishu" else {"errcode": code, "errmsg": words}


@dataclass
class Group:
    """A group with a robot. `now` is the platform's own clock."""

    kind: str
    now: datetime
    key: str = KEY
    keyword: str = ""
    secret: str = ""
    taken: list[str] = field(default_factory=list)  # the text of each message
    refused: list[int] = field(default_factory=list)  # codes
    hook: Any = None
    _times: list[datetime] = field(default_factory=list)
    _silent_until: datetime | None = None

    def reply(self, sock: socket.socket) -> None:
        """What the platform answers to the last request."""
        request = self.hook.requests[-1]
        problem = self._problem(request)
        if problem is None:
            self.taken.append(text_of(self.kind, request.json))
            self._times.append(self.now)
        else:
            self.refused.append(int(str(problem.get("errcode", problem.get("code")))))
        data = json.dumps(problem or OK[self.kind], ensure_ascii=False).encode()
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data)

    def _problem(self, request: Any) -> dict[str, object] | None:
        for look in (self._wrong_key, self._wrong_sign, self._too_many, self._too_long, self._no_keyword):
            if problem := look(request):
                return refusal(self.kind, *problem)
        return None

    def _wrong_key(self, request: Any) -> tuple[int, str] | None:
        if self.key in request.target:
            return None
        return {
            "wecom": (93000, "invalid webhook url"),
            "dingtalk": (300005, "token is not exist"),
            "feishu": (19001, "param invalid: incoming webhook access token invalid"),
        }[self.kind]

    def _wrong_sign(self, request: Any) -> tuple[int, str] | None:
        if not self.secret:
            return None
        if self.kind == "feishu":
            at, sign = request.json.get("timestamp", "0"), request.json.get("sign")
            expected = hmac.new(f"{at}\n{self.secret}".encode(), b"", hashlib.sha256)
            good = self._on_time(int(at)) and sign == base64.b64encode(expected.digest()).decode()
            return None if good else (19021, "sign match fail or timestamp is not within one hour from current time")
        query = parse_qs(urlsplit(request.target).query)
        at, sign = query.get("timestamp", ["0"])[0], query.get("sign", [""])[0]
        if not self._on_time(int(at) // 1000):
            return 310000, "invalid timestamp"
        expected = hmac.new(self.secret.encode(), f"{at}\n{self.secret}".encode(), hashlib.sha256)
        return None if sign == base64.b64encode(expected.digest()).decode() else (310000, "sign not match")

    def _on_time(self, at: int) -> bool:
        return abs(self.now.timestamp() - at) < HOUR.total_seconds()

    def _too_many(self, _: Any) -> tuple[int, str] | None:
        if self._silent_until is not None and self.now < self._silent_until:
            return 130101, "send too fast, exceed 20 times per minute"
        for messages, seconds, silence in RATES[self.kind]:
            if sum(self.now - at < timedelta(seconds=seconds) for at in self._times) >= messages:
                self._silent_until = self.now + timedelta(seconds=silence)
                return {
                    "wecom": (45009, "api freq out of limit"),
                    "dingtalk": (130101, "send too fast, exceed 20 times per minute"),
                    "feishu": (11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[0]"),
                }[self.kind]
        return None

    def _too_long(self, request: Any) -> tuple[int, str] | None:
        if self.kind == "wecom" and len(text_of("wecom", request.json).encode()) > 4096:
            return 40058, "markdown.content exceed max length 4096"
        if self.kind == "dingtalk" and len(request.body) > 20_000:
            return 460101, "message too long, exceed 20000 bytes"
        return (9499, "Bad Request") if self.kind == "feishu" and len(request.body) > 20 * 1024 else None

    def _no_keyword(self, request: Any) -> tuple[int, str] | None:
        if self.keyword in request.body.decode():
            return None
        return (19024, "Key Words Not Found") if self.kind == "feishu" else (310000, "keywords not in content")


def text_of(kind: str, body: Any) -> str:
    """What the group reads."""
    if kind == "feishu":
        return str(body["card"]["header"]["title"]["content"] + "\n" + body["card"]["elements"][0]["content"])
    return str(body["markdown"]["content" if kind == "wecom" else "text"])


@pytest.fixture
def group_of(serve_hook: Callable[..., Any], now: datetime) -> Callable[..., Group]:
    """A group on a platform."""

    def make(kind: str, **rules: Any) -> Group:
        group = Group(kind, now, **rules)
        group.hook = serve_hook(group.reply)
        return group

    return make


@pytest.fixture
def desk_for(open_desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A desk that has a digest for a group."""

    def make(group: Group, posts: int = 3, **keys: Any) -> Any:
        monkeypatch.setenv("GROUP_URL", f"http://127.0.0.1:{group.hook.port}/robot/{KEY}")
        monkeypatch.setenv("GROUP_SECRET", SIGNING)
        table = {"type": group.kind, "url_env": "GROUP_URL", "allow_private": True, "timeout": "5s", **keys}
        desk = open_desk(audiences=[{"name": "everyone", "channels": ["chat"]}], channels={"chat": table})
        days = [desk.began.date() - timedelta(days=2 + number % 5) for number in range(posts)]
        lines = (
            Entry(f"【湛江招商】第{n}个{'很长' * 30}的项目", f"http://zj.example/{n}", days[n], body="推进。")
            for n in range(posts)
        )
        desk.see(*lines)
        desk.freeze()
        return desk

    return make


def sends(desk: Any, group: Group, rounds: int = 1) -> Delivery:
    """Try as often as it falls due, the platform's clock going with ours; how it stands then."""
    one: Delivery = desk.outbox()["chat"]
    for _ in range(rounds):
        if one.state is not DeliveryState.PENDING:
            break
        group.now = max(group.now, one.next_attempt_at)
        desk.deliver(one.next_attempt_at)
        one = desk.outbox()["chat"]
    return one


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_digest_arrives_whole_and_in_order_however_often_the_platform_is_out_of_patience(
    group_of, desk_for, kind: str
) -> None:
    group = group_of(kind, keyword="招商")
    desk = desk_for(group, {"wecom": 450, "dingtalk": 1600, "feishu": 500}[kind])
    assert sends(desk, group, 20).state is DeliveryState.SENT
    assert set(group.refused) == {{"wecom": 45009, "dingtalk": 130101, "feishu": 11232}[kind]}
    marks = [found.groups() for text in group.taken if (found := list(PART.finditer(text))[-1])]
    assert marks == [(str(number), str(len(marks))) for number in range(1, len(marks) + 1)]
    assert len(marks) > RATES[kind][-1][0]


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_signature_is_one_that_the_platform_takes(group_of, desk_for, kind: str) -> None:
    group = group_of(kind, secret=SIGNING)
    assert sends(desk_for(group, **SIGNED), group).state is DeliveryState.SENT


@pytest.mark.parametrize(
    ("kind", "rules", "words"),
    [
        *((kind, {"key": "another"}, "the key is not valid") for kind in KINDS),
        *((kind, {"keyword": "别的词"}, "none of the robot's keywords") for kind in ("dingtalk", "feishu")),
        *((kind, {"secret": "another"}, "the signature does not match") for kind in ("dingtalk", "feishu")),
    ],
)
def test_what_is_set_wrong_fails_for_good_and_goes_on_once_it_is_mended(
    group_of, desk_for, kind: str, rules: dict[str, str], words: str
) -> None:
    group = group_of(kind, **rules)
    desk = desk_for(group, **(SIGNED if "secret" in rules else {}))
    failed = sends(desk, group)
    assert failed.state is DeliveryState.FAILED
    assert words in (failed.last_error or "")
    group.key, group.keyword, group.secret = KEY, "", ""
    desk.store.resend(failed.id, lambda _: "x", desk.began)
    assert sends(desk, group).state is DeliveryState.SENT
    assert len(group.taken) == 1


def test_a_clock_that_is_off_at_dingtalk_is_tried_again_until_it_is_right(group_of, desk_for) -> None:
    group = group_of("dingtalk", secret=SIGNING)
    desk = desk_for(group, **SIGNED)
    group.now += 2 * HOUR
    waiting = sends(desk, group)
    assert waiting.state is DeliveryState.PENDING
    assert "check this machine's clock" in (waiting.last_error or "")
    group.now = desk.began
    assert sends(desk, group).state is DeliveryState.SENT
