"""XML recordsets with CDATA as JCMS writes them, alone and in a script of a page, and plain XML lists."""

from datetime import date, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.xml.recordset import find_sets, is_recordset, read_recordset
from monitor.pages import Entry, ListingPage, PageRequest, RawPage

NOW = datetime(2025, 7, 21, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SITE = "https://www.jiangsu.example.gov.cn"
COLUMN = f"{SITE}/col/col33718/index.html"
PROXY = f"{SITE}/module/web/jpage/dataproxy.jsp"
ASKED = f"{PROXY}?startrecord=46&endrecord=90&perpage=15"
DAY = date(2025, 7, 17)
TITLES = (
    "【盐城招商】东台市集中签约一批先进制造业项目",
    "【盐城招商】射阳县赴上海开展招商推介活动",
    "【南通招商】如皋市举行重点项目集中开工仪式",
)
GROUP = (
    '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=1&path=/&columnid=33718'
    '&unitid=212860&webname=江苏省人民政府&permissiontype=0"></a>]]></nextgroup>'
)


def raw(url: str = ASKED, body: str = "", headers: tuple[tuple[str, str], ...] = ()) -> RawPage:
    return RawPage(PageRequest(url, "POST" if body else "GET", body, headers), url, b"", NOW)


def read(text: str, page: RawPage | None = None) -> ListingPage:
    found = read_recordset(text, page or raw(), NOW)
    assert found is not None
    return found


def items(count: int, start: int = 0) -> list[str]:
    return [
        f"<li class='l'><a href='/art/2025/7/17/art_33718_{n}.html' title='{TITLES[n % 3]}{n}' target=\"_blank\">"
        f"{TITLES[n % 3]}{n}</a><span>2025-07-17</span></li>"
        for n in range(start, start + count)
    ]


def recordset(records: list[str], total: int | None = None, group: str = "") -> str:
    totals = f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // 15)}</totalpage>" if total is not None else ""
    cdata = "\n".join(f"<record><![CDATA[\n{record}]]></record>" for record in records)
    return f"<datastore>{totals}{group}<recordset>{cdata}</recordset></datastore>"


def column_page(inline: str, script: str = "") -> str:
    return (
        "<!DOCTYPE html><html><head><title>招商动态</title></head><body><ul class='nav'><li><a href='/'>首页</a></li></ul>"
        f"<div id='212860'><script type=\"text/xml\">{inline}</script></div>{script}</body></html>"
    )


PAGER = """<script>
var param_212860 = {col:1, appid:1, webid:1, path:'/', columnid:33718, sourceContentType:1, unitid:'212860',
    webname:'江苏省人民政府', permissiontype:0};
$('#212860').jpage({ themeName:'default', totalRecord:4895, perPage:15, groupSize:3, openCookies:false,
    proxyUrl:'/module/web/jpage/dataproxy.jsp', ajaxParam:param_212860, dataBefore:'<ul>', dataAfter:'</ul>' });
</script>"""

FIRST = Entry(f"{TITLES[0]}0", f"{SITE}/art/2025/7/17/art_33718_0.html", DAY)


# -- records ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff"])
def test_an_answer_of_the_dataproxy(declared):
    page = read(declared + recordset(items(15), 386))
    assert page.kind == "recordset"
    assert page.entries[0] == FIRST
    assert [entry.title for entry in page.entries] == [f"{TITLES[n % 3]}{n}" for n in range(15)]
    assert page.signature.startswith("recordset ")
    assert page.score > 0.5


@pytest.mark.parametrize(
    "record",
    [
        "<li><a href='/{n}.html'>{title}</a><span>2025-07-17</span></li>",
        "<tr><td>{n}</td><td><a href='/{n}.html' title='{title}'>{title}</a></td><td>[2025-07-17]</td></tr>",
        "<table><tr><td><a href='/{n}.html'>{title}</a></td><td>2025-07-17</td></tr></table>",
        "<div class='item'><h3><a href='/{n}.html'>{title}</a></h3><p>2025年07月17日</p></div>",
        "<a href='/{n}.html' title='{title}'>{title}<b>2025-07-17</b></a>",
        "<dl><dt><a href='/{n}.html'>{title}</a></dt><dd>2025-07-17</dd></dl>",
        "<li style=<br/><a href='/{n}.html' title='{title}'>{title}</a><span>2025-07-17</span></li>",
    ],
)
@pytest.mark.parametrize("count", [1, 2, 15])
def test_records_of_any_make_however_few(record, count):
    page = read(recordset([record.format(n=n, title=TITLES[n % 3]) for n in range(count)]))
    assert page.entries == tuple(Entry(TITLES[n % 3], f"{SITE}/{n}.html", DAY) for n in range(count))


def test_several_records_in_one_cdata():
    page = read(recordset(["".join(items(5)), "".join(items(5, 5))]))
    assert len(page.entries) == 10


def test_records_whose_markup_is_escaped_instead_of_quoted():
    escaped = "".join(items(3)).replace("<", "&lt;").replace(">", "&gt;").split("&lt;/li&gt;")[:-1]
    text = "<recordset>" + "".join(f"<record>{one}&lt;/li&gt;</record>" for one in escaped) + "</recordset>"
    assert read(text).entries[0] == FIRST


def test_a_set_that_is_cut_off_yields_its_whole_records():
    text = recordset(items(5))
    assert len(read(text[: text.index("_4.html")]).entries) == 4


def test_a_set_without_records_says_so():
    page = read(recordset([], 0))
    assert page.entries == ()
    assert page.next_page is None
    assert page.warnings == ("a recordset without records",)


def test_relative_addresses_are_relative_to_the_page_that_shows_the_records():
    record = "<li><a href='./202507/t20250717_{n}.html'>{title}</a><span>2025-07-17</span></li>"
    text = recordset([record.format(n=n, title=TITLES[n]) for n in range(3)])
    page = read(text, raw(headers=(("Referer", COLUMN),)))
    assert page.entries[0].url == f"{SITE}/col/col33718/202507/t20250717_0.html"


def test_the_set_in_a_script_of_the_page_and_not_its_navigation():
    page = read(column_page(recordset(items(45)), PAGER), raw(COLUMN))
    assert len(page.entries) == 45
    assert page.entries[0] == FIRST
    assert page.url == COLUMN


def test_of_several_sets_on_a_page_the_one_with_the_most_dated_records():
    undated = [f"<li><a href='/tz/{n}.html'>{TITLES[n % 3]}</a></li>" for n in range(20)]
    text = column_page(recordset(undated)) + column_page(recordset(items(15))) + column_page(recordset(items(3, 90)))
    assert len(find_sets(text)) == 3
    page = read(text, raw(COLUMN))
    assert page.entries[0] == FIRST
    assert len(page.entries) == 15


OTHERS = [
    "",
    "{}",
    "<html><body><ul><li><a href='/1.html'>【湛江招商】甲</a></li></ul></body></html>",
    "<ul><li>甲</li></ul>",
    "<!DOCTYPE html><p>record</p>",
    "<rss><channel><item><title>甲</title></item></channel></rss>",
    "<urlset><url><loc>http://a/</loc></url></urlset>",
    "<record>",
    "<?xml version='1.0'?><error><code>1</code></error>",
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_text_is_no_recordset(text):
    assert read_recordset(text, raw(), NOW) is None


def test_a_page_that_speaks_of_recordsets_is_none():
    assert not is_recordset("<p>record sets and &lt;recordset&gt;</p>")


# -- next page --------------------------------------------------------------------------------------------------------


def test_the_next_group_of_a_page_is_asked_for_as_its_pager_does():
    found = read(column_page(recordset(items(45), group=GROUP), PAGER), raw(COLUMN)).next_page
    assert found is not None
    assert found.url == f"{PROXY}?startrecord=46&endrecord=90&perpage=15"
    assert found.method == "POST"
    assert dict(parse_qsl(found.body)) == {
        "col": "1",
        "appid": "1",
        "webid": "1",
        "path": "/",
        "columnid": "33718",
        "sourceContentType": "1",
        "unitid": "212860",
        "webname": "江苏省人民政府",
        "permissiontype": "0",
    }
    assert dict(found.headers)["Referer"] == COLUMN
    assert dict(found.headers)["Content-Type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    "script", ["", "<script>$('#212860').jpage({perpage:15,totalRecord:4895,groupSize:3});</script>"]
)
def test_a_pager_without_parameters_follows_the_next_group(script):
    found = read(column_page(recordset(items(45), group=GROUP), script), raw(COLUMN)).next_page
    assert found is not None
    assert found.url.startswith(f"{PROXY}?page=1&appid=1&webid=1&path=/&columnid=33718&unitid=212860&webname=%E6%B1%9F")
    assert (found.method, found.headers) == ("GET", (("Referer", COLUMN),))


def test_an_encrypted_next_group_is_followed_as_it_stands():
    href = "/module/web/jpage/dataproxy.jsp?page=2&amp;x=AAbb%2Fcc%3D&amp;sign=9f"
    group = f'<nextgroup><![CDATA[<a href="{href}"></a>]]></nextgroup>'
    found = read(column_page(recordset(items(45), group=group)), raw(COLUMN)).next_page
    assert found == PageRequest(f"{PROXY}?page=2&x=AAbb%2Fcc%3D&sign=9f", headers=(("Referer", COLUMN),))


@pytest.mark.parametrize("total", [45, 40])
def test_a_page_that_holds_all_its_records_has_no_next(total):
    for script in (PAGER, "<script>$('#212860').jpage({perpage:15, totalRecord:4895});</script>"):
        page = column_page(recordset(items(45), group=GROUP), script.replace("4895", str(total)))
        assert read(page, raw(COLUMN)).next_page is None
    assert read(column_page(recordset(items(45), 45, GROUP), PAGER), raw(COLUMN)).next_page is None


def test_an_answer_leads_to_the_following_records():
    form = "col=1&webid=1&columnid=33718&unitid=212860"
    headers = (("Referer", COLUMN),)
    found = read(recordset(items(45, 45), 386), raw(ASKED, form, headers)).next_page
    assert found == PageRequest(f"{PROXY}?startrecord=91&endrecord=135&perpage=15", "POST", form, headers)


def test_walking_a_column_to_its_end_meets_every_record_once():
    asked, starts = raw(f"{PROXY}?startrecord=1&endrecord=45&perpage=15", "columnid=33718"), []
    while asked:
        start = int(parse_qs(urlsplit(asked.url).query)["startrecord"][0])
        starts.append(start)
        found = read(recordset(items(min(45, 100 - start + 1), start), 100), asked).next_page
        asked = raw(found.url, found.body) if found else None
    assert starts == [1, 46, 91]


def test_the_later_form_counts_pages():
    url = "http://www.yuhang.example.gov.cn/module/jpage/dataproxy.jsp?page=4&appid=1&columnid=122&unitid=610"
    group = '<nextgroup><![CDATA[<a href="./dataproxy.jsp?page=5&appid=1&columnid=122&unitid=610"></a>]]></nextgroup>'
    found = read(recordset(items(15), 6163, group), raw(url)).next_page
    assert found is not None
    assert found.url == url.replace("page=4", "page=5")
    assert read(recordset(items(13), 58, group), raw(url)).next_page is None


def test_without_totals_the_next_group_says_whether_there_is_more():
    url = f"{PROXY}?page=2&appid=1&columnid=33718&unitid=212860"
    found = read(recordset(items(15), group=GROUP.replace("page=1", "page=3")), raw(url)).next_page
    assert found is not None
    assert found.url.startswith(f"{PROXY}?page=3&")
    assert "江苏" not in found.url
    assert read(recordset(items(7)), raw(f"{ASKED}")).next_page is None


def test_a_next_group_of_another_site_is_not_followed():
    group = '<nextgroup><![CDATA[<a href="https://evil.example/dataproxy.jsp?page=2"></a>]]></nextgroup>'
    assert read(column_page(recordset(items(45), group=group)), raw(COLUMN)).next_page is None


# -- plain XML --------------------------------------------------------------------------------------------------------

XML = [
    "<list><total>38</total>{}</list>|<item><title>{t}</title><url>/c/{n}.html</url><pubDate>2025-07-17</pubDate></item>",
    "<rows>{}</rows>|<row title='{t}' href='/c/{n}.html' date='2025-07-17 10:00:00'/>",
    (
        "<r:data xmlns:r='urn:x'><r:page><r:no>1</r:no></r:page>{}</r:data>"
        "|<r:doc><r:bt><![CDATA[<em>{t}</em>]]></r:bt><r:lj>/c/{n}.html</r:lj><r:fbsj>1752710400</r:fbsj></r:doc>"
    ),
    "<x><b><c>{}</c></b></x>|<d><f1>{t}</f1><f2>c/{n}.html</f2><f3>2025-07-17</f3></d>",
]


@pytest.mark.parametrize("made", XML)
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="gbk"?>'])
def test_plain_xml_lists(made, declared):
    frame, item = made.split("|")
    text = declared + frame.format("".join(item.format(n=n, t=TITLES[n % 3]) for n in range(9)))
    page = read(text, raw(f"{SITE}/list.xml"))
    assert page.kind == "xml"
    assert page.entries == tuple(Entry(TITLES[n % 3], f"{SITE}/c/{n}.html", DAY) for n in range(9))


def test_an_xml_list_of_one():
    frame, item = XML[0].split("|")
    page = read(frame.format(item.format(n=0, t=TITLES[0])), raw(f"{SITE}/list.xml"))
    assert page.entries == (Entry(TITLES[0], f"{SITE}/c/0.html", DAY),)


def test_the_next_page_of_an_xml_list():
    frame, item = XML[0].split("|")
    text = frame.format("".join(item.format(n=n, t=TITLES[n % 3]) for n in range(10)))
    assert read(text, raw(f"{SITE}/list?page=3&size=10")).next_url == f"{SITE}/list?page=4&size=10"
    assert read(text, raw(f"{SITE}/list?page=4&size=10")).next_page is None


def test_xml_asks_for_no_file_and_expands_no_entity():
    frame, item = XML[0].split("|")
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    text = f'<?xml version="1.0"?><!DOCTYPE list [<!ENTITY a0 "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>'
    text += frame.format("".join(item.format(n=n, t=f"{TITLES[n]}&a8;&f;") for n in range(3)))
    page = read_recordset(text, raw(f"{SITE}/list.xml"), NOW)
    assert page is None or all("root:" not in entry.title and len(entry.title) < 100 for entry in page.entries)


# -- hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<datastore>" + "<record><![CDATA[" * 100_000,
        "<datastore>" * 100_000,
        "<recordset><record>" + "<li>" * 200_000,
        "<recordset><record " + "x " * 1_000_000,
        "<recordset>" + "<nextgroup><![CDATA[<a href='" * 50_000,
        "<recordset><record><![CDATA[" + "<a href='/1'>" * 20_000 + "]]></record>",
        "<a>" * 300_000,
        "<a " + "b='c' " * 200_000 + ">",
        "<a><b>\x00\ud800</b>" * 1000,
        "<?xml" + "?" * 100_000,
        "<!--" * 300_000,
        "<x>" + "<i><title>甲</title></i>" * 100_000 + "</x>",
    ],
    ids=lambda text: text[:24],
)
def test_hostile_text_raises_nothing(text):
    page = read_recordset(text, raw(), NOW)
    assert page is None or isinstance(page, ListingPage)


def test_many_records():
    assert len(read(recordset(items(3000), 3000)).entries) == 3000


SEEDS = [
    recordset(items(3), 386, GROUP),
    column_page(recordset(items(3), group=GROUP), PAGER),
    XML[0].split("|")[0].format("".join(XML[0].split("|")[1].format(n=n, t=TITLES[n]) for n in range(3))),
]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.text(max_size=8)), max_size=4),
    st.sampled_from([ASKED, COLUMN, f"{SITE}/list?page=2"]),
)
def test_mutated_sets_raise_nothing(seed, cuts, url):
    text = seed
    for start, length, new in cuts:
        place = start % (len(text) + 1)
        text = text[:place] + new + text[place + length % 60 :]
    page = read_recordset(text, raw(url), NOW)
    assert page is None or page.next_page is None or page.next_page.url.startswith(SITE)
