"""What an end comes to, by what the walk has shown; and how far an answer says that its listing goes."""

import pytest

from crawler.extract.interfaces.paging import pages_ahead
from crawler.extract.interfaces.totals import Totals
from crawler.steps import Walk, meets_known
from monitor.models import Sighting, Verdict
from monitor.pages import ListingPage, PageRequest

OLD = Sighting(Verdict.UNCHANGED, "旧", known=True)
NEW = Sighting(Verdict.NEW, "新", unknown=True)
MET = Sighting(Verdict.UNCHANGED, "见过")


@pytest.mark.parametrize(
    ("sightings", "met"),
    [
        ((OLD, OLD), True),
        ((NEW, OLD), True),
        ((NEW, OLD, NEW), True),
        ((OLD, NEW, NEW), False),  # pinned
        ((MET, NEW), False),
        ((MET, MET), False),
        ((), False),
    ],
)
def test_what_is_pinned_above_new_entries_is_not_met(sightings, met):
    assert meets_known(sightings) is met


def walk(*sightings, pages=0, number=1):
    one = Walk()
    one.note_page(ListingPage("http://zs.example/", "html", (), pages=pages), number)
    one.note_entries(sightings)
    return one


def test_an_end_that_meets_what_is_known_is_proven():
    end = walk(NEW, OLD).end("end of the listing", 1, known=True, full=False)
    assert (end.proven, end.warning) == (True, "")


def test_an_end_above_what_is_known_is_none_unless_the_user_says_so_or_nothing_is_known_yet():
    assert not walk(OLD, NEW).end("page 2 repeats an earlier one", 1, known=True, full=False).proven
    assert walk(OLD, NEW).end("page 2 repeats an earlier one", 1, known=True, full=True).warning
    assert not walk(NEW).end("page 2 repeats an earlier one", 1, known=False, full=False).warning


def test_an_end_within_the_pages_that_were_counted_is_none_but_for_a_single_page():
    counted = walk(OLD, pages=3)
    assert not counted.end("end of the listing", 2, known=True, full=True).proven
    assert counted.end("end of the listing", 3, known=True, full=False).proven
    page = ListingPage("http://zs.example/", "html", ())
    end = counted.end("end of the listing", 1, page=page, known=True, full=False)
    assert (end.proven, end.warning) == (
        True,
        "the listing counts 3 pages, but page 1 leads to no next one: older posts are not read",
    )


@pytest.mark.parametrize(
    ("query", "totals", "count", "ahead"),
    [
        ("page=1&size=10", Totals(records=50), 10, 4),
        ("page=0&size=10", Totals(records=50), 10, 4),
        ("page=5&size=10", Totals(records=50), 10, 0),
        ("page=1&size=100", Totals(records=50), 10, 4),  # the server has a size of its own
        ("page=3&size=10", Totals(pages=5, records=50), 0, 2),
        ("page=3&size=10", Totals(records=0), 0, 0),
        ("offset=20&limit=10", Totals(records=50), 0, 2),
        ("column=1", Totals(pages=5, number=1, named="page"), 10, 4),
        ("column=1", Totals(), 10, 0),
    ],
)
def test_an_answer_says_how_many_pages_follow(query, totals, count, ahead):
    assert pages_ahead(PageRequest(f"http://zs.example/api?{query}"), totals, count) == ahead
