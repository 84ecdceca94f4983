"""Crawls of listings that are no plain HTML list: behind a call, as JSON, cut short, blocked."""

import json

import pytest

from crawler.extract.interfaces.calls import find_call
from monitor.models import PostStatus

pytestmark = pytest.mark.long  # whole processes, one after the other

A, B, C = [f"【湛江招商】{sign}项目签约落户" for sign in "甲乙丙"]
SHELL = """<html><head><title>招商动态</title></head><body><div class="nav"><a href="/">首页</a></div>
<div id="list"></div><script>
$.ajax({url: "/api/list", type: "get", dataType: "json", data: {channelId: 5, pageNo: 1, pageSize: 2},
  success: function (r) { render(r.data.rows); }});
</script></body></html>"""


def rows(*titles, total):
    found = [{"title": t, "url": f"/{n}.html", "publishTime": "2025-07-17 09:00:00"} for n, t in titles]
    return json.dumps({"code": 200, "data": {"total": total, "rows": found}})


@pytest.fixture
def behind_a_call(site):
    """A listing whose page holds only the script that fetches it, three records on two pages."""
    call = find_call(SHELL, f"{site.url}/list.html")
    assert call is not None
    first = call.url.removeprefix(site.url)
    site.put("/list.html", SHELL)
    site.put(first, rows((1, A), (2, B), total=3), content_type="application/json")
    site.put(first.replace("pageNo=1", "pageNo=2"), rows((3, C), total=3), content_type="application/json")
    for number in (1, 2, 3):
        site.post(f"/{number}.html", ["项目总投资十亿元，计划明年投产。"])
    return first


def test_a_list_behind_a_call_is_fetched_as_such_to_its_last_page(watched, site, behind_a_call):
    first = watched.crawl()
    assert (first.row.completed, first.row.reason, first.row.counts.new) == (True, "end of the listing", 3)
    assert sorted(watched.posts()) == sorted([A, B, C])
    site.requests.clear()
    second = watched.crawl()
    assert second.row.completed
    assert second.row.counts.new == 0
    assert set(site.requests) <= {"/list.html", behind_a_call}


def test_an_interface_that_answers_nothing_beyond_its_last_page_ends_the_listing(watched, site):
    watched.configure("/api?pageNo=1")
    known = {"title": A, "url": "/1.html", "publishTime": "2025-07-17"}
    site.put("/api?pageNo=1", json.dumps({"rows": [known]}), content_type="application/json")
    site.put("/api?pageNo=2", json.dumps({"rows": []}), content_type="application/json")
    site.post("/1.html", ["项目总投资十亿元。"])
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (True, "end of the listing (page 2 has no records)")


def test_an_interface_that_fails_is_no_end(watched, site):
    watched.configure("/api?pageNo=1")
    known = {"title": A, "url": "/1.html", "publishTime": "2025-07-17"}
    site.put("/api?pageNo=1", json.dumps({"rows": [known]}), content_type="application/json")
    site.put("/api?pageNo=2", json.dumps({"code": 500, "msg": "系统繁忙"}), content_type="application/json")
    site.post("/1.html", ["项目总投资十亿元。"])
    done = watched.crawl()
    assert not done.row.completed
    assert "page 2 of the listing" in done.row.reason


def test_a_listing_that_is_cut_short_is_incomplete_and_its_whole_records_are_kept(watched, site):
    whole = "<html><body><ul>" + "".join(
        f"<li><a href=/{n}.html>{t}</a><span>2025-07-17</span></li>" for n, t in ((1, A), (2, B))
    )
    site.put("/list.html", whole + f"<li><a href=/3.html>{C[:9]}")
    for number in (1, 2):
        site.post(f"/{number}.html", ["项目总投资十亿元。"])
    done = watched.crawl()
    assert (done.row.completed, done.row.reason) == (False, "page 1 of the listing is cut short")
    assert sorted(watched.posts()) == sorted([A, B])


def test_a_page_cut_short_in_the_middle_leaves_no_gap_wherever_its_pager_stands(watched, site):
    def page(number, more, *, cut=False):
        pager = f"<div><a href=/list{number + 1}.html>下一页</a></div>" if more else ""
        items = "".join(
            f"<li><a href=/{number}{n}.html>【湛江招商】第{number}{n}号项目签约</a><span>2025-07-17</span></li>"
            for n in range(5)
        )
        text = f"<html><body>{pager}<ul>{items}</ul></body></html>"
        site.put("/list.html" if number == 1 else f"/list{number}.html", text[: int(len(text) * 0.6)] if cut else text)
        for n in range(5):
            site.post(f"/{number}{n}.html", ["项目总投资十亿元。"])

    page(3, more=False)
    page(2, more=True, cut=True)
    page(1, more=True)
    first = watched.crawl()
    assert (first.row.completed, first.row.reason) == (False, "page 2 of the listing is cut short")
    assert first.row.counts.pages == 3
    assert len(watched.posts()) < 15
    page(2, more=True)
    assert watched.crawl().row.completed
    assert len(watched.posts()) == 15


def test_a_post_page_cut_short_is_read_again_and_taken_as_it_is_in_the_end(watched, site):
    whole = f"<html><body><h1>{A}</h1><div id=zoom><p>项目总投资十亿元，占地二百亩。</p><p>计划明年投产，达产后年产值二十亿元。</p></div></body></html>"
    site.listing("/list.html", [("/1.html", A, "2025-07-17"), ("/2.html", B, "2025-07-17")])
    for path in ("/1.html", "/2.html"):
        site.put(path, whole.encode()[: whole.encode().index("达产".encode()) + 4])
    watched.crawl()
    assert {post.last_error for post in watched.posts().values()} == {"the page is cut short"}
    site.put("/1.html", whole)
    watched.crawl()
    assert watched.posts()[A].body.endswith("年产值二十亿元。")
    assert watched.posts()[A].revision == 1
    watched.crawl()
    assert watched.posts()[B].status == PostStatus.COMPLETE


@pytest.mark.parametrize("status", [200, 412, 403])
def test_a_challenge_is_named_whatever_its_status(watched, site, status):
    page = "<html><script>var arg1='3A0F';function setCookie(n,v){document.cookie=n+'='+v+';path=/';}"
    page += "setCookie('acw_sc__v2','1');document.location.reload();</script></html>"
    site.put("/list.html", page, status=status)
    done = watched.crawl()
    assert not done.row.completed
    assert "challenge page (acw_sc__v2" in done.row.reason
    assert done.row.counts.new == 0


def test_a_post_that_is_blocked_stays_pending_and_says_why(watched, site):
    site.listing("/list.html", [("/1.html", A, "2025-07-17")])
    site.put("/1.html", "<html><head><title>提示</title></head><body><h1>您访问的页面不存在</h1></body></html>")
    watched.crawl()
    assert watched.posts()[A].last_error.startswith("missing page (")
