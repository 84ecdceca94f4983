"""A page without records ends its listing only when the page before it and what it shows prove that it does."""

from datetime import datetime

import pytest

from crawler.extract import end_of_listing, read_listing
from monitor.pages import PageRequest, RawPage

NOW = datetime.fromisoformat("2025-07-21T08:00:00+08:00")
SITE = "http://zs.example/list_{}.html"
RECORDS = "".join(
    f"<li><a href='/art/{n}.html'>【湛江招商】第{n}个项目签约落户</a><span>2025-07-1{n}</span></li>" for n in range(3)
)
LIST = f"<ul class='news'>{RECORDS}</ul>"
NEXT = "<div class='pager'><a href='list_{}.html'>下一页</a></div>"
ANSWER = {
    404: "<html><body><h1>404 Not Found</h1></body></html>",
    502: "<html><body><h1>502 Bad Gateway</h1></body></html>",
}


def page(number: int, inside: str, *, pager: str = "", status: int = 200, frame: bool = True) -> RawPage:
    nav = "<div class='nav'><a href='/'>首页</a><a href='/list_1.html'>招商动态</a><a href='/about/'>关于我们</a></div>"
    whole = (
        f"<html><head><title>招商动态</title></head><body>{nav}<div class='main'>{inside}{pager}</div></body></html>"
    )
    url = SITE.format(number)
    return RawPage(PageRequest(url), url, (whole if frame else inside).encode(), NOW, status)


def end(after: RawPage, *, number: int = 3, pager: str = NEXT.format(3)) -> str | None:
    before = page(number - 1, LIST, pager=pager)
    former = read_listing(before, NOW)
    known = {former.signature}
    read = read_listing(after, NOW, known=known)
    assert not read.entries
    pages = max(former.pages or 0, number - 1 + former.ahead if former.ahead else 0)
    return end_of_listing(number, PageRequest(SITE.format(number)), before, after, read, known, pages=pages)


NOTHING = "end of the listing (page 3 has no records)"


@pytest.mark.parametrize(
    "inside",
    [
        "<ul class='news'></ul>",
        "<ul class='news'> \n</ul><div class='pager'><a href='list_2.html'>上一页</a></div>",
        "<ul class='news'><li>暂无相关信息</li></ul>",
        "<div class='empty'>暂无数据</div>",
        "<p>没有更多内容了</p>",
        "<p>抱歉，没有找到相关信息。</p>",
    ],
)
def test_an_empty_list_in_the_same_frame_is_the_end(inside):
    assert end(page(3, inside)) == NOTHING


@pytest.mark.parametrize(
    "after",
    [
        page(3, "<p>系统繁忙，请稍后再试。</p>"),
        page(3, "<ul class='news'><li>数据库连接失败</li></ul>"),
        page(3, ""),
        page(3, "<ul class='news'></ul>", frame=False),
        page(3, "<html><body><p>暂无数据</p></body></html>", frame=False),
        page(3, "", frame=False),
        page(3, "<html><script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script></html>", frame=False),
        page(3, "<html><title>用户登录</title><form><input type=password></form></html>", frame=False),
        page(3, "<ul class='news'></ul>", status=500),
        page(3, ANSWER[502], status=502, frame=False),
    ],
)
def test_whatever_else_yields_nothing_is_no_end(after):
    assert end(after) is None


def test_half_a_page_is_no_end():
    whole = page(3, "<ul class='news'></ul>")
    assert end(RawPage(whole.request, whole.url, whole.body.partition(b"</ul>")[0], NOW)) is None


def test_the_first_page_is_never_the_end():
    empty = page(1, "<ul class='news'></ul>")
    read = read_listing(empty, NOW)
    assert end_of_listing(1, empty.request, None, empty, read, {"ul.news>li>a"}) is None
    assert end_of_listing(2, empty.request, None, empty, read, {"ul.news>li>a"}) is None


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_the_end_when_the_pager_links_to_it(status):
    gone = page(3, ANSWER[404], status=status, frame=False)
    assert end(gone) == f"end of the listing (page 3 is not there: HTTP {status})"
    assert end(gone, pager="") is None  # its address was worked out
    assert end(gone, pager=NEXT.format(4)) is None


def test_a_page_that_is_not_there_behind_a_challenge_is_no_end():
    script = "<html><script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script></html>"
    assert end(page(3, script, status=404, frame=False)) is None


@pytest.mark.parametrize(
    "said", ["共5页", "第2/5页", "共 3 页", "<script>createPageHTML(5, 1, 'list', 'html')</script>"]
)
@pytest.mark.parametrize("gone", [True, False])
def test_a_page_that_the_pager_counts_is_no_end(said, gone):
    pager = NEXT.format(3) + said
    after = page(3, ANSWER[404], status=404, frame=False) if gone else page(3, "<ul class='news'></ul>")
    assert end(after, pager=pager) is None


@pytest.mark.parametrize("said", ["共2页", "第2/2页", "<script>createPageHTML(2, 1, 'list', 'html')</script>"])
def test_a_page_beyond_those_that_the_pager_counts_is_the_end(said):
    assert end(page(3, "<ul class='news'></ul>"), pager=NEXT.format(3) + said) == NOTHING
    gone = page(3, ANSWER[404], status=404, frame=False)
    assert end(gone, pager=NEXT.format(3) + said) == "end of the listing (page 3 is not there: HTTP 404)"


def test_a_soft_404_in_the_same_frame_is_the_end_when_the_pager_links_to_it():
    missing = page(3, "<h2>您访问的页面不存在</h2>")
    assert end(missing) == "end of the listing (page 3 is not there: heading 您访问的页面不存在)"
    assert end(missing, pager="") is None


def test_an_address_without_a_number_that_is_not_there_is_no_end():
    before = page(1, LIST, pager="<a href='/gone.html'>下一页</a>")
    asked = PageRequest("http://zs.example/gone.html")
    gone = RawPage(asked, asked.url, ANSWER[404].encode(), NOW, 404)
    assert end_of_listing(2, asked, before, gone, read_listing(gone, NOW), set()) is None
