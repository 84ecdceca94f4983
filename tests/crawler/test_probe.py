"""The probe below the command line: what it makes of a page, and the Scrapy command that people run by hand."""

import json
import threading
from collections.abc import Iterator
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.probe import Wish, page_title, probe_file, probe_page, told
from monitor.pages import Attachment, Block, BlockKind, Entry, ListingPage, PageRequest, RawPage
from monitor.probes import ProbedEntry, ProbedListing, ProbedPost, listing_of, post_of, to_json

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def raw(body: bytes | str = b"", url: str = "https://zj.example/list.html") -> RawPage:
    return RawPage(PageRequest(url), url, body.encode() if isinstance(body, str) else body, NOW)


def listing(*titles: str) -> ListingPage:
    entries = tuple(Entry(title, f"https://zj.example/{n}", date(2025, 7, n)) for n, title in enumerate(titles, 1))
    return ListingPage("https://zj.example/list.html", "html", entries)


def test_entries_are_sorted_by_the_label_pattern_and_told_with_the_text_in_their_brackets():
    found = told(listing("【湛江 招商】甲", "［投资廉江市］乙", "丙"), raw(), Wish("x", NOW))
    assert [(entry.title, entry.label) for entry in found.entries] == [("【湛江 招商】甲", "湛江招商")]
    assert [entry.title for entry in found.skipped] == ["［投资廉江市］乙", "丙"]
    assert (found.label, found.warnings, found.newest) == ("【…招商】", (), date(2025, 7, 1))


@pytest.mark.parametrize(
    ("wished", "titles", "label", "admitted", "warned"),
    [
        ("", ("甲", "乙"), "…", 2, "no title has a label like 【…招商】"),
        ("", ("【投资廉江】甲",), "…", 1, "no title has a label like 【…招商】"),
        ("", (), "【…招商】", 0, ""),
        ("【…招商】", ("甲", "乙"), "【…招商】", 0, "no title fits"),
        ("【…】", ("【湛江】甲", "乙"), "【…】", 1, ""),
    ],
)
def test_a_pattern_that_no_title_fits_is_told(wished, titles, label, admitted, warned):
    found = told(listing(*titles), raw(), Wish("x", NOW, label=wished))
    assert (found.label, len(found.entries)) == (label, admitted)
    assert bool(found.warnings) == bool(warned)
    assert not warned or warned in found.warnings[0]


def test_where_the_reading_goes_on_is_the_next_page_or_the_call():
    call, after = PageRequest("https://zj.example/api"), PageRequest("https://zj.example/2")
    page = ListingPage("https://zj.example/", "html", (), call=call)
    found = told(page, raw(), Wish("x", NOW))
    assert (found.next_page, found.call) == (call, call)
    assert "fetched from https://zj.example/api" in found.trouble
    both = ListingPage("https://zj.example/", "html", (Entry("甲"),), call=call, next_page=after)
    assert told(both, raw(), Wish("x", NOW)).next_page == after


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>招商动态_湛江市人民政府</title>", "招商动态_湛江市人民政府"),
        ("<TITLE lang=zh>\n 招商&nbsp;&middot;\u200b动态 </TITLE>", "招商 ·动态"),
        (
            "<meta name='SiteName' content='湛江市'><meta content='招商动态' name=ColumnName><title>x</title>",
            "湛江市 招商动态",
        ),
        ("<meta name='SiteName' content='湛江市'><title>x</title>", "x"),
        ("<svg><title></title></svg>", ""),
        ("<title>" + "长" * 500, "长" * 60),
        ("", ""),
    ],
)
def test_a_page_is_called_by_what_it_calls_itself(head, title):
    assert page_title(head.encode(), "utf-8") == title
    assert page_title(head.encode("gb18030"), "gb18030") == title
    assert page_title(head.encode(), "no-such-charset") == ""


@pytest.mark.parametrize(
    "body", [b"<title" * 200_000, b"<meta " * 200_000, b"<title>" + b"<" * 500_000, b"\xff" * 100_000]
)
def test_hostile_heads_are_no_title(body):
    assert len(page_title(body, "utf-8")) <= 60


