"""Listings that interfaces send as JSON: where the records are, what their fields mean, how the next page is asked for."""

import json
import math
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.interfaces.json_list import read_json
from crawler.extract.interfaces.paging import next_request
from crawler.extract.interfaces.totals import Totals
from monitor.pages import Entry, ListingPage, PageRequest, RawPage, Selection

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, 8, 0, tzinfo=ZONE)
URL = "https://www.zhanjiang.example.gov.cn/api/news?page=1&size=10"
DAY = date(2025, 7, 17)
TITLES = (
    "【湛江招商】廉江市集中签约一批先进制造业项目",
    "【湛江招商】徐闻县赴深圳开展招商推介活动",
    "【茂名招商】高州市举行重点项目集中开工仪式",
    "【阳江招商】阳东区与海上风电龙头企业座谈",
)


def raw(url: str = URL, *, body: str = "", headers: tuple[tuple[str, str], ...] = ()) -> RawPage:
    return RawPage(PageRequest(url, "POST" if body else "GET", body, headers), url, b"", NOW)


def read(document: object, page: RawPage | None = None, select: Selection = Selection()) -> ListingPage:  # noqa: B008
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    found = read_json(text, page or raw(), NOW, select)
    assert found is not None
    return found


def records(count: int = 4, **fields: Any) -> list[dict[str, object]]:
    """Records with a title and whatever else is given: a value, or a function of the record's number."""
    made = []
    for number in range(count):
        record = {"title": f"{TITLES[number % 4]}{number}", **fields}
        made.append({name: value(number) if callable(value) else value for name, value in record.items()})
    return made


def listed(**fields: Any) -> list[dict[str, object]]:
    return records(url=lambda n: f"/content/post_{n}.html", publishTime="2025-07-17 10:30:00", **fields)


def titles(page: ListingPage) -> list[str]:
    return [entry.title for entry in page.entries]


FIRST = Entry(f"{TITLES[0]}0", "https://www.zhanjiang.example.gov.cn/content/post_0.html", DAY)


# -- is it JSON -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        "\ufeff\r\n {}\n\n",
        "callback({});",
        "jQuery3610_1752710400({})",
        "/**/cb({});",
        "var listData = {};",
        "let x={}",
        "window.__DATA__ = {};",
        "window['list'] = {};",
        ")]}',\n{}",
        "while(1);{}",
        'typeof cb === "function" && cb({});',
        "\x00{}\x00",
    ],
)
def test_wrapped_json(wrapped):
    assert read(wrapped.replace("{}", json.dumps({"rows": listed()}, ensure_ascii=False))).entries[0] == FIRST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "<html><body>{}</body></html>",
        "-\n【湛江招商】甲\n文\n2025-07-17\n",
        "[湛江招商] 项目签约",
        "{}{}x",
        "undefined",
        "12",
        '"text"',
        "null",
        "callback(",
        "{broken",
        "[",
    ],
)
def test_other_text_is_not_json(text):
    assert read_json(text, raw(), NOW) is None


def test_a_json_feed_is_left_to_the_feed_reader():
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": listed()}
    assert read_json(json.dumps(feed), raw(), NOW) is None


def test_json_written_as_a_script_literal():
    page = read("var list = [{title:'【湛江招商】甲项目签约仪式', url:'/a.html', date:'2025-07-17'},];")
    assert page.entries == (Entry("【湛江招商】甲项目签约仪式", "https://www.zhanjiang.example.gov.cn/a.html", DAY),)


def test_json_in_a_text_of_json():
    assert read({"code": 1, "custom": json.dumps({"count": 4, "infodata": listed()})}).entries[0] == FIRST
    assert read(json.dumps(json.dumps({"rows": listed()}))).entries[0] == FIRST


def test_escapes_that_json_does_not_know():
    text = json.dumps({"rows": listed()}, ensure_ascii=False).replace("签约", r"签\'约")
    assert titles(read(text))[0] == "【湛江招商】廉江市集中签'约一批先进制造业项目0"


def test_json_that_is_cut_off_yields_its_whole_records():
    text = json.dumps({"data": {"rows": listed()}}, ensure_ascii=False)
    page = read(text[: text.index(f"{TITLES[3]}3") + 5])
    assert titles(page) == [f"{TITLES[n]}{n}" for n in range(3)]
    assert "cut off" in page.warnings[0]


# -- where the records are --------------------------------------------------------------------------------------------


def nested(place: str, rows: list[dict[str, object]]) -> object:
    document: object = rows
    for name in reversed(place.split(".") if place else []):
        document = [document] if name == "[]" else {name: document, "code": 200, "msg": "ok"}
    return document


