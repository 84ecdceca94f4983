"""Reads what became of posts that an audience knows and has not been told of, and remembers the telling."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from monitor.announcing import Audience, Period
from monitor.changes import wording_of
from monitor.history import EventKind, PostEvent, Wording
from monitor.models import ChangedPost, Post
from monitor.store import rows
from monitor.store.connection import Connection

# Of a crawl that still runs nobody knows yet whether its events are to be told.
_EVENTS = (
    "SELECT post_events.* FROM post_events JOIN crawls ON crawls.id = crawl_id"
    " WHERE telling AND crawls.finished_at IS NOT NULL"
)


class ChangeTables(Connection):
    """Reads `post_events` and `revisions` for digests, and writes to `digest_changes`, inside their transactions."""

    def _untold_changes(self, who: Audience, before: datetime | None) -> tuple[ChangedPost, ...]:
        """What happened to posts after the audience was told of them, in the order of happening.

        A post looked in its digest as it was then; so an event counts from the next one on. `before`: only what
        happened before that moment.
        """
        found = self._rows(
            # Most events were told, so that is asked first. `known` because events_until stands behind the content of
            # a digest, and the index that has it is none to look a single digest up in.
            "WITH known AS MATERIALIZED (SELECT id, events_until FROM digests WHERE audience_id = ?1)"
            f" {_EVENTS} AND at < ?2"
            " AND NOT EXISTS (SELECT 1 FROM digest_changes WHERE audience_id = ?1 AND event_id = post_events.id)"
            " AND EXISTS (SELECT 1 FROM digest_entries CROSS JOIN known ON known.id = digest_id"
            " WHERE digest_entries.audience_id = ?1 AND digest_entries.post_id = post_events.post_id"
            f" AND digest_entries.{rows.TOLD} AND post_events.id > known.events_until)"
            " ORDER BY post_events.id",
            who.id,
            rows.instant(before) if before else "9999",
        )
        changed = self._changed((rows.event(row) for row in found), until_now=before is None)
        return tuple(replace(one, told_alike=self._is_told_alike(who, one.post)) for one in changed)

    def _is_told_alike(self, who: Audience, post: Post) -> bool:
        """Whether the audience was told how a copy of the post came to its present wording."""
        found = self._rows(
            # CROSS JOIN fixes the order: a text has few copies, an audience was told of many changes.
            "SELECT EXISTS (SELECT 1 FROM posts CROSS JOIN post_events ON post_id = posts.id AND kind = 'revised'"
            " AND post_events.revision = posts.revision CROSS JOIN digest_changes ON event_id = post_events.id"
            " WHERE fingerprint = ? AND posts.id <> ? AND audience_id = ?)",
            post.fingerprint,
            post.id,
            who.id,
        )
        return bool(found[0][0])

    def _changes_of(self, period: Period, zone: ZoneInfo) -> tuple[ChangedPost, ...]:
        """What happened within a period, told or not."""
        found = self._rows(
            f"{_EVENTS} AND at >= ? AND at < ? ORDER BY post_events.id",
            _midnight(period.start, zone),
            _midnight(period.end, zone),
        )
        return self._changed((rows.event(row) for row in found), until_now=False)

    def _changed(self, events: Iterable[PostEvent], *, until_now: bool) -> tuple[ChangedPost, ...]:
        by_post: dict[int, list[PostEvent]] = defaultdict(list)
        for event in events:
            by_post[event.post_id].append(event)
        return tuple(self._changed_post(post_id, found, until_now) for post_id, found in by_post.items())

    def _changed_post(self, post_id: int, events: Sequence[PostEvent], until_now: bool) -> ChangedPost:
        """A post with its events. Where later ones may have followed, its wording is that of the last of these."""
        (row,) = self._rows(f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id = ?", post_id)
        post = rows.post(row)
        current = wording_of(post)
        revised = [event.revision for event in events if event.kind is EventKind.REVISED]
        if revised and not until_now:
            current = self._wording(post_id, revised[-1]) or current
        known = self._wording(post_id, revised[0] - 1) if revised else None
        return ChangedPost(post, known or current, current, tuple(events))

    def _wording(self, post_id: int, number: int) -> Wording | None:
        found = self._rows("SELECT * FROM revisions WHERE post_id = ? AND number = ?", post_id, number)
        return Wording(found[0]["title"], found[0]["body"], rows.read_day(found[0]["published_on"])) if found else None

    def _events_until(self) -> int:
        return int(self._rows("SELECT COALESCE(MAX(id), 0) AS id FROM post_events")[0]["id"])

    def _note_told(self, conn: sqlite3.Connection, digest_id: int, who: Audience, told: Iterable[ChangedPost]) -> None:
        conn.executemany(
            "INSERT INTO digest_changes (digest_id, audience_id, event_id) VALUES (?, ?, ?)",
            [[digest_id, who.id, event.id] for one in told for event in one.events],
        )


def _midnight(day: date, zone: ZoneInfo) -> str:
    return rows.instant(datetime.combine(day, time(), zone))
