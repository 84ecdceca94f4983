"""Writes what archived pages, read again, fill in and correct; nothing of it is ever announced.

What they mean is decided in monitor.replay, and which pages there are is known to the archive.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from monitor.archived import PageRef
from monitor.changes import Change, effective_date
from monitor.identity import listing_identity
from monitor.models import Label, Post, PostStatus, Verdict
from monitor.pages import Entry, ListingPage
from monitor.periods import local_date
from monitor.replay import Evidence, FieldChange, State, corrected, differences, is_other_content, is_same_record
from monitor.sightings import Candidate, prepare
from monitor.store import rows
from monitor.store.identities import Resolved
from monitor.store.revisions import Visit
from monitor.store.sightings import SightingTables
from monitor.text import LabelPattern, title_key

_EVERY_TITLE = LabelPattern.parse("…")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """An entry of an archived listing and the post that it is. `label` is None where the pattern is not known."""

    post_id: int
    entry: Entry
    label: Label | None


@dataclass(frozen=True, slots=True)
class ReadListing:
    """What became of the entries of one archived listing page.

    `lines` are posts of the source itself; `unknown` counts the entries that are no post; `new_posts` and
    `new_off_label` are what was filled in; `off_label` are ids of posts whose line the pattern admits no more.
    """

    lines: tuple[ReadLine, ...] = ()
    unknown: int = 0
    new_posts: tuple[int, ...] = ()
    new_off_label: tuple[Entry, ...] = ()
    off_label: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post with the identities of all addresses at which it was ever sighted."""

    post: Post
    addresses: frozenset[str]


