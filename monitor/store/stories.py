"""Reads stories and facts back; how they come about is elsewhere."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from monitor.errors import UnknownStory
from monitor.facts.findings import Facts
from monitor.store import fact_rows, rows
from monitor.store.connection import Connection
from monitor.storied import FiledPost, Member, Story, StoryLink, Tie

_CHUNK = 200  # stories that are read at once

_MEMBERS = (
    f"SELECT {rows.POST_COLUMNS}, story_members.*, post_facts.facts FROM story_members"
    " JOIN posts ON posts.id = story_members.post_id JOIN sources ON sources.id = posts.source_id"
    " JOIN post_facts ON post_facts.post_id = posts.id WHERE story_members.story_id IN ({})"
    " ORDER BY posts.effective_on, posts.id"
)
# Each tie once from either side: one's own post, the other's, and the story that it leads to.
_LINKS = " UNION ALL ".join(
    "SELECT mine.story_id AS own, mine.post_id, theirs.post_id AS other_post_id, theirs.story_id AS story, tie.tie,"
    " tie.score, tie.reasons, posts.title"
    f" FROM story_members AS mine JOIN story_links AS tie ON tie.{mine} = mine.post_id"
    f" JOIN story_members AS theirs ON theirs.post_id = tie.{theirs} JOIN posts ON posts.id = theirs.post_id"
    " WHERE mine.story_id IN ({0}) AND theirs.story_id <> mine.story_id"
    for mine, theirs in (("post_id", "other_id"), ("other_id", "post_id"))
)


class StoryTables(Connection):
    """Reading use cases around `stories` and `post_facts`."""

    def story(self, story_id: int) -> Story:
        """One story. Raises UnknownStory."""
        with self._read():
            found = self._stories([story_id])
        if not found:
            raise UnknownStory("no such story", where=str(story_id), todo="see `zhaoshang stories`")
        return found[0]

    def story_of(self, post_id: int) -> int | None:
        """The story of a post; None for one that was not grouped yet."""
        found = self._rows("SELECT story_id FROM story_members WHERE post_id = ?", post_id)
        return int(found[0]["story_id"]) if found else None

    def stories_of(self, post_ids: Sequence[int]) -> dict[int, int]:
        """Post to story, of those posts that have one."""
        found = self._rows(
            "SELECT post_id, story_id FROM story_members WHERE post_id IN (SELECT value FROM json_each(?))",
            json.dumps(list(post_ids)),
        )
        return {row["post_id"]: row["story_id"] for row in found}

    def facts_of(self, post_ids: Sequence[int]) -> dict[int, Facts]:
        """Post to facts, of those posts that were read."""
        found = self._rows(
            "SELECT post_id, facts FROM post_facts WHERE post_id IN (SELECT value FROM json_each(?))",
            json.dumps(list(post_ids)),
        )
        return {row["post_id"]: fact_rows.facts(row) for row in found}

    def stories_between(self, start: date, end: date) -> tuple[Story, ...]:
        """The stories with a post dated from `start` to before `end`, whole, the latest first."""
        with self._read() as conn:
            found = conn.execute(
                "SELECT story_id FROM posts JOIN story_members ON post_id = posts.id"
                " WHERE effective_on >= ? AND effective_on < ? ORDER BY effective_on DESC, posts.id DESC",
                [start.isoformat(), end.isoformat()],
            )
            ids = list(dict.fromkeys(row["story_id"] for row in found))
            return tuple(self._many(ids))

    def latest_stories(self, limit: int) -> tuple[Story, ...]:
        """The stories with the latest posts by effective date, the latest first."""
        with self._read() as conn:
            found = conn.execute(
                "SELECT story_id FROM posts JOIN story_members ON post_id = posts.id"
                " ORDER BY effective_on DESC, posts.id DESC"
            )
            ids: dict[int, None] = {}
            for row in found:
                ids[row["story_id"]] = None
                if len(ids) == limit:
                    break
            return tuple(self._many(list(ids)))

    def all_stories(self) -> Iterator[Story]:
        """Every story by id, read in batches so that no long read holds up checkpoints."""
        last = 0
        while True:
            with self._read() as conn:
                found = conn.execute("SELECT id FROM stories WHERE id > ? ORDER BY id LIMIT ?", [last, _CHUNK])
                ids = [row["id"] for row in found]
                stories = self._stories(ids)
            if not ids:
                return
            yield from stories
            last = ids[-1]

    def unread_posts(self, limit: int = 20) -> tuple[tuple[int, str], ...]:
        """Posts whose facts could not be read, and why, the earliest first."""
        found = self._rows(
            "SELECT post_id, problem FROM post_facts WHERE problem IS NOT NULL ORDER BY post_id LIMIT ?", limit
        )
        return tuple((row["post_id"], row["problem"]) for row in found)

    def count_stories(self) -> int:
        """How many stories there are."""
        return int(self._rows("SELECT COUNT(*) FROM stories")[0][0])

    def filed_posts(self, batch: int = 500) -> Iterator[FiledPost]:
        """Every post by id with its story and facts, read in batches as all_posts() is."""
        last = 0
        while True:
            found = self._rows(
                f"SELECT {rows.POST_COLUMNS}, story_id, facts FROM {rows.POSTS}"
                " LEFT JOIN story_members ON story_members.post_id = posts.id"
                " LEFT JOIN post_facts ON post_facts.post_id = posts.id"
                " WHERE posts.id > ? ORDER BY posts.id LIMIT ?",
                last,
                batch,
            )
            if not found:
                return
            for row in found:
                facts = fact_rows.facts(row) if row["facts"] is not None else None
                yield FiledPost(rows.post(row), row["story_id"], facts)
            last = found[-1]["id"]

    def _many(self, ids: Sequence[int]) -> Iterator[Story]:
        """The stories of any number of ids, inside a transaction."""
        return (story for chunk in _chunks(ids) for story in self._stories(chunk))

    def _stories(self, ids: Sequence[int]) -> tuple[Story, ...]:
        """The stories of those ids that there are, in that order; a few hundred at most."""
        marks = ", ".join("?" * len(ids))
        founded = {row["id"]: row for row in self._rows(f"SELECT * FROM stories WHERE id IN ({marks})", *ids)}
        members: dict[int, list[Member]] = defaultdict(list)
        for row in self._rows(_MEMBERS.format(marks), *ids):
            members[row["story_id"]].append(_member(row))
        links = _nearest(self._rows(_LINKS.format(marks), *ids, *ids))
        return tuple(
            Story(one, rows.read_instant(founded[one]["founded_at"]), tuple(members[one]), links.get(one, ()))
            for one in ids
            if one in founded
        )


def _member(row: sqlite3.Row) -> Member:
    return Member(
        post=rows.post(row),
        facts=fact_rows.facts(row),
        tie=Tie(row["tie"]) if row["tie"] else None,
        with_post=row["with_post"],
        score=row["score"],
        reasons=tuple(json.loads(row["reasons"])),
    )


def _nearest(found: Iterable[sqlite3.Row]) -> dict[int, tuple[StoryLink, ...]]:
    """Of the ties between two stories, the strongest; a step of one project says more than a likeness."""
    best: dict[int, dict[int, StoryLink]] = defaultdict(dict)
    for row in sorted(found, key=lambda row: (row["tie"] == Tie.STEP, row["score"], -row["other_post_id"])):
        best[row["own"]][row["story"]] = StoryLink(
            story=row["story"],
            post_id=row["post_id"],
            other_post_id=row["other_post_id"],
            tie=Tie(row["tie"]),
            score=row["score"],
            reasons=tuple(json.loads(row["reasons"])),
            title=row["title"],
        )
    return {own: tuple(reversed(links.values())) for own, links in best.items()}


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
