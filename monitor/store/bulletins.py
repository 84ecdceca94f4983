"""The alerts of alert rules: each is a digest of its own stream, with its entries and deliveries in one transaction.

A rule is stored as one more row of `audiences`, so that what it told is remembered as any audience's is, and apart
from theirs. What it passes over without a word is noted under one row a day, which nobody is sent.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from monitor.announcing import Audience, Composition, DigestMaterial, FrozenDigest, Period
from monitor.models import Post
from monitor.periods import day_of, local_date
from monitor.store import rows
from monitor.store.digests import DigestTables


@dataclass(frozen=True, slots=True)
class Window:
    """Which posts may be alerted: dated from `since` on, of sources that no crawl begun after `busy_since` still reads.

    A crawl that is on its way will find more: its posts go out together when it has ended.
    """

    since: date
    busy_since: datetime


class BulletinTables(DigestTables):
    """Use cases around the streams of alert rules."""

    def freeze_bulletin(
        self,
        rule: str,
        *,
        now: datetime,
        zone: ZoneInfo,
        window: Window,
        compose: Callable[[DigestMaterial, int], Composition],
    ) -> FrozenDigest | None:
        """Freeze an alert of what the rule has not judged yet; None where there is nothing, or nothing to say of it.

        `compose` is told how many stories the rule alerted today; it is called inside the transaction, as that of
        `freeze_digest`. What it records without a target is noted and told to nobody.
        """
        with self._read():
            who = self._rule(rule)
            if who is None or not self._unjudged(who, window):
                return None
        with self._write() as conn:
            posts = self._unjudged(who, window)
            if not posts:
                return None
            today = local_date(now, zone)
            key = f"{now.astimezone(zone):%Y-%m-%dT%H%M%S}"
            while self._frozen(who.id, key) is not None:
                key += "+"
            period = Period(key, "alert", window.since, day_of(today).end)
            composition = compose(self._bulletin_material(who, period, posts), self._alerted_on(who, today, zone))
            if not composition.targets:
                ledger = self._ledger(conn, who, today, now, composition.content)
                self._note_entries(conn, ledger, who, composition.entries)
                return None
            digest_id = self._insert_digest(conn, who, period, now, now, composition)
            self._queue(conn, digest_id, composition.targets, now)
            return self.digest(digest_id)

    def bulletin(self, rule: str, key: str | None = None) -> FrozenDigest | None:
        """An alert of a rule by its key, or its latest; None when there is none. What it only noted is no alert."""
        found = self._rows(
            "SELECT digests.id FROM digests JOIN audiences ON audiences.id = audience_id"
            " WHERE audiences.name = ?1 AND period GLOB '????-??-??T*' AND (?2 IS NULL OR period = ?2)"
            " ORDER BY digests.id DESC LIMIT 1",
            rule,
            key,
        )
        return self.digest(found[0]["id"]) if found else None

    def _rule(self, name: str) -> Audience | None:
        found = self._rows("SELECT * FROM audiences WHERE name = ?", name)
        return rows.audience(found[0]) if found else None

    def _unjudged(self, who: Audience, window: Window) -> tuple[Post, ...]:
        """Posts that were first seen after the rule was made, by crawls that have ended, and that it has not judged.

        Or whose text has changed since it passed them over.
        """
        found = self._rows(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.effective_on >= ?1 AND posts.first_seen_at >= ?2"
            " AND posts.replayed = 0 AND posts.baseline = 0 AND posts.status = 'complete'"
            " AND posts.grouped = posts.revision"
            " AND NOT EXISTS (SELECT 1 FROM digest_entries WHERE audience_id = ?3 AND post_id = posts.id"
            " AND NOT (kind = 'filtered' AND EXISTS"
            " (SELECT 1 FROM untold WHERE untold.audience_id = ?3 AND untold.post_id = posts.id)))"
            " AND NOT EXISTS (SELECT 1 FROM crawls WHERE crawls.source_id = posts.source_id AND finished_at IS NULL"
            " AND started_at >= ?4) ORDER BY posts.effective_on DESC, posts.id",
            window.since.isoformat(),
            rows.instant(who.created_at),
            who.id,
            rows.instant(window.busy_since),
        )
        return tuple(rows.post(row) for row in found)

    def _bulletin_material(self, who: Audience, period: Period, posts: tuple[Post, ...]) -> DigestMaterial:
        storytelling = self._storytelling(who, posts)
        return DigestMaterial(
            audience=who,
            period=period,
            posts=posts,
            announced_groups=self._announced_groups(who, posts),
            off_label=(),
            sources=(),
            stories=storytelling.stories,
            told_stories=frozenset(storytelling.told_in),
            told_in=storytelling.told_in,
            linked=storytelling.linked,
            passed_over=self._passed_over(who, posts, first=1),
        )

    def _alerted_on(self, who: Audience, day: date, zone: ZoneInfo) -> int:
        """How many stories the rule alerted on a day."""
        start = datetime.combine(day, time(), zone)
        end = datetime.combine(day_of(day).end, time(), zone)
        (row,) = self._rows(
            "SELECT COUNT(*) AS told FROM digests JOIN digest_entries ON digest_id = digests.id AND kind = 'new'"
            " WHERE digests.audience_id = ? AND frozen_at >= ? AND frozen_at < ?",
            who.id,
            rows.instant(start),
            rows.instant(end),
        )
        return int(row["told"])

    def _ledger(self, conn: sqlite3.Connection, who: Audience, day: date, now: datetime, content: str) -> int:
        """The row under which is noted what the rule passed over on a day."""
        known = self._frozen(who.id, day.isoformat())
        if known is not None:
            return known.id
        nothing = Composition(content, (), (), held_back=None)
        return self._insert_digest(conn, who, day_of(day), now, now, nothing)
