"""The next page: by word, by number, by script, by select and by form."""

from urllib.parse import parse_qs

import pytest

from crawler.extract.html.page_counts import count_pages
from crawler.extract.html.pager import find_next, unfollowed
from crawler.extract.html.tree import parse
from monitor.pages import PageRequest

HERE = "http://zs.example/list/index.html"


def following(markup: str, url: str = HERE) -> str | None:
    found = find_next(parse(markup, url))
    assert found is None or found.method == "GET"
    return found.url.removeprefix("http://zs.example") if found else None


@pytest.mark.parametrize(
    ("script", "here", "expected"),
    [
        ('createPageHTML(5, 0, "index", "html")', HERE, "/list/index_1.html"),
        ('createPageHTML(5, 1, "index", "html")', "http://zs.example/list/index_1.html", "/list/index_2.html"),
        ('createPageHTML(5, 4, "index", "html")', "http://zs.example/list/index_4.html", None),
        ("createPageHTML('page_div', 10, 1, 'fenye', 'shtml', 190);", HERE, "/list/fenye_2.shtml"),
        ("createPageHTML('page_div', 10, 10, 'fenye', 'shtml', 190);", HERE, None),
        ('createPageHTML(1, 0, "index", "html")', HERE, None),
        ("createPageHTML()", HERE, None),
        (
            "var pageCount=3,pageIndex=0;createPageHTML(pageCount, pageIndex, 'index', 'shtml');",
            HERE,
            "/list/index_1.shtml",
        ),
        ("var n = 3; var at = 2; var p = 'index'; createPageHTML(n, at, p, 'shtml');", HERE, None),
        ("createPageHTML(pageCount, pageIndex, 'index', 'shtml');", HERE, None),
    ],
)
def test_follows_the_script_that_writes_the_pager(script, here, expected):
    assert following(f"<script>{script}</script>", here) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<div><span class=cur>1</span><a href=2.html>2</a><a href=3.html>3</a></div>", "/list/2.html"),
        ("<div><a href=1.html>1</a><a class=active href=2.html>2</a><a href=3.html>3</a></div>", "/list/3.html"),
        ("<ul><li class=on><a href=index.html>1</a></li><li><a href=p2.html>2</a></li></ul>", "/list/p2.html"),
        ("<div><a href=1.html>1</a> 2 <a href=3.html>3</a></div>", "/list/3.html"),
        ("<div><a href=1.html>1</a><a href=2.html>2</a> <strong>3</strong></div>", None),
        (
            "<select><option value=index.html selected>第1页<option value=index_1.html>第2页</select>",
            "/list/index_1.html",
        ),
        ("<select><option value=index_1.html>1<option value=index.html>2</select>", None),
        ("<a onclick=\"location.href='index_2.html'\">下一页</a>", "/list/index_2.html"),
        (
            "<script>function go(n){location.href='list_'+n+'.html'}</script><a href='javascript:go(2)'>下一页</a>",
            "/list/list_2.html",
        ),
        ("<a href=2.html class=disabled>下一页</a><a href=2.html>2</a>", None),
        ("<a href='javascript:void(0)'>下一页</a><div><b>1</b><a href=2.html>2</a></div>", None),
    ],
)
def test_follows_numbers_selects_and_functions_and_stops_on_the_last_page(markup, expected):
    assert following(markup) == expected


def test_a_form_that_posts_to_itself_is_asked_as_a_browser_would():
    markup = """<form action=NewsList.aspx method=post><input type=hidden name=__VIEWSTATE value='a b+c'>
    <input type=text name=q value=x><table><tr><td><span>1</span></td>
    <td><a href="javascript:__doPostBack('grid','Page$2')">2</a></td></tr></table></form>"""
    found = find_next(parse(markup, "http://zs.example/NewsList.aspx"))
    assert found is not None
    assert (found.url, found.method) == ("http://zs.example/NewsList.aspx", "POST")
    assert parse_qs(found.body) == {"__VIEWSTATE": ["a b+c"], "__EVENTTARGET": ["grid"], "__EVENTARGUMENT": ["Page$2"]}
    assert found.headers == (("Content-Type", "application/x-www-form-urlencoded"),)


