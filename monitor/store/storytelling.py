"""What a digest must know of stories: those of its posts, which of them an audience was told, and the weeks before."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.announcing import Audience, History, WeekCount
from monitor.models import Post
from monitor.store.stories import StoryTables
from monitor.storied import Story

_WEEKS = 11  # before the one that is told: twelve in all


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
            " AND digest_entries.kind <> 'backfilled' ORDER BY digests.id DESC",
            json.dumps(list(stories)),
            who.id,
        )

    def _weeks_before(self, who: Audience, start: date) -> History:
        """How many new events the weekly digests before `start` told, oldest first."""
        found = self._rows(
            "SELECT digests.period, COUNT(digest_entries.digest_id) AS told FROM digests LEFT JOIN digest_entries"
            " ON digest_entries.digest_id = digests.id AND digest_entries.kind = 'new'"
            " WHERE digests.audience_id = ? AND digests.period GLOB '????-W??' AND digests.period_start < ?"
            " GROUP BY digests.id ORDER BY digests.period_start DESC LIMIT ?",
            who.id,
            start.isoformat(),
            _WEEKS,
        )
        return History(tuple(WeekCount(row["period"], row["told"]) for row in reversed(found)))
