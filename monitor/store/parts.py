"""The parts of deliveries: cuts are kept, and which of them a channel took; cutting and sending are done elsewhere."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.announcing import Delivery, DeliveryPart
from monitor.store import rows
from monitor.store.connection import Connection


class PartTables(Connection):
    """Use cases around `delivery_parts`."""

    def delivery_parts(
        self, delivery: Delivery, made_for: str, cut: Callable[[], Sequence[str]]
    ) -> tuple[DeliveryPart, ...]:
        """The parts of a delivery, cut at its first try and kept as they are for all later ones.

        Parts that were made for another kind of channel, which the name meant before, are cut anew: this one has taken
        none of them.
        """
        with self._write() as conn:
            found = self._parts(delivery.id)
            if found and found[0]["made_for"] == made_for:
                return tuple(rows.delivery_part(row, len(found)) for row in found)
            conn.execute("DELETE FROM delivery_parts WHERE delivery_id = ?", [delivery.id])
            conn.executemany(
                "INSERT INTO delivery_parts (delivery_id, number, made_for, content) VALUES (?, ?, ?, ?)",
                [[delivery.id, number, made_for, content] for number, content in enumerate(cut(), start=1)],
            )
            found = self._parts(delivery.id)
            return tuple(rows.delivery_part(row, len(found)) for row in found)

    def begin_part(self, delivery: Delivery, number: int, now: datetime) -> bool:
        """Note that a part is being handed over, which renews the claim; False when the claim is not ours any more."""
        with self._write() as conn:
            ours = conn.execute(
                "UPDATE deliveries SET claimed_at = ? WHERE id = ? AND state = 'claimed' AND claimed_by = ?",
                [rows.instant(now), delivery.id, delivery.claimed_by],
            ).rowcount
            if ours:
                conn.execute(
                    "UPDATE delivery_parts SET begun_at = ? WHERE delivery_id = ? AND number = ?",
                    [rows.instant(now), delivery.id, number],
                )
            return bool(ours)

    def mark_part_accepted(self, delivery: Delivery, number: int, now: datetime) -> None:
        """The channel took it; no later try sends it again."""
        with self._write() as conn:
            conn.execute(
                "UPDATE delivery_parts SET accepted_at = ? WHERE delivery_id = ? AND number = ?",
                [rows.instant(now), delivery.id, number],
            )

    def _parts(self, delivery_id: int) -> list[sqlite3.Row]:
        return self._rows("SELECT * FROM delivery_parts WHERE delivery_id = ? ORDER BY number", delivery_id)
