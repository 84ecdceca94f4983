"""What the ledger keeps of each crawl for the judge, what it hands over, and that it need not read all to do so."""

import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.health.conditions import HealthRules as Rules
from monitor.health.conditions import ListingFigures, SourceRecord, State, Symptom, Trouble
from monitor.health.judge import judge
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage, PageRequest
from monitor.store import Store

DAY = date(2025, 7, 17)
HOUR = timedelta(hours=1)
LINE = Entry("【湛江招商】甲", "http://zj.example/1.html", DAY, body="甲的正文")
HTTP_503 = Trouble(Symptom.SERVER_ERROR, "HTTP 503")


@pytest.fixture
def remembered(store: Store, zone: ZoneInfo) -> Callable[..., SourceRecord]:
    """What the store remembers of `zhanjiang`."""

    def ask(**more: Any) -> SourceRecord:
        (one,) = store.source_records({"zhanjiang": 6 * HOUR}, (), zone, more.pop("is_alive", lambda _: False), **more)
        return one

    return ask


def finish(crawls: Any, trouble: Trouble | None, *, reason: str = "x", url: str | None = None) -> int:
    crawl_id: int = crawls.store.start_crawl("zhanjiang", 1, crawls.at, url)
    crawls.store.finish_crawl(crawl_id, reason, completed=trouble is None, now=crawls.at, trouble=trouble)
    crawls.at += HOUR
    return crawl_id


def test_a_crawl_keeps_what_ended_it(crawls: Any, remembered: Any, now: datetime) -> None:
    finish(crawls, HTTP_503)
    finish(crawls, None)
    good, bad = remembered().crawls
    assert (bad.trouble, bad.completed, bad.started_at, bad.reason) == (HTTP_503, False, now, "x")
    assert (good.trouble, good.completed, good.finished_at) == (None, True, now + HOUR)


def test_a_completed_crawl_has_no_trouble_whatever_it_met(crawls: Any, remembered: Any) -> None:
    crawl_id = crawls.start()
    crawls.store.finish_crawl(crawl_id, "x", completed=True, now=crawls.at, trouble=HTTP_503)
    assert remembered().crawls[0].trouble is None


def test_a_run_that_died_says_so_when_the_next_one_finds_it(crawls: Any, remembered: Any) -> None:
    crawls.start()
    assert remembered().crawls[0].trouble is None
    assert not remembered().crawls[0].alive
    assert remembered(is_alive=lambda pid: pid == 1).crawls[0].alive
    crawls.start()
    running, died = remembered(is_alive=lambda _: True).crawls
    assert (died.trouble, died.alive) == (Trouble(Symptom.DIED), False)
    assert (running.trouble, running.alive) == (None, True)


@pytest.mark.parametrize(
    ("reason", "trouble"),
    [
        ("shutdown", Trouble(Symptom.STOPPED)),
        ("died", Trouble(Symptom.DIED)),
        ("took longer than 1800 s", Trouble(Symptom.OVERRAN, "1800 s")),
        ("the crawl did not start: no module", Trouble(Symptom.NOT_STARTED, "no module")),
        ("the database failed", Trouble(Symptom.DATABASE)),
        ("the listing failed: HTTP 503", Trouble(Symptom.OTHER, "the listing failed: HTTP 503")),
    ],
)
def test_a_row_from_before_there_were_symptoms_is_known_by_its_words(
    crawls: Any, remembered: Any, reason: str, trouble: Trouble
) -> None:
    crawl_id = crawls.start()
    crawls.store.finish_crawl(crawl_id, reason, completed=False, now=crawls.at)
    assert remembered().crawls[0].trouble == trouble


def test_a_reading_leaves_the_figures_of_the_first_page(crawls: Any, remembered: Any) -> None:
    crawl_id = crawls.start()
    page = ListingPage("http://zj.example/", "html", (LINE, Entry("乙")), signature="ul>li")
    shell = ListingPage("http://zj.example/", "html", (), call=PageRequest("http://zj.example/api"))
    crawls.store.note_reading(crawl_id, shell, DAY)
    assert remembered().crawls[0].figures is None, "the page only holds the script that fetches the listing"
    crawls.store.note_reading(crawl_id, page, DAY)
    crawls.finish(crawl_id)
    one = remembered().crawls[0]
    assert (one.figures, one.layout_changed) == (ListingFigures(2, 1, 1, 0, DAY), False)
    again = crawls.start()
    crawls.store.note_reading(again, ListingPage("http://zj.example/", "html", (LINE,), signature="div>a"), DAY)
    assert remembered().crawls[0].layout_changed


