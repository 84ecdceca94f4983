"""Deliveries that failed for good, and that the operator was told of each; what is said of them is others' business."""

from collections.abc import Sequence
from datetime import datetime

from monitor.announcing import DeadLetter, Delivery, Target
from monitor.store import rows
from monitor.store.connection import Connection
from monitor.store.deliveries import DELIVERIES

_UNTOLD = (
    " WHERE given_up_at IS NOT NULL AND digest_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.delivery_id = deliveries.id)"
)


class DeadLetterTables(Connection):
    """Use cases around the alerts of deliveries."""

    def untold_dead_letters(self) -> tuple[Delivery, ...]:
        """The deliveries of digests that failed for good, and of which the operator was not told yet; oldest first.

        Of an alert that failed itself nobody is told by a further alert, or there would be no end.
        """
        return tuple(rows.delivery(row) for row in self._rows(f"{DELIVERIES}{_UNTOLD} ORDER BY deliveries.id"))

    def record_dead_letter(self, delivery_id: int, targets: Sequence[Target], now: datetime) -> DeadLetter | None:
        """Record that the operator is told of a delivery, and queue that for `targets`; None when they were already.

        So too when it was queued again meanwhile.
        """
        with self._write() as conn:
            found = self._rows(f"{DELIVERIES}{_UNTOLD} AND deliveries.id = ?", delivery_id)
            if not found:
                return None
            reason = found[0]["last_error"] or ""
            cursor = conn.execute(
                "INSERT INTO alerts (delivery_id, at, kind, reason) VALUES (?, ?, 'dead-letter', ?)",
                [delivery_id, rows.instant(now), reason],
            )
            alert_id = int(cursor.lastrowid or 0)
            conn.executemany(
                "INSERT INTO deliveries (alert_id, channel, recipient, message_id, state, next_attempt_at)"
                " VALUES (?, ?, ?, ?, 'pending', ?)",
                [[alert_id, to.channel, to.recipient, to.message_id, rows.instant(now)] for to in targets],
            )
            return DeadLetter(alert_id, now, rows.delivery(found[0]), reason)

    def dead_letter(self, alert_id: int) -> DeadLetter | None:
        """What an alert says of a delivery; None when it is one of a source."""
        with self._read():
            alerts = self._rows("SELECT * FROM alerts WHERE id = ? AND delivery_id IS NOT NULL", alert_id)
            if not alerts:
                return None
            (row,) = self._rows(f"{DELIVERIES} WHERE deliveries.id = ?", alerts[0]["delivery_id"])
        return DeadLetter(alert_id, rows.read_instant(alerts[0]["at"]), rows.delivery(row), alerts[0]["reason"])
