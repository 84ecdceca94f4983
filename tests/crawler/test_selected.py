"""Overrides: what a user's selectors point at wins, field by field; the rest is found as on any page."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract import read_listing
from crawler.extract.html.listing import read_html
from monitor.pages import Entry, PageRequest, RawPage, Selection

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


def test_the_next_page_by_selector():
    page = read_html(PAGE, URL, NOW, Selection(next_page="a.more"))
    assert page.next_url == "http://zs.example/list/p2.html"
    assert read_html(PAGE, URL, NOW).next_url is None


def test_an_xpath_from_the_root_means_in_a_record_the_root_of_the_record():
    found = entries(records=".row", title="//p", url="xpath://a/@href", date="//b/text()")
    assert [(entry.title, entry.url, entry.published_on) for entry in found] == [
        ("摘要一", "http://zs.example/list/a.html", date(2025, 7, 17)),
        ("摘要二", "http://zs.example/list/b.html", date(2025, 7, 15)),
    ]


def test_a_record_may_have_its_title_where_only_the_selector_sees_one():
    text = "<ul>" + "".join(f"<li><q>甲{n}</q><s>2025-07-1{n}</s></li>" for n in range(3)) + "<li>尾</li></ul>"
    page = read_html(text, URL, NOW, Selection(records="li", title="q", date="s"))
    assert [(entry.title, entry.published_on) for entry in page.entries] == [
        (f"甲{n}", date(2025, 7, 10 + n)) for n in range(3)
    ]
    assert page.warnings == ("1 of 4 records have no title and are left out",)


@pytest.mark.parametrize("selector", ["b.none", "div[", "//a[", ".none::attr(x)", "xpath:string(./q)", "rows[].title"])
@pytest.mark.parametrize("field", ["title", "url", "date", "summary", "body"])
@pytest.mark.parametrize("records", ["", "div.row"])
def test_a_field_whose_selector_finds_nothing_is_the_extractor_s_own_and_told(field, selector, records):
    own = read_html(PAGE, URL, NOW, Selection(records=records))
    page = read_html(PAGE, URL, NOW, Selection(records=records, **{field: selector}))
    assert page.entries == own.entries
    assert page.warnings == (f"select.{field} found nothing in 2 of 2 records",)
    assert (page.score, page.signature) == (own.score, own.signature)


@pytest.mark.parametrize(("field", "selector"), [("url", "//a/@foo"), ("url", "p.x"), ("date", "p.x"), ("date", "a")])
def test_what_is_no_address_and_no_date_counts_as_nothing(field, selector):
    page = read_html(PAGE, URL, NOW, Selection(records=".row", **{field: selector}))
    own = read_html(PAGE, URL, NOW, Selection(records=".row"))
    assert [entry.url for entry in page.entries] == [entry.url for entry in own.entries]
    assert [entry.published_on for entry in page.entries] == [entry.published_on for entry in own.entries]


def test_a_selector_is_told_with_the_number_of_records_in_which_it_finds_nothing():
    page = read_html(PAGE.replace("<p class=x>摘要二</p>", ""), URL, NOW, Selection(records=".row", title=".x"))
    assert [entry.title for entry in page.entries] == ["摘要一", "【徐闻县招商】菠萝深加工园区开工"]
    assert page.warnings == ("select.title found nothing in 1 of 2 records",)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ("#none", "select.records found nothing on this page"),
        ("//@class", "select.records found nothing on this page"),
        ("head", "select.records found nothing on this page"),
        (".x::text", "select.records found nothing on this page"),
        ("b", "select.records found nothing with a title on this page"),
    ],
)
def test_records_that_are_not_found_are_the_extractor_s_own_with_its_score_and_told(records, words):
    own = read_html(PAGE, URL, NOW)
    page = read_html(PAGE, URL, NOW, Selection(records=records))
    assert (page.entries, page.score, page.signature) == (own.entries, own.score, own.signature)
    assert page.score < 1
    assert page.warnings == (words,)
    both = read_html(PAGE, URL, NOW, Selection(records=records, date="b", title=".none"))
    assert [entry.published_on for entry in both.entries] == [date(2025, 7, 17), date(2025, 7, 15)]
    assert both.warnings == (words, "select.title found nothing in 2 of 2 records")


def test_a_page_without_records_says_which_selectors_found_nothing():
    page = read_html("<p>没有列表</p>", URL, NOW, Selection(records="li", title="a", next_page="a.more"))
    assert page.entries == ()
    assert page.warnings == (
        "select.records found nothing on this page",
        "select.title found nothing on this page",
        "select.next_page found nothing on this page, which is right on the last one alone",
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            "<rss version='2.0'><channel><item><title>甲</title><link>http://a.example/1</link></item></channel></rss>",
            "rss",
        ),
        ("<list><item><title>甲乙丙丁</title><url>/1.html</url><date>2025-07-17</date></item></list>", "xml"),
    ],
)
def test_a_listing_that_selectors_are_not_for_says_so(body, kind):
    raw = RawPage(PageRequest(URL), URL, body.encode(), NOW)
    assert (
        read_listing(raw, NOW, Selection(title="b")).warnings[-1]
        == f"select is for HTML and JSON; this listing is {kind}"
    )
    assert read_listing(raw, NOW, Selection(post_title="b")).warnings == read_listing(raw, NOW).warnings


@pytest.mark.parametrize("wrong", ["div[", "//div[", "::::", "xpath:???"])
def test_a_selector_that_is_wrong_finds_nothing_and_raises_nothing(wrong):
    assert len(entries(records=wrong)) >= 1
    assert len(entries(date=wrong)) >= 1
