"""Replays: archived pages read again by another extractor, in this process; and as users run them, after real crawls."""

import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.extract import PostReading, Recipe
from crawler.replay import Wish, replay_source
from monitor import jobs
from monitor.clock import Clock
from monitor.config import Config, SourceConfig
from monitor.daemon import Daemon
from monitor.errors import ZhaoshangError
from monitor.locks import lock_crawl
from monitor.models import Post, PostStatus
from monitor.pages import Article, Block, BlockKind, Entry, ListingPage, PageRequest, RawPage, Selection
from monitor.replay_process import ReplayProcess
from monitor.replayed import Corrected, Ended, Event, Filled, Missing, Progress, event_of
from monitor.setup import Setup, load_setup
from monitor.store import Store
from monitor.text import LabelPattern

NOW = datetime(2025, 7, 21, tzinfo=UTC)
LISTING = "http://zj.example/list/"
PATTERN = LabelPattern.parse("【…招商】")
A, B, C, OFF = "【湛江招商】甲", "【遂溪招商】乙", "【徐闻招商】丙", "【投资廉江市】丁"
U, V, W = (f"http://zj.example/{number}.html" for number in (1, 2, 3))


# -- two extractors ---------------------------------------------------------------------------------------------------
#
# A listing is JSON: for each line what the old extractor took it for and what the new one reads, both [title, url, date,
# text] or null for nothing. A post's page is JSON likewise: two texts; null stands for a blocked page.

Line = list[Any] | None
Both = tuple[Line, Line]


def same(title: str, url: str | None, on: str | None = "2025-07-17", text: str | None = None) -> Both:
    return [title, url, on, text], [title, url, on, text]


def entries(raw: RawPage, which: int) -> ListingPage:
    lines = [both[which] for both in json.loads(raw.body) if both[which] is not None]
    found = tuple(
        Entry(title, url, date.fromisoformat(on) if on else None, body=text) for title, url, on, text in lines
    )
    return ListingPage(raw.url, "html", found)


def new_listing(raw: RawPage, now: datetime, select: Selection) -> ListingPage:
    assert (now, now.utcoffset(), select) == (raw.fetched_at, timedelta(hours=8), Selection())
    return entries(raw, 1)


def new_post(raw: RawPage, now: datetime, select: Selection) -> PostReading:
    assert (now, now.utcoffset(), select) == (raw.fetched_at, timedelta(hours=8), Selection())
    text = json.loads(raw.body)[1]
    blocked = Block(BlockKind.CHALLENGE, "a sign") if text is None else None
    return PostReading(None if text is None else Article(None, text), blocked, "utf-8", "", Recipe())


class World:
    """A source whose crawls, one a day, read their pages by the old extractor and kept them."""

    def __init__(self, folder: Path) -> None:
        source = SourceConfig(name="zj", url=LISTING)
        self.setup = Setup(Config(source=(source,)), None, folder)
        self.at = NOW
        with self.store() as store:
            store.sync([source.spec], ["everyone"], NOW)

    def store(self) -> Store:
        return Store(self.setup.database)

    def crawl(self, *pages: list[Both], posts: dict[str, list[str | None]] | None = None) -> None:
        self.at += timedelta(days=1)
        zone = self.setup.config.zone
        with self.store() as store:
            crawl_id = store.start_crawl("zj", 1, self.at)
            for number, lines in enumerate(pages):
                raw = self.raw(f"{LISTING}{number or ''}", lines)
                store.record_listing(crawl_id, entries(raw, 0), PATTERN, self.at, zone, raw=raw)
            for address, texts in (posts or {}).items():
                (post_id,) = (post.id for post in store.all_posts() if post.url == address)
                article = Article(None, texts[0] or "")
                store.record_article(crawl_id, post_id, article, self.at, zone, raw=self.raw(address, texts))
            store.finish_crawl(crawl_id, "end of the listing", completed=True, now=self.at)

    def raw(self, url: str, said: object) -> RawPage:
        return RawPage(PageRequest(url), url, json.dumps(said).encode(), self.at)

    def replay(self, **more: Any) -> list[Event]:
        """What a replay a day later tells, progress left out."""
        wish = replace(Wish("zj", PATTERN, Selection(), self.at + timedelta(days=1)), **more)
        return [event for event in replay_source(self.setup, wish) if not isinstance(event, Progress)]

    def posts(self) -> dict[str, Post]:
        with self.store() as store:
            return {post.title: post for post in store.all_posts()}

    def damage(self, body: str) -> None:
        with closing(sqlite3.connect(self.setup.data_dir / "archive.db", isolation_level=None)) as conn:
            found = conn.execute(f"UPDATE contents SET body = x'00' WHERE id IN ({body})")
            assert found.rowcount == 1


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("crawler.replay.read_listing", new_listing)
    monkeypatch.setattr("crawler.replay.read_post", new_post)
    return World(tmp_path)


