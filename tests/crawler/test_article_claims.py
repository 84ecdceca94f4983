"""What a post's page says of a post and does not mean of it: dates of events, brackets around names, scripted files."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article
from monitor.pages import Article

NOW = datetime(2025, 8, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BODY = "".join(
    f"<p>{text}</p>"
    for text in (
        "各有关单位：为进一步做好招商引资工作，经研究，决定举办专题会议，请准时参加，联系人张三。",
        "会议内容为部署下一阶段重点项目建设工作，研究解决存在的问题，请提前做好准备。",
    )
)
EVENTS = [
    "关于举办2025年8月15日招商推介大会的通知",
    "2025年8月15日湛江招商推介大会举行公告",
    "关于2025年8月15日停止办公的通知",
]


def read(head: str, *, title: str = "关于申报项目的通知公告", after: str = "") -> Article:
    page = f"<html><head><title>{title}</title></head><body>{head}<div id='zoom'>{BODY}{after}</div></body></html>"
    article = read_article(page, "http://zs.example/a/1.html", NOW).article
    assert article is not None
    return article


@pytest.mark.parametrize("title", EVENTS)
@pytest.mark.parametrize(
    "head", ["<h1>{}</h1>", "<div class='title'>{}</div>", "<h1>{}</h1><div>当前位置：{}</div>", ""]
)
def test_the_date_in_a_title_is_that_of_an_event(title, head):
    article = read(head.replace("{}", title), title=title)
    assert (article.title, article.published_on) == (title, None)


@pytest.mark.parametrize("title", [*EVENTS, "公示 2025-08-10"])
@pytest.mark.parametrize(
    "line", ["2025-08-10", "2025-08-10 来源：湛江日报", "发布时间：2025-08-10", "2025年8月10日 09:30"]
)
def test_a_date_beside_such_a_title_is_that_of_the_post(title, line):
    assert read(f"<h1>{title}</h1><div class='info'>{line}</div>", title=title).published_on == date(2025, 8, 10)


@pytest.mark.parametrize(
    "line", ["14 五月 2025", "五月 14, 2025", "提交于 周三, 五月 14, 2025 - 10:20", "发布时间：25.5.14"]
)
def test_dates_in_the_words_of_drupal_and_with_two_digits(line):
    assert read(f"<h1>关于申报项目的通知公告</h1><div class='info'>{line}</div>").published_on == date(2025, 5, 14)


def test_a_date_of_zeros_is_warned_of():
    article = read("<h1>关于申报项目的通知公告</h1><div class='info'>发布时间：0000-00-00</div>")
    assert (article.published_on, article.warnings) == (None, ("date 0000-00-00 is impossible",))


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("（发布时间：2025-08-10 来源:湛江晚报）", "湛江晚报"),
        ("(来源：湛江晚报)", "湛江晚报"),
        ("（来源：南方日报（网络版））", "南方日报（网络版）"),
        ("2025-08-10 来源:南方日报（网络版） 作者：张三", "南方日报（网络版）"),
    ],
)
def test_a_bracket_around_a_source_is_not_its_name(line, origin):
    assert read(f"<h1>关于申报项目的通知公告</h1><div class='info'>{line}</div>").origin == origin


@pytest.mark.parametrize(
    "link",
    [
        "<a href=\"javascript:open('x')\">申报表.pdf</a>",
        "<a href=\"javascript:open('/x/1.docx')\">申报表.pdf</a>",
        "<a href='javascript:downloadFile(12)'>申报表.pdf</a>",
        "<a href='javascript:void(0)' onclick=\"get('1.pdf')\">申报表.pdf</a>",
    ],
)
def test_a_file_that_only_a_script_leads_to_is_warned_of(link):
    article = read("<h1>关于申报项目的通知公告</h1>", after=f"<p>附件：{link}</p>")
    assert (article.attachments, article.warnings) == (
        (),
        ("attachment '申报表.pdf' has no address, only a script",),
    )


def test_other_scripted_links_are_no_files():
    article = read("<h1>关于申报项目的通知公告</h1>", after="<p><a href='javascript:window.print()'>打印</a></p>")
    assert (article.attachments, article.warnings) == ((), ())
