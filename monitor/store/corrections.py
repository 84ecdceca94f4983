"""Hand corrections of stories: what people say is done at once, and remembered as pairs of posts."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from monitor.errors import UnknownStory
from monitor.store import rows
from monitor.store.grouping import GroupingTables, as_json, member_row
from monitor.store.placing import BY_HAND, read_corrections
from monitor.storied import Tie
from monitor.stories.comparing import compare
from monitor.stories.corrections import Pair, Said, chain
from monitor.stories.deciding import Link, is_copy
from monitor.stories.explaining import reasons
from monitor.stories.scoring import learned, score


class CorrectionTables(GroupingTables):
    """Writes to `story_corrections`, and to `stories` what follows from it. A later hand overrules an earlier one."""

    def merge_stories(self, ids: Sequence[int], now: datetime) -> int:
        """Make one story of several, under the number of the first. Raises UnknownStory."""
        with self._write() as conn:
            into, *others = dict.fromkeys(ids)
            members = {one: self._members_of(conn, one) for one in (into, *others)}
            anchor = members[into][0]
            for other in others:
                for post_id in members[other]:
                    conn.execute("UPDATE story_members SET story_id = ? WHERE post_id = ?", [into, post_id])
                conn.execute(
                    "UPDATE story_members SET tie = 'hand', with_post = ?, score = 1.0, reasons = ?"
                    " WHERE post_id IN (SELECT value FROM json_each(?)) AND tie IS NULL",
                    [anchor, as_json([BY_HAND]), str(members[other])],
                )
                conn.execute("DELETE FROM stories WHERE id = ?", [other])
            every = sorted(post_id for those in members.values() for post_id in those)
            self._unsay(conn, every, every, (Said.APART, Said.UNLINKED))
            self._say(conn, Said.TOGETHER, chain(every), now)
            self._mend_ties(conn, into)
        return into

    def split_story(self, story_id: int, posts: Sequence[int], now: datetime) -> int:
        """Make a story of its own of some posts of a story; its number. Raises UnknownStory."""
        with self._write() as conn:
            members = self._members_of(conn, story_id)
            leaving = sorted(dict.fromkeys(posts))
            staying = [one for one in members if one not in leaving]
            if strangers := [one for one in leaving if one not in members]:
                raise UnknownStory(
                    f"post {strangers[0]} is none of its members",
                    where=f"story {story_id}",
                    todo=f"see `zhaoshang story {story_id}`",
                )
            if not staying:
                raise UnknownStory(
                    "these are all of its members", where=f"story {story_id}", todo="name those that are to leave"
                )
            self._part(conn, leaving, staying, now)
            new = self._found_story(conn, now)
            first, *others = leaving
            conn.execute("DELETE FROM story_members WHERE post_id IN (SELECT value FROM json_each(?))", [str(leaving)])
            links = [None, *(Link(new, first, Tie.HAND, 1.0, (BY_HAND,)) for _ in others)]
            for post_id, link in zip(leaving, links, strict=True):
                conn.execute("INSERT INTO story_members VALUES (?, ?, ?, ?, ?, ?)", member_row(post_id, new, link))
            self._mend_ties(conn, story_id)
        return new

    def unlink_stories(self, a: int, b: int, now: datetime) -> int:
        """Say that two stories have nothing to do with each other; how many ties that took. Raises UnknownStory."""
        with self._write() as conn:
            ours, theirs = self._members_of(conn, a), self._members_of(conn, b)
            if a == b:
                raise UnknownStory("it is one story", where=str(a), todo="name two, or use `zhaoshang stories split`")
            taken = conn.execute(
                "DELETE FROM story_links WHERE (post_id IN (SELECT value FROM json_each(?1)) AND other_id IN"
                " (SELECT value FROM json_each(?2))) OR (post_id IN (SELECT value FROM json_each(?2)) AND other_id IN"
                " (SELECT value FROM json_each(?1)))",
                [str(ours), str(theirs)],
            ).rowcount
            self._say(conn, Said.UNLINKED, (_pair(one, other) for one in ours for other in theirs), now)
        return taken

    def corrections(self) -> int:
        """How many pairs of posts hands have said something of."""
        return int(self._rows("SELECT COUNT(*) FROM story_corrections")[0][0])

    # -- what is remembered ----------------------------------------------------------------------------------------

    def _part(self, conn: sqlite3.Connection, leaving: Sequence[int], staying: Sequence[int], now: datetime) -> None:
        """Remember that posts are apart; who was held together by one that leaves, or stays, still is."""
        for group in read_corrections(conn).groups():
            if set(group) & {*leaving, *staying}:
                self._unsay(conn, group, group, (Said.TOGETHER,))
                for half in (leaving, staying):
                    self._say(conn, Said.TOGETHER, chain([one for one in group if one in half]), now)
        self._say(conn, Said.TOGETHER, chain(leaving), now)
        self._say(conn, Said.APART, (_pair(one, other) for one in leaving for other in staying), now)

    def _say(self, conn: sqlite3.Connection, kind: Said, pairs: Iterable[Pair], now: datetime) -> None:
        conn.executemany(
            "INSERT OR REPLACE INTO story_corrections VALUES (?, ?, ?, ?)",
            ((*pair, kind.value, rows.instant(now)) for pair in pairs),
        )

    def _unsay(
        self, conn: sqlite3.Connection, ones: Collection[int], others: Collection[int], kinds: Iterable[Said]
    ) -> None:
        for kind in kinds:
            conn.execute(
                "DELETE FROM story_corrections WHERE kind = ? AND post_a IN (SELECT value FROM json_each(?))"
                " AND post_b IN (SELECT value FROM json_each(?))",
                [kind.value, str(list(ones)), str(list(others))],
            )

    # -- members and their ties ------------------------------------------------------------------------------------

    def _members_of(self, conn: sqlite3.Connection, story_id: int) -> list[int]:
        """The posts of a story, oldest first."""
        found = conn.execute(
            "SELECT post_id FROM story_members JOIN posts ON posts.id = post_id WHERE story_id = ?"
            " ORDER BY effective_on, posts.id",
            [story_id],
        ).fetchall()
        if not found:
            raise UnknownStory("no such story", where=str(story_id), todo="see `zhaoshang stories`")
        return [row["post_id"] for row in found]

    def _mend_ties(self, conn: sqlite3.Connection, story_id: int) -> None:
        """Of members whose tie leads out of the story, say with whom they belong here; the eldest needs none."""
        members = self._members_of(conn, story_id)
        found = conn.execute(
            "SELECT post_id, tie, with_post FROM story_members WHERE story_id = ? AND (tie IS NULL OR with_post NOT IN"
            " (SELECT post_id FROM story_members WHERE story_id = ?))",
            [story_id, story_id],
        ).fetchall()
        loose = [row["post_id"] for row in found]
        if not any(row["tie"] is None for row in found) and loose:
            eldest = next(one for one in members if one in loose)
            loose.remove(eldest)
            conn.execute(
                "UPDATE story_members SET tie = NULL, with_post = NULL, score = 1.0, reasons = '[]' WHERE post_id = ?",
                [eldest],
            )
        else:
            loose = [row["post_id"] for row in found if row["tie"] is not None]
        for post_id in loose:
            link = self._nearest_member(post_id, story_id, [one for one in members if one != post_id])
            conn.execute(
                "UPDATE story_members SET tie = ?, with_post = ?, score = ?, reasons = ? WHERE post_id = ?",
                [link.tie.value, link.post_id, link.score, as_json(link.reasons), post_id],
            )

    def _nearest_member(self, post_id: int, story_id: int, others: Sequence[int]) -> Link:
        evidence = self._story_index.evidence([post_id, *others])
        own = evidence.get(post_id)
        compared = [(compare(own, evidence[one]), one) for one in others if own and one in evidence]
        if own is None or not compared:
            return Link(story_id, others[0], Tie.HAND, 1.0, (BY_HAND,))
        features, best = max(compared, key=lambda pair: (score(pair[0], learned()), -pair[1]))
        tie = Tie.COPY if is_copy(features) else Tie.SAME
        return Link(story_id, best, tie, score(features, learned()), reasons(own, evidence[best], features))


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
