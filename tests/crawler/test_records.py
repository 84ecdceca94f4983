"""Record blocks: which elements of a page are one record each, and what one of them says."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.html.listing import read_html
from monitor.pages import Entry, ListingPage

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://zs.example/list/index.html"
A = "【湛江招商】海上风电项目签约落户"
B = "【徐闻县招商】菠萝深加工园区开工建设"
C = "【廉江市招商】小家电产业推介会举行"
DAYS = [date(2025, 7, 17), date(2025, 7, 16), date(2025, 7, 15)]


def read(markup: str, now: datetime = NOW) -> ListingPage:
    return read_html(f"<html><body>{markup}</body></html>", URL, now)


def seen(page: ListingPage) -> list[tuple[str, str | None, date | None]]:
    return [(entry.title, entry.url and entry.url.rsplit("/", 1)[-1], entry.published_on) for entry in page.entries]


WANTED = [(A, "a.html", DAYS[0]), (B, "b.html", DAYS[1]), (C, "c.html", DAYS[2])]


def each(template: str) -> str:
    """The template for each of the three posts; {t} title, {h} href, {d} date, {y} year, {m} month, {n} day."""
    return "".join(
        template.format(t=title, h=href, d=day, y=day.year, m=f"{day.month:02}", n=f"{day.day:02}")
        for title, href, day in WANTED
    )


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<ul>" + each("<li><a href={h}>{t}</a><span>{d}</span></li>") + "</ul>", id="li and span"),
        pytest.param(
            "<table>" + each("<tr><td>·</td><td><a href={h}>{t}</a></td><td>{d}</td></tr>") + "</table>", id="table"
        ),
        pytest.param("<dl>" + each("<dt><a href={h}>{t}</a></dt><dd>{d}</dd>") + "</dl>", id="dt and dd"),
        pytest.param(
            "<div>" + each("<p class=d>{d}</p><p><a href={h}>{t}</a></p>") + "</div>", id="the date before its title"
        ),
        pytest.param(
            "<table>" + each("<tr><td><a href={h}>{t}</a></td></tr><tr><td>{d}</td></tr>") + "</table>",
            id="two rows each",
        ),
        pytest.param(each("<ul><li><a href={h}>{t}</a><span>{d}</span></li></ul>"), id="one ul per record"),
        pytest.param(
            "<div>" + each("<a href={h}>{t}</a> {d}<br>") + "</div>", id="links and dates between line breaks"
        ),
        pytest.param(
            "<div>" + each("<a href={h}><h4>{t}</h4><p>{d}</p></a>") + "</div>", id="a link around heading and date"
        ),
        pytest.param("<div>" + each("<a href={h}>{t} {d}</a>") + "</div>", id="title and date in one text"),
        pytest.param("<div>" + each("<a href={h}>[{d}] {t}</a>") + "</div>", id="the date before it in one text"),
        pytest.param(
            "<ul>" + each("<li><b>{n}</b><i>{y}-{m}</i><a href={h}>{t}</a></li>") + "</ul>", id="day and month apart"
        ),
        pytest.param(
            "<ul>" + each("<li><div><p>{n}</p><p>{m}月</p><p>{y}</p></div><a href={h}>{t}</a></li>") + "</ul>",
            id="day, month, year apart",
        ),
        pytest.param(
            "<ul>" + each("<li onclick=\"location.href='{h}'\"><p>{t}</p><span>{d}</span></li>") + "</ul>",
            id="a line that is clicked",
        ),
        pytest.param(
            "<ul>" + each("<li data-href='{h}'>{t}<span>{d}</span></li>") + "</ul>", id="an address in data-href"
        ),
        pytest.param(
            "<div>" + each("<div><h3>{t}</h3><em>{d}</em><a href={h}>查看详情</a></div>") + "</div>",
            id="a button that leads on",
        ),
        pytest.param(
            "<ul>" + each("<li><a href=/tag>[招商动态]</a><a href={h}>{t}</a><span>{d}</span></li>") + "</ul>",
            id="a column before it",
        ),
        pytest.param(
            "<table><tr><th>标题</th><th>单位</th><th>日期</th></tr>"
            + each("<tr><td><a href={h}>{t}</a></td><td><a href=/o{n}>湛江市第{n}投资促进局</a></td><td>{d}</td></tr>")
            + "</table>",
            id="a publisher that is a link",
        ),
        pytest.param(
            "<ul>"
            + each("<li><a href={h}><img alt=''></a><a href={h}>{t}</a><p>摘要摘要摘要摘要</p><span>{d}</span></li>")
            + "</ul>",
            id="a picture that links as well",
        ),
        pytest.param(
            "<ul>" + each("<li><a title='标题：{t}&#10;发布时间：{d}' href={h}>{t}</a></li>") + "</ul>",
            id="the date in the title attribute",
        ),
        pytest.param(
            "<ul>" + each("<li><em>{y}年{m}月{n}日</em><span><a href={h}>{t}</a></span></li>") + "</ul>",
            id="a Chinese date",
        ),
    ],
)
def test_every_shape_of_record_yields_title_address_and_date(markup):
    assert seen(read(markup)) == WANTED


def test_a_label_outside_the_link_belongs_to_the_title_and_a_column_does_not():
    markup = """<ul><li><span>【湛江招商】</span><a href=a.html>海上风电项目签约落户</a><i>2025-07-17</i></li>
    <li><a href=/gd/>[徐闻招商]</a><a href=b.html>菠萝深加工园区开工建设</a><i>2025-07-16</i></li>
    <li><a href=/zx/>[最新要闻]</a><a href=c.html>小家电产业推介会举行</a><i>2025-07-15</i></li></ul>"""
    titles = [entry.title for entry in read(markup).entries]
    assert titles == ["【湛江招商】海上风电项目签约落户", "【徐闻招商】菠萝深加工园区开工建设", "小家电产业推介会举行"]


@pytest.mark.parametrize("mark", ["[置顶]", "【置顶】", "置顶", "·", "▪ ", "NEW ", "[图文]"])
def test_marks_around_a_title_are_not_part_of_it(mark):
    markup = f"<ul><li><a href=a.html>{mark}{A}</a>2025-07-17</li><li><a href=b.html>{B}</a>2025-07-16</li></ul>"
    assert [entry.title for entry in read(markup).entries] == [A, B]


def test_a_month_over_its_lines_completes_their_days():
    markup = f"""<div><h4>2025年7月</h4><ul><li><i>17日</i><a href=a.html>{A}</a></li><li><i>16日</i><a href=b.html>{B}</a></li></ul>
    <h4>2025年6月</h4><ul><li><i>30日</i><a href=c.html>{C}</a></li></ul></div>"""
    assert [entry.published_on for entry in read(markup).entries] == [DAYS[0], DAYS[1], date(2025, 6, 30)]


def test_several_lines_that_lead_to_one_page_are_several_records():
    markup = f"<ul><li><a href=x.html>{A}</a>2025-07-17</li><li><a href=x.html>{B}</a>2025-07-16</li></ul>"
    assert seen(read(markup)) == [(A, "x.html", DAYS[0]), (B, "x.html", DAYS[1])]


def test_records_without_links_carry_their_whole_body():
    markup = f"""<div class=list><div><h3>{A}</h3><p>7月17日，签约仪式在湛江举行，总投资十亿元。</p><p>项目分两期建设。</p><em>2025-07-17</em></div>
    <div><h3>{B}</h3><p>菠萝深加工园区一期工程近日开工，占地二百亩。</p><em>2025-07-16</em></div></div>"""
    assert read(markup).entries == (
        Entry(A, None, DAYS[0], body="7月17日，签约仪式在湛江举行，总投资十亿元。\n项目分两期建设。"),
        Entry(B, None, DAYS[1], body="菠萝深加工园区一期工程近日开工，占地二百亩。"),
    )


def test_plain_labelled_lines_are_read_when_there_is_no_other_block():
    markup = f"<div>{A}<br>签约仪式在湛江举行。<br>2025-07-17<br>{B}<br>园区开工。<br>2025-07-16<br>版权所有</div>"
    assert read(markup).entries == (
        Entry(A, None, DAYS[0], body="签约仪式在湛江举行。"),
        Entry(B, None, DAYS[1], body="园区开工。"),
    )


def test_an_excerpt_is_the_summary_and_buttons_are_not():
    excerpt = "签约仪式在湛江举行，总投资十亿元，计划明年建成投产，达产后年产值二十亿元。"
    markup = "<div>" + each(
        f"<div class=card><h3><a href={{h}}>{{t}}</a></h3><p>{excerpt}[详细]</p><i>{{d}}</i><a href={{h}}>阅读全文</a></div>"
    )
    assert {entry.summary for entry in read(markup).entries} == {excerpt}


def test_the_listing_wins_over_navigation_side_lists_and_friend_links():
    side = "".join(f"<li><a href=s{n}.html>{C}{n}</a></li>" for n in range(15))
    friends = "".join(f"<a href=http://f{n}.example/>湛江市第{n}人民政府门户网站</a>" for n in range(40))
    menu = "".join(f"<li><a href=/m{n}/>政务公开栏目{n}</a></li>" for n in range(60))
    listing = "<ul class=list>" + each("<li><a href={h}>{t}</a><span>{d}</span></li>") + "</ul>"
    markup = f"<ul class=nav>{menu}</ul>{listing}<div class=hot><ul>{side}</ul></div><div class=links>{friends}</div>"
    assert seen(read(markup)) == WANTED


def test_impossible_dates_become_none_and_future_ones_are_said_to_be():
    markup = f"<ul><li><a href=a.html>{A}</a>2025-02-30</li><li><a href=b.html>{B}</a>2031-01-01</li><li><a href=c.html>{C}</a>2025-07-15</li></ul>"
    page = read(markup)
    assert [entry.published_on for entry in page.entries] == [None, date(2031, 1, 1), date(2025, 7, 15)]
    assert [warning.split(" on ")[0] for warning in page.warnings] == [
        "impossible date '2025-02-30'",
        "future date 2031-01-01",
    ]


def test_a_date_in_the_address_dates_a_line_that_prints_none():
    markup = (
        f"<ul><li><a href=/art/2025/7/17/art_1_2.html>{A}</a></li><li><a href=202507/t20250716_3.html>{B}</a></li></ul>"
    )
    assert [entry.published_on for entry in read(markup).entries] == [DAYS[0], DAYS[1]]


def test_the_signature_is_the_same_on_every_page_of_a_listing_and_another_after_a_redesign():
    first = read("<div class=main><ul class=list1>" + each("<li class=odd><a href={h}>{t}</a>{d}</li>") + "</ul></div>")
    second = read(f"<div class=main><ul class=list2><li><a href=z.html>{B}</a>2025-07-01</li></ul></div>")
    redesigned = read(
        "<section class=news>" + each("<div class=card><h3><a href={h}>{t}</a></h3>{d}</div>") + "</section>"
    )
    assert first.signature == second.signature != redesigned.signature


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 20000 + f"<li><a href=a.html>{A}</a>2025-07-17",
        "<a href=x>" * 20000,
        "<ul>" + "<li><span>" * 10000,
        "【" * 200_000,
        "<" * 500_000,
        "<li>" + "1" * 1_000_000,
        f"<a title='{'标题 ' * 100_000}' href=a>{A}</a>2025-07-17",
        "<select>" + "<option value=1.html>1" * 20_000,
        "<script>" + "function a(b){location.href='x'+b" * 10_000,
        "\x00\ud800" + f"<li><a href=a.html>{A}\ud800</a>2025-07-17</li>",
    ],
    ids=lambda markup: markup[:20],
)
def test_hostile_markup_ends_in_a_page(markup):
    assert len(read(markup).entries) <= 1


# -- few records ------------------------------------------------------------------------------------------------------

UNDATED = [f"某某市第{number}个先进制造业项目顺利投产运营" for number in "一二三四五六七八九十"]
AROUND = "<div class='nav'><a href='/'>首页</a><a href='/zs/'>招商动态</a></div>{}<div>主办：投资促进局 更新日期 2025-06-01</div>"


def short(count: int, known: tuple[str, ...] = (), *, holder: str = "ul class='news'", beside: str = "") -> ListingPage:
    lines = "".join(f"<li><a href='/art/{number}.html'>{UNDATED[number]}</a></li>" for number in range(count))
    tag = holder.split(maxsplit=1)[0]
    markup = AROUND.format(f"<div class='main'><{holder}>{lines}</{tag}></div>{beside}")
    return read_html(f"<html><body>{markup}</body></html>", URL, NOW, known=known)


KNOWN = short(10).signature


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_block_that_is_known_needs_neither_dates_nor_many_records(count):
    page = short(count, (KNOWN,))
    assert seen(page) == [(UNDATED[number], f"{number}.html", None) for number in range(count)]
    assert (page.signature, page.warnings) == (KNOWN, ())


@pytest.mark.parametrize("count", [2, 3])
def test_the_only_short_list_of_a_page_is_taken_with_a_warning(count):
    page = short(count)
    assert len(page.entries) == count
    assert page.score < 0.38
    assert page.warnings == (
        f"hardly a listing: {count} without dates or labels, taken because nothing else on the page could be one",
    )


@pytest.mark.parametrize(
    ("holder", "beside"),
    [
        ("ul class='hot'", ""),
        (
            "ul class='news'",
            "<table><tr><td><a href='/b/7.html'>粤港澳大湾区招商引资推介大会成功举办</a></td></tr></table>",
        ),
    ],
)
def test_a_short_list_that_is_named_a_side_column_or_has_a_rival_is_none(holder, beside):
    assert short(2, holder=holder, beside=beside).entries == ()


@pytest.mark.parametrize("known", ["ul>li>a", "div.nav>a", "body>div.nav>a", "html>body>div.nav>a", "ul.old>li>a"])
def test_a_wrong_hint_changes_nothing_on_a_page_whose_block_is_convincing(known):
    markup = AROUND.format(
        "<div class='main'><ul class='news'>" + each("<li><a href={h}>{t}</a><span>{d}</span></li>") + "</ul></div>"
    )
    page = read_html(f"<html><body>{markup}</body></html>", URL, NOW, known=(known,))
    assert seen(page) == WANTED


def test_a_hint_does_not_choose_a_side_column_over_a_better_block():
    side = (
        "<ul class='hot'>" + "".join(f"<li><a href='/hot/{n}.html'>{UNDATED[n]}</a></li>" for n in range(8)) + "</ul>"
    )
    hint = read_html(
        f"<html><body><div class='x'>{side.replace('hot', 'old')}</div></body></html>", URL, NOW
    ).signature.replace("old", "hot")
    records = (
        "<ul class='news'>"
        + "".join(f"<li><a href='/art/{n}.html'>{UNDATED[n]}完成</a></li>" for n in range(10))
        + "</ul>"
    )
    page = read_html(
        f"<html><body><div class='x'>{side}</div><div class='main'>{records}</div></body></html>",
        URL,
        NOW,
        known=(hint,),
    )
    assert hint == "body>div.x>ul.hot>li>a"[5:]
    assert {entry.url.split("/")[3] for entry in page.entries if entry.url} == {"art"}
