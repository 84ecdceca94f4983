"""An unchanged page costs one request and no body; the question is the server's own words, and never about another page."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.conditional import ask_if_changed, ask_plainly, is_unchanged, validators_of
from monitor.pages import Validators

URL = "http://www.example.cn/list.html"
BODY = "列表".encode()
HASH = hashlib.sha256(BODY).hexdigest()
TAG = 'W/"5f3a-gzip"'
DATE = "Thu, 17 Jul 2025 08:00:00 GMT"
KNOWN = Validators(TAG, DATE, HASH)


def response(status=200, body=BODY, **headers) -> Response:
    return HtmlResponse(URL, status=status, body=body, headers=headers)


# -- pure -------------------------------------------------------------------------------------------------------------


def test_the_question_is_in_the_server_s_own_words_and_for_this_request_only():
    request = Request(URL, headers={"Referer": "http://www.example.cn/"}, meta={"depth": 1})
    asked = ask_if_changed(request, KNOWN)
    assert asked.headers["If-None-Match"] == TAG.encode()
    assert asked.headers["If-Modified-Since"] == DATE.encode()
    assert asked.headers["Referer"] == b"http://www.example.cn/"
    assert asked.meta["handle_httpstatus_list"] == [304]
    assert "If-None-Match" not in request.headers
    assert request.meta == {"depth": 1}


def test_who_knows_nothing_asks_plainly():
    request = Request(URL)
    assert ask_if_changed(request, None) is request
    assert ask_if_changed(request, Validators(None, None, HASH)) is request


def test_a_question_can_be_taken_back_and_leaves_nothing_behind():
    request = Request(URL, meta={"handle_httpstatus_list": [404]})
    asked = ask_if_changed(request, KNOWN)
    assert asked.meta["handle_httpstatus_list"] == [404, 304]
    ask_plainly(asked)
    assert asked.meta == request.meta
    assert asked.headers == request.headers
    ask_plainly(asked)
    assert asked.meta == request.meta


def test_what_is_kept_of_a_page():
    assert validators_of(response(ETag=TAG, Last_Modified="")) == Validators(TAG, None, HASH)
    kept = validators_of(HtmlResponse(URL, body=BODY, headers={"Last-Modified": DATE, "ETag": "x" * 5000}))
    assert kept == Validators(None, DATE, HASH)
    assert validators_of(HtmlResponse(URL, body=BODY, headers={"ETag": b"\xe9"})).etag == "é"


def test_a_304_keeps_what_it_does_not_say():
    assert validators_of(response(304, b""), KNOWN) == KNOWN
    assert validators_of(response(304, b"", ETag='"new"'), KNOWN) == Validators('"new"', DATE, HASH)


@pytest.mark.parametrize(
    ("got", "known", "unchanged"),
    [
        (response(304, b""), KNOWN, True),
        (response(304, b""), None, False),
        (response(), KNOWN, True),  # a server that knows no validators sends the same bytes again
        (response(), None, False),
        (response(body=b"changed"), KNOWN, False),
        (response(404), KNOWN, False),
        (response(ETag="another"), KNOWN, True),
    ],
)
def test_what_counts_as_unchanged(got, known, unchanged):
    assert is_unchanged(got, known) is unchanged


def test_a_page_made_by_a_browser_is_known_by_what_came_of_it_alone():
    rendered = HtmlResponse(URL, body=BODY, headers={"ETag": TAG}, flags=["playwright"])
    assert validators_of(rendered) == Validators(None, None, HASH)


@given(st.text(), st.text())
def test_no_validator_raises(etag, modified):
    asked = ask_if_changed(Request(URL), Validators(etag, modified, HASH))
    assert asked.url == URL


# -- real crawls ------------------------------------------------------------------------------------------------------


def known_as(url, text, *, etag=None, last_modified=None):
    body_hash = hashlib.sha256(text.encode()).hexdigest()
    return {"url": url, "known": {"etag": etag, "last_modified": last_modified, "body_hash": body_hash}}


@pytest.mark.parametrize(
    ("headers", "known"),
    [({"ETag": '"a"'}, {"etag": '"a"'}), ({"Last_Modified": DATE}, {"last_modified": DATE})],
)
def test_an_unchanged_page_is_one_request_without_a_body(site, fetch, headers, known):
    site.put("/list.html", "列表" * 10_000, **headers)
    url = f"{site.url}/list.html"
    page = fetch(known_as(url, "列表" * 10_000, **known)).pages[url]
    assert (page["status"], page["length"], page["unchanged"]) == (304, 0, True)
    assert site.requests == ["/list.html"]


def test_a_changed_page_comes_whole(site, fetch):
    site.put("/list.html", "neu", ETag='"b"')
    url = f"{site.url}/list.html"
    page = fetch(known_as(url, "alt", etag='"a"')).pages[url]
    assert (page["status"], page["text"], page["unchanged"], page["etag"]) == (200, "neu", False, '"b"')


def test_a_304_that_claims_to_be_gzip_is_a_304(site, fetch):
    site.put("/list.html", "x", ETag='"a"', Content_Encoding="gzip")
    url = f"{site.url}/list.html"
    assert fetch(known_as(url, "x", etag='"a"')).pages[url]["status"] == 304


def test_a_304_that_nobody_asked_for_is_a_failure(site, fetch):
    site.put("/list.html", "", status=304)
    assert fetch(f"{site.url}/list.html").reasons == {f"{site.url}/list.html": "HTTP 304"}


@pytest.mark.parametrize("how", ["redirect", "refresh"])
def test_the_question_does_not_follow_a_redirection(site, fetch, how):
    if how == "redirect":
        site.put("/list.html", "", status=302, Location="/moved.html")
    else:
        site.put("/list.html", "<meta http-equiv='refresh' content='0;url=/moved.html'>")
    site.put("/moved.html", "列表", ETag='"a"')
    url = f"{site.url}/list.html"
    page = fetch(known_as(url, "列表", etag='"a"', last_modified=DATE)).pages[url]
    assert (page["status"], page["text"]) == (200, "列表")
    assert page["unchanged"]  # by its bytes
    last = site.log[-1]
    assert last.path == "/moved.html"
    assert "if-none-match" not in last.headers
    assert "if-modified-since" not in last.headers


def test_robots_txt_is_asked_for_without_a_question(site, fetch):
    site.put("/list.html", "列表", ETag='"a"')
    fetch(known_as(f"{site.url}/list.html", "列表", etag='"a"'))
    assert site.log[0].path == "/robots.txt"
    assert "if-none-match" not in site.log[0].headers
