"""What a digest tells, and how: each post once, in the digest that it belongs to."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.build import build, build_preview
from digests.content import Digest, Item
from digests.freeze import content_of
from digests.selection import Selection, Told, select
from digests.sources import source_healths
from monitor import jobs
from monitor.announcing import AnnounceRules, Audience, DigestMaterial, EntryKind, Period
from monitor.health.conditions import Health, State, Symptom, Trouble
from monitor.models import Crawl, CrawlCounts, OffLabelEntry, Post, PostStatus, Source, SourceState
from monitor.pages import Article, Entry
from monitor.periods import local_date, parse_period, week_of

MONDAY = date(2025, 7, 14)  # 2025-W29 begins
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@pytest.fixture
def digest(now: datetime, zone: ZoneInfo) -> Callable[..., tuple[Selection, Digest]]:
    """Selects and builds 2025-W29 from posts."""

    def from_posts(posts: Sequence[Post] = (), **more: Any) -> tuple[Selection, Digest]:
        material = _material(posts, now, **more)
        rules = AnnounceRules()
        selection = select(material, rules, zone)
        return selection, build(material, selection, {}, rules=rules, preview=False, now=now, zone=zone)

    return from_posts


def _material(posts: Sequence[Post], now: datetime, **more: Any) -> DigestMaterial:
    empty = DigestMaterial(Audience(1, "everyone", now), parse_period("2025-W29"), (), frozenset(), (), ())
    return replace(empty, posts=tuple(posts), **more)


def _ids(told: Sequence[Told]) -> list[int]:
    return [one.lead.post.id for one in told]


def test_posts_of_the_period_are_new_and_older_ones_stand_under_late_newest_first(digest, post) -> None:
    days = {1: MONDAY, 2: MONDAY - DAY, 3: MONDAY + 6 * DAY, 4: MONDAY - 9 * DAY, 5: MONDAY + 6 * DAY}
    selection, told = digest([post(number, day) for number, day in days.items()])
    assert _ids(selection.new) == [3, 5, 1]
    assert _ids(selection.late) == [2, 4]
    assert [one.post_id for one in told.late] == [2, 4]
    assert told.count == 3


@pytest.mark.parametrize(
    ("seen", "backfilled"),
    [
        (datetime(2025, 7, 14, 12, tzinfo=UTC), False),  # 28 days
        (datetime(2025, 7, 14, 15, 59, tzinfo=UTC), False),  # 23:59 in Shanghai
        (datetime(2025, 7, 14, 16, tzinfo=UTC), True),  # the 15th in Shanghai: 29 days
        (datetime(2025, 6, 17, tzinfo=UTC), False),  # seen at once, told late
    ],
)
def test_a_post_that_was_too_old_at_first_sight_is_only_counted(digest, post, seen: datetime, backfilled: bool) -> None:
    selection, told = digest([post(1, MONDAY - 28 * DAY, first_seen_at=seen, baseline=True)])
    counted = [one.id for one in selection.backfilled]
    assert (counted, _ids(selection.late)) == (([1], []) if backfilled else ([], [1]))
    assert told.backfilled == int(backfilled)


def test_an_undated_post_is_told_unless_it_comes_from_a_baseline(digest, post) -> None:
    selection, told = digest([post(1, None), post(2, None, baseline=True), post(3, baseline=True)])
    assert _ids(selection.new) == [1, 3]
    assert [one.id for one in selection.backfilled] == [2]
    assert [(one.post_id, one.dated) for group in told.places for one in group.items] == [(1, False), (3, True)]


def test_copies_are_told_once_with_the_post_seen_first(digest, post) -> None:
    posts = [post(1), post(2, copy_of=1, title="【广东招商】另一处"), post(3, copy_of=1), post(4)]
    for order in (posts, posts[::-1]):
        selection, told = digest(order)
        assert _ids(selection.new) == [1, 4]
        (group,) = told.places
        assert [[copy.post_id for copy in one.copies] for one in group.items] == [[2, 3], []]
        assert group.items[0].copies[0].title == "另一处"


def test_a_copy_of_what_was_told_before_is_recorded_and_no_new_event(digest, post) -> None:
    selection, told = digest([post(2, copy_of=1), post(3)], announced_groups=frozenset({1}))
    assert _ids(selection.told_before) == [2]
    assert told.count == 1
    assert (EntryKind.COPY, 2) in {(record.kind, record.post_id) for record in selection.records(())}


def test_every_post_and_off_label_entry_is_recorded_exactly_once(digest, post, now: datetime) -> None:
    posts = [
        *(post(1), post(2, copy_of=1), post(3, MONDAY - 5 * DAY), post(4, MONDAY - 90 * DAY)),
        *(post(5, copy_of=4, published_on=MONDAY - 90 * DAY), post(6, copy_of=9)),
    ]
    off_label = (OffLabelEntry(1, "zhanjiang", "【投资廉江市】报告", None, MONDAY, now),)
    selection, told = digest(posts, announced_groups=frozenset({9}), off_label=off_label)
    recorded = selection.records(off_label)
    assert sorted(record.post_id for record in recorded if record.post_id) == [1, 2, 3, 4, 5, 6]
    kinds = {1: "new", 2: "copy", 3: "late", 4: "backfilled", 5: "backfilled", 6: "copy", None: "off-label"}
    assert {record.post_id: record.kind.value for record in recorded} == kinds
    assert [(line.title, line.source) for line in told.off_label] == [("【投资廉江市】报告", "zhanjiang")]


def test_an_item_is_told_without_its_label_and_a_pending_post_without_a_summary(digest, post) -> None:
    _, told = digest(
        [
            post(1, title="［湛江招商］ 项目开工", body="第一段。\n一、第二段。", url=None),
            post(2, status=PostStatus.PENDING, body=None, summary="列表上的摘要"),
        ]
    )
    first, pending = told.places[0].items
    assert (first.title, first.summary, first.url, first.label) == ("项目开工", "第一段。", None, "湛江招商")
    assert (pending.title, pending.summary) == ("帖子2", None)


COUNTS = CrawlCounts(pages=2, new=3, revised=1, unchanged=4, moved=1, completed=2, off_label=1)


@pytest.mark.parametrize(
    ("health", "trouble"),
    [
        (None, None),
        (Health(State.HEALTHY), None),
        (Health(State.QUIET, Trouble(Symptom.STALE, "2025-06-01")), "2025-06-01 之后没有新内容"),
        (Health(State.SUSPICIOUS, Trouble(Symptom.NEVER_CRAWLED)), "尚未抓取"),
        (Health(State.BROKEN, Trouble(Symptom.SILENT, "40 d"), None, 160), "已 40 天没有抓取"),
        (
            Health(
                State.UNREACHABLE, Trouble(Symptom.SERVER_ERROR, "HTTP 503"), datetime(2025, 7, 18, 20, tzinfo=UTC), 3
            ),
            "连续 3 次抓取失败（自 07-19 起）：网站返回 HTTP 503",
        ),
    ],
)
def test_a_source_line_says_how_it_is(
    now: datetime, zone: ZoneInfo, health: Health | None, trouble: str | None
) -> None:
    began = now - DAY
    good = Crawl(1, 1, "zhanjiang", began, now, "end of the listing", True, 1, COUNTS)
    source = Source(1, "zhanjiang", "http://zj.example/", "湛江招商", now, True)
    state = SourceState(source, 12, 2, good, good)
    material = _material((), now, sources=(state,))
    told = build(
        material,
        select(material, AnnounceRules(), zone),
        {"zhanjiang": health} if health else {},
        rules=AnnounceRules(),
        preview=False,
        now=now,
        zone=zone,
    )
    (line,) = told.sources
    is_well = health is None or health.is_well
    assert (line.ok, line.trouble, line.title, line.posts, line.pending) == (is_well, trouble, "湛江招商", 12, 2)
    assert line.state is (health.state if health else State.HEALTHY)
    assert (line.last_good_at, line.last_good_seen, line.told) == (began, 9, 0)
    assert told.troubled == int(not is_well)
    assert told.is_empty


@pytest.mark.parametrize(
    ("pid", "preview", "expected"),
    [
        (os.getpid(), False, (False, State.SUSPICIOUS, "抓取未在限时内结束（自 07-21 起）")),
        (os.getpid(), True, (True, State.HEALTHY, None)),
        (2**30, True, (False, State.BROKEN, "07-21 抓取失败：抓取进程意外结束")),  # no process has that number
    ],
    ids=["runs", "runs, preview", "died"],
)
def test_a_crawl_that_outlasts_the_digests_wait_may_hold_news(
    open_desk, now: datetime, pid: int, preview: bool, expected: tuple[bool, State, str | None]
) -> None:
    desk = open_desk()
    desk.see(Entry("【湛江招商】甲", "http://zj.example/1.html", now.date()))
    desk.store.start_crawl("zhanjiang", pid, now)
    config, states = desk.setup.config, desk.store.source_states(["zhanjiang"])
    healths = source_healths(desk.store, config, states, now, preview=preview)
    material = _material((), now, sources=states)
    (line,) = build_preview(material, healths, AnnounceRules(), now, config.zone).sources
    assert (line.ok, line.state, line.trouble) == expected


def test_missed_periods_are_named_without_the_digests_own(digest) -> None:
    assert digest(missed=("2025-W27", "2025-W28", "2025-W29"))[1].missed == ("2025-W27", "2025-W28")


def test_a_preview_tells_every_post_with_its_copies_once(post, now: datetime, zone: ZoneInfo) -> None:
    posts = [
        *(post(1, baseline=True), post(2, copy_of=1), post(3, None, baseline=True), post(4, status=PostStatus.PENDING)),
        post(5, copy_of=90),
    ]
    told = build_preview(_material(posts, now), {}, AnnounceRules(), now, zone)
    (group,) = told.places
    assert told.preview
    assert [(one.post_id, [copy.post_id for copy in one.copies]) for one in group.items] == [
        *((3, []), (1, [2]), (4, []), (5, [])),
    ]
    assert (told.late, told.backfilled, told.missed) == ((), 0, ())


# -- through the store ------------------------------------------------------------------------------------------------


def _entry(number: int, day: date | None, body: str | None = "正文。") -> Entry:
    return Entry(f"【湛江招商】帖子{number}", url=f"http://zj.example/{number}", published_on=day, body=body)


def test_what_arrives_late_is_told_by_the_next_digest_and_a_frozen_one_stays(open_desk, now: datetime) -> None:
    desk = open_desk(began=now - WEEK)
    desk.see(_entry(1, MONDAY), at=now - DAY)
    first = desk.freeze("2025-W29")
    desk.see(_entry(1, MONDAY), _entry(2, MONDAY), _entry(3, MONDAY + WEEK), at=now + DAY)
    assert desk.freeze("2025-W29", at=now + DAY) == first
    second = desk.freeze("2025-W30", at=now + WEEK)
    assert [item.title for item in second.late] == ["帖子2"]
    assert [item.title for group in second.places for item in group.items] == ["帖子3"]


def test_a_new_audience_looks_back_fourteen_days(open_desk, now: datetime) -> None:
    desk = open_desk(began=now - 5 * WEEK)
    ages = (13, 14, 15)
    desk.see(*(_entry(age, local_date(now, desk.setup.config.zone) - age * DAY) for age in ages), at=now - 9 * DAY)
    late = open_desk(desk.path, audiences=[{"name": "everyone"}, {"name": "late"}])
    assert [item.title for item in late.freeze(audience="late").late] == ["帖子13", "帖子14"]
    assert len(late.freeze(audience="everyone").late) == 3


# -- whatever happens, and in whatever order ---------------------------------------------------------------------------

SOURCES = st.sampled_from(["zhanjiang", "guangdong"])
AGES = st.integers(-3, 40) | st.none()  # in days; below zero: dated in the future; none: undated
STEPS = st.one_of(
    st.tuples(st.just("arrive"), SOURCES, AGES, st.sampled_from(["pending", "complete", "copied"])),
    st.tuples(st.just("wait"), st.integers(1, 12 * 24)),  # hours
    st.tuples(st.just("freeze")),
    st.tuples(st.just("preview"), st.integers(0, 5)),  # weeks ago
    st.tuples(st.just("read"), st.booleans()),  # the pages of what is pending, with or without success
)

SCHEDULES = {
    "weekly": "mon 08:00",
    "daily": "daily 08:00",
    "monthly": "1st 09:00",
    "changing": "mon 08:00",
    "changing-too": "weekdays 17:30",
}
LATER = {"newcomer": "wed 18:00", "changing": "daily 07:00", "changing-too": "1st 09:00"}


@dataclass
class Weeks:
    """Weeks in the life of a desk: posts come as they like, and each audience's digests are frozen when asked for."""

    desk: Any
    at: datetime
    preview: bool
    copies: list[tuple[str, Entry]] = field(default_factory=list)  # yet to be listed by the other source
    frozen: dict[str, list[Digest]] = field(default_factory=lambda: defaultdict(list))
    arrived: int = 0

    def play(self, steps: Sequence[tuple[Any, ...]]) -> None:
        for name, *values in steps:
            getattr(self, f"_{name}")(*values)

    def finish(self) -> None:
        """Gives up what is still pending, and lets every audience's next digest fall due."""
        for _ in range(3):
            self._read(False)
        self._wait(24 * 35)  # at least one first of a month
        self._freeze()

    def _arrive(self, source: str, age: int | None, state: str) -> None:
        self.arrived += 1
        today = local_date(self.at, self.desk.setup.config.zone)
        day = None if age is None else today - age * DAY
        entry = _entry(self.arrived, day, None if state == "pending" else f"正文{self.arrived}。")
        self.desk.see(entry, source=source, at=self.at)
        if state == "copied" and age is not None and age >= 0:
            other = "guangdong" if source == "zhanjiang" else "zhanjiang"
            self.copies.append((other, replace(entry, url=f"http://copy.example/{self.arrived}")))

    def _wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        for source, entry in self.copies:
            self.desk.see(entry, source=source, at=self.at)
        self.copies.clear()

    def _freeze(self) -> None:
        for digest in jobs.freeze_due(self.desk.store, self.desk.setup, self.at):
            self.frozen[digest.audience].append(content_of(digest))
        assert jobs.freeze_due(self.desk.store, self.desk.setup, self.at) == ()

    def _preview(self, weeks: int) -> None:
        if self.preview:
            period = week_of(local_date(self.at, self.desk.setup.config.zone) - weeks * WEEK)
            told = Counter(_told([self.desk.preview(period.key, audience="weekly", at=self.at)]))
            assert told == Counter(p.id for p in self.desk.store.all_posts() if _within(p.effective_on, period))

    def _read(self, success: bool) -> None:
        for source in ("zhanjiang", "guangdong"):
            crawl = self.desk.store.start_crawl(source, 1, self.at)
            for pending in self.desk.store.pending_posts(self.desk.store.source(source).id):
                if success:
                    article = Article(None, f"正文 {pending.title}")
                    self.desk.store.record_article(crawl, pending.id, article, self.at, self.desk.setup.config.zone)
                else:
                    self.desk.store.record_page_failure(crawl, pending.id, "HTTP 503")
            self.desk.store.finish_crawl(crawl, "end of the listing", completed=True, now=self.at)


