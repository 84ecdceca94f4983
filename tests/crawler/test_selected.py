"""Overrides: what a user's selectors point at wins, field by field; the rest is found as on any page."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.html.listing import read_html
from monitor.pages import Entry, Selection

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://zs.example/list/index.html"
PAGE = """<html><body><ul class=side><li><a href=s1.html>【湛江招商】旁栏里的一条</a>2025-07-01</li></ul>
<div class=rows><div class=row><a class=t href=a.html>【湛江招商】海上风电项目签约落户</a><i>更新 2025-07-18</i><b>2025-07-17</b>
<p class=x>摘要一</p></div>
<div class=row><a class=t href=b.html>【徐闻县招商】菠萝深加工园区开工</a><i>更新 2025-07-16</i><b>2025-07-15</b><p class=x>摘要二</p></div>
</div><a class=more href=p2.html>加载更多</a></body></html>"""


def entries(**select: str) -> tuple[Entry, ...]:
    return read_html(PAGE, URL, NOW, Selection(**select)).entries


@pytest.mark.parametrize("records", ["div.row", "//div[@class='row']", "xpath:.//div[@class='row']", ".rows > .row"])
@pytest.mark.parametrize("day", ["b", "./b", "b::text", "./b/text()"])
def test_selectors_may_be_css_or_xpath(records, day):
    assert [(entry.title[1:3], entry.url, entry.published_on) for entry in entries(records=records, date=day)] == [
        ("湛江", "http://zs.example/list/a.html", date(2025, 7, 17)),
        ("徐闻", "http://zs.example/list/b.html", date(2025, 7, 15)),
    ]


def test_one_field_by_selector_leaves_the_others_to_be_found():
    assert [(e.title[1:3], e.published_on) for e in entries(date="b")] == [
        ("湛江", date(2025, 7, 17)),
        ("徐闻", date(2025, 7, 15)),
    ]
    assert [entry.summary for entry in entries(records=".row", summary=".x")] == ["摘要一", "摘要二"]
    assert [entry.title for entry in entries(records=".row", title="p.x")] == ["摘要一", "摘要二"]
    assert entries(records=".row", url="a.t::attr(href)")[0].url == "http://zs.example/list/a.html"
    assert [entry.url for entry in entries(records=".row", url="p.x")] == [None, None]


def test_the_next_page_by_selector():
    page = read_html(PAGE, URL, NOW, Selection(next_page="a.more"))
    assert page.next_url == "http://zs.example/list/p2.html"
    assert read_html(PAGE, URL, NOW).next_url is None


@pytest.mark.parametrize("wrong", ["div[", "//div[", "::::", "xpath:???"])
def test_a_selector_that_is_wrong_finds_nothing_and_raises_nothing(wrong):
    assert len(entries(records=wrong)) >= 1
    assert len(entries(date=wrong)) >= 1