def test_other_sites_are_not_followed_and_other_hosts_of_the_same_site_are():
    assert find_next(parse("<a href=http://other.example/2.html>下一页</a>", HERE)) is None
    request = find_next(parse("<a href=http://zs.zj.gov.cn/2.html>下一页</a>", "http://www.zj.gov.cn/list/"))
    assert request == PageRequest("http://zs.zj.gov.cn/2.html")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<a href='?p=2'><i class='fa fa-angle-right'></i></a>", "/list/index.html?p=2"),
        ("<a href='?p=2'><i class='icon-right'></i></a>", "/list/index.html?p=2"),
        ("<a class=layui-laypage-next href='?p=2'>&#xe602;</a>", "/list/index.html?p=2"),
        ("<a class='next' href='index_2.html'><svg></svg></a>", "/list/index_2.html"),
        ("<a href='?p=2'><img src='images/next.jpg'></a>", "/list/index.html?p=2"),
        ("<a href='?p=2'><img src='a.png' alt='下一页'></a>", "/list/index.html?p=2"),
        ("<a href='?p=2'>▶</a>", "/list/index.html?p=2"),
        ("<a href='?p=2'>加载更多</a>", "/list/index.html?p=2"),
        ("<a href='/list/page/2/'>较早的文章 →</a>", "/list/page/2/"),
        ("<div class='nav-previous'><a href='/list/page/2/'>较早文章</a></div>", "/list/page/2/"),
        ("<a href='/list/p2.shtml'>更早的消息 &gt;&gt;</a>", "/list/p2.shtml"),
        ("<a href='/list/p2.shtml'>更早</a>", "/list/p2.shtml"),
        ("<a href='/list/p2.shtml'>Older</a>", "/list/p2.shtml"),
        ("<a href='/list/p2.shtml'>Older buildings</a>", None),
        ("<a class='swiper-next' href='/banner/2.html'><i></i></a>", None),
        ("<a href='/other/'><img src='images/next.jpg'></a>", None),
        ("<a href='/news/'>加载更多</a>", None),
        ("<a class='next disabled' href='?p=2'><i></i></a>", None),
    ],
)
def test_follows_icons_pictures_and_older_posts_where_they_lead_to_a_page_of_the_listing(link, expected):
    assert following(f"<div class=pager>{link}</div>") == expected


JUMP = "<script>function jump(n){document.f.p.value=n;document.f.submit()}</script><form name=f><input name=p></form>"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (f"{JUMP}<a href='javascript:jump(2)'>下一页</a>", "下一页"),
        (f"{JUMP}<a href='#' onclick='jump(2);return false'>下一页</a>", "下一页"),
        ("<a data-page=2 href='javascript:;'>下一页 &gt;</a>", "下一页 >"),
        ("<button onclick='more()'>下一页</button>", "下一页"),
        ("<input type=button value=下一页 onclick='more()'>", "下一页"),
        ("<a data-page=1 href='javascript:;'>下一页</a>", ""),
        ("<a href='javascript:;'>下一页</a>", ""),
        ("<a href='#'>下一页</a>", ""),
        (f"<a href='{HERE}'>下一页</a>", ""),
        (f"{JUMP}<a class=disabled href='javascript:jump(2)'>下一页</a>", ""),
        ("<span>下一页</span>", ""),
        ("<a href='javascript:jump(2)'>下一篇</a>", ""),
    ],
)
def test_a_next_link_that_cannot_be_followed_is_told_from_that_of_a_last_page(link, said):
    page = parse(link, HERE)
    assert find_next(page) is None
    assert unfollowed(page) == said


NEXT = "<a href='index_2.html'>下一页</a>"


@pytest.mark.parametrize(
    ("pager", "expected"),
    [
        (NEXT, (None, 0)),
        (f"<div>{NEXT}</div><div>共5页</div>", (5, 0)),
        (f"<div>共45条 {NEXT}</div>", (5, 0)),
        (f"<div>总页数：7 {NEXT}</div>", (7, 0)),
        (f"<p>共120条措施</p><p>{'措施' * 200}</p><div>{NEXT}</div>", (None, 0)),
        (f"<div><b>1</b><a href='index_2.html'>2</a><a href='index_9.html'>9</a>{NEXT}</div>", (None, 8)),
        (f"<table><tr><td><b>1</b><td><a href='/day/2'>2</a><td><a href='/day/31'>31</a></table>{NEXT}", (None, 0)),
        (f"{NEXT}<a href='index_9.html'>尾页</a>", (None, 8)),
        (f"{NEXT}<a href='/other.html'>尾页</a>", (None, 0)),
        ("<script>createPageHTML(5, 0, 'index', 'html')</script>", (5, 0)),
        ("<script>var n=5;createPageHTML(n, 0, 'index', 'html')</script>", (5, 0)),
    ],
)
def test_counts_the_pages_that_the_pager_speaks_of(pager, expected):
    page = parse(pager, HERE)
    found = find_next(page)
    assert found is not None
    assert count_pages(page, found, 10) == expected


@pytest.mark.parametrize(("here", "last", "ahead"), [("start=20", "start=180", 8), ("start=20", "start=40", 1)])
def test_the_last_page_is_counted_in_the_steps_that_the_addresses_take(here, last, ahead):
    after = "start=40"
    page = parse(f"<a href='?{after}'>下一页</a><a href='?{last}'>末页</a>", f"{HERE}?{here}")
    assert count_pages(page, PageRequest(f"{HERE}?{after}"), 20) == (None, ahead)
