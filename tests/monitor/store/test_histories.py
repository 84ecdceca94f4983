"""What is remembered of a post, and how the post that a person means is found."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from monitor.errors import UnknownPost
from monitor.history import EventKind, PostEvent, Wording
from monitor.pages import Entry

DAY = date(2025, 7, 17)
URL = "http://zj.example/1.html"
ENTRY = Entry("【湛江招商】海上风电ＥＰＣ项目开工", URL, DAY, body="甲的正文")


def test_revisions_come_back_oldest_first_with_what_they_said(crawls: Any, now: Any) -> None:
    crawls.run([ENTRY])
    crawls.run([replace(ENTRY, body="改过的正文", published_on=date(2025, 7, 18))])
    with crawls.store._write() as conn:
        conn.execute("UPDATE revisions SET replayed = 1 WHERE number = 2")
    found = crawls.store.history(1)
    assert found.post == next(crawls.store.all_posts())
    assert [(one.number, one.seen_at, one.replayed) for one in found.revisions] == [(1, now, False), (2, now, True)]
    assert [one.wording for one in found.revisions] == [
        Wording(ENTRY.title, "甲的正文", DAY),
        Wording(ENTRY.title, "改过的正文", date(2025, 7, 18)),
    ]


def test_events_come_back_in_the_order_in_which_they_happened(crawls: Any, now: Any) -> None:
    crawls.run([ENTRY], [replace(ENTRY, url="http://zj.example/2.html")])
    with crawls.store._write() as conn:
        for kind, post_id in (("withdrawn", 1), ("flapping", 2), ("restored", 1)):
            conn.execute(
                "INSERT INTO post_events (post_id, crawl_id, at, kind, revision, telling, reason)"
                " VALUES (?, 1, '2025-07-21T00:00:00+00:00', ?, 1, 1, 'HTTP 404')",
                [post_id, kind],
            )
    assert crawls.store.history(1).events == (
        PostEvent(1, 1, now, EventKind.WITHDRAWN, 1, True, "HTTP 404"),
        PostEvent(3, 1, now, EventKind.RESTORED, 1, True, "HTTP 404"),
    )


def test_a_post_whose_page_was_never_read_has_no_revision(crawls: Any) -> None:
    crawls.run([replace(ENTRY, body=None)])
    assert crawls.store.history(1).revisions == ()


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_post_that_is_not_there_is_said_so_in_one_line(crawls: Any, number: int) -> None:
    crawls.run([ENTRY])
    with pytest.raises(UnknownPost, match=f"there is no post {number}; see `zhaoshang posts`"):
        crawls.store.history(number)


@pytest.mark.parametrize(
    "text",
    ["1", " 1 ", URL, "https://zj.example:443/1.html?utm_source=x", "海上风电", "风电 epc", "ＥＰＣ", "［湛江 招商］"],
)
def test_a_post_is_found_by_its_number_its_address_and_words_of_its_title(crawls: Any, text: str) -> None:
    crawls.run([ENTRY, Entry("【徐闻招商】菠萝加工", "http://zj.example/9.html", DAY, body="乙")])
    assert crawls.store.post_ids(text) == (1,)


@pytest.mark.parametrize(
    "text", ["", "  ", "99", "9" * 40, "水电", "http://", "http://[", "http://zj.example/3", "%", "_"]
)
def test_what_fits_nothing_finds_nothing(crawls: Any, text: str) -> None:
    crawls.run([ENTRY])
    assert crawls.store.post_ids(text) == ()


def test_a_number_without_a_post_is_a_word_of_a_title(crawls: Any) -> None:
    crawls.run([replace(ENTRY, title="【湛江招商】2025年签约")])
    assert crawls.store.post_ids("2025") == (1,)


def test_lines_that_share_an_address_are_all_found_newest_first(crawls: Any) -> None:
    crawls.run([ENTRY, replace(ENTRY, title="【湛江招商】其二", published_on=date(2025, 7, 19))])
    assert crawls.store.post_ids(URL) == (2, 1)


def test_no_more_are_found_than_anyone_reads(crawls: Any) -> None:
    crawls.run([Entry(f"【湛江招商】第{n}号", f"http://zj.example/{n}", DAY, body=str(n)) for n in range(30)])
    assert crawls.store.post_ids("湛江") == tuple(range(30, 10, -1))


def test_a_title_that_only_the_page_gave_whole_is_found_by_its_end(crawls: Any) -> None:
    crawls.run([ENTRY])
    with crawls.store._write() as conn:
        conn.execute("UPDATE posts SET title = title || '仪式在Zhanjiang举行'")
    assert crawls.store.post_ids("zhanjiang") == (1,)
