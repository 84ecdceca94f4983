"""Plain HTML listings: `li` with a link and a date."""

from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.html.listing import read_html
from monitor.pages import Entry, ListingPage

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2025, 7, 17)
URL = "http://zs.example/list/index.html"


def read(markup: str, *, now: datetime = NOW) -> ListingPage:
    page = read_html(markup, URL, now)
    assert page.kind == "html"
    assert page.url == URL
    return page


def item(title: str = "【湛江招商】甲", href: str = "a.html", day: str = "<span>2025-07-17</span>") -> str:
    return f"<li><a href='{href}'>{title}</a>{day}</li>"


def listing(*items: str, more: str = "") -> str:
    return f"<html><body><ul>{''.join(items)}</ul>{more}</body></html>"


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(listing(item()), id="date in a span"),
        pytest.param(listing(item(day="[2025-07-17]")), id="bracketed date"),
        pytest.param(listing(item(day="<i>2025年7月17日</i>")), id="date in Chinese"),
        pytest.param(listing(item(day="<em>[07-17]</em>")), id="date without year"),
        pytest.param(
            "<ul><li><span>07-17</span> <a href=a.html>【湛江招商】甲</a></ul>", id="date first, tags left open"
        ),
        pytest.param("<ol><li><a href='a.html'>【湛江招商】甲</a> 2025-07-17</li></ol>", id="an ordered list"),
        pytest.param("<li><a href='a.html'>【湛江招商】甲</a> 2025-07-17</li>", id="no list around the item"),
        pytest.param(f"<ul><li>{listing(item())}</li></ul>", id="a list in a list"),
        pytest.param(
            listing("<li><a href='a.html'>【湛江招商】甲 2025-07-17</a></li>"), id="link wraps title and date"
        ),
        pytest.param(
            listing("<li><a href='a.html'><b>【湛江招商】甲</b> <i>[2025年07月17日]</i></a></li>"),
            id="link wraps title and bracketed date",
        ),
        pytest.param(listing(item("【湛江<br>招商】<font>甲</font>")), id="title split over tags"),
        pytest.param(listing(item("\n  【湛江招商】\u200b甲\u00a0 ")), id="invisible characters"),
        pytest.param(
            listing("<li><a href='c.html'>[要闻]</a><a href='a.html'>【湛江招商】甲</a><span>2025-07-17</span></li>"),
            id="a link to the column before it",
        ),
        pytest.param(
            listing("<li><a href='a.html'><img src='x.png'></a><a href='a.html'>【湛江招商】甲</a>2025-07-17</li>"),
            id="a picture that links as well",
        ),
        pytest.param(
            listing("<li><a href='b.html'><img src='x'></a></li>") + listing(item()),
            id="an undated picture list beside it",
        ),
    ],
)
def test_reads_title_address_and_date_of_an_item(markup):
    (entry,) = read(markup).entries
    assert replace(entry, year_printed=True) == Entry("【湛江招商】甲", "http://zs.example/list/a.html", DAY)
    assert entry.year_printed == ("2025" in markup or "25-07" in markup or "２０２５" in markup)


def test_entries_keep_the_order_of_the_page_and_undated_ones_among_them():
    markup = listing(
        item("【湛江招商】置顶", "1.html", ""),
        item("【湛江招商】乙", "2.html"),
        item("【湛江招商】丙", "3.html", "<span>2025-07-16</span>"),
    )
    assert read(markup).entries == (
        Entry("【湛江招商】置顶", "http://zs.example/list/1.html"),
        Entry("【湛江招商】乙", "http://zs.example/list/2.html", DAY),
        Entry("【湛江招商】丙", "http://zs.example/list/3.html", date(2025, 7, 16)),
    )


@pytest.mark.parametrize("cut", ["【湛江招商】甲乙…", "【湛江招商】甲...", "【湛江招商】甲……"])
def test_a_cut_title_is_taken_whole_from_the_title_attribute(titles, cut):
    assert titles(read(listing(item(cut, "a.html' title='【湛江招商】甲乙丙丁戊")))) == ["【湛江招商】甲乙丙丁戊"]


