"""The outbox through real files, servers and processes: nothing is lost, and nothing is sent twice but by a crash."""

import json
import signal
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from digests.channels.email import message_id
from digests.claims import LEASE
from digests.outbox import retry_after
from monitor.announcing import Delivery, DeliveryState

MINUTE = timedelta(minutes=1)
LOCKED = {"username": "zhoubao", "password_env": "NO_SUCH_VARIABLE"}

# What every child process knows: the desk's data directory and configuration, and the time.
CHILD = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
from digests.claims import owner
from digests.outbox import deliver_due
from monitor import jobs
from monitor.config import Config
from monitor.setup import Setup
from monitor.store import Store

setup = Setup(Config.model_validate(json.loads(sys.argv[2])), None, Path(sys.argv[1]))
now = datetime.fromisoformat(sys.argv[3])
channels = jobs.open_channels(setup)

def open_store():
    return Store(setup.database)
"""

DIE_WHILE_SENDING = """
class Dying:
    def send(self, delivery, digest, at):
        if sys.argv[4] == "after":
            channels["mail"].send(delivery, digest, at)
        os.kill(os.getpid(), signal.SIGKILL)

deliver_due(open_store, {**channels, "mail": Dying()}, lambda: now)
"""

CLAIM_AND_WAIT = """
with open_store() as store:
    store.claim_delivery("mail", owner(), now)
print("claimed", flush=True)
sys.stdin.readline()
"""

DELIVER_ON_COMMAND = """
print("ready", flush=True)
sys.stdin.readline()
print(len(deliver_due(open_store, channels, lambda: now)))
"""


def mail_table(server: Any, *recipients: str, **keys: Any) -> dict[str, object]:
    """A `[channel.NAME]` table for a test server, or for a bare port."""
    port = server if isinstance(server, int) else server.port
    table = {"type": "email", "host": "127.0.0.1", "port": port, "security": "plain", "timeout": "5s"}
    return {**table, "sender": "zhoubao@example.org", "recipients": list(recipients), **keys}


@pytest.fixture
def frozen(open_desk: Callable[..., Any]) -> Callable[..., Any]:
    """A desk with one digest frozen for the file channel and those given."""

    def freeze(**channels: Mapping[str, object]) -> Any:
        audience = {"name": "everyone", "channels": ["file", *channels]}
        desk = open_desk(audiences=[audience], channels=channels)
        desk.freeze()
        return desk

    return freeze


@pytest.fixture
def run(child: Callable[..., Any], now: datetime) -> Callable[..., subprocess.Popen[str]]:
    """Starts a script in a process of its own, over a desk's data directory."""

    def start(desk: Any, script: str, *args: object) -> subprocess.Popen[str]:
        return child(CHILD + script, desk.path, json.dumps(desk.tables), now.isoformat(), *args)

    return start


def states(desk: Any) -> dict[str, str]:
    return {name: one.state.value for name, one in desk.outbox().items()}


def message_ids(server: Any) -> list[str]:
    return [str(message_from_bytes(mail.data, policy=default)["Message-ID"]) for mail in server.mails]


# -- what a freeze puts into it --------------------------------------------------------------------------------------


def test_a_channel_or_recipient_named_twice_gets_one_delivery(open_desk, mail_server) -> None:
    mail = mail_table(mail_server, "reader@example.org", "reader@example.org")
    desk = open_desk(audiences=[{"name": "everyone", "channels": ["mail", "file", "mail"]}], channels={"mail": mail})
    desk.freeze()
    assert sorted(desk.outbox()) == ["file", "mail reader@example.org"]
    assert len(desk.store.deliveries()) == 2


@pytest.mark.parametrize(
    ("rules", "mailed"), [({}, ["2025-W29"]), ({"missed": "all"}, ["2025-W27", "2025-W28", "2025-W29"])]
)
def test_after_downtime_all_go_to_the_file_channel_and_the_latest_names_the_rest(
    open_desk, mail_server, rules: dict[str, object], mailed: list[str]
) -> None:
    audience = {"name": "everyone", "channels": ["file", "mail"]}
    desk = open_desk(audiences=[audience], channels={"mail": mail_table(mail_server, "a@example.org")}, rules=rules)
    for key in ("2025-W27", "2025-W28"):
        desk.freeze(key, latest=False)
    named = desk.freeze("2025-W29").missed
    assert named == (() if rules else ("2025-W27", "2025-W28"))
    periods = defaultdict(list)
    for one in desk.store.deliveries()[::-1]:
        periods[one.channel].append(one.period_key)
    assert periods == {"file": ["2025-W27", "2025-W28", "2025-W29"], "mail": mailed}