@pytest.mark.parametrize(
    "place",
    [
        "",
        "data.rows",
        "articles",
        "result.records",
        "custom.infodata",
        "data.records",
        "list",
        "data.page.content",
        "a.b.c.d",
    ],
)
def test_the_records_are_found_wherever_they_are_nested(place):
    page = read(nested(place, listed()))
    assert page.entries[0] == FIRST
    assert len(page.entries) == 4
    assert page.kind == "json"
    assert page.signature == f"{place}[] title,url,publishTime"
    assert page.score > 0.8


def test_records_in_an_object_of_their_own():
    page = read({"hits": [{"_id": str(n), "_source": record} for n, record in enumerate(listed())]})
    assert page.entries[0] == FIRST


def test_records_under_identifiers_instead_of_in_an_array():
    assert read({"data": {str(40 + n): record for n, record in enumerate(listed())}}).entries[0] == FIRST


def test_records_in_groups_are_one_list():
    first, second = listed()[:2], listed()[2:]
    page = read({"data": [{"channel": "招商动态", "list": first}, {"channel": "项目", "list": second}]})
    assert len(page.entries) == 4


def test_rows_of_a_table_without_names():
    page = read({"rows": [[n, f"{TITLES[n]}{n}", f"/content/post_{n}.html", "2025-07-17"] for n in range(4)]})
    assert page.entries[0] == FIRST


def test_the_listing_wins_over_menus_columns_and_hot_lists():
    document = {
        "columns": [
            {"name": name, "url": f"/{n}/"} for n, name in enumerate(["首页", "招商动态", "政策文件", "投资指南"] * 5)
        ],
        "banners": [{"title": "走进湛江", "url": "/a", "img": "/a.jpg"}] * 3,
        "hot": listed()[:2],
        "list": records(10, url=lambda n: f"/content/post_{n}.html", date="2025-07-17"),
        "users": [{"name": "王小明", "lastLogin": "2025-07-20 10:00:00"}] * 3,
    }
    assert len(read(document).entries) == 10


def test_attachments_of_records_are_no_list():
    files = [
        {"name": f"附件{n}：招商引资奖励办法申报表.docx", "url": f"/f/{n}.docx", "uploadTime": "2025-07-01"}
        for n in range(9)
    ]
    page = read({"rows": [{**record, "files": files} for record in listed()]})
    assert titles(page) == [f"{TITLES[n]}{n}" for n in range(4)]


def test_a_list_without_dates_needs_long_titles_and_addresses():
    assert len(read({"rows": records(url=lambda n: f"/content/post_{n}.html")}).entries) == 4
    assert read({"menu": [{"name": name, "url": f"/{name}"} for name in ("首页", "新闻", "招商")]}).entries == ()


@pytest.mark.parametrize(
    ("document", "warning"),
    [
        ({}, "JSON without records"),
        ({"code": 401, "msg": "请先登录"}, "JSON without records: 请先登录"),
        ({"data": {"rows": [], "total": 0}}, "JSON without records"),
        ({"users": [{"id": 1, "age": 3}] * 3}, "JSON without records that have a title and a date or an address"),
    ],
)
def test_json_without_records_says_so(document, warning):
    page = read(document)
    assert page.entries == ()
    assert page.next_page is None
    assert page.warnings == (warning,)


# -- fields -----------------------------------------------------------------------------------------------------------

