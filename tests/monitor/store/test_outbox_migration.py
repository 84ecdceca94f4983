"""The outbox's table is made anew to carry alerts: of an older database nothing in it may be lost or come undone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils.db import Database

from monitor.announcing import DeliveryState, Target
from monitor.health.conditions import AlertKind, Health, State
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID, migrations

OLDER_DATA = """
INSERT INTO sources (id, name, url, title, created_at)
VALUES (7, 'zj', 'http://zj', '湛江', '2025-07-01T00:00:00+00:00');
INSERT INTO audiences (id, name, created_at) VALUES (3, 'everyone', '2025-07-01T00:00:00+00:00');
INSERT INTO digests (id, audience_id, period, period_start, period_end, due_at, frozen_at, content) VALUES
    (11, 3, '2025-W27', '2025-06-30', '2025-07-07', '2025-07-07T00:00:00+00:00', '2025-07-07T00:00:00+00:00', '{}'),
    (12, 3, '2025-W28', '2025-07-07', '2025-07-14', '2025-07-14T00:00:00+00:00', '2025-07-14T00:00:00+00:00', '{}');
INSERT INTO deliveries (id, digest_id, channel, recipient, number, message_id, state, attempts, next_attempt_at,
    claimed_by, claimed_at, sent_at, last_error, resend_of) VALUES
    (20, 11, 'file', '', 0, '', 'sent', 1, '2025-07-07T00:00:00+00:00', NULL, NULL, '2025-07-07T00:00:01+00:00', NULL,
        NULL),
    (21, 11, 'mail', 'a@x.cn', 0, '<1@x>', 'sent', 3, '2025-07-07T00:03:00+00:00', NULL, NULL,
        '2025-07-07T00:03:01+00:00', NULL, NULL),
    (25, 11, 'mail', 'a@x.cn', 1, '<2@x>', 'sent', 1, '2025-07-08T00:00:00+00:00', NULL, NULL,
        '2025-07-08T00:00:01+00:00', NULL, 21),
    (26, 11, 'mail', 'a@x.cn', 2, '<3@x>', 'pending', 4, '2025-07-14T01:00:00+00:00', NULL, NULL, NULL, 'HTTP 503', 25),
    (30, 12, 'mail', 'a@x.cn', 0, '<4@x>', 'claimed', 1, '2025-07-14T00:00:00+00:00', 'elsewhere/1/x',
        '2025-07-14T00:00:00+00:00', NULL, NULL, NULL);
"""
COLUMNS = (
    "id, digest_id, channel, recipient, number, message_id, state, attempts, next_attempt_at, claimed_by, claimed_at,"
    " sent_at, last_error, resend_of"
)
NOW = datetime(2025, 7, 21, tzinfo=UTC)


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys = ON")
        yield conn


def outbox(path: Path) -> list[tuple[object, ...]]:
    with raw(path) as conn:
        return conn.execute(f"SELECT {COLUMNS} FROM deliveries ORDER BY id").fetchall()


@pytest.fixture
def older(database: Path) -> Path:
    """A database as the first three migrations left it, with digests, deliveries, and resends of resends."""
    with raw(database) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA user_version = 3")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m004_changes")
        conn.executescript(OLDER_DATA)
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("UPDATE deliveries SET digest_id = NULL")
    return database


def test_every_delivery_is_kept_as_it_was(older: Path) -> None:
    before = outbox(older)
    assert len(before) == 5
    with Store(older) as store:
        assert [one.id for one in store.deliveries()] == [30, 26, 25, 21, 20]
        assert {one.alert_id for one in store.deliveries()} == {None}
        assert {one.audience for one in store.deliveries()} == {"everyone"}
    assert outbox(older) == before
    with raw(older) as conn:
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (sql,) = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'deliveries'").fetchone()
        assert "new_deliveries" not in sql
    assert older.with_name("zhaoshang.db.before-m004_changes").exists()


def test_its_keys_still_hold(older: Path) -> None:
    Store(older).close()
    insert = (
        "INSERT INTO deliveries (digest_id, alert_id, channel, recipient, number, message_id, state, next_attempt_at,"
        " resend_of) VALUES ({}, 'mail', 'a@x.cn', {}, '', 'pending', '', {})"
    )
    with raw(older) as conn:
        for digest_and_alert, number, resend_of in (
            ("11, NULL", 0, "NULL"),  # that one is there already
            ("99, NULL", 0, "NULL"),  # no such digest
            ("NULL, 99", 0, "NULL"),  # no such alert
            ("11, NULL", 3, "99"),  # no such delivery
            ("NULL, NULL", 0, "NULL"),  # of nothing
        ):
            with pytest.raises(sqlite3.IntegrityError):
                conn.execute(insert.format(digest_and_alert, number, resend_of))
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("DELETE FROM deliveries WHERE id = 21")  # 25 is a resend of it
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("DELETE FROM digests WHERE id = 12")


def test_what_was_open_goes_on(older: Path) -> None:
    with Store(older) as store:
        ((claimed, _),) = store.claims()
        store.release_claim(claimed, NOW)
        for expected in (26, 30):
            delivery = store.claim_delivery("mail", "me", NOW)
            assert delivery is not None
            assert delivery.id == expected
            store.mark_sent(delivery, NOW)
        again = store.resend(25, lambda _: "<5@x>", NOW)
        assert (again.digest_id, again.resend_of, again.state) == (11, 25, DeliveryState.PENDING)
        target = Target("mail", "a@x.cn", "<6@x>")
        health = Health(State.BROKEN, None, NOW - timedelta(days=1), 3)
        alert = store.record_alert("zj", AlertKind.TROUBLE, health, "", [target], NOW, after=None)
        assert alert is not None
        assert [(one.id, one.period_key) for one in store.deliveries(limit=2)] == [
            (again.id + 1, f"alert-{alert.id}"),
            (again.id, "2025-W27"),
        ]
