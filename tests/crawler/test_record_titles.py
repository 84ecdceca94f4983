"""The titles of records as a reader sees them: whole where they are cut, never a button's words, nothing hidden."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.html.listing import read_html

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://zs.example/list/index.html"
TITLES = [
    "湛江总投资32亿元高端铝箔项目落户高新区",
    "茂名绿色食品产业链推介会在上海举行",
    "宜春石材循环经济产业园项目评审会召开",
    "赣州跨境电商综试区政策解读（图文版）",
    "柳州与某新能源集团签订战略合作协议",
]
DAYS = [date(2025, 7, 17 - number) for number in range(len(TITLES))]
RECORDS = [
    (title, f"http://zs.example/a/{n}.html", day) for n, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
]


def read(template: str, frame: str = "<div>{}</div>") -> list[tuple[str, str | None, date | None]]:
    """What is read of a list of records of this form: {t} the title, {c} its beginning, {h} address, {d} date."""
    rows = (template.format(t=t, c=t[:9], h=f"/a/{n}.html", d=DAYS[n], n=n + 1) for n, t in enumerate(TITLES))
    page = read_html(f"<html><body>{frame.format(''.join(rows))}</body></html>", URL, NOW)
    return [(entry.title, entry.url, entry.published_on) for entry in page.entries]


@pytest.mark.parametrize(
    "row",
    [
        "<figure><a href='{h}'><img src='{n}.jpg' alt='{t}'></a><figcaption><a href='{h}'>{c}…</a>{d}</figcaption></figure>",
        "<li><a href='{h}'><img src='{n}.jpg' alt='{t}'></a><p><a href='{h}'>{c}...</a></p><i>{d}</i></li>",
        "<li><a href='{h}'>{c}...<div class='tip'>{t}</div></a><span>{d}</span></li>",
        "<li><a href='{h}'>{c}...<span style='display:none'>{t}</span></a><span>{d}</span></li>",
        "<li><a href='{h}'>{c}…</a><b style='visibility:hidden'>{t}</b><span>{d}</span></li>",
        "<li title='{t}'><a href='{h}'>{c}…</a><span>{d}</span></li>",
    ],
)
def test_a_cut_title_is_completed_by_what_its_record_says_elsewhere(row):
    assert read(row) == RECORDS


@pytest.mark.parametrize(
    "hidden", ["style='display: none'", "hidden", "style='visibility:hidden'", "aria-hidden='true'"]
)
def test_hidden_text_is_no_part_of_a_title(hidden):
    assert read(f"<li><a href='{{h}}'>{{t}}<span {hidden}>点击查看</span></a><span>{{d}}</span></li>") == RECORDS


def test_a_hidden_row_among_others_is_a_template():
    hidden = (
        "<li style='display:none'><a href='/a/99.html'>模板占位标题请勿删除此行内容</a><span>2025-07-01</span></li>"
    )
    assert read("<li><a href='{h}'>{t}</a><span>{d}</span></li>", f"<ul>{hidden}{{}}</ul>") == RECORDS


def test_rows_that_a_script_turns_over_are_records():
    row = "<li style='display:{{}}'><a href='{h}'>{t}</a><span>{d}</span></li>".replace("{{}}", "none")
    shown = "<li><a href='/a/9.html'>邢台标准厂房招租公告再次发布</a><span>2025-07-18</span></li>"
    assert read(row, f"<ul>{shown}{{}}</ul>")[1:] == RECORDS


def test_who_wrote_a_post_is_no_title_beside_its_linked_date():
    row = (
        "<article><h2><a href='{h}'>{t}</a></h2><p><a href='{h}'>{d}<time style='display:none'>2025-07-19</time></a>"
        " 由 <a href='/u/1'>招商小编</a></p></article>"
    )
    assert read(row) == RECORDS


_WORDS = [
    "查看详情 >>",
    "查看",
    "[详情]",
    "详情",
    "阅读全文",
    "阅读更多",
    "了解更多 →",
    "点击查看",
    "[详细]",
    "MORE",
    "Read more »",
]


@pytest.mark.parametrize("button", _WORDS)
@pytest.mark.parametrize(
    "row",
    [
        "<div class='card'><h3>{t}</h3><div class='b'><span>{d}</span><a href='{h}'>%s</a></div></div>",
        "<div><h3>{t}</h3><p>为进一步扩大招商引资成果，近日组织专题活动。</p><div><i>{d}</i><a href='{h}'>%s</a></div></div>",
        "<li><p>{t}</p><span>{d}</span><a href='{h}'>%s</a></li>",
        "<li><p>{t}</p><p>据介绍，该项目占地三百亩，建成后预计年产值十亿元，带动就业五百人。</p><i>{d}</i><a href='{h}'>%s</a></li>",
        "<li>{t}<span>{d}</span><a href='{h}'>%s</a></li>",
    ],
)
def test_the_words_of_a_button_are_no_title(row, button):
    assert read(row % button) == RECORDS


@pytest.mark.parametrize(
    "row",
    [
        "<tr><td>{n}</td><td>{t}</td><td>{d}</td><td><a href='{h}'>查看</a></td></tr>",
        "<tr><td>{n}</td><td>{t}</td><td>湛江市投资促进局招商引资服务中心办公室综合科</td><td>{d}</td><td><a href='{h}'>查看</a></td></tr>",
        "<tr><td>{t}</td><td>{d}</td><td><a href='{h}'>查看</a> <a href='{h}.doc'>下载</a></td></tr>",
    ],
)
@pytest.mark.parametrize("head", ["", "<tr><th>标题</th><th>日期</th><th>操作</th></tr>"])
def test_a_table_may_link_its_last_column_only(row, head):
    assert read(row, f"<table>{head}{{}}</table>") == RECORDS


_TITLES = ["襄州区召开招商引资推进会", "招商快讯", "襄州区新签约项目二十四个", "我市举办投资专场推介会"]


@pytest.mark.parametrize(
    "row",
    [
        "<li>[<b><a href='/xmdt/'>项目动态</a></b>]<a href='{h}' class=title>{t}</a> <i>日期：2025-07-17</i></li>",
        "<li><a href='/lx/' class=cat>[签约]</a><a href='{h}'>{t}</a></li>",
        "<li><h3><a href='{h}'>{t}</a></h3><p>项目全部达产后预计年产值可达十八亿元，带动就业</p><a href='{h}'>MORE +</a></li>",
    ],
)
def test_a_short_title_stands_where_the_other_rows_have_theirs(row):
    rows = "".join(row.format(h=f"/a/{number}.html", t=title) for number, title in enumerate(_TITLES))
    page = read_html(f"<body><ul class=news>{rows}</ul></body>", "http://zs.example/list/", NOW)
    assert [entry.title for entry in page.entries] == _TITLES
