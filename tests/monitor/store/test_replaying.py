"""Replays in the store: what archived listings fill in, what is corrected in place, and that nothing is announced."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.archived import PageKind, PageRef
from monitor.models import Post, PostStatus
from monitor.pages import Article, Attachment, Entry, ListingPage
from monitor.replay import Evidence, Line, Reading
from monitor.store import Store
from monitor.store.replaying import ReadListing
from monitor.text import LabelPattern

NOW = datetime(2025, 7, 21, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
ZONE = ZoneInfo("Asia/Shanghai")
PATTERN = LabelPattern.parse("【…招商】")
LISTING = "http://zj.example/list/"
U, V, W = (f"http://zj.example/{number}.html" for number in (1, 2, 3))
DAY = date(2025, 7, 17)
A = Entry("【湛江招商】甲", U, DAY)
B = Entry("【遂溪招商】乙", V, DAY)
OFF = Entry("【投资廉江市】丙", W, DAY)


def ref(
    crawl_id: int,
    number: int = 1,
    kind: PageKind = "listing",
    url: str = LISTING,
    *,
    source_id: int = 1,
    at: datetime = NOW,
) -> PageRef:
    return PageRef(number, source_id, crawl_id, None, kind, url, at)


def listing(*lines: Entry) -> ListingPage:
    return ListingPage(LISTING, "html", lines)


def match(store: Store, crawl_id: int, *lines: Entry, **more: Any) -> ReadListing:
    return store.match_listing(listing(*lines), ref(crawl_id, **more), PATTERN, ZONE)


def fill(store: Store, crawl_id: int, *lines: Entry, lost: tuple[Post, ...] = (), **more: Any) -> ReadListing:
    return store.fill_listing(listing(*lines), ref(crawl_id, **more), PATTERN, ZONE, lost)


def dump(store: Store) -> list[tuple[object, ...]]:
    """Everything that is stored, as SQL would show it."""
    tables = [row[0] for row in store._rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return [(table, *tuple(row)) for table in tables for row in store._rows(f"SELECT * FROM {table}")]


@pytest.fixture
def crawl_id(crawls: Any) -> int:
    """A completed crawl that met A, whose page it read."""
    number: int = crawls.start()
    (seen,) = crawls.page(number, A)
    crawls.store.record_article(number, seen.post.id, Article(None, "甲的正文"), NOW, ZONE)
    crawls.finish(number)
    return number


@pytest.fixture
def posts(store: Store) -> Callable[[], dict[str, Post]]:
    return lambda: {post.title: post for post in store.all_posts()}


def correct(
    store: Store, post_id: int, crawl_id: int, entry: Entry | None = None, article: Article | None = None, **more: Any
) -> dict[str, tuple[str | None, str | None]]:
    """Correct one post by one line, or one page of its own; what changed."""
    page = ref(crawl_id, **more)
    label = PATTERN.match(entry.title) if entry else None
    evidence = Evidence(page, Line(entry, label, page) if entry else None, Reading(article, page) if article else None)
    found = store.correct_posts({post_id: evidence}, LATER, ZONE)
    return {change.field: (change.before, change.after) for _, changes in found for change in changes}


# -- listings ---------------------------------------------------------------------------------------------------------


def test_a_page_that_is_read_as_before_changes_nothing(store: Store, crawl_id: int) -> None:
    before = dump(store)
    found = match(store, crawl_id, A)
    store.begin_replay(1)
    assert (len(found.lines), found.unknown, found.new_off_label) == (1, 0, ())
    assert dump(store) == before


def test_an_entry_that_is_no_post_becomes_one_that_was_first_seen_then(
    store: Store, crawl_id: int, posts: Callable[[], dict[str, Post]]
) -> None:
    early = NOW - timedelta(days=3)
    assert match(store, crawl_id, A, B, at=early).unknown == 1
    assert len(posts()) == 1
    found = fill(store, crawl_id, A, B, at=early)
    post = posts()[B.title]
    assert found.new_posts == (post.id,)
    assert [line.post_id for line in found.lines] == [1, post.id]
    assert (post.replayed, post.status, post.first_seen_at, post.place) == (True, PostStatus.PENDING, early, "遂溪")
    assert store.pending_posts(1) == (post,)
    assert (match(store, crawl_id, B).unknown, fill(store, crawl_id, A, B).new_posts) == (0, ())


def test_an_entry_with_its_text_is_complete_at_once(store: Store, crawl_id: int, posts: Any) -> None:
    fill(store, crawl_id, Entry("【湛江招商】丁", None, DAY, body="正文"))
    post = posts()["【湛江招商】丁"]
    assert (post.replayed, post.status, post.revision, post.body) == (True, PostStatus.COMPLETE, 1, "正文")
    assert [row["replayed"] for row in store._rows("SELECT replayed FROM revisions WHERE post_id = ?", post.id)] == [1]


def test_a_post_of_the_archive_is_known_to_the_next_crawl_and_ends_its_listing(
    store: Store, crawls: Any, crawl_id: int
) -> None:
    fill(store, crawl_id, A, B)
    store.begin_replay(1)
    sightings, _ = crawls.run([A, B])
    assert [(one.verdict.value, one.unknown) for one in sightings] == [("unchanged", False)] * 2


def test_an_off_label_entry_is_recorded_once_with_its_first_sight(store: Store, crawls: Any, crawl_id: int) -> None:
    early = NOW - timedelta(days=3)
    assert match(store, crawl_id, OFF, at=early).new_off_label == (OFF,)
    assert match(store, crawl_id, OFF).new_off_label == ()
    (row,) = store._rows("SELECT * FROM off_label_entries")
    assert (row["replayed"], row["first_seen_at"]) == (1, "2025-07-18T00:00:00+00:00")
    assert crawls.see(A, OFF) == ["unchanged", "off-label"]
    (row,) = store._rows("SELECT * FROM off_label_entries")
    assert row["replayed"] == 1


def test_what_a_crawl_found_off_label_is_not_taken_from_the_digest(store: Store, crawls: Any, crawl_id: int) -> None:
    crawls.run([A, OFF])
    before = dump(store)
    assert match(store, crawl_id, A, OFF).new_off_label == ()
    store.begin_replay(1)
    assert dump(store) == before


def test_a_post_whose_line_is_off_label_now_is_named(store: Store, crawl_id: int) -> None:
    strict = LabelPattern.parse("【遂溪招商】")
    found = store.match_listing(listing(A), ref(crawl_id), strict, ZONE)
    assert (found.lines, found.off_label) == ((), (1,))


def test_without_a_pattern_nothing_is_off_label_and_labels_are_not_known(store: Store, crawl_id: int) -> None:
    found = store.match_listing(listing(A, OFF), ref(crawl_id), None, ZONE)
    assert [(line.post_id, line.label) for line in found.lines] == [(1, None)]
    assert (found.unknown, found.new_off_label) == (1, ())


def test_an_address_that_is_read_right_now_is_the_same_post(store: Store, crawls: Any, crawl_id: int) -> None:
    """The extractor resolved the link wrongly: title and date tell that it is the post."""
    right = replace(A, url=W)
    found = match(store, crawl_id, right)
    assert [(line.post_id, line.entry.url) for line in found.lines] == [(1, W)]
    assert correct(store, 1, crawl_id, right) == {"url": (U, W)}
    store.begin_replay(1)
    assert crawls.see(right) == ["unchanged"]


def test_a_record_that_is_read_another_way_is_the_lost_post_of_its_crawl(store: Store, crawls: Any, posts: Any) -> None:
    wrong = Entry("【湛江招商】甲", None, date(2025, 1, 7), body="正文")
    right = Entry("【湛江招商】甲", None, DAY, body="正文")
    other = Entry("【湛江招商】另一条", None, DAY, body="别的")
    _, crawl = crawls.run([wrong])
    (lost,) = posts().values()
    assert match(store, crawl.id, right, other).unknown == 2
    found = fill(store, crawl.id, right, other, lost=(lost,))
    assert len(found.new_posts) == 1
    assert [line.post_id for line in found.lines if line.entry == right] == [lost.id]
    assert match(store, crawl.id, right).unknown == 0


def test_another_source_may_list_a_post_and_does_not_correct_it(store: Store, crawls: Any) -> None:
    crawls.run([A])
    _, other = crawls.run([A], source="guangdong")
    found = match(store, other.id, replace(A, title="【湛江招商】别的"), source_id=2)
    assert (found.lines, found.unknown) == ((), 0)


def test_a_page_of_a_crawl_that_a_restored_backup_does_not_know_is_put_down_to_the_latest(
    store: Store, crawls: Any, crawl_id: int
) -> None:
    _, other = crawls.run([B], source="guangdong")
    for unknown in (99, other.id):
        assert match(store, unknown, A).unknown == 0
    fill(store, 99, Entry("【湛江招商】丁", W, DAY))
    (row,) = store._rows("SELECT first_crawl_id FROM listed WHERE source_id = 1 AND post_id = 3")
    assert row["first_crawl_id"] == crawl_id


def test_a_source_without_any_crawl_is_left_alone(store: Store) -> None:
    assert match(store, 5, A) == fill(store, 5, A) == ReadListing()
    assert store.summary().posts == 0


# -- posts ------------------------------------------------------------------------------------------------------------


def test_a_post_is_corrected_in_place_with_a_revision_of_ours(store: Store, crawl_id: int) -> None:
    files = (Attachment("名单", "http://zj.example/1.pdf"),)
    article = Article(None, "甲的正文，全", None, "商务局", files)
    changed = correct(store, 1, crawl_id, replace(A, published_on=date(2025, 7, 16)), article)
    assert set(changed) == {"date", "date on the listing", "effective date", "body", "origin", "attachments"}
    (post,) = store.all_posts()
    assert (post.body, post.published_on, post.origin, post.attachments) == (
        "甲的正文，全", date(2025, 7, 16), "商务局", files,
    )  # fmt: skip
    assert (post.revision, post.effective_on, post.last_seen_at, post.replayed) == (2, date(2025, 7, 16), NOW, False)
    rows = store._rows("SELECT number, replayed, seen_at, crawl_id FROM revisions ORDER BY number")
    assert [tuple(row) for row in rows] == [
        (1, 0, "2025-07-21T00:00:00+00:00", crawl_id),
        (2, 1, "2025-07-23T00:00:00+00:00", crawl_id),
    ]


def test_a_second_correction_finds_nothing(store: Store, crawl_id: int) -> None:
    article = Article(None, "甲的正文，全")
    assert correct(store, 1, crawl_id, A, article)
    before = dump(store)
    assert correct(store, 1, crawl_id, A, article) == {}
    assert dump(store) == before


def test_another_layout_of_the_same_text_is_corrected_without_a_revision(store: Store, crawl_id: int) -> None:
    assert set(correct(store, 1, crawl_id, article=Article(None, "甲的\n正文"))) == {"body"}
    (post,) = store.all_posts()
    assert (post.body, post.revision) == ("甲的\n正文", 1)


def test_what_is_corrected_is_no_news_to_the_next_crawl(store: Store, crawls: Any, crawl_id: int) -> None:
    right = replace(A, title="【湛江招商】甲（修正）", published_on=date(2025, 7, 16), summary="摘要")
    assert correct(store, 1, crawl_id, right, Article("甲（修正）", "另一正文"))
    number = crawls.start()
    (seen,) = crawls.page(number, right)
    assert seen.verdict.value == "unchanged"
    again = store.record_article(number, 1, Article("甲（修正）", "另一正文"), NOW, ZONE)
    assert again.verdict.value == "unchanged"


def test_a_pending_post_gets_its_text_and_is_still_to_be_told(store: Store, crawls: Any, freezer: Any) -> None:
    """The crawl found it: only what it says was missing."""
    _, crawl = crawls.run([A])
    assert correct(store, 1, crawl.id, A, Article(None, "正文")) == {"body": (None, "正文")}
    (post,) = store.all_posts()
    assert (post.status, post.revision, post.last_error) == (PostStatus.COMPLETE, 1, None)
    assert freezer.titles() == [A.title]


def test_copies_follow_a_correction(store: Store, crawls: Any) -> None:
    one, two, three = (replace(A, url=url, body="同文") for url in (U, V, W))
    _, crawl = crawls.run([one, two, three])
    first, second, third = store.all_posts()
    assert (second.copy_of, third.copy_of) == (first.id, first.id)
    correct(store, first.id, crawl.id, one, Article(None, "本文"))
    first, second, third = store.all_posts()
    assert (first.copy_of, second.copy_of, third.copy_of) == (None, None, second.id)
    correct(store, first.id, crawl.id, one, Article(None, "同文"), number=2)
    first, *_ = store.all_posts()
    assert first.copy_of == second.id


def test_a_post_that_a_crawl_saw_in_a_later_state_is_left_alone(store: Store, crawls: Any, crawl_id: int) -> None:
    crawls.run([replace(A, title="【湛江招商】甲改")])
    before = dump(store)
    assert correct(store, 1, crawl_id, A) == {}
    assert dump(store) == before
    latest = crawls.run([replace(A, title="【湛江招商】甲改")])[1].id
    assert set(correct(store, 1, latest, A)) == {"title", "title on the listing"}


def test_a_batch_is_corrected_whole_or_not_at_all(store: Store, crawls: Any) -> None:
    _, crawl = crawls.run([replace(A, body="一"), replace(B, body="二")])
    page = ref(crawl.id)
    batch = {n: Evidence(page, None, Reading(Article(None, "三"), page)) for n in (1, 2)}
    store._conn.execute(
        "CREATE TRIGGER stop BEFORE INSERT ON revisions WHEN new.post_id = 2 BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    before = dump(store)
    with pytest.raises(Exception, match="x"):
        store.correct_posts(batch, LATER, ZONE)
    assert dump(store) == before


def without_identities(found: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """An address that came to be shared by several lines teaches one more key for the post that it was."""
    return [row for row in found if row[0] != "identities"]


entries = st.builds(
    Entry,
    title=st.sampled_from(["【湛江招商】甲", "【湛江招商】甲…", "【湛江招商】甲乙", "【投资廉江市】丙"]),
    url=st.sampled_from([None, U, V]),
    published_on=st.sampled_from([None, DAY, date(2025, 7, 18)]),
    body=st.sampled_from([None, "正文", "正文二"]),
)
pages = st.lists(st.lists(entries, max_size=4), max_size=3)


@settings(max_examples=150, deadline=None)
@given(history=pages, again=pages)
def test_reading_the_same_archive_twice_changes_nothing(fresh_crawls: Any, history: Any, again: Any) -> None:
    """Whatever crawls stored of a listing, and however its archived pages are read now."""

    def replay(store: Store) -> None:
        store.begin_replay(1)
        for number, lines in enumerate(again, 1):
            match(store, number, *lines, number=number)
        for number, lines in enumerate(again, 1):
            fill(store, number, *lines, number=number)
        store.begin_replay(1)

    with fresh_crawls() as crawls:
        for lines in history:
            crawls.run(lines)
        for _ in again[len(history) :]:
            crawls.run([])
        replay(crawls.store)
        before = dump(crawls.store)
        replay(crawls.store)
        assert without_identities(dump(crawls.store)) == without_identities(before)


# -- a dry run --------------------------------------------------------------------------------------------------------


def test_a_rehearsal_does_everything_to_a_copy(store: Store, crawl_id: int) -> None:
    before = dump(store)
    with store.rehearsal() as private:
        assert correct(private, 1, crawl_id, article=Article(None, "别的"))
        assert fill(private, crawl_id, A, B).new_posts == (2,)
        assert private.summary().posts == 2
        assert dump(store) == before
        with closing(Store(store.path)) as another:  # nobody is held up
            another.note_error(crawl_id, "x", "y")
    assert store.summary().posts == 1


# -- digests ----------------------------------------------------------------------------------------------------------


def test_no_digest_tells_what_was_found_in_the_archive(store: Store, freezer: Any, crawls: Any, crawl_id: int) -> None:
    assert freezer.titles("2025-W29") == [A.title]
    text = Entry("【湛江招商】丁", None, DAY, body="正文")
    fill(store, crawl_id, A, B, text)
    match(store, crawl_id, OFF)
    for _ in range(3):  # B stays pending, and is given up
        store.record_page_failure(crawl_id, 2, "HTTP 404")
    correct(store, 1, crawl_id, article=Article(None, "改正的正文"))
    later = NOW + timedelta(days=7)
    crawls.at = later
    crawls.run([A, B, text, OFF, Entry("【湛江招商】新", W, date(2025, 7, 22), body="新文")])
    assert freezer.titles("2025-W30", at=later) == ["【湛江招商】新"]
    assert [material.off_label for material in freezer.materials] == [(), ()]


def test_what_a_crawl_finds_after_a_replay_is_told_although_the_archive_had_a_copy(
    store: Store, freezer: Any, crawls: Any, crawl_id: int
) -> None:
    fill(store, crawl_id, Entry("【湛江招商】丁", None, DAY, body="正文"))
    crawls.run([Entry("【湛江招商】丁", W, DAY, body="正文")], source="guangdong")
    assert sorted(freezer.titles()) == ["【湛江招商】丁", A.title]
