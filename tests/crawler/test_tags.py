"""No tag reaches the parser with more attributes than it can take, wherever the tag stands; other pages stay as they are."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import read_listing, read_post
from crawler.extract.html.tree import parse
from crawler.extract.raw import tags
from crawler.extract.raw.charset import decode
from crawler.extract.raw.tags import MOST_ATTRIBUTES, bounded
from monitor.pages import PageRequest, RawPage

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
NOW = datetime.fromisoformat("2025-07-21T08:00:00+08:00")
MANY = " ".join(f"a{number}=1" for number in range(20_000))

QUOTED = MANY.replace("=1", "='1'")


def most_attributes(page: str) -> int:
    return max(len(node.attrib) for node in parse(page, "").root.iter("*"))


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.*")), ids=lambda path: path.name)
def test_no_saved_page_is_changed(path):
    text = decode(path.read_bytes(), None).text
    assert bounded(text) == text


@pytest.mark.parametrize(
    "page",
    [
        "<p a=1 b='2' c=\"3\" d e/><p/a/b=1>",
        "<p a=/x?b=1&c=2 title='a < b'>1 < 2 and 2<b but b>1</p>",
        '<script>for(i=0;i<n;i++){f("<b "+i+\' x="\'+i)}</script>',
        f"<p {' '.join(f'a{number}=1' for number in range(MOST_ATTRIBUTES))}>",
        f"<p>{'many words ' * 5_000}</p>",
    ],
)
def test_what_has_few_attributes_stays(page):
    assert bounded(page) == page


@pytest.mark.parametrize(
    "page",
    [
        f"<div {MANY}>x</div>",
        f"<div/{MANY.replace(' ', '/')}>x</div>",
        f"<div\n{MANY.replace('=1 ', chr(10))}>x</div>",
        "<div " + "".join(f'a{number}="<>"' for number in range(20_000)) + ">x</div>",
        f'<script>a<b c="</script><div {MANY}>x</div>',
        f'<!-- <b c=" --><div {MANY}>x</div>',
        f"<textarea><script></textarea><div {MANY}>x</div>",
        f'<p a"b="c" d=\'<div\'><div {MANY}>x</div>',
        f"<![CDATA[<div ]]>{MANY}>x</div>",
    ],
)
def test_no_tag_keeps_more_attributes_than_the_parser_can_take(page):
    assert most_attributes(page) <= MOST_ATTRIBUTES
    assert parse(page, "").root.text_content().endswith("x")


def test_what_stands_behind_such_a_tag_is_read():
    page = f"<ul {MANY}>" + "".join(
        f"<li><a href='{number}.html'>【湛江招商】第{number}个项目签约</a>2025-07-17</li>" for number in range(5)
    )
    raw = RawPage(PageRequest("http://zs.example/"), "http://zs.example/", page.encode(), NOW)
    assert len(read_listing(raw, NOW).entries) == 5


def test_a_page_of_nothing_but_odd_tags_is_read_from_its_beginning():
    assert len(bounded("<a " * 1_500_000)) < 10_000
    assert len(bounded("<p x" + " y" * 990 + "<" + "<p x" * 1_500_000)) < 10_000


PIECES = [
    "<a",
    "<p",
    "<script",
    "</script>",
    "<!--",
    "-->",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<?",
    "<!",
]
MARKS = [" ", "/", "=", '"', "'", ">", "<", "b", " g", " h=", ' i="', " j='", " k ", "\f", "\u3000", "]]>"]
SOUP = st.lists(st.sampled_from(PIECES + MARKS))
TAIL = st.sampled_from(["", " ".join(f"a{number}=1" for number in range(15)) + ">", ' "x \'y z w="1"v q p o n m l/>'])


@given(soup=SOUP, tail=TAIL)
@settings(max_examples=300)
def test_whatever_stands_before_a_tag_the_parser_sees_no_more(soup, tail):
    page = "".join(soup) + tail
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tags, "MOST_ATTRIBUTES", 5)
        patch.setattr(tags, "_ODD", tags.re.compile(tags._ODD.pattern.replace("{0,200}", "{0,5}")))
        page = tags.bounded(page)
    elements = [node for node in parse(page, "").root.iter("*") if node.tag not in ("html", "body")]
    assert all(len(node.attrib) <= 5 for node in elements)


@pytest.mark.parametrize(
    "body",
    [
        f"<?xml version='1.0'?><list><item {QUOTED}><title>x</title></item></list>",
        f"<rss><channel><item><title>x</title><link {QUOTED}>http://zs.example/1</link></item></channel></rss>",
        f"<rss><channel><item><title>x</title><description><![CDATA[<p {MANY}>x</p>]]></description></item></channel></rss>",
        f"<recordset><record><![CDATA[<li {MANY}><a href=1.html>【湛江招商】甲</a></li>]]></record></recordset>",
        f'[{{"title":"【湛江招商】甲","url":"/1","date":"2025-07-17","content":"<p {MANY}>x</p>"}}]',
    ],
)
def test_many_attributes_inside_xml_and_json_raise_nothing(body):
    raw = RawPage(PageRequest("http://zs.example/"), "http://zs.example/", body.encode(), NOW)
    assert read_listing(raw, NOW).kind in ("xml", "html", "rss", "recordset", "json")
    reading = read_post(raw, NOW)
    assert reading.article is None or reading.article.body