# The field names of systems in the wild, each with values as that system writes them.
WILD = [
    {"TITLE": TITLES[0], "SUB_TITLE": "", "URL": "http://www.gov.example/content_1.htm", "DOCRELPUBTIME": "2025-07-17"},
    {
        "docTitle": TITLES[0],
        "docpuburl": "http://a.gov.example/202507/t20250717_1.html",
        "docRelTime": "2025-07-17 09:12:00",
    },
    {"infotitle": TITLES[0], "infourl": "/xmxx/001/1.html", "infodate": "2025-07-17 00:00:00.0", "infoid": "a-1"},
    {
        "title": TITLES[0],
        "linkurl": "/jyxx/1.html",
        "webdate": "2025-07-17 08:00:00",
        "categorynum": "001001",
        "id": "x1",
    },
    {"showtitle": TITLES[0], "title": TITLES[0][:14] + "…", "visiturl": "/1.html", "date": "2025-07-17"},
    {"bt": TITLES[0], "href": "/1.html", "fbsj": 1752710400000, "zy": "", "ly": "市投资促进局"},
    {"biaoti": TITLES[0], "link": "//a.gov.example/1.html", "fbrq": "2025年7月17日"},
    {
        "name": TITLES[0],
        "detailUrl": "1.html",
        "releaseDate": "2025-07-17T10:00:00",
        "deptName": "湛江市投资促进局办公室",
    },
    {
        "topic": TITLES[0],
        "url": "/1",
        "display_publish_time": 1752710400,
        "create_time": 1600000000,
        "publisher": "市府办",
    },
    {"subject": TITLES[0], "url": "/1", "pubDate": "Thu, 17 Jul 2025 02:00:00 GMT", "update_time": "2025-07-20"},
    {"title": TITLES[0], "url": "/1", "time": {"time": 1752710400000, "year": 125, "month": 6, "date": 17}},
    {"title": TITLES[0], "url": "/1", "publishTime": [2025, 7, 17, 10, 30]},
    {"title": TITLES[0], "url": "/1", "publishDate": "/Date(1752710400000+0800)/"},
    {"title": TITLES[0], "url": "/1", "publishTime": "20250717103000"},
    {"title": TITLES[0], "url": "/1", "publishTime": 20250717},
    {"title": [TITLES[0]], "url": ["/1"], "pubtime": ["2025-07-17"]},  # Solr
    {"f1": 7, "f2": TITLES[0], "f3": "2025-07-17", "f4": "/art/1.html", "f5": "招商科"},
    {"a": "/upload/1.jpg", "b": "/art/1.html", "c": TITLES[0], "d": "1752710400"},
]


@pytest.mark.parametrize("record", WILD, ids=",".join)
def test_fields_of_systems_in_the_wild(record):
    def varied(number: int) -> dict[str, object]:
        text = json.dumps(record, ensure_ascii=False).replace(TITLES[0], TITLES[number % 4])
        return json.loads(
            text.replace("1.html", f"{number}.html").replace('"/1"', f'"/{number}"').replace("_1.htm", f"_{number}.htm")
        )

    page = read({"data": [varied(number) for number in range(1, 9)]}, raw("https://www.gov.example/list/api?x=1"))
    assert [entry.title for entry in page.entries] == [TITLES[number % 4] for number in range(1, 9)]
    assert {entry.published_on for entry in page.entries} == {DAY}
    urls = [entry.url for entry in page.entries]
    assert len(set(urls)) == 8
    assert all(url and url.startswith(("http://", "https://")) and "jpg" not in url for url in urls)


def test_titles_as_a_reader_sees_them():
    written = [
        "<em>湛江</em>招商&ldquo;项目&rdquo;推进会",
        "<a href='/9.html' title='【湛江招商】整个标题没有截断'>【湛江招商】整个标题…</a>",
        "【湛江招商】\u200b甲\u202e 乙 &amp; 丙",
        "A &lt; B 招商<br>项目签约",
    ]
    page = read([{"title": title, "date": "2025-07-17"} for title in written])
    assert titles(page) == [
        "湛江招商“项目”推进会",
        "【湛江招商】整个标题没有截断",
        "【湛江招商】甲 乙 & 丙",
        "A < B 招商项目签约",
    ]
    assert page.entries[1].url == "https://www.zhanjiang.example.gov.cn/9.html"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1752710400, DAY),  # 2025-07-17 08:00 in China
        (1752681600, DAY),  # its first second there, and still the 16th in UTC
        (1752681599, date(2025, 7, 16)),
        (1752710400000, DAY),
        ("1752710400", DAY),
        ("2025-07-16T16:00:00Z", DAY),
        ("2025-07-16T16:00:00.000+0000", DAY),
        ("2025-07-17T07:59:00+08:00", DAY),
        ("2025-07-17T23:30:00", DAY),
        ("2025-07-17 23:30:00", DAY),
        ("2025/7/17", DAY),
        ("07-17", DAY),
        ("昨天", date(2025, 7, 20)),
        ("Jul 17, 2025 10:30:00 AM", DAY),
        ("Thu Jul 17 09:00:00 CST 2025", DAY),
        (0, None),
        ("", None),
        (None, None),
        (True, None),
        ("暂无", None),
        (99999999999999999999, None),
        (math.inf, None),
        ("2025-02-30", None),
    ],
)
def test_dates(value, day):
    # Dated records beside it, so that the field is known for a date.
    rows = [*listed(), {"title": "【湛江招商】待定日期的项目", "url": "/x.html", "publishTime": value}]
    assert read({"rows": rows}).entries[4].published_on == day


def test_a_year_that_is_not_printed_is_said_so():
    rows = [*listed(), {"title": "【湛江招商】无年份日期", "url": "/x.html", "publishTime": "07-15"}]
    assert [entry.year_printed for entry in read({"rows": rows}).entries] == [True, True, True, True, False]


