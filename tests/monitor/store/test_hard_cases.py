"""Hard cases that an adversary found: each of them once lost, repeated or garbled something."""

import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError, SecretError, StoreLocked
from monitor.identity import canonical_url
from monitor.models import SourceSpec
from monitor.pages import Article, Entry, ListingPage
from monitor.setup import load_setup
from monitor.sightings import prepare
from monitor.store import Store
from monitor.store.schema import APPLICATION_ID
from monitor.text import LabelPattern, summarise

U, V, W = (f"http://zj.example/{n}.html" for n in (1, 2, 3))
DAY = date(2025, 7, 17)
A = Entry("【湛江招商】甲", U, DAY, body="甲的正文")
B = Entry("【遂溪县招商】乙", U, DAY, body="乙的正文")
PATTERN = LabelPattern.parse("【…招商】")
MAIL = '[channel.mail]\ntype = "email"\nhost = "smtp.example"\nsender = "a@x.cn"\nrecipients = ["b@x.cn"]\n'


@pytest.mark.parametrize("on", [None, DAY])
def test_an_edited_title_on_a_once_shared_address_is_new_once(crawls: Any, on: date | None) -> None:
    one, two, edited = (
        replace(A, published_on=on),
        replace(B, published_on=on),
        replace(A, title="【湛江招商】甲改", published_on=on),
    )
    crawls.run([one])
    crawls.run([one, two])
    crawls.run([edited])
    assert crawls.see(edited) == ["unchanged"]
    assert crawls.see(edited) == ["unchanged"]


@pytest.mark.parametrize(("one", "other"), [("%D5%D0%C9%CC", "%D5%FE%B2%DF"), ("x?t=%D5%D0%C9%CC", "x?t=%D5%FE%B2%DF")])
def test_percent_encoded_gbk_stays_apart(one: str, other: str) -> None:
    assert canonical_url(f"http://a.cn/{one}") != canonical_url(f"http://a.cn/{other}")


def test_another_listing_does_not_relabel_a_post(crawls: Any) -> None:
    crawls.run([A])
    crawls.run([replace(A, title="【广东招商】甲")], source="guangdong")
    (post,) = crawls.store.all_posts()
    assert (post.label, post.place) == ("湛江招商", "湛江")


def test_a_whole_title_is_not_replaced_by_its_cut_form(crawls: Any) -> None:
    crawls.run([replace(A, title="【湛江招商】甲乙丙丁戊")])
    assert crawls.see(replace(A, title="【湛江招商】甲乙…")) == ["unchanged"]


def test_an_off_label_entry_is_one_whatever_shares_its_address_or_where_it_moves(crawls: Any) -> None:
    one, two = Entry("【投资廉江市】丙", U, DAY), Entry("【投资廉江市】丁", U, DAY)
    crawls.run([one, two])
    (sighting,), _ = crawls.run([one])
    assert not sighting.unknown
    assert crawls.store.summary().off_label == 2


def test_copies_are_found_by_an_index_not_by_reading_every_post(crawls: Any) -> None:
    plan = crawls.store._rows("EXPLAIN QUERY PLAN SELECT id FROM posts WHERE id = 1 OR copy_of = 1")
    assert not any(row["detail"].startswith("SCAN") for row in plan)


def test_waits_no_longer_than_asked(database: Path) -> None:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    other.execute("CREATE TABLE t (x)")
    other.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    with pytest.raises(StoreLocked):
        Store(database, busy_seconds=0.05)
    other.close()
    assert time.monotonic() - started < 10


