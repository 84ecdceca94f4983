"""Identities: finds the post that a line of a listing is, and remembers under which keys it was ever sighted."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.identity import shared_line_identity
from monitor.pages import Entry
from monitor.sightings import Candidate
from monitor.store import rows
from monitor.store.sources import SourceTables
from monitor.text import title_key


@dataclass(frozen=True, slots=True)
class Resolved:
    """A candidate with the post it is; None for a new one."""

    candidate: Candidate
    post_id: int | None
    moved: bool = False
    by_identity: bool = True  # False: by title and date among the lines that share an address


class IdentityTables(SourceTables):
    """Reads and writes `identities`, inside the transactions of others."""

    def _resolve(
        self, conn: sqlite3.Connection, candidates: Sequence[Candidate], source_id: int, crawl_id: int
    ) -> list[Resolved]:
        """Find the post of every candidate of one page, before anything of the page is written.

        So what a line turns out to be cannot depend on the lines before it.
        """
        found = _each_its_own([self._find(conn, candidate) for candidate in candidates])
        moves = self._moves(conn, found, source_id, crawl_id)
        return [
            replace(one, post_id=moves[one.candidate.identity], moved=True)
            if one.post_id is None and one.candidate.identity in moves
            else one
            for one in found
        ]

    def _find(self, conn: sqlite3.Connection, candidate: Candidate) -> Resolved:
        """The post that an identity of this line leads to.

        A URL may have been shared by several lines once and stand alone now, or the reverse: then title and date say
        which of its posts this line is, and a line that is none of them is stored under URL, title and date.
        """
        if candidate.bare is None:
            return Resolved(candidate, self._owner(conn, candidate.identity))
        if candidate.shared:
            known = self._owner(conn, candidate.identity)
            lines = [] if known is not None else self._lines(conn, "key = ?", candidate.bare)
        else:
            lines = self._lines(conn, "bare = ?", candidate.bare)
            if not lines:
                return Resolved(candidate, self._owner(conn, candidate.identity))
            lines += self._lines(conn, "key = ?", candidate.bare)
            entry = candidate.entry
            key = shared_line_identity(candidate.bare, entry.title, entry.published_on)
            candidate = replace(candidate, identity=key, shared=True)
            known = self._owner(conn, key)
        if known is not None:
            return Resolved(candidate, known)
        known = next((line["id"] for line in lines if _same_line(line, candidate.entry)), None)
        return Resolved(candidate, known, by_identity=False)

    def _owner(self, conn: sqlite3.Connection, key: str) -> int | None:
        row = conn.execute("SELECT post_id FROM identities WHERE key = ?", [key]).fetchone()
        return int(row["post_id"]) if row is not None else None

    def _lines(self, conn: sqlite3.Connection, condition: str, bare: str) -> list[sqlite3.Row]:
        return conn.execute(
            "SELECT id, listed_key, listed_on FROM posts"
            f" WHERE id IN (SELECT post_id FROM identities WHERE {condition}) ORDER BY id",
            [bare],
        ).fetchall()

    def _moves(
        self, conn: sqlite3.Connection, found: Sequence[Resolved], source_id: int, crawl_id: int
    ) -> dict[str, int]:
        """Unknown lines that are known posts under a new URL: identity to post.

        A post has moved when its source, title and date are the line's, and this crawl has met none of its own
        addresses. Two lines of one page with the same title and date are two posts.
        """
        present = {key for one in found for key in (one.candidate.identity, one.candidate.bare) if key}
        claimed = {one.post_id for one in found}
        unknown: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one in found:
            entry = one.candidate.entry
            if one.post_id is None and entry.url is not None and entry.published_on is not None:
                unknown[title_key(entry.title), entry.published_on.isoformat()].append(one.candidate.identity)
        moves: dict[str, int] = {}
        for (listed_key, listed_on), identities in unknown.items():
            twins = conn.execute(
                "SELECT id FROM posts WHERE source_id = ? AND listed_key = ? AND listed_on = ?"
                " AND id NOT IN (SELECT post_id FROM met WHERE crawl_id = ?) ORDER BY id DESC",
                [source_id, listed_key, listed_on, crawl_id],
            ).fetchall()
            twins = [row for row in twins if row["id"] not in claimed]
            gone = [row["id"] for row in twins if present.isdisjoint(self._keys(conn, row["id"]))]
            moves.update(zip(sorted(identities), gone, strict=False))
        return moves

    def _keys(self, conn: sqlite3.Connection, post_id: int) -> list[str]:
        return [row["key"] for row in conn.execute("SELECT key FROM identities WHERE post_id = ?", [post_id])]

    def _remember_identity(self, conn: sqlite3.Connection, candidate: Candidate, post_id: int) -> None:
        bare = candidate.bare if candidate.shared else None
        conn.execute(
            "INSERT INTO identities (key, post_id, bare) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
            [candidate.identity, post_id, bare],
        )


def _each_its_own(found: Sequence[Resolved]) -> list[Resolved]:
    """No two lines of one page are one post by title and date: of several that could be, one is, the others are new.

    An undated post may fit several lines of its address once these print dates. A line that has an identity of the
    post comes first; else the tie goes to the earliest date, since nothing may depend on the order of the page.
    """
    claims: dict[int, list[Resolved]] = defaultdict(list)
    for one in found:
        if one.post_id is not None:
            claims[one.post_id].append(one)
    owners = {post_id: min(claimants, key=_sureness) for post_id, claimants in claims.items()}
    return [
        one if one.post_id is None or one.by_identity or owners[one.post_id] is one else replace(one, post_id=None)
        for one in found
    ]


def _sureness(one: Resolved) -> tuple[object, ...]:
    entry = one.candidate.entry
    return (not one.by_identity, str(entry.published_on), entry.body or "", entry.url or "")


def _same_line(known: sqlite3.Row, entry: Entry) -> bool:
    """Whether a stored post is the line `entry` of a page whose URL several lines share."""
    if title_key(entry.title) != known["listed_key"]:
        return False
    listed_on = rows.read_day(known["listed_on"])
    return entry.published_on is None or listed_on is None or entry.published_on == listed_on