def test_a_saved_page_is_read_under_the_address_that_it_is_given(tmp_path):
    path = tmp_path / "保存.html"
    rows = "".join(
        f"<li><a href='t{n}.html'>【湛江招商】第{n}个项目开工</a><span>2025-07-1{n}</span></li>" for n in range(1, 6)
    )
    path.write_text(f"<html><body><ul>{rows}</ul></body></html>", encoding="utf-8")
    found = probe_file(Wish(str(path), NOW, base_url="https://zj.example/zs/"), BytesIO())
    assert isinstance(found, ProbedListing)
    assert [entry.url for entry in found.entries] == [f"https://zj.example/zs/t{n}.html" for n in range(1, 6)]
    alone = probe_file(Wish(path.as_uri(), NOW), BytesIO())
    assert isinstance(alone, ProbedListing)
    assert alone.url == path.as_uri()
    assert [entry.url for entry in alone.entries] == [None] * 5
    assert "5 records have relative addresses: say with --base-url" in alone.warnings[-1]
    piped = probe_file(Wish("-", NOW, base_url="https://zj.example/zs/"), BytesIO(path.read_bytes()))
    assert piped == found


@pytest.mark.parametrize(("target", "words"), [("/no/such", "no such file"), ("/", "is a folder"), ("a\0b", "null")])
def test_a_file_that_cannot_be_read_is_told_for_listings_and_posts(target, words):
    for post in (False, True):
        found = probe_file(Wish(target, NOW, post=post), BytesIO())
        assert words in found.error
        assert found.trouble == found.error


def test_more_than_the_ceiling_is_not_read():
    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 < size <= 1001
            return b"x" * size

    found = probe_file(Wish("-", NOW, max_bytes=1000), Endless())
    assert "is larger than" in found.error


@pytest.mark.parametrize("post", [False, True])
def test_a_page_that_is_no_page_is_no_exception(post):
    for body in (b"", b"\0" * 1000, b"\xff\xfe\xfd", "<html>\ud800</html>".encode("utf-8", "surrogatepass")):
        found = probe_page(raw(body), Wish("x", NOW, post=post))
        assert found.trouble
        to_json(found).encode()


TEXT = st.text(st.characters(), max_size=20)
REQUESTS = st.builds(
    PageRequest, TEXT, st.sampled_from(["GET", "POST"]), TEXT, st.sampled_from([(), (("Referer", "x"),)])
)
BLOCKS = st.none() | st.builds(Block, st.sampled_from(BlockKind), TEXT)
DAYS = st.none() | st.dates()
ENTRIES = st.builds(ProbedEntry, TEXT, st.none() | TEXT, st.none() | TEXT, DAYS, st.none() | TEXT, st.none() | TEXT)


@given(
    st.builds(
        ProbedListing, TEXT, TEXT, TEXT, st.lists(ENTRIES, max_size=2).map(tuple), st.just(()), st.none() | REQUESTS,
        st.lists(TEXT, max_size=2).map(tuple), st.sampled_from([0.0, 0.5]), TEXT, TEXT, BLOCKS, st.none() | REQUESTS,
        TEXT, TEXT, st.booleans(), TEXT, TEXT,
    )
)  # fmt: skip
def test_a_listing_survives_its_json_which_cannot_act_on_a_terminal(found):
    text = to_json(found)
    assert listing_of(text.encode().decode()) == found
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u200b\u2028" for char in text)


@given(
    st.builds(
        ProbedPost, TEXT, st.none() | TEXT, st.lists(TEXT, max_size=2).map(tuple), DAYS, st.none() | TEXT,
        st.lists(st.builds(Attachment, TEXT, TEXT), max_size=2).map(tuple), st.lists(TEXT, max_size=2).map(tuple),
        TEXT, TEXT, BLOCKS, TEXT,
    )
)  # fmt: skip
def test_a_post_survives_its_json(found):
    assert post_of(to_json(found)) == found


# -- `scrapy probe` ----------------------------------------------------------------------------------------------------


