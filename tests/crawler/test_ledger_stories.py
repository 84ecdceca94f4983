"""A crawl reads facts and stories of what is new when it ends, unless it was told to stop."""

from datetime import date
from pathlib import Path
from typing import Any

from scrapy import Spider

from crawler.ledger import CrawlLedger
from monitor.clock import Clock
from monitor.pages import Entry, ListingPage
from monitor.setup import load_setup
from monitor.store import Store
from monitor.text import LabelPattern

CONFIG = '[[source]]\nname = "zj"\nurl = "http://zj.example/list/"\n'


def ended(setup: Any, number: int, reason: str) -> int:
    """A crawl that meets a post and ends for a reason; how many posts are left without a story."""
    (source,) = setup.config.source
    ledger = CrawlLedger(source, setup, Clock())
    spider = Spider("zj")
    ledger.open(spider)
    entry = Entry(
        f"【湛江招商】项目{number}", f"http://zj.example/{number}", date(2025, 7, 17), body=f"占地{number}00亩。"
    )
    page = ListingPage("http://zj.example/list/", "html", (entry,))
    ledger._open_store.record_listing(
        ledger._crawl_id, page, LabelPattern.parse("【…招商】"), ledger.now, setup.config.zone
    )
    ledger.close(spider, reason)
    with Store(setup.database) as store:
        return store.ungrouped()


def test_facts_and_stories_are_read_at_the_end_of_a_crawl_and_left_by_one_that_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "zhaoshang.toml").write_text(CONFIG, encoding="utf-8")
    setup = load_setup(tmp_path / "zhaoshang.toml")
    assert ended(setup, 1, "shutdown") == 1
    assert ended(setup, 2, "finished") == 0
    assert ended(setup, 3, "the database failed") == 0