def test_a_title_attribute_says_nothing_about_a_title_that_is_not_cut(titles):
    assert titles(read(listing(item("【湛江招商】甲", "a.html' title='点击查看全部内容")))) == ["【湛江招商】甲"]


def test_a_date_inside_a_title_belongs_to_the_title():
    (entry,) = read(listing(item("【湛江招商】2023年1月2日签约项目投产"))).entries
    assert entry == Entry("【湛江招商】2023年1月2日签约项目投产", "http://zs.example/list/a.html", DAY)


def test_dates_without_a_year_count_back_across_new_year():
    markup = listing(item(day="[01-02]"), item("【湛江招商】乙", "b.html", "[12-31]"))
    days = [entry.published_on for entry in read(markup, now=datetime(2026, 1, 3, 8, tzinfo=NOW.tzinfo)).entries]
    assert days == [date(2026, 1, 2), date(2025, 12, 31)]


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "\x00\x01",
        "正在维护",
        "<html><body><h1>503</h1></body></html>",
        "<ul></ul>",
        listing("<li><a href='/'>首页</a></li>", "<li><a href='/about'>关于我们</a></li>"),
        listing("<li><a href='/'>首页</a></li>", "<li><a href='/x'>简介</a></li>", item("通知")),  # one date in three
        "<script>document.write(\"<ul><li><a href='a'>甲</a>2025-07-17</li></ul>\")</script>",
        "<!-- <ul><li><a href='a'>甲</a>2025-07-17</li></ul> -->",
    ],
)
def test_what_is_no_list_of_posts_gives_no_entries(markup):
    assert read(markup).entries == ()


def test_a_navigation_beside_the_listing_gives_no_entries(titles):
    nav = "<ul><li><a href='/'>首页</a></li><li><a href='/about'>关于我们</a></li></ul>"
    assert titles(read(nav + listing(item()) + nav)) == ["【湛江招商】甲"]


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("./202507/t20250717_1.html", "http://zs.example/list/202507/t20250717_1.html"),
        ("../art/1.html", "http://zs.example/art/1.html"),
        ("//other.example/1.html", "http://other.example/1.html"),
        ("https://other.example/1.html", "https://other.example/1.html"),
        ("?id=1&amp;page=2", "http://zs.example/list/index.html?id=1&page=2"),
        (" a.html\n", "http://zs.example/list/a.html"),
        ("#/detail/1", "http://zs.example/list/index.html#/detail/1"),
        ("#id=1", "http://zs.example/list/index.html#id=1"),
        ("", None),
        ("#", None),
        ("#top", None),
        ("javascript:open(1)", None),
        ("JavaScript:void(0)", None),
        ("mailto:a@zs.example", None),
        ("tel:0759123456", None),
        ("ftp://zs.example/a", None),
        ("file:///etc/passwd", None),
        ("data:text/html,a", None),
        ("http://[", None),
    ],
)
def test_an_address_is_resolved_and_only_a_web_page_is_one(href, expected):
    (entry,) = read(listing(item(href=href))).entries
    assert entry == Entry("【湛江招商】甲", expected, DAY)


def test_a_base_address_holds_for_entries_and_for_the_next_page():
    page = read(listing(item(), more="<base href='/x/'><a href='index_2.html'>下一页</a>"))
    assert page.entries[0].url == "http://zs.example/x/a.html"
    assert page.next_url == "http://zs.example/x/index_2.html"


@pytest.mark.parametrize(
    "link",
    [
        *(
            f"<a href='2.html'>{words}</a>"
            for words in (
                "下一页",
                "下页",
                "后一页",
                " 下 一 页 ",
                "<span>下一页</span>",
                "Next",
                "&gt;",
                "&gt;&gt;",
                "»",
            )
        ),
        "<a href='2.html' title='下一页'><img src='next.png'></a>",
        "<a href='2.html' rel='next'>更多</a>",
        "<link rel='next' href='2.html'>",
        "<a href='1.html'>上一页</a><a href='3.html'>3</a><a href='2.html'>下一页</a><a href='9.html'>尾页</a>",
        "<a href='index.html'>下一页</a><a href='2.html'>下一页</a>",  # the first leads here
    ],
)
def test_follows_the_link_to_the_next_page(link):
    assert read(listing(item(), more=link)).next_url == "http://zs.example/list/2.html"


