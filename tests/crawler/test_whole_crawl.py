"""The whole crawler over a site of many pages: what it asks for, what it keeps, and how little a second visit costs."""

import importlib.util
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from monitor.models import PostStatus
from monitor.store import Store

pytestmark = pytest.mark.long  # whole processes, one after the other

PAGES, SIZE = 4, 6


@pytest.fixture(scope="module")
def local_site():
    """benchmarks/local_site.py, which the benchmark serves at full size."""
    path = Path(__file__).parent.parent.parent / "benchmarks" / "local_site.py"
    spec = importlib.util.spec_from_file_location("local_site", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["local_site"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def big(local_site, workplace):
    """A published site that a source of the workplace watches; its counters tell what was asked for."""
    site = local_site.Site(PAGES * SIZE, SIZE)
    server = local_site.serve(site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    workplace.configure(
        f"""[crawl]
delay = 0
[[source]]
name = "site"
url = "http://127.0.0.1:{server.server_address[1]}/list/"
max_pages = 100
allow_private = true
"""
    )
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


def crawl(workplace, site, *args):
    """Crawl, and say what was asked for by status."""
    site.statuses.clear()
    done = workplace.scrapy("crawl", "site", "-s", f"ZHAOSHANG_NOW={'2025-07-21T08:00:00+08:00'}", *args)
    assert done.returncode == 0, done.stderr
    with Store(workplace.database, create=False) as store:
        (state,) = store.source_states()
    return dict(site.statuses), state.last


def test_a_first_crawl_reads_everything_once_and_an_unchanged_one_costs_one_request_without_a_body(workplace, big):
    statuses, row = crawl(workplace, big)
    assert statuses == {200: PAGES + PAGES * SIZE}
    assert (row.counts.pages, row.counts.new, row.reason) == (PAGES, PAGES * SIZE, "end of the listing")
    with Store(workplace.database) as store:
        posts = list(store.all_posts())
        size = store.archive_size()
    assert {post.status for post in posts} == {PostStatus.COMPLETE}
    newest = next(post for post in posts if post.url.endswith("/post/24.html"))
    assert newest.title == "【遂溪县招商】绿色石化产业项目24号签约落户" or "24号" in newest.title
    assert (newest.published_on, newest.origin) == (date(2025, 7, 20), "湛江日报")
    assert newest.body.count("\n") == 5
    assert "浏览次数" not in newest.body
    assert "上一篇" not in newest.body
    assert size.pages == PAGES + PAGES * SIZE

    statuses, row = crawl(workplace, big)
    assert statuses == {304: 1}
    assert (row.completed, row.reason) == (True, "not modified since the last completed crawl")
    assert (row.counts.pages, row.counts.unchanged, row.counts.new) == (1, SIZE, 0)


def test_new_posts_cost_their_pages_and_the_listing_down_to_what_is_known(workplace, big):
    crawl(workplace, big)
    big.total += 8  # more than one page of them
    statuses, row = crawl(workplace, big)
    assert statuses == {200: 3 + 8}
    assert (row.counts.new, row.reason) == (8, "nothing unknown on page 3")
    statuses, _ = crawl(workplace, big)
    assert statuses == {304: 1}


def test_a_change_of_the_source_s_table_reads_an_unchanged_listing_anew(workplace, big):
    crawl(workplace, big)
    toml = (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")
    workplace.configure(toml + 'label = "…"\n')
    statuses, row = crawl(workplace, big)
    assert statuses == {200: 1}
    assert row.reason == "nothing unknown on page 1"


@pytest.mark.usefixtures("big")
def test_what_a_crawl_leaves_at_its_ceiling_the_next_ones_read(workplace):
    toml = (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")
    workplace.configure(toml.replace("delay = 0", "delay = 0\nmax_requests = 10"))
    done = workplace.scrapy("crawl", "site")
    assert done.returncode == 0
    with Store(workplace.database) as store:
        assert store.summary().pending_posts == PAGES * SIZE - (10 - PAGES)
    for _ in range(2):
        workplace.scrapy("crawl", "site")
    with Store(workplace.database) as store:
        assert store.summary().pending_posts == 0