def test_an_empty_digest_is_delivered_unless_its_audience_wants_none(open_desk) -> None:
    desk = open_desk(audiences=[{"name": "everyone"}, {"name": "busy", "send_empty": False}])
    assert desk.freeze().is_empty
    assert desk.freeze(audience="busy").is_empty
    assert [one.audience for one in desk.store.deliveries()] == ["everyone"]


# -- failures ---------------------------------------------------------------------------------------------------------


def test_a_recipient_that_is_put_off_stays_pending_with_the_reason_and_blocks_no_other(
    frozen, mail_server, now: datetime
) -> None:
    mail_server.answers = {"gone@example.org": "450 no such mailbox, for now"}
    desk = frozen(mail=mail_table(mail_server, "gone@example.org", "reader@example.org"))
    outcomes = desk.deliver()
    assert {outcome.delivery.recipient for outcome in outcomes if outcome.error} == {"gone@example.org"}
    assert states(desk) == {"file": "sent", "mail gone@example.org": "pending", "mail reader@example.org": "sent"}
    failed = desk.outbox()["mail gone@example.org"]
    assert (failed.attempts, failed.next_attempt_at, failed.sent_at) == (1, now + retry_after(1, failed.id), None)
    assert "450 no such mailbox" in (failed.last_error or "")
    assert [mail.recipients for mail in mail_server.mails] == [["reader@example.org"]]


def test_a_broken_channel_blocks_no_other(frozen, mail_server, tmp_path: Path) -> None:
    desk = frozen(
        dead=mail_table(1, "reader@example.org"),
        locked=mail_table(mail_server, "reader@example.org", **LOCKED),
        mail=mail_table(mail_server, "reader@example.org"),
    )
    (tmp_path / "digests").write_text("in the way of the file channel")
    desk.deliver()
    assert states(desk) == {
        "file": "pending",
        "dead reader@example.org": "pending",
        "locked reader@example.org": "pending",
        "mail reader@example.org": "sent",
    }
    reasons = {one.channel: one.last_error for one in desk.outbox().values() if one.last_error}
    assert "cannot be written" in reasons["file"]
    assert "cannot be reached" in reasons["dead"]
    assert "NO_SUCH_VARIABLE is not set" in reasons["locked"]
    (tmp_path / "digests").unlink()
    desk.deliver(desk.began + 2 * MINUTE)
    assert states(desk)["file"] == "sent"


def test_failures_are_tried_again_ever_later_until_it_is_sent(frozen, mail_server, now: datetime) -> None:
    mail_server.busy = True
    desk = frozen(mail=mail_table(mail_server, "reader@example.org"))
    desk.deliver(now)
    at = now
    for attempts in range(1, 5):
        failed = desk.outbox()["mail reader@example.org"]
        assert (failed.attempts, failed.next_attempt_at) == (attempts, at + retry_after(attempts, failed.id))
        at = failed.next_attempt_at
        assert desk.deliver(at - timedelta(seconds=1)) == ()
        mail_server.busy = attempts < 4
        desk.deliver(at)
    sent = desk.outbox()["mail reader@example.org"]
    assert (sent.state, sent.sent_at, sent.last_error) == (DeliveryState.SENT, at, None)
    assert len(mail_server.mails) == 1


def test_the_wait_doubles_from_a_minute_to_six_hours() -> None:
    for number, minutes in enumerate((1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360), start=1):
        waits = {retry_after(number, delivery) for delivery in range(300)}
        assert minutes * MINUTE <= min(waits) < max(waits) <= 1.2 * minutes * MINUTE
    assert timedelta(hours=6) <= retry_after(10_000, 7) <= timedelta(hours=7.2)


def test_what_failed_together_does_not_come_back_together_and_comes_when_it_was_said() -> None:
    first = [retry_after(5, delivery) for delivery in range(20)]
    assert len(set(first)) > 15
    assert first == [retry_after(5, delivery) for delivery in range(20)]
    assert retry_after(10, 7) != retry_after(11, 7)


def test_what_was_sent_is_sent_once(frozen, mail_server, now: datetime) -> None:
    desk = frozen(mail=mail_table(mail_server, "a@example.org", "b@example.org"))
    assert len(desk.deliver()) == 3
    desk.freeze()
    for later in (timedelta(0), MINUTE, timedelta(days=30)):
        assert desk.deliver(now + later) == ()
    assert Counter(mail.recipients[0] for mail in mail_server.mails) == {"a@example.org": 1, "b@example.org": 1}
    assert len(set(message_ids(mail_server))) == 2


