"""Audiences and frozen digests: a digest, its entries and its deliveries are written in one transaction."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.announcing import (
    AnnounceRules,
    Audience,
    Composition,
    DigestMaterial,
    EntryRecord,
    FrozenDigest,
    LastDigest,
    Period,
    Target,
)
from monitor.models import OffLabelEntry, Post
from monitor.periods import local_date
from monitor.store import rows
from monitor.store.changes import ChangeTables
from monitor.store.sources import SourceTables
from monitor.store.storytelling import StorytellingTables
from monitor.store.untold import UntoldTables
from monitor.visits import VisitRules

_DIGESTS = "SELECT digests.*, audiences.name AS audience FROM digests JOIN audiences ON audiences.id = audience_id"


class DigestTables(ChangeTables, SourceTables, StorytellingTables, UntoldTables):
    """Use cases around `audiences`, `digests` and `digest_entries`."""

    def freeze_digest(
        self,
        audience: str,
        period: Period,
        *,
        due_at: datetime,
        now: datetime,
        zone: ZoneInfo,
        rules: AnnounceRules,
        sources: Sequence[str],
        compose: Callable[[DigestMaterial], Composition],
        alert_rules: Sequence[str] = (),
        latest: bool = True,
        visits: VisitRules = VisitRules(),  # noqa: B008 - frozen
        schedule: str | None = None,
    ) -> FrozenDigest:
        """Freeze the digest of `period`, or return the one frozen before.

        `compose` is called inside the transaction that reads its material and records its answer, so two processes
        cannot both announce a post; it must not do anything that lasts. `sources` are the names to report on. Of
        several that are due, only the `latest` tells what happened to known posts after it fell due. What is announced
        is followed from then on, as `visits` says. `alert_rules` are the names of the audience's own: what they told
        is marked, and what they had no room for is told, also where it was passed over before. `schedule` is what it
        fell due by, noted at the audience.
        """
        with self._write() as conn:
            who = rows.audience(conn.execute("SELECT * FROM audiences WHERE name = ?", [audience]).fetchone())
            conn.execute(
                "UPDATE audiences SET last_due_at = ?, schedule = COALESCE(?, schedule) WHERE id = ?",
                [rows.instant(due_at), schedule, who.id],
            )
            known = self._frozen(who.id, period.key)
            if known is not None:
                return known
            material = self._material(who, period, zone, rules, sources, None if latest else due_at, alert_rules)
            composition = compose(material)
            digest_id = self._insert_digest(conn, who, period, due_at, now, composition)
            self._note_told(conn, digest_id, who, composition.changed)
            self._follow_announced(conn, digest_id, now, visits)
            self._queue(conn, digest_id, composition.targets, now)
            return rows.digest(self._rows(f"{_DIGESTS} WHERE digests.id = ?", digest_id)[0], created=True)

    def _queue(self, conn: sqlite3.Connection, digest_id: int, targets: Sequence[Target], now: datetime) -> None:
        conn.executemany(
            "INSERT INTO deliveries (digest_id, channel, recipient, message_id, state, next_attempt_at)"
            " VALUES (?, ?, ?, ?, 'pending', ?)",
            [[digest_id, to.channel, to.recipient, to.message_id, rows.instant(now)] for to in targets],
        )

    def _follow_announced(self, conn: sqlite3.Connection, digest_id: int, now: datetime, visits: VisitRules) -> None:
        """What was announced is looked at again from now on, where it is not yet."""
        conn.execute(
            "UPDATE posts SET visit_from = ?, visit_due_at = ? WHERE status = 'complete' AND visit_due_at IS NULL"
            " AND id IN (SELECT post_id FROM digest_entries WHERE digest_id = ?"
            f" AND {rows.TOLD})",
            [rows.instant(now), rows.instant(now + visits.first), digest_id],
        )

    def told_until(self, audience: str, today: date) -> date | None:
        """The end of the last period that an audience has a digest of; what a clock ahead of time froze is left out."""
        found = self._rows(
            "SELECT MAX(period_end) AS ended FROM digests WHERE period_end <= ?"
            " AND audience_id = (SELECT id FROM audiences WHERE name = ?)",
            today.isoformat(),
            audience,
        )
        return rows.read_day(found[0]["ended"])

    def last_digest(self, audience: str) -> LastDigest | None:
        """The digest of an audience that was frozen last, and when a channel took it last."""
        found = self._rows(
            "SELECT period, frozen_at, held_back, (SELECT MAX(sent_at) FROM deliveries WHERE digest_id = digests.id)"
            " AS sent_at FROM digests WHERE audience_id = (SELECT id FROM audiences WHERE name = ?)"
            " ORDER BY id DESC LIMIT 1",
            audience,
        )
        if not found:
            return None
        row, sent_at = found[0], rows.read_instant_or_none(found[0]["sent_at"])
        return LastDigest(row["period"], rows.read_instant(row["frozen_at"]), row["held_back"] is not None, sent_at)

    def frozen_digest(self, audience: str, period_key: str) -> FrozenDigest | None:
        """The frozen digest of a period, or None when it was never frozen."""
        found = self._rows(f"{_DIGESTS} WHERE audiences.name = ? AND period = ?", audience, period_key)
        return rows.digest(found[0]) if found else None

    def latest_digest(self, audience: str) -> FrozenDigest | None:
        """The frozen digest of the latest period of an audience, or None when there is none."""
        found = self._rows(
            f"{_DIGESTS} WHERE audiences.name = ? ORDER BY period_end DESC, digests.id DESC LIMIT 1", audience
        )
        return rows.digest(found[0]) if found else None

    def digest(self, digest_id: int) -> FrozenDigest:
        """A frozen digest by its id."""
        return rows.digest(self._rows(f"{_DIGESTS} WHERE digests.id = ?", digest_id)[0])

    def preview_material(
        self,
        audience: str,
        period: Period,
        now: datetime,
        sources: Sequence[str],
        zone: ZoneInfo,
        alert_rules: Sequence[str] = (),
    ) -> DigestMaterial:
        """Every post and off-label entry dated in the period, announced or not; changes nothing."""
        with self._read():
            found = self._rows("SELECT * FROM audiences WHERE name = ?", audience)
            who = rows.audience(found[0]) if found else Audience(0, audience, now)
            posts = self._rows(
                f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE effective_on >= ? AND effective_on < ?"
                " ORDER BY effective_on DESC, posts.id",
                period.start.isoformat(),
                period.end.isoformat(),
            )
            off_label = self._rows(
                "SELECT off_label_entries.*, sources.name AS source_name FROM off_label_entries"
                " JOIN sources ON sources.id = source_id WHERE effective_on >= ? AND effective_on < ?"
                " ORDER BY off_label_entries.id",
                period.start.isoformat(),
                period.end.isoformat(),
            )
            told = tuple(rows.post(row) for row in posts)
            changed = self._changes_of(period, zone)
            storytelling = self._storytelling(None, (*told, *(one.post for one in changed)))
            return DigestMaterial(
                audience=who,
                period=period,
                posts=told,
                announced_groups=frozenset(),
                off_label=tuple(rows.off_label(row) for row in off_label),
                sources=self.source_states(sources, since=now - timedelta(days=7)),
                changed=changed,
                stories=storytelling.stories,
                alerts=self._alerts_of(alert_rules, [story.id for story in storytelling.stories]),
                linked=storytelling.linked,
                history=self._history(who, period, before=period.start),
            )

    def _frozen(self, audience_id: int, period_key: str) -> FrozenDigest | None:
        found = self._rows(f"{_DIGESTS} WHERE audience_id = ? AND period = ?", audience_id, period_key)
        return rows.digest(found[0]) if found else None

    def _material(
        self,
        who: Audience,
        period: Period,
        zone: ZoneInfo,
        rules: AnnounceRules,
        sources: Sequence[str],
        changed_before: datetime | None,
        alert_rules: Sequence[str],
    ) -> DigestMaterial:
        posts = self._unannounced_posts(who, period, zone, rules, alert_rules)
        storytelling = self._storytelling(who, posts)
        return DigestMaterial(
            audience=who,
            period=period,
            posts=posts,
            announced_groups=self._announced_groups(who, posts),
            off_label=self._unannounced_off_label(who, period, zone, rules),
            sources=self.source_states(sources, since=self._last_told(who, period, zone)),
            changed=self._untold_changes(who, changed_before),
            missed=self._missed(who),
            stories=storytelling.stories,
            told_stories=frozenset(storytelling.told_in),
            told_in=storytelling.told_in,
            alerts=self._alerts_of(alert_rules, [story.id for story in storytelling.stories]),
            told_as=storytelling.told_as,
            linked=storytelling.linked,
            history=self._history(who, period),
            passed_over=self._passed_over(who, posts),
        )

    def _last_told(self, who: Audience, period: Period, zone: ZoneInfo) -> datetime:
        """When the audience was last told how the sources are; the period's start, when it never was."""
        frozen = rows.read_instant_or_none(
            self._rows("SELECT MAX(frozen_at) AS at FROM digests WHERE audience_id = ?", who.id)[0]["at"]
        )
        return frozen or datetime.combine(period.start, time(), zone)

    def _unannounced_posts(
        self, who: Audience, period: Period, zone: ZoneInfo, rules: AnnounceRules, alert_rules: Sequence[str]
    ) -> tuple[Post, ...]:
        """What the audience has not been told and may be: from before it existed, only its look-back.

        What was found by reading the archive again is no news, and never told. What was passed over is looked at once
        more where one of its `alert_rules` had no room for it.
        """
        looks_back_to = local_date(who.created_at, zone) - timedelta(days=rules.lookback_days)
        self._enter_untold(who, looks_back_to)
        found = self._rows(
            # CROSS JOIN fixes the order: what is not told is little, whatever the archive holds.
            "WITH offered AS (SELECT post_id FROM untold WHERE audience_id = ?5 UNION"
            " SELECT over.post_id FROM digest_entries AS over CROSS JOIN digest_entries AS passed"
            " ON passed.audience_id = ?5 AND passed.post_id = over.post_id AND passed.kind = 'filtered'"
            " JOIN audiences ON audiences.id = over.audience_id"
            " WHERE over.kind = 'overflow' AND audiences.name IN (SELECT value FROM json_each(?6)))"
            f" SELECT {rows.POST_COLUMNS} FROM offered CROSS JOIN {rows.POSTS}"
            " WHERE posts.id = offered.post_id AND posts.effective_on < ?1"
            " AND posts.replayed = 0 AND (posts.status = 'complete' OR posts.attempts >= ?2)"
            " AND NOT (posts.first_seen_at < ?3 AND posts.effective_on < ?4)"
            " ORDER BY posts.effective_on DESC, posts.id",
            period.end.isoformat(),
            rules.pending_failures,
            rows.instant(who.created_at),
            looks_back_to.isoformat(),
            who.id,
            json.dumps(list(alert_rules)),
        )
        return tuple(rows.post(row) for row in found)

    def _announced_groups(self, who: Audience, posts: Sequence[Post]) -> frozenset[int]:
        """Of the groups of copies that `posts` belong to, those with a member that the audience was told."""
        # CROSS JOIN fixes the order: a group has few copies, an audience has been told many thousands of posts.
        told = (
            "SELECT EXISTS (SELECT 1 FROM digest_entries WHERE audience_id = ?1 AND post_id = ?2"
            f" AND {rows.TOLD}) OR EXISTS (SELECT 1 FROM posts CROSS JOIN digest_entries"
            " WHERE posts.copy_of = ?2 AND post_id = posts.id AND audience_id = ?1"
            f" AND {rows.TOLD})"
        )
        groups = {post.copy_of or post.id for post in posts}
        return frozenset(group for group in groups if self._rows(told, who.id, group)[0][0])

    def _unannounced_off_label(
        self, who: Audience, period: Period, zone: ZoneInfo, rules: AnnounceRules
    ) -> tuple[OffLabelEntry, ...]:
        found = self._rows(
            "SELECT off_label_entries.*, sources.name AS source_name FROM off_label_entries"
            " JOIN sources ON sources.id = source_id WHERE effective_on < ?1 AND replayed = 0"
            " AND NOT (off_label_entries.first_seen_at < ?2 AND effective_on < ?3)"
            " AND NOT EXISTS (SELECT 1 FROM digest_entries"
            " WHERE audience_id = ?4 AND off_label_id = off_label_entries.id) ORDER BY off_label_entries.id",
            period.end.isoformat(),
            rows.instant(who.created_at),
            (local_date(who.created_at, zone) - timedelta(days=rules.lookback_days)).isoformat(),
            who.id,
        )
        return tuple(rows.off_label(row) for row in found)

    def _missed(self, who: Audience) -> tuple[str, ...]:
        """The periods held back since the last digest that went to all its channels."""
        found = self._rows(
            "SELECT period FROM digests WHERE audience_id = ?1 AND held_back = 1 AND id > COALESCE("
            "(SELECT MAX(id) FROM digests WHERE audience_id = ?1 AND held_back = 0), 0) ORDER BY period_start",
            who.id,
        )
        return tuple(row["period"] for row in found)

    def _insert_digest(
        self,
        conn: sqlite3.Connection,
        who: Audience,
        period: Period,
        due_at: datetime,
        now: datetime,
        composition: Composition,
    ) -> int:
        cursor = conn.execute(
            "INSERT INTO digests (audience_id, period, period_start, period_end, due_at, frozen_at, content,"
            " held_back, events_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                who.id,
                period.key,
                period.start.isoformat(),
                period.end.isoformat(),
                rows.instant(due_at),
                rows.instant(now),
                composition.content,
                composition.held_back,
                self._events_until(),
            ],
        )
        digest_id = int(cursor.lastrowid or 0)
        self._note_entries(conn, digest_id, who, composition.entries)
        return digest_id

    def _note_entries(
        self, conn: sqlite3.Connection, digest_id: int, who: Audience, entries: Sequence[EntryRecord]
    ) -> None:
        """Note what a digest told. What was passed over and is told after all gives up its old entry for it."""
        conn.executemany(
            "DELETE FROM digest_entries WHERE audience_id = ? AND post_id = ? AND kind = 'filtered'",
            [[who.id, one.post_id] for one in entries if one.post_id is not None],
        )
        conn.executemany(
            "INSERT INTO digest_entries (digest_id, audience_id, kind, post_id, off_label_id) VALUES (?, ?, ?, ?, ?)",
            [[digest_id, who.id, entry.kind.value, entry.post_id, entry.off_label_id] for entry in entries],
        )
