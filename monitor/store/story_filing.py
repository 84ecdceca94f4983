"""Holds the keys of the latest posts in memory until they are filed in `story_keys`, a slice of all keys at a time.

A key is a number as if at random: filed at once, each of the fifty of a post changes another page of the database, and
writing those pages is half of what grouping a post costs. A slice holds a small part of the pages, and is filed with
what some thousand posts have for it. Which keys are still to be filed follows from `story_unfiled` and from the
evidence, so nothing is lost with the process; what a key is worth is not known here.
"""

import sqlite3
import struct
from collections.abc import Iterable, Iterator

_SLICES = 64
_BITS = 64 - _SLICES.bit_length() + 1  # of a key, below those that tell its slice
_FIRST = _SLICES // 2  # keys are signed


class Filing:
    """The keys that wait. Each transaction has a turn, and files the slice of its turn."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._waiting: list[dict[int, list[int]]] = [{} for _ in range(_SLICES)]
        self._turn = -1  # the last one that is known; memory is true as of its end
        self._own = 0  # the one that is under way

    def refresh(self) -> None:
        """To be called at the start of a transaction: what other processes filed or added is taken over."""
        last = self._conn.execute("SELECT COALESCE(MAX(turn), 0) FROM story_unfiled").fetchone()[0]
        if last != self._turn:
            self._turn = last
            self._load()
        self._own = last + 1

    def _load(self) -> None:
        self._waiting = [{} for _ in range(_SLICES)]
        found = self._conn.execute(
            "SELECT post_id, turn, keys FROM story_unfiled JOIN story_evidence USING (post_id) ORDER BY post_id"
        )
        for post_id, turn, packed in found:
            filed = {one % _SLICES for one in range(turn, self._turn + 1)}
            for (key,) in struct.iter_unpack(">q", packed):
                if (key >> _BITS) + _FIRST not in filed:
                    self._wait(key, post_id)

    def having(self, keys: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Key and post, for each post that waits under one of the keys."""
        for key in keys:
            for post_id in self._waiting[(key >> _BITS) + _FIRST].get(key, ()):
                yield key, post_id

    def add(self, post_id: int, keys: Iterable[int]) -> None:
        """Let a post wait under its keys, which its evidence has as well."""
        self._conn.execute("INSERT OR REPLACE INTO story_unfiled VALUES (?, ?)", [post_id, self._own])
        for key in keys:
            self._wait(key, post_id)

    def _wait(self, key: int, post_id: int) -> None:
        self._waiting[(key >> _BITS) + _FIRST].setdefault(key, []).append(post_id)

    def remove(self, post_id: int, keys: Iterable[int]) -> None:
        """Let a post no longer wait."""
        self._conn.execute("DELETE FROM story_unfiled WHERE post_id = ?", [post_id])
        for key in keys:
            posts = self._waiting[(key >> _BITS) + _FIRST].get(key, [])
            if post_id in posts:
                posts.remove(post_id)

    def file(self, insert: str) -> None:
        """File the slice whose turn it is, in the order of the index; to be called at the end of a transaction."""
        waiting = self._waiting[self._own % _SLICES]
        self._conn.executemany(insert, ((key, post_id) for key in sorted(waiting) for post_id in waiting[key]))
        waiting.clear()
        self._conn.execute("DELETE FROM story_unfiled WHERE turn <= ?", [self._own - _SLICES + 1])
        self._turn = self._own
