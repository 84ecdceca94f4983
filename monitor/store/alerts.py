"""What the operator was told of sources; an alert and its deliveries are written in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from monitor.announcing import Target
from monitor.health.conditions import Alert, AlertKind, Health
from monitor.store import rows
from monitor.store.connection import Connection

_ALERTS = "SELECT alerts.*, sources.name AS source, sources.title FROM alerts JOIN sources ON sources.id = source_id"


class AlertTables(Connection):
    """Use cases around `alerts`."""

    def record_alert(
        self,
        source: str,
        kind: AlertKind,
        health: Health,
        reason: str,
        targets: Sequence[Target],
        now: datetime,
        *,
        after: int | None,
    ) -> Alert | None:
        """Record an alert and queue it for `targets`; None when it is not to be told after all.

        `after` is the id of the source's last alert, on which the decision was based (None: there was none). Where
        another process has recorded one since then, or the source is not known any more, nothing is recorded.
        """
        with self._write() as conn:
            known = conn.execute(
                "SELECT sources.id, MAX(alerts.id) AS last FROM sources LEFT JOIN alerts ON source_id = sources.id"
                " WHERE sources.name = ? GROUP BY sources.id",
                [source],
            ).fetchone()
            if known is None or known["last"] != after:
                return None
            trouble = health.trouble
            cursor = conn.execute(
                "INSERT INTO alerts (source_id, at, kind, state, symptom, detail, since, crawls, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    known["id"],
                    rows.instant(now),
                    kind.value,
                    health.state.value,
                    trouble.symptom.value if trouble else None,
                    trouble.detail[:500] if trouble else "",
                    rows.instant(health.since) if health.since else None,
                    health.crawls,
                    reason[:500],
                ],
            )
            alert_id = int(cursor.lastrowid or 0)
            conn.executemany(
                "INSERT INTO deliveries (alert_id, channel, recipient, message_id, state, next_attempt_at)"
                " VALUES (?, ?, ?, ?, 'pending', ?)",
                [[alert_id, to.channel, to.recipient, to.message_id, rows.instant(now)] for to in targets],
            )
            return self.alert(alert_id)

    def alert(self, alert_id: int) -> Alert:
        """An alert by its id."""
        return rows.alert(self._rows(f"{_ALERTS} WHERE alerts.id = ?", alert_id)[0])

    def last_alerts(self) -> dict[str, Alert]:
        """The last alert of every source that has one, by the source's name."""
        found = self._rows(f"{_ALERTS} WHERE alerts.id IN (SELECT MAX(id) FROM alerts GROUP BY source_id)")
        return {row["source"]: rows.alert(row) for row in found}

    def alerts(self, limit: int = 50) -> tuple[Alert, ...]:
        """The latest alerts, newest first."""
        return tuple(rows.alert(row) for row in self._rows(f"{_ALERTS} ORDER BY alerts.id DESC LIMIT ?", limit))
