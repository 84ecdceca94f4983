"""RSS, RDF, Atom and JSON Feed: items, dates in the zone of the source, whole texts and teasers, malformed feeds."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.xml.feeds import read_feed
from monitor.pages import Entry, ListingPage, PageRequest, RawPage

NOW = datetime(2025, 7, 21, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://www.zhanjiang.example.gov.cn/rss/news.xml"
DAY = date(2025, 7, 17)
WHOLE = "".join(f"<p>廉江市举行先进制造业项目集中签约仪式，第{n}段正文。</p>" for n in range(12))


def raw(url: str = URL) -> RawPage:
    return RawPage(PageRequest(url), url, b"", NOW)


def read(text: str, page: RawPage | None = None) -> ListingPage:
    found = read_feed(text, page or raw(), NOW)
    assert found is not None
    return found


def rss(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n', tail: str = "</channel></rss>") -> str:
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'{head}<rss version="2.0" {spaces}><channel><title>湛江招商</title>{"".join(items)}{tail}'


def item(number: int = 1, more: str = "<pubDate>Thu, 17 Jul 2025 10:00:00 +0800</pubDate>") -> str:
    return f"<item><title>【湛江招商】第{number}个项目</title><link>/zs/{number}.html</link>{more}</item>"


FIRST = Entry("【湛江招商】第1个项目", "http://www.zhanjiang.example.gov.cn/zs/1.html", DAY)


# -- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\ufeff",
        '\n\n<?xml version="1.0" encoding="gbk"?>',  # the text is decoded; what it declares no longer holds
        '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><!-- 湛江 -->',
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">',
        '<!DOCTYPE rss [<!ENTITY a "b"> ]>',
    ],
)
def test_rss(head):
    page = read(rss(item(), item(2), head=head))
    assert page.kind == "rss"
    assert page.entries == (FIRST, Entry("【湛江招商】第2个项目", "http://www.zhanjiang.example.gov.cn/zs/2.html", DAY))
    assert page.warnings == ()
    assert (page.signature, page.score) == ("rss", 1.0)


def test_rdf():
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="/"><title>招商</title></channel>'
        '<item rdf:about="/zs/1.html"><title>【湛江招商】第1个项目</title><link>/zs/1.html</link>'
        "<dc:date>2025-07-16T20:00:00Z</dc:date></item></rdf:RDF>"
    )
    page = read(text)
    assert page.kind == "rss"
    assert page.entries == (FIRST,)


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>招商</title>{links}<entry>
<title type="html">&lt;b&gt;【湛江招商】&lt;/b&gt;第1个项目</title><link rel="alternate" href="/zs/1.html"/>
<id>tag:x,1</id><updated>2025-07-20T16:30:00Z</updated><published>2025-07-16T16:30:00Z</published>{more}</entry></feed>"""


def test_atom():
    page = read(ATOM.format(links="", more="<summary>概要</summary>"))
    assert page.kind == "atom"
    assert page.entries == (Entry(FIRST.title, FIRST.url, DAY, "概要"),)


def json_feed(**fields: object) -> str:
    first = {
        "id": "1",
        "url": "/zs/1.html",
        "title": FIRST.title,
        "date_published": "2025-07-17T00:30:00+08:00",
        **fields,
    }
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "招商", "items": [first]}, ensure_ascii=False
    )


def test_json_feed():
    page = read(json_feed(content_html=WHOLE, summary="概要"))
    assert page.kind == "json feed"
    assert page.entries[0].title == FIRST.title
    assert page.entries[0].published_on == DAY
    assert page.entries[0].summary == "概要"
    assert (page.entries[0].body or "").count("\n") == 11


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "<html><body><rss></rss></body></html>",
        "<!DOCTYPE html><html><head><link type='application/rss+xml' href='/rss'></head></html>",
        "<list><item><title>甲</title></item></list>",
        "<!-- <rss> --><html></html>",
        "rss",
        '{"version": "1.0", "items": []}',
        '{"about": "https://jsonfeed.org/version/1.1", "version": 2}',
        "<feedback></feedback>",
    ],
)
def test_other_text_is_no_feed(text):
    assert read_feed(text, raw(), NOW) is None