def test_crawls_of_another_address_are_not_the_source_s(crawls: Any, remembered: Any, store: Store) -> None:
    finish(crawls, None)
    finish(crawls, HTTP_503, url="http://elsewhere.example/")
    assert [crawl.completed for crawl in remembered().crawls] == [True]
    assert [crawl.completed for crawl in store.recent_crawls("zhanjiang", 9, lambda _: False)] == [False, True]
    assert store.failures_in_a_row() == {}


def test_a_source_with_a_new_address_is_as_one_that_is_new(
    crawls: Any, remembered: Any, store: Store, now: datetime
) -> None:
    crawls.at = last = now + timedelta(days=300)
    finish(crawls, HTTP_503)
    store.sync([SourceSpec("zhanjiang", "https://new.example/", "湛江")], [], now)
    assert remembered().crawls == ()
    assert remembered().created_at == last
    assert judge(remembered(), last + HOUR, Rules()).state is State.SUSPICIOUS


def test_the_days_of_its_latest_posts(crawls: Any, remembered: Any) -> None:
    days = [DAY, DAY, date(2025, 7, 1), date(2025, 6, 1)]
    crawls.see(*(Entry(f"【湛江招商】{n}", f"http://zj.example/{n}", day, body="文") for n, day in enumerate(days)))
    assert remembered().posted_on == (DAY, date(2025, 7, 1), date(2025, 6, 1))


def test_all_failures_since_the_last_completed_crawl_are_handed_over(crawls: Any, remembered: Any) -> None:
    finish(crawls, None)
    first = crawls.at
    for _ in range(9):
        finish(crawls, HTTP_503)
    record = remembered(limit=3)
    assert len(record.crawls) == 9
    health = judge(record, crawls.at, Rules())
    assert (health.state, health.since, health.crawls) == (State.UNREACHABLE, first, 9)


def test_the_readings_of_a_listing_that_seldom_changes_are_handed_over(crawls: Any, remembered: Any) -> None:
    for number in range(60):
        crawl_id = crawls.start()
        if number % 10 == 0:
            crawls.store.note_reading(crawl_id, ListingPage("http://zj.example/", "html", (LINE,)), DAY)
        crawls.finish(crawl_id)
    record = remembered(limit=12)
    assert sum(crawl.figures is not None for crawl in record.crawls) == 6
    assert [crawl.id for crawl in record.crawls] == sorted((crawl.id for crawl in record.crawls), reverse=True)
    assert len(record.crawls) == 12 + 5


def test_failures_in_a_row(crawls: Any, store: Store) -> None:
    assert store.failures_in_a_row() == {}
    for trouble, expected in [
        (HTTP_503, {"zhanjiang": 1}),
        (Trouble(Symptom.STOPPED), {"zhanjiang": 1}),
        (HTTP_503, {"zhanjiang": 2}),
        (None, {}),
        (Trouble(Symptom.DIED), {"zhanjiang": 1}),
    ]:
        finish(crawls, trouble)
        assert store.failures_in_a_row() == expected
    crawls.start()
    assert store.failures_in_a_row() == {"zhanjiang": 1}, "a running one has not failed"


def test_only_sources_that_are_asked_about_and_known(store: Store, zone: ZoneInfo) -> None:
    turns = {"guangdong": HOUR, "unheard-of": HOUR, "zhanjiang": 2 * HOUR}
    found = store.source_records(turns, {"guangdong"}, zone, lambda _: False)
    assert [(one.name, one.turn, one.paused) for one in found] == [
        ("guangdong", HOUR, True),
        ("zhanjiang", 2 * HOUR, False),
    ]


def test_no_question_reads_a_whole_table(crawls: Any, store: Store, remembered: Any) -> None:
    """500 sources with 100,000 crawls are asked about at every tick."""
    for _ in range(5):
        finish(crawls, HTTP_503)
    asked: list[str] = []
    store._conn.set_trace_callback(asked.append)
    remembered(limit=3)
    store.failures_in_a_row()
    store.recent_crawls("zhanjiang", 3, lambda _: False)
    store._conn.set_trace_callback(None)
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    assert len(selects) >= 7
    with sqlite3.connect(store.path) as conn:
        for sql in selects:
            plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
            assert not [step for step in plan if step.startswith(("SCAN crawls", "SCAN posts", "SCAN good"))], sql
            assert not [step for step in plan if "TEMP B-TREE FOR ORDER BY" in step], (sql, plan)
    conn.close()