def test_the_time_of_publication_wins_over_those_of_creation_and_change():
    rows = listed(createTime="2025-01-01", updateTime="2025-07-20", date="2025-06-01", expireTime="2026-01-01")
    assert {entry.published_on for entry in read({"rows": rows}).entries} == {DAY}


def test_a_record_without_the_time_of_publication_takes_the_next_best():
    rows = listed(createTime="2025-07-10")
    rows[2]["publishTime"] = None
    assert [entry.published_on for entry in read({"rows": rows}).entries] == [DAY, DAY, date(2025, 7, 10), DAY]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/a/1.html", "https://www.zhanjiang.example.gov.cn/a/1.html"),
        ("1.html", "https://www.zhanjiang.example.gov.cn/api/1.html"),
        ("//b.example/1.html", "https://b.example/1.html"),
        ("http://b.example/1.html", "http://b.example/1.html"),
        (r"http:\/\/b.example\/1.html", "http://b.example/1.html"),
        ("/a?x=1&amp;y=2", "https://www.zhanjiang.example.gov.cn/a?x=1&y=2"),
        ("javascript:void(0)", None),
        ("#", None),
        ("", None),
        (None, None),
        ("http://[", None),
    ],
)
def test_addresses(written, url):
    rows = [*listed(), {"title": "【湛江招商】地址特殊的项目", "url": written, "publishTime": "2025-07-17"}]
    assert read({"rows": rows}).entries[4].url == url


def test_relative_addresses_are_relative_to_the_page_that_shows_the_answer():
    page = raw(headers=(("Referer", "https://www.zhanjiang.example.gov.cn/zsyz/index.html"),))
    rows = [{**record, "url": f"./{n}.html"} for n, record in enumerate(listed())]
    assert read({"rows": rows}, page).entries[1].url == "https://www.zhanjiang.example.gov.cn/zsyz/1.html"


def test_the_referer_of_another_site_is_no_base():
    page = raw(headers=(("Referer", "https://other.example/zsyz/"),))
    rows = [{**record, "url": f"./{n}.html"} for n, record in enumerate(listed())]
    assert read({"rows": rows}, page).entries[1].url == "https://www.zhanjiang.example.gov.cn/api/1.html"


def test_records_without_an_address_keep_their_body():
    rows = records(
        date="2025-07-17", id=int, content="<p>第一段 </p><p>第二段&nbsp;<b>重点</b></p><script>x()</script>"
    )
    page = read({"rows": rows})
    assert page.entries[0] == Entry(f"{TITLES[0]}0", None, DAY, body="第一段\n第二段 重点")
    assert page.warnings == ("no address for 4 of 4 records: the answer names none",)


def test_a_whole_content_is_the_body_and_the_beginning_of_one_is_a_summary():
    whole = "".join(f"<p>廉江市举行项目集中签约仪式，第{n}段。</p>" for n in range(20))
    entries = read({"rows": listed(content=lambda n: whole if n < 2 else "廉江市举行项目集中签约仪式……")}).entries
    assert (entries[0].body or "").count("\n") == 19
    assert entries[0].summary is None
    assert entries[2].body is None
    assert entries[2].summary == "廉江市举行项目集中签约仪式……"


@pytest.mark.parametrize("name", ["summary", "abstract", "description", "zy", "digest", "f9"])
def test_summaries(name):
    text = "廉江市在深圳举行招商推介会，现场签约项目{}个，计划投资总额超过百亿元人民币，涉及新能源等产业。"
    entries = read({"rows": listed(**{name: text.format, "author": "招商科"})}).entries
    assert [entry.summary for entry in entries] == [text.format(n) for n in range(4)]


def test_a_summary_that_repeats_the_title_is_none():
    assert read({"rows": listed(summary=lambda n: f"{TITLES[n]}{n}")}).entries[0] == FIRST


def test_records_without_a_title_are_left_out_and_counted():
    rows = listed()
    rows[1]["title"] = " "
    page = read({"rows": rows})
    assert len(page.entries) == 3
    assert page.warnings == ("1 records without a title left out",)


def test_one_record_sent_twice_is_one_entry():
    assert len(read({"rows": listed() + listed()[:2]}).entries) == 4


# -- HTML inside ------------------------------------------------------------------------------------------------------


def items(count: int = 15) -> str:
    return "".join(
        f"<li><a href='/art/2025/7/17/art_{n}.html' title='{TITLES[n % 4]}{n}'>{TITLES[n % 4]}{n}</a><span>2025-07-17</span></li>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    "document",
    [
        {"success": True, "code": "200", "data": {"html": f"<ul>{items()}</ul>"}},
        {"html": items()},
        {"content": f"<div><ul>{items()}</ul></div>"},
        {"data": [f"<ul>{items()}</ul>"]},
    ],
)
def test_html_inside_json(document):
    page = read(document)
    assert page.kind == "json+html"
    assert len(page.entries) == 15
    assert page.entries[0] == Entry(
        f"{TITLES[0]}0", "https://www.zhanjiang.example.gov.cn/art/2025/7/17/art_0.html", DAY
    )


