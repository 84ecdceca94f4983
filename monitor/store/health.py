"""What the ledger remembers of sources, as monitor.health judges them by; how they are, nobody decides here."""

import re
import sqlite3
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from monitor.health.conditions import CrawlRecord, SourceRecord, Symptom, Trouble
from monitor.store import rows
from monitor.store.connection import Connection

_CRAWLS = "SELECT crawls.* FROM crawls JOIN sources ON sources.id = source_id AND crawls.url = sources.url"
_FIGURES = 30  # readings that make a habit; of a listing that seldom changes they lie far back
_FAILURES = 1_000  # since the last completed crawl, at most: at one a day, the failures of years
_DAYS = 60  # with posts: a source's pace

# What crawls ended by before they had symptoms.
_OLD_REASONS = (
    (r"shutdown", Symptom.STOPPED),
    (r"died", Symptom.DIED),
    (r"took longer than (.+)", Symptom.OVERRAN),
    (r"the crawl did not start: (.+)", Symptom.NOT_STARTED),
    (r"the database failed", Symptom.DATABASE),
)


class HealthTables(Connection):
    """Use cases around the health of sources."""

    def source_records(
        self,
        turns: Mapping[str, timedelta],
        paused: Collection[str],
        zone: ZoneInfo,
        is_alive: Callable[[int], bool],
        limit: int = 60,
    ) -> tuple[SourceRecord, ...]:
        """What is remembered of each source in `turns` that is known, in that order.

        `turns` gives the time between two crawls of each, `paused` the names of those that are not crawled for now.
        `is_alive` says whether a process still runs. Besides the `limit` latest crawls these are all since the last
        completed one, and those whose figures make the source's habit.
        """
        with self._read():
            known = {row["name"]: row for row in self._rows("SELECT * FROM sources")}
            return tuple(
                self._source_record(known[name], turn, name in paused, zone, is_alive, limit)
                for name, turn in turns.items()
                if name in known
            )

    def recent_crawls(self, name: str, limit: int, is_alive: Callable[[int], bool]) -> tuple[CrawlRecord, ...]:
        """The latest crawls of a source, newest first, those of other addresses included."""
        found = self._rows(
            "SELECT crawls.* FROM crawls WHERE source_id = (SELECT id FROM sources WHERE name = ?)"
            " ORDER BY id DESC LIMIT ?",
            name,
            limit,
        )
        return tuple(_crawl_record(row, is_alive) for row in found)

    def count_posts(self, name: str, since: date) -> int:
        """How many posts of a source are dated `since` or later."""
        found = self._rows(
            "SELECT COUNT(*) AS posts FROM posts WHERE source_id = (SELECT id FROM sources WHERE name = ?)"
            " AND effective_on >= ?",
            name,
            since.isoformat(),
        )
        return int(found[0]["posts"])

    def failures_in_a_row(self) -> Mapping[str, int]:
        """By source, how many crawls failed since the last completed one; one that was told to end is none of them."""
        found = self._rows(
            "SELECT sources.name, COUNT(*) AS failures FROM sources JOIN crawls ON source_id = sources.id"
            " AND crawls.url = sources.url AND crawls.id > COALESCE((SELECT id FROM crawls AS good"
            " WHERE good.source_id = sources.id AND good.url = sources.url AND good.completed"
            " ORDER BY id DESC LIMIT 1), 0)"
            " WHERE finished_at IS NOT NULL AND COALESCE(symptom, reason) NOT IN ('stopped', 'shutdown')"
            " GROUP BY sources.id"
        )
        return {row["name"]: row["failures"] for row in found}

    def _source_record(
        self,
        source: sqlite3.Row,
        turn: timedelta,
        paused: bool,
        zone: ZoneInfo,
        is_alive: Callable[[int], bool],
        limit: int,
    ) -> SourceRecord:
        crawls = self._crawls_of(source["id"], limit)
        days = self._rows(
            "SELECT DISTINCT effective_on FROM posts WHERE source_id = ? ORDER BY effective_on DESC LIMIT ?",
            source["id"],
            _DAYS,
        )
        created = source["created_at"]
        if not crawls:
            # A source with a new address is as a source that was added when the old one was last crawled.
            others = self._rows(
                "SELECT started_at FROM crawls WHERE source_id = ? ORDER BY id DESC LIMIT 1", source["id"]
            )
            created = others[0]["started_at"] if others else created
        return SourceRecord(
            name=source["name"],
            created_at=rows.read_instant(created),
            paused=paused,
            turn=turn,
            crawls=tuple(_crawl_record(row, is_alive) for row in crawls),
            posted_on=tuple(date.fromisoformat(row["effective_on"]) for row in days),
            zone=zone,
        )

    def _crawls_of(self, source_id: int, limit: int) -> list[sqlite3.Row]:
        """Newest first. What lies further back is asked for only where it can matter."""
        newest_first = "ORDER BY crawls.id DESC LIMIT ?"
        found = self._rows(f"{_CRAWLS} WHERE source_id = ? {newest_first}", source_id, limit)
        if len(found) < limit:
            return found
        if not any(row["completed"] for row in found):
            good = self._rows(f"{_CRAWLS} WHERE source_id = ? AND completed {newest_first}", source_id, 1)
            found = self._rows(
                f"{_CRAWLS} WHERE source_id = ? AND crawls.id > ? {newest_first}",
                source_id,
                good[0]["id"] if good else 0,
                _FAILURES,
            )
        missing = _FIGURES - sum(bool(row["completed"]) and row["records"] is not None for row in found)
        if missing > 0:
            found += self._rows(
                f"{_CRAWLS} WHERE source_id = ? AND records IS NOT NULL AND completed AND crawls.id < ? {newest_first}",
                source_id,
                found[-1]["id"],
                missing,
            )
        return found


def _crawl_record(row: sqlite3.Row, is_alive: Callable[[int], bool]) -> CrawlRecord:
    finished_at = rows.read_instant_or_none(row["finished_at"])
    return CrawlRecord(
        id=row["id"],
        started_at=rows.read_instant(row["started_at"]),
        finished_at=finished_at,
        alive=finished_at is None and is_alive(row["pid"]),
        completed=bool(row["completed"]),
        reason=row["reason"] or "",
        trouble=_trouble(row),
        new=row["new"],
        figures=rows.read_figures(row),
        layout_changed=bool(row["layout_changed"]),
        visited=row["visited"],
        gone=row["gone"],
    )


def _trouble(row: sqlite3.Row) -> Trouble | None:
    """What ended a crawl; of one from before there were symptoms, as far as its words tell."""
    known = rows.read_trouble(row)
    if known is not None or row["completed"] or row["finished_at"] is None:
        return known
    reason = row["reason"] or ""
    for pattern, symptom in _OLD_REASONS:
        if (found := re.fullmatch(pattern, reason)) is not None:
            return Trouble(symptom, *found.groups())
    return Trouble(Symptom.OTHER, reason)