def test_a_channel_that_left_the_configuration_keeps_its_deliveries_for_its_return(
    frozen, mail_server, now: datetime
) -> None:
    desk = frozen(mail=mail_table(mail_server, "reader@example.org"))
    desk.deliver(channels={})
    assert set(states(desk).values()) == {"pending"}
    assert "there is no [channel.mail] any more" in (desk.outbox()["mail reader@example.org"].last_error or "")
    desk.deliver(now + 2 * MINUTE)
    assert set(states(desk).values()) == {"sent"}


# -- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("moment", "mails"), [("before", 1), ("after", 2)])
def test_a_process_killed_while_sending_loses_nothing_and_a_repeat_has_the_same_message_id(
    frozen, mail_server, run, moment: str, mails: int
) -> None:
    desk = frozen(mail=mail_table(mail_server, "reader@example.org"))
    assert run(desk, DIE_WHILE_SENDING, moment).wait(30) == -signal.SIGKILL
    assert states(desk)["mail reader@example.org"] == "claimed"
    assert len(mail_server.mails) == mails - 1
    desk.deliver()  # at the same instant: nobody waits for the dead
    assert states(desk)["mail reader@example.org"] == "sent"
    assert desk.deliver(desk.began + LEASE + MINUTE) == ()
    assert message_ids(mail_server) == [desk.outbox()["mail reader@example.org"].message_id] * mails


def test_the_claim_of_a_living_process_is_left_to_it_and_taken_over_at_its_death(frozen, mail_server, run) -> None:
    desk = frozen(mail=mail_table(mail_server, "reader@example.org"))
    claimant = run(desk, CLAIM_AND_WAIT)
    assert claimant.stdout.readline() == "claimed\n"
    desk.deliver()
    assert states(desk) == {"file": "sent", "mail reader@example.org": "claimed"}
    claimant.kill()
    claimant.wait(30)
    desk.deliver()
    assert states(desk)["mail reader@example.org"] == "sent"


def test_a_claim_on_another_host_is_taken_over_after_its_lease(frozen, mail_server, now: datetime) -> None:
    desk = frozen(mail=mail_table(mail_server, "reader@example.org"))
    desk.store.claim_delivery("mail", "another-host/1/0a0a0a0a", now)
    desk.deliver(now + LEASE)
    assert mail_server.mails == []
    desk.deliver(now + LEASE + MINUTE)
    assert len(mail_server.mails) == 1
    assert states(desk)["mail reader@example.org"] == "sent"


def test_processes_that_deliver_at_once_send_each_mail_once(frozen, mail_server, run) -> None:
    readers = [f"reader{number}@example.org" for number in range(8)]
    desk = frozen(mail=mail_table(mail_server, *readers))
    processes = [run(desk, DELIVER_ON_COMMAND) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    tried = sum(int(process.communicate(timeout=60)[0]) for process in processes)
    assert tried == len(readers) + 1  # and the file channel
    assert sorted(mail.recipients[0] for mail in mail_server.mails) == readers
    assert set(states(desk).values()) == {"sent"}


# -- on purpose -------------------------------------------------------------------------------------------------------


def test_a_resend_is_a_delivery_of_its_own_and_says_so(frozen, mail_server, now: datetime) -> None:
    desk = frozen(mail=mail_table(mail_server, "reader@example.org"))
    desk.deliver()
    first = desk.outbox()["mail reader@example.org"]

    def renamed(one: Delivery) -> str:
        sender = desk.setup.config.channels["mail"].sender
        return message_id(desk.store.database_id(), one.audience, one.period_key, one.recipient, sender, f"of {one.id}")

    again = desk.store.resend(first.id, renamed, now + MINUTE)
    assert (again.resend_of, again.recipient, again.state) == (first.id, first.recipient, DeliveryState.PENDING)
    assert desk.deliver(now) == ()
    desk.deliver(now + MINUTE)
    assert desk.deliver(now + 2 * MINUTE) == ()
    one, two = (message_from_bytes(mail.data, policy=default) for mail in mail_server.mails)
    assert one["Message-ID"] != two["Message-ID"]
    assert two["Subject"] == "（重发）" + one["Subject"]
    assert [part.get_content() for part in one.iter_parts()] == [part.get_content() for part in two.iter_parts()]
    assert [delivery.state.value for delivery in desk.store.deliveries()] == ["sent"] * 3
