"""No page makes the extractor raise: fixtures cut, spliced and flipped at random, and pages made to be hostile."""

import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import read_listing, read_post
from monitor.pages import PageRequest, RawPage

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
BODIES = {path.name: path.read_bytes() for path in sorted(PAGES.rglob("*.*")) if not path.name.endswith(".expect.json")}
NOW = datetime.fromisoformat("2025-07-21T08:00:00+08:00")
CHARSETS = [None, "text/html", "text/html; charset=gbk", "text/html; charset=utf-8", "application/json; charset=big5"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A fixture with a few pieces cut out, doubled, taken from another one, or replaced by rubbish."""
    body = BODIES[draw(st.sampled_from(sorted(BODIES)))][:60_000]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from([0, 1, 2, 10, 200, 5000])))
        other = BODIES[draw(st.sampled_from(sorted(BODIES)))]
        middle = draw(
            st.binary(max_size=6)
            | st.sampled_from(
                [b"", body[start:end] * 2, other[: draw(st.integers(0, 3000))], b"<", b"\x00", b"\xff\xfe", b"]]>"]
            )
        )
        body = body[:start] + middle + body[end:]
    return body if draw(st.booleans()) else body[: draw(st.integers(0, len(body)))]


def read(body: bytes, content_type: str | None) -> None:
    raw = RawPage(
        PageRequest("http://zs.example/list/index.html"), "http://zs.example/list/", body, NOW, 200, content_type
    )
    page = read_listing(raw, NOW)
    for entry in page.entries:
        assert entry.url is None or entry.url.startswith(("http://", "https://"))
        entry.title.encode()  # no lone surrogates: it can be stored
    reading = read_post(raw, NOW)
    assert reading.article is None or reading.article.body


@given(body=damaged(), content_type=st.sampled_from(CHARSETS))
@settings(max_examples=60)
def test_no_damaged_page_makes_it_raise(body, content_type):
    read(body, content_type)


@pytest.mark.long
@given(body=damaged(), content_type=st.sampled_from(CHARSETS))
@settings(max_examples=1500)
def test_no_damaged_page_makes_it_raise_however_long_one_tries(body, content_type):
    read(body, content_type)


HOSTILE = {
    "five megabytes of records on one line": "'<ul>' + ''.join(f'<li><a href={n}>【湛江招商】第{n}个项目</a>2025-07-17</li>' for n in range(60000))",
    "five megabytes of text on one line": "'2025-07-17 【湛江招商】' * 200000",
    "twenty thousand nested tags": "'<div>' * 20000 + '<p>【湛江招商】甲</p>' + '</div>' * 20000",
    "twenty thousand nested links": "''.join(f'<div><a href={n}>【湛江招商】第{n}个项目</a>' for n in range(20000))",
    "a table of tables": "'<table><tr><td>' * 7000",
    "a hundred thousand numbers": "''.join(f'<a href={n}>{n}</a>' for n in range(100000))",
    "deep json": "'[' * 2000000",
    "much json": "'[' + ','.join('{\"title\":\"【湛江招商】第%d个项目\",\"date\":\"2025-07-17\",\"url\":\"/%d\"}' % (n, n) for n in range(60000)) + ']'",
    "much xml": "'<recordset>' + '<record><![CDATA[<li><a href=x>【湛江招商】甲</a></li>]]></record>' * 60000",
    "an article of five megabytes": "'<div id=zoom>' + '<p>湛江签约一个项目。</p>' * 200000",
    "brackets": "'【' * 1600000",
    "less-than signs": "'<' * 5000000",
    "a tag of many attributes": "'<p ' + ' '.join(f'a{n}=1' for n in range(300000)) + '>x'",
    "tags of many attributes": "('<p ' + ' '.join(f'a{n}=1' for n in range(5000)) + '>x</p>') * 200",
    "attributes with tags in them": "'<p ' + ' '.join(f'a{n}=\"<p>\"' for n in range(300000)) + '>x'",
    "an xml tag of many attributes": "'<?xml version=\"1.0\"?><list><item ' + ' '.join(f'a{n}=\"1\"' for n in range(300000)) + '><title>x</title></item></list>'",
    "many attributes in a feed": "'<rss><channel><item><title>x</title><description><![CDATA[<p ' + ' '.join(f'a{n}=1' for n in range(300000)) + '>x]]></description></item></channel></rss>'",
    "many attributes in json": "'{\"data\":{\"html\":\"<li ' + ' '.join(f'a{n}=1' for n in range(300000)) + '><a href=1>湛江招商</a></li>\"}}'",
    "a list of many classes": "'<ul class=\"' + ' '.join(f'cx{chr(97+n%26)*(n%40)}' for n in range(200000)) + '\">' + ''.join(f'<li><a href={n}>【湛江招商】第{n}个项目</a>2025-07-17</li>' for n in range(2000))",
    "a long base": "'<base href=\"http://a.example/' + 'x/../'*500000 + '\">' + ''.join(f'<li><a href={n}>【湛江招商】第{n}个项目</a>2025-07-17</li>' for n in range(20000))",
    "document types": "'<!DOCTYPE html>' * 400000",
    "instructions": "'<?a b?>x' * 800000",
    "entities": "'&nosuch&amp;' * 600000",
    "links without an end": "''.join(f'<a href={n}>【湛江招商】第{n}个项目' for n in range(150000))",
    "formatting without an end": "'<b><p><i>' * 500000",
    "formatting that ends elsewhere": "'<b><p></b>' * 500000",
    "options": "'<select><option value=1>1' * 100000",
    "comments between records": "''.join(f'<li><!-- {n} --><a href={n}>【湛江招商】第{n}个项目</a></li>' for n in range(60000))",
    "labels without links": "''.join(f'<div id=a{n}>【湛江招商】第{n}个项目</div>' for n in range(100000))",
    "nested lists": "'<ul><li>' * 300000",
    "digits": "'<li>' + '1' * 5000000",
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_time_and_in_memory(name):
    """In a process of its own, which the kernel ends beyond 500 MB of data or ten seconds of processor time."""
    script = textwrap.dedent(f"""
        import resource
        from datetime import datetime
        from crawler.extract import read_listing, read_post
        from monitor.pages import PageRequest, RawPage
        body = ({HOSTILE[name]}).encode()[:8 * 1024 * 1024]
        now = datetime.fromisoformat("2025-07-21T08:00:00+08:00")
        raw = RawPage(PageRequest("http://zs.example/"), "http://zs.example/", body, now)
        for read in (read_listing, read_post):
            spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime
            resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + 11, resource.RLIM_INFINITY))
            read(raw, now)
        status = open("/proc/self/status").read()
        print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PAGES.parent.parent.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) < 500
