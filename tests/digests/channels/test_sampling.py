"""`zhaoshang send --test`: a sample to every kind of channel, marked as such, of which nothing is recorded."""

import email
import json
from collections.abc import Callable
from datetime import date, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from digests.sampling import send_sample
from monitor import jobs
from monitor.pages import Entry

MARK = "【测试】"
LINE = "本件是试发的样本，不是新的一期"
KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def desk(
    open_desk: Callable[..., Any],
    hook: Any,
    serve_hook: Any,
    mail_server: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Any:
    """A desk with a channel of each kind, and a frozen week that fills several messages of a robot."""
    own = serve_hook()
    monkeypatch.setenv("CHAT_URL", f"http://127.0.0.1:{hook.port}/send?key={KEY}")
    channels = {
        "file": {"type": "file", "formats": ["md", "html", "json"]},
        "mail": {
            "type": "email",
            "host": mail_server.host,
            "port": mail_server.port,
            "security": "plain",
            "sender": "招商周报 <zhoubao@example.cn>",
            "recipients": ["a@example.cn", "b@example.cn"],
        },
        "chat": {"type": "wecom", "url_env": "CHAT_URL", "allow_private": True, "timeout": "5s"},
        "hook": {"type": "webhook", "url": f"http://127.0.0.1:{own.port}/in", "allow_private": True, "timeout": "5s"},
        "program": {"type": "command", "command": ["/bin/sh", "-c", f'cat >"{tmp_path}/said.$ZHAOSHANG_KEY"']},
    }
    desk = open_desk(audiences=[{"name": "everyone", "channels": list(channels)}], channels=channels)
    desk.own = own
    day = date(2025, 7, 17)
    desk.see(
        *(
            Entry(f"【湛江招商】第{n}个很长很长很长的项目", f"http://zj.example/{n}", day, body="推进。")
            for n in range(90)
        )
    )
    return desk


@pytest.fixture
def try_all(desk: Any) -> Callable[..., dict[str, str | None]]:
    """Sends a sample to the named channels; what each said, by channel and recipient."""

    def run(*names: str) -> dict[str, str | None]:
        frozen = desk.freeze()
        before = dump(desk)
        outcomes = send_sample(
            frozen,
            "everyone",
            names or tuple(desk.setup.config.channels),
            desk.setup.config,
            jobs.open_channels(desk.setup),
            desk.store.database_id(),
            lambda: desk.began,
        )
        found = {f"{one.delivery.channel} {one.delivery.recipient}".strip(): one.error for one in outcomes}
        assert dump(desk) == before
        return found

    return run


def dump(desk: Any) -> list[str]:
    """Everything in the database."""
    return list(desk.store._conn.iterdump())


def parts_of(mail: Any) -> tuple[str, str, str]:
    message = email.message_from_bytes(mail.data, policy=default)
    html = message.get_body(("html",))
    text = message.get_body(("plain",))
    assert html is not None
    assert text is not None
    return str(message["Subject"]), text.get_content(), html.get_content()


def test_every_channel_gets_a_sample_that_says_on_top_that_it_is_one(
    desk: Any, try_all: Any, hook: Any, mail_server: Any, tmp_path: Path
) -> None:
    assert try_all() == dict.fromkeys(
        ("file", "mail a@example.cn", "mail b@example.cn", "chat", "hook", "program"), None
    )
    for mail in mail_server.mails:
        subject, text, html = parts_of(mail)
        assert subject.startswith(f"{MARK}招商周报 2025-W29")
        assert text.index(LINE) < text.index("## ")
        assert html.index(LINE) < html.index("<h2")
    chat = [body["markdown"]["content"] for body in hook.bodies]
    assert len(chat) > 2
    assert all(MARK in text for text in chat)
    assert LINE in chat[0]
    assert chat[1].endswith(f"编号 测试（2/{len(chat)}）")
    (request,) = desk.own.requests
    assert request.json["subject"].startswith(MARK)
    assert request.json["digest"]["test"] is True
    assert LINE in request.json["text"]
    (said,) = tmp_path.glob("said.*")
    assert said.read_text(encoding="utf-8").startswith(f"# {MARK}")
    folder = desk.setup.digests_dir / "everyone"
    assert sorted(path.name for path in folder.iterdir()) == ["test.html", "test.json", "test.md"]
    assert MARK in (folder / "test.html").read_text(encoding="utf-8")
    assert json.loads((folder / "test.json").read_text(encoding="utf-8"))["test"] is True


def test_a_sample_has_another_name_each_time(desk: Any, try_all: Any, mail_server: Any, tmp_path: Path) -> None:
    for _ in range(2):
        try_all("mail", "hook", "program")
    ids = {email.message_from_bytes(mail.data)["Message-ID"] for mail in mail_server.mails}
    assert len(ids) == 4
    keys = {request.headers["idempotency-key"] for request in desk.own.requests}
    assert len(keys) == 2
    assert len(list(tmp_path.glob("said.*"))) == 2


def test_what_one_does_not_take_keeps_no_other_from_it_and_is_not_tried_again(
    desk: Any, try_all: Any, hook: Any, reply: Any, mail_server: Any
) -> None:
    mail_server.refuse.add("a@example.cn")
    hook.replies = [reply.plain(200, {"errcode": 0}), reply.plain(200, {"errcode": 93000, "errmsg": "invalid"})]
    found = try_all()
    assert "550 no such mailbox" in found["mail a@example.cn"]
    assert "part 2 of" in found["chat"]
    assert KEY not in found["chat"]
    assert {name for name, error in found.items() if error is None} == {"file", "mail b@example.cn", "hook", "program"}
    asked = len(hook.requests)
    desk.store._conn.execute("DELETE FROM deliveries")  # those of the real digest
    desk.store._conn.commit()
    assert desk.deliver(desk.began + timedelta(days=30)) == ()
    assert len(hook.requests) == asked


def test_the_real_digest_follows_as_if_there_had_been_no_sample(desk: Any, try_all: Any, mail_server: Any) -> None:
    try_all("mail", "file")
    mail_server.mails.clear()
    assert [outcome.error for outcome in desk.deliver()] == [None] * 6
    assert all(MARK not in parts_of(mail)[0] for mail in mail_server.mails)
    folder = desk.setup.digests_dir / "everyone"
    for name in ("index.md", "2025-W29.md"):
        assert "测试" not in (folder / name).read_text(encoding="utf-8")
    assert "第1个很长很长很长的项目" in (folder / "2025-W29.md").read_text(encoding="utf-8")