def dump(world: World) -> list[str]:
    with closing(sqlite3.connect(world.setup.database)) as conn:
        return list(conn.iterdump())


def ended(events: list[Event]) -> Ended:
    assert isinstance(events[-1], Ended)
    return events[-1]


def test_what_is_read_as_before_changes_nothing(world: World) -> None:
    world.crawl([same(A, U), same(B, V), same(OFF, W)], posts={U: ["甲文", "甲文"], V: ["乙文", "乙文"]})
    world.crawl([same(C, W, text="丙文"), same(A, U), same(B, V)])
    before = dump(world)
    assert world.replay() == [Ended("zj", pages=4, posts=3)]
    assert dump(world) == before


def test_an_improved_extractor_corrects_and_fills_in_and_a_second_replay_changes_nothing(world: World) -> None:
    wrong_date: Both = ([A, U, "2025-01-07", None], [A, U, "2025-07-17", None])
    missed: Both = (None, [B, V, "2025-07-16", None])
    off: Both = (None, [OFF, W, "2025-07-16", None])
    world.crawl([wrong_date, missed, off], posts={U: ["甲文 打印 关闭", "甲文"]})
    events = world.replay()
    told = [(one.post, one.field, one.before, one.after) for one in events if isinstance(one, Corrected)]
    assert told == [
        (1, "date", "2025-01-07", "2025-07-17"),
        (1, "effective date", "2025-01-07", "2025-07-17"),
        (1, "body", "甲文 打印 关闭", "甲文"),
        (1, "date on the listing", "2025-01-07", "2025-07-17"),
    ]
    assert [one for one in events if isinstance(one, Filled)] == [
        Filled("zj", "off-label", OFF, W),
        Filled("zj", "pending", B, V, 2),
    ]
    assert ended(events) == Ended("zj", pages=2, posts=2, corrected=1, filled=1, off_label=1)
    found = world.posts()
    assert (found[A].body, found[A].published_on, found[A].revision) == ("甲文", date(2025, 7, 17), 2)
    assert (found[B].replayed, found[B].first_seen_at) == (True, NOW + timedelta(days=1))
    before = dump(world)
    assert world.replay() == [Ended("zj", pages=2, posts=2)]
    assert dump(world) == before


def test_the_latest_page_of_a_post_and_the_latest_line_count_and_the_earliest_is_its_first_sight(world: World) -> None:
    old: Both = (None, [B, V, "2025-07-16", None])
    new: Both = (None, [B + "（更新）", V, "2025-07-16", "新文"])
    world.crawl([same(A, U), old])
    world.crawl([same(C, W), same(A, U), new])
    world.replay()
    post = world.posts()[B + "（更新）"]
    assert (post.first_seen_at, post.body, post.status) == (NOW + timedelta(days=1), "新文", PostStatus.COMPLETE)


def test_two_listing_pages_of_one_crawl_and_a_post_on_both(world: World) -> None:
    pinned: Both = (None, [B, V, "2025-07-16", None])
    world.crawl([pinned, same(A, U)], [pinned, same(C, W)])
    assert ended(world.replay()).filled == 1
    assert len(world.posts()) == 3


def test_a_post_found_in_the_archive_has_its_text_from_there_when_its_page_is_kept(world: World) -> None:
    """As after a restored backup: the page is known by its address, whatever number the post has now."""
    world.crawl([same(A, U), same(B, V)], posts={U: ["甲文", "甲文"], V: ["乙文", "乙文"]})
    with closing(sqlite3.connect(world.setup.database, isolation_level=None)) as conn:
        for table in ("revisions", "identities", "listed", "met"):
            conn.execute(f"DELETE FROM {table} WHERE post_id = 1")
        conn.execute("DELETE FROM posts WHERE id = 1")
        conn.execute("UPDATE posts SET id = 1 WHERE id = 2")
        for table in ("revisions", "identities", "listed"):
            conn.execute(f"UPDATE {table} SET post_id = 1")
    assert ended(world.replay()) == Ended("zj", pages=3, posts=2, filled=1)
    assert {post.title: post.body for post in world.posts().values()} == {A: "甲文", B: "乙文"}


