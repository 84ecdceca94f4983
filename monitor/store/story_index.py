"""Finds the stored posts that a post may belong with, by shared keys, at a cost that no archive's size changes.

It works inside the transactions of others; what the candidates are worth, it does not judge.
"""

import sqlite3
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from monitor.analysis import VERSIONS, analyse
from monitor.store import rows
from monitor.store.story_filing import Filing
from monitor.stories.deciding import Candidate
from monitor.stories.evidence import Evidence, unpack
from monitor.stories.words import ENOUGH, RARE, Rarity, learned, learned_with

_COMMON = 64  # posts: a key that more of them have is passed over
_CANDIDATES = 12  # posts that are compared: where one of the same event is, it is nearly always the first
_SAYS = (0, *(round(10_000 / (2 + posts)) for posts in range(1, _COMMON + 1)))  # what a key of so many posts says
_ALL_COUNTED, _COUNTED = 2000, 10  # stories whose words are counted: the first so many, then each tenth
_LEAST = _SAYS[18]  # one key that so few have, or several that more have: less is chance
_GROWN = 1.25
_RECENT = 1024  # pieces of evidence that are kept unpacked


class StoryIndex:
    """Keys, members and evidence, in the tables of the archive or in temporary ones beside them."""

    def __init__(self, conn: sqlite3.Connection, *, keys: str = "story_keys", members: str = "story_members") -> None:
        self._conn = conn
        self._filing = Filing(conn) if keys == "story_keys" else None
        # Bounded, since a key gets no further rows once it is too common.
        self._find = (
            f"SELECT key, group_concat(post_id) FROM {keys} WHERE key IN (SELECT value FROM json_each(?)) GROUP BY key"
        )
        self._insert = f"INSERT OR IGNORE INTO {keys} VALUES (?, ?)"
        self._delete = f"DELETE FROM {keys} WHERE key = ? AND post_id = ?"
        self._stories = f"SELECT post_id, story_id FROM {members} WHERE post_id IN "
        self._unpacked: dict[int, Evidence] = {}
        self._state = -1
        self._rarity = learned()
        self._learned_of = 0  # stories

    @property
    def rarity(self) -> Rarity:
        """How much words say in this archive."""
        return self._rarity

    def count_words(self, story: int, evidence: Evidence) -> None:
        """A story was founded: its words are met once more. Of a large archive, one story in ten says enough."""
        if story <= _ALL_COUNTED or story % _COUNTED == 0:
            self._conn.executemany(
                "INSERT INTO story_words VALUES (?, 1) ON CONFLICT (word) DO UPDATE SET stories = stories + 1",
                [(word,) for word in sorted({"", *evidence.words})],
            )

    def candidates(self, keys: Sequence[int], *, but_for: int) -> tuple[tuple[Candidate, ...], list[int]]:
        """The posts that share the most telling keys, and those of the keys that are not too common to be kept.

        A key says the more the fewer posts have it. Of posts that share as much, the earliest stored come first.
        """
        found = self._having(keys)
        votes: Counter[int] = Counter()
        for posts in found.values():
            if len(posts) <= _COMMON:
                says = _SAYS[len(posts)]
                for post_id in posts:
                    votes[post_id] += says
        votes.pop(but_for, None)
        likely = [post_id for post_id, says in votes.items() if says >= _LEAST]
        best = sorted(likely, key=lambda post_id: (-votes[post_id], post_id))[:_CANDIDATES]
        return self._with_evidence(best), [key for key in keys if len(found.get(key, ())) <= _COMMON]

    def telling(self, keys: Sequence[int]) -> list[int]:
        """Those of the keys that are not too common to be kept."""
        found = self._having(keys)
        return [key for key in keys if len(found.get(key, ())) <= _COMMON]

    def _having(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """Key to the posts that have it."""
        found = {
            key: [int(post_id) for post_id in posts.split(",")]
            for key, posts in self._conn.execute(self._find, (str(list(keys)),)).fetchall()
        }
        if self._filing is not None:
            for key, post_id in self._filing.having(keys):
                found.setdefault(key, []).append(post_id)
        return found

    def add(self, post_id: int, keys: Iterable[int]) -> None:
        """Enter a post under its keys."""
        if self._filing is not None:
            self._filing.add(post_id, keys)
        else:
            self._conn.executemany(self._insert, ((key, post_id) for key in keys))

    def remove(self, post_id: int, packed: bytes) -> None:
        """Take a post out from under the keys that `pack_keys` packed."""
        keys = [key for (key,) in struct.iter_unpack(">q", packed)]
        self._conn.executemany(self._delete, ((key, post_id) for key in keys))
        if self._filing is not None:
            self._filing.remove(post_id, keys)

    def file(self) -> None:
        """To be called at the end of a transaction: some of the keys that wait for it are filed."""
        if self._filing is not None:
            self._filing.file(self._insert)

    def forget(self, post_id: int) -> None:
        """The evidence of a post was replaced."""
        self._unpacked.pop(post_id, None)

    def refresh(self) -> None:
        """To be called at the start of a transaction: what another process may have replaced is read again."""
        if self._filing is not None:
            self._filing.refresh()
        state = self._conn.execute("PRAGMA data_version").fetchone()[0]
        if state != self._state:
            self._unpacked.clear()
            self._state = state
        self._learn_anew()

    def _learn_anew(self) -> None:
        """Learn what is common, whenever the archive has grown by a quarter."""
        row = self._conn.execute("SELECT stories FROM story_words WHERE word = ''").fetchone()
        stories = int(row[0]) if row else 0
        if stories < ENOUGH or stories < _GROWN * self._learned_of:
            return
        found = self._conn.execute("SELECT word, stories FROM story_words WHERE stories > ?", [RARE * stories])
        self._rarity = learned_with({row[0]: row[1] for row in found if row[0]}, stories)
        self._learned_of = stories

    def stories_of(self, posts: Collection[int]) -> dict[int, int]:
        """Post to story, of those that have one."""
        if not posts:
            return {}
        found = self._conn.execute(f"{self._stories} ({_marks(posts)})", list(posts)).fetchall()
        return {row[0]: row[1] for row in found}

    def evidence(self, posts: Sequence[int]) -> dict[int, Evidence]:
        """The evidence of posts, as far as it could be read."""
        missing = [one for one in posts if one not in self._unpacked]
        if missing:
            while len(self._unpacked) + len(missing) > _RECENT and self._unpacked:
                self._unpacked.pop(next(iter(self._unpacked)))
            self._unpacked.update(self._read(missing))
        return {one: self._unpacked[one] for one in posts if one in self._unpacked}

    def _with_evidence(self, posts: Sequence[int]) -> tuple[Candidate, ...]:
        evidence, stories = self.evidence(posts), self.stories_of(posts)
        return tuple(Candidate(one, stories[one], evidence[one]) for one in posts if one in stories and one in evidence)

    def _read(self, posts: Sequence[int]) -> dict[int, Evidence]:
        found = self._conn.execute(
            f"SELECT post_id, version, text FROM story_evidence WHERE post_id IN ({_marks(posts)})", list(posts)
        ).fetchall()
        return {row[0]: evidence for row in found if (evidence := self._current(*row)) is not None}

    def _current(self, post_id: int, version: int, text: str) -> Evidence | None:
        """Evidence of an older version cannot be compared with today's: the post is read again, this once."""
        if version == VERSIONS[1]:
            return unpack(text)
        row = self._conn.execute(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id = ?", [post_id]
        ).fetchone()
        return analyse(rows.post(row)).evidence


def pack_keys(keys: Sequence[int]) -> bytes:
    """Keys as they are kept beside the evidence."""
    return struct.pack(f">{len(keys)}q", *keys)


def _marks(those: Collection[int]) -> str:
    return ", ".join("?" * len(those))
