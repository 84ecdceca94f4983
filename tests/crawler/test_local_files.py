"""Local files: only the one that the configuration or the command line names is ever read."""

import json

import pytest

from monitor.models import PostStatus

CONFIDENTIAL = "-\n【湛江招商】机密\n机密\n2025-07-17\n"  # would be taken for a post if anything read it

BY_HAND = """
from scrapy import Request, Spider

class ByHand(Spider):
    name = "byhand"

    async def start(self):
        for url in self.urls.split():
            yield Request(url, callback=self.got, errback=self.refused)

    def got(self, response):
        yield {"got": response.url}

    def refused(self, failure):
        yield {"refused": failure.request.url, "why": str(failure.value)}
"""


@pytest.fixture
def secret(workplace):
    """The address of a file that no source names."""
    path = workplace.path / "secret.txt"
    path.write_text(CONFIDENTIAL, encoding="utf-8")
    return path.as_uri()


def test_a_page_that_leads_to_a_local_file_gets_nothing(watched, site, secret, redirecting_site):
    away = redirecting_site(secret)
    links = {"【湛江招商】甲": secret, "【湛江招商】乙": f"{away}/page", "【湛江招商】丙": "/refresh.html"}
    items = "".join(f"<li><a href='{href}'>{title}</a>2025-07-17</li>" for title, href in links.items())
    site.put("/list.html", f"<base href='/'><ul>{items}</ul><a rel='next' href='{secret}'>下一页</a>")
    site.put("/refresh.html", f"<meta http-equiv='refresh' content='0;url={secret}'>")
    crawled = watched.crawl()
    assert crawled.row.completed
    assert crawled.row.counts.pages == 1  # the next page is no page
    assert crawled.reasons("rejected") == {"【湛江招商】甲": "neither text nor link"}
    reason = f"it leads to {secret}, and file: addresses are not fetched"
    assert crawled.reasons() == dict.fromkeys(["【湛江招商】乙", "【湛江招商】丙"], reason)
    posts = watched.posts()
    assert sorted(posts) == ["【湛江招商】丙", "【湛江招商】乙"]
    assert all((post.status, post.body) == (PostStatus.PENDING, None) for post in posts.values())


def test_a_listing_that_redirects_to_a_local_file_gets_nothing(watched, secret, redirecting_site):
    watched.configure(url=f"{redirecting_site(secret)}/list.html")
    crawled = watched.crawl()
    assert crawled.code == 1
    assert not crawled.row.completed
    assert crawled.row.reason == f"the listing failed: it leads to {secret}, and file: addresses are not fetched"
    assert watched.posts() == {}


def test_a_spider_written_by_hand_reads_no_local_file_and_nothing_but_the_web(workplace, site, secret):
    site.put("/page.html", "页面")
    (workplace.path / "spiders_by_hand.py").write_text(BY_HAND, encoding="utf-8")
    urls = [f"{site.url}/page.html", secret, "file:///etc/passwd", "data:text/plain,x"]
    done = workplace.scrapy(
        *("crawl", "byhand", "-s", "SPIDER_MODULES=crawler.spiders,spiders_by_hand"),
        *("-s", "ZHAOSHANG_ALLOW_PRIVATE=1", "-s", "DOWNLOAD_DELAY=0"),
        *("-a", f"urls={' '.join(urls)}", "-o", "out.jsonl"),
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (workplace.path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["got"] for line in lines if "got" in line] == [urls[0]]
    refused = {line["refused"]: line["why"] for line in lines if "refused" in line}
    assert sorted(refused) == sorted(urls[1:])
    assert refused[secret] == f"{secret} is a local file that no source names"
