"""The last pages of a walk: few records that nothing but the pages before tell from a menu, and pages beyond the last."""

import pytest

TITLES = [f"某某市第{number}个先进制造业项目顺利投产运营" for number in "一二三四五六七八九十"]
MENU = "<div class='nav'><a href='/'>首页</a><a href='/zs/'>招商动态</a><a href='/about/'>关于我们</a></div>"
FOOT = "<div class='foot'>主办：某某市投资促进局 更新日期 2025-06-01</div>"


@pytest.fixture
def undated(watched, site):
    """Puts a page of a listing without dates and labels."""
    watched.configure(label="…")

    def put(path, titles, following="", inside=None):
        lines = "".join(f"<li><a href='/art/{TITLES.index(title)}.html'>{title}</a></li>" for title in titles)
        pager = f"<div class='pager'><a href='{following}'>下一页</a></div>" if following else ""
        records = f"<ul class='news'>{lines}</ul>" if inside is None else inside
        site.put(
            path,
            f"<html><head><title>招商动态</title></head><body>{MENU}<div class='main'>{records}{pager}</div>{FOOT}</body></html>",
        )

    for number in range(len(TITLES)):
        site.post(f"/art/{number}.html", ["项目总投资十亿元，计划明年投产。"])
    return put


@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_last_page_of_few_lines_is_read_by_where_the_pages_before_had_theirs(watched, undated, left):
    undated("/list.html", TITLES[:6], "/list2.html")
    undated("/list2.html", TITLES[6 : 6 + left])
    done = watched.crawl()
    assert (done.row.completed, done.row.reason, done.row.counts.new) == (True, "end of the listing", 6 + left)
    assert {post.title: post.published_on for post in watched.posts().values()} == dict.fromkeys(TITLES[: 6 + left])


@pytest.mark.long
def test_a_listing_that_has_shrunk_is_read_where_its_records_stood_last_time(watched, undated):
    undated("/list.html", TITLES[:6])
    assert watched.crawl().row.completed
    undated("/list.html", TITLES[9:])
    done = watched.crawl()
    assert (done.row.completed, done.row.counts.new) == (True, 1)
    assert watched.posts()[TITLES[9]].published_on is None


@pytest.mark.long
def test_a_replay_reads_last_pages_of_few_lines_as_the_crawls_did(watched, undated, workplace):
    undated("/list.html", TITLES[:6], "/list2.html")
    undated("/list2.html", TITLES[6:7])
    assert watched.crawl().row.counts.new == 7
    undated("/list.html", TITLES[9:])
    assert watched.crawl("-a", "full=1").row.counts.new == 1
    told = workplace.zhaoshang("replay")
    assert told.returncode == 0
    assert "0 corrected, 0 filled in" in told.stdout
    assert "no archived listing shows it" not in told.stdout


@pytest.mark.parametrize("inside", ["<ul class='news'></ul>", "<ul class='news'><li>暂无相关信息</li></ul>"])
def test_a_page_too_many_ends_the_listing(watched, undated, inside):
    undated("/list.html", TITLES[:6], "/list2.html")
    undated("/list2.html", [], inside=inside)
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (True, "end of the listing (page 2 has no records)")
    assert len(watched.posts()) == 6


def test_a_page_that_is_not_there_behind_the_last_one_ends_the_listing(watched, undated):
    undated("/list.html", TITLES[:6], "/list2.html")
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (
        True,
        "end of the listing (page 2 is not there: HTTP 404)",
    )


def test_a_page_that_the_pager_counts_and_that_is_not_there_is_broken(watched, undated, site):
    undated("/list.html", TITLES[:6], "/list2.html")
    site.put("/list.html", site.pages["/list.html"].body + "<p>共3页</p>".encode())
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (False, "the listing failed: HTTP 404")


@pytest.mark.long
@pytest.mark.parametrize("inside", ["<ul class='news'></ul>", "<p>暂无相关信息</p>"])
def test_a_first_page_that_shows_nothing_is_broken(watched, undated, inside):
    undated("/list.html", [], inside=inside)
    assert not watched.crawl().row.completed
    undated("/list.html", TITLES[:6])
    assert watched.crawl().row.completed
    undated("/list.html", [], inside=inside)
    assert not watched.crawl().row.completed