def test_a_recordset_inside_json():
    sets = "".join(f"<record><![CDATA[{item}</li>]]></record>" for item in items().split("</li>")[:-1])
    page = read('records({"result":' + json.dumps(f"<datastore><recordset>{sets}</recordset></datastore>") + "})")
    assert page.kind == "json+recordset"
    assert len(page.entries) == 15


UNIT = (
    "https://www.miit.example.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit"
    "?parseType=bulidstatic&webId=8d82&tplSetId=2097&pageType=column&tagId=%E5%88%97%E8%A1%A8&editType=null&pageId=c52d"
)


def unit(count: int, pager: str = "") -> dict[str, object]:
    return {"success": True, "data": {"html": f"<ul>{items(count)}</ul>{pager}"}}


def asked_unit(page: ListingPage) -> dict[str, object]:
    assert page.next_page is not None
    return json.loads(parse_qs(urlsplit(page.next_page.url).query)["paramJson"][0])


def test_jpaas_takes_its_page_number_in_param_json_only():
    page = read(unit(15, "<div class='page' count='386' rows='15' pageNo='1'></div>"), raw(UNIT))
    assert asked_unit(page) == {"pageNo": 2, "pageSize": 15}
    assert page.next_url is not None
    assert page.next_url.startswith(UNIT)
    following = read(unit(15, "<div count='386' rows='15' pageNo='2'></div>"), raw(page.next_url))
    assert asked_unit(following) == {"pageNo": 3, "pageSize": 15}


def test_jpaas_drops_a_bare_page_number_which_it_would_not_heed():
    page = read(unit(15), raw(f"{UNIT}&pageNo=1"))
    assert page.next_url is not None
    assert "&pageNo=" not in page.next_url
    assert asked_unit(page)["pageNo"] == 2


def test_jpaas_keeps_its_referer():
    referer = (("Referer", "https://www.miit.example.gov.cn/zwgk/index.html"),)
    page = read(unit(15), raw(UNIT, headers=referer))
    assert page.next_page is not None
    assert page.next_page.headers == referer


@pytest.mark.parametrize("pager", ["<div count='30' rows='15'></div>", ""])
def test_the_last_page_of_a_jpaas_list(pager):
    last = UNIT + "&paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A15%7D"
    assert read(unit(15 if pager else 9, pager), raw(last)).next_page is None


# -- next page --------------------------------------------------------------------------------------------------------


def following(url: str, *, body: str = "", count: int = 10, **totals: object) -> PageRequest | None:
    rows = records(count, url=lambda n: f"/content/post_{n}.html", date="2025-07-17")
    return read({"data": {"rows": rows, **totals}}, raw(url, body=body)).next_page


@pytest.mark.parametrize(
    ("query", "raised"),
    [
        ("page=1&size=10", "page=2&size=10"),
        ("pageNo=3&pageSize=10", "pageNo=4&pageSize=10"),
        ("pageNum=1&pageSize=10&id=7", "pageNum=2&pageSize=10&id=7"),
        ("PageIndex=1", "PageIndex=2"),
        ("pageIndex=0&pageSize=10", "pageIndex=1&pageSize=10"),
        ("currPage=1", "currPage=2"),
        ("currentPage=9", "currentPage=10"),
        ("pn=1", "pn=2"),
        ("p=1", "p=2"),
        ("pn=0&rn=10", "pn=10&rn=10"),
        ("start=0&limit=10", "start=10&limit=10"),
        ("offset=20&limit=10", "offset=30&limit=10"),
        ("start=1&end=10", "start=11&end=20"),
        ("startrecord=46&endrecord=90&perpage=15", "startrecord=56&endrecord=100&perpage=15"),
        ("page=2&start=10&limit=10", "page=3&start=20&limit=10"),
        ("page=1&from=1&size=10&end=7", "page=2&from=11&size=10&end=7"),
        ("page=2&from=1&size=10", "page=3&from=1&size=10"),
        ("page=1&startrecord=1&endrecord=10&perpage=10", "page=2&startrecord=11&endrecord=20&perpage=10"),
        ("sign=a%2fb+c&page=1", "sign=a%2fb+c&page=2"),
        ("params=%7B%22pageIndex%22%3A1%7D", "params=%7B%22pageIndex%22%3A2%7D"),
    ],
)
def test_page_numbers_in_the_query(query, raised):
    found = following(f"https://a.gov.example/list?{query}", total=500)
    assert found == PageRequest(f"https://a.gov.example/list?{raised}")


