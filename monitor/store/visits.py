"""Records what visits to known posts found, and decides at a crawl's end what that proves; it asks for no page."""

import sqlite3
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.changes import decide_visit, follow
from monitor.health.conditions import HealthRules, Trouble
from monitor.health.judge import judge
from monitor.history import EventKind, Wording
from monitor.models import Crawl, CrawlNote, Post, ReadFrom, Sighting, Verdict
from monitor.pages import Article, ListingValidators, PostValidators, RawPage
from monitor.periods import local_date
from monitor.site_changes import Revised, of_the_site
from monitor.store import rows
from monitor.store.health import HealthTables
from monitor.store.revisions import Visit
from monitor.store.sightings import SightingTables
from monitor.visits import VisitRules, is_mass_vanishing, next_visit

_UTC8 = ZoneInfo("Asia/Shanghai")
_SELDOM = timedelta(days=366)  # a turn: how often a source is crawled says nothing of what this crawl saw
_RECENT = 30  # crawls to judge by
_TEMPLATE_SPREADS = timedelta(days=14)  # by then a new template has met every post that is still looked at often
_MOST_REVISED = 1000  # of these two weeks: visits have a ceiling of 50 a day
_MOST_COMPARED = 60  # other posts


class VisitTables(SightingTables, HealthTables):
    """Writes to the visits of `posts`, to `post_events` and `post_validators`."""

    # -- which posts -----------------------------------------------------------------------------------------------

    def posts_to_visit(self, source_id: int, now: datetime, zone: ZoneInfo, rules: VisitRules) -> tuple[Post, ...]:
        """The posts of a source whose own page is due, missing ones first; no more than the day has room for."""
        room = rules.a_day - self._day(source_id, now, zone)[0]
        if room <= 0:
            return ()
        found = self._rows(
            f"SELECT {rows.POST_COLUMNS} FROM {rows.POSTS} WHERE posts.source_id = ? AND visit_due_at <= ?"
            " AND status = 'complete' AND posts.url IS NOT NULL"
            " ORDER BY missing_since IS NULL, visit_due_at, posts.id LIMIT ?",
            source_id,
            rows.instant(now),
            room,
        )
        return tuple(rows.post(row) for row in found)

    def awaits_lines(self, crawl_id: int, now: datetime) -> bool:
        """Whether posts without a page of their own are due, and this crawl has not met all of them yet."""
        found = self._rows(
            "SELECT EXISTS (SELECT 1 FROM posts JOIN crawls ON crawls.source_id = posts.source_id WHERE crawls.id = ?1"
            " AND visit_due_at <= ?2 AND posts.url IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM met WHERE crawl_id = ?1 AND post_id = posts.id))",
            crawl_id,
            rows.instant(now),
        )
        return bool(found[0][0])

    def post_validators(self, post_id: int, url: str) -> PostValidators | None:
        """What tells whether a post's page changed since it was last read; None when it was never read there."""
        found = self._rows("SELECT * FROM post_validators WHERE post_id = ? AND url = ?", post_id, url)
        return rows.post_validators(found[0]) if found else None

    # -- what a visit found ----------------------------------------------------------------------------------------

    def record_visit(
        self,
        crawl_id: int,
        post_id: int,
        article: Article | None,
        now: datetime,
        zone: ZoneInfo,
        *,
        rules: VisitRules,
        validators: PostValidators | None = None,
        before: Article | None = None,
        steady: bool = True,
        raw: RawPage | None = None,
        counted_as: Verdict | None = None,
    ) -> Sighting:
        """The page of a known post could be read; `article` is None when it is what it was.

        `before` is how the page that the post was last read from reads today: where that is not what is stored, our
        reading has changed and not the post, which is recorded as a correction and announced to nobody. `steady` as in
        monitor.changes.follow. `raw` is archived when the text is another. `counted_as` as in record_article.
        """
        with self._write() as conn:
            visit = self._visit(conn, crawl_id, now, zone, rules)
            if before is not None:
                self._correct_reading(conn, visit, post_id, before)
            old = self._post(conn, post_id)
            change = decide_visit(old, article or _as_stored(old), before)
            change = follow(old, change, steady=steady, returns=self._goes_to_and_fro(conn, old, change))
            post = self._apply(conn, visit, old, change, ReadFrom.PAGE)
            if article is not None and change.verdict is not Verdict.FLAPPING:
                conn.execute(
                    "UPDATE posts SET origin = ?, attachments = ? WHERE id = ?",
                    [article.origin, rows.attachments(article.attachments), post_id],
                )
            if change.verdict is Verdict.FLAPPING:  # asked plainly next time: the page is never what it was
                conn.execute("DELETE FROM post_validators WHERE post_id = ?", [post_id])
            elif validators is not None:
                self._keep_validators(conn, post_id, validators)
            self._visited(conn, visit, old)
            self._count_article(conn, crawl_id, change.verdict, counted_as)
            if raw is not None and change.verdict in (Verdict.REVISED, Verdict.RESTORED):
                self._keep_page(conn, visit, post_id, raw)
            return Sighting(change.verdict, post.title, post=self._post(conn, post_id))

    def record_gone(
        self, crawl_id: int, post_id: int, reason: str, now: datetime, zone: ZoneInfo, rules: VisitRules
    ) -> None:
        """A post's own address says that it is gone. What that proves is decided when the crawl has ended."""
        with self._write() as conn:
            visit = self._visit(conn, crawl_id, now, zone, rules)
            old = self._post(conn, post_id)
            again: datetime | None = now + rules.withdraw_after
            if old.withdrawn_at is not None and not self._is_met(conn, visit, post_id):
                due = next_visit(old.visit_from or old.first_seen_at, now, rules)
                again = max(due, now + rules.withdraw_after) if due else None
            conn.execute(
                "UPDATE posts SET missing_since = COALESCE(missing_since, ?), missing_reason = ?,"
                " missing_crawl_id = COALESCE(missing_crawl_id, ?), gone_crawl_id = ?, visit_due_at = ? WHERE id = ?",
                [rows.instant(now), reason[:500], crawl_id, crawl_id, rows.instant(again) if again else None, post_id],
            )
            vanished = old.missing_since is None and old.withdrawn_at is None  # else that is no news
            conn.execute(
                "UPDATE crawls SET visited = visited + 1, gone = gone + ? WHERE id = ?", [int(vanished), crawl_id]
            )
            self._note(conn, crawl_id, CrawlNote("gone", old.title, reason))

    def record_visit_failure(self, crawl_id: int, post_id: int, reason: str, now: datetime) -> None:
        """A page of a known post could not be read; that proves nothing, and it is tried again in a day."""
        with self._write() as conn:
            conn.execute(
                "UPDATE posts SET visit_due_at = ? WHERE id = ?", [rows.instant(now + timedelta(days=1)), post_id]
            )
            conn.execute("UPDATE crawls SET visited = visited + 1, errors = errors + 1 WHERE id = ?", [crawl_id])
            self._note(conn, crawl_id, CrawlNote("error", self._post(conn, post_id).title, reason))

    # -- what a crawl proves ---------------------------------------------------------------------------------------

    def start_crawl(self, source: str, pid: int, now: datetime, url: str | None = None) -> int:
        """As in SourceTables; what a crawl that died saw missing, it has not seen."""
        with self._write() as conn:
            died = conn.execute(
                "SELECT crawls.id FROM crawls JOIN sources ON sources.id = source_id"
                " WHERE sources.name = ? AND finished_at IS NULL",
                [source],
            ).fetchall()
            for row in died:
                self._conclude(conn, self.crawl(row["id"]), sound=False)
                self._look_again(conn, row["id"])
            return super().start_crawl(source, pid, now, url)

    def finish_crawl(
        self,
        crawl_id: int,
        reason: str,
        *,
        completed: bool,
        now: datetime,
        validators: ListingValidators | None = None,
        trouble: Trouble | None = None,
        zone: ZoneInfo = _UTC8,
        rules: VisitRules = VisitRules(),  # noqa: B008 - frozen
    ) -> Crawl:
        """As in SourceTables; and what the visits of this crawl prove of posts that are gone, is decided."""
        with self._write() as conn:
            crawl = super().finish_crawl(
                crawl_id, reason, completed=completed, now=now, validators=validators, trouble=trouble
            )
            sound = completed and self._is_well(conn, crawl, now, zone)
            self._conclude(conn, crawl, sound=sound)
            if not completed:
                self._look_again(conn, crawl_id)
            if completed:
                self._end_line_visits(conn, crawl.source_id, now, rules)
            if sound:
                self._withdraw(conn, self._visit(conn, crawl_id, now, zone, rules))
            return crawl

    def _is_well(self, conn: sqlite3.Connection, crawl: Crawl, now: datetime, zone: ZoneInfo) -> bool:
        """Whether nothing about the source was odd in this crawl; that it is crawled on time is another matter."""
        source = conn.execute("SELECT * FROM sources WHERE id = ?", [crawl.source_id]).fetchone()
        record = self._source_record(source, _SELDOM, False, zone, lambda _pid: True, _RECENT)
        return judge(record, now, HealthRules()).is_well

    def _conclude(self, conn: sqlite3.Connection, crawl: Crawl, *, sound: bool) -> None:
        """A crawl that is not sound has seen nothing missing; and in any crawl, what the site did is no edit."""
        conn.execute("UPDATE crawls SET sound = ? WHERE id = ?", [int(sound), crawl.id])
        self._hush_site_changes(conn, crawl)
        if not sound:
            conn.execute(
                "UPDATE posts SET missing_since = NULL, missing_reason = NULL, missing_crawl_id = NULL"
                " WHERE missing_crawl_id = ? AND withdrawn_at IS NULL",
                [crawl.id],
            )

    def _look_again(self, conn: sqlite3.Connection, crawl_id: int) -> None:
        """What a crawl that was cut short found gone, the next one looks at; and only there it counts."""
        conn.execute("UPDATE crawls SET gone = 0 WHERE id = ?", [crawl_id])
        conn.execute(
            "UPDATE posts SET visit_due_at = (SELECT started_at FROM crawls WHERE id = ?1)"
            " WHERE gone_crawl_id = ?1 AND withdrawn_at IS NULL",
            [crawl_id],
        )

    def _hush_site_changes(self, conn: sqlite3.Connection, crawl: Crawl) -> None:
        """Of revisions that are made of nothing but what other posts of the source show as well, nobody is told.

        Those of the last weeks are looked at together: few posts may be visited on one day, and a crawl that was killed
        leaves some to the next one.
        """
        since = crawl.started_at - _TEMPLATE_SPREADS
        found = conn.execute(
            "SELECT post_events.id, post_events.post_id, post_events.crawl_id, posts.read_from,"
            " old.title AS old_title, old.body AS old_body,"
            " old.published_on AS old_on, new.title, new.body, new.published_on FROM post_events"
            " JOIN crawls ON crawls.id = post_events.crawl_id JOIN posts ON posts.id = post_events.post_id"
            " JOIN revisions AS new ON new.post_id = post_events.post_id AND new.number = post_events.revision"
            " JOIN revisions AS old ON old.post_id = post_events.post_id AND old.number = post_events.revision - 1"
            " WHERE crawls.source_id = ? AND post_events.at >= ? AND post_events.kind = 'revised'"
            " ORDER BY post_events.id DESC LIMIT ?",
            [crawl.source_id, rows.instant(since), _MOST_REVISED],
        ).fetchall()
        if not found or not self._has_revised(conn, crawl.id):
            return
        times = {(row["crawl_id"], row["read_from"]) for row in found}
        looked = {one: self._looked_since(conn, crawl.source_id, *one) for one in times}
        revised = [
            Revised(
                row["id"],
                Wording(row["old_title"], row["old_body"], rows.read_day(row["old_on"])),
                Wording(row["title"], row["body"], rows.read_day(row["published_on"])),
                looked[row["crawl_id"], row["read_from"]],
            )
            for row in found
        ]
        others = conn.execute(
            "SELECT id, body FROM posts WHERE source_id = ? AND body IS NOT NULL ORDER BY id DESC LIMIT ?",
            [crawl.source_id, _MOST_COMPARED],
        ).fetchall()
        posts = {row["post_id"] for row in found}
        hushed = of_the_site(revised, [row["body"] for row in others if row["id"] not in posts])
        for event_id in hushed:
            conn.execute("UPDATE post_events SET telling = 0 WHERE id = ?", [event_id])
        if hushed:
            words = f"{len(hushed)} posts read otherwise by what others show as well: recorded, not announced"
            self._note(conn, crawl.id, CrawlNote("warning", "the posts' own pages", words))

    def _looked_since(self, conn: sqlite3.Connection, source_id: int, crawl_id: int, read_from: str | None) -> int:
        """How many posts of a source were looked at from a crawl on: on their pages, or where they are listed."""
        counted = "new + revised + unchanged + moved" if read_from == ReadFrom.LISTING else "visited"
        return int(
            conn.execute(
                f"SELECT COALESCE(SUM({counted}), 0) AS n FROM crawls WHERE source_id = ? AND id >= ?",
                [source_id, crawl_id],
            ).fetchone()["n"]
        )

    def _has_revised(self, conn: sqlite3.Connection, crawl_id: int) -> bool:
        revised = "SELECT EXISTS (SELECT 1 FROM post_events WHERE crawl_id = ? AND kind = 'revised' AND telling)"
        return bool(conn.execute(revised, [crawl_id]).fetchone()[0])

    def _withdraw(self, conn: sqlite3.Connection, visit: Visit) -> None:
        """Posts that this crawl found gone, and one at least a day ago as well, on days that prove something."""
        gone = conn.execute(
            "SELECT posts.id, missing_since, missing_reason, missing_crawl_id, sound FROM posts"
            " JOIN crawls ON crawls.id = missing_crawl_id"
            " WHERE gone_crawl_id = ? AND missing_since IS NOT NULL AND withdrawn_at IS NULL",
            [visit.crawl_id],
        ).fetchall()
        for row in gone:
            since = rows.read_instant(row["missing_since"])
            if visit.now - since < visit.rules.withdraw_after:
                continue
            if not row["sound"] or is_mass_vanishing(*reversed(self._day(visit.source_id, since, visit.zone))):
                conn.execute(
                    "UPDATE posts SET missing_since = ?, missing_crawl_id = ? WHERE id = ?",
                    [rows.instant(visit.now), visit.crawl_id, row["id"]],
                )
                continue
            conn.execute("UPDATE posts SET withdrawn_at = ? WHERE id = ?", [rows.instant(visit.now), row["id"]])
            self._event(
                conn, visit, row["id"], EventKind.WITHDRAWN, telling=True, reason=str(row["missing_reason"] or "")
            )

    def _end_line_visits(self, conn: sqlite3.Connection, source_id: int, now: datetime, rules: VisitRules) -> None:
        """Posts without a page were looked at where they are listed; one that is listed no more proves nothing."""
        due = conn.execute(
            "SELECT id, visit_from FROM posts WHERE source_id = ? AND visit_due_at <= ? AND url IS NULL",
            [source_id, rows.instant(now)],
        ).fetchall()
        for row in due:
            following = next_visit(rows.read_instant(row["visit_from"]), now, rules)
            conn.execute(
                "UPDATE posts SET visit_due_at = ? WHERE id = ?",
                [rows.instant(following) if following else None, row["id"]],
            )

    # -- the parts -------------------------------------------------------------------------------------------------

    def _day(self, source_id: int, moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
        """How many posts of a source were looked at on the local day of a moment, and how many were gone."""
        day = local_date(moment, zone)
        found = self._rows(
            "SELECT COALESCE(SUM(visited), 0) AS visited, COALESCE(SUM(gone), 0) AS gone FROM crawls"
            " WHERE source_id = ? AND started_at >= ? AND started_at < ?",
            source_id,
            rows.instant(datetime.combine(day, time(), zone)),
            rows.instant(datetime.combine(day + timedelta(days=1), time(), zone)),
        )[0]
        return int(found["visited"]), int(found["gone"])

    def _is_met(self, conn: sqlite3.Connection, visit: Visit, post_id: int) -> bool:
        met = "SELECT EXISTS (SELECT 1 FROM met WHERE crawl_id = ? AND post_id = ?)"
        return bool(conn.execute(met, [visit.crawl_id, post_id]).fetchone()[0])

    def _visited(self, conn: sqlite3.Connection, visit: Visit, old: Post) -> None:
        conn.execute("UPDATE crawls SET visited = visited + 1 WHERE id = ?", [visit.crawl_id])
        conn.execute(
            "UPDATE posts SET missing_since = NULL, missing_reason = NULL, missing_crawl_id = NULL,"
            " gone_crawl_id = NULL WHERE id = ?",
            [old.id],
        )
        self._schedule(conn, visit, old.id, old.visit_from or old.first_seen_at)


def _as_stored(post: Post) -> Article:
    return Article(post.title, post.body or "", post.published_on)
