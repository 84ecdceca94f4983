"""What the tests of visits share: a source whose posts were read on one day and are looked at again later."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.models import Post, Verdict
from monitor.pages import Article, Entry
from monitor.store import Store
from monitor.visits import VisitRules

ZONE = ZoneInfo("Asia/Shanghai")
BODY = "项目总投资12亿元，占地300亩。\n预计明年建成投产。"


@dataclass
class Visits:
    """A source with posts that were read on the first day, whose pages are looked at again later."""

    crawls: Any
    rules: VisitRules = field(default_factory=VisitRules)

    @property
    def store(self) -> Store:
        return self.crawls.store

    def read(self, *numbers: int, on: date = date(2025, 7, 20), body: str = BODY) -> None:
        crawl = self.crawls.start()
        lines = [Entry(f"【湛江招商】项目{n}", f"http://zj.example/{n}.html", on) for n in numbers]
        for sighting in self.crawls.page(crawl, *lines):
            post = sighting.post
            assert post is not None
            article = Article(post.title, f"{body}\n编号{post.id}。")
            self.store.record_article(crawl, post.id, article, self.crawls.at, ZONE, rules=self.rules)
        self.crawls.finish(crawl)

    def later(self, days: float) -> None:
        self.crawls.at += timedelta(days=days)

    def crawl(self, *looks: Callable[[int], object], completed: bool = True) -> None:
        crawl = self.crawls.start()
        for look in looks:
            look(crawl)
        self.crawls.finish(crawl, completed=completed)

    def sees(self, post_id: int, body: str | None = None, **how: Any) -> Callable[[int], Verdict]:
        """A look that reads a text; the same as before when none is given."""

        def look(crawl: int) -> Verdict:
            old = self.post(post_id)
            article = None if body is None else Article(old.title, f"{body}\n编号{post_id}。")
            sighting = self.store.record_visit(crawl, post_id, article, self.crawls.at, ZONE, rules=self.rules, **how)
            return sighting.verdict

        return look

    def misses(self, *post_ids: int) -> Callable[[int], None]:
        def look(crawl: int) -> None:
            for post_id in post_ids:
                self.store.record_gone(crawl, post_id, "HTTP 404", self.crawls.at, ZONE, self.rules)

        return look

    def post(self, post_id: int = 1) -> Post:
        return self.store.history(post_id).post

    def events(self, post_id: int = 1) -> list[tuple[str, bool]]:
        return [(event.kind.value, event.telling) for event in self.store.history(post_id).events]

    def due(self) -> list[int]:
        return [post.id for post in self.store.posts_to_visit(1, self.crawls.at, ZONE, self.rules)]


@pytest.fixture
def visits(crawls: Any) -> Visits:
    return Visits(crawls)
