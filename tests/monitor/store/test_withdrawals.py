"""What it proves that a post's own page is gone: nothing, a withdrawal, or that something is wrong with the site."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.pages import Entry

DAY = timedelta(days=1)
BODY = "项目总投资12亿元，占地300亩。\n预计明年建成投产。"  # as in conftest.py
EDITED = BODY.replace("12亿元", "15亿元")


def test_gone_twice_a_day_apart_on_two_sound_days_is_withdrawn(visits: Any) -> None:
    visits.read(1, 2)
    visits.later(1)
    visits.crawl(visits.misses(1), visits.sees(2))
    assert visits.post().missing_since == visits.crawls.at
    assert visits.events() == []
    visits.later(1)
    assert 1 in visits.due()
    visits.crawl(visits.misses(1))
    assert visits.events() == [("withdrawn", True)]
    assert visits.post().withdrawn_at == visits.crawls.at
    assert (visits.post().body or "").startswith(BODY), "a withdrawn post keeps its text"
    assert visits.store.history(1).events[0].reason == "HTTP 404"


def test_sooner_than_a_day_proves_nothing(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.misses(1))
    visits.later(0.9)
    visits.crawl(visits.misses(1))
    assert visits.events() == []


@pytest.mark.parametrize("first", [True, False])
def test_both_crawls_must_have_ended_well(visits: Any, first: bool) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.misses(1), completed=not first)
    visits.later(1)
    visits.crawl(visits.misses(1), completed=first)
    assert visits.events() == []
    visits.later(1)
    visits.crawl(visits.misses(1))
    visits.later(1)
    visits.crawl(visits.misses(1))
    assert visits.events() == [("withdrawn", True)]


def test_a_crawl_that_died_has_seen_nothing_missing(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.misses(1)(visits.crawls.start())  # and is killed
    visits.later(1)
    visits.crawl(visits.misses(1))
    assert visits.events() == []
    assert visits.post().missing_since == visits.crawls.at


def test_one_that_is_there_again_was_never_gone(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.crawl(visits.misses(1))
    visits.later(1)
    visits.crawl(visits.sees(1, BODY))
    visits.later(2)
    visits.crawl(visits.misses(1))
    assert visits.events() == []


def test_too_many_at_once_are_no_withdrawals(visits: Any) -> None:
    visits.read(*range(1, 11))
    visits.later(1)
    visits.crawl(visits.misses(1, 2, 3, 4), *(visits.sees(n) for n in range(5, 11)))
    visits.later(1)
    visits.crawl(visits.misses(1, 2, 3, 4))
    assert all(visits.events(n) == [] for n in (1, 2, 3, 4))
    assert visits.post().missing_since is None


def test_what_is_known_to_be_gone_vanishes_no_more(visits: Any) -> None:
    """Five of thirty are gone; on the next day, when only these are looked at, that is no mass vanishing."""
    visits.read(*range(1, 31))
    visits.later(1)
    visits.crawl(visits.misses(1, 2, 3, 4, 5), *(visits.sees(n) for n in range(6, 31)))
    visits.later(1)
    visits.crawl(visits.misses(1, 2, 3, 4, 5))
    assert [visits.events(n) for n in (1, 5)] == [[("withdrawn", True)]] * 2
    visits.later(30)
    visits.crawl(visits.misses(1, 2, 3, 4, 5), visits.misses(6))
    visits.later(1)
    visits.crawl(visits.misses(6))
    assert visits.events(6) == [("withdrawn", True)]


def test_what_a_crawl_that_died_saw_gone_is_looked_at_by_the_next(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    visits.misses(1)(visits.crawls.start())  # and is killed
    crawl = visits.crawls.start()
    assert visits.due() == [1]
    visits.misses(1)(crawl)
    visits.crawls.finish(crawl)
    visits.later(1)
    visits.crawl(visits.misses(1))
    assert visits.events() == [("withdrawn", True)]


def test_what_a_killed_crawl_and_the_next_one_found_gone_counts_once(visits: Any) -> None:
    visits.read(*range(1, 11))
    visits.later(1)
    visits.misses(1, 2, 3)(visits.crawls.start())  # and is killed
    visits.crawl(visits.misses(1, 2, 3), *(visits.sees(n) for n in range(4, 11)))
    visits.later(1)
    visits.crawl(visits.misses(1, 2, 3))
    assert [visits.events(n) for n in (1, 2, 3)] == [[("withdrawn", True)]] * 3


def test_the_day_counts_and_not_the_crawl(visits: Any) -> None:
    visits.read(*range(1, 11))
    visits.later(1)
    visits.crawl(visits.misses(1, 2))
    visits.later(0.1)
    visits.crawl(visits.misses(3, 4))
    visits.later(1)
    visits.crawl(visits.misses(1, 2))
    assert [visits.events(n) for n in (1, 2)] == [[], []], "the first day had four"


def test_a_page_that_failed_proves_nothing_and_is_tried_again_in_a_day(visits: Any) -> None:
    visits.read(1)
    visits.later(1)
    crawl = visits.crawls.start()
    visits.store.record_visit_failure(crawl, 1, "HTTP 503", visits.crawls.at)
    visits.crawls.finish(crawl)
    assert visits.due() == []
    assert visits.post().missing_since is None
    visits.later(1)
    assert visits.due() == [1]


def test_what_can_be_read_again_is_restored_with_what_has_changed(visits: Any) -> None:
    visits.read(1)
    for _ in range(2):
        visits.later(1)
        visits.crawl(visits.misses(1))
    visits.later(5)
    assert visits.due() == [1]
    visits.crawl(visits.sees(1, EDITED))
    assert visits.events() == [("withdrawn", True), ("restored", True), ("revised", True)]
    assert visits.post().withdrawn_at is None


def test_a_withdrawn_post_that_is_still_listed_is_looked_at_every_day(visits: Any) -> None:
    visits.read(1)
    for _ in range(2):
        visits.later(1)
        visits.crawl(visits.misses(1))
    line = Entry("【湛江招商】项目1", "http://zj.example/1.html", date(2025, 7, 20))
    visits.later(1)
    crawl = visits.crawls.start()
    visits.crawls.page(crawl, line)
    assert visits.due() == [1]
    visits.misses(1)(crawl)
    visits.crawls.finish(crawl)
    visits.later(0.5)
    crawl = visits.crawls.start()
    visits.crawls.page(crawl, line)
    assert visits.due() == []


def test_a_text_of_the_listing_says_nothing_of_a_withdrawn_page(visits: Any) -> None:
    line = Entry("【湛江招商】项目1", "http://zj.example/1.html", date(2025, 7, 20), body=BODY)
    visits.crawls.see(line)
    for _ in range(2):
        visits.later(1)
        visits.crawl(visits.misses(1))
    visits.later(1)
    assert visits.crawls.see(replace(line, body=EDITED)) == ["revised"]
    assert visits.events() == [("withdrawn", True), ("revised", True)]
    assert visits.post().withdrawn_at is not None
