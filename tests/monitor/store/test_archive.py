"""The archive of raw pages: what is kept, in which order, for how long, and what damage, a kill and a full disk do."""

import hashlib
import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zstandard import ZstdCompressor

from monitor.archived import ArchiveSize, PageKind
from monitor.errors import ForeignDatabase, StoreCorrupt
from monitor.pages import Article, Entry, ListingPage, PageRequest, RawPage
from monitor.store import Store
from monitor.store.archive import ARCHIVE_NAME, Archive

NOW = datetime(2025, 7, 21, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
LISTING = "http://zj.example/list/"


def page(body: bytes, url: str = LISTING, *, at: datetime = NOW, **more: Any) -> RawPage:
    return RawPage(PageRequest(url), url, body, at, **more)


def keep(archive: Archive, raw: RawPage, kind: PageKind = "listing", source_id: int = 1, **more: Any) -> bool:
    return archive.keep(raw, source_id=source_id, crawl_id=1, kind=kind, **more)


def bodies(archive: Archive, **chosen: Any) -> list[bytes]:
    return [found.raw.body for found in archive.pages(**chosen)]


def contents(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("SELECT COUNT(*) FROM contents").fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ARCHIVE_NAME


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path, "ours") as opened:
        yield opened


# -- keeping and reading ----------------------------------------------------------------------------------------------


def test_a_page_comes_back_as_it_came_over_the_wire(archive: Archive) -> None:
    request = PageRequest("http://zj.example/api", "POST", '{"pageIndex": 2}', (("Referer", LISTING), ("X-Y", "招商")))
    raw = RawPage(request, "http://zj.example/api?x", bytes(range(256)) * 9, NOW, 203, "text/html; charset=gb2312")
    assert archive.keep(raw, source_id=7, crawl_id=9, kind="post", post_id=11)
    (found,) = archive.pages()
    assert found.raw == raw
    assert (found.ref.source_id, found.ref.crawl_id, found.ref.post_id, found.ref.kind) == (7, 9, 11, "post")


def test_an_empty_page_is_a_page(archive: Archive) -> None:
    assert keep(archive, page(b""))
    assert not keep(archive, page(b""))
    assert bodies(archive) == [b""]


def test_the_same_bytes_again_add_nothing_and_another_state_does(archive: Archive) -> None:
    assert [keep(archive, page(body)) for body in (b"A", b"A", b"B", b"B", b"A", b"A")] == [
        True, False, True, False, True, False,
    ]  # fmt: skip
    assert bodies(archive) == [b"A", b"B", b"A"]
    assert archive.size().contents == 2


def test_the_same_bytes_are_another_page_where_they_mean_another_thing(archive: Archive) -> None:
    """Another charset, status, address or source; but no page of the others stands between a page and its repeat."""
    states = [
        page(b"A"),
        page(b"A", content_type="text/html; charset=gbk"),
        page(b"A", content_type="text/html; charset=gbk", status=404),
        page(b"A", url=LISTING + "2"),
        RawPage(PageRequest(LISTING, "POST", "pageIndex=1"), LISTING, b"A", NOW),
        RawPage(PageRequest(LISTING, "POST", "pageIndex=2"), LISTING, b"A", NOW),
    ]
    assert [keep(archive, raw) for raw in states] == [True] * 6
    assert keep(archive, page(b"A", status=404), source_id=2)
    assert [keep(archive, raw) for raw in states[2:]] == [False] * 4
    assert archive.size().contents == 1


@given(history=st.lists(st.tuples(st.sampled_from([1, 2]), st.sampled_from("ab"), st.sampled_from([b"A", b"B", b""]))))
def test_the_newest_page_of_each_request_is_always_what_came_last(
    tmp_path_factory: Any, history: list[tuple[int, str, bytes]]
) -> None:
    last: dict[tuple[int, str], bytes] = {}
    with Archive(tmp_path_factory.mktemp("archive") / ARCHIVE_NAME, "ours") as archive:
        for source_id, name, body in history:
            keep(archive, page(body, LISTING + name), source_id=source_id)
            last[source_id, LISTING + name] = body
        newest = {(found.ref.source_id, found.ref.url): found.raw.body for found in archive.pages()}
        assert newest == last
        archive.prune(NOW + timedelta(days=1))
        assert {(found.ref.source_id, found.ref.url): found.raw.body for found in archive.pages()} == last
        assert archive.size().pages == len(last)


def test_pages_come_in_the_order_of_keeping_chosen_by_source_and_time(archive: Archive) -> None:
    for number in range(1100):  # more than are read at once
        at = NOW + timedelta(minutes=number)
        keep(archive, page(b"%d" % number, LISTING + str(number), at=at), source_id=number % 2)
    numbers = [int(body) for body in bodies(archive)]
    assert numbers == list(range(1100))
    assert [int(body) for body in bodies(archive, source_id=1)] == numbers[1::2]
    since = NOW + timedelta(minutes=1000)
    assert [int(body) for body in bodies(archive, source_id=0, since=since)] == numbers[1000::2]
    assert list(archive.refs(kind="post")) == []


def test_no_read_stays_open_between_two_pages(archive: Archive, path: Path) -> None:
    for number in range(3):
        keep(archive, page(b"%d" % number, LISTING + str(number)))
    found = archive.pages()
    next(found)
    with closing(sqlite3.connect(path, timeout=0.05)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # not busy
    assert len(list(found)) == 2


def test_of_trouble_the_newest_page_of_each_source_is_kept(archive: Archive, path: Path) -> None:
    for body in (b"first", b"second", b"second", b"third"):
        keep(archive, page(body), "trouble")
    keep(archive, page(b"another"), "trouble", source_id=2)
    keep(archive, page(b"a listing"))
    latest = archive.latest_trouble(1)
    assert latest is not None
    assert latest.body == b"third"
    assert archive.latest_trouble(3) is None
    assert sorted(bodies(archive)) == [b"a listing", b"another", b"third"]
    assert contents(path) == 3


def test_what_is_no_unicode_text_does_not_cost_the_page(archive: Archive) -> None:
    keep(archive, page(b"A", LISTING + "\ud800", content_type="text/html; charset=\udcff"))
    assert not keep(archive, page(b"A", LISTING + "\ud800", content_type="text/html; charset=\udcff"))
    (found,) = archive.pages()
    assert found.ref.url == LISTING + "?"


def test_pages_of_another_database_are_not_shown(path: Path) -> None:
    with Archive(path, "theirs") as theirs:
        keep(theirs, page(b"A"))
        keep(theirs, page(b"T"), "trouble")
    with Archive(path, "ours") as ours:
        assert keep(ours, page(b"A"))
        assert bodies(ours) == [b"A"]
        assert ours.latest_trouble(1) is None
        assert ours.refs_of_post(1) == ()
        assert ours.size().pages == 3


# -- retention --------------------------------------------------------------------------------------------------------


def test_pages_go_by_age_but_the_newest_of_each_stays(archive: Archive, path: Path) -> None:
    old, young = NOW - timedelta(days=400), NOW - timedelta(days=3)
    post = "http://zj.example/1.html"
    for body, url, kind, at in (
        (b"list 1", LISTING, "listing", old),
        (b"list 2", LISTING, "listing", young),
        (b"post 1", post, "post", old),
        (b"post 2", post, "post", old),
        (b"trouble", LISTING, "trouble", old),
    ):
        keep(archive, page(body, url, at=at), kind)
    assert archive.pruned_before() is None
    assert archive.prune(NOW - timedelta(days=365)) == 3
    assert bodies(archive) == [b"list 2", b"post 2"]
    assert contents(path) == 2
    assert archive.prune(NOW - timedelta(days=365)) == 0
    archive.prune(NOW - timedelta(days=500))
    assert archive.pruned_before() == NOW - timedelta(days=365)
    assert archive.prune(NOW, keep_newest=False) == 2
    assert archive.size().pages == archive.size().contents == archive.size().raw_bytes == 0


def test_a_body_that_another_page_has_too_stays(archive: Archive) -> None:
    keep(archive, page(b"A", at=NOW - timedelta(days=9)))
    keep(archive, page(b"B", at=NOW - timedelta(days=9)))
    keep(archive, page(b"A", LISTING + "2"))
    assert archive.prune(NOW - timedelta(days=5)) == 1
    assert sorted(bodies(archive)) == [b"A", b"B"]


def test_pages_of_another_database_go_by_age(path: Path) -> None:
    with Archive(path, "theirs") as theirs:
        keep(theirs, page(b"A"))
    with Archive(path, "ours") as ours:
        assert ours.prune(NOW) == 0
        assert ours.prune(NOW + timedelta(seconds=1)) == 1


def test_what_is_dropped_is_given_back_to_the_disk(path: Path) -> None:
    with Archive(path, "ours") as archive:
        for number in range(40):
            keep(archive, page(os.urandom(30_000), LISTING + str(number)))
    full = path.stat().st_size
    with Archive(path, "ours") as archive:
        archive.prune(NOW + timedelta(days=1), keep_newest=False)
    assert path.stat().st_size < full / 10


def test_looking_up_the_newest_page_and_summing_sizes_read_no_bodies(archive: Archive) -> None:
    size = "SELECT COUNT(*) AS contents, COALESCE(SUM(size), 0) AS bytes FROM contents"
    plan = archive._rows(f"EXPLAIN QUERY PLAN {size}")
    assert [row["detail"] for row in plan] == ["SCAN contents USING COVERING INDEX contents_by_size"]


# -- beside the database ----------------------------------------------------------------------------------------------


def test_a_store_makes_its_archive_when_it_first_keeps_a_page(store: Store, path: Path) -> None:
    assert store.archive_size() == ArchiveSize()
    assert store.prune_archive(NOW) == 0
    assert not path.exists()
    keep(store.archive, page(b"A" * 50))
    size = store.archive_size()
    assert (size.pages, size.contents, size.raw_bytes) == (1, 1, 50)
    assert size.disk_bytes > 0
    store.close()
    with Store(store.path) as again:
        assert bodies(again.archive) == [b"A" * 50]


@pytest.mark.parametrize("left", ["nothing", "the log"])
def test_an_archive_that_is_deleted_is_begun_anew(store: Store, path: Path, left: str) -> None:
    keep(store.archive, page(b"A"))
    log = path.with_name(path.name + "-wal")
    written = log.read_bytes()
    store.close()
    path.unlink()
    if left == "the log":
        log.write_bytes(written)
    with Store(store.path) as again:
        assert again.archive_size() == ArchiveSize()
        assert keep(again.archive, page(b"B"))
        assert bodies(again.archive) == [b"B"]
        assert again.archive.integrity_problem() is None
        assert len(again.source_states()) == 2


LINE = Entry("【湛江招商】甲", "http://zj.example/1.html")


def record(store: Store, raw: RawPage, crawls: Any, crawl_id: int | None = None) -> int:
    listing = ListingPage(LISTING, "html", (LINE,))
    crawl_id = crawl_id or crawls.start()
    store.record_listing(crawl_id, listing, crawls.pattern, NOW, ZONE, raw=raw)
    return crawl_id


def of_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('zhaoshang-archive', 'm9_x', '')"
        )


def without_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("DROP TABLE pages")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (
            lambda path: path.write_bytes(b"garbage"),
            "(is not a SQLite|the archive is damaged .file is not a) database.*; move it away",
        ),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "the archive is damaged .*; move it away"),
        (of_a_newer_version, "was written by a newer version .it has m9_x.*; upgrade zhaoshang"),
        (without_a_table, "the archive is damaged .no such table: .*; move it away"),
    ],
)
def test_an_archive_that_cannot_be_used_costs_no_post_and_is_told_once(
    store: Store, crawls: Any, path: Path, harm: Any, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    keep(store.archive, page(b"A"))
    store.close()
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    harm(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with Store(store.path) as again, caplog.at_level(logging.ERROR, "zhaoshang"):
        crawls.store = again
        crawl_id = record(again, page(b"B"), crawls)
        (post,) = again.all_posts()
        again.record_article(crawl_id, post.id, Article(None, "正文。"), NOW, ZONE, raw=page(b"C", LINE.url or ""))
        again.keep_trouble(crawl_id, page(b"D"))
        (post,) = again.all_posts()
        assert post.body == "正文。"
        (note,) = (note for note in again.crawl_notes(crawl_id) if note.kind == "error")
        assert again.crawl(crawl_id).counts.errors == 1
    assert note.title == str(path)
    assert re.match(f"this crawl keeps no more pages: {words}", note.reason)
    assert caplog.messages == [f"{path}: {note.reason}"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize("kind", ["text", "the database"])
def test_a_file_that_is_no_archive_is_refused_and_left_alone(store: Store, path: Path, kind: str) -> None:
    content = store.path.read_bytes() if kind == "the database" else "招商".encode() * 50
    path.write_bytes(content)
    with pytest.raises(ForeignDatabase):
        store.archive_size()
    assert path.read_bytes() == content


def test_the_next_crawl_keeps_pages_again_when_the_archive_can_be_written(store: Store, crawls: Any) -> None:
    keep(store.archive, page(b"A"))
    store.archive._conn.execute("PRAGMA query_only = 1")
    crawl_id = record(store, page(b"B"), crawls)
    (note,) = store.crawl_notes(crawl_id)
    assert "cannot be opened for writing" in note.reason
    store.archive._conn.execute("PRAGMA query_only = 0")
    record(store, page(b"B"), crawls, crawl_id)
    assert bodies(store.archive) == [b"A"], "half of a crawl's pages are not worth a second wait"
    record(store, page(b"C"), crawls)
    assert bodies(store.archive) == [b"A", b"C"]


def test_of_a_crawl_the_pages_with_news_are_kept(store: Store, crawls: Any) -> None:
    crawl_id = crawls.start()
    (seen,) = store.record_listing(
        crawl_id, ListingPage(LISTING, "html", (LINE,)), crawls.pattern, NOW, ZONE, raw=page(b"list")
    )
    raw = page(b"post", "http://zj.example/1.html")
    store.record_article(crawl_id, seen.post.id, Article(None, "正文"), NOW, ZONE, raw=raw)
    crawls.finish(crawl_id)
    again = crawls.start()
    store.record_listing(
        again,
        ListingPage(LISTING, "html", (LINE,)),
        crawls.pattern,
        NOW,
        ZONE,
        raw=page(b"list, other counter"),
    )
    assert [(found.ref.kind, found.raw.body) for found in store.archive.pages()] == [
        ("listing", b"list"),
        ("post", b"post"),
    ]


# -- damage -----------------------------------------------------------------------------------------------------------


def damage(path: Path, packed: bytes) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("UPDATE contents SET body = ? WHERE id = 2", [packed])


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no frame",
        ZstdCompressor().compress(b"BB"),
        ZstdCompressor().compress(b"B" * 100_000_000),  # a bomb
        ZstdCompressor().compress(b"A" * 3000)[:-4],
    ],
    ids=["nothing", "no frame", "another body", "too much", "cut"],
)
def test_a_damaged_page_is_told_in_a_line_and_left_out(
    archive: Archive, path: Path, packed: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    for number, body in enumerate((b"A", b"B" * 20, b"C")):
        keep(archive, page(body, LISTING + str(number)))
    damage(path, packed)
    with caplog.at_level(logging.WARNING, "zhaoshang"):
        assert bodies(archive) == [b"A", b"C"]
    (line,) = caplog.messages
    assert line.startswith(f"{path}: page 2 (listing {LISTING}1, fetched 2025-07-21 00:00 UTC) is damaged")


def test_a_damaged_file_is_told_in_one_line(path: Path) -> None:
    with Archive(path, "ours") as archive:
        for number in range(30):
            keep(archive, page(os.urandom(5000), LISTING + str(number)))
    damaged = bytearray(path.read_bytes())
    damaged[8192:90_000] = b"\xa5" * (90_000 - 8192)
    path.write_bytes(bytes(damaged))
    with pytest.raises(StoreCorrupt, match=ARCHIVE_NAME), Archive(path, "ours") as archive:
        bodies(archive)


KEEP_FOR_EVER = """
import itertools, os, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.pages import PageRequest, RawPage
from monitor.store.archive import Archive
with Archive(Path(sys.argv[1]), "ours") as archive:
    for number in itertools.count():
        url = f"http://zj.example/{number % 7}"
        body = os.urandom(20_000)
        archive.keep(RawPage(PageRequest(url), url, body, datetime.now(UTC)), source_id=1, crawl_id=1, kind="listing")
        archive.keep(RawPage(PageRequest(url), url, body, datetime.now(UTC)), source_id=1, crawl_id=1, kind="trouble")
        print(number, flush=True)
"""


def test_a_kill_while_pages_are_kept_leaves_whole_pages(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for kept in (1, 20, 47):
        process = subprocess.Popen(
            [sys.executable, "-c", KEEP_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert process.stdout is not None
        with process.stdout as lines:
            while int(next(lines)) < kept:
                pass
            process.send_signal(signal.SIGKILL)
            process.wait()
        with Archive(path, "ours") as archive:
            assert archive.integrity_problem() is None
            assert len(bodies(archive)) == archive.size().pages > kept
            assert archive.size().contents in (archive.size().pages, archive.size().pages - 1)  # trouble: the same body
    assert caplog.messages == []


def test_processes_that_keep_pages_at_once_lose_and_repeat_none(race: Callable[..., list[str]], database: Path) -> None:
    script = (
        "from datetime import UTC, datetime\nfrom monitor.pages import PageRequest, RawPage\n"
        "with Store(path) as store:\n"
        "    for n in range(60):\n"
        "        raw = RawPage(PageRequest(f'http://x/{n}'), f'http://x/{n}', b'%d' % n * 999, datetime.now(UTC))\n"
        "        store.archive.keep(raw, source_id=number, crawl_id=1, kind='post')\n"
        "        store.archive.keep(raw, source_id=9, crawl_id=1, kind='listing')\n"
    )
    race(script, processes=3)
    with Store(database) as store:
        assert store.archive_size().pages == 4 * 60
        assert store.archive_size().contents == 60
        assert store.archive.integrity_problem() is None


FULL = """
import os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from monitor.errors import StoreError
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage, PageRequest, RawPage
from monitor.store import Store
from monitor.text import LabelPattern
now, zone, url = datetime(2025, 7, 21, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), "http://zj.example/list/"
with Store(Path(sys.argv[1])) as store:
    store.sync([SourceSpec("zj", url, "湛江")], [], now)
    crawl_id = store.start_crawl("zj", 1, now)
    store.archive.size()
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    for number in range(5000):
        raw = RawPage(PageRequest(url), url, os.urandom(20_000), now)
        line = Entry(f"【湛江招商】{number}", f"http://zj.example/{number}.html")
        try:
            page = ListingPage(url, "html", (line,))
            store.record_listing(crawl_id, page, LabelPattern.parse("…"), now, zone, raw=raw)
        except StoreError as error:
            print(error)
            print(store.summary().posts, len(list(store.archive.pages())))
            break
"""


def test_where_no_more_fits_in_the_archive_posts_are_stored_until_the_database_is_full_too(
    database: Path, path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(database)], capture_output=True, text=True, cwd=Path.cwd(), check=True
    )
    error, counts = done.stdout.splitlines()
    assert error.startswith(f"{database}: the disk ")
    assert re.search(f"{path}: this crawl keeps no more pages: the disk ", done.stderr)
    posts, pages = map(int, counts.split())
    assert posts > pages > 3
    with Store(database) as store:
        assert store.integrity_problem() is store.archive.integrity_problem() is None
        assert (store.summary().posts, store.archive_size().pages) == (posts, pages)
