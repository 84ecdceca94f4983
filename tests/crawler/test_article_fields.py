"""Title, date, source and attachments of a post's page, and the selectors that win over what is found."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article
from monitor.pages import Article, Attachment, Selection

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2025, 7, 17)
TITLE = "【湛江招商】海上风电装备产业园落户东海岛"
TEXT = "7月16日，海上风电装备产业园项目签约落户，总投资三十亿元。"
BODY = f"<div id='zoom'><p>{TEXT}</p></div>"


def read(body: str, head: str = "", url: str = "http://zs.example/a/1.html", **select: str) -> Article:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    article = read_article(page, url, NOW, Selection(**select)).article
    assert article is not None
    return article


def meta(**tags: str) -> str:
    return "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())


@pytest.mark.parametrize(
    ("head", "printed"),
    [
        (meta(ArticleTitle=TITLE), ""),
        (meta(articletitle=TITLE), "<h1>招商动态</h1>"),  # the heading is the column's
        (meta(ArticleTitle=TITLE) + "<meta property='og:title' content='湛江招商网'>", ""),
        (f"<meta property='og:title' content='{TITLE}'>", ""),
        (meta(ArticleTitle="湛江招商网", SiteName="湛江招商网"), f"<h1>{TITLE}</h1>"),
        (meta(ArticleTitle=TITLE[:14] + "…"), f"<h1>{TITLE}</h1>"),
        (meta(ArticleTitle=TITLE[:14]), f"<h1>{TITLE}</h1>"),
        (meta(ArticleTitle=TITLE[6:]), f"<h1>{TITLE}</h1>"),  # without its label
        (meta(ArticleTitle=TITLE), f"<h1>{TITLE[:14]}…</h1>"),
        (meta(ArticleTitle=f"{TITLE}_湛江招商网"), f"<h1>{TITLE}</h1>"),
        (meta(ArticleTitle=TITLE.replace("风电", "风电\n")), f"<h1>{TITLE}</h1>"),  # the printed form
        (f"<title>{TITLE}_湛江市人民政府门户网站</title>", ""),
        (f"<title>{TITLE}-投资湛江</title>", ""),
        (f"<title>{TITLE} - 招商动态 - 湛江招商网</title>", ""),
        (f"<title>{TITLE} | 湛江招商</title>", ""),
        (f"<title>湛江招商网 | {TITLE}</title>", ""),
        (f"<title>{TITLE}——湛江</title>", f"<h1>{TITLE}</h1>"),
        ("<title>湛江招商网</title>", f"<h1>{TITLE}</h1>"),
        ("<title>欢迎访问湛江市投资促进局</title>", f"<div class='bt'>{TITLE}</div><p>发布时间：2025-07-17</p>"),
        ("<title>招商动态</title>", f"<div>{TITLE}</div><div>时间：2025-07-17 来源：湛江日报</div>"),
        ("", f"<center><font size=5><b>{TITLE}</b></font></center>"),
        ("<title>招商动态_湛江</title>", f"<h1>招商动态</h1><h2>{TITLE}</h2>"),
        (f"<title>{TITLE}</title>", f"<h1>{TITLE[:10]}<em>{TITLE[10:12]}</em>{TITLE[12:]}</h1>"),
        (f"<title>{TITLE}</title>", f"<h1>{TITLE[:10]}<br/>{TITLE[10:]}</h1>"),
        (f"<title>{TITLE}</title>", f"<h1>{TITLE[:10]}\u200b\u202e{TITLE[10:]}&#8203;&#65279;</h1>"),
        (f"<title>{TITLE[:10]}\u200b{TITLE[10:]}</title>", ""),
        (f"<title>{TITLE}</title>", f"<h1>{TITLE}<br><span>2025-07-17 来源：湛江日报 点击：8</span></h1>"),
        ('<script type=\'application/ld+json\'>{"@type":"NewsArticle","headline":"' + TITLE + '"}</script>', ""),
    ],
)
def test_the_title_is_whole_and_without_the_site_s_name(head, printed):
    article = read(printed + BODY, head)
    assert article.title == TITLE
    assert article.body == TEXT


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("携手——打造区域协作样本_湛江市人民政府", "携手——打造区域协作样本"),
        ("简讯_湛江市人民政府门户网站", "简讯"),
        ("湛江赴深圳招商_湛江市人民政府", "湛江赴深圳招商"),
        ("湛江-深圳产业合作项目总投资30亿元", "湛江-深圳产业合作项目总投资30亿元"),
        ("湛江招商网 - 新闻 - 海上风电装备产业园落户", "海上风电装备产业园落户"),
        ("\u200b湛江招商\u202e简讯\xad第三期", "湛江招商简讯第三期"),
    ],
)
def test_where_only_title_says_it_the_site_s_name_is_taken_off(head, title):
    assert read(BODY, f"<title>{head}</title>").title == title


@pytest.mark.parametrize(
    ("head", "printed"),
    [
        (meta(PubDate="2025-07-17 10:21:07"), "发布时间：2025-07-18"),
        (meta(publishdate="2025/7/17"), ""),
        (meta(Maketime="2025-07-17 08:00:00"), ""),
        (meta(pubdate="1752718867"), ""),
        ("<meta property='article:published_time' content='2025-07-16T20:00:00Z'>", ""),  # tomorrow in China
        (meta(PubDate="2031-01-01"), "<p>发布时间：2025-07-17</p>"),
        (meta(PubDate="2025-02-30"), "<p>发布时间：2025-07-17</p>"),
        (meta(PubDate="0000-00-00 00:00:00"), "<p>时间：2025-07-17</p>"),
        (meta(PubDate="1970-01-01"), "<p>日期：2025-07-17</p>"),
        ("", "<p>今天是2025年7月21日 星期一</p><p>发布时间：2025-07-17 10:21</p>"),
        ("", "<p>更新时间：2025-07-19 发布日期：2025年07月17日</p>"),
        ("", "<p>成文日期：2025-07-01 发布日期：2025-07-17</p>"),
        ("", "<table><tr><td>发布日期：</td><td>2025-07-17</td></tr></table>"),
        ("", "<div>发布时间：</div><div>2025-07-17</div>"),
        ("", "<span>发布时间：</span><span>2025-07-17</span><span>10:21</span>"),
        ("", "<p>发布时间：<span>07-17</span><span>10:21</span></p>"),
        ("", "<p>2025-07-17 10:21 湛江日报</p>"),
        ("", "<p>[2025-7-17] 来源：湛江日报 点击：12</p>"),
        ("", "<p>2025/07/17 | 招商局 | 浏览 31</p>"),
        ("", "<p>发 布 时 间：2025 年 7 月 17 日</p>"),
        ("", "<p>4天前</p>"),
        ("", "<p>更新时间：2025-07-17</p>"),  # there is no other
        ("", "<time datetime='2025-07-17T10:00:00+08:00'>上周</time>"),
        ('<script type=\'application/ld+json\'>[{"@type":"Article","datePublished":"2025-07-17"}]</script>', ""),
        (
            '<script type=\'application/ld+json\'>{"@graph":[{"@type":["Article"],"datePublished":"2025-07-17"}]}</script>',
            "",
        ),
        ("<script type='application/ld+json'>{broken</script>", "<p>发布于 2025-07-17</p>"),
        ("", "<div>由 管理员 提交于 周四, 07/17/2025 - 10:32</div>"),  # the month is first
        ("", "<div>Submitted by admin on Thu, 07/17/2025 - 10:32</div>"),
        ("", "<div>Posted on July 17, 2025 by admin</div>"),
        ("", "<div>created: 2025-07-17 10:32</div>"),
        ("", "<p>创建时间：2025-07-16　发布时间：2025-07-17</p>"),
        ("", "<p>更新时间：2025-07-19　创建于：2025-07-17</p>"),
        ("", "<p>（2025年7月17日）</p>"),
        ("", "<p>http://www.zs.example　2025年7月17日　来源：湛江日报</p>"),
        ("", f"<p>http://www.zs.example/{'a' * 60}.html　2025年7月17日　来源：湛江日报</p>"),
    ],
)
def test_the_date_is_that_of_the_publication(head, printed):
    assert read(f"<h1>{TITLE}</h1>{printed}{BODY}", head).published_on == DAY


@pytest.mark.parametrize("after", ["<p>发布日期：2025-07-17　责任编辑：张三</p>", "<div>发布时间：2025年7月17日</div>"])
def test_a_date_below_the_text_counts_too(after):
    article = read(f"<h1>{TITLE}</h1>{BODY}{after}")
    assert (article.body, article.published_on) == (TEXT, DAY)


@pytest.mark.parametrize(
    "url",
    ["http://zs.example/202507/t20250717_1.html", "http://zs.example/art/2025/7/17/art_1_2.html"],
)
def test_the_address_dates_a_page_that_does_not(url):
    assert read(BODY, url=url).published_on == DAY
    assert read(f"<p>发布时间：2025-07-16</p>{BODY}", url=url).published_on == date(2025, 7, 16)


@pytest.mark.parametrize(
    "body",
    [
        "<p>活动时间为2023年5月1日，地点在湛江。</p>",
        "<p>本办法自2025年7月1日起施行，有效期至2030年6月30日。</p>",
        "<p>湛江市商务局</p><p>2025年7月16日</p>",
        "<p>时间：2025年8月8日上午9:00</p><p>地点：湛江国际会展中心</p>",
    ],
)
def test_a_date_in_the_text_is_not_the_page_s(body):
    page = f"<h1>{TITLE}</h1><div id='zoom'><p>{TEXT}</p>{body}</div><div class='foot'>更新于2025-07-20 版权所有</div>"
    assert read(page).published_on is None


@pytest.mark.parametrize(
    ("value", "day", "warning"),
    [
        ("2031-01-01", date(2031, 1, 1), "date 2031-01-01 is in the future"),
        ("2025-07-23", date(2025, 7, 23), "date 2025-07-23 is in the future"),
        ("2025-07-22", date(2025, 7, 22), ""),  # tomorrow
        ("2025-02-30", None, "date 2025-02-30 is impossible"),
        ("1970-01-01 08:00", None, "date 1970-01-01 is impossible"),
    ],
)
def test_a_date_that_cannot_be_is_warned_of(value, day, warning):
    article = read(BODY, meta(PubDate=value))
    assert article.published_on == day
    assert article.warnings == ((warning,) if warning else ())


@pytest.mark.parametrize("head", ["详细内容", "招商动态_湛江市投资促进局", "湛江市投资促进局", ""])
@pytest.mark.parametrize(
    "page",
    [
        "<dl><dt>{title}</dt><dd>发布时间：2025-07-17</dd><dd><p>{text}</p></dd></dl>",
        "<div><span style='font-size:24px'>{title}</span><br>发布时间：2025-07-17<br><p>{text}</p></div>",
        "<table><tr><td>{title}</td></tr><tr><td>发布时间：2025-07-17</td></tr><tr><td><p>{text}</p></td></tr></table>",
        "<div><p>{title}</p><p>来源：湛江日报 2025-07-17</p><p>{text}</p></div>",
    ],
)
def test_the_line_above_date_and_source_wins_over_the_column_in_the_title_element(head, page):
    article = read(page.format(title=TITLE, text=TEXT), f"<title>{head}</title>")
    assert (article.title, article.body) == (TITLE, TEXT)


@pytest.mark.parametrize("hidden", ["style='visibility: hidden'", "style='display:none'", "hidden"])
def test_hidden_text_is_no_body(hidden):
    assert read(f"<h1>{TITLE}</h1><div id='zoom'><p>{TEXT}</p><div class='nr' {hidden}>不可见</div></div>").body == TEXT


@pytest.mark.parametrize(
    ("head", "printed", "origin"),
    [
        (meta(ContentSource="湛江日报"), "来源：本网", "湛江日报"),
        (meta(ContentSource="来源：湛江日报"), "", "湛江日报"),
        (meta(ContentSource="", SiteName="湛江招商网"), "<p>来源：湛江日报</p>", "湛江日报"),
        (meta(ContentSource="null"), "<p>信息来源：湛江日报 作者：张三</p>", "湛江日报"),
        ("", "<p>文章来源: 湛江日报　发布时间：2025-07-17</p>", "湛江日报"),
        ("", "<span>来源：湛江日报</span><span>浏览次数：31</span>", "湛江日报"),
        ("", "<span>来源：湛江日报</span><span>浏览 31</span>", "湛江日报"),
        ("", "<span>来源：湛江日报</span><span>1,203 阅读</span>", "湛江日报"),
        ("", "<span>来源：湛江日报</span><em>2025-07-17</em>", "湛江日报"),
        ("", "<p>【来源：湛江日报】【字号：大 中 小】</p>", "湛江日报"),
        ("", "<p>来　源：湛江日报</p>", "湛江日报"),
        ("", "<p>稿源：湛江日报</p>", "湛江日报"),
        ("", "<div>来源：</div><div>湛江日报</div>", "湛江日报"),
        ("", "<p>来源：本站 时间：2025-07-17</p>", "本站"),
        ("", "<span>来源：湛江日报</span><span><i></i>1024</span>", "湛江日报"),  # how often it was read
        ("", "<span>来源：湛江日报</span><span>5</span><span>2025-07-17</span>", "湛江日报"),
        ("", "<span>来源：湛江789</span><span>2025-07-17</span>", "湛江789"),
        ("", "<p>http://www.zs.example　2025年7月3日　来源：湛江日报</p>", "湛江日报"),
        (
            "",
            "<p>Updated: July 3, 2025 &nbsp; Source: Zhanjiang Daily <a>Large</a> <a>Print</a></p>",
            "Zhanjiang Daily",
        ),
        ("", "<p>来源：China Daily 2025-07-03</p>", "China Daily"),
        ("", "<p>来源：湛江日报 admin</p>", "湛江日报"),
        ("", "<p>来源： 发布时间：2025-07-17</p>", None),
        ("", "<p>来源：未知 发布时间：2025-07-17</p>", None),
        (meta(Author="张三", SiteName="湛江招商网"), "<p>作者：张三 发布机构：商务局</p>", None),
        ("", "<a id='js_name'>投资湛江</a>", None),  # an account is no source
        ("", "<p>来源：湛江日报（记者 李四）</p>", "湛江日报"),
        ("", "<p>来源：湛江日报（数字版） 2025-07-17</p>", "湛江日报（数字版）"),
    ],
)
def test_the_source_is_what_stands_after_its_label(head, printed, origin):
    assert read(f"<h1>{TITLE}</h1>{printed}{BODY}", head).origin == origin


def test_a_source_named_under_the_text_is_taken_and_is_no_paragraph():
    article = read(f"<h1>{TITLE}</h1><div id='zoom'><p>{TEXT}</p><p>来源：湛江日报</p></div>")
    assert (article.body, article.origin) == (TEXT, "湛江日报")


@pytest.mark.parametrize(
    ("link", "files"),
    [
        ("<a href='./1.pdf'>招商指南.pdf</a>", [("招商指南.pdf", "http://zs.example/a/1.pdf")]),
        ("<a href='/u/1.DOCX?v=2' title='招商指南'>下载</a>", [("招商指南", "http://zs.example/u/1.DOCX?v=2")]),
        ("招商指南<a href='/u/1.ofd'>【点击下载】</a>", [("招商指南", "http://zs.example/u/1.ofd")]),
        ("<a href='/u/1.zip'></a>", [("1.zip", "http://zs.example/u/1.zip")]),
        ("<a href='/u/%E6%B8%85%E5%8D%95.xls'>下载</a>", [("清单.xls", "http://zs.example/u/%E6%B8%85%E5%8D%95.xls")]),
        ("<a href='/download.jsp?id=7'>表.xlsx</a>", [("表.xlsx", "http://zs.example/download.jsp?id=7")]),
        ("<a href='/d?filename=a.rar'>压缩包</a>", [("压缩包", "http://zs.example/d?filename=a.rar")]),
        ("<a href='//f.example/1.wps'>表</a><a href='//f.example/1.wps'>表</a>", [("表", "http://f.example/1.wps")]),
        ("<a href='/download.jsp?id=7'>返回</a>", []),
        ("<a href='/1.html'>说明.html</a><a href='javascript:open(\"1.pdf\")'>表.pdf</a>", []),
        ("<a href='file:///etc/1.pdf'>表</a><a href='ftp://f.example/1.pdf'>表</a><a href='http://[/1.pdf'>表</a>", []),
    ],
)
def test_attachments_are_the_files_that_the_text_offers(link, files):
    article = read(f"<div id='zoom'><p>{TEXT}</p><p>附件：{link}</p></div>")
    assert [(file.title.removeprefix("附件："), file.url) for file in article.attachments] == files


def test_attachments_stand_below_the_text_or_where_a_name_says_so_but_not_in_a_sidebar():
    page = (
        "<div class='hot'><a href='/old.pdf'>往期.pdf</a></div><div class='a'><div class='xgfj'><a href='/0.doc'>零</a></div>"
        f"<h1>{TITLE}</h1>{BODY}<div><a href='/1.pdf'>甲.pdf</a></div><ul><li><a href='/2.et'>乙</a></li></ul></div>"
        "<div class='foot'>版权所有 <a href='/3.pdf'>丙.pdf</a></div>"
    )
    article = read(page, "<base href='http://f.example/x/'>")
    assert article.attachments == (
        Attachment("零", "http://f.example/0.doc"),
        Attachment("甲.pdf", "http://f.example/1.pdf"),
        Attachment("乙", "http://f.example/2.et"),
    )


PAGE = (
    f"<h1>{TITLE}</h1><p class='t'>另一<b>标题</b></p><p class='d'>2025年7月3日</p><p class='s'>别处</p>{BODY}"
    "<div class='other'>第一段。<p>第二段。</p></div><div class='other'>第三段。</div>"
)


@pytest.mark.parametrize(
    ("select", "field", "value"),
    [
        ({"post_title": ".t"}, "title", "另一标题"),
        ({"post_title": "//p[@class='t']"}, "title", "另一标题"),
        ({"post_title": "xpath:descendant::h1"}, "title", TITLE),
        ({"post_title": "//p[@class='t']/b/text()"}, "title", "标题"),
        ({"post_title": "meta[name=x]::attr(content)"}, "title", "声明"),
        ({"post_body": ".other"}, "body", "第一段。\n第二段。\n第三段。"),
        ({"post_body": "(//div[@class='other'])[1]"}, "body", "第一段。\n第二段。"),
        ({"post_body": ".other, .other p"}, "body", "第一段。\n第二段。\n第三段。"),
        ({"post_date": ".d"}, "published_on", date(2025, 7, 3)),
        ({"post_date": "xpath:string(//p[@class='d'])"}, "published_on", date(2025, 7, 3)),
        ({"post_origin": ".s"}, "origin", "别处"),
    ],
)
def test_a_selector_wins_for_its_field_and_for_no_other(select, field, value):
    head = meta(x="声明", ArticleTitle=TITLE, PubDate="2025-07-17", ContentSource="湛江日报")
    article = read(PAGE, head, **select)
    rest = {"title": TITLE, "body": TEXT, "published_on": DAY, "origin": "湛江日报"} | {field: value}
    assert {name: getattr(article, name) for name in rest} == rest
    assert article.warnings == ()


@pytest.mark.parametrize("name", ["post_title", "post_body", "post_date", "post_origin"])
@pytest.mark.parametrize("selector", [".nothing", "//nothing", "p..", "//[", "count(//p)=", "xpath:", "//x:y"])
def test_a_selector_that_finds_nothing_is_warned_of_and_the_field_found_as_ever(name, selector):
    head = meta(ArticleTitle=TITLE, PubDate="2025-07-17", ContentSource="湛江日报")
    article = read(PAGE, head, **{name: selector})
    assert (article.title, article.body, article.published_on, article.origin) == (TITLE, TEXT, DAY, "湛江日报")
    assert len(article.warnings) == 1
    assert article.warnings[0].startswith(f"select.{name} ")


def test_a_selected_date_that_is_none_is_passed_over():
    article = read(PAGE, meta(PubDate="2025-07-17"), post_date=".s")
    assert (article.published_on, article.warnings) == (DAY, ("select.post_date found no date on this page",))


def test_a_pattern_that_the_page_writes_wrongly_finds_nothing():
    article = read(PAGE + "<i class=p>(</i>", post_title="//p[re:test(., string(//i[@class='p']))]", post_body="div")
    assert any(warning.startswith("select.post_title is no selector: ") for warning in article.warnings)


@pytest.mark.parametrize(
    "parts",
    [
        "<em>17</em><p>2025-07</p>",
        "<p>17</p><p>2025.07</p>",
        "<p>2025年7月</p><p>17</p>",
        "<p>17</p><p>7月</p><p>2025</p>",
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_a_date_laid_out_in_parts_beside_the_title_is_the_posts(parts, above):
    date_box = f"<div class='date'>{parts}</div>"
    heading = f"<h1>{TITLE}</h1>"
    assert read((date_box + heading if above else heading + date_box) + BODY).published_on == DAY


def test_a_date_laid_out_in_parts_away_from_the_title_is_anothers():
    aside = "<div><em>17</em><p>2025-07</p><p>湛江市招商引资工作推进会召开</p></div>"
    assert read(f"{aside}<h1>{TITLE}</h1>{BODY}").published_on is None
