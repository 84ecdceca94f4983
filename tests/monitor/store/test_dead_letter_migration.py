"""The alerts' table is made anew to carry dead letters: of an older database nothing in it may be lost or come undone."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils.db import Database

from monitor.announcing import Target
from monitor.health.conditions import AlertKind, Health, State
from monitor.store import Store
from monitor.store.dead_letter_schema import migrations
from monitor.store.schema import APPLICATION_ID

NOW = datetime(2025, 7, 21, tzinfo=UTC)
OLDER_DATA = """
INSERT INTO sources (id, name, url, title, created_at)
VALUES (7, 'zj', 'http://zj', '湛江', '2025-07-01T00:00:00+00:00');
INSERT INTO audiences (id, name, created_at) VALUES (3, 'everyone', '2025-07-01T00:00:00+00:00');
INSERT INTO digests (id, audience_id, period, period_start, period_end, due_at, frozen_at, content) VALUES
    (11, 3, '2025-W27', '2025-06-30', '2025-07-07', '2025-07-07T00:00:00+00:00', '2025-07-07T00:00:00+00:00', '{}');
INSERT INTO alerts (id, source_id, at, kind, state, symptom, detail, since, crawls, reason) VALUES
    (4, 7, '2025-07-02T00:00:00+00:00', 'trouble', 'broken', 'empty', 'x', '2025-07-01T00:00:00+00:00', 3, 'why'),
    (9, 7, '2025-07-03T00:00:00+00:00', 'recovery', 'healthy', NULL, '', NULL, 1, 'why');
INSERT INTO deliveries (id, digest_id, alert_id, channel, recipient, number, message_id, state, attempts,
    next_attempt_at, given_up_at, resend_of) VALUES
    (20, 11, NULL, 'mail', 'a@x.cn', 0, '<1@x>', 'pending', 1, '2025-07-07T00:00:00+00:00', '2025-07-07T00:00:00+00:00',
        NULL),
    (21, NULL, 4, 'mail', 'o@x.cn', 0, '<2@x>', 'sent', 1, '2025-07-02T00:00:00+00:00', NULL, NULL),
    (22, NULL, 4, 'mail', 'o@x.cn', 1, '<3@x>', 'sent', 1, '2025-07-02T00:00:00+00:00', NULL, 21),
    (23, NULL, 9, 'mail', 'o@x.cn', 0, '<4@x>', 'pending', 0, '2025-07-03T00:00:00+00:00', NULL, NULL);
"""


@pytest.fixture
def older(database: Path) -> Path:
    """A database as the migrations before left it, with alerts, their deliveries, and a delivery that has failed."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA user_version = 6")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m007_dead_letters")
        conn.executescript(OLDER_DATA)
    return database


def test_alerts_and_their_deliveries_are_kept_as_they_were(older: Path) -> None:
    with closing(sqlite3.connect(older)) as conn:
        alerts = conn.execute(
            "SELECT id, source_id, at, kind, state, symptom, detail, since, crawls FROM alerts"
        ).fetchall()
        deliveries = conn.execute("SELECT * FROM deliveries").fetchall()
    with Store(older) as store:
        assert [(one.id, one.kind, one.reason) for one in store.alerts()] == [
            (9, AlertKind.RECOVERY, "why"),
            (4, AlertKind.TROUBLE, "why"),
        ]
        assert store._rows("PRAGMA foreign_key_check") == []
        assert store.integrity_problem() is None
    with closing(sqlite3.connect(older)) as conn:
        found = conn.execute(
            "SELECT id, source_id, at, kind, state, symptom, detail, since, crawls FROM alerts"
        ).fetchall()
        assert found == alerts
        assert [row[:-1] for row in conn.execute("SELECT * FROM deliveries")] == deliveries
        assert not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'old_alerts'").fetchall()
    assert older.with_name("zhaoshang.db.before-m007_dead_letters").exists()


def test_what_was_open_goes_on_and_what_refers_to_alerts_still_must(older: Path) -> None:
    with Store(older) as store:
        claimed = store.claim_delivery("mail", "me", NOW)
        assert claimed is not None
        assert (claimed.id, claimed.alert_id, claimed.split_of) == (23, 9, None)
        health = Health(State.BROKEN, None, NOW - timedelta(days=1), 3)
        alert = store.record_alert("zj", AlertKind.TROUBLE, health, "", [Target("mail", "o@x.cn", "")], NOW, after=9)
        assert alert is not None
        assert alert.id == 10
    with closing(sqlite3.connect(older, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys = ON")
        for statement in (
            "DELETE FROM alerts WHERE id = 4",  # told in deliveries
            "INSERT INTO alerts (source_id, at, kind, state) VALUES (99, '', 'trouble', 'broken')",
            "INSERT INTO alerts (source_id, at, kind, state) VALUES (7, '', 'dead-letter', 'broken')",
            "INSERT INTO alerts (delivery_id, at, kind) VALUES (99, '', 'dead-letter')",
            "INSERT INTO alerts (delivery_id, at, kind) VALUES (20, '', 'trouble')",
            "INSERT INTO alerts (at, kind, state) VALUES ('', 'trouble', 'broken')",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                conn.execute(statement)
        letter = "INSERT INTO alerts (delivery_id, at, kind) VALUES (20, '', 'dead-letter')"
        conn.execute(letter)
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute(letter)
