"""The list of what an audience was not told: whatever happens to posts, it holds all that a digest may take."""

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils.db import Database

from monitor.announcing import AnnounceRules, Composition, DigestMaterial, EntryKind, EntryRecord
from monitor.pages import Entry
from monitor.periods import day_of, local_date
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID
from monitor.store.telling_schema import migrations

WEEK = timedelta(days=7)
DAY = date(2025, 7, 17)
ZONE = ZoneInfo("Asia/Shanghai")

# What a digest takes, asked of all posts that there are.
WANTED = (
    "SELECT id FROM posts, (SELECT id AS who, created_at FROM audiences WHERE name = ?1) WHERE effective_on < ?2"
    " AND replayed = 0 AND status = 'complete' AND NOT (first_seen_at < created_at AND effective_on < ?3)"
    " AND NOT EXISTS (SELECT 1 FROM digest_entries WHERE audience_id = who AND post_id = posts.id)"
)


def line(title: str, on: date | None = DAY, body: str = "正文") -> Entry:
    return Entry(f"【湛江招商】{title}", f"http://zj.example/{title}", on, body=body)


def listed(store: Store) -> list[tuple[int, int]]:
    return [tuple(row) for row in store._rows("SELECT audience_id, post_id FROM untold ORDER BY 1, 2")]


def begin(freezer: Any, audience: str, now: datetime) -> None:
    """Have the freezer work for an audience that begins now."""
    freezer.store.sync([], [audience], now)
    freezer.audience = audience


def test_the_list_holds_what_each_audience_was_not_told(crawls: Any, freezer: Any, store: Store, now: datetime) -> None:
    store.sync([], ["everyone", "few"], now)
    crawls.run([line("甲"), line("乙")])
    freezer.freeze()
    crawls.run([line("丙")])
    assert listed(store) == [(1, 3), (2, 1), (2, 2), (2, 3)]


def test_an_audience_finds_what_was_there_before_it_once_for_each_longer_look_back(
    crawls: Any, freezer: Any, store: Store, now: datetime
) -> None:
    crawls.at = now - timedelta(days=60)
    crawls.run([line("甲", date(2025, 4, 1)), line("乙", date(2025, 5, 1))])
    crawls.at = now - timedelta(days=30)
    crawls.run([line("丙", date(2025, 7, 15))])
    begin(freezer, "late", now)
    freezer.rules = AnnounceRules(lookback_days=14)
    assert freezer.titles() == []
    freezer.rules = AnnounceRules(lookback_days=85)
    assert freezer.titles("2025-W30", at=now + WEEK) == ["【湛江招商】丙", "【湛江招商】乙"]
    freezer.rules = AnnounceRules(lookback_days=3)
    assert freezer.titles("2025-W31", at=now + 2 * WEEK) == []
    freezer.rules = AnnounceRules(lookback_days=150)
    assert freezer.titles("2025-W32", at=now + 3 * WEEK) == ["【湛江招商】甲"]
    assert listed(store) == [(1, 1), (1, 2), (1, 3)]


def test_what_was_too_old_is_told_when_its_site_dates_it_anew(crawls: Any, freezer: Any, now: datetime) -> None:
    crawls.at = now - timedelta(days=5)
    crawls.run([line("甲", date(2024, 7, 15), "旧文"), line("乙", date(2024, 7, 15), "旧文")])
    begin(freezer, "late", now)
    assert freezer.titles() == []
    crawls.at = now + timedelta(days=1)
    crawls.run([line("甲", date(2025, 7, 15), "新文，总投资12亿元。"), line("乙", date(2024, 7, 16), "旧文")])
    assert freezer.titles("2025-W30", at=now + WEEK) == ["【湛江招商】甲"]


def test_what_was_read_from_the_archive_leaves_the_list(crawls: Any, freezer: Any, store: Store) -> None:
    crawls.run([line("甲"), line("乙")])
    with store._write() as conn:
        conn.execute("UPDATE posts SET replayed = 1 WHERE id = 1")
        conn.execute("UPDATE posts SET effective_on = '2025-07-18' WHERE id = 1")
    assert listed(store) == [(1, 2)]
    assert freezer.titles() == ["【湛江招商】乙"]


def test_an_older_database_tells_what_it_had_not_told(database: Path, now: datetime) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute("PRAGMA user_version = 6")
        conn.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m010_telling")
        at = "2025-07-01T00:00:00+00:00"
        conn.execute(
            "INSERT INTO sources (id, name, url, title, created_at) VALUES (1, 'zj', 'http://zj', '', ?)", [at]
        )
        conn.execute("INSERT INTO audiences (id, name, created_at) VALUES (1, 'everyone', ?)", [at])
        for number, seen in enumerate(("2025-06-01", "2025-07-10", "2025-07-11"), start=1):
            conn.execute(
                "INSERT INTO posts (id, source_id, title, listed_title, listed_key, effective_on, dated, body, status,"
                " baseline, revision, first_seen_at, last_seen_at) VALUES (?1, 1, '', '', '', ?2, 1, '', 'complete', 0,"
                " 1, ?3, ?3)",
                [number, seen, f"{seen}T00:00:00+00:00"],
            )
        conn.execute(
            "INSERT INTO digests (id, audience_id, period, period_start, period_end, due_at, frozen_at, content)"
            " VALUES (1, 1, '2025-W28', '2025-07-07', '2025-07-14', ?1, ?1, '')",
            [at],
        )
        conn.execute("INSERT INTO digest_entries VALUES (1, 1, 1, 'new', 2, NULL)")
    with Store(database) as store:
        assert offered(store, "everyone", now, AnnounceRules()) == [3]
        assert store._rows("PRAGMA foreign_key_check") == []


def offered(store: Store, audience: str, at: datetime, rules: AnnounceRules) -> list[int]:
    """The posts that a digest of the days before `at` is given; it tells all of them."""
    posts: list[int] = []

    def tell(material: DigestMaterial) -> Composition:
        posts.extend(sorted(post.id for post in material.posts))
        return Composition("", tuple(EntryRecord(EntryKind.NEW, post_id=number) for number in posts), ())

    store.freeze_digest(
        audience,
        day_of(local_date(at, ZONE) - timedelta(days=1)),
        due_at=at,
        now=at,
        zone=ZONE,
        rules=rules,
        sources=[],
        compose=tell,
    )
    return posts


SEE = st.tuples(st.just("see"), st.integers(0, 5), st.integers(-40, 20))
FREEZE = st.tuples(st.just("freeze"), st.sampled_from(["everyone", "late"]), st.integers(0, 40))
BEGIN = st.just(("begin", "late", 0))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(SEE, SEE, FREEZE, BEGIN), max_size=14))
def test_a_digest_takes_what_a_look_at_all_posts_would_take(
    fresh_crawls: Any, steps: list[tuple[str, Any, int]]
) -> None:
    with fresh_crawls() as crawls:
        store, start = crawls.store, crawls.at
        store.sync([], ["everyone"], start)
        for number, (what, one, days) in enumerate(steps):
            crawls.at = start + timedelta(days=number)
            if what == "see":
                crawls.run([line(f"项目{one}", crawls.at.date() + timedelta(days=days), f"第{number}稿")])
            elif what == "begin":
                store.sync([], ["late"], crawls.at)
            elif (who := store.audience(one)) is not None:
                back_to = local_date(who.created_at, ZONE) - timedelta(days=days)
                wanted = store._rows(WANTED, one, local_date(crawls.at, ZONE).isoformat(), back_to.isoformat())
                rules = AnnounceRules(lookback_days=days)
                assert offered(store, one, crawls.at, rules) == sorted(row["id"] for row in wanted)