# -- fields -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<pubDate>Thu, 17 Jul 2025 10:00:00 +0800</pubDate>", DAY),
        ("<pubDate>Wed, 16 Jul 2025 16:00:00 GMT</pubDate>", DAY),
        ("<pubDate>Wed, 16 Jul 2025 15:59:59 GMT</pubDate>", date(2025, 7, 16)),
        ("<pubDate>2025-07-17 23:30:00</pubDate>", DAY),  # no zone: as it stands
        ("<pubDate>2025-07-16T20:00:00Z</pubDate>", DAY),
        ("<pubDate>2025/07/17</pubDate>", DAY),
        ("<pubDate>2025年7月17日</pubDate>", DAY),
        ("<dc:date>2025-07-17</dc:date>", DAY),
        ("<pubDate></pubDate>", None),
        ("<pubDate>soon</pubDate>", None),
        ("", None),
    ],
)
def test_dates(written, day):
    assert read(rss(item(1, written))).entries[0].published_on == day


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<![CDATA[【湛江招商】<em>甲</em>&nbsp;项目]]>", "【湛江招商】甲 项目"),
        ("【湛江招商】&ldquo;甲&rdquo;&amp;乙", "【湛江招商】“甲”&乙"),
        ("【湛江招商】A & B", "【湛江招商】A & B"),
        ("\n 【湛江招商】\n 甲 ", "【湛江招商】 甲"),
        ("&#12304;湛江招商&#12305;甲", "【湛江招商】甲"),
    ],
)
def test_titles(written, title):
    assert read(rss(f"<item><title>{written}</title><link>/1</link></item>")).entries[0].title == title


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("<link>http://a.example/1.html?x=1&y=2</link>", "http://a.example/1.html?x=1&y=2"),
        ("<link>http://a.example/1.html?x=1&amp;y=2</link>", "http://a.example/1.html?x=1&y=2"),
        ("<link><![CDATA[ /1.html ]]></link>", "http://www.zhanjiang.example.gov.cn/1.html"),
        ("<link>1.html</link>", "http://www.zhanjiang.example.gov.cn/rss/1.html"),
        ("<guid>http://a.example/1.html</guid>", "http://a.example/1.html"),
        ("<guid isPermaLink='false'>post-1</guid>", None),
        ("<link>javascript:x</link>", None),
    ],
)
def test_addresses(written, url):
    assert read(rss(f"<item><title>【湛江招商】甲</title>{written}</item>")).entries[0].url == url


def test_a_description_is_a_summary_as_plain_text():
    text = rss(item(1, "<description>&lt;p&gt;第一&amp;nbsp;段&lt;/p&gt;&lt;p&gt;第二段&lt;/p&gt;</description>"))
    assert read(text).entries[0].summary == "第一 段 第二段"
    assert read(text).entries[0].body is None


def test_a_whole_content_is_the_body():
    entry = read(
        rss(item(1, f"<description>概要</description><content:encoded><![CDATA[{WHOLE}]]></content:encoded>"))
    ).entries[0]
    assert entry.summary == "概要"
    assert (entry.body or "").split("\n")[0] == "廉江市举行先进制造业项目集中签约仪式，第0段正文。"
    assert (entry.body or "").count("\n") == 11


@pytest.mark.parametrize("end", ["…", "[…]", "<a href='/1'>阅读全文</a>", "Read more »"])
def test_a_content_that_is_cut_is_a_summary(end):
    entry = read(rss(item(1, f"<content:encoded><![CDATA[{WHOLE}<p>还有{end}</p>]]></content:encoded>"))).entries[0]
    assert entry.body is None
    assert entry.summary is not None


def test_atom_content_is_the_body():
    entry = read(ATOM.format(links="", more=f"<content type='html'><![CDATA[{WHOLE}]]></content>")).entries[0]
    assert (entry.body or "").count("\n") == 11


def test_an_item_that_leads_nowhere_keeps_its_whole_text():
    text = rss(f"<item><title>【湛江招商】甲</title><description><![CDATA[{WHOLE}]]></description></item>")
    entry = read(text).entries[0]
    assert entry.url is None
    assert (entry.body or "").count("\n") == 11


def test_an_item_without_a_title_is_called_by_its_text():
    text = rss(
        "<item><link>/1</link><description>廉江市签约一批项目。后面还有很多内容，说明投资的总额。</description></item>"
    )
    assert read(text).entries[0].title == "廉江市签约一批项目。后面还有很多内容，说明投资的总额。"
    assert read(rss("<item><link>/1</link></item>")).entries == ()


# -- next page --------------------------------------------------------------------------------------------------------


def test_the_next_page_of_an_atom_feed():
    page = read(ATOM.format(links='<link rel="next" href="?page=2"/>', more=""))
    assert page.next_page == PageRequest(f"{URL}?page=2")


def test_the_next_page_of_a_json_feed():
    text = json_feed().replace('"title": "招商"', '"next_url": "/feed?page=2"')
    assert read(text).next_url == "http://www.zhanjiang.example.gov.cn/feed?page=2"


@pytest.mark.parametrize("href", ["https://evil.example/2", "", "http://[", URL, "javascript:1"])
def test_a_next_page_elsewhere_or_nowhere(href):
    assert read(ATOM.format(links=f'<link rel="next" href="{href}"/>', more="")).next_page is None


