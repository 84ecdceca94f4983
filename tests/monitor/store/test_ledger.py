"""Sources, audiences, the ledger of crawls: what is counted and noted, and by which dates."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.models import CrawlCounts, CrawlNote, SourceSpec, Verdict
from monitor.pages import Entry, ListingPage, ListingValidators, Validators
from monitor.store import Store

DAY = date(2025, 7, 17)
A = Entry("【湛江招商】甲", "http://zj.example/1.html", DAY, body="甲的正文")
NEW = Entry("【湛江招商】新", "http://zj.example/9.html", DAY, body="新的正文")
OFF = Entry("【投资廉江市】丙", "http://zj.example/3.html", DAY, body="丙的正文")
ZJ = SourceSpec("zhanjiang", "http://zj.example/list/", "湛江")
GD = SourceSpec("guangdong", "http://gd.example/list/", "广东")


def known(store: Store) -> dict[str, int]:
    return {state.source.name: state.source.id for state in store.source_states()}


# -- sources and audiences ------------------------------------------------------------------------------------------


def test_sync_twice_changes_nothing(store: Store, now: datetime) -> None:
    store.sync([ZJ, GD], ["everyone"], now)
    before = (store.source_states(), store.audience("everyone"))
    store.sync([GD, ZJ], ["everyone"], now + timedelta(days=1))
    assert (store.source_states(), store.audience("everyone")) == before


def test_a_new_address_or_title_keeps_the_source(store: Store, now: datetime) -> None:
    before = known(store)
    store.sync([replace(ZJ, url="https://new.example/", title="湛江市"), GD], [], now)
    assert known(store) == before
    source = store.source("zhanjiang")
    assert source is not None
    assert (source.url, source.title) == ("https://new.example/", "湛江市")


@pytest.mark.parametrize(
    "renamed",
    [
        replace(ZJ, name="zj"),
        replace(ZJ, name="zj", url="https://zj.example:443/list/?utm_source=x"),
        SourceSpec("zj", "https://elsewhere.example/", "湛江", renamed_from="zhanjiang"),
    ],
)
def test_renaming_a_source_keeps_its_id_and_its_posts_their_identity(
    crawls: Any, now: datetime, renamed: SourceSpec
) -> None:
    store: Store = crawls.store
    line = replace(A, url=None)
    crawls.run([line])
    before = known(store)["zhanjiang"]
    store.sync([renamed, GD], [], now)
    assert known(store) == {"zj": before, "guangdong": known(store)["guangdong"]}
    assert crawls.see(line, source="zj") == ["unchanged"]
    store.sync([renamed, GD], [], now)
    assert known(store)["zj"] == before


def test_two_sources_of_one_address_are_two_sources(store: Store, now: datetime) -> None:
    store.sync([ZJ, GD, replace(ZJ, name="zhanjiang-2")], [], now)
    assert len(set(known(store).values())) == 3


def test_a_source_that_left_the_configuration_keeps_its_row_and_its_posts(crawls: Any, now: datetime) -> None:
    crawls.run([A])
    store: Store = crawls.store
    before = known(store)
    store.sync([GD], [], now)
    assert known(store) == before
    assert [post.source_name for post in store.posts(source="zhanjiang")] == ["zhanjiang"]
    assert [state.source.name for state in store.source_states(["guangdong", "unheard-of"])] == ["guangdong"]
    store.sync([ZJ, GD], [], now)
    assert crawls.see(A) == ["unchanged"]


def test_an_audience_begins_when_it_is_first_named(store: Store, now: datetime) -> None:
    assert store.audience("everyone") is None
    store.sync([ZJ], ["everyone"], now)
    store.sync([ZJ], ["everyone", "领导"], now + timedelta(days=3))
    first, second = store.audience("everyone"), store.audience("领导")
    assert first is not None
    assert second is not None
    assert (first.created_at, second.created_at) == (now, now + timedelta(days=3))
    assert first.last_due_at is None


# -- crawls ---------------------------------------------------------------------------------------------------------


def test_a_run_has_one_row_from_start_to_end(crawls: Any, store: Store, now: datetime) -> None:
    crawl_id = store.start_crawl("zhanjiang", pid=4711, now=now)
    running = store.crawl(crawl_id)
    assert (running.started_at, running.finished_at, running.reason, running.pid) == (now, None, None, 4711)
    assert not running.completed
    crawls.page(crawl_id, A, OFF)
    later = now + timedelta(minutes=3)
    done = store.finish_crawl(crawl_id, "end of the listing", completed=True, now=later)
    assert (done.id, done.finished_at, done.reason, done.completed) == (crawl_id, later, "end of the listing", True)
    assert done.counts == CrawlCounts(pages=1, new=1, off_label=1)
    state = store.source_states(["zhanjiang"])[0]
    assert (state.last, state.last_good, state.posts, state.pending) == (done, done, 1, 0)
    assert state.source.attempted_at == now


def test_a_run_that_died_is_closed_by_the_next_one_of_its_source(crawls: Any, store: Store, now: datetime) -> None:
    dead, other = crawls.start(), crawls.start("guangdong")
    crawls.at = now + timedelta(hours=6)
    alive = crawls.start()
    assert (store.crawl(dead).reason, store.crawl(dead).finished_at) == ("died", crawls.at)
    assert not store.crawl(dead).completed
    assert store.crawl(other).finished_at is None, "another source's run is none of our business"
    assert store.crawl(alive).finished_at is None


def test_the_last_good_crawl_is_kept_apart_from_the_last(crawls: Any, store: Store) -> None:
    _, good = crawls.run([A])
    bad = crawls.finish(crawls.start(), completed=False)
    state = store.source_states(["zhanjiang"])[0]
    assert (state.last, state.last_good) == (bad, good)


def test_only_once_a_crawl_has_completed_may_a_later_one_stop_early(crawls: Any, store: Store) -> None:
    for completed, before in ((False, False), (True, False), (False, True), (True, True)):
        crawl_id = crawls.start()
        crawls.finish(crawls.start("guangdong"), completed=not completed)
        assert store.may_stop_early(crawl_id) is before
        crawls.finish(crawl_id, completed=completed)


def test_what_a_crawl_that_was_cut_short_found_stays_unknown_until_one_completes(crawls: Any) -> None:
    def unknown(crawl_id: int) -> list[bool]:
        return [sighting.unknown for sighting in crawls.page(crawl_id, NEW, OFF, A)]

    crawls.run([A])
    cut_short = crawls.start()
    assert unknown(cut_short) == [True, True, False]
    crawls.finish(cut_short, completed=False)
    closing = crawls.start()
    assert unknown(closing) == [True, True, False], "the walk goes on to where the completed crawl began"
    assert unknown(closing) == [False, False, False], "pinned on the next page, they do not keep it going"
    crawls.finish(closing)
    assert unknown(crawls.start()) == [False, False, False]


def test_known_is_what_an_earlier_completed_crawl_listed_and_this_one_has_not_met_yet(crawls: Any) -> None:
    crawls.run([OFF, A])
    crawl_id = crawls.start()
    assert [one.known for one in crawls.page(crawl_id, NEW, OFF, A)] == [False, True, True]
    assert [one.known for one in crawls.page(crawl_id, NEW, OFF, A)] == [False, False, False]


def test_a_post_that_another_source_found_is_unknown_to_a_listing_that_never_showed_it(crawls: Any) -> None:
    crawls.run([A])
    (first,), _ = crawls.run([A], source="guangdong")
    (second,), _ = crawls.run([A], source="guangdong")
    assert (first.verdict, first.unknown, second.unknown) == (Verdict.UNCHANGED, True, False)


def test_validators_of_a_listing_are_committed_with_a_completed_crawl_only(crawls: Any, store: Store) -> None:
    def finish(etag: str, *, completed: bool) -> None:
        found = ListingValidators("http://zj.example/list/", "v1", Validators(etag, None, "0" * 64), 20, 1, crawls.at)
        store.finish_crawl(crawls.start(), "x", completed=completed, now=crawls.at, validators=found)

    def known(read_by: str = "v1", url: str = "http://zj.example/list/", source_id: int = 1) -> str | None:
        found = store.listing_validators(source_id, url, read_by)
        return found.validators.etag if found else None

    finish("a", completed=False)
    assert known() is None
    finish("b", completed=True)
    finish("c", completed=False)
    assert known() == "b"
    assert (known("v2"), known(url="http://zj.example/other/"), known(source_id=2)) == (None, None, None)
    crawls.finish(crawls.start())
    assert known() == "b", "a crawl that has none to give leaves them"


def test_an_unchanged_listing_counts_its_posts_as_unchanged(crawls: Any, store: Store) -> None:
    crawl_id = crawls.start()
    known = ListingValidators("http://zj.example/list/", "v1", Validators(None, None, "0" * 64), 20, 1, crawls.at)
    store.record_unchanged_listing(crawl_id, known)
    assert store.crawl(crawl_id).counts == CrawlCounts(pages=1, unchanged=20, off_label=1)


def test_another_record_block_is_noted_as_a_change_of_layout_once(crawls: Any, store: Store) -> None:
    def read(signature: str) -> tuple[str | None, list[str]]:
        crawl_id = crawls.start()
        page = ListingPage("http://zj.example/list/", "html", (), signature=signature, charset_note="utf-8")
        former = store.note_reading(crawl_id, page, DAY)
        crawls.finish(crawl_id)
        return former, [note.kind for note in store.crawl_notes(crawl_id)]

    assert read("ul.list>li>a") == (None, [])
    assert read("ul.list>li>a") == (None, [])
    assert read("") == (None, []), "a page on which nothing was found says nothing about the layout"
    assert read("div.cards>a") == ("ul.list>li>a", ["layout"])
    assert read("div.cards>a") == (None, [])


def test_a_record_block_is_compared_only_with_one_that_was_read_in_the_same_way(crawls: Any, store: Store) -> None:
    def read(signature: str, read_by: str, url: str | None = None) -> str | None:
        crawl_id = store.start_crawl("zhanjiang", 1, crawls.at, url)
        page = ListingPage(url or "http://zj.example/list/", "html", (), signature=signature)
        former = store.note_reading(crawl_id, page, DAY, read_by)
        crawls.finish(crawl_id)
        assert bool(store.crawl_notes(crawl_id)) == (former is not None)
        return former

    assert read("ul.list>li>a", "1:plain") is None
    assert read("select li", "1:selected") is None
    assert read("ul.list>li>a", "1:selected") == "select li"
    assert read("dump", "1:selected", "file:///saved.txt") is None, "another address leaves what is known"
    assert read("ul.list>li>a", "2:selected") is None, "the same block, found by another extractor"
    assert read("div.cards>a", "2:selected") == "ul.list>li>a"


def test_baseline_lasts_until_a_crawl_of_the_source_completes(crawls: Any, store: Store) -> None:
    crawl_id = crawls.start()
    crawls.page(crawl_id, A)
    crawls.finish(crawl_id, completed=False)
    crawls.run([replace(A, url="http://gd.example/1")], source="guangdong")
    assert [state.source.baseline_done for state in store.source_states()] == [False, True]
    crawls.run([A, replace(A, title="【湛江招商】乙", url="http://zj.example/2")])
    crawls.run([A, replace(A, title="【湛江招商】新", url="http://zj.example/4")])
    assert [post.baseline for post in store.all_posts()] == [True, True, True, False]


def test_the_row_of_a_process_is_found_by_source_pid_and_time(store: Store, now: datetime) -> None:
    store.finish_crawl(store.start_crawl("zhanjiang", 42, now), "x", completed=True, now=now)
    later = now + timedelta(hours=1)
    second = store.start_crawl("zhanjiang", 42, later)
    found = store.crawl_of_process("zhanjiang", 42, now)
    assert found is not None
    assert found.id == second
    for source, pid, since in (("guangdong", 42, now), ("zhanjiang", 43, now), ("zhanjiang", 42, later + timedelta(1))):
        assert store.crawl_of_process(source, pid, since) is None


def test_an_attempt_is_remembered_even_when_no_crawl_came_of_it(store: Store, now: datetime) -> None:
    store.note_attempt("zhanjiang", now)
    assert [state.source.attempted_at for state in store.source_states()] == [now, None]


# -- counts and notes -----------------------------------------------------------------------------------------------


def test_rejected_records_are_counted_with_their_reason_and_the_rest_counts(crawls: Any, store: Store) -> None:
    untitled, empty = Entry("", A.url, DAY, body="没有标题的正文"), Entry("【湛江招商】空", None, DAY)
    sightings, crawl = crawls.run([untitled, A, empty])
    assert [sighting.verdict.value for sighting in sightings] == ["rejected", "new", "rejected"]
    assert crawl.counts == CrawlCounts(pages=1, new=1, rejected=2)
    assert store.crawl_notes(crawl.id) == (
        CrawlNote("rejected", "没有标题的正文", "no title"),
        CrawlNote("rejected", "【湛江招商】空", "neither text nor link"),
    )


def test_off_label_entries_are_counted_every_time_and_kept_by_title_once(crawls: Any, store: Store) -> None:
    (first, _), first_crawl = crawls.run([OFF, A])
    (again, _), second_crawl = crawls.run([OFF, A])
    assert (first.verdict, first.unknown) == (Verdict.OFF_LABEL, True)
    assert (again.verdict, again.unknown) == (Verdict.OFF_LABEL, False)
    assert (first_crawl.counts.off_label, second_crawl.counts.off_label) == (1, 1)
    assert CrawlNote("off-label", OFF.title, "not 【…招商】") in store.crawl_notes(first_crawl.id)
    assert [post.title for post in store.all_posts()] == [A.title]
    assert store.summary().off_label == 1


def test_a_post_that_is_pinned_on_every_page_counts_once(crawls: Any) -> None:
    page = [A, OFF, Entry("【湛江招商】待读", "http://zj.example/2.html", DAY)]
    sightings, crawl = crawls.run(page, page, page)
    assert crawl.counts == CrawlCounts(pages=3, new=2, off_label=1)
    assert Counter(sighting.needs_page for sighting in sightings) == {True: 1, False: 8}
    assert Counter(sighting.unknown for sighting in sightings) == {True: 3, False: 6}


def test_errors_are_counted_and_a_flood_of_them_does_not_fill_the_disk(crawls: Any, store: Store) -> None:
    crawl_id = crawls.start()
    for number in range(250):
        store.note_error(crawl_id, f"http://zj.example/{number}", "HTTP 500 " + "长" * 1000)
    crawls.page(crawl_id, *(Entry(f"【湛江招商】{number}") for number in range(3)))
    notes = store.crawl_notes(crawl_id)
    assert Counter(note.kind for note in notes) == {"error": 200, "rejected": 3}, (
        "one kind leaves the others their room"
    )
    assert max(len(note.reason) for note in notes) == 500
    assert store.crawl(crawl_id).counts.errors == 250


def test_thousands_of_records_are_one_page(crawls: Any, store: Store) -> None:
    page = [Entry(f"【湛江招商】第{n}号", f"http://zj.example/{n}", DAY, body=f"{n}") for n in range(2500)]
    assert crawls.run(page)[1].counts == CrawlCounts(pages=1, new=2500)
    assert crawls.run(page)[1].counts == CrawlCounts(pages=1, unchanged=2500)
    assert sum(1 for _ in store.all_posts(batch=400)) == 2500
    assert store.summary().posts == 2500


# -- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published_on", "effective_on", "dated"),
    [
        (None, date(2025, 7, 21), False),
        (date(2025, 7, 22), date(2025, 7, 22), True),
        (date(2025, 7, 23), date(2025, 7, 21), False),
        (date(2052, 7, 17), date(2025, 7, 21), False),
        (date(2003, 1, 1), date(2003, 1, 1), True),
    ],
)
def test_an_implausible_date_gives_way_to_first_sight_and_stays_so(
    crawls: Any, published_on: date | None, effective_on: date, dated: bool
) -> None:
    crawls.at = datetime(2025, 7, 20, 16, 30, tzinfo=UTC)  # half past midnight of the 21st in Shanghai
    for _ in range(2):
        (sighting,), _ = crawls.run([replace(A, published_on=published_on, body=None)])
        assert (sighting.post.effective_on, sighting.post.dated) == (effective_on, dated)
        crawls.at += timedelta(days=3)


def test_last_sight_moves_on_and_first_sight_does_not(crawls: Any, store: Store, now: datetime) -> None:
    crawls.run([A])
    crawls.at = now + timedelta(hours=6)
    crawls.run([A])
    (post,) = store.all_posts()
    assert (post.first_seen_at, post.last_seen_at) == (now, now + timedelta(hours=6))
