"""The parts of a delivery: cut once, and what was taken stays taken, whoever goes on with the rest."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.db import Database

from monitor.announcing import Composition, Delivery, DeliveryState, Target
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID
from monitor.store.schema_parts import migrations

MINUTE = timedelta(minutes=1)


@pytest.fixture
def claimed(freezer: Any, store: Store, now: datetime) -> Delivery:
    """The one delivery of a digest, claimed."""
    freezer.freeze("2025-W29", compose=lambda _: Composition("", (), (Target("chat", "", "k"),)))
    delivery = store.claim_delivery("chat", "me", now)
    assert delivery is not None
    return delivery


def cut(*texts: str) -> Callable[[], Sequence[str]]:
    return lambda: texts


def test_parts_are_cut_at_the_first_try_and_stay_as_they_are(claimed: Delivery, store: Store) -> None:
    parts = store.delivery_parts(claimed, "wecom", cut("一", "二", "三"))
    assert [(part.number, part.count, part.content) for part in parts] == [(1, 3, "一"), (2, 3, "二"), (3, 3, "三")]
    assert {(part.begun_at, part.accepted_at) for part in parts} == {(None, None)}
    assert store.delivery_parts(claimed, "wecom", cut("otherwise")) == parts


def test_what_was_taken_is_known_to_the_next_try(claimed: Delivery, store: Store, now: datetime) -> None:
    store.delivery_parts(claimed, "wecom", cut("一", "二"))
    assert store.begin_part(claimed, 1, now)
    store.mark_part_accepted(claimed, 1, now + MINUTE)
    assert store.begin_part(claimed, 2, now + MINUTE)
    parts = store.delivery_parts(claimed, "wecom", cut())
    assert [(part.begun_at, part.accepted_at) for part in parts] == [(now, now + MINUTE), (now + MINUTE, None)]


def test_another_kind_of_channel_has_taken_none_of_them(claimed: Delivery, store: Store, now: datetime) -> None:
    store.delivery_parts(claimed, "wecom", cut("一", "二"))
    store.mark_part_accepted(claimed, 1, now)
    (part,) = store.delivery_parts(claimed, "feishu", cut("全文"))
    assert (part.number, part.count, part.content, part.accepted_at) == (1, 1, "全文", None)


def test_each_part_renews_the_claim_and_one_that_was_taken_over_is_left_alone(
    claimed: Delivery, store: Store, now: datetime
) -> None:
    store.delivery_parts(claimed, "wecom", cut("一"))
    assert store.begin_part(claimed, 1, now + MINUTE)
    assert store.claims()[0][1] == now + MINUTE
    store.release_claim(claimed, now + MINUTE)
    assert not store.begin_part(claimed, 1, now + 2 * MINUTE)
    assert store.claim_delivery("chat", "another", now + 2 * MINUTE) is not None
    assert not store.begin_part(claimed, 1, now + 3 * MINUTE)


def test_what_failed_for_good_is_seen_and_not_tried(claimed: Delivery, store: Store, now: datetime) -> None:
    store.mark_failed(claimed, "bad key", now + MINUTE, given_up_at=now)
    (failed,) = store.deliveries(open_only=True)
    assert (failed.state, failed.last_error, failed.attempts) == (DeliveryState.FAILED, "bad key", 1)
    assert store.due_channels(now + 60 * MINUTE) == ()
    assert store.claim_delivery("chat", "me", now + 60 * MINUTE) is None
    assert store.summary().failing_deliveries == 1


def test_a_resend_of_what_failed_for_good_goes_on_with_it(claimed: Delivery, store: Store, now: datetime) -> None:
    store.delivery_parts(claimed, "wecom", cut("一", "二"))
    store.mark_part_accepted(claimed, 1, now)
    store.mark_failed(claimed, "bad key", now + MINUTE, given_up_at=now)
    again = store.resend(claimed.id, lambda _: "new", now + MINUTE)
    assert (again.id, again.state, again.resend_of, again.message_id) == (claimed.id, DeliveryState.PENDING, None, "k")
    assert store.claim_delivery("chat", "me", now + MINUTE) is not None
    assert [part.accepted_at for part in store.delivery_parts(claimed, "wecom", cut())] == [now, None]
    store.mark_sent(claimed, now + MINUTE)
    assert store.resend(claimed.id, lambda _: "new", now + MINUTE).resend_of == claimed.id


@pytest.fixture
def older(database: Path) -> Path:
    """A database as the first four migrations left it, with one delivery that waits."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA user_version = 4")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m005_delivery_parts")
        at = "2025-07-14T00:00:00+00:00"
        conn.execute("INSERT INTO audiences (id, name, created_at) VALUES (1, 'everyone', ?)", [at])
        conn.execute(
            "INSERT INTO digests (id, audience_id, period, period_start, period_end, due_at, frozen_at, content)"
            " VALUES (1, 1, '2025-W28', '2025-07-07', '2025-07-14', ?1, ?1, '{}')",
            [at],
        )
        conn.execute(
            "INSERT INTO deliveries (digest_id, channel, recipient, message_id, state, next_attempt_at)"
            " VALUES (1, 'mail', 'a@x.cn', '<1@x>', 'pending', ?)",
            [at],
        )
    return database


def test_an_older_database_keeps_its_deliveries(older: Path, now: datetime) -> None:
    with Store(older) as store:
        delivery = store.claim_delivery("mail", "me", now)
        assert delivery is not None
        assert (delivery.recipient, delivery.state) == ("a@x.cn", DeliveryState.CLAIMED)
        assert len(store.delivery_parts(delivery, "wecom", cut("一"))) == 1
    assert older.with_name("zhaoshang.db.before-m005_delivery_parts").exists()
