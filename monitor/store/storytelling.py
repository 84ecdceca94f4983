"""What a digest must know of stories: those of its posts, which of them an audience was told, and the weeks before."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from monitor.announcing import Alerted, Audience, History, Period, WeekCount
from monitor.models import Post
from monitor.periods import week_of
from monitor.store import rows
from monitor.store.stories import StoryTables
from monitor.storied import Story

_WEEKS = 12
# The new events of an audience (1) told by digests from one day (2) to before another (3), by the Monday of their week
# and what is known of their leading posts, of those that are dated before a day (4) if one is given. CROSS JOIN fixes
# the order: a few digests, then their entries; no index beyond the keys makes it faster. The posts are looked at only
# where their day counts: they are long, and many.
_TOLD = """
    SELECT date(CASE
            WHEN digests.period_end <= date(digests.period_start, 'weekday 0', '+1 day') THEN digests.period_start
            ELSE max(digests.period_start, min(date(digests.period_end, '-1 day'),
                (SELECT effective_on FROM posts WHERE id = digest_entries.post_id)))
        END, 'weekday 0', '-6 days') AS week,
        place_code, industry, NULLIF(stage, '其他') AS stage, COUNT(*) AS told
    FROM digests
    CROSS JOIN digest_entries ON digest_entries.digest_id = digests.id AND digest_entries.kind = 'new'
    LEFT JOIN post_facts ON post_facts.post_id = digest_entries.post_id
    WHERE digests.audience_id = ?1 AND digests.period_end > ?2 AND digests.period_start < ?3
        AND (?4 IS NULL OR (SELECT effective_on FROM posts WHERE id = digest_entries.post_id) < ?4)
    GROUP BY 1, 2, 3, 4 HAVING week >= ?2 AND week < ?3
"""


@dataclass(frozen=True, slots=True)
class Storytelling:
    """The part of a digest's material that is about stories, under the names that it has there."""

    stories: tuple[Story, ...] = ()
    linked: tuple[Story, ...] = ()
    told_in: dict[int, str] = field(default_factory=dict)  # story -> period of the digest that told it first
    told_as: dict[int, int] = field(default_factory=dict)  # story -> post that led it in that digest


class StorytellingTables(StoryTables):
    """Reading use cases around stories and `digest_entries`."""

    def _storytelling(self, who: Audience | None, posts: Sequence[Post]) -> Storytelling:
        """The stories of `posts`, what they lead to, and what of them was told; nothing was told to no audience."""
        own = sorted(set(self.stories_of([post.id for post in posts]).values()))
        stories = tuple(self._many(own))
        beyond = {link.story for story in stories for link in story.links} - set(own)
        told = [] if who is None else self._tellings(who, own)
        return Storytelling(
            stories,
            tuple(self._many(sorted(beyond))),
            told_in={row["story_id"]: row["period"] for row in told},
            # Where several stories were told and are one now, it is that which the first of these digests told.
            told_as={row["story_id"]: row["post_id"] for row in told if row["kind"] != "copy"},
        )

    def _tellings(self, who: Audience, stories: Iterable[int]) -> list[sqlite3.Row]:
        """Of the stories, what was told and not only counted, with the period that told it; the first one last."""
        # CROSS JOIN fixes the order: a story has few members, an audience has been told many thousands of posts.
        return self._rows(
            "SELECT story_id, digests.period, digest_entries.post_id, digest_entries.kind"
            " FROM story_members CROSS JOIN digest_entries"
            " ON digest_entries.post_id = story_members.post_id JOIN digests ON digests.id = digest_entries.digest_id"
            " WHERE story_id IN (SELECT value FROM json_each(?)) AND digest_entries.audience_id = ?"
            f" AND digest_entries.{rows.TOLD} ORDER BY digests.id DESC",
            json.dumps(list(stories)),
            who.id,
        )

    def _alerts_of(self, rules: Sequence[str], stories: Iterable[int]) -> dict[int, tuple[Alerted, ...]]:
        """What these rules did with the stories, first of all first; each rule tells a story once."""
        if not rules:
            return {}
        found = self._rows(
            "SELECT story_id, audiences.name AS rule, digest_entries.kind, MIN(digests.frozen_at) AS at"
            " FROM story_members CROSS JOIN digest_entries ON digest_entries.post_id = story_members.post_id"
            " JOIN digests ON digests.id = digest_entries.digest_id"
            " JOIN audiences ON audiences.id = digest_entries.audience_id"
            " WHERE story_id IN (SELECT value FROM json_each(?)) AND audiences.name IN (SELECT value FROM json_each(?))"
            " AND (digest_entries.kind = 'overflow'"
            " OR digest_entries.kind = 'new' AND digests.period GLOB '????-??-??T*')"
            " GROUP BY story_id, rule, digest_entries.kind ORDER BY at",
            json.dumps(list(stories)),
            json.dumps(list(rules)),
        )
        alerts: dict[int, tuple[Alerted, ...]] = {}
        for row in found:
            one = Alerted(row["rule"], rows.read_instant(row["at"]), row["kind"] == "overflow")
            alerts[row["story_id"]] = (*alerts.get(row["story_id"], ()), one)
        return alerts

    def _history(self, who: Audience, period: Period, before: date | None = None) -> History:
        """What was told as new in the twelve weeks up to the end of `period`, by other digests than its own.

        An event counts in the week of the digest that told it, or of its leading post's day where the digest is of
        several weeks. Of posts, only those dated before `before` count: a preview shows the later ones itself.
        """
        last = week_of(period.end - timedelta(days=1))
        first = last.start - timedelta(weeks=_WEEKS - 1)
        began = self._first_told(who, first, before or period.end)
        if began is None:
            return History()
        found = self._rows(_TOLD, who.id, first.isoformat(), period.end.isoformat(), before and before.isoformat())
        return _history_of(found, week_of(max(min(began, period.start), first)), last)

    def _first_told(self, who: Audience, first: date, before: date) -> date | None:
        found = self._rows(
            "SELECT MIN(period_start) AS began FROM digests"
            " WHERE audience_id = ? AND period_end > ? AND period_start < ?",
            who.id,
            first.isoformat(),
            before.isoformat(),
        )
        return rows.read_day(found[0]["began"])


def _history_of(found: Iterable[sqlite3.Row], first: Period, last: Period) -> History:
    """The counts of all weeks from the first to the last, and of what is known of each event."""
    counts = {name: Counter[str]() for name in ("week", "place_code", "industry", "stage")}
    for row in found:
        for name, counter in counts.items():
            if row[name]:
                counter[row[name]] += row["told"]
    number = (last.start - first.start).days // 7 + 1
    weeks = [week_of(first.start + timedelta(weeks=n)) for n in range(number)]
    return History(
        tuple(WeekCount(week.key, counts["week"][week.start.isoformat()]) for week in weeks),
        places=tuple(counts["place_code"].most_common()),
        industries=tuple(counts["industry"].most_common()),
        stages=tuple(counts["stage"].most_common()),
    )
