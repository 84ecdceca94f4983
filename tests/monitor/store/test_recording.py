"""What becomes of the entries of a page: identity, moves, pending posts, revisions, copies, and what is counted."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fingerprint import every_fingerprint
from monitor.models import CrawlCounts, CrawlNote, Post, PostStatus, Verdict
from monitor.pages import Article, Entry
from monitor.store import Store

U, V, W = (f"http://zj.example/{n}.html" for n in (1, 2, 3))
DAY = date(2025, 7, 17)
A = Entry("【湛江招商】甲", U, DAY, body="甲的正文")
B = Entry("【遂溪县招商】乙", V, DAY, body="乙的正文")
OFF = Entry("【投资廉江市】丙", W, DAY, body="丙的正文")
PENDING = replace(A, body=None)


def posts(store: Store) -> list[Post]:
    return list(store.all_posts())


def revisions(store: Store) -> list[tuple[int, int, str]]:
    return [tuple(row) for row in store._rows("SELECT post_id, number, body FROM revisions ORDER BY id")]


# -- identity -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_url", [True, False])
def test_the_second_run_over_the_same_input_finds_nothing_new(crawls: Any, has_url: bool) -> None:
    page = [
        Entry(f"【湛江招商】第{n}号", f"http://zj.example/{n}" if has_url else None, DAY, body=f"{n}") for n in range(9)
    ]
    assert crawls.run([*page, OFF])[1].counts == CrawlCounts(pages=1, new=9, off_label=1)
    assert crawls.run([OFF, *reversed(page)])[1].counts == CrawlCounts(pages=1, unchanged=9, off_label=1)
    assert len(posts(crawls.store)) == 9


def test_a_post_keeps_what_its_first_sight_showed(crawls: Any, now: datetime) -> None:
    (sighting,), _ = crawls.run([replace(A, summary="摘要")])
    post = sighting.post
    assert (sighting.verdict, sighting.unknown, sighting.needs_page) == (Verdict.NEW, True, False)
    assert (post.title, post.label, post.place, post.url) == ("【湛江招商】甲", "湛江招商", "湛江", U)
    assert (post.published_on, post.effective_on, post.dated) == (DAY, DAY, True)
    assert (post.summary, post.body, post.status, post.revision) == ("摘要", "甲的正文", PostStatus.COMPLETE, 1)
    assert (post.first_seen_at, post.last_seen_at, post.source_name) == (now, now, "zhanjiang")


@pytest.mark.parametrize("url", ["https://zj.example:443/1.html", f"{U}?utm_source=wx&spm=1", f"{U}#top"])
def test_another_spelling_of_the_address_is_the_same_post(crawls: Any, url: str) -> None:
    crawls.run([A])
    assert crawls.see(replace(A, url=url)) == ["unchanged"]


def test_an_edited_title_under_one_address_is_the_same_post(crawls: Any) -> None:
    crawls.run([A])
    assert crawls.see(replace(A, title="【湛江招商】甲（更正）")) == ["revised"]
    assert [post.title for post in posts(crawls.store)] == ["【湛江招商】甲（更正）"]


def test_without_address_title_with_label_and_date_are_the_identity(crawls: Any) -> None:
    line = replace(A, url=None)
    crawls.run([line])
    assert crawls.see(replace(line, title="［湛江 招商］ 甲")) == ["unchanged"]
    assert crawls.see(replace(line, title="【廉江招商】甲")) == ["new"]
    assert crawls.see(replace(line, published_on=date(2025, 7, 18))) == ["new"]
    assert crawls.see(line, source="guangdong") == ["new"], "another source's line is another post"


def test_lines_that_share_an_address_are_posts_of_their_own_whatever_the_page_shows_of_them_later(crawls: Any) -> None:
    one, two = A, replace(B, url=f"{U}#top")
    assert crawls.see(one, two) == ["new", "new"]
    for page in ([one, two], [two, one], [one], [two], [one, two]):
        assert set(crawls.see(*page)) == {"unchanged"}
    assert crawls.see(one, two, replace(A, title="【湛江招商】第三条")) == ["unchanged", "unchanged", "new"]


def test_a_line_that_comes_to_share_its_address_stays_the_same_post(crawls: Any) -> None:
    crawls.run([A])
    assert crawls.see(replace(B, url=U), A) == ["new", "unchanged"]
    assert crawls.see(A) == ["unchanged"]
    assert crawls.see(replace(B, url=U)) == ["unchanged"]


def test_a_line_is_known_again_when_others_came_to_share_its_address_in_its_absence(crawls: Any) -> None:
    crawls.run([A])
    assert crawls.see(replace(B, url=U), replace(B, url=U, title="【湛江招商】丁")) == ["new", "new"]
    assert crawls.see(A) == ["unchanged"]


def test_two_listings_of_one_page_have_one_post_that_stays_with_the_first(crawls: Any) -> None:
    crawls.run([A])
    assert crawls.see(replace(A, title="【湛江招商】甲…", published_on=None), source="guangdong") == ["unchanged"]
    assert [(post.source_name, post.title, post.published_on) for post in posts(crawls.store)] == [
        ("zhanjiang", A.title, DAY)
    ]


# -- moved ----------------------------------------------------------------------------------------------------------


def test_same_title_and_date_under_a_new_address_is_a_move(crawls: Any) -> None:
    crawls.run([A])
    sightings, crawl = crawls.run([replace(A, url=V, body=None)])
    assert (sightings[0].verdict, sightings[0].unknown, sightings[0].needs_page) == (Verdict.MOVED, False, False)
    assert crawl.counts == CrawlCounts(pages=1, moved=1)
    assert [(post.url, post.body) for post in posts(crawls.store)] == [(V, "甲的正文")]
    assert crawls.see(replace(A, url=V)) == ["unchanged"]
    assert crawls.see(A) == ["unchanged"], "it is still known under its old address"


def test_a_post_that_was_shown_without_its_date_for_a_while_can_still_move(crawls: Any) -> None:
    crawls.run([A])
    assert crawls.see(replace(A, published_on=None)) == ["unchanged"]
    assert crawls.see(replace(A, url=V)) == ["moved"]


def test_a_post_without_address_may_get_one(crawls: Any) -> None:
    crawls.run([replace(A, url=None)])
    assert crawls.see(replace(A, body=None)) == ["moved"]
    assert crawls.see(replace(A, url=None)) == ["unchanged"]
    assert [post.url for post in posts(crawls.store)] == [U]


@pytest.mark.parametrize(
    "other",
    [
        replace(A, url=V, published_on=date(2025, 7, 18)),
        replace(A, url=V, published_on=None),
        replace(A, url=V, title="【湛江招商】甲二"),
    ],
)
def test_another_title_or_date_under_another_address_is_no_move(crawls: Any, other: Entry) -> None:
    crawls.run([A])
    assert crawls.see(other) == ["new"]


def test_a_move_never_crosses_sources(crawls: Any) -> None:
    crawls.run([A])
    assert crawls.see(replace(A, url="http://gd.example/1"), source="guangdong") == ["new"]


def test_posts_alike_in_title_and_date_are_two_when_one_crawl_meets_both_addresses(crawls: Any) -> None:
    twin = replace(A, url=V, body="另一篇")
    assert crawls.see(A) == ["new"]
    assert crawls.see(twin, A) == ["new", "unchanged"]
    sightings, _ = crawls.run([replace(B, url=W)], [A], [twin])
    assert [sighting.verdict.value for sighting in sightings] == ["new", "unchanged", "unchanged"]


def test_on_two_pages_of_one_crawl_they_are_two_as_well(crawls: Any) -> None:
    sightings, _ = crawls.run([A], [replace(A, url=V)])
    assert [sighting.verdict.value for sighting in sightings] == ["new", "new"]


def test_a_pending_post_that_moved_is_read_at_its_new_address(crawls: Any) -> None:
    crawls.run([PENDING])
    (sighting,), _ = crawls.run([replace(PENDING, url=V)])
    assert (sighting.verdict, sighting.needs_page, sighting.post.url) == (Verdict.MOVED, True, V)


# -- pending --------------------------------------------------------------------------------------------------------


def test_an_entry_whose_page_was_not_read_is_pending_and_asked_for_on_every_crawl(crawls: Any) -> None:
    for verdict in ("new", "unchanged", "unchanged"):
        (sighting,), _ = crawls.run([PENDING])
        assert (sighting.verdict, sighting.needs_page) == (verdict, True)
        assert (sighting.post.status, sighting.post.fingerprint, sighting.post.revision) == ("pending", None, 0)
    source_id = crawls.store.source("zhanjiang").id
    assert [post.url for post in crawls.store.pending_posts(source_id)] == [U]


def test_a_failed_page_counts_on_the_post_and_on_the_crawl(crawls: Any, store: Store) -> None:
    for attempts in (1, 2, 3):
        crawl_id = crawls.start()
        (sighting,) = crawls.page(crawl_id, PENDING)
        store.record_page_failure(crawl_id, sighting.post.id, "HTTP 503")
        crawl = crawls.finish(crawl_id)
        (post,) = posts(store)
        assert (post.attempts, post.last_error, post.status) == (attempts, "HTTP 503", "pending")
        assert crawl.counts.errors == 1
        assert store.crawl_notes(crawl_id) == (CrawlNote("error", A.title, "HTTP 503"),)


def test_a_failure_to_read_a_post_again_is_no_attempt_at_a_first_reading(crawls: Any, store: Store) -> None:
    (sighting,), crawl = crawls.run([A])
    store.record_page_failure(crawl.id, sighting.post.id, "HTTP 503")
    (post,) = posts(store)
    assert (post.attempts, post.status, post.body) == (0, "complete", "甲的正文")


def test_the_first_body_completes_a_post_and_is_no_revision(
    crawls: Any, store: Store, zone: Any, now: datetime
) -> None:
    (first,), _ = crawls.run([PENDING])
    crawl_id = crawls.start()
    crawls.page(crawl_id, PENDING)
    store.record_page_failure(crawl_id, first.post.id, "HTTP 503")
    done = store.record_article(crawl_id, first.post.id, Article("甲", "甲的正文"), now, zone)
    counts = crawls.finish(crawl_id).counts
    assert (done.verdict, done.post.status, done.post.body) == (Verdict.COMPLETED, "complete", "甲的正文")
    assert (done.post.title, done.post.revision, done.post.last_error) == (A.title, 1, None)
    assert (counts.new, counts.revised, counts.completed) == (0, 0, 1)
    assert store.pending_posts(done.post.source_id) == ()
    assert crawls.see(PENDING) == ["unchanged"]


def test_a_first_body_may_also_come_with_the_listing_even_anothers(crawls: Any) -> None:
    crawls.run([PENDING])
    assert crawls.see(A, source="guangdong") == ["completed"]
    assert crawls.see(A) == ["unchanged"]


def test_a_page_gives_the_date_and_the_title_that_the_listing_left_out(
    crawls: Any, store: Store, zone: Any, now: datetime
) -> None:
    (first,), _ = crawls.run([Entry("【湛江招商】甲乙…", U)])
    assert (first.post.effective_on, first.post.dated) == (date(2025, 7, 21), False)
    crawl_id = crawls.start()
    post = store.record_article(crawl_id, first.post.id, Article("甲乙丙", "正文", DAY), now, zone).post
    assert post is not None
    assert (post.title, post.effective_on, post.dated) == ("【湛江招商】甲乙丙", DAY, True)
    assert crawls.see(Entry("【湛江招商】甲乙…", U)) == ["unchanged"]


# -- revisions and copies -------------------------------------------------------------------------------------------


def test_a_changed_body_is_a_revision_and_the_old_one_is_kept(crawls: Any, store: Store) -> None:
    for body, verdict in (("一", "new"), ("二", "revised"), ("二 ", "unchanged"), ("一", "revised")):
        assert crawls.see(replace(A, body=body)) == [verdict]
    assert revisions(store) == [(1, 1, "一"), (1, 2, "二"), (1, 3, "一")]
    (post,) = posts(store)
    assert (post.body, post.revision) == ("一", 3)


def test_a_page_read_again_revises_and_the_post_counts_once(
    crawls: Any, store: Store, zone: Any, now: datetime
) -> None:
    crawls.run([A, B])
    crawl_id = crawls.start()
    first, _ = crawls.page(crawl_id, PENDING, replace(B, body=None))
    for body, verdict in (("甲的正文", Verdict.UNCHANGED), ("新正文", Verdict.REVISED)):
        seen = store.record_article(crawl_id, first.post.id, Article(None, body), now, zone, Verdict.UNCHANGED)
        assert seen.verdict is verdict
    assert crawls.finish(crawl_id).counts == CrawlCounts(pages=1, revised=1, unchanged=1)


def test_identities_with_one_content_are_all_stored_and_linked_to_the_first(crawls: Any) -> None:
    assert crawls.see(A) == ["new"]
    assert crawls.see(replace(A, url="http://gd.example/9"), source="guangdong") == ["new"]
    assert crawls.see(A, replace(A, url=W)) == ["unchanged", "new"]
    assert [post.copy_of for post in posts(crawls.store)] == [None, 1, 1]


def test_a_copy_is_found_under_the_fingerprint_of_an_older_version(crawls: Any) -> None:
    crawls.run([A])
    with crawls.store._write() as conn:
        older = every_fingerprint(A.title, A.body or "", A.published_on)[-1]
        conn.execute("UPDATE posts SET fingerprint = ?", [older])
    crawls.run([A, replace(A, url=V)])
    assert [post.copy_of for post in posts(crawls.store)] == [None, 1]
    assert [post.revision for post in posts(crawls.store)] == [1, 1]


@pytest.mark.parametrize("change", [{"body": "别的"}, {"published_on": date(2025, 7, 18)}, {"title": "【湛江招商】乙"}])
def test_other_title_date_or_body_is_no_copy(crawls: Any, change: dict[str, Any]) -> None:
    crawls.run([A, replace(A, url=V, **change)])
    assert [post.copy_of for post in posts(crawls.store)] == [None, None]


def test_a_copy_that_is_revised_is_a_post_of_its_own_and_its_first_never_becomes_its_copy(crawls: Any) -> None:
    one, two = A, replace(A, url=V)
    crawls.run([one, two])
    crawls.run([one, replace(two, body="另写")])
    assert [post.copy_of for post in posts(crawls.store)] == [None, None]
    crawls.run([one, two])
    assert [post.copy_of for post in posts(crawls.store)] == [None, 1]
    crawls.run([replace(one, body="另写"), two])
    assert posts(crawls.store)[0].copy_of is None


# -- properties -----------------------------------------------------------------------------------------------------

lines = st.builds(
    Entry,
    title=st.sampled_from(
        ["【湛江招商】甲", "［湛江 招商］甲", "【湛江招商】甲乙", "【湛江招商】甲…", "【投资廉江市】丙", ""]
    ),
    url=st.sampled_from([None, U, f"{U}#top", V, W]),
    published_on=st.sampled_from([None, DAY, date(2025, 7, 18), date(2052, 1, 1)]),
    body=st.sampled_from([None, "正文", "正文二"]),
)
pages = st.lists(lines, max_size=7)


def everything(store: Store) -> tuple[object, ...]:
    """All that is known, without the numbers that rows have and what only tells when and how often they were seen."""
    known = Counter(
        replace(post, id=0, copy_of=None, last_seen_at=post.first_seen_at, streak=0) for post in posts(store)
    )
    copies = sum(post.copy_of is not None for post in posts(store))
    texts = Counter(tuple(row) for row in store._rows("SELECT number, title, body, fingerprint FROM revisions"))
    off_label = Counter(tuple(row) for row in store._rows("SELECT key, title FROM off_label_entries"))
    return known, copies, texts, off_label


@settings(max_examples=30)
@given(page=pages, random=st.randoms())
def test_order_of_the_records_changes_nothing(fresh_crawls: Any, page: list[Entry], random: Random) -> None:
    shuffled = list(page)
    random.shuffle(shuffled)
    with fresh_crawls() as one, fresh_crawls() as other:
        assert one.run(page)[1].counts == other.run(shuffled)[1].counts
        assert everything(one.store) == everything(other.store)


@settings(max_examples=40)
@given(
    history=st.lists(
        st.lists(lines, max_size=5, unique_by=lambda line: (line.url or line.title).partition("#")[0]), max_size=2
    ),
    page=pages,
    random=st.randoms(),
)
def test_crawling_the_same_input_twice_changes_nothing(
    fresh_crawls: Any, history: list[list[Entry]], page: list[Entry], random: Random
) -> None:
    """Whatever was there before, and in whatever order the page shows its records the second time."""
    with fresh_crawls() as crawls:
        for earlier in history:
            crawls.run(earlier)
        crawls.run(page)
        before = everything(crawls.store)
        random.shuffle(page)
        sightings, crawl = crawls.run(page)
        counts = crawl.counts
        assert (counts.new, counts.revised, counts.moved, counts.completed) == (0, 0, 0, 0)
        assert not any(sighting.unknown for sighting in sightings)
        assert everything(crawls.store) == before