def test_a_page_that_was_taken_for_the_post_by_mistake_is_passed_over(world: World) -> None:
    world.crawl([same(A, U)], posts={U: ["甲文", "甲文"]})
    world.crawl([same(A, U)], posts={U: ["请完成验证", None]})
    assert world.posts()[A].body == "请完成验证"
    events = world.replay()
    assert [(one.field, one.after) for one in events if isinstance(one, Corrected)] == [("body", "甲文")]
    assert ended(world.replay()).corrected == 0


def test_posts_that_their_pages_no_longer_yield_are_named_and_left(world: World) -> None:
    gone: Both = ([A, U, "2025-07-17", None], None)
    off: Both = ([B, V, "2025-07-17", "乙文"], [OFF, V, "2025-07-17", "乙文"])
    world.crawl([gone, off, same(C, W)], posts={W: ["请完成验证", None]})
    before = world.posts()
    events = world.replay()
    assert [(one.title, one.reason) for one in events if isinstance(one, Missing)] == [
        (A, "no archived listing shows it any more"),
        (B, "its line is off-label now"),
        (C, "its archived page yields no text any more: challenge page (a sign)"),
    ]
    assert ended(events).missing == 3
    assert world.posts() == before


def test_what_the_archive_no_longer_reaches_is_not_missed(world: World) -> None:
    world.crawl([same(A, U, text="甲文")])
    world.crawl([same(B, V, text="乙文")])
    world.crawl([same(C, W, text="丙文")])
    with world.store() as store:
        store.prune_archive(world.at)
    assert ended(world.replay()) == Ended("zj", pages=1, posts=1)


def test_a_record_without_an_address_is_corrected_and_not_doubled(world: World) -> None:
    redated: Both = ([A, None, "2025-01-07", "甲文"], [A, None, "2025-07-17", "甲文"])
    retitled: Both = (["乙", None, "2025-07-17", "乙文"], [B, None, "2025-07-17", "乙文"])
    with world.store() as store:
        crawl_id = store.start_crawl("zj", 1, world.at)
        raw = world.raw(LISTING, [redated, retitled])
        store.record_listing(
            crawl_id, entries(raw, 0), LabelPattern.parse("…"), world.at, world.setup.config.zone, raw=raw
        )
    events = world.replay()
    assert ended(events) == Ended("zj", pages=1, posts=2, corrected=2)
    assert {post.title: post.published_on for post in world.posts().values()} == dict.fromkeys(
        (A, B), date(2025, 7, 17)
    )
    assert ended(world.replay()).corrected == 0


