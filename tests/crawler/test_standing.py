"""Which of a page's lists is the listing, where its records do not say it: pager, headings, widths, names."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.html.listing import read_html

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://zs.example/list/index.html"
MAIN = [
    "湛江总投资32亿元高端铝箔项目落户高新区",
    "茂名绿色食品产业链推介会在上海举行",
    "宜春石材循环经济产业园项目评审会召开",
    "赣州跨境电商综试区政策解读（图文版）",
    "柳州与某新能源集团签订战略合作协议",
    "襄阳现代物流园项目推进座谈会召开",
]
OTHERS = [
    f"关于公布{place}年度招商引资考核结果的公告"
    for place in ["徐闻", "高州", "樟树", "于都", "固镇", "鹿寨", "谷城", "仁怀", "兴平"]
]
CRUMB = "<div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; <a href='/l/'>招商动态</a></div>"


def rows(titles: list[str], folder: str) -> str:
    return "".join(
        f"<li><a href='/{folder}/{n}.html'>{title}</a><span>2025-07-{17 - n:02}</span></li>"
        for n, title in enumerate(titles)
    )


def titles(markup: str) -> list[str]:
    page = f"<html><head><title>招商动态-湛江市投资促进局</title></head><body>{CRUMB}{markup}</body></html>"
    return [entry.title for entry in read_html(page, URL, NOW).entries]


LIST, NOTICES = f"<ul>{rows(MAIN, 'a')}</ul>", f"<ul>{rows(OTHERS, 'gg')}</ul>"
PAGER = "<div class='page'><a href='?p=2'>下一页</a></div>"


@pytest.mark.parametrize("name", ["left", "fl_left", "sidebar", "right", "col-md-3", "zcnav", "w280", "x1", "box"])
@pytest.mark.parametrize(
    "pager", [PAGER, "<a href='?p=2'><img src='n.gif' alt='下一页'></a>", "<p><a>1</a><a>尾页</a></p>"]
)
def test_the_list_beside_the_pager_wins_over_a_longer_one(name, pager):
    side, main = f"<div class='{name}'>{NOTICES}</div>", f"<div class='cc'>{LIST}{pager}</div>"
    assert titles(side + main) == MAIN
    assert titles(main + side) == MAIN


@pytest.mark.parametrize(
    "side",
    [
        "<div class='col-md-3'>{}</div>",
        "<div style='float:left;width:240px'>{}</div>",
        "<div class='b'><h3>通知公告</h3>{}</div>",
        "<div class='b'><div class='hd'><span>通知公告</span><a href='/gg/'>更多&gt;&gt;</a></div>{}</div>",
        "<div class='b'><p>推荐阅读</p>{}</div>",
        "<div class='scroll'>{}</div>",
        "<marquee>{}</marquee>",
    ],
)
def test_without_a_pager_headings_widths_and_names_tell(side):
    main = f"<div class='cc'>{LIST}</div>"
    assert titles(side.format(NOTICES) + main) == MAIN
    assert titles(main + side.format(NOTICES)) == MAIN


def test_the_narrow_cell_of_a_table_is_a_side_column():
    table = f"<table><tr><td width='240'>{NOTICES}</td><td>{LIST}</td></tr></table>"
    assert titles(table) == MAIN


def test_records_in_one_line_are_news_that_move():
    line = "&nbsp;".join(f"<a href='/gg/{n}.html'>{title}（07-1{n}）</a>" for n, title in enumerate(OTHERS))
    assert titles(f"<div>{line}</div><div>{LIST}</div>") == MAIN


def test_the_own_column_may_stand_in_a_box_called_left():
    boxes = f"<div class='left'><h2>招商动态</h2>{LIST}{PAGER}</div><div class='right'><h2>通知公告</h2>{NOTICES}</div>"
    assert titles(boxes) == MAIN


def test_groups_under_headings_of_their_own_stay_one_listing():
    groups = [
        f"<h4>{name}</h4><ul>{rows(MAIN[n : n + 2], f'a{n}')}</ul>"
        for n, name in ((0, "徐闻县"), (2, "廉江市"), (4, "吴川市"))
    ]
    assert titles(f"<div class='zone'>{''.join(groups)}</div>") == MAIN


def test_a_list_behind_the_pager_is_no_part_of_the_listing():
    assert titles(f"<div class='w700'>{LIST}{PAGER}</div><div class='w300'>{NOTICES}</div>") == MAIN
