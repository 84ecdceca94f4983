"""The sign of every failure, from the failures themselves: no answer, no way in, nothing to be read."""

import pytest
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from twisted.python.failure import Failure

from crawler.symptoms import trouble_of, trouble_of_block
from monitor.health.conditions import Symptom, Trouble
from monitor.pages import Block, BlockKind

NO_RETRY = {"RETRY_TIMES": 0}


def test_a_status_is_told_apart_by_what_it_means_for_the_source(site, fetch):
    expected = {
        401: "forbidden",
        403: "forbidden",
        404: "not-found",
        410: "not-found",
        400: "client-error",
        418: "client-error",
        500: "server-error",
        503: "server-error",
        521: "server-error",
    }
    for status in expected:
        site.put(f"/{status}", "x", status=status)
    fetched = fetch(*(f"{site.url}/{status}" for status in expected), settings=NO_RETRY)
    assert fetched.signs == {
        f"{site.url}/{status}": (symptom, f"HTTP {status}") for status, symptom in expected.items()
    }


@pytest.mark.parametrize(
    ("status", "after", "sign"),
    [(503, "3600", ("busy", "3600 s")), (429, "3600", ("busy", "3600 s")), (429, "0", ("busy", "HTTP 429"))],
)
def test_a_site_that_asks_to_be_left_alone_is_busy(site, fetch, status, after, sign):
    site.put("/page", "", status=status, Retry_After=after)
    assert fetch(f"{site.url}/page", settings=NO_RETRY).signs == {f"{site.url}/page": sign}


def test_no_answer(site, fetch):
    site.put("/slow", "", delay=5)
    slow, down, nowhere = f"{site.url}/slow", "http://127.0.0.1:9/", "http://nowhere.example.cn/"
    no_robots = {"settings": {**NO_RETRY, "DOWNLOAD_TIMEOUT": 0.5, "ROBOTSTXT_OBEY": False}}
    fetched = fetch(slow, down, nowhere, names={"nowhere.example.cn": [[]]}, **no_robots)
    assert fetched.signs == {slow: ("timeout", ""), down: ("refused", ""), nowhere: ("dns", "")}


def test_it_may_show_when_robots_txt_is_asked_for(site, fetch):
    down, nowhere = "http://127.0.0.1:9/", "http://nowhere.example.cn/"
    site.put("/robots.txt", "", status=503)
    fetched = fetch(f"{site.url}/", down, nowhere, names={"nowhere.example.cn": [[]]}, settings=NO_RETRY)
    assert fetched.signs == {
        f"{site.url}/": ("server-error", "HTTP 503, robots.txt"),
        down: ("refused", ", robots.txt"),
        nowhere: ("dns", ", robots.txt"),
    }


@pytest.mark.parametrize(
    ("body", "status", "sign"),
    [("User-agent: *\nDisallow: /", 200, ("robots", "")), ("", 429, ("busy", "HTTP 429, robots.txt"))],
)
def test_what_robots_txt_says(site, fetch, body, status, sign):
    site.put("/robots.txt", body, status=status, content_type="text/plain")
    assert fetch(f"{site.url}/page", settings=NO_RETRY).signs == {f"{site.url}/page": sign}


def test_an_address_that_is_refused_is_named(fetch):
    expected = {
        "http://10.0.0.1/": "10.0.0.1",
        "http://2130706433/": "2130706433 (127.0.0.1)",
        "http://localhost/": "localhost",
        "http://inside.example.cn/": "inside.example.cn (10.0.0.1)",
    }
    names = {"inside.example.cn": [["10.0.0.1"]]}
    fetched = fetch(*expected, source={"allow_private": False}, names=names, settings=NO_RETRY)
    assert fetched.signs == {url: ("address", detail) for url, detail in expected.items()}


def test_a_certificate_and_a_server_without_tls(site, authority, secure_site, fetch):
    bad = secure_site(authority.sign("localhost"))
    none = site.url.replace("http://", "https://") + "/page"
    settings = {**NO_RETRY, "ROBOTSTXT_OBEY": False}
    signs = fetch(bad, none, settings=settings, SSL_CERT_FILE="/nonexistent").signs
    assert signs[bad] == ("tls", "certificate verify failed")
    assert signs[none][0] == "tls"


def test_a_proxy_that_refuses(proxy, fetch):
    signs = fetch("https://www.example.cn/page", source={"proxy": proxy.address}, settings=NO_RETRY).signs
    assert signs == {"https://www.example.cn/page": ("connection", "proxy, robots.txt")}


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (
            FileNotFoundError(2, "No such file or directory", "/srv/list.txt"),
            Trouble(Symptom.NOT_FOUND, "/srv/list.txt"),
        ),
        (IsADirectoryError(21, "Is a directory", "/srv"), Trouble(Symptom.NOT_FOUND, "/srv")),
        (PermissionError(13, "Permission denied", "/srv/x"), Trouble(Symptom.FORBIDDEN, "/srv/x")),
        (OSError(5, "Input/output error"), Trouble(Symptom.DEFECT, "Input/output error")),
        (KeyError("x"), Trouble(Symptom.DEFECT, "KeyError")),
        (DownloadFailedError("the browser says ERR_NAME_NOT_RESOLVED"), Trouble(Symptom.DNS)),
        (DownloadFailedError("the browser says ERR_EMPTY_RESPONSE"), Trouble(Symptom.CONNECTION)),
        (DownloadFailedError("the browser does not start; see why: x"), Trouble(Symptom.DEFECT, "browser")),
        (IgnoreRequest("somebody else's"), Trouble(Symptom.DEFECT, "IgnoreRequest")),
    ],
)
def test_what_comes_from_no_server(error, trouble):
    assert trouble_of(error) == trouble
    assert trouble_of(Failure(error)) == trouble


@pytest.mark.parametrize("kind", BlockKind)
def test_every_kind_of_block_has_its_symptom(kind):
    expected = {BlockKind.MISSING: Symptom.NOT_FOUND}.get(kind) or Symptom(kind.value)
    assert trouble_of_block(Block(kind, "says 访问过于频繁")) == Trouble(expected, "says 访问过于频繁")
