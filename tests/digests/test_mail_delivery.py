"""Mail through the outbox to a real server, one for each reader or one for all: nobody is lost, nobody is told twice."""

import json
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from digests.claims import LEASE
from monitor.announcing import Delivery, DeliveryState
from monitor.cli.deliver import tell
from monitor.store import Store

LATER = timedelta(minutes=2)
WRITTEN = ["a@example.org", '"王, 五" <b@example.org>', "c@example.org"]
PLAIN = ["a@example.org", "b@example.org", "c@example.org"]
LOG_IN = {"username": "zhoubao", "password_env": "ZHOUBAO_PASSWORD"}

# A process that hands the mail over, and is killed before it writes that down.
DIE_AFTER_SENDING = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
from digests.outbox import deliver_due
from monitor import jobs
from monitor.config import Config
from monitor.setup import Setup
from monitor.store import Store

setup = Setup(Config.model_validate(json.loads(sys.argv[2])), None, Path(sys.argv[1]))

class Dying:
    def send(self, delivery, digest, at):
        jobs.open_channels(setup)["mail"].send(delivery, digest, at)
        os.kill(os.getpid(), signal.SIGKILL)

deliver_due(lambda: Store(setup.database), {"mail": Dying()}, lambda: datetime.fromisoformat(sys.argv[3]))
"""


@pytest.fixture(params=["recipient", "audience"])
def per(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def frozen(open_desk: Callable[..., Any], mail_server: Any, per: str) -> Callable[..., Any]:
    """A desk with one digest frozen for three readers of one mail channel."""

    def freeze(server: Any = mail_server, **keys: Any) -> Any:
        port = server if isinstance(server, int) else server.port
        table = {"type": "email", "host": "127.0.0.1", "port": port, "security": "plain", "timeout": "5s", "per": per}
        mail = {**table, "sender": "招商周报 <z@example.org>", "recipients": WRITTEN, **keys}
        desk = open_desk(audiences=[{"name": "everyone", "channels": ["mail"]}], channels={"mail": mail})
        desk.freeze()
        return desk

    return freeze


def reached(server: Any) -> Counter[str]:
    """How often each reader was sent a mail that the server took."""
    return Counter(address for mail in server.mails for address in mail.recipients)


def ids(server: Any) -> list[str]:
    return [str(message_from_bytes(mail.data, policy=default)["Message-ID"]) for mail in server.mails]


def rows(desk: Any) -> list[Delivery]:
    return list(reversed(desk.store.deliveries()))


def test_all_are_reached_once(frozen: Callable[..., Any], mail_server: Any, per: str, now: datetime) -> None:
    desk = frozen()
    assert len(rows(desk)) == (1 if per == "audience" else 3)
    desk.deliver()
    assert desk.deliver(now + LEASE) == ()
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)
    to = [str(message_from_bytes(mail.data, policy=default)["To"]) for mail in mail_server.mails]
    assert to == ([", ".join(WRITTEN)] if per == "audience" else WRITTEN)
    assert len(set(ids(mail_server))) == len(mail_server.mails)


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 no such mailbox", DeliveryState.FAILED), ("450 greylisted", DeliveryState.PENDING)],
)
def test_one_that_is_refused_is_neither_lost_nor_loses_the_others(
    frozen: Callable[..., Any], mail_server: Any, per: str, now: datetime, answer: str, state: DeliveryState
) -> None:
    mail_server.answers = {"b@example.org": answer}
    desk = frozen()
    outcomes = desk.deliver()
    assert reached(mail_server) == {"a@example.org": 1, "c@example.org": 1}
    (open_one,) = desk.store.deliveries(open_only=True)
    assert (open_one.state, open_one.recipient, open_one.attempts) == (state, WRITTEN[1], 1)
    assert answer in (open_one.last_error or "")
    assert [one.delivery.id for one in outcomes if one.error] == [open_one.id]
    assert (open_one.split_of is not None) == (per == "audience")
    assert not tell(outcomes)
    mail_server.answers = {}
    if state is DeliveryState.FAILED:
        assert desk.deliver(now + LEASE) == ()
        desk.store.resend(open_one.id, lambda _: "", now + LEASE)
    else:
        assert open_one.next_attempt_at > now
    desk.deliver(now + LEASE)
    assert desk.deliver(now + 2 * LEASE) == ()
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)
    if per == "audience":
        assert len(set(ids(mail_server))) == 1, "what was split off is the same message"
    assert {one.state for one in rows(desk)} == {DeliveryState.SENT}


def test_where_all_are_refused_they_wait_or_fail_together(
    frozen: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    mail_server.answers = {"a@example.org": "450 later", "b@example.org": "550 no", "c@example.org": "451 later"}
    desk = frozen()
    desk.deliver()
    assert reached(mail_server) == {}
    mail_server.answers |= dict.fromkeys(PLAIN, "550 no such mailbox")
    desk.deliver(now + LEASE)
    assert {one.state for one in rows(desk)} == {DeliveryState.FAILED}
    assert "550 no such mailbox" in (rows(desk)[0].last_error or "")


def test_a_server_that_closes_between_recipients_is_tried_again_with_all(
    frozen: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    mail_server.answers = {"b@example.org": "421 too busy"}
    desk = frozen()
    desk.deliver()
    assert reached(mail_server)["b@example.org"] == 0
    assert DeliveryState.FAILED not in {one.state for one in rows(desk)}
    mail_server.answers = {}
    desk.deliver(now + LEASE)
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)


@pytest.mark.parametrize("seconds", [0.3, pytest.param(2.0, marks=pytest.mark.long)])
def test_a_server_that_greets_slowly_gets_each_mail_once(
    frozen: Callable[..., Any], mail_server: Any, slow_to_greet: Callable[[float], int], seconds: float, now: datetime
) -> None:
    desk = frozen(slow_to_greet(seconds), timeout="1s")
    desk.deliver()
    if seconds > 1:
        assert reached(mail_server) == {}
        assert {one.state for one in rows(desk)} == {DeliveryState.PENDING}
        desk.tables["channel"]["mail"]["port"] = mail_server.port
        desk.setup = type(desk.setup)(type(desk.setup.config).model_validate(desk.tables), None, desk.path)
        desk.deliver(now + LATER)
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)


def test_a_server_that_drops_after_the_content_gets_the_same_mail_again(
    frozen: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    mail_server.drop = True
    desk = frozen()
    desk.deliver()
    first = ids(mail_server)
    assert {one.state for one in rows(desk)} == {DeliveryState.PENDING}
    mail_server.drop = False
    desk.deliver(now + LATER)
    assert reached(mail_server) == dict.fromkeys(PLAIN, 2)
    assert sorted(ids(mail_server)) == sorted(first * 2)
    assert desk.deliver(now + LEASE) == ()


def test_a_server_that_drops_before_the_content_has_nothing(
    frozen: Callable[..., Any], mail_server: Any, now: datetime
) -> None:
    mail_server.answers = {"MAIL": "421 going down"}
    desk = frozen()
    desk.deliver()
    assert "may have arrived" not in (rows(desk)[0].last_error or "")
    mail_server.answers = {}
    desk.deliver(now + LATER)
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)


def test_a_server_that_asks_for_a_log_in_gets_each_mail_once_it_has_one(
    frozen: Callable[..., Any], mail_server_with_login: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    desk = frozen(mail_server_with_login, **LOG_IN)
    monkeypatch.setenv("ZHOUBAO_PASSWORD", "wrong")
    desk.deliver()
    assert {one.state for one in rows(desk)} == {DeliveryState.PENDING}, "a log-in can be mended"
    monkeypatch.setenv("ZHOUBAO_PASSWORD", "geheim")
    desk.deliver(now + LATER)
    assert reached(mail_server_with_login) == dict.fromkeys(PLAIN, 1)


def test_a_server_that_asks_for_tls_gets_each_mail_once(
    frozen: Callable[..., Any],
    mail_server: Any,
    encrypted: dict[str, Any],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    frozen(**encrypted).deliver()
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)


@pytest.mark.parametrize(
    ("said_to", "answer", "state"),
    [
        ("MAIL", "553 5.7.1 sender not owned by user", "failed"),
        ("MAIL", "552 message too big", "failed"),
        ("MAIL", "530 authentication required", "pending"),
        ("MAIL", "535 5.7.8 bad credentials", "pending"),
        ("MAIL", "550 5.7.1 please authenticate first", "pending"),
        ("MAIL", "451 later", "pending"),
        ("DATA", "554 looks like spam", "failed"),
        ("DATA", "552 too big", "failed"),
        ("DATA", "451 later", "pending"),
        ("DATA", "421 going down", "pending"),
        ("DATA", "500 what?", "pending"),
        ("a@example.org", "550 no such mailbox", "failed"),
        ("a@example.org", "551 not here", "failed"),
        ("a@example.org", "553 no such name", "failed"),
        ("a@example.org", "556 takes no mail", "failed"),
        ("a@example.org", "552 too many recipients", "pending"),
        ("a@example.org", "503 log in first", "pending"),
        ("a@example.org", "452 full", "pending"),
    ],
)
def test_what_a_server_says_for_good_ends_as_failed(
    frozen: Callable[..., Any], mail_server: Any, said_to: str, answer: str, state: str
) -> None:
    mail_server.answers = {said_to: answer}
    desk = frozen(recipients=["a@example.org"])
    desk.deliver()
    (one,) = rows(desk)
    assert (one.state.value, mail_server.mails) == (state, [])
    assert answer in (one.last_error or "")
    assert (f"zhaoshang resend {one.id}" in (one.last_error or "")) == (state == "failed")


@pytest.mark.parametrize("answer", ["550 no such mailbox", "450 later"])
def test_a_process_killed_between_the_answer_and_its_record_loses_nobody(
    frozen: Callable[..., Any], mail_server: Any, child: Callable[..., Any], per: str, now: datetime, answer: str
) -> None:
    mail_server.answers = {"b@example.org": answer}
    desk = frozen()
    process = child(DIE_AFTER_SENDING, desk.path, json.dumps(desk.tables), now.isoformat())
    assert process.wait(60) == -signal.SIGKILL
    taken = reached(mail_server)
    assert "b@example.org" not in taken
    desk.deliver()
    mail_server.answers = {}
    for one in desk.store.deliveries(open_only=True):
        if one.state is DeliveryState.FAILED:
            desk.store.resend(one.id, lambda _: "", now)
    desk.deliver(now + LEASE)
    again = reached(mail_server)
    assert again["b@example.org"] == 1
    assert set(again) == set(PLAIN)
    assert all(again[reader] == 1 + taken[reader] for reader in ("a@example.org", "c@example.org"))
    by_reader: dict[str, set[str]] = {}
    for mail, name in zip(mail_server.mails, ids(mail_server), strict=True):
        for reader in mail.recipients:
            by_reader.setdefault(reader, set()).add(name)
    assert {len(names) for names in by_reader.values()} == {1}, "a repeat is the same message"
    assert per == "recipient" or len(set(ids(mail_server))) == 1


def test_what_was_split_off_is_there_once_however_often_that_is_written_down(
    frozen: Callable[..., Any], mail_server: Any, per: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another process took the delivery over, and both were told the same."""
    whole = Store.mark_sent

    def twice(store: Store, *args: Any, **keys: Any) -> Any:
        whole(store, *args, **keys)
        return whole(store, *args, **keys)

    monkeypatch.setattr(Store, "mark_sent", twice)
    mail_server.answers = {"b@example.org": "450 later"}
    desk = frozen()
    desk.deliver()
    assert [one.recipient for one in rows(desk)].count(WRITTEN[1]) == 1
    mail_server.answers = {}
    desk.deliver(now + LATER)
    assert reached(mail_server) == dict.fromkeys(PLAIN, 1)
    assert len(rows(desk)) == (2 if per == "audience" else 3)


def test_a_resend_to_all_of_which_one_is_refused_again_is_split_once_more(
    frozen: Callable[..., Any], mail_server: Any, per: str, now: datetime
) -> None:
    mail_server.refuse = {"b@example.org"}
    desk = frozen()
    desk.deliver()
    first = rows(desk)[0]
    again = desk.store.resend(first.id, lambda _: "<again@example.org>", now)
    desk.deliver()
    split = [one for one in rows(desk) if one.split_of == again.id]
    assert len(split) == (1 if per == "audience" else 0)
    assert all(one.resend_of == first.id and one.message_id == "<again@example.org>" for one in split)
    assert reached(mail_server) == {"a@example.org": 2, "c@example.org": 2 if per == "audience" else 1}
