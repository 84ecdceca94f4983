"""What the tests share: a source whose posts are looked at again later, and posts that report the same events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.grouping import group_posts
from monitor.models import Post, Verdict
from monitor.pages import Article, Entry
from monitor.store import Store
from monitor.text import LabelPattern
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


@dataclass
class Desk:
    """Posts that are recorded with their text and then grouped; those of one `event` differ in a few words only."""

    crawls: Any
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.crawls.store

    def add(self, name: str, event: int, *, edition: int = 0, on: date = date(2025, 7, 17), body: str = "") -> int:
        """Record a post; its id. `edition` makes another wording of the same event."""
        title, text = wording(event, edition)
        entry = Entry(f"{title}{name}", f"http://zj.example/{name}.html", on, body=body or text)
        ((sighting,), _) = self.crawls.run([entry])
        assert sighting.post is not None
        self.numbers[name] = sighting.post.id
        return sighting.post.id

    def group(self) -> int:
        return group_posts(self.store, self.crawls.at)

    def stories(self) -> dict[str, int | None]:
        """Name to story."""
        return {name: self.store.story_of(number) for name, number in self.numbers.items()}

    def together(self) -> set[frozenset[str]]:
        """The names of the posts of each story."""
        found: dict[int | None, set[str]] = {}
        for name, story in self.stories().items():
            found.setdefault(story, set()).add(name)
        return {frozenset(names) for names in found.values()}


PLACES = ("湛江", "徐闻", "霍尔果斯", "荣成", "神木", "枝江", "长垣", "仙桃", "文昌", "凭祥")
FIRMS = ("青岚", "淮泽", "麟州", "蒲禾", "云腾", "恒岳", "舜海", "赤霞", "玉衡", "柏川")
GOODS = ("膜材料", "镁合金", "小家电", "海藻纤维", "伤口护理耗材", "柠檬果胶", "羊肉", "陶瓷刀具", "钛阳极", "竹缠绕管")


def wording(event: int, edition: int = 0) -> tuple[str, str]:
    """Title and body of a post: each event has its place, company, product and numbers."""
    place, firm, goods = PLACES[event], FIRMS[event], GOODS[event]
    ends = ("当地将做好用地、用工服务。", "有关部门表示，将做好服务。", "负责人介绍，前期工作已经就绪。")
    body = (
        f"2025年3月{event + 2}日，{firm}{goods}有限公司{goods}生产基地项目签约仪式举行。项目总投资{event + 3}.{event + 1}亿元，"
        f"占地{137 + 31 * event}亩，建设{goods}车间{11 + event}座，年产{goods}{23 + 7 * event}00吨，{firm}负责人出席。"
        f"项目由{firm}{goods}有限公司投资，{goods}设备{61 + 13 * event}台。{ends[edition % 3]}"
    )
    return f"【{place}招商】{firm}{goods}项目签约", body


@pytest.fixture
def desk(crawls: Any) -> Desk:
    crawls.pattern = LabelPattern.parse("…")
    return Desk(crawls)
