"""Over random posts, audiences, rules and crash points: what an audience wants is announced to it exactly once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.content import Digest, Item
from digests.notice import Notice
from monitor import jobs
from monitor.announcing import Delivery
from monitor.filters import Filter
from monitor.pages import Entry
from monitor.store import Store
from tests.digests.conftest import Desk

BEGAN = datetime(2025, 7, 1, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)
EVENTS = (
    ("徐闻", "海上风电装备项目在徐闻县签约，总投资12亿元，由粤海重工有限公司建设，年产叶片300套。"),
    ("高州", "锂电隔膜项目在高州市开工，总投资125亿元，由高州新能材料有限公司建设，占地200亩。"),
    ("四会", "汽车零部件基地在四会市投产，总投资8亿元，由四会精铸机械有限公司建设，年产壳体90万件。"),
    ("清远", "清远市举行营商环境座谈会，就惠企政策听取代表的意见，会议由市投资促进局主持，多家单位参加。"),
    ("廉江", "小家电产业园三号厂房在廉江市封顶，计划投资6000万元，由廉江美厨电器有限公司建设，建筑面积4.2万平方米。"),
    ("饶平", "水产预制菜加工厂在饶平县动工，投资2.3亿元，由饶平海味食品有限公司建设，年加工牡蛎5万吨。"),
)
FILTERS: tuple[dict[str, object], ...] = (
    {},
    {"places": ["湛江市"]},
    {"min_investment": "1亿元"},
    {"places": ["广东"], "stages": ["签约", "开工"], "exclude": ["预制菜"]},
    {"keywords": ["政策", "厂房"]},
    {"sources": ["guangdong"]},
)


class Killed(BaseException):
    """The process ended here."""


class Recorder:
    """A channel that remembers what it was handed, and dies before or after taking it when told to."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, str], Digest] = {}
        self.dies: str = ""

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:  # noqa: ARG002 - a channel's
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Killed
        assert isinstance(message, Digest)
        key = (delivery.audience, delivery.period_key)
        assert self.taken.setdefault(key, message) == message, "a repeat is the same message"
        if dies == "after":
            raise Killed


@contextmanager
def killed_at(step: str) -> Iterator[None]:
    """The process dies when it has done this step of freezing, before anything is committed."""
    if not step:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        real: Any = getattr(Store, step)

        def dies(*args: Any, **kwargs: Any) -> None:
            real(*args, **kwargs)
            raise Killed

        patch.setattr(Store, step, dies)
        with suppress(Killed):
            yield


posts = st.tuples(
    st.integers(0, len(EVENTS) - 1),
    st.sampled_from(["", "有关部门将做好服务。", "现场气氛热烈。"]),  # the same, or an edited copy
    st.sampled_from(["zhanjiang", "guangdong"]),
)
steps = st.one_of(
    st.tuples(st.just("crawl"), st.lists(posts, min_size=1, max_size=3)),
    st.tuples(st.just("alert"), st.sampled_from(["", "_insert_digest", "_note_entries", "_queue"])),
    st.tuples(st.just("freeze"), st.sampled_from(["", "_insert_digest", "_note_entries", "_note_told", "_queue"])),
    st.tuples(st.just("deliver"), st.sampled_from(["", "before", "after"])),
)


class World:
    """A desk with audiences and a rule, and the days that pass in it."""

    def __init__(self, path: Path, filters: list[dict[str, object]], rule: dict[str, object]) -> None:
        schedules = ("mon 08:00", "daily 08:00", "mon 08:00")
        names = [f"a{number}" for number in range(len(filters))]
        self.audiences = tuple(
            {"name": name, "schedule": schedule, **keys}
            for name, schedule, keys in zip(names, schedules, filters, strict=False)
        )
        self.desk = Desk(path, audiences=self.audiences, alert_rules=({"name": "r", **rule},), began=BEGAN)
        self.channel = Recorder()
        self.now = BEGAN
        self.seen: dict[str, tuple[int, str]] = {}
        for source in ("zhanjiang", "guangdong"):
            self.desk.see(at=BEGAN, source=source)

    def crawl(self, found: list[tuple[int, str, str]]) -> None:
        for event, end, source in found:
            number = len(self.seen)
            place, text = EVENTS[event]
            day = self.now.date() - DAY
            body = f"{day.month}月{day.day}日，{text}{end}"
            entry = Entry(f"【{place}招商】第{number}条", f"http://{source}.example/{number}", day, body=body)
            (post,) = self.desk.see(entry, source=source, at=self.now)
            self.seen[entry.title.removeprefix(f"【{place}招商】")] = (post, source)

    def alert(self, dies: str) -> None:
        with killed_at(dies):
            jobs.freeze_alerts(self.desk.store, self.desk.setup, self.now)

    def freeze(self, dies: str) -> None:
        with killed_at(dies):
            jobs.freeze_due(self.desk.store, self.desk.setup, self.now)

    def deliver(self, dies: str) -> None:
        self.channel.dies = dies
        with suppress(Killed):
            self.desk.deliver(self.now, channels={"file": self.channel})

    def told(self, reader: str) -> Counter[str]:
        """How many of a reader's messages told each post."""
        return Counter(
            title
            for (audience, _), digest in self.channel.taken.items()
            if audience == reader
            for title in {title for item in _items(digest) for title in _titles(item)}
        )


def _items(digest: Digest) -> Iterator[Item | Any]:
    yield from (item for group in digest.places for item in group.items)
    yield from (*digest.late, *digest.recycled, *digest.told_before)


def _titles(item: Any) -> Iterator[str]:
    """What this digest tells: not the `others`, which it only links to."""
    yield item.title
    yield from (copy.title for copy in item.copies)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(FILTERS), min_size=1, max_size=3),
    st.sampled_from(FILTERS),
    st.integers(1, 3),
    st.lists(steps, min_size=4, max_size=24),
)
def test_every_post_that_an_audience_wants_is_announced_to_it_exactly_once(
    filters: list[dict[str, object]], rule: dict[str, object], at_most: int, script: list[tuple[str, Any]]
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder), filters, {**rule, "at_most": at_most})
        for step, how in script:
            getattr(world, step)(how)
            world.now += DAY
        for _ in range(15):  # what is left of the month passes without accidents
            world.alert("")
            world.freeze("")
            world.deliver("")
            world.now += DAY
        check(world)
        world.desk.store.close()


def check(world: World) -> None:
    stories = {one.post.id: story for story in world.desk.store.all_stories() for one in story.members}
    members = {one.post.id: one for story in stories.values() for one in story.members}
    wanted: Mapping[str, Filter] = {one.name: one.filter for one in world.desk.setup.config.audience}
    for name, choice in wanted.items():
        told = world.told(name)
        assert all(times == 1 for times in told.values()), (name, told)
        missing = [
            title for title, (post, _) in world.seen.items() if choice.admits([members[post]]) and not told[title]
        ]
        assert not missing, (name, missing)
    alerted = world.told("r")
    assert all(times == 1 for times in alerted.values()), alerted
    leads = [
        item.title
        for (audience, _), digest in world.channel.taken.items()
        if audience == "r"
        for item in digest.highlights
    ]
    of_stories = Counter(stories[world.seen[title][0]].id for title in leads)
    assert all(times == 1 for times in of_stories.values()), "a story is alerted once"