class ReplayTables(SightingTables):
    """Use cases of a replay. The caller holds the lock of the source's crawl."""

    @contextmanager
    def rehearsal(self) -> Iterator[Self]:
        """A private copy of the database: what is done to it ends with this process, however it ends.

        A dry run on it does exactly what the real one would do, and holds up nobody.
        """
        with self._told():
            private = sqlite3.connect("", isolation_level=None)  # a temporary file that SQLite removes by itself
            private.row_factory = sqlite3.Row
            self._conn.backup(private)
        twin = object.__new__(type(self))
        twin.path = self.path
        twin._conn = private
        with twin:
            yield twin

    def begin_replay(self, source_id: int) -> None:
        """Forget which posts an interrupted replay met in which crawl. Also to be called at the end."""
        with self._write() as conn:
            conn.execute("DELETE FROM met WHERE crawl_id IN (SELECT id FROM crawls WHERE source_id = ?)", [source_id])

    def first_sightings(self, source_id: int) -> dict[int, int | None]:
        """The ids of a source's own posts in their order, with the crawl that first met each on its listing."""
        found = self._rows(
            "SELECT posts.id, first_crawl_id FROM posts LEFT JOIN listed"
            " ON listed.source_id = posts.source_id AND post_id = posts.id WHERE posts.source_id = ? ORDER BY posts.id",
            source_id,
        )
        return {row["id"]: row["first_crawl_id"] for row in found}

    def known_posts(self, ids: Sequence[int]) -> tuple[KnownPost, ...]:
        """The posts of those ids, a few hundred at most."""
        marks = ", ".join("?" * len(ids))
        with self._read():
            posts = self._rows(
                f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.id IN ({marks}) ORDER BY posts.id", *ids
            )
            keys = self._rows(f"SELECT post_id, key, bare FROM identities WHERE post_id IN ({marks})", *ids)
        addresses: dict[int, set[str]] = {post_id: set() for post_id in ids}
        for row in keys:
            if row["bare"] or row["key"].startswith("url "):
                addresses[row["post_id"]].add(row["bare"] or row["key"])
        return tuple(KnownPost(rows.post(row), frozenset(addresses[row["id"]])) for row in posts)

    # -- listings ------------------------------------------------------------------------------------------------

    def match_listing(
        self, page: ListingPage, ref: PageRef, pattern: LabelPattern | None, zone: ZoneInfo
    ) -> ReadListing:
        """Find the posts of an archived listing page, and add its off-label entries that are new to us.

        `pattern` is None for a source that left the configuration: nothing of it is off-label then.
        """
        with self._write() as conn:
            visit = self._visit_again(conn, ref, zone)
            if visit is None:
                return ReadListing()
            candidates = prepare(page, ref.source_id, pattern or _EVERY_TITLE)
            resolved = self._resolve_again(conn, visit, candidates)
            refused = [one for one in candidates if one.verdict is Verdict.OFF_LABEL]
            return ReadListing(
                lines=self._known_lines(conn, visit, resolved, labelled=pattern is not None),
                unknown=sum(one.post_id is None for one in resolved),
                new_off_label=tuple(one.entry for one in refused if self._add_off_label(conn, visit, one)),
                off_label=tuple(self._posts_of(conn, refused)),
            )

    def fill_listing(
        self,
        page: ListingPage,
        ref: PageRef,
        pattern: LabelPattern,
        zone: ZoneInfo,
        lost: Iterable[Post],
    ) -> ReadListing:
        """Make posts of the entries of an archived listing page that are none: never announced, first seen then.

        `lost` are the posts that this crawl first met and that no archived page yields any more: an entry that is one
        of them, read another way, is known by its new identity from now on. To be called after every page was matched,
        in the order of keeping.
        """
        with self._write() as conn:
            visit = self._visit_again(conn, ref, zone)
            if visit is None:
                return ReadListing()
            left = list(lost)
            lines: list[ReadLine] = []
            new_posts: list[int] = []
            for one in self._resolve_again(conn, visit, prepare(page, ref.source_id, pattern)):
                if one.post_id is not None:
                    lines += self._known_lines(conn, visit, [one], labelled=True)
                    continue
                found = next((post for post in left if is_same_record(post, one.candidate.entry)), None)
                if found is None:
                    post_id = self._insert_replayed(conn, visit, one.candidate)
                    new_posts.append(post_id)
                else:
                    left.remove(found)
                    post_id = found.id
                lines += self._known_lines(conn, visit, [replace(one, post_id=post_id)], labelled=True)
            return ReadListing(lines=tuple(lines), new_posts=tuple(new_posts))

    def _visit_again(self, conn: sqlite3.Connection, ref: PageRef, zone: ZoneInfo) -> Visit | None:
        """The visit that fetched a page; None where the source has no crawl that it can be put down to."""
        crawl_id = _crawl_of(conn, ref.source_id, ref.crawl_id)
        if crawl_id is None:
            return None
        source = conn.execute("SELECT baseline_crawl_id FROM sources WHERE id = ?", [ref.source_id]).fetchone()
        baseline = source["baseline_crawl_id"] is None or crawl_id <= source["baseline_crawl_id"]
        return replace(self._visit(conn, crawl_id, ref.fetched_at, zone), baseline=baseline)

    def _resolve_again(self, conn: sqlite3.Connection, visit: Visit, candidates: Sequence[Candidate]) -> list[Resolved]:
        """The post of every candidate.

        A line that had its address to itself is the post that was first known by it, however many share it by now.
        """
        admitted = [one for one in candidates if one.verdict is None]
        found: list[Resolved] = []
        for then, one in zip(admitted, self._resolve(conn, admitted, visit.source_id, visit.crawl_id), strict=True):
            if one.post_id is None and then.bare is not None and not then.shared:
                found.append(replace(one, post_id=self._owner(conn, then.bare)))
            else:
                found.append(one)
        return found

    def _known_lines(
        self, conn: sqlite3.Connection, visit: Visit, resolved: Iterable[Resolved], *, labelled: bool
    ) -> tuple[ReadLine, ...]:
        """What was met, remembered as a crawl would; the lines of those posts that the source itself owns."""
        lines: list[ReadLine] = []
        for one in resolved:
            if one.post_id is None:
                continue
            self._remember_identity(conn, one.candidate, one.post_id)
            self._meet(conn, one.post_id, visit.crawl_id)
            self._first_listed(conn, visit, one.post_id)
            (owner,) = conn.execute("SELECT source_id FROM posts WHERE id = ?", [one.post_id]).fetchone()
            if owner == visit.source_id:
                lines.append(ReadLine(one.post_id, one.candidate.entry, one.candidate.label if labelled else None))
        return tuple(lines)

    def _insert_replayed(self, conn: sqlite3.Connection, visit: Visit, candidate: Candidate) -> int:
        post = self._insert(conn, visit, candidate)
        conn.execute("UPDATE posts SET replayed = 1 WHERE id = ?", [post.id])
        conn.execute("UPDATE revisions SET replayed = 1 WHERE post_id = ?", [post.id])
        return post.id

    def _add_off_label(self, conn: sqlite3.Connection, visit: Visit, candidate: Candidate) -> bool:
        """Whether the entry was unknown, and is recorded now."""
        entry = candidate.entry
        key = [visit.source_id, listing_identity(visit.source_id, entry.title, entry.published_on)]
        if conn.execute("SELECT 1 FROM off_label_entries WHERE source_id = ? AND key = ?", key).fetchone():
            return False
        self._record_off_label(conn, visit, candidate)
        conn.execute("UPDATE off_label_entries SET replayed = 1 WHERE source_id = ? AND key = ?", key)
        return True

    def _posts_of(self, conn: sqlite3.Connection, refused: Iterable[Candidate]) -> Iterator[int]:
        for one in refused:
            post_id = self._owner(conn, one.identity)
            if post_id is not None:
                yield post_id

    # -- posts ---------------------------------------------------------------------------------------------------

    def correct_posts(
        self, evidence: Mapping[int, Evidence], now: datetime, zone: ZoneInfo
    ) -> tuple[tuple[Post, tuple[FieldChange, ...]], ...]:
        """Correct posts by what the archive says of each, all or none; the posts as they are now, with what changed.

        Where the content fingerprint changes, a revision of ours is appended, at the instant `now`. A post of which a
        crawl saw a later state than the archive can show (its page is damaged, or was not kept) is left alone.
        """
        done: list[tuple[Post, tuple[FieldChange, ...]]] = []
        with self._write() as conn:
            for post_id, one in evidence.items():
                old = self._post(conn, post_id)
                state = corrected(old, one)
                changes = differences(old, state, zone)
                if changes and not self._is_outdated(conn, one, post_id):
                    self._correct(conn, old, state, zone)
                    if is_other_content(old, state):
                        self._append_correction(conn, old, state, one, now, zone)
                    done.append((self._post(conn, post_id), changes))
        return tuple(done)

    def _is_outdated(self, conn: sqlite3.Connection, evidence: Evidence, post_id: int) -> bool:
        seen = conn.execute(
            "SELECT COALESCE(MAX(crawl_id), 0) FROM revisions WHERE post_id = ? AND replayed = 0", [post_id]
        ).fetchone()
        return bool(seen[0] > evidence.newest.crawl_id)

    def _correct(self, conn: sqlite3.Connection, old: Post, state: State, zone: ZoneInfo) -> None:
        effective_on, dated = effective_date(state.published_on, local_date(old.first_seen_at, zone))
        conn.execute(
            "UPDATE posts SET title = ?, listed_title = ?, listed_key = ?, listed_on = ?, label = ?, place = ?,"
            " url = ?, published_on = ?, effective_on = ?, dated = ?, summary = ?, body = ?, origin = ?,"
            " attachments = ? WHERE id = ?",
            [
                state.title,
                state.listed_title,
                title_key(state.listed_title),
                rows.day(state.listed_on),
                state.label,
                state.place,
                state.url,
                rows.day(state.published_on),
                effective_on.isoformat(),
                int(dated),
                state.summary,
                state.body,
                state.origin,
                rows.attachments(state.attachments),
                old.id,
            ],
        )

    def _append_correction(
        self, conn: sqlite3.Connection, old: Post, state: State, evidence: Evidence, now: datetime, zone: ZoneInfo
    ) -> None:
        crawl_id = _crawl_of(conn, old.source_id, evidence.newest.crawl_id)
        if crawl_id is None:
            raise RuntimeError(f"post {old.id} has pages in the archive and its source has no crawl")
        verdict = Verdict.COMPLETED if old.status is PostStatus.PENDING else Verdict.REVISED
        change = Change(verdict, state.title, state.body, state.published_on)
        self._append_revision(conn, self._visit(conn, crawl_id, now, zone), old, change)
        conn.execute("UPDATE revisions SET replayed = 1 WHERE post_id = ? AND number = ?", [old.id, old.revision + 1])


def _crawl_of(conn: sqlite3.Connection, source_id: int, crawl_id: int) -> int | None:
    """The source's crawl that fetched a page; its latest where a restored backup does not know that one."""
    row = conn.execute(
        "SELECT COALESCE((SELECT id FROM crawls WHERE id = ?1 AND source_id = ?2),"
        " (SELECT MAX(id) FROM crawls WHERE source_id = ?2))",
        [crawl_id, source_id],
    ).fetchone()
    return None if row[0] is None else int(row[0])