@pytest.mark.parametrize(
    ("body", "raised"),
    [
        ("channel=5&page=1&rows=10", "channel=5&page=2&rows=10"),
        ('{"siteGuid":"7eb5","pageIndex":1,"pageSize":10}', '{"siteGuid":"7eb5","pageIndex":2,"pageSize":10}'),
        ('{"token":"","params":{"pageIndex":"1","kw":"招商"}}', '{"token":"","params":{"pageIndex":"2","kw":"招商"}}'),
        ('{"page":{"current":1,"size":10}}', '{"page":{"current":2,"size":10}}'),
        ("params=%7B%22pageIndex%22%3A0%7D&x=1", "params=%7B%22pageIndex%22%3A1%7D&x=1"),
        ('params={"kw":"招商","pageIndex":0}', 'params={"kw":"招商","pageIndex":1}'),
    ],
)
def test_page_numbers_in_the_body(body, raised):
    found = following("https://a.gov.example/list", body=body, total=500)
    assert found == PageRequest("https://a.gov.example/list", "POST", raised)


def test_the_next_request_keeps_method_and_headers():
    headers = (("Content-Type", "application/json"), ("Referer", "https://a.gov.example/x.html"))
    page = RawPage(
        PageRequest("https://a.gov.example/list", "POST", '{"pageNo":1}', headers),
        "https://a.gov.example/list",
        b"",
        NOW,
    )
    found = read({"rows": listed(), "total": 99}, page).next_page
    assert found == PageRequest("https://a.gov.example/list", "POST", '{"pageNo":2}', headers)


@pytest.mark.parametrize(
    "totals",
    [
        {"total": 30},
        {"totalCount": "30"},
        {"pages": 3},
        {"pageCount": 3},
        {"totalPage": 3},
        {"totalPages": 3},
        {"hasNext": False},
        {"hasNextPage": False},
        {"last": True},
        {"page": {"totalElements": 30, "size": 10}},
    ],
)
def test_the_totals_end_the_walk(totals):
    assert following("https://a.gov.example/list?page=3&size=10", **totals) is None
    more = {name: True if value is False else False if value is True else value for name, value in totals.items()}
    assert following("https://a.gov.example/list?page=2&size=10", **more) == PageRequest(
        "https://a.gov.example/list?page=3&size=10"
    )


def test_without_totals_a_short_page_is_the_last_one_and_a_full_one_is_not():
    assert following("https://a.gov.example/list?page=2&size=10", count=9) is None
    assert following("https://a.gov.example/list?page=2&size=10", count=10) is not None
    assert following("https://a.gov.example/list?page=2", count=9) is not None  # nothing says how long a page is


def test_a_page_counted_from_zero_ends_one_number_earlier():
    assert following("https://a.gov.example/list?page=0&size=10", total=20) is not None
    epoint = "https://a.gov.example/EpointWebBuilder/rest/frontAppCustomAction/getPageInfoListNew"
    assert following(epoint, body="pageIndex=1&pageSize=10", total=20) is None
    assert following(epoint, body="pageIndex=1&pageSize=10", total=21) is not None


def test_a_server_that_gives_less_than_it_is_asked_for_is_walked_on():
    assert following("https://a.gov.example/list?page=1&size=100", total=30) is not None
    assert following("https://a.gov.example/list?start=0&limit=100", total=30) == PageRequest(
        "https://a.gov.example/list?start=10&limit=100"
    )


def test_gkmlpt_pages_hold_a_hundred():
    url = "https://www.gd.example.gov.cn/gkmlpt/api/all/5?page=1&sid=2"
    assert following(url, count=88) is None
    assert following(url, count=100, total=221) == PageRequest(url.replace("page=1", "page=2"))
    assert following(url.replace("page=1", "page=3"), count=21, total=221) is None


def test_an_address_of_the_next_page_in_the_answer():
    for named in ({"next": "/list?cursor=ab"}, {"next_page_url": "https://api.a.gov.example/list?cursor=ab"}):
        found = following("https://www.a.gov.example/list", **named)
        assert found is not None
        assert found.url.endswith("/list?cursor=ab")
    assert following("https://www.a.gov.example/list", next="https://evil.example/list?page=2") is None
    assert following("https://www.a.gov.example/list", next=None) is None