# -- malformed and hostile --------------------------------------------------------------------------------------------


def test_a_feed_without_items_says_so():
    page = read(rss())
    assert page.entries == ()
    assert page.warnings == ("a feed without items",)


@pytest.mark.parametrize("cut", range(1, 100, 7))
def test_a_feed_that_is_cut_off_yields_its_whole_items(cut):
    whole = rss(item(1), item(2))
    text = whole + item(3)[:cut].replace("</item>", "")
    text = text.replace("</channel></rss>", "")
    page = read(text)
    assert [entry.title for entry in page.entries] == ["【湛江招商】第1个项目", "【湛江招商】第2个项目"]
    assert page.warnings == ("malformed feed; its whole items were read",)


@pytest.mark.parametrize(
    "broken",
    ["<br>", "a < b", "<b>不成对", "\x0b\x00", "\ud800", "&unknown;", "&#0;", "]]>", "<p class=x>"],
)
def test_one_broken_item_does_not_lose_the_others(broken):
    page = read(rss(item(1), item(2, f"<description>摘要{broken}</description>"), item(3)))
    assert [entry.url for entry in page.entries] == [
        f"http://www.zhanjiang.example.gov.cn/zs/{number}.html" for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "odd",
    ["<category/>", "<enclosure/>", "<source><title>x</title></source>", "<geo:lat xmlns:geo='urn:g'>1</geo:lat>",
     "<title><category>x</category></title>", "<author><name/></author>", "<item><title>里面</title></item>",
     "<media:content xmlns:media='http://search.yahoo.com/mrss/' url='/1.jpg'><media:title>图</media:title></media:content>"],
)  # fmt: skip
def test_elements_in_odd_places(odd):
    entries = read(rss(item(1, odd), item(2), tail=f"{odd}</channel></rss>")).entries
    assert [entry.title for entry in entries if "项目" in entry.title] == [
        "【湛江招商】第1个项目",
        "【湛江招商】第2个项目",
    ]


def test_markup_that_is_not_quoted():
    entry = read(rss(item(1, "<description><p>第一段</p><p>第<b>二</b>段</p></description>"))).entries[0]
    assert entry.summary == "第一段 第二段"
    xhtml = "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>" + WHOLE + "</div></content>"
    assert (read(ATOM.format(links="", more=xhtml)).entries[0].body or "").count("\n") == 11


def test_no_file_is_read_and_no_entity_of_the_feed_expanded():
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<!DOCTYPE rss [<!ENTITY a0 "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>'
    page = read(rss(item(), "<item><title>【湛江招商】&a8;&f;乙</title><link>/2</link></item>", head=head))
    assert [entry.title for entry in page.entries] == ["【湛江招商】第1个项目", "【湛江招商】&a8;&f;乙"]


@pytest.mark.parametrize(
    "text",
    [
        "<rss>" + "<a>" * 300_000,
        "<rss><channel>" + "<item>" * 100_000,
        "<rss><channel><item><title>" + "&" * 1_000_000,
        "<rss><channel><item><title>" + "<" * 500_000,
        "<rss " + 'a="b" ' * 200_000 + ">",
        "<rss><channel>" + "<![CDATA[" * 200_000,
        "<rss>" + "<!--" * 300_000,
        "<rss><channel><item><description>" + "&lt;div&gt;" * 50_000 + "</description></item></channel></rss>",
        "<!DOCTYPE rss [" + "<!ENTITY a 'b'>" * 100_000 + "<rss>",
        "<!--" * 500_000,
        "<?" * 500_000,
        '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 100_000,
        '{"version":"https://jsonfeed.org/version/1","items":[1,null,{"title":{"a":1}},{"title":"甲","url":5}]}',
    ],
    ids=lambda text: text[:28],
)
def test_hostile_text_raises_nothing(text):
    page = read_feed(text, raw(), NOW)
    assert page is None or all(entry.title for entry in page.entries)


def test_a_feed_of_thousands_is_read_to_a_limit():
    page = read(rss(*(item(number) for number in range(5200))))
    assert len(page.entries) == 5000
    assert page.warnings == ("only the first 5000 of 5200 items were read",)


SEEDS = [
    rss(item(1), item(2, f"<description><![CDATA[{WHOLE}]]></description>")),
    ATOM.format(links='<link rel="next" href="?page=2"/>', more="<summary>概要</summary>"),
    json_feed(content_text="文"),
]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.text(max_size=8)), max_size=4),
)
def test_mutated_feeds_raise_nothing(seed, cuts):
    text = seed
    for start, length, new in cuts:
        place = start % (len(text) + 1)
        text = text[:place] + new + text[place + length % 60 :]
    page = read_feed(text, raw(), NOW)
    assert page is None or all(entry.title for entry in page.entries)