def test_a_damaged_page_is_left_out_and_nothing_older_speaks_against_what_is_stored(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.crawl([same(A, U)], posts={U: ["旧文", "旧文"]})
    world.crawl([same(A, U), same(B, V)], posts={U: ["新文", "新文"]})
    world.damage("SELECT content_id FROM pages WHERE kind = 'post' ORDER BY id DESC LIMIT 1")
    before = dump(world)
    assert world.replay() == [Ended("zj", pages=2, posts=2, damaged=1)]
    world.damage("SELECT content_id FROM pages WHERE kind = 'listing' ORDER BY id DESC LIMIT 1")
    assert world.replay() == [Ended("zj", pages=1, posts=1, damaged=2)]
    assert dump(world) == before
    assert [message.split(":")[0] for message in caplog.messages] == [str(world.setup.data_dir / "archive.db")] * 3


def test_a_title_that_a_crawl_saw_on_a_page_that_is_damaged_stays(world: World) -> None:
    world.crawl([same(A, U, text="甲文")])
    world.crawl([same(A + "（更新）", U, text="甲文")])
    world.damage("SELECT content_id FROM pages ORDER BY id DESC LIMIT 1")
    assert ended(world.replay()).corrected == 0
    assert list(world.posts()) == [A + "（更新）"]


def test_a_dry_run_tells_the_same_and_changes_nothing(world: World) -> None:
    world.crawl([(None, [B, V, "2025-07-16", "乙文"]), same(A, U)], posts={U: ["甲文", "甲文二"]})
    before = dump(world)
    told = world.replay(dry_run=True)
    assert dump(world) == before
    assert world.replay() == told
    assert ended(told) == Ended("zj", pages=2, posts=2, corrected=1, filled=1)


def test_since_leaves_out_older_pages(world: World) -> None:
    world.crawl([same(A, U)], posts={U: ["甲文", "甲文二"]})
    world.crawl([same(A, U), same(B, V)], posts={V: ["乙文", "乙文二"]})
    assert ended(world.replay(since=world.at)) == Ended("zj", pages=2, posts=2, corrected=1)
    assert {post.title: post.body for post in world.posts().values()} == {A: "甲文", B: "乙文二"}


def test_a_source_without_a_pattern_is_corrected_only(world: World) -> None:
    world.crawl([(None, [B, V, "2025-07-16", "乙文"]), same(A, U), same(OFF, W)], posts={U: ["甲文", "甲文二"]})
    assert ended(world.replay(pattern=None)) == Ended("zj", pages=2, posts=1, corrected=1)
    assert {post.title: post.place for post in world.posts().values()} == {A: "湛江"}


def test_a_source_that_is_crawled_is_refused_in_a_line(world: World) -> None:
    world.crawl([same(A, U)])
    with lock_crawl(world.setup.data_dir, 1, "zj"):
        assert world.replay() == [
            Ended("zj", error=f"zj is being crawled by process {os.getpid()} already; wait for it to end")
        ]
    lock_crawl(world.setup.data_dir, 1, "zj").close()


def test_without_pages_there_is_nothing_to_do_and_no_archive_is_made(world: World) -> None:
    assert world.replay() == [Ended("zj")]
    assert world.replay(name="never crawled") == [Ended("never crawled")]
    assert not (world.setup.data_dir / "archive.db").exists()


def test_more_posts_than_one_batch_and_every_step_is_told(world: World) -> None:
    lines = [same(f"【湛江招商】{number}", f"http://zj.example/{number}.html") for number in range(130)]
    missed = [(None, both[1]) for both in lines[::3]]
    world.crawl([*lines[1::3], *lines[2::3], *missed])
    wish = Wish("zj", PATTERN, Selection(), world.at)
    events = list(replay_source(world.setup, wish))
    steps = [(event.done, event.total) for event in events if isinstance(event, Progress)]
    assert steps == sorted(steps)
    assert len(steps) >= 2
    assert all(done <= total for done, total in steps)
    assert ended(events).filled == 44


# -- as users run it --------------------------------------------------------------------------------------------------


TITLES = {f"/{number}.html": f"【湛江招商】第{number}号项目签约落地" for number in range(1, 13)}


@pytest.fixture
def archived(watched: Any, site: Any) -> Any:
    """A source of twelve posts on two pages that was crawled once; from then on the site answers nothing."""
    lines = [(path, title, "2025-07-17") for path, title in TITLES.items()]
    site.listing("/list.html", lines[:6], next_page="/list2.html")
    site.listing("/list2.html", lines[6:])
    for path, title in TITLES.items():
        site.post(path, [f"{title}，总投资十亿元，达产后年产值可达二十亿元。", "项目将于年内开工建设，带动当地就业。"])
    crawled = watched.crawl()
    assert crawled.row.counts.new == len(TITLES), crawled.log
    watched.former = dict(site.pages)
    site.pages.clear()
    site.requests.clear()
    return watched


def tamper(watched: Any, *statements: str) -> None:
    """What a worse extractor would have stored."""
    with closing(sqlite3.connect(watched.workplace.database, isolation_level=None)) as conn:
        for statement in statements:
            conn.execute(statement)


FORGET_POST_2 = [
    *(f"DELETE FROM {table} WHERE post_id = 2" for table in ("revisions", "identities", "listed")),
    "DELETE FROM posts WHERE id = 2",
]


@pytest.mark.long
def test_a_replay_mends_what_was_stored_wrongly_without_any_request(archived: Any, site: Any) -> None:
    right = {title: post.body for title, post in archived.posts().items()}
    tamper(archived, "UPDATE posts SET body = '打印 关闭', fingerprint = 'x' WHERE id = 1", *FORGET_POST_2)
    dry = archived.workplace.zhaoshang("replay", "--dry-run")
    assert "dry run: nothing was changed" in dry.stdout
    done = archived.workplace.zhaoshang("replay")
    assert (done.returncode, done.stderr) == (0, f"database: {archived.workplace.database}\n")
    assert dry.stdout.replace("; dry run: nothing was changed", "") == done.stdout
    assert "打印 关闭" in done.stdout
    assert "site: 14 pages read again, 12 posts; 1 corrected, 1 filled in\n" in done.stdout
    assert {title: post.body for title, post in archived.posts().items()} == right
    again = archived.workplace.zhaoshang("replay", "--source", "site", "--since", "2001-01-01")
    assert again.stdout == "site: 14 pages read again, 12 posts; 0 corrected, 0 filled in\n"
    assert site.requests == []
    site.pages.update(archived.former)
    counts = archived.crawl("-a", "full=1").row.counts
    assert (counts.new, counts.revised, counts.moved, counts.unchanged) == (0, 0, 0, 12)


@pytest.mark.long
def test_json_has_everything_and_tables_cut_from_where_values_differ(archived: Any) -> None:
    body = next(iter(archived.posts().values())).body
    tamper(archived, f"UPDATE posts SET body = '{body.replace('带动', '拉动')}' WHERE id = 1")
    shown = archived.workplace.zhaoshang("replay", "--dry-run").stdout
    assert "…" in shown
    assert "拉动当地就业" in shown
    told = json.loads(archived.workplace.zhaoshang("replay", "--json").stdout)
    (change,) = told["corrected"]
    assert (change["post"], change["field"], change["after"]) == (1, "body", body)
    assert told["sources"][0]["corrected"] == 1
    assert (told["dry_run"], told["filled"], told["missing"]) == (False, [], [])


def test_no_digest_tells_what_a_replay_did(archived: Any) -> None:
    tamper(archived, *FORGET_POST_2, "UPDATE posts SET body = '错', fingerprint = 'x' WHERE id = 1")
    week = ("--now", "2025-07-21T08:00+08:00")
    tamper(archived, "UPDATE audiences SET created_at = '2025-07-01T00:00:00+00:00'")
    first = archived.workplace.zhaoshang(*week, "deliver")
    assert "froze 2025-W29" in first.stdout
    frozen = archived.workplace.data / "digests" / "everyone" / "2025-W29.md"
    assert frozen.read_text(encoding="utf-8").count("第2号项目") == 0
    assert archived.workplace.zhaoshang("replay").returncode == 0
    archived.workplace.zhaoshang("--now", "2025-07-28T08:00+08:00", "deliver")
    with Store(archived.workplace.database) as store:
        told = [row["post_id"] for row in store._rows("SELECT post_id FROM digest_entries WHERE post_id IS NOT NULL")]
    assert len(told) == len(set(told)) == 11
    assert archived.posts()[TITLES["/2.html"]].id not in told


@pytest.mark.long
def test_a_source_that_left_the_configuration_is_replayed_only_when_it_is_named(archived: Any) -> None:
    tamper(archived, "UPDATE posts SET body = '错', fingerprint = 'x' WHERE id = 1", *FORGET_POST_2)
    archived.workplace.configure('[[source]]\nname = "other"\nurl = "http://other.example/"\n')
    assert (
        archived.workplace.zhaoshang("replay").stdout
        == "other: 0 pages read again, 0 posts; 0 corrected, 0 filled in\n"
    )
    named = archived.workplace.zhaoshang("replay", "--source", "site")
    assert named.stdout.endswith("site: 13 pages read again, 11 posts; 1 corrected, 0 filled in\n")
    unknown = archived.workplace.zhaoshang("replay", "--source", "nope")
    assert unknown.returncode == 1
    assert unknown.stderr.splitlines()[-1].startswith("zhaoshang: ")
    assert "there is no source named 'nope'" in unknown.stderr


def test_a_running_crawl_and_a_missing_database_are_told_in_one_line(archived: Any, workplace: Any) -> None:
    with lock_crawl(archived.workplace.data, 1, "site"):
        refused = archived.workplace.zhaoshang("replay")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.splitlines()[1:] == [
        f"zhaoshang: site: site is being crawled by process {os.getpid()} already; wait for it to end"
    ]
    workplace.configure('data_dir = "elsewhere"\n[[source]]\nname = "a"\nurl = "http://a.example/"\n')
    missing = workplace.zhaoshang("replay")
    assert missing.returncode == 1
    assert "there is no database yet" in missing.stderr.splitlines()[-1]


def test_a_damaged_page_is_a_line_and_the_rest_goes_on(archived: Any) -> None:
    with closing(sqlite3.connect(archived.workplace.data / "archive.db", isolation_level=None)) as conn:
        conn.execute("UPDATE contents SET body = x'28b52ffd' WHERE id = 3")
    done = archived.workplace.zhaoshang("replay")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()[1:]
    assert "is damaged and was left out" in line
    assert "1 damaged pages left out" in done.stdout


@pytest.mark.long
def test_by_hand_a_mistake_is_told_and_events_are_lines(archived: Any) -> None:
    for arguments, words in (
        (["nope"], "there is no source named 'nope'"),
        (["-a", "since=yesterday"], "write -a since=2025-07-21"),
        (["-a", "full=1"], "a replay takes no argument 'full'"),
        (["-a", "since"], "write -a since=2025-07-21"),
    ):
        wrong = archived.workplace.scrapy("replay", *arguments)
        assert wrong.returncode == 2
        assert words in wrong.stderr
        assert "Traceback" not in wrong.stderr
    right = archived.workplace.scrapy("replay", "-a", "dry_run=1")
    assert right.returncode == 0
    assert event_of(right.stdout.splitlines()[-1]) == Ended("site", pages=14, posts=12)


# -- the archive's size and retention ---------------------------------------------------------------------------------


def test_status_tells_the_size_of_the_archive_and_what_is_wrong_with_it(archived: Any) -> None:
    assert "archive: 14 pages, 0.0 MB as fetched, 0.1 MB on disk" in archived.workplace.zhaoshang("status").stdout
    told = json.loads(archived.workplace.zhaoshang("status", "--json").stdout)["archive"]
    assert (told["pages"], told["contents"]) == (14, 14)
    assert told["raw_bytes"] > 0 < told["disk_bytes"]
    (archived.workplace.data / "archive.db").write_text("not an archive", encoding="ascii")
    wrong = archived.workplace.zhaoshang("status")
    assert wrong.returncode == 0
    assert "archive.db: is not a SQLite database" in wrong.stdout.splitlines()[-1]
    assert "error" in json.loads(archived.workplace.zhaoshang("status", "--json").stdout)["archive"]


@pytest.mark.long
def test_a_crawl_drops_old_pages_at_its_end_and_all_of_them_when_none_are_to_be_kept(
    archived: Any, site: Any, workplace: Any
) -> None:
    def pages() -> int:
        with Store(workplace.database) as store:
            return store.archive_size().pages

    text = (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")
    site.listing("/list.html", [("/99.html", "【湛江招商】第99号项目签约落地", "2025-07-18")])
    site.post("/99.html", ["第99号项目签约落地，总投资十亿元，达产后年产值可达二十亿元。"])
    assert archived.workplace.zhaoshang("crawl").returncode == 0
    assert pages() == 16
    archived.workplace.zhaoshang("crawl", "--now", "2040-01-01T00:00+08:00")
    assert pages() == 15  # the listing as it was before
    workplace.configure(text.replace("delay = 0", 'delay = 0\nkeep_pages = "0s"'))
    archived.workplace.zhaoshang("crawl")
    assert pages() == 0


def test_the_daemon_drops_old_pages_once_a_day(world: World) -> None:
    world.crawl([same(A, U)])
    world.crawl([same(A, U), same(B, V)])
    daemon = Daemon(world.setup, Clock(world.at + timedelta(days=365)), tick_seconds=60)
    daemon.prune_tick()
    with world.store() as store:
        assert [ref.crawl_id for ref in store.archive.refs()] == [2]
    job = daemon._scheduler.get_job("archive")
    assert job.trigger.interval == timedelta(days=1)


@pytest.mark.parametrize(("kept", "left"), [("365d", 2), ("1d", 1), ("0s", 0)])
def test_what_is_kept_is_what_the_configuration_says(world: World, kept: str, left: int) -> None:
    world.crawl([same(A, U)])
    world.crawl([same(A, U), same(B, V)])
    config = Config.model_validate({"crawl": {"keep_pages": kept}})
    with world.store() as store:
        jobs.prune_archive(store, replace(world.setup, config=config), world.at + timedelta(days=2))
        assert store.archive_size().pages == left


# -- killed, stopped --------------------------------------------------------------------------------------------------


@pytest.fixture
def start(archived: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], ReplayProcess]:
    """A replay as the command line starts it."""
    monkeypatch.chdir(archived.workplace.path)
    monkeypatch.setenv("PYTHONPATH", archived.workplace._env({})["PYTHONPATH"])
    return lambda: ReplayProcess(load_setup(), [], since=None, dry_run=False, now=None)


def spoil(watched: Any) -> None:
    tamper(watched, "UPDATE posts SET body = '错' || id, title = title || '错' WHERE id > 2", *FORGET_POST_2)


def content(watched: Any) -> dict[str, tuple[object, ...]]:
    return {t: (p.url, p.body, p.published_on, p.effective_on, p.replayed) for t, p in watched.posts().items()}


@pytest.mark.long
def test_a_replay_that_is_killed_is_completed_by_the_next(archived: Any, start: Any) -> None:
    database = archived.workplace.database
    spoil(archived)
    before = database.read_bytes()
    assert archived.workplace.zhaoshang("replay").returncode == 0
    whole = content(archived)
    assert not any("错" in title for title in whole)
    for begun in ("SELECT COUNT(*) > 11 FROM posts", "SELECT COUNT(*) < 10 FROM posts WHERE title LIKE '%错'"):
        database.write_bytes(before)
        process = start()
        with closing(sqlite3.connect(database)) as conn:
            archived.wait_for(lambda conn=conn, begun=begun: conn.execute(begun).fetchone()[0])
        os.killpg(process._child.pid, signal.SIGKILL)
        with pytest.raises(ZhaoshangError, match="the replay died"):
            list(process.events())
        assert archived.workplace.zhaoshang("replay").returncode == 0
        assert content(archived) == whole
    assert archived.workplace.zhaoshang("replay").stdout.endswith("12 posts; 0 corrected, 0 filled in\n")


def test_a_replay_that_is_cut_off_in_any_transaction_is_completed_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.crawl(
        [same(A, U), (None, [B, V, "2025-07-16", None]), (None, [OFF, W, None, None])], posts={U: ["甲文", "甲文二"]}
    )
    world.crawl([same(C, W, text="丙文"), (None, [B + "二", V, "2025-07-16", "乙文"]), same(A, U)])
    before = world.setup.database.read_bytes()
    whole_run = world.replay()
    whole = stored(world)
    assert ended(whole_run) == Ended("zj", pages=3, posts=3, corrected=1, filled=1, off_label=1)
    write = Store._write
    cut_at = 0
    while True:
        world.setup.database.write_bytes(before)
        cut_at += 1
        left = [cut_at]

        @contextmanager
        def cut_off(store: Store, left: list[int] = left) -> Iterator[sqlite3.Connection]:
            left[0] -= 1
            with write(store) as conn:
                yield conn
                if not left[0]:
                    raise KeyboardInterrupt  # before the commit

        monkeypatch.setattr(Store, "_write", cut_off)
        try:
            world.replay()
        except KeyboardInterrupt:
            monkeypatch.setattr(Store, "_write", write)
            world.replay()
            assert stored(world) == whole, cut_at
        else:
            break
    assert cut_at > 6


def stored(world: World) -> list[tuple[object, ...]]:
    """What is stored of posts and off-label entries; how many revisions it took is left out."""
    with closing(sqlite3.connect(world.setup.database)) as conn:
        posts = conn.execute("SELECT title, url, published_on, body, status, replayed, first_seen_at FROM posts")
        off_label = conn.execute("SELECT title, replayed, first_seen_at FROM off_label_entries")
        return [*posts.fetchall(), *off_label.fetchall()]


def test_a_replay_that_is_stopped_or_dies_says_so(start: Any) -> None:
    process = start()
    process.stop()
    with pytest.raises(ZhaoshangError, match="the replay was stopped; run it again"):
        list(process.events())
    process = start()
    os.killpg(process._child.pid, signal.SIGKILL)
    with pytest.raises(ZhaoshangError, match=r"replay\.log: the replay died \(exit code -9\); run it again"):
        list(process.events())
