"""Crawls of a source with `[source.select]`: what a selector does not find is in the ledger."""

import pytest

pytestmark = pytest.mark.long  # whole processes, one after the other

A, B = "【湛江招商】甲项目签约落户", "【湛江招商】乙项目签约落户"


def test_a_selector_that_finds_nothing_is_a_warning_of_the_crawl_which_goes_on(watched, site):
    watched.configure(**{"select.title": "b.none", "select.date": "//i/@foo"})
    site.listing("/list.html", [("/1.html", A, "2025-07-17"), ("/2.html", B, "2025-07-16")])
    for number in (1, 2):
        site.post(f"/{number}.html", ["项目总投资十亿元。"])
    done = watched.crawl()
    assert (done.row.completed, done.row.counts.new, done.row.counts.errors) == (True, 2, 0)
    assert [note.reason for note in done.notes if note.kind == "warning"] == [
        "select.title found nothing in 2 of 2 records",
        "select.date found nothing in 2 of 2 records",
    ]
    assert str(watched.posts()[A].published_on) == "2025-07-17"


def test_a_page_on_which_nothing_is_found_says_which_selectors_found_nothing(watched, site):
    watched.configure(**{"select.records": "li.none"})
    site.put("/list.html", "<html><body><p>栏目正在建设，欢迎关注湛江招商引资信息。</p></body></html>")
    done = watched.crawl()
    assert not done.row.completed
    assert [note.reason for note in done.notes if note.kind == "warning"] == [
        "select.records found nothing on this page"
    ]


def test_a_change_of_the_table_is_no_change_of_the_layout(watched, site):
    def layout_notes() -> list[str]:
        return list(watched.crawl().reasons("layout").values())

    rows = [("/1.html", A, "2025-07-17"), ("/2.html", B, "2025-07-16")]
    site.listing("/list.html", rows)
    for number in (1, 2):
        site.post(f"/{number}.html", ["项目总投资十亿元。"])
    assert layout_notes() == []
    watched.configure(**{"select.records": "li"})
    assert layout_notes() == []
    cards = "".join(f"<div class=card><h3><a href={url}>{title}</a></h3><i>{day}</i></div>" for url, title, day in rows)
    site.put("/list.html", f"<html><body><section class=cards>{cards}</section></body></html>")
    (note,) = layout_notes()
    assert note.startswith("the records stand elsewhere: ")
    assert note.endswith("(before: select li)")
    watched.configure()
    assert layout_notes() == []