@pytest.mark.parametrize(
    "link",
    [
        "<a href='2.html'>尾页</a>",
        "<a href='2.html'>2</a>",
        "<a href='2.html'>下一页的内容介绍</a>",
        "<a>下一页</a>",
        "<a href='#'>下一页</a>",
        "<a href='javascript:next()'>下一页</a>",
        "<a href='index.html'>下一页</a>",
        "<a href='http://elsewhere.example/2.html'>下一页</a>",
        "<a href='//elsewhere.example/2.html' rel='next'>下一页</a>",
        "<a href='file:///etc/passwd'>下一页</a>",
    ],
)
def test_follows_no_other_link(link):
    assert read(listing(item(), more=link)).next_url is None


# Whole tags and halves of them, and what stands between them.
MARKUP = """
<ul> </ul> <ol> <li> </li> <li <a> </a> <span> </span> <div> </div> <table> <tr> <td> <p> <br> <form> <svg> <textarea>
<script> </script> <style> <template> <!-- --> <![CDATA[ ]]> <?xml?> <html> <body> </body> <head> <base> <a/href=
<a/href='a.html'> <a/href='http://['> <a/href='//h:99999/'> <a/href='javascript:x'> <a/href='#/x'> <base/href='/x/'>
<link/rel='next'/href='2.html'> <a/title='【湛江招商】甲'> 【湛江招商】甲 …… 下一页 ' > " \\ %zz \x00 \ufeff
2025-07-17 [07-17] 02-30 2025-13-45 0000-00-00 1-1-1-1 ²0²5-1-1 ２０２５ - &#0; &#xD800; &nbsp;
"""
PIECES = st.lists(st.sampled_from(MARKUP.split()), max_size=30).map("".join)


@given(markup=PIECES | st.text(max_size=60))
@settings(max_examples=300)
def test_no_markup_makes_it_raise_or_gives_an_address_that_is_no_web_page(markup):
    page = read_html(markup, URL, NOW)
    for url in [page.next_url, *(entry.url for entry in page.entries)]:
        assert url is None or urlsplit(url).scheme in ("http", "https")


@given(data=st.data())
@settings(max_examples=150)
def test_a_damaged_page_makes_it_raise_nothing(data):
    whole = listing(item(), item("【遂溪县招商】乙", "b.html"), more="<a href='2.html'>下一页</a>")
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    damaged = whole[:start] + data.draw(st.text(max_size=5)) + whole[end:]
    assert len(read_html(damaged, URL, NOW).entries) <= 2


def test_a_date_of_zeros_is_none_and_warned_of():
    page = read_html(
        "<ul>"
        + "".join(
            f"<li><a href='{n}.html'>【湛江招商】第{n}个项目签约</a><span>0000-00-00</span></li>" for n in range(3)
        )
        + "</ul>",
        "http://zs.example/",
        NOW,
    )
    assert [entry.published_on for entry in page.entries] == [None] * 3
    assert page.warnings[0] == "impossible date '0000-00-00' on '【湛江招商】第0个项目签约'"


def test_a_date_that_runs_on_into_the_title_is_part_of_it():
    titles = ["7月18日襄州区签约项目清单公布", "襄州区召开招商引资推进会", "襄州区新签约项目二十四个"]
    page = read(listing(*(item(title, f"{number}.html", "") for number, title in enumerate(titles))))
    assert [(entry.title, entry.published_on) for entry in page.entries] == [(title, None) for title in titles]


@pytest.mark.parametrize("between", [" ", "｜", "：", "] "])
def test_a_date_that_is_parted_from_the_title_is_none_of_it(between):
    days = [f"{'[' if ']' in between else ''}2025年7月{day}日{between}" for day in (17, 16, 15)]
    page = read(listing(*(item(f"{day}襄州区签约项目公布", f"{number}.html", "") for number, day in enumerate(days))))
    assert [entry.title for entry in page.entries] == ["襄州区签约项目公布"] * 3
    assert [entry.published_on for entry in page.entries] == [date(2025, 7, day) for day in (17, 16, 15)]
