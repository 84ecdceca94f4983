"""How a host is treated: the pace between requests, robots.txt, and what is done when the host says that it is busy."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from scrapy.settings import Settings

from crawler.fetching import apply
from crawler.politeness import (
    JITTER,
    LONGEST_CRAWL_DELAY,
    LONGEST_REST,
    LONGEST_WAIT,
    MOST_BUSY,
    NO_DELAY,
    HostPace,
    backoff,
    retry_after,
    slot_delay,
)
from crawler.robots import is_html, own_rules
from monitor.config import CrawlConfig, SourceConfig

NOW = datetime(2025, 7, 21, 8, 0, tzinfo=UTC)
HOST = "127.0.0.1"


def gaps(site) -> list[float]:
    """Seconds between one request and the next, as the site saw them."""
    return [later.at - earlier.at for earlier, later in zip(site.log, site.log[1:], strict=False)]


# -- pure -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("Mon, 21 Jul 2025 08:02:00 GMT", 120),
        ("Monday, 21-Jul-25 08:02:00 GMT", 120),
        ("Mon, 21 Jul 2025 16:02:00 +0800", 120),
        ("Mon, 21 Jul 2025 08:02:00 -0000", 120),
        ("Mon, 21 Jul 2025 07:00:00 GMT", 0),  # past
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 50, None),
        ("Mon, 99 Jul 2025 08:02:00 GMT", None),
        ("Mon, 21 Jul 99999 08:02:00 GMT", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


@given(st.text())
def test_retry_after_says_nothing_rather_than_raising(value):
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_backing_off_doubles_up_to_ten_minutes():
    assert [backoff(1.0, busy, lambda low, _: low) for busy in (1, 2, 3, 4)] == [5, 10, 20, 40]
    assert backoff(1.0, 1, lambda _, high: high) == 7.5
    assert backoff(1.0, 1000) == LONGEST_WAIT
    assert backoff(0.0, 1, lambda low, _: low) == 0.5


def test_crawl_delay_is_heeded_when_it_is_longer_and_up_to_a_minute():
    pace = HostPace(1.0)
    assert not pace.heed(None)
    assert not pace.heed(0.5)
    assert pace.heed(10.0)
    assert pace.floor == 10.0
    assert pace.heed(86400.0)
    assert pace.floor == LONGEST_CRAWL_DELAY
    assert not pace.heed(86400.0)


def test_a_busy_host_is_slowed_down_for_good_and_left_alone_in_the_end():
    pace = HostPace(1.0)
    assert pace.slow_down(429, 30.0) == 30.0
    assert (pace.floor, pace.closed) == (2.0, "")
    for _ in range(MOST_BUSY - 2):
        pace.slow_down(503, None)
    assert pace.closed == ""
    pace.slow_down(503, None)
    assert pace.closed == f"the site is busy: HTTP 503, {MOST_BUSY} times in a row"
    assert pace.floor == 60.0


def test_a_host_that_asks_for_more_than_ten_minutes_is_left_alone_at_once():
    pace = HostPace(1.0)
    pace.slow_down(429, 600.0)
    assert pace.closed == ""
    pace.slow_down(429, 3600.0)
    assert pace.closed == "the site asks to wait 3600 s"


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1000))
def test_a_slow_host_rests_as_long_as_it_works_and_no_host_less_than_its_floor(floor, present, latency):
    delay = HostPace(floor).rest(present, latency)
    if floor < 2 * NO_DELAY:
        assert delay == slot_delay(0)  # tests, and who knows what they do
    else:
        assert delay >= slot_delay(floor)
        assert delay >= min(2 * latency, LONGEST_REST)
        assert delay <= max(slot_delay(floor), present, 2 * latency)


def test_the_jitter_goes_one_way_only():
    assert slot_delay(1.0) * (1 - JITTER) == pytest.approx(1.0)
    assert slot_delay(1.0) * (1 + JITTER) == pytest.approx(1.5)


def test_one_request_a_second_unless_the_configuration_says_otherwise():
    settings = Settings()
    source = SourceConfig(name="site", url="http://www.example.cn/")
    apply(settings, CrawlConfig(), source)
    assert settings.getfloat("DOWNLOAD_DELAY") * (1 - settings.getfloat("DOWNLOAD_DELAY_JITTER")) == pytest.approx(1.0)
    apply(settings, CrawlConfig(delay=0), source)
    assert settings.getfloat("DOWNLOAD_DELAY") < 0.002


# -- the pace ---------------------------------------------------------------------------------------------------------


def test_the_configured_delay_lies_between_two_requests(site, fetch):
    for path in ("/1", "/2", "/3"):
        site.put(path, "页面")
    fetched = fetch(*(site.url + path for path in ("/1", "/2", "/3")), crawl={"delay": 0.4})
    assert len(fetched.pages) == 3
    assert fetched.delays == {HOST: (pytest.approx(0.5), JITTER)}
    assert min(gaps(site)) > 0.3  # 0.4, less what the first of two needs to get there


@pytest.mark.long
def test_a_slow_host_is_given_rest_and_a_fast_one_is_not_slowed_down(site, fetch):
    site.put("/slow", "页面", delay=0.6)
    site.put("/fast", "页面")
    slow = fetch(f"{site.url}/slow", crawl={"delay": 0.1})
    assert slow.delays[HOST][0] > 1.1
    fast = fetch(f"{site.url}/fast", crawl={"delay": 0})
    assert fast.delays == {HOST: (slot_delay(0), JITTER)}


def test_crawl_delay_is_honoured(site, fetch):
    site.put("/page", "页面")
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.5\n", content_type="text/plain")
    fetched = fetch(f"{site.url}/page", f"{site.url}/page?2")
    assert fetched.delays == {HOST: (pytest.approx(0.625), JITTER)}
    assert min(gaps(site)) > 0.4
    assert f"{HOST}: robots.txt asks for 0.5 s between two requests" in fetched.log


# -- busy hosts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_asked_again_when_it_says_so_and_so_is_the_rest_of_it(site, fetch, status):
    site.put("/busy", "", status=status, Retry_After="1")
    site.put("/other", "页面")
    urls = [f"{site.url}/busy", f"{site.url}/other"]
    fetched = fetch(*urls, settings={"RETRY_TIMES": 1})
    assert fetched.reasons == {urls[0]: f"HTTP {status}"}
    assert list(fetched.pages) == [urls[1]]
    busy = [number for number, asked in enumerate(site.log) if asked.path == "/busy"]
    assert len(busy) == 2
    for number in busy[: len(site.log) - 1]:
        if number + 1 < len(site.log):
            assert site.log[number + 1].at - site.log[number].at >= 1.0
    assert fetched.delays[HOST][0] >= slot_delay(0.2)


def test_a_host_that_asks_for_an_hour_is_left_alone_and_the_reason_says_so(site, fetch):
    site.put("/busy", "", status=429, Retry_After="3600")
    for number in range(5):
        site.put(f"/{number}", "页面")
    urls = [f"{site.url}/busy", *(f"{site.url}/{number}" for number in range(5))]
    fetched = fetch(*urls)
    assert set(fetched.reasons.values()) == {"the site asks to wait 3600 s"}
    assert fetched.reasons[urls[0]]
    assert site.requests.count("/busy") == 1
    assert len(fetched.reasons) + len(fetched.pages) == 6
    assert len(site.requests) == 1 + len(fetched.pages)  # what waited for its turn was not sent
    assert "it is asked nothing more in this crawl" in fetched.log


def test_a_date_is_meant_by_the_server_s_own_clock(site, fetch):
    site.put("/busy", "", status=503, Retry_After="Mon, 21 Jul 2025 10:00:00 GMT", Date="Mon, 21 Jul 2025 08:00:00 GMT")
    fetched = fetch(f"{site.url}/busy")
    assert fetched.reasons == {f"{site.url}/busy": "the site asks to wait 7200 s"}


@pytest.mark.long
def test_a_host_that_is_busy_for_ever_is_given_up(site, fetch):
    urls = [f"{site.url}/{number}" for number in range(8)]
    for number in range(8):
        site.put(f"/{number}", "", status=503, Retry_After="0")
    fetched = fetch(*urls, settings={"RETRY_TIMES": 0})
    given_up = f"the site is busy: HTTP 503, {MOST_BUSY} times in a row"
    assert sorted(fetched.reasons.values()) == ["HTTP 503"] * (MOST_BUSY - 1) + [given_up] * (8 - MOST_BUSY + 1)
    assert len(site.requests) == MOST_BUSY


def test_another_host_is_not_slowed_down(site, fetch):
    site.put("/busy", "", status=429, Retry_After="3600")
    site.put("/page", "页面")
    other = site.url.replace("127.0.0.1", "localhost")
    fetched = fetch(f"{site.url}/busy", f"{other}/page")
    assert list(fetched.pages) == [f"{other}/page"]


def test_a_redirection_to_another_host_is_paced_as_that_host(site, fetch):
    other = site.url.replace("127.0.0.1", "localhost")
    site.put("/page", "", status=302, Location=f"{other}/other")
    site.put("/other", "页面")
    fetched = fetch(f"{site.url}/page", crawl={"delay": 0.1})
    assert sorted(fetched.delays) == [HOST, "localhost"]


# -- robots.txt -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "kind", "reason"),
    [
        ("User-agent: *\nDisallow: /page", 200, "text/plain", "robots.txt forbids this page"),
        ("User-agent: *\nDisallow: /page", 200, "text/html", "robots.txt forbids this page"),
        ("\ufeffUser-agent: ZhaoShang/2 # us\nDisallow: /", 200, "text/plain", "robots.txt forbids this page"),
        ("User-agent: zhaoshang\nAllow: /\n\nUser-agent: *\nDisallow: /", 200, "text/plain", None),
        ("User-agent: baiduspider\nDisallow: /", 200, "text/plain", None),
        ("User-agent: zhaoshang-images\nDisallow: /", 200, "text/plain", None),
        ("<html><body>User-agent: *\nDisallow: /\n找不到</body></html>", 200, "text/plain", None),  # a soft 404
        ("User-agent: *\nDisallow: /", 404, "text/plain", None),
        ("User-agent: *\nDisallow: /", 403, "text/plain", None),
        ("", 200, "text/plain", None),
        ("", 500, "text/plain", "robots.txt cannot be read: HTTP 500"),
        ("", 503, "text/plain", "robots.txt cannot be read: HTTP 503"),
        ("", 429, "text/plain", "robots.txt cannot be read: HTTP 429"),
    ],
)
def test_what_robots_txt_means(site, fetch, body, status, kind, reason):
    site.put("/page", "页面")
    site.put("/robots.txt", body, status=status, content_type=kind)
    fetched = fetch(
        f"{site.url}/page", crawl={"contact": "https://baiduspider.example.cn"}, settings={"RETRY_TIMES": 0}
    )
    assert fetched.reasons.get(f"{site.url}/page") == reason
    assert site.requests == ([] if reason else ["/page"])


def test_a_robots_txt_that_does_not_come_is_named_for_every_page(site, fetch):
    site.put("/robots.txt", "", delay=5)
    urls = [f"{site.url}/1", f"{site.url}/2"]
    fetched = fetch(*urls, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 0.5})
    assert fetched.reasons == dict.fromkeys(urls, "robots.txt cannot be read: no answer in time")
    assert site.requests == []


def test_a_host_that_is_down_is_called_that(fetch):
    down = "http://127.0.0.1:9/page"
    unknown = "http://www.example.cn/page"
    fetched = fetch(down, unknown, settings={"RETRY_TIMES": 0}, names={"www.example.cn": [[]]})
    assert fetched.reasons == {down: "the connection was refused", unknown: "the host name does not resolve"}


def test_a_robots_txt_that_leads_in_circles_is_none(site, fetch):
    site.put("/page", "页面")
    site.put("/robots.txt", "", status=302, Location="/robots.txt")
    assert fetch(f"{site.url}/page").pages


def test_a_page_that_redirects_to_what_is_forbidden_is_not_followed(site, fetch):
    site.put("/page", "", status=302, Location="/private/page")
    site.put("/private/page", "页面")
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/", content_type="text/plain")
    fetched = fetch(f"{site.url}/page")
    assert fetched.reasons == {f"{site.url}/page": "robots.txt forbids this page"}
    assert site.requests == ["/page"]


def test_every_request_that_waits_for_robots_txt_gets_its_answer(site, fetch):
    site.put("/robots.txt", "User-agent: *\nDisallow: /", delay=0.5)
    urls = [f"{site.url}/{number}" for number in range(8)]
    assert fetch(*urls).reasons == dict.fromkeys(urls, "robots.txt forbids this page")
    assert [asked.path for asked in site.log] == ["/robots.txt"]


def test_a_thousand_names_above_a_thousand_rules_stay_three_sets_of_rules():
    names = "".join(f"User-agent: zhaoshang{n}\nUser-agent: *{n}\n" for n in range(9000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(9000))
    hostile = f"{names}User-agent: *\n{rules}".encode()
    parsed = Protego.parse(own_rules(hostile, "zhaoshang").decode())
    assert not parsed.can_fetch("http://www.example.cn/17", "zhaoshang")
    assert parsed.can_fetch("http://www.example.cn/page", "zhaoshang")
    assert len(own_rules(b"User-agent: a\nDisallow: /\n" * 100_000, "zhaoshang")) < 600 * 1024


@given(st.text())
def test_any_text_is_a_robots_txt(text):
    Protego.parse(own_rules(text.encode("utf-8", "surrogatepass"), "zhaoshang").decode()).can_fetch(
        "http://www.example.cn/", "zhaoshang"
    )


@pytest.mark.parametrize(
    ("body", "html"), [(b"<!DOCTYPE html>", True), (b"\xef\xbb\xbf\r\n <html>", True), (b"User-agent: *", False)]
)
def test_html_is_no_robots_txt(body, html):
    assert is_html(body) == html
