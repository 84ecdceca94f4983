"""Listings that a page's own script holds as an array."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract import read_listing
from monitor.pages import ListingPage, PageRequest, RawPage

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://zs.example/news/list.html"
ROWS = [
    '{"id":1,"title":"【湛江招商】海上风电项目签约落户","url":"/news/1.html","pubDate":"2025-07-17 10:00:00"}',
    '{"id":2,"title":"茂名绿色食品产业链推介会[二期]举行","url":"/news/2.html","pubDate":"2025-07-16 10:00:00"}',
]
MENU = 'var menu = [{"name":"首页","url":"/"},{"name":"招商动态","url":"/l/"}];'


def read(script: str) -> ListingPage:
    page = f"<html><body><div id='list'></div><script>{script}</script></body></html>".encode()
    return read_listing(RawPage(PageRequest(URL), URL, page, NOW, content_type="text/html; charset=utf-8"), NOW)


@pytest.mark.parametrize("written", ["var newsData=[{}];", "  let rows = [{}] ;", "app.list=[{}]", "x({{data: [{}]}})"])
def test_an_array_of_records_in_a_script_is_the_listing(written):
    page = read(MENU + written.format(",".join(ROWS)) + "for(var i=0;i<9;i++){f(a[i])}")
    assert [(one.title, one.url, one.published_on) for one in page.entries] == [
        ("【湛江招商】海上风电项目签约落户", "http://zs.example/news/1.html", date(2025, 7, 17)),
        ("茂名绿色食品产业链推介会[二期]举行", "http://zs.example/news/2.html", date(2025, 7, 16)),
    ]


def test_an_array_without_dates_is_none():
    assert read(MENU).entries == ()
