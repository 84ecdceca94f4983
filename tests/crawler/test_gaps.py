"""A walk that seems to end above what is known, or within the pages that the listing counts, leaves no post behind."""

import json

import pytest

SIZE = 2
MENU = "<div class='nav'><a href='/'>首页</a><a href='/list1.html'>招商动态</a><a href='/about/'>关于我们</a></div>"
NEXT, NUMBERS, LAST, COUNTED = "next", "numbers", "last", "counted"
FAULTS = ("empty", "missing", "says", "repeats")
NO_COUNT = "the listing cannot end with page 2 ({}): none of the 4 entries was known"


def pager(kind, number, pages, total):
    following = f"<a href='/list{number + 1}.html'>下一页</a>" if number < pages else ""
    said = {
        NEXT: "",
        NUMBERS: "".join(
            f"<a href='/list{n}.html'>{n}</a>" if n != number else f"<b>{n}</b>" for n in range(1, pages + 1)
        ),
        LAST: f"<a href='/list{pages}.html'>尾页</a>",
        COUNTED: f"共{total}条",
    }
    return f"<div class='pager'>{said[kind]}{following}</div>"


def framed(inside):
    return f"<html><head><title>招商动态</title></head><body>{MENU}<div class='main'>{inside}</div></body></html>"


@pytest.fixture
def listing(watched, site):
    """Puts a listing of `total` posts, newest first, two to a page; `fault` is what is wrong with page three."""
    watched.configure("/list1.html", label="…")

    def put(total, kind=NEXT, fault=""):
        pages = -(-total // SIZE)
        for number in range(1, pages + 1):
            first = total - (number - 1) * SIZE
            posts = range(first, max(first - SIZE, 0), -1)
            lines = "".join(
                f"<li><a href='/art/{n}.html'>某某市第{n}个制造业项目签约</a><span>2025-07-{n:02}</span></li>"
                for n in posts
            )
            site.put(f"/list{number}.html", framed(f"<ul class='news'>{lines}</ul>{pager(kind, number, pages, total)}"))
        for n in range(1, total + 1):
            site.post(f"/art/{n}.html", ["项目总投资十亿元，计划明年投产。"])
        if fault == "missing":
            del site.pages["/list3.html"]
        elif fault == "repeats":
            site.pages["/list3.html"] = site.pages["/list1.html"]
        elif fault:
            site.put(
                "/list3.html", framed("<ul class='news'>" + ("<li>暂无相关信息</li>" * (fault == "says")) + "</ul>")
            )

    return put


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", [NEXT, NUMBERS])
def test_a_page_that_fails_for_one_crawl_loses_nothing(watched, listing, kind, fault):
    listing(2, kind)
    assert watched.crawl().row.completed
    listing(10, kind, fault)
    broken = watched.crawl()
    assert not broken.row.completed
    listing(10, kind)
    mended = watched.crawl()
    assert (mended.row.completed, len(watched.posts())) == (True, 10)


@pytest.mark.long
def test_the_ledger_says_why_and_full_goes_on_without_them(watched, listing):
    listing(2)
    watched.crawl()
    listing(10, NEXT, "empty")
    broken = watched.crawl()
    assert not broken.row.completed
    assert broken.row.reason.startswith(NO_COUNT.format("page 3 has no records"))
    assert broken.row.reason.endswith("crawl once with --full")
    done = watched.crawl("-a", "full=1")
    assert done.row.completed
    assert done.reasons("warning")[f"{watched.site.url}/list1.html"].startswith("none of the 4 entries was known")


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", [NUMBERS, LAST, COUNTED])
def test_a_first_crawl_does_not_end_within_the_pages_that_the_listing_counts(watched, listing, kind, fault):
    listing(10, kind, fault)
    assert not watched.crawl().row.completed


@pytest.mark.long
def test_a_listing_of_one_page_that_shows_nothing_known_completes_with_a_warning(watched, listing, site):
    listing(2)
    watched.crawl()
    listing(4)
    site.put("/list1.html", site.pages["/list1.html"].body.replace("下一页".encode(), b""))
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (True, "end of the listing")
    assert done.reasons("warning")[f"{site.url}/list1.html"] == (
        "none of the 2 entries was known: posts between two crawls may be missing; crawl more often"
    )


@pytest.mark.long
@pytest.mark.parametrize("total", [6, 0])
def test_an_interface_that_answers_nothing_within_its_pages_is_no_end(watched, site, total):
    watched.configure("/api?pageNo=1&pageSize=2", label="…")
    rows = [
        {"title": f"某某市第{n}个项目签约", "url": f"/art/{n}.html", "publishTime": f"2025-07-{n:02}"}
        for n in range(6, 0, -1)
    ]

    def put(number, records, said):
        site.put(
            f"/api?pageNo={number}&pageSize=2",
            json.dumps({"code": 0, "data": {"total": said, "rows": records}}),
            content_type="application/json",
        )

    for n in range(1, 7):
        site.post(f"/art/{n}.html", ["项目总投资十亿元，计划明年投产。"])
    put(1, rows[:2], 6)
    put(2, [], total)
    broken = watched.crawl()
    assert (broken.row.completed, broken.row.reason) == (
        False,
        "the listing cannot end with page 1 (page 2 has no records): it counts 3 pages",
    )
    put(2, rows[2:4], 6)
    put(3, rows[4:], 6)
    done = watched.crawl()
    assert (done.row.completed, len(watched.posts())) == (True, 6)


def test_a_next_link_that_leads_nowhere_is_said_and_is_no_silent_end(watched, listing, site):
    listing(2)
    body = site.pages["/list1.html"].body + "<a href='javascript:jump(2)'>下一页</a>".encode()
    site.put("/list1.html", body)
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (
        True,
        "page 1 has a link 下一页 that cannot be followed: older posts are not read",
    )
    assert done.reasons("warning")[f"{site.url}/list1.html"] == "the page has a link 下一页 that cannot be followed"
