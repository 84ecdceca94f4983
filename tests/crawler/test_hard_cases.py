"""Hard cases that an adversary found: each of them once lost a post, broke a rule or misread a page."""

import threading
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article
from crawler.extract.dates import read_date
from crawler.extract.html.listing import read_html
from monitor.crawl_process import run_crawl
from monitor.pages import Entry
from monitor.setup import load_setup

pytestmark = pytest.mark.long  # whole processes, one after the other

NOW = datetime(2025, 7, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
URL = "http://h.example/list/index.html"
DAY = date(2025, 7, 17)
ARTICLE = "<html><body><div id='zoom'><p>正文</p></div></body></html>"


@pytest.mark.parametrize(
    "page",
    [
        "<!-- c -->" + ARTICLE,
        ARTICLE + "<!-- c -->",
        "<?xml version='1.0'?>" + ARTICLE,
        "<!DOCTYPE html><!-- c -->" + ARTICLE,
    ],
)
def test_comment_outside_html(page):
    assert read_article(page, URL, NOW).article.body == "正文"


def test_page_in_a_form():  # ASP.NET
    page = "<html><body><form id='form1'><div id='zoom'><p>正文</p></div></form></body></html>"
    assert read_article(page, URL, NOW).article.body == "正文"


@pytest.mark.parametrize("base", ["http://[", "//²"])
def test_bad_base(base):
    assert (
        len(
            read_html(
                f"<base href='{base}'><ul><li><a href='a'>【湛江招商】甲</a>2025-07-17</li></ul>", URL, NOW
            ).entries
        )
        == 1
    )


def test_picture_link_with_title():
    page = "<ul><li><a href='/a' title='【湛江招商】甲'><img src=x></a><span>2025-07-17</span></li></ul>"
    assert read_html(page, URL, NOW).entries == (Entry("【湛江招商】甲", "http://h.example/a", DAY),)


@pytest.mark.parametrize(
    "link",
    [
        "【湛江招商】甲<span>2025-07-17</span>",
        "<span>2025-07-17</span>【湛江招商】甲",
        "<b>【湛江招商】甲</b> <i>2025-07-17 10:30</i>",
    ],
)
def test_link_wraps_title_and_date_without_space(link):
    assert read_html(f"<ul><li><a href='/a'>{link}</a></li></ul>", URL, NOW).entries == (
        Entry("【湛江招商】甲", "http://h.example/a", DAY),
    )


@pytest.mark.parametrize("words", ["下一页 >", "下一页>>", "[下一页]", "下一页»"])
def test_next_words(words):
    assert read_html(f"<ul><li><a href='/a'>甲</a>2025-07-17</li></ul><a href='2.html'>{words}</a>", URL, NOW).next_url


@pytest.mark.parametrize("text", ["第3-4期", "1-2-3", "0759-3-12"])
def test_guessed_dates(text):
    assert read_date(text, NOW) is None


def test_one_character_cut():
    page = "<ul><li><a href='/a' title='【湛江招商】甲乙丙'>【湛江招商】甲乙…</a>2025-07-17</li></ul>"
    assert read_html(page, URL, NOW).entries[0].title == "【湛江招商】甲乙丙"


def test_title_tail_is_no_date():
    page = "<ul><li><a href='/a'>【湛江招商】投资 5-10亿元</a></li></ul>"
    assert all(e.title == "【湛江招商】投资 5-10亿元" for e in read_html(page, URL, NOW).entries)


def test_summary_with_a_date_before_the_date():
    page = "<ul><li><a href='/a'>【湛江招商】甲</a><p>2023年12月1日签约</p><span>2025-07-17</span></li></ul>"
    assert read_html(page, URL, NOW).entries[0].published_on == DAY


def test_pager_inside_the_list():
    page = "<ul><li><a href='/a'>【湛江招商】甲</a>2025-07-17</li><li><a href='2.html'>下一页</a></li></ul>"
    assert [e.title for e in read_html(page, URL, NOW).entries] == ["【湛江招商】甲"]


def test_event_date_is_no_publication_date():
    page = "<html><body><div id=zoom><p>活动时间为2023年5月1日，地点。</p></div></body></html>"
    assert read_article(page, URL, NOW).article.published_on is None


def test_carousel_arrow_before_the_pager():
    page = "<a href='/slide'>›</a><ul><li><a href='/a'>甲</a>2025-07-17</li></ul><a href='2.html'>下一页</a>"
    assert read_html(page, URL, NOW).next_url == "http://h.example/list/2.html"


def test_compact_date_and_time():
    assert read_date("202507171030", NOW).day == DAY


def test_callback_error_counts_as_failure(watched, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")])
    site.put("/1.html", "<!-- c -->" + ARTICLE)
    done = watched.workplace.scrapy("crawl", "site")
    (post,) = watched.posts().values()
    assert post.body or post.attempts == 1
    assert "Traceback" not in done.stderr


def test_empty_second_page_is_broken(watched, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")], next_page="/list2.html")
    site.post("/1.html", ["一"])
    site.put("/list2.html", "<html><body>请完成验证</body></html>")
    assert not watched.crawl().row.completed
    site.listing("/list2.html", [("/2.html", "【湛江招商】乙", "2025-07-16")])
    site.post("/2.html", ["二"])
    watched.crawl()
    assert len(watched.posts()) == 2


def test_robots_obeyed_with_pending_posts(watched, site):
    site.listing("/list.html", [(f"/{n}.html", f"【湛江招商】甲{n}", "2025-07-17") for n in (1, 2, 3)])
    site.put("/robots.txt", "User-agent: *\nDisallow: /3.html\nDisallow: /2.html", content_type="text/plain")
    site.post("/3.html", ["禁"])
    site.post("/2.html", ["禁"])
    watched.crawl()
    watched.crawl()
    assert {"/3.html", "/2.html"}.isdisjoint(site.requests)


def test_robots_obeyed_on_another_host(watched, site):
    # first crawl, posts on a host of their own: all of them wait for its robots.txt at once
    other = site.url.replace("127.0.0.1", "localhost")
    site.listing("/list.html", [(f"{other}/p/{n}.html", f"【湛江招商】甲{n}", "2025-07-17") for n in range(6)])
    site.put("/robots.txt", "User-agent: *\nDisallow: /p/", content_type="text/plain")
    watched.crawl("-s", "RETRY_TIMES=0")
    assert not [path for path in site.requests if path.startswith("/p/")]


def test_url_argument_gap(watched, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")], next_page="/list2.html")
    site.post("/1.html", ["一"])
    site.put("/list2.html", "x", status=503)
    watched.crawl("-s", "RETRY_TIMES=0")
    (watched.workplace.path / "d.txt").write_text("-\n【湛江招商】丁\n文\n2025-07-01\n")
    watched.crawl("-a", "url=d.txt")
    site.listing("/list2.html", [("/2.html", "【湛江招商】乙", "2025-07-16")])
    site.post("/2.html", ["二"])
    watched.crawl()
    assert len(watched.posts()) == 3


def test_all_rejected_is_not_complete(watched, site):
    site.put("/list.html", "<ul><li><a href='javascript:a()'>【湛江招商】甲</a>2025-07-17</li></ul>")
    assert not watched.crawl().row.completed


@pytest.mark.parametrize("args", [("-a", "url=ftp://x/y"), ("-s", "ZHAOSHANG_NOW=rubbish")])
def test_no_traceback(watched, args):
    done = watched.workplace.scrapy("crawl", "site", *args)
    assert "Traceback" not in done.stderr
    assert done.returncode


def test_hand_written_source_spider(watched, site):
    (watched.workplace.path / "hand.py").write_text(f"""
from crawler.spiders.source import SourceSpider
from monitor.config import SourceConfig
from monitor.setup import load_setup
class Mine(SourceSpider):
    name = "mine"
    source = SourceConfig(name="mine", url="{site.url}/list.html", allow_private=True)
    setup = load_setup()
""")
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")])
    site.post("/1.html", ["一"])
    env = {"PYTHONPATH": watched.workplace._env({})["PYTHONPATH"] + ":" + str(watched.workplace.path)}
    done = watched.workplace.scrapy("crawl", "mine", "-s", "SPIDER_MODULES=crawler.spiders,hand", **env)
    assert "Traceback" not in done.stderr
    assert "mine: crawl completed" in done.stderr


def test_refused_crawl_keeps_the_running_ones_log(watched, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17"), ("/2.html", "【甲】乙", "2025-07-17")])
    site.post("/1.html", ["一"])
    site.pages["/1.html"].delay = 4
    first = watched.workplace.start("crawl", "site")
    watched.wait_for(lambda: "/1.html" in site.requests) if (watched.workplace.path / "crawl.log").write_text(
        ""
    ) is not None else None
    log = watched.workplace.data / "logs" / "site.log"
    before = log.read_text()
    assert "off-label" in before
    watched.workplace.zhaoshang("crawl", "site")
    first.wait()
    after = log.read_text()
    assert "【甲】乙" in after


def test_moved_while_pending_is_asked_at_its_new_address(watched, site):
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")])
    watched.crawl()
    site.listing("/list.html", [("/new.html", "【湛江招商】甲", "2025-07-17")])
    site.post("/new.html", ["一"])
    watched.crawl()
    (post,) = watched.posts().values()
    assert post.body == "一"


@pytest.mark.usefixtures("watched")
def test_a_timeout_is_told_as_one(workplace, site, monkeypatch):

    monkeypatch.chdir(workplace.path)
    site.listing("/list.html", [("/1.html", "【湛江招商】甲", "2025-07-17")])
    site.pages["/list.html"].delay = 6
    toml = (workplace.path / "zhaoshang.toml").read_text()
    workplace.configure(toml.replace("delay = 0", 'delay = 0\ntimeout = "4s"'))
    outcome = run_crawl(load_setup(), "site", clock=lambda: datetime.now(UTC), set_now=False, stop=threading.Event())
    assert "took longer than 4 s" in outcome.error  # got: "shutdown"