def test_a_request_without_a_number_whose_answer_says_which_page_it_is():
    assert following("https://a.gov.example/list?id=5", pageNo=1, pages=4) == PageRequest(
        "https://a.gov.example/list?id=5&pageNo=2"
    )
    assert following("https://a.gov.example/list", pageNo=1, pages=1) is None
    assert following("https://a.gov.example/list") is None


def test_wordpress_says_its_totals_in_headers_only():
    url = "https://a.example/wp-json/wp/v2/posts?categories=5&per_page=10"
    assert following(url) == PageRequest(f"{url}&page=2")
    assert following(f"{url}&page=2") == PageRequest(f"{url}&page=3")
    assert following(url, count=9) is None


def test_walking_to_the_end_meets_every_page_once():
    url, seen = "https://a.gov.example/list?pageNum=1&pageSize=10", []
    while url:
        number = int(dict(parse_qsl(urlsplit(url).query))["pageNum"])
        seen.append(number)
        found = following(url, count=10 if number < 4 else 7, total=37)
        url = found.url if found else ""
    assert seen == [1, 2, 3, 4]


# -- a user's expressions ---------------------------------------------------------------------------------------------


def test_expressions_win_field_by_field():
    rows = [
        {
            "t1": f"{TITLES[n]}",
            "title": "栏目标题不是这个",
            "when": "2025-07-17",
            "publishTime": "2025-01-01",
            "u": f"/u/{n}",
            "url": "/x",
        }
        for n in range(4)
    ]
    document = {"decoy": listed(), "real": {"rows": rows}, "paging": {"after": 5}}
    select = Selection(
        records="real.rows", title="t1", url="join('?v=', [u, '1'])", date="when", next_page="paging.after"
    )
    page = read(document, select=select)
    assert page.entries[3] == Entry(TITLES[3], "https://www.zhanjiang.example.gov.cn/u/3?v=1", DAY)
    assert page.signature.startswith("select real.rows")
    assert page.next_page == PageRequest(URL.replace("page=1", "page=5"))


def test_fields_without_an_expression_are_found():
    page = read({"rows": listed(other="【湛江招商】另一个标题")}, select=Selection(title="other"))
    assert page.entries[0] == Entry("【湛江招商】另一个标题", FIRST.url, FIRST.published_on)


def test_expressions_for_summary_and_body():
    page = read({"rows": listed(x="短摘要", y="<p>正文</p>")}, select=Selection(summary="x", body="y"))
    assert (page.entries[0].summary, page.entries[0].body) == ("短摘要", "正文")


def test_an_expression_for_the_next_page_may_be_an_address_of_the_same_site():
    document = {"rows": listed(), "links": {"n": "/list?c=2", "evil": "https://evil.example/"}}
    found = read(document, select=Selection(next_page="links.n")).next_page
    assert found == PageRequest("https://www.zhanjiang.example.gov.cn/list?c=2")
    assert read(document, raw("https://a.example/list"), Selection(next_page="links.evil")).next_page is None


@pytest.mark.parametrize("expression", ["nothing.here", "rows[0].title", "ul > li", "sum(rows)", "@", "//li"])
def test_an_expression_that_finds_no_records_is_told_and_the_records_are_found(expression):
    page = read({"rows": listed()}, select=Selection(records=expression))
    assert page.entries[0] == FIRST
    assert page.warnings == ("select.records found nothing on this page",)


@pytest.mark.parametrize("selector", ["nothing", "other", "blank", "div.x", "//li", "sum(title)"])
@pytest.mark.parametrize("field", ["title", "url", "date"])
def test_an_expression_that_finds_nothing_leaves_its_field_to_be_found_and_is_told(field, selector):
    rows = listed(other={"x": None}, blank=" ")
    page = read({"rows": rows}, select=Selection(**{field: selector}))
    assert page.entries == read({"rows": rows}).entries
    assert page.warnings == (f"select.{field} found nothing in {len(rows)} of {len(rows)} records",)


def test_an_expression_is_told_with_the_number_of_records_in_which_it_finds_nothing():
    first, *rows = listed()
    page = read(
        {"rows": [{**first, "t": "【湛江招商】另一个标题"}, *rows]}, select=Selection(title="t", next_page="next")
    )
    assert titles(page) == ["【湛江招商】另一个标题", *(row["title"] for row in rows)]
    assert page.warnings == (
        f"select.title found nothing in {len(rows)} of {len(rows) + 1} records",
        "select.next_page found nothing on this page, which is right on the last one alone",
    )


def test_selectors_for_html_inside_json():
    html = "".join(f"<div class='x'><a href='/{n}.html'>{TITLES[n]}</a><b>甲{n}</b></div>" for n in range(2))
    page = read({"html": f"<ul>{items()}</ul>{html}"}, select=Selection(records="div.x", title="b"))
    assert titles(page) == ["甲0", "甲1"]
    assert page.warnings == ()


