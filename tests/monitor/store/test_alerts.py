"""Alerts in the database: recorded once, whoever decides at the same time, with their deliveries in the same outbox."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import pytest

from monitor.announcing import Composition, Delivery, DeliveryState, Target
from monitor.health.conditions import Alert, AlertKind, Health, State, Symptom, Trouble
from monitor.models import SourceSpec
from monitor.store import Store

MINUTE = timedelta(minutes=1)
TO_TWO = (Target("file", "", ""), Target("mail", "a@x.cn", "<a@test>"))


@pytest.fixture
def unreachable(now: datetime) -> Health:
    return Health(State.UNREACHABLE, Trouble(Symptom.SERVER_ERROR, "HTTP 503"), now - timedelta(days=1), 3)


@pytest.fixture
def record(store: Store, unreachable: Health, now: datetime) -> Callable[..., Alert]:
    """Records an alert of zhanjiang, trouble unless told otherwise."""

    def write(
        after: int | None = None, health: Health = unreachable, kind: AlertKind = AlertKind.TROUBLE, **more: Any
    ) -> Alert:
        source, targets = more.get("source", "zhanjiang"), more.get("targets", TO_TWO)
        alert = store.record_alert(source, kind, health, "HTTP 503", targets, now, after=after)
        assert alert is not None
        return alert

    return write


def claim(store: Store, now: datetime) -> Delivery:
    delivery = store.claim_delivery("mail", "me", now)
    assert delivery is not None
    return delivery


def test_an_alert_reads_back_as_it_was_recorded(store: Store, record, unreachable: Health, now: datetime) -> None:
    alert = record()
    assert alert == Alert(alert.id, "zhanjiang", "湛江", now, AlertKind.TROUBLE, unreachable, "HTTP 503")
    assert store.last_alerts() == {"zhanjiang": alert}
    assert store.alerts() == (alert,)
    well = record(alert.id, Health(State.QUIET), AlertKind.RECOVERY)
    assert well.health == Health(State.QUIET)
    assert store.alert(well.id) == well


def test_the_last_alert_of_each_source_is_what_the_operator_believes(store: Store, record) -> None:
    first = record()
    second = record(first.id, Health(State.HEALTHY), AlertKind.RECOVERY)
    other = record(None, source="guangdong", targets=())
    assert store.last_alerts() == {"zhanjiang": second, "guangdong": other}
    assert store.alerts() == (other, second, first)
    assert store.alerts(limit=1) == (other,)


def test_an_alert_and_its_deliveries_are_one(store: Store, record, now: datetime) -> None:
    alert = record()
    file, mail = reversed(store.deliveries())
    assert (mail.alert_id, mail.digest_id) == (alert.id, None)
    assert (mail.audience, mail.period_key) == ("operator", f"alert-{alert.id}")
    assert (mail.channel, mail.recipient, mail.message_id) == ("mail", "a@x.cn", "<a@test>")
    assert (file.state, file.next_attempt_at) == (DeliveryState.PENDING, now)
    assert store.due_channels(now) == ("file", "mail")


def test_deliveries_that_cannot_be_queued_leave_no_alert_behind(store: Store, record) -> None:
    with pytest.raises(Exception, match="UNIQUE"):
        record(targets=(*TO_TWO, TO_TWO[1]))
    assert store.alerts() == ()
    assert store.deliveries() == ()


@pytest.mark.parametrize("after", [None, 7])
def test_a_decision_that_others_have_overtaken_is_not_recorded(
    store: Store, record, unreachable: Health, now: datetime, after: int | None
) -> None:
    alert = record()
    again = store.record_alert("zhanjiang", AlertKind.TROUBLE, unreachable, "", TO_TWO, now, after=after)
    assert again is None
    assert store.alerts() == (alert,)
    assert len(store.deliveries()) == 2


def test_of_a_source_that_is_not_known_nothing_is_recorded(store: Store, unreachable: Health, now: datetime) -> None:
    assert store.record_alert("nobody", AlertKind.TROUBLE, unreachable, "", TO_TWO, now, after=None) is None
    assert store.deliveries() == ()


def test_a_source_that_is_renamed_keeps_its_alerts(store: Store, record, now: datetime) -> None:
    alert = record()
    store.sync([SourceSpec("zj", "http://zj.example/list/", "湛江市")], [], now)
    (renamed,) = store.last_alerts().values()
    assert (renamed.id, renamed.source, renamed.title) == (alert.id, "zj", "湛江市")


def test_a_long_reason_is_cut(store: Store, unreachable: Health, now: datetime) -> None:
    alert = store.record_alert("zhanjiang", AlertKind.TROUBLE, unreachable, "长" * 2000, (), now, after=None)
    assert alert is not None
    assert len(alert.reason) == 500


def test_digests_and_alerts_share_the_outbox(store: Store, freezer, record, now: datetime) -> None:
    freezer.freeze(compose=lambda _: Composition("", (), (Target("mail", "reader@x.cn", "<d@test>"),)))
    record(targets=(TO_TWO[1],))
    digest, alert = claim(store, now), claim(store, now)
    assert [(one.audience, one.period_key, one.attempts) for one in (digest, alert)] == [
        ("everyone", "2025-W29", 1),
        ("operator", f"alert-{alert.alert_id}", 1),
    ]
    assert (digest.alert_id, alert.digest_id) == (None, None)
    assert store.claims() == ((digest, now), (alert, now))
    store.mark_failed(alert, "550", now + MINUTE)
    store.release_claim(digest, now + MINUTE)
    assert store.deliveries()[0].last_error == "550"
    assert store.claim_delivery("mail", "me", now) is None
    for _ in range(2):
        store.mark_sent(claim(store, now + MINUTE), now + MINUTE)
    assert {(one.state, one.attempts) for one in store.deliveries()} == {(DeliveryState.SENT, 2)}
    assert store.deliveries(open_only=True) == ()


def test_an_alert_is_sent_again_on_purpose_as_often_as_asked(store: Store, record, now: datetime) -> None:
    alert = record(targets=(TO_TWO[1],))
    first = claim(store, now)
    store.mark_sent(first, now)
    again = [store.resend(first.id, lambda one: f"<{one.period_key}@again>", now) for _ in range(2)]
    assert {(one.alert_id, one.digest_id, one.resend_of, one.recipient) for one in again} == {
        (alert.id, None, first.id, "a@x.cn")
    }
    assert again[0].message_id == f"<alert-{alert.id}@again>"


def test_processes_that_decide_the_same_at_once_record_it_once(store: Store, race: Callable[..., list[str]]) -> None:
    """Each says the opposite of the last word; had one not noticed the other's, a word would stand there twice."""
    told = race(
        "from datetime import UTC, datetime\n"
        "from monitor.health.conditions import *\nfrom monitor.announcing import Target\n"
        "now, health = datetime(2025, 7, 21, tzinfo=UTC), Health(State.BROKEN, Trouble(Symptom.NO_ENTRIES), None, 3)\n"
        "targets = [Target('mail', 'a@x.cn', '<a@test>')]\n"
        "with Store(path) as store:\n"
        "    for _ in range(30):\n"
        "        last = store.last_alerts().get('zhanjiang')\n"
        "        kind = AlertKind.RECOVERY if last and last.kind is AlertKind.TROUBLE else AlertKind.TROUBLE\n"
        "        after = last.id if last else None\n"
        "        alert = store.record_alert('zhanjiang', kind, health, '', targets, now, after=after)\n"
        "        print(alert.id if alert else 'overtaken')\n",
    )
    recorded = [line for answer in told for line in answer.split() if line != "overtaken"]
    alerts = store.alerts(limit=100)
    assert sorted(map(int, recorded)) == sorted(one.id for one in alerts)
    assert [one.kind for one in reversed(alerts)] == list(islice(cycle(AlertKind), len(alerts)))
    assert len(store.deliveries(limit=100)) == len(alerts) >= 30
