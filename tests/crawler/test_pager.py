"""The next page: by word, by number, by script, by select and by form."""

from urllib.parse import parse_qs

import pytest

from crawler.extract.html.pager import find_next
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