@pytest.fixture
def interface() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """A site whose list is behind a POST; its address, and what was posted to it: path, Referer, body."""
    posted: list[tuple[str, str, str]] = []
    shell = """<html><head><title>招商信息</title></head><body><ul id="list"></ul><script>
        $.ajax({type: "POST", url: "/api/getPageList", contentType: "application/json",
            data: JSON.stringify({pageIndex: 1, pageSize: 15, categoryNum: "001002"}),
            success: function (data) { render(data.records); }});
        </script></body></html>"""
    records = [
        {"title": f"【湛江招商】第{n}个项目开工建设", "url": f"/art/{n}.html", "publishDate": f"2025-07-1{n}"}
        for n in range(1, 6)
    ]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(404 if self.path == "/robots.txt" else 200, "text/html; charset=utf-8", shell)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posted.append((self.path, self.headers["Content-Type"], body))
            self.answer(200, "application/json", json.dumps({"code": 0, "data": {"records": records}}))

        def answer(self, status: int, kind: str, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/list/index.html", posted
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.long
def test_a_call_that_is_a_post_is_made_as_the_page_makes_it(workplace, interface):
    url, posted = interface
    done = workplace.scrapy("probe", url, "--allow-private")
    assert done.returncode == 0, done.stderr + done.stdout
    found = listing_of(done.stdout)
    ((path, kind, body),) = posted
    assert (path, json.loads(body)["categoryNum"]) == ("/api/getPageList", "001002")
    assert kind.startswith("application/json")
    assert [entry.title for entry in found.entries] == [f"【湛江招商】第{n}个项目开工建设" for n in range(1, 6)]
    assert found.call is not None
    assert (found.call.method, found.url, found.page_title) == ("POST", url, "招商信息")


@pytest.mark.long
def test_by_hand_it_prints_one_object_and_one_line(workplace, site):
    site.listing("/list.html", [(f"/{n}.html", f"【湛江招商】第{n}个项目", f"2025-07-1{n}") for n in range(1, 6)])
    done = workplace.scrapy("probe", f"{site.url}/list.html", "--allow-private", "-s", "ZHAOSHANG_NOW=2025-07-21T08:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(listing_of(done.stdout).entries) == 5
    missing = workplace.scrapy("probe", f"{site.url}/missing.html", "--allow-private")
    assert (missing.returncode, missing.stderr) == (1, f"probe: {site.url}/missing.html: HTTP 404\n")
    assert listing_of(missing.stdout).error == "HTTP 404"
    for wrong in ([], ["--source", "nope"], ["http://", "--post"], ["x", "--label", " "], ["x", "--now", "soon"]):
        assert workplace.scrapy("probe", *wrong).returncode == 2


def test_an_error_page_that_says_how_it_blocks_is_named(workplace, site):
    challenge = "<html><script>document.cookie='__jsl_clearance=1;';location.href=location.pathname</script></html>"
    site.put("/list.html", challenge, status=521)
    done = workplace.scrapy("probe", f"{site.url}/list.html", "--allow-private")
    assert done.returncode == 1
    found = listing_of(done.stdout)
    assert found.error.startswith("HTTP 521")
    assert found.blocked is not None
    assert found.blocked.kind is BlockKind.CHALLENGE


@pytest.mark.long
def test_a_page_in_the_intranet_is_refused_and_says_what_lets_it_be_read(workplace, site, redirecting_site):
    outside = redirecting_site(f"{site.url}/list.html")
    for url in (f"{site.url}/list.html", outside, site.url.replace("127.0.0.1", "2130706433")):
        done = workplace.scrapy("probe", url)
        assert done.returncode == 1
        assert "is not a public address; allow_private" in done.stderr
    assert site.log == []


def test_a_probe_stores_nothing(workplace, site):
    site.listing("/list.html", [(f"/{n}.html", f"【湛江招商】第{n}个项目", f"2025-07-1{n}") for n in range(1, 6)])
    workplace.configure(f'[[source]]\nname = "a"\nurl = "{site.url}/list.html"\nallow_private = true\n')
    before = sorted(workplace.path.rglob("*"))
    assert workplace.scrapy("probe", "--source", "a").returncode == 0
    assert sorted(workplace.path.rglob("*")) == before
