"""What around and inside a text is not body, and what looks like it and is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TITLE = "湛江与十二家企业集中签约"
TEXT = (
    "7月16日，湛江市举行重点项目集中签约仪式，十二家企业落户，计划总投资八十六亿元。",
    "签约项目涵盖新能源、海洋食品和现代物流三个方向，其中十亿元以上项目四个。",
    "市长在致辞中表示，将为每个项目配一名服务专员，确保年内开工。",
)
# A field that an editor fills, and a box that holds the whole post.
PLACES = ["<div id='zoom'>{}</div>", "<div class='box'>{}</div>"]


def paragraphs(markup: str, place: str) -> list[str]:
    page = f"<html><head><title>{TITLE}_湛江招商网</title></head><body><h1>{TITLE}</h1>{place.format(markup)}</body></html>"
    article = read_article(page, "http://zs.example/1.html", NOW).article
    assert article is not None
    return article.body.split("\n")


def text(*, before: str = "", between: str = "", after: str = "") -> str:
    return f"{before}<p>{TEXT[0]}</p>{between}<p>{TEXT[1]}</p><p>{TEXT[2]}</p>{after}"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "line",
    [
        "浏览次数：<span id='hits'>128</span>",
        "阅读量 1.2万",
        "点击数：[56]次",
        "已有128人浏览",
        "浏览：331 评论：2 收藏",
        "分享到：<a>微信</a> <a>新浪微博</a> <a>QQ空间</a>",
        "【<a href='javascript:print()'>打印本页</a>】【<a>关闭窗口</a>】",
        "字号：<a>大</a> <a>中</a> <a>小</a>",
        "【字体：<a>大</a> <a>中</a> <a>小</a>】",
        "微信扫一扫，分享到朋友圈",
        "扫一扫在手机打开当前页",
        "用微信“扫一扫”，关注更多",
        "当前位置：<a>首页</a> &gt; <a>招商动态</a> &gt; 正文",
        "您现在的位置：首页 》 招商动态",
        "首页 &gt; 新闻",
        "责任编辑：张三",
        "（责任编辑：张三 校对：李四）",
        "编辑：湛江招商网",
        "初审：张三 复审：李四 终审：王五",
        "【<a>我要纠错</a>】",
        "<a>返回顶部</a>",
        "上一篇：<a href='1.html'>湛江赴港招商</a>",
        "下一篇：没有了",
        "<a href='1.html'>上一条 湛江赴港招商推介会成功举行</a>",
    ],
)
def test_what_is_the_page_s_is_no_body_wherever_it_stands(place, line):
    for markup in (text(before=f"<p>{line}</p>"), text(between=f"<div>{line}</div>"), text(after=f"<p>{line}</p>")):
        assert paragraphs(markup, place) == list(TEXT)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "header",
    [
        f"<p>{TITLE}</p>",
        f"<h2>{TITLE}</h2><p>发布时间：2025-07-17 来源：湛江日报</p>",
        "<p>来源：湛江日报</p><p>时间：2025-07-17 10:21</p>",
        "<p>2025-07-17 10:21</p>",
        "<p>2025年7月17日 来源：湛江日报 点击：8</p>",
        "<p>招商动态</p><p>日期：2025-07-17　作者：张三　浏览次数：12</p>",
        "<p>【信息时间：2025-07-17】【来源：商务局】【我要打印】</p>",
        "<p>http://www.zs.example　2025年7月3日　来源：湛江日报</p>",
        f"<p>http://www.zs.example/{'a' * 60}.html　2025年7月3日　来源：湛江日报</p>",
        "<p>由 管理员 提交于 周三, 05/14/2025 - 10:32</p>",
        "<p>Submitted by admin on Wed, 05/14/2025 - 10:32</p>",
        "<p>Posted on May 14, 2025 by admin</p>",
        "<p>创建于 2025-05-14 10:32</p>",
        "<p>created: 2025-05-14 10:32</p>",
        f"<p><a href='/'>首页</a> <a href='/a'>动态</a></p><hr><p><b>{TITLE}</b></p><p>（2025年3月26日）</p>",
        f"<p>湛江是粤西大市，欢迎各界客商前来。</p><p><b>{TITLE}</b></p><p>2025年3月26日</p>",
        "<table><tr><td>索引号：</td><td>007/2025-1</td><td>发布机构：</td><td>商务局</td></tr></table>",
    ],
)
def test_the_lines_about_a_post_above_its_text_are_no_body(place, header):
    assert paragraphs(text(before=header), place) == list(TEXT)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "tail",
    [
        "<h3>相关阅读</h3><ul><li><a href='1'>湛江赴港招商</a></li><li><a href='2'>湛江赴澳招商</a> 07-10</li></ul>",
        "<p>相关链接：</p><p><a href='1'>湛江赴港招商</a></p><p><a href='2'>湛江赴澳招商</a></p>",
        "<div class='related'><a href='1'>湛江赴港招商</a></div>",
        "<p>【推荐阅读】</p><div><a href='1'>湛江赴港招商</a></div>",
        "<div><h3>相关</h3><p><a href='1'>湛江赴港招商</a></p><p><a href='2'>湛江赴澳招商</a></p></div>",
        "<div class='jp-relatedposts'><h3>相关</h3><p><a href='1'>湛江赴港招商</a></p></div>",
        "<p>标签：<a>湛江</a> <a>签约</a></p>",
        "<p>版权所有：湛江市人民政府 粤ICP备05000000号</p>",
        "<p>主办单位：湛江市商务局</p><p>地址：赤坎区1号</p><p>网站标识码：4408000001</p>",
        "<p>免责声明：本网转载文章仅为传播信息，如有侵权请联系删除。</p>",
        "<p>来源：湛江日报</p>",
        "<div>网友评论</div><p>家乡发展越来越好，希望多引进几个大项目。</p>",
        "<p>（责任编辑：张三）</p><p>上一篇：甲乙丙丁</p><p>下一篇：无</p><p>【打印】【关闭】</p>",
        "<nav><a href='1'>甲</a></nav><aside>乙乙乙乙</aside><footer>丙丙丙丙</footer>",
    ],
)
def test_what_follows_a_text_is_no_body(place, tail):
    assert paragraphs(text(after=tail), place) == list(TEXT)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "line",
    [
        "编辑部主任介绍，相关阅读推广活动将持续到年底。",
        "分享会上，十家企业负责人介绍了扎根湛江的经过。",
        "打印机生产基地一期厂房已经封顶，预计明年投产。",
        "下一个项目将于年底开工，由同一家企业投资建设。",
        "上一条生产线投产以来，企业订单增长三成。",
        "主办单位：湛江市人民政府",
        "时间：2025年8月8日上午9:00",
        "来源：广东省统计年鉴，数据截至2024年底。",
        "联系人：陈先生，电话：0759-7654321。",
        "（记者 张三 通讯员 李四）",
        "版权所有者可以依法许可他人使用作品，园区设有登记窗口。",
        "签约仪式现场",
        "附件：1.签约项目一览表",
        "网友评论说，家乡的变化越来越大。",
        "分类施策。",
        "一是",
        "技术支持：0759-1234567。",
        "回复：项目用地已经落实。",
        "相关政策",
        "相关",
        "Source code of the platform was handed over in May.",
        "由市商务局牵头，2025年7月3日起，十二家企业陆续进场。",
    ],
)
def test_a_line_of_the_text_that_looks_like_the_page_s_is_body(place, line):
    assert paragraphs(text(between=f"<p>{line}</p>"), place) == [TEXT[0], line, *TEXT[1:]]


@pytest.mark.parametrize("place", PLACES)
def test_a_notice_of_an_event_keeps_its_lines(place):
    lines = [
        "时间：2025年8月8日",
        "地点：湛江国际会展中心",
        "主办单位：湛江市商务局",
        "特此通知，请按时参加，并做好相关准备工作。",
    ]
    assert paragraphs("".join(f"<p>{line}</p>" for line in lines), place) == lines


def test_the_editor_s_name_is_taken_off_the_end_of_a_paragraph():
    tail = "<p>项目明年投产。（责任编辑：张三）</p>"
    assert paragraphs(text(after=tail), PLACES[0])[-1] == "项目明年投产。"
    assert paragraphs(text(after="<p>项目明年投产。【打印】【关闭】</p>"), PLACES[1])[-1] == "项目明年投产。"


def test_links_are_body_where_an_editor_put_them_or_the_text_announces_them():
    links = "<ul><li><a href='1'>招商引资办法</a></li><li><a href='2'>产业扶持办法</a></li></ul>"
    kept = [*TEXT, "招商引资办法", "产业扶持办法"]
    assert paragraphs(text(after=links), PLACES[0]) == kept
    assert paragraphs(text(after=links), PLACES[1]) == list(TEXT)
    assert paragraphs(text(after=f"<p>现行办法如下：</p>{links}"), PLACES[1]) == [*TEXT, "现行办法如下：", *kept[3:]]


def test_a_box_of_links_in_the_middle_is_left_out_and_the_text_goes_on():
    box = "<div><p>相关链接</p><p><a href='1'>湛江赴港招商</a></p><p><a href='2'>湛江赴澳招商</a></p></div>"
    assert paragraphs(text(between=box), PLACES[1]) == list(TEXT)


def test_a_bare_page_has_a_title_and_a_date_though_nothing_on_it_has_a_name():
    page = (
        "<html><head><title>湛江县招商局</title></head><body><p><a href='/'>首页</a> | <a href='/a'>动态</a></p><hr>"
        f"<p align=center><b><font size=5>{TITLE}</font></b></p><p align=center>（2025年3月26日）</p>{text()}</body></html>"
    )
    article = read_article(page, "http://zs.example/1.html", NOW).article
    assert article is not None
    assert (article.title, article.published_on, article.body) == (TITLE, date(2025, 3, 26), "\n".join(TEXT))


def test_a_body_split_over_sisters_is_read_whole():
    parts = "".join(
        f"<div class='con'><p>{line}</p></div><div class='gg'><a href='/ad'>厂房出租</a></div>" for line in TEXT
    )
    assert paragraphs(f"<div class='tools'>打印</div>{parts}", PLACES[1]) == list(TEXT)


def test_a_page_that_holds_its_text_twice_gives_it_once():
    both = f"<div class='pc'>{text()}</div><div class='wap'>{text()}</div>"
    assert paragraphs(both, PLACES[1]) == list(TEXT)


def test_cards_of_other_posts_beside_a_short_text_are_no_body():
    cards = "".join(
        f"<div class='card'><a href='{n}'>第{n}产业园</a><p>位于核心地段，交通便利，配套齐全，欢迎前来考察洽谈。</p></div>"
        for n in range(6)
    )
    page = f"<div class='main'><p>{TEXT[0]}</p></div><div class='more'>{cards}</div>"
    assert paragraphs(page, "{}") == [TEXT[0]]


def test_only_the_first_post_of_a_thread_is_the_body():
    post = "<table><tr><td><a>路人</a></td><td class='t_f' id='postmessage_{}'>{}</td></tr></table>"
    page = post.format(1001, TEXT[0]) + post.format(
        1002, "顶一个，家乡发展越来越好，希望多引进几个大项目，年轻人就不用出去打工了。"
    )
    assert paragraphs(page, "{}") == [TEXT[0]]