def _within(day: date, period: Period) -> bool:
    return period.start <= day < period.end


def _items(digest: Digest) -> list[Item]:
    return [item for group in digest.places for item in group.items]


def _told(digests: Sequence[Digest]) -> list[int]:
    items = [item for digest in digests for item in (*_items(digest), *digest.late, *digest.recycled)]
    return [item.post_id for item in items] + [copy.post_id for item in items for copy in item.copies]


def _may_be_told(post: Post, audience: Audience, zone: ZoneInfo) -> bool | None:
    """The specification's rule, for a post that was read or given up; None where it does not even count."""
    look_back = local_date(audience.created_at, zone) - 14 * DAY
    if post.first_seen_at < audience.created_at and post.effective_on < look_back:
        return None
    if not post.dated:  # an implausible date is a date all the same: it is told at first sight
        return not post.baseline or post.published_on is not None
    return local_date(post.first_seen_at, zone) - post.effective_on <= 28 * DAY


def _check(digests: Sequence[Digest], posts: Sequence[Post], audience: Audience, zone: ZoneInfo) -> None:
    """Compares all digests that an audience ever got with the posts that there are."""
    groups: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        groups[post.copy_of or post.id].append(post)
    due = {key: [_may_be_told(post, audience, zone) for post in group] for key, group in groups.items()}
    group_of = {post.id: key for key, group in groups.items() for post in group}
    items = [item for digest in digests for item in (*_items(digest), *digest.late)]
    assert Counter(group_of[item.post_id] for item in items) == Counter(key for key, may in due.items() if any(may))
    assert max(Counter(_told(digests)).values(), default=1) == 1
    only_counted = [may for may in due.values() if not any(may) and may.count(None) < len(may)]
    # A copy may be counted with the post that it repeats, or not; the post itself is counted once.
    assert len(only_counted) <= sum(digest.backfilled for digest in digests) <= sum(map(len, only_counted))
    for digest in digests:
        assert all(digest.period.start <= item.effective_on < digest.period.end for item in _items(digest))
        assert all(item.effective_on < digest.period.start for item in digest.late)


# Every example has folders of its own.
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(before=st.lists(STEPS, max_size=6), after=st.lists(STEPS, max_size=8))
def test_every_post_is_told_once_to_each_audience_whatever_happens_and_whoever_looks(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], open_desk, now: datetime, zone: ZoneInfo
) -> None:
    outcomes: list[dict[str, list[Digest]]] = []
    for looking in (True, False):
        with TemporaryDirectory() as folder:
            audiences = [{"name": name, "schedule": text} for name, text in SCHEDULES.items()]
            weeks = Weeks(open_desk(Path(folder), audiences=audiences), now, looking)
            weeks.play(before)
            weeks.desk.store.close()
            audiences = [{"name": name, "schedule": text} for name, text in (SCHEDULES | LATER).items()]
            weeks.desk = open_desk(Path(folder), audiences=audiences, began=weeks.at)
            weeks.play(after)
            weeks.finish()
            posts = list(weeks.desk.store.all_posts())
            for name in SCHEDULES | LATER:
                _check(weeks.frozen[name], posts, weeks.desk.store.audience(name), zone)
            weeks.desk.store.close()
            outcomes.append(weeks.frozen)
    assert outcomes[0] == outcomes[1]
