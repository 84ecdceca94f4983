"""The outbox: claims deliveries, and records how they ended; sending is done elsewhere, between two transactions."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.announcing import Delivery, Refused
from monitor.errors import UnknownDelivery
from monitor.store import rows
from monitor.store.connection import Connection

DELIVERIES = (
    "SELECT deliveries.*, COALESCE(digests.period, 'alert-' || alert_id) AS period,"
    " COALESCE(audiences.name, 'operator') AS audience FROM deliveries"
    " LEFT JOIN digests ON digests.id = deliveries.digest_id LEFT JOIN audiences ON audiences.id = digests.audience_id"
)


class DeliveryTables(Connection):
    """Use cases around `deliveries`."""

    def due_channels(self, now: datetime) -> tuple[str, ...]:
        """The channels that have something to send now."""
        found = self._rows(
            "SELECT DISTINCT channel FROM deliveries WHERE (state = 'pending' AND given_up_at IS NULL"
            " AND next_attempt_at <= ?1)"
            " OR state = 'claimed' ORDER BY channel",
            rows.instant(now),
        )
        return tuple(row["channel"] for row in found)

    def claim_delivery(
        self,
        channel: str,
        owner: str,
        now: datetime,
        due_by: datetime | None = None,
        after: int = 0,
        hushed: Sequence[str] = (),
    ) -> Delivery | None:
        """Claim the next delivery of a channel that was due by `due_by` (`now` if not given), oldest first.

        `after` is the id of the one before, in a round that tries each but once. Those to the audiences and rules in
        `hushed` wait.
        """
        with self._write() as conn:
            row = conn.execute(
                f"{DELIVERIES} WHERE channel = ? AND state = 'pending' AND given_up_at IS NULL"
                " AND next_attempt_at <= ? AND deliveries.id > ?"
                " AND COALESCE(audiences.name, '') NOT IN (SELECT value FROM json_each(?))"
                " ORDER BY deliveries.id LIMIT 1",
                [channel, rows.instant(due_by or now), after, json.dumps(list(hushed))],
            ).fetchone()
            if row is None:
                return None
            conn.execute(
                "UPDATE deliveries SET state = 'claimed', claimed_by = ?, claimed_at = ?, attempts = attempts + 1"
                " WHERE id = ?",
                [owner, rows.instant(now), row["id"]],
            )
            return rows.delivery(conn.execute(f"{DELIVERIES} WHERE deliveries.id = ?", [row["id"]]).fetchone())

    def claims(self) -> tuple[tuple[Delivery, datetime], ...]:
        """Every open claim with the instant at which it was taken."""
        found = self._rows(f"{DELIVERIES} WHERE state = 'claimed' ORDER BY deliveries.id")
        return tuple((rows.delivery(row), rows.read_instant(row["claimed_at"])) for row in found)

    def release_claim(self, delivery: Delivery, now: datetime) -> None:
        """Give back the claim of a process that is gone; whether its content arrived is unknown."""
        with self._write() as conn:
            conn.execute(
                "UPDATE deliveries SET state = 'pending', claimed_by = NULL, claimed_at = NULL, next_attempt_at = ?,"
                " last_error = 'the sending process died; whether it arrived is unknown'"
                " WHERE id = ? AND state = 'claimed' AND claimed_by = ?",
                [rows.instant(now), delivery.id, delivery.claimed_by],
            )

    def mark_sent(
        self, delivery: Delivery, now: datetime, refused: Sequence[Refused] = (), retry_at: datetime | None = None
    ) -> tuple[Delivery, ...]:
        """The channel took it; of those that it `refused` alone, each becomes a delivery of its own, to be returned.

        Under the same Message-ID, since nobody knows whether an earlier try had reached them. One that was refused for
        good ends as failed, the others are due at `retry_at`. However often this is called, there is one for each.
        """
        with self._write() as conn:
            conn.execute(
                "UPDATE deliveries SET state = 'sent', sent_at = ?, claimed_by = NULL, claimed_at = NULL,"
                " last_error = NULL, given_up_at = NULL WHERE id = ?",
                [rows.instant(now), delivery.id],
            )
            return tuple(self._split_off(delivery, one, now, retry_at or now) for one in refused)

    def _split_off(self, delivery: Delivery, refused: Refused, now: datetime, retry_at: datetime) -> Delivery:
        found = self._rows(
            "SELECT id FROM deliveries WHERE split_of = ? AND recipient = ?", delivery.id, refused.recipient
        )
        if found:
            return self._delivery(found[0]["id"])
        cursor = self._conn.execute(
            "INSERT INTO deliveries (digest_id, alert_id, channel, recipient, number, message_id, state, attempts,"
            " next_attempt_at, last_error, given_up_at, resend_of, split_of)"
            " SELECT digest_id, alert_id, channel, ?1, (SELECT COALESCE(MAX(number) + 1, 0) FROM deliveries AS others"
            " WHERE others.digest_id IS d.digest_id AND others.alert_id IS d.alert_id"
            " AND others.channel = d.channel AND others.recipient = ?1),"
            " message_id, 'pending', 1, ?2, ?3, ?4, resend_of, id FROM deliveries AS d WHERE d.id = ?5",
            [
                refused.recipient,
                rows.instant(retry_at),
                refused.reason[:500],
                rows.instant(now) if refused.permanent else None,
                delivery.id,
            ],
        )
        return self._delivery(int(cursor.lastrowid or 0))

    def mark_failed(
        self, delivery: Delivery, reason: str, next_attempt_at: datetime, given_up_at: datetime | None = None
    ) -> None:
        """The channel did not take it: pending again, later, with the reason; or, given up, never again by itself."""
        with self._write() as conn:
            conn.execute(
                "UPDATE deliveries SET state = 'pending', claimed_by = NULL, claimed_at = NULL, last_error = ?,"
                " next_attempt_at = ?, given_up_at = ? WHERE id = ? AND claimed_by = ?",
                [
                    reason[:500],
                    rows.instant(next_attempt_at),
                    rows.instant(given_up_at) if given_up_at else None,
                    delivery.id,
                    delivery.claimed_by,
                ],
            )

    def resend(self, delivery_id: int, message_id: Callable[[Delivery], str], now: datetime) -> Delivery:
        """Queue one more delivery of the same digest or alert to the same recipient, under a Message-ID of its own.

        One that failed for good, or still waits for its next try, has not been told: it is queued itself, with what is
        left of it. One that is on its way stays as it is.
        Raises UnknownDelivery.
        """
        with self._write() as conn:
            row = conn.execute(f"{DELIVERIES} WHERE deliveries.id = ?", [delivery_id]).fetchone()
            if row is None:
                raise UnknownDelivery(
                    f"there is no delivery {delivery_id}", where=str(self.path), todo="see `zhaoshang deliveries`"
                )
            if row["state"] != "sent":
                conn.execute(
                    "UPDATE deliveries SET attempts = CASE WHEN given_up_at IS NULL THEN attempts ELSE 0 END,"
                    " given_up_at = NULL, next_attempt_at = ?"
                    " WHERE id = ? AND state = 'pending'",
                    [rows.instant(now), delivery_id],
                )
                return self._delivery(delivery_id)
            cursor = conn.execute(
                "INSERT INTO deliveries (digest_id, alert_id, channel, recipient, number, message_id, state,"
                " next_attempt_at, resend_of) SELECT digest_id, alert_id, channel, recipient, (SELECT MAX(number) + 1"
                " FROM deliveries AS others WHERE others.digest_id IS d.digest_id AND others.alert_id IS d.alert_id"
                " AND others.channel = d.channel AND others.recipient = d.recipient), ?1, 'pending', ?2, ?3"
                " FROM deliveries AS d WHERE d.id = ?3",
                [message_id(rows.delivery(row)), rows.instant(now), delivery_id],
            )
            return self._delivery(int(cursor.lastrowid or 0))

    def _delivery(self, delivery_id: int) -> Delivery:
        return rows.delivery(self._rows(f"{DELIVERIES} WHERE deliveries.id = ?", delivery_id)[0])

    def deliveries(self, *, open_only: bool = False, limit: int = 50) -> tuple[Delivery, ...]:
        """The latest deliveries, newest first."""
        found = self._rows(
            f"{DELIVERIES} WHERE (?1 = 0 OR state <> 'sent') ORDER BY deliveries.id DESC LIMIT ?2",
            int(open_only),
            limit,
        )
        return tuple(rows.delivery(row) for row in found)
