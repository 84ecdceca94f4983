"""Visits to known posts as whole crawls over a local site: what is asked for, and what comes of the answers."""

import json
import sqlite3

import pytest

from monitor.store import Store

pytestmark = pytest.mark.long

A, B = "【湛江招商】甲项目签约", "【湛江招商】乙项目开工"
TEXT = ("近日甲项目签约仪式举行，总投资十二亿元，占地三百亩。", "项目建成后年产值可达二十亿元，带动就业五百人。")
DAYS = ("2025-07-17T08:00+08:00", "2025-07-18T08:00+08:00", "2025-07-20T08:00+08:00", "2025-07-24T08:00+08:00")


@pytest.fixture
def place(workplace, site):
    """A source with two posts, read on the first day."""
    workplace.configure(
        f'[crawl]\ndelay = 0\n[[source]]\nname = "zj"\nurl = "{site.url}/list.html"\nallow_private = true\n'
    )
    site.listing("/list.html", [("/1.html", A, "2025-07-16"), ("/2.html", B, "2025-07-15")])
    site.post("/1.html", TEXT, title=A)
    site.post("/2.html", [line.replace("甲", "乙") for line in TEXT], title=B)
    return workplace


def crawl(place, site, day, *args):
    """Crawl as of a day; the paths that were asked for."""
    site.requests.clear()
    done = place.zhaoshang("crawl", "--now", DAYS[day], *args)
    assert done.returncode == 0, done.stdout + done.stderr
    return list(site.requests)


def events(place, post_id=1):
    with Store(place.database, create=False) as store:
        return [(event.kind.value, event.telling) for event in store.history(post_id).events]


def test_an_unchanged_post_costs_a_304_and_no_second_look(place, site):
    for number in (1, 2):
        page = site.pages[f"/{number}.html"]
        site.put(f"/{number}.html", page.body, ETag=f'"{number}"')
    assert sorted(crawl(place, site, 0)) == ["/1.html", "/2.html", "/list.html"]
    site.log.clear()
    assert sorted(crawl(place, site, 1)) == ["/1.html", "/2.html", "/list.html"]
    asked = {one.path: one.headers.get("if-none-match") for one in site.log if one.path != "/robots.txt"}
    assert asked["/1.html"] == '"1"'
    assert events(place) == []
    assert crawl(place, site, 1) == ["/list.html"], "looked at today already"


def test_an_edit_is_looked_at_twice_and_recorded_once(place, site):
    crawl(place, site, 0)
    site.post("/1.html", [TEXT[0].replace("十二亿", "十五亿"), TEXT[1]], title=A)
    assert crawl(place, site, 1).count("/1.html") == 2
    assert events(place) == [("revised", True)]
    assert crawl(place, site, 2).count("/1.html") == 1
    shown = place.zhaoshang("diff", "1")
    assert "十五亿" in shown.stdout


def test_a_page_that_moved_is_followed_and_one_that_leads_elsewhere_is_not(place, site):
    crawl(place, site, 0)
    page = site.pages["/1.html"]
    site.put("/neu/1.html", page.body)
    site.put("/1.html", "", status=301, Location="/neu/1.html")
    site.post(
        "/notice.html", ["本站将于近期升级改版，升级期间部分栏目暂停服务，敬请谅解，特此公告。"], title="升级公告"
    )
    site.put("/2.html", "", status=302, Location="/notice.html")
    crawl(place, site, 1)
    assert (events(place, 1), events(place, 2)) == ([], [])
    with Store(place.database, create=False) as store:
        assert "甲项目" in (store.history(1).post.body or "")
        notes = store.crawl_notes(store.source_states()[0].last.id)
    assert any("leads to another page" in note.reason for note in notes)


def test_a_firewall_before_the_posts_alone_is_no_withdrawal(place, site):
    crawl(place, site, 0)
    wall = "<html><head><title>安全验证</title></head><body><p>请完成安全验证后继续访问</p><div id='captcha'></div></body></html>"
    for day in (1, 2, 3):
        site.put("/1.html", wall, status=404)
        crawl(place, site, day)
    assert events(place) == []


def test_our_better_reading_is_told_to_nobody(place, site):
    """As after an update: what is stored was read otherwise, and the page is what it was."""
    crawl(place, site, 0)
    old = sqlite3.connect(place.database)
    with old:
        old.execute("UPDATE posts SET body = body || char(10) || '（责任编辑：某某）'")
        old.execute("UPDATE revisions SET body = body || char(10) || '（责任编辑：某某）'")
        old.execute("DELETE FROM post_validators")
    old.close()
    crawl(place, site, 1)
    assert events(place) == []
    with Store(place.database, create=False) as store:
        assert [one.replayed for one in store.history(1).revisions] == [False, True]
    assert crawl(place, site, 2, "--full").count("/1.html") == 1
    assert events(place) == []


def test_a_replay_takes_no_edit_back_that_only_the_page_shows(place, site):
    """The listing goes on showing the old title and date; of the page the archive has both states."""

    def page(title, day):
        text = "".join(f"<p>{line}</p>" for line in TEXT)
        head = (
            f"<title>{title}</title><meta name='ArticleTitle' content='{title}'><meta name='PubDate' content='{day}'>"
        )
        site.put("/1.html", f"<html><head>{head}</head><body><h1>{title}</h1><div id='zoom'>{text}</div></body></html>")

    page(A, "2025-07-16")
    crawl(place, site, 0)
    page("【湛江招商】甲项目总投资增至十五亿元", "2025-07-15")
    crawl(place, site, 1)
    assert events(place) == [("revised", True)]
    told = place.zhaoshang("--now", DAYS[2], "replay")
    assert "0 corrected" in told.stdout
    with Store(place.database, create=False) as store:
        post = store.history(1).post
    assert (post.title, str(post.published_on)) == ("【湛江招商】甲项目总投资增至十五亿元", "2025-07-15")


def test_the_listing_is_walked_on_to_posts_that_have_no_page(workplace, site):
    """Whole texts on the listing: on a day on which one is due the walk does not stop at a page without news."""
    workplace.configure(
        f'[crawl]\ndelay = 0\n[[source]]\nname = "zj"\nurl = "{site.url}/list.json"\nallow_private = true\n'
    )

    def page(number, *titles):

        rows = [
            {"title": t, "date": "2025-07-16", "content": f"<p>{t}全文，总投资十亿元，占地三百亩。</p>"} for t in titles
        ]
        site.put(
            f"/list.json{'' if number == 1 else f'?page={number}'}",
            json.dumps({"page": number, "totalPage": 2, "list": rows}, ensure_ascii=False),
            content_type="application/json",
        )

    page(1, *(f"【湛江招商】第{n}号项目" for n in range(1, 6)))
    page(2, *(f"【湛江招商】第{n}号项目" for n in range(6, 9)))
    first = crawl(workplace, site, 0)
    if len(first) < 2:
        pytest.fail(f"the second page was not asked for: {first}")
    assert len(crawl(workplace, site, 1)) == 2, "due after a day"
    assert len(crawl(workplace, site, 1)) == 1, "and met"
