"""A post's own page: what is taken from it in the smallest cases, field by field."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.article.reader import read_article
from monitor.pages import Article

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2025, 7, 17)
URL = "http://zs.example/art/1.html"


def read(body: str, head: str = "<title>甲</title>") -> Article | None:
    return read_article(f"<html><head>{head}</head><body>{body}</body></html>", URL, NOW).article


NOISE = (
    "<header><h1>湛江招商网</h1></header><nav><p>首页 新闻 公告</p></nav>"
    "<aside><p>热门</p></aside><footer><p>版权所有 地址 电话 邮编 备案</p></footer>"
)


@pytest.mark.parametrize(
    "place",
    [
        *(f"<div id='{name}'>{{}}</div>" for name in ("zoom", "Zoom", "UCAP-CONTENT", "articleContent", "vsb_content")),
        *(f"<div class='{name}'>{{}}</div>" for name in ("x TRS_Editor y", "article-content", "article_content")),
        "<div class='entry-content'>{}</div>",
        "<article>{}</article>",
        "<main>{}</main>",
        "<div>{}</div>",  # nothing says where: the densest paragraphs
    ],
)
def test_finds_the_text_where_content_systems_put_it_and_leaves_out_the_rest(place):
    page = (
        NOISE + place.format("<p>第一段。</p><p>第二段。</p>") + "<div><p><a href='x'>相关链接一二三四五</a></p></div>"
    )
    article = read(page)
    assert article is not None
    assert article.body == "第一段。\n第二段。"


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("<p>一</p><p>二<br>三</p>", "一\n二\n三"),
        ("一<br><br/>二", "一\n二"),
        ("<p>　　一&nbsp; 二\n三\u200b</p><p> </p><p><img src='x'></p>", "一 二 三"),
        ("<p>　　第一段。　　第二段。&emsp;&emsp;第三段</p>", "第一段。\n第二段。\n第三段"),
        ("<p>湛江市商务局　　2025年7月17日</p>", "湛江市商务局 2025年7月17日"),  # no sentence ends before the spaces
        ("<p>正<b>文</b><span>，</span>续</p>", "正文，续"),
        ("<p>一<script>evil()</script>二<style>p{}</style>三<!-- 注 -->四<noscript>x</noscript></p>", "一二三四"),
        ("<h1>题</h1><h2>小标题</h2><p>一</p><ul><li>甲</li><li>乙</li></ul>", "小标题\n一\n甲\n乙"),
        ("<table><tr><td>子</td></tr><tr><td>丑</td></tr></table>", "子\n丑"),
        ("<table><tr><td>子</td><td>丑</td></tr><tr><td><p>寅</p></td><td></td></tr></table>", "子 丑\n寅"),
        ('<p>一<?xml:namespace prefix = o ns = "urn:o" />二<o:p>三</o:p>四</p>', "一二三四"),  # pasted from Word
        ("<p>1 &lt; 2 &amp; 【】</p>", "1 < 2 & 【】"),
        ("一<div>二</div>三<section>四<section>五</section></section>", "一\n二\n三\n四\n五"),
        ("<span style='display:block'>一</span><span style='DISPLAY: block'>二</span>", "一\n二"),
        ("<p>一</p><p style='display: none'>二</p><p hidden>三</p>", "一"),
        ("<pre>一\n二</pre>", "一\n二"),
        ("<p style='white-space: pre-wrap'>一\n二</p>", "一\n二"),
        ("<p>一</p><iframe>二</iframe><select><option>三</option></select><button>四</button>", "一"),
    ],
)
def test_a_body_is_paragraphs_as_a_reader_sees_them(markup, body):
    article = read(f"<div id='zoom'>{markup}</div>")
    assert article == Article("题" if "题</h1>" in markup else "甲", body)


def test_an_empty_place_for_the_text_is_passed_over():
    assert read("<div id='zoom'> \u200b<br></div><div><p>正文。</p></div>") == Article("甲", "正文。")


def test_where_nothing_says_where_the_text_is_the_densest_paragraphs_are_taken():
    page = "<div>您的位置：首页 招商</div><div><p>正文第一段。</p><p>正文第二段。</p></div><div><p>上一篇</p></div>"
    assert read(page) == Article("甲", "正文第一段。\n正文第二段。")


def test_a_page_without_paragraphs_gives_what_is_no_tool():
    assert read("正文一行。<br>第二行。<a href='x'>返回</a>") == Article("甲", "正文一行。\n第二行。")


def test_a_page_in_a_form():  # ASP.NET
    assert read("<form id='form1'><div id='zoom'><p>正文</p></div></form>") == Article("甲", "正文")


@pytest.mark.parametrize("around", ["<!-- c -->{}", "{}<!-- c -->", "<?xml version='1.0'?>{}", "<!DOCTYPE html>{}"])
def test_what_stands_outside_html_is_passed_over(around):
    page = around.format("<html><body><div id='zoom'><p>正文</p></div></body></html>")
    assert read_article(page, URL, NOW).article == Article(None, "正文")


@pytest.mark.parametrize(
    "markup",
    ["", " ", "<h1>404 Not Found</h1>", "<form><input name='user'></form>", "<script>load()</script>", NOISE],
)
def test_a_page_without_text_is_no_article(markup):
    assert read(markup) is None


@pytest.mark.parametrize("text", ["", " \n", "<!-- 注 -->", "\ufeff"])
def test_an_empty_answer_is_no_article(text):
    assert read_article(text, URL, NOW).article is None


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<meta name='ArticleTitle' content='【湛江招商】甲'><title>站</title>", "<h1>乙</h1>", "【湛江招商】甲"),
        ("<meta property='og:title' content='甲'><title>站</title>", "", "甲"),
        ("<meta name='ArticleTitle' content=' '><title>站</title>", "<h1> 乙\n丙</h1>", "乙 丙"),
        ("<title>甲-站</title>", "<h1></h1>", "甲-站"),
        ("", "", None),
    ],
)
def test_the_title_is_the_metadata_s_else_the_heading_s_else_the_page_s(head, heading, title):
    assert read(f"{heading}<div id='zoom'>正文</div>", head) == Article(title, "正文")


@pytest.mark.parametrize(
    ("head", "line", "day"),
    [
        ("<meta name='PubDate' content='2025-07-17 10:00'>", "<p>发布时间：2025-07-18</p>", DAY),
        ("<meta name='pubdate' content='20250717'>", "", DAY),
        ("<meta property='article:published_time' content='2025-07-17T10:00:00+08:00'>", "", DAY),
        ("<meta name='PubDate' content=''>", "<p>发布时间：2025-07-17 10:00 来源：本站</p>", DAY),
        ("", "<span>发布日期： 2025 年 7 月 17 日</span> 更新时间：2025-07-18", DAY),
        ("", "<span>时间</span><b>：</b><i>2025/7/17</i>", DAY),
        ("", "<p>发布时间：2025-13-45</p>", None),
        ("", "<p>建设期2025-07-17至2026-07-17</p>", None),  # a date, but nothing says that it is the page's
        ("", "", None),
    ],
)
def test_the_date_is_the_metadata_s_else_the_printed_one_else_none(head, line, day):
    article = read(f"{line}<div id='zoom'>正文</div>", head)
    assert article is not None
    assert (article.body, article.published_on) == ("正文", day)


MARKUP = """
<div> </div> <div/id='zoom'> <p> </p> <br> <a/href='x'> </a> <h1> </h1> <ul> <li> <table> <tr> <td> <nav> </nav>
<script> </script> <style> <iframe> <form> </form> <header> <article> <main> <textarea> <template> <svg> <math>
<!--x--> <?php?> <o:p> <p <a/href= ' > &nbsp; &#0; &#xD800; \x00 \ufeff \ud800 正文。 发布时间： 2025-07-17 2025-13-45
<meta/name='PubDate'/content= <title> </title> <pre> 来源： 相关阅读 上一篇 附件 <a/href='/1.pdf'> 。　　 <base/href='//²'>
"""
PIECES = st.lists(st.sampled_from(MARKUP.split(" ")), max_size=30).map("".join)


@given(markup=PIECES | st.text(max_size=60))
@settings(max_examples=250, deadline=None)
def test_no_page_makes_it_raise_and_no_body_is_empty(markup):
    article = read(markup)
    assert article is None or article.body.strip()
