"""What cannot be delivered is told to the operator: once for each delivery, never of such a message itself."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from digests.notice import Notice, dead_letter_notice
from digests.render import render_notice
from monitor import jobs
from monitor.announcing import DeadLetter, Delivery, DeliveryState
from monitor.clock import Clock
from monitor.errors import StoreError
from monitor.operator import tell_dead_letters
from monitor.store import Store
from monitor.vital_signs import Ticks, vital_signs

HOUR = timedelta(hours=1)
READERS = ["张三 <gone@example.org>", "b@example.org"]


@pytest.fixture
def failing(open_desk: Callable[..., Any], mail_server: Any) -> Callable[..., Any]:
    """A desk whose first reader does not exist, and what it takes to make another."""

    def open_one(**operator: Any) -> Any:
        mail_server.answers = {"gone@example.org": "550 <gone@example.org> no such mailbox"}
        mail = {"type": "email", "host": "127.0.0.1", "port": mail_server.port, "security": "plain", "timeout": "5s"}
        mail |= {"sender": "z@example.org"}
        channels = {"mail": {**mail, "recipients": READERS}, "boss": {**mail, "recipients": ["boss@example.org"]}}
        desk = open_desk(audiences=[{"name": "everyone", "channels": ["mail"]}], channels=channels)
        desk.tables["operator"] = operator
        desk.setup = replace(desk.setup, config=type(desk.setup.config).model_validate(desk.tables))
        desk.freeze()
        return desk

    return open_one


def deliver(desk: Any, at: datetime) -> list[tuple[str, str | None]]:
    """As the command does; the audience and the error of each try."""
    return [(one.delivery.audience, one.error) for one in jobs.deliver(desk.setup, Clock(at))]


def to_boss(mail_server: Any) -> list[Any]:
    found = [mail for mail in mail_server.mails if mail.recipients == ["boss@example.org"]]
    return [message_from_bytes(mail.data, policy=default) for mail in found]


def test_the_operator_hears_of_it_at_once_and_once(
    failing: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    desk = failing(channels=["boss", "file"])
    tried = deliver(desk, now)
    assert [audience for audience, _ in tried] == ["everyone", "everyone", "operator", "operator"]
    (mail,) = to_boss(mail_server)
    assert mail["Subject"] == "【招商周报】投递失败：2025-W29（everyone）未能经 mail 送达"
    text = mail.get_body(("plain",)).get_content()
    failed = desk.outbox()["mail 张三 <gone@example.org>"]
    for part in ("2025-W29", "everyone", "mail", "g\\*\\*\\*\\@example.org", "550", "no such mailbox"):
        assert part in text, part
    assert f"zhaoshang resend {failed.id}\n" in text.replace("\r\n", "\n")
    assert "gone@" not in mail.as_string() + text + mail.get_body(("html",)).get_content()
    (file,) = (desk.path / "digests" / "operator").iterdir()
    assert file.name.startswith("2025-07-21T080000-delivery-")
    assert "列表地址" not in file.read_text(encoding="utf-8")
    assert deliver(desk, now + HOUR) == []
    assert tell_dead_letters(desk.setup, desk.store, now + HOUR) == ()


def test_without_channels_it_is_known_and_nobody_is_told_later(failing: Callable[..., Any], now: datetime) -> None:
    desk = failing()
    deliver(desk, now)
    assert len(desk.store.deliveries()) == 2
    assert desk.store.untold_dead_letters() == ()


def test_of_an_alert_that_fails_itself_there_is_no_further_one(
    failing: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    mail_server.refuse = {"boss@example.org"}
    desk = failing(channels=["boss", "file"])
    deliver(desk, now)
    for hours in range(1, 6):
        deliver(desk, now + hours * HOUR)
    states = {f"{one.audience} {one.channel}": one.state for one in desk.store.deliveries(open_only=True)}
    assert states == {"everyone mail": DeliveryState.FAILED, "operator boss": DeliveryState.FAILED}
    assert len(list((desk.path / "digests" / "operator").iterdir())) == 1
    signs: Any = vital_signs(desk.setup, Ticks(10.0), now)
    assert signs["status"] == "failing"
    assert [(one["audience"], one["next_try"]) for one in signs["deliveries"]] == [
        ("operator", None),
        ("everyone", None),
    ]
    assert "gone@" not in str(signs)


def test_a_recipient_that_was_split_off_is_told_of_too(
    failing: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    desk = failing(channels=["boss"])
    desk.tables["channel"]["mail"]["per"] = "audience"
    desk.setup = replace(desk.setup, config=type(desk.setup.config).model_validate(desk.tables))
    desk.freeze("2025-W30", at=now + 7 * 24 * HOUR)
    deliver(desk, now + 7 * 24 * HOUR)
    told = [str(mail["Subject"]) for mail in to_boss(mail_server)]
    assert [part for subject in told for part in ("2025-W29", "2025-W30") if part in subject] == [
        "2025-W29",
        "2025-W30",
    ]


def test_a_process_that_dies_before_it_tells_leaves_that_to_the_next(
    failing: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    desk = failing(channels=["boss"])
    desk.deliver()  # the outbox alone: as if the process ended there
    assert to_boss(mail_server) == []
    deliver(desk, now + HOUR)
    assert len(to_boss(mail_server)) == 1


def test_one_that_was_mended_before_it_was_told_of_is_no_news(failing: Callable[..., Any], now: datetime) -> None:
    desk = failing(channels=["boss"])
    desk.deliver()
    (failed,) = desk.store.untold_dead_letters()
    desk.store.resend(failed.id, lambda _: "", now)
    assert desk.store.record_dead_letter(failed.id, (), now) is None
    assert tell_dead_letters(desk.setup, desk.store, now) == ()


def test_one_that_fails_again_after_a_resend_is_told_once(
    failing: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    desk = failing(channels=["boss"])
    deliver(desk, now)
    failed = desk.outbox()["mail 张三 <gone@example.org>"]
    desk.store.resend(failed.id, lambda _: "", now + HOUR)
    deliver(desk, now + HOUR)
    assert desk.outbox()["mail 张三 <gone@example.org>"].state is DeliveryState.FAILED
    assert len(to_boss(mail_server)) == 1


def test_an_alert_that_cannot_be_queued_is_not_said_to_be_told(failing: Callable[..., Any], now: datetime) -> None:
    desk = failing(channels=["boss"])
    desk.deliver()
    with closing(sqlite3.connect(desk.setup.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store(desk.setup.database, busy_seconds=0.1) as store, pytest.raises(StoreError):
            tell_dead_letters(desk.setup, store, now)
        other.execute("ROLLBACK")
    assert len(desk.store.untold_dead_letters()) == 1
    assert desk.store.last_alerts() == {}
    assert [one.delivery.channel for one in tell_dead_letters(desk.setup, desk.store, now)] == ["mail"]


@pytest.fixture
def letter(delivery: Callable[..., Delivery], now: datetime) -> DeadLetter:
    return DeadLetter(7, now, delivery("gone@example.org", id=12, last_error="550"), "550 no mailbox GONE@example.org")


def notice(letter: DeadLetter, **changes: Any) -> Notice:
    return dead_letter_notice(replace(letter, delivery=replace(letter.delivery, **changes)), ZoneInfo("Asia/Shanghai"))


def test_of_many_readers_the_first_are_named(letter: DeadLetter) -> None:
    people = ", ".join(f'"读者, {n}" <reader{n}@example.org>' for n in range(5))
    facts = {fact.name: fact.text for fact in notice(letter, recipient=people).facts}
    assert facts["收件人"] == "r***@example.org、r***@example.org、r***@example.org 等 5 人"
    assert "收件人" not in {fact.name for fact in notice(letter, recipient="", channel="group").facts}


@pytest.mark.parametrize("form", ["md", "html"])
def test_whatever_a_server_said_shows_as_itself(letter: DeadLetter, form: str) -> None:
    said = "550 <script>alert(1)</script> [x](javascript:alert(1)) gone@example.org http://u:geheim@proxy.example"
    text = render_notice(notice(replace(letter, reason=said)), form)
    assert "<script>" not in text
    assert "href=" not in (text if form == "html" else MarkdownIt().render(text))
    assert "gone@" not in text
    assert "geheim" not in text
    assert "zhaoshang resend 12" in text


def test_the_alerts_of_sources_are_a_matter_of_their_own(failing: Callable[..., Any], now: datetime) -> None:
    desk = failing(channels=["file"])
    deliver(desk, now)
    assert desk.store.alerts() == ()
    assert desk.store.last_alerts() == {}