def test_after_a_kill_in_the_first_commit(database: Path) -> None:
    """A hot rollback journal: SQLite repairs the file when it may write, and mode=ro may not."""
    store = Store(database)
    store._conn.execute("PRAGMA journal_mode = DELETE")
    store.close()
    script = (
        "import os, sqlite3, sys\nconn = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "conn.execute('PRAGMA cache_size = 1')\nconn.execute('BEGIN IMMEDIATE')\nconn.execute('CREATE TABLE big (x)')\n"
        "for _ in range(2000): conn.execute('INSERT INTO big VALUES (randomblob(500))')\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(database)], check=True)
    Store(database).close()


def test_a_foreign_file_leaves_no_files_beside_it(database: Path) -> None:
    conn = sqlite3.connect(database)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("CREATE TABLE t (x)")
    conn.close()
    with pytest.raises(Exception, match="another program"):
        Store(database)
    assert {path.name for path in database.parent.iterdir()} <= {"zhaoshang.db", "zhaoshang.db.lock"}


@pytest.mark.parametrize(
    "text",
    [
        'data_dir = "~nosuchuser/x"',
        'data_dir = "a\\u0000b"',
        '[[source]]\nname = "a"\nurl = "~nosuchuser/x"',
        f'{MAIL}password_file = "~nosuchuser/x"',
        '[[source]]\nname = "a"\nurl = "http://h:99999/"',
        f'{MAIL}timeout = "0s"',
        '[crawl]\ntimeout = "0s"',
    ],
)
def test_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        load_setup(path)


def test_a_password_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.write_text(f'{MAIL}password_file = "p"')
    (tmp_path / "p").write_bytes(b"\xff\xfe")
    (tmp_path / "p").chmod(0o600)
    with pytest.raises(SecretError):
        load_setup(path).config.channels["mail"].password()  # type: ignore[union-attr]


def test_a_channel_is_named_as_written(tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.write_text(MAIL.replace("channel.mail", "channel.7") + "hots = 1")
    with pytest.raises(ConfigError, match=r"channel\.7"):
        load_setup(path)


def test_renamed_from_wins_over_the_address_of_another_retired_source(store: Store, now: datetime) -> None:
    before = store.source("guangdong")
    store.sync([SourceSpec("gd", "http://zj.example/list/", "x", renamed_from="guangdong")], [], now)
    after = store.source("gd")
    assert before is not None
    assert after is not None
    assert after.id == before.id


def test_an_empty_address_is_none() -> None:
    (found,) = prepare(ListingPage("http://a/", "html", (Entry("【湛江招商】甲", "", DAY),)), 1, PATTERN)
    assert found.verdict == "rejected"


def test_of_lines_that_differ_in_summary_only_the_same_is_kept() -> None:
    one, two = replace(A, summary="一"), replace(A, summary="二")
    kept = [prepare(ListingPage("http://a/", "html", page), 1, PATTERN)[0].entry for page in ((one, two), (two, one))]
    assert kept[0] == kept[1]


def test_a_lone_surrogate_does_not_cost_the_page(crawls: Any) -> None:
    assert crawls.see(replace(A, title="【湛江招商】甲\ud800"), replace(B, url=V))[-1] == "new"


def test_a_place_is_spelled_as_in_the_title() -> None:
    label = PATTERN.match("【G60科创招商】x")
    assert label is not None
    assert label.place == "G60科创"


def test_a_summary_with_a_closing_quote_keeps_the_limit() -> None:
    assert len(summarise("甲" * 95 + "。”" + "乙" * 90, 96)) <= 96


def test_order_of_two_lines_that_could_both_be_the_move(fresh_crawls: Any) -> None:
    lines = [replace(A, url=V, body="一"), replace(A, url=W, body="二")]
    after = []
    for page in (lines, lines[::-1]):
        with fresh_crawls() as crawl:
            crawl.run([A])
            crawl.run(page)
            after.append(sorted((post.url, post.body, post.revision) for post in crawl.store.all_posts()))
    assert after[0] == after[1]


def test_a_post_is_no_copy_of_another_content(crawls: Any) -> None:
    one, two = replace(A, body="F"), replace(A, url=V, body="G")
    crawls.run([one, two])
    crawls.run([replace(one, body="G"), two])
    crawls.run([replace(one, body="G"), two, replace(A, url=W, body="F")])
    posts = {post.id: post for post in crawls.store.all_posts()}
    assert all(post.fingerprint == posts[post.copy_of].fingerprint for post in posts.values() if post.copy_of)


def test_a_moved_post_whose_page_also_changed_takes_no_count_from_another(
    crawls: Any, store: Store, zone: Any, now: datetime
) -> None:
    crawls.run([A, replace(B, url=V)])
    crawl_id = crawls.start()
    moved, _ = crawls.page(crawl_id, replace(A, url=W, body=None), replace(B, url=V))
    store.record_article(crawl_id, moved.post.id, Article(None, "新"), now, zone, moved.verdict)
    counts = crawls.finish(crawl_id).counts
    assert (counts.unchanged, counts.moved, counts.revised) == (1, 0, 1)


def test_two_sources_crawled_at_once_count_a_common_post_once_each(crawls: Any) -> None:
    crawls.run([A])
    one, two = crawls.start(), crawls.start("guangdong")
    for crawl_id in (one, two, one, two):
        crawls.page(crawl_id, A)
    assert [crawls.finish(c).counts.unchanged for c in (one, two)] == [1, 1]


def test_failures_of_one_crawl_are_one_attempt_and_success_clears_the_error(crawls: Any, store: Store) -> None:
    (sighting,), crawl = crawls.run([A])
    store.record_page_failure(crawl.id, sighting.post.id, "HTTP 503")
    crawls.run([A])
    (post,) = store.all_posts()
    assert post.last_error is None


def test_a_pattern_of_anything_reaches_over_brackets() -> None:
    assert LabelPattern.parse("…招商…").match("【湛江招商】x") is not None


lines = st.builds(
    Entry,
    title=st.sampled_from(["【湛江招商】甲", "【湛江招商】甲乙", "【湛江招商】甲…", "【投资廉江市】丙"]),
    url=st.sampled_from([None, U, V]),
    published_on=st.sampled_from([None, DAY, date(2025, 7, 18)]),
    body=st.sampled_from([None, "正文", "正文二"]),
)


@settings(max_examples=300, deadline=None)
@given(history=st.lists(st.lists(lines, max_size=5), max_size=3), page=st.lists(lines, max_size=5))
def test_whatever_went_before_the_same_page_twice_changes_nothing(
    fresh_crawls: Any, history: list[list[Entry]], page: list[Entry]
) -> None:
    """The wider form of the property in test_recording: earlier pages may share addresses as well."""
    with fresh_crawls() as crawls:
        for earlier in [
            *history,
            page,
            page,
        ]:  # a post that changed every time has settled when it shows the same twice
            crawls.run(earlier)
        counts = crawls.run(page)[1].counts
        assert (counts.new, counts.moved, counts.revised) == (0, 0, 0)


def test_a_post_that_moves_back_is_read_at_the_address_where_it_is(crawls: Any) -> None:
    for url in (U, V, U):
        crawls.run([replace(A, url=url)])
    (post,) = crawls.store.all_posts()
    assert post.url == U


def test_a_date_without_a_year_is_no_revision_when_years_go_by(crawls: Any) -> None:
    crawls.run([replace(A, year_printed=False)])
    assert crawls.see(replace(A, year_printed=False, published_on=date(2026, 7, 17))) == ["unchanged"]
    assert crawls.see(replace(A, published_on=date(2026, 7, 17))) == ["revised"]