# -- hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' * 50_000, "cb(" + "[" * 100_000])
def test_json_nested_too_deep(text):
    page = read(text)
    assert page.entries == ()
    assert page.warnings == ("JSON nested too deep to be a listing", "JSON without records")


def test_records_that_stand_deep():
    document: object = listed()
    for _ in range(40):
        document = {"d": [document]}
    assert read(document).entries[0] == FIRST


def test_numbers_and_constants_that_are_none():
    text = (
        '{"n":NaN,"i":-Infinity,"big":' + "9" * 9000 + ',"e":1e999,"total":1e400,"rows":' + json.dumps(listed()) + "}"
    )
    assert read(text).entries[0] == FIRST


def test_of_equal_names_the_last_counts():
    assert read('{"rows":[],"rows":' + json.dumps(listed()) + "}").entries[0] == FIRST


def test_a_large_array():
    count = 20_000
    rows = records(
        count, url=lambda n: f"/post_{n}.html", publishTime="2025-07-17 10:30:00", zy="项目总投资超过百亿元" * 4
    )
    text = json.dumps({"rows": rows}, ensure_ascii=False)
    assert len(text.encode()) > 5_000_000
    assert len(read(text).entries) == count


@pytest.mark.parametrize(
    "text",
    [
        '{"t":"' + "<" * 1_000_000 + '","date":"2025-07-17"}',
        '[{"title":"' + "<b>" * 200_000 + '","date":"2025-07-17","url":"/1"}]',
        '"' + '\\"' * 500_000,
        "{" * 400_000,
        '{"a' * 300_000,
        "a(" * 500_000,
        "var " * 500_000,
        "{a:'" * 100_000,
        '[{"title":"\\ud800【湛江招商】\\udfff","date":"2025-07-17","url":"/\\ud800"}]',
        '{"html":"' + "<li><a href=" * 20_000 + '"}',
        '[{"title":"甲乙丙丁戊己庚辛","date":"' + "2025-" * 100_000 + '","url":"/1"}]',
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_raises_nothing(text):
    page = read_json(text, raw(), NOW)
    assert page is None or isinstance(page, ListingPage)


SEEDS = [
    json.dumps({"data": {"total": 4, "rows": listed(content="<p>文</p>", createTime=1752710400)}}, ensure_ascii=False),
    "cb(" + json.dumps(unit(4, "<div count='9' rows='4'></div>"), ensure_ascii=False) + ");",
    json.dumps({"custom": json.dumps({"infodata": listed()})}),
]


def mutated(text: str, cuts: list[tuple[int, int, str]]) -> str:
    for start, length, new in cuts:
        place = start % (len(text) + 1)
        text = text[:place] + new + text[place + length % 40 :]
    return text


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.text(max_size=8)), max_size=4),
)
def test_mutated_json_raises_nothing(seed, cuts):
    page = read_json(mutated(seed, cuts), raw(), NOW)
    assert page is None or all(entry.title for entry in page.entries)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2025-07-17", "/a.html", TITLES[0]]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["title", "url", "date", "page", "total", "rows", "html", "f1"]) | st.text(max_size=4),
            inner,
            max_size=6,
        )
    ),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None)
@given(JSON, st.sampled_from([URL, "https://a.example/list", UNIT, "http://["]))
def test_any_json_raises_nothing(document, url):
    page = read_json(json.dumps(document), raw(url), NOW)
    assert page is None or page.next_page is None or page.next_page != raw(url).request


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["GET", "POST"]))
def test_any_request_raises_nothing(query, body, method):
    request = PageRequest(f"https://a.example/list?{query}", method, body)
    page = read_json(
        json.dumps({"rows": listed(), "pageNo": 1, "pages": 9}), RawPage(request, request.url, b"", NOW), NOW
    )
    assert page is not None
    assert len(page.entries) == 4


@pytest.mark.parametrize(
    ("asked", "given", "total", "pages"),
    [(100, 20, 95, 5), (100, 20, 250, 13), (20, 20, 95, 5), (20, 20, 40, 2), (20, 20, 20, 1), (100, 95, 95, 1)],
)
def test_a_server_with_a_page_size_of_its_own_is_followed_to_its_last_record(asked, given, total, pages):
    request: PageRequest | None = PageRequest(f"http://zs.example/api?page=1&size={asked}")
    seen = 0
    for _ in range(pages + 1):
        count = min(given, total - seen)
        if request is None or count <= 0:
            break
        seen += count
        request = next_request(request, Totals(records=total), count)
    assert seen == total
