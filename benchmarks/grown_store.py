"""Fills a store as it looks after ten years: an archive that an audience was told week by week, and a week that is new.

Of the archive (2015-W28 to 2025-W27) the rows are written straight into the tables, which takes minutes instead of a
day: posts of some 1,100 characters with facts as they were read of invented texts, in stories of one to three, with
links, edits, off-label entries, a ledger of daily crawls, and a digest of each week with all that it told. It lacks
what a digest does not ask for: identities, first revisions, and what posts are compared by.

The last two weeks go through the methods that a crawl calls. The first of them was told, the second was not: stories of
one to four posts, old news, further posts and next steps of what the first week told, edits of it, off-label entries.
"""

import random
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from stories_speed import STAGES, TAILS, VERBS, Invention

from digests.content import from_json, to_json
from digests.freeze import freeze
from monitor import jobs
from monitor.analysis import VERSIONS
from monitor.announcing import Period
from monitor.facts.findings import Facts, Stage
from monitor.facts.place import read_place
from monitor.facts.place_divisions import Division
from monitor.facts.reading import read_facts
from monitor.grouping import group_posts
from monitor.pages import Entry, ListingPage
from monitor.periods import parse_period, week_of
from monitor.schedule import DueDigest
from monitor.setup import CONFIG_NAME, Setup, load_setup
from monitor.store import Store, fact_rows
from monitor.text import LabelPattern

WEEK = 2_000
SOURCES = 100
TOLD, NEW = parse_period("2025-W28"), parse_period("2025-W29")
WEEKS = 520  # of the archive, before TOLD
ZONE = ZoneInfo("Asia/Shanghai")
PATTERN = LabelPattern.parse("【…招商】")
LENGTH = 1_100  # characters of a body
POOL = 400  # texts that those of the archive are copies of
PAGE = 20


@dataclass(frozen=True, slots=True)
class Event:
    """What posts report."""

    where: Division
    company: str
    goods: str
    billions: float


@dataclass(frozen=True, slots=True)
class Text:
    """A post, before anybody read it."""

    title: str
    body: str
    day: date


class Writer:
    """Texts of events; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.made = Invention(seed)
        self.random = self.made.random

    def event(self) -> Event:
        """Something new."""
        made, chance = self.made, self.random
        return Event(
            chance.choice(made.counties), made.company(), chance.choice(made.goods), chance.randint(11, 999) / 10
        )

    def text(self, event: Event, stage: Stage, day: date, happened: date | None = None) -> Text:
        """A post of the day on an event of the same one, or of the one that is given."""
        chance, when, word = self.random, happened or day, STAGES[stage]
        what = f"{event.company}科技有限公司{event.goods}项目"
        lead = (
            f"{when.year}年{when.month}月{when.day}日，{what}在{event.where.full}{word}，"
            f"总投资{event.billions:g}亿元，占地{chance.randint(30, 900)}亩。"
        )
        body, size = [lead], len(lead)
        while size < LENGTH:
            body.append(self._sentence())
            size += len(body[-1])
        body[4::5] = [sentence + "\n" for sentence in body[4::5]]
        return Text(f"【{event.where.stem}招商】{event.company}{event.goods}项目{word}", "".join(body), day)

    def rewrite(self, text: Text, day: date) -> Text:
        """The same in another order and under another title."""
        sentences = text.body.replace("\n", "").split("。")[:-1]
        rest = sentences[1:]
        self.random.shuffle(rest)
        return Text(text.title.replace("项目", "一项目"), "。".join([sentences[0], *rest]) + "。", day)

    def _sentence(self) -> str:
        made, chance = self.made, self.random
        size = made.figure() if chance.random() < 0.2 else ""
        return (
            f"{chance.choice(VERBS)}{chance.choice(made.goods)}{size}，{made.word()}{made.word()}"
            f"{chance.choice(TAILS)}，{made.word()}与{made.word()}{chance.choice(VERBS)}{chance.choice(TAILS)}。"
        )


def make(folder: Path, posts: int) -> Setup:
    """The set-up in a folder: its store is filled, unless that was done before."""
    config = folder / CONFIG_NAME
    config.write_text(_configuration(), encoding="utf-8")
    setup = load_setup(config)
    finished = folder / f"filled-{posts}"
    if finished.exists():
        return setup
    if setup.database.exists():
        raise SystemExit(f"{setup.database} is a store of another size, or not filled to its end: remove it")
    started = time.perf_counter()
    with Store(setup.database) as store:
        jobs.sync(store, setup, _instant(_week(0).start - timedelta(days=1)))
    _fill(setup.database, posts - 2 * WEEK)
    with Store(setup.database) as store:
        _live(store, setup)
    finished.touch()
    print(f"filled with {posts:,} posts in {time.perf_counter() - started:.0f} s", flush=True)
    return setup


def _configuration() -> str:
    sources = [
        f'[[source]]\nname = "source-{number}"\nurl = "http://invented.example/{number}/"\ntitle = "第{number}招商网"\n'
        'label = "【…招商】"\n'
        for number in range(1, SOURCES + 1)
    ]
    return "\n".join([*sources, '[[audience]]\nname = "everyone"\nschedule = "mon 08:00"\nchannels = ["file"]\n'])


def _week(number: int) -> Period:
    """The weeks of the archive, from 0."""
    return week_of(TOLD.start - timedelta(days=7 * (WEEKS - number)))


def _instant(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


# -- the archive -------------------------------------------------------------------------------------------------------


def _fill(path: Path, count: int) -> None:
    pool = _pool()
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("PRAGMA cache_size = -400000")
        conn.execute("BEGIN")
        crawls = _crawls(conn)
        conn.execute("COMMIT")
        for week in range(WEEKS):
            conn.execute("BEGIN")
            _fill_week(conn, pool, week, range(count * week // WEEKS + 1, count * (week + 1) // WEEKS + 1), crawls)
            conn.execute("COMMIT")
            if sys.stderr.isatty():
                print(f"\rfilling: week {week + 1} of {WEEKS}", end="", file=sys.stderr)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _pool() -> list[tuple[str, str, list[object]]]:
    """Titles, bodies, and the columns of their facts."""
    writer, day = Writer(1), date(2019, 5, 6)
    pool: list[tuple[str, str, list[object]]] = []
    for number in range(POOL):
        stage = writer.random.choice(list(STAGES))
        text = writer.text(writer.event(), stage, day, day.replace(year=2017) if number % 10 == 0 else day)
        place = read_place(text.title, text.body, text.title[1:].partition("】")[0])
        facts: Facts = read_facts(text.title, text.body, day, place=place)
        pool.append((text.title, text.body, fact_rows.columns(0, VERSIONS[0], facts, "")[1:]))
    return pool


def _crawls(conn: sqlite3.Connection) -> int:
    """A crawl of each source on each day; how many."""
    days = 7 * WEEKS
    conn.executemany(
        "INSERT INTO crawls (source_id, started_at, finished_at, reason, completed, pid, url, pages, new, unchanged,"
        " records, dated, without_link, garbled, newest_on, sound)"
        " VALUES (?, ?, ?, 'reached known posts', 1, 1, ?, 1, 3, 17, 20, 20, 0, 0, ?, 1)",
        (
            [source, begun, begun, f"http://invented.example/{source}/", (_week(0).start + timedelta(day)).isoformat()]
            for day in range(days)
            for begun in [_instant(_week(0).start + timedelta(day), 6).isoformat()]
            for source in range(1, SOURCES + 1)
        ),
    )
    conn.execute("UPDATE sources SET baseline_crawl_id = id, attempted_at = ?", [_instant(TOLD.end, 6).isoformat()])
    return days * SOURCES


def _fill_week(
    conn: sqlite3.Connection, pool: Sequence[tuple[str, str, list[object]]], week: int, numbers: range, crawls: int
) -> None:
    period = _week(week)
    frozen = _instant(period.end).isoformat()
    posts, facts, stories, members, links, entries, events = [], [], [], [], [], [], []
    for number in numbers:
        title, body, columns = pool[number * 7919 % POOL]
        day = period.start + timedelta(days=number % 7)
        seen = _instant(day, 6).isoformat()
        posts.append([
            number, number % SOURCES + 1, title, title, title, day.isoformat(), title[1:5], title[1:3],
            f"http://invented.example/{number % SOURCES + 1}/{number}.html", day.isoformat(), day.isoformat(), body,
            f"{number:064}", seen, seen, seen,
        ])  # fmt: skip
        facts.append([number, *columns])
        story = number - number % 8 if number % 8 in (1, 2) and number - number % 8 >= numbers.start else number
        if story == number:
            stories.append([number, seen])
        members.append(
            [number, story, None, None, 1.0, "[]"]
            if story == number
            else [number, story, "same", story, 0.9, '["地区","金额"]']
        )
        if number % 10 == 0 and number > 10_000:
            links.append([number, number - 9_000, "step" if number % 20 else "related", 0.7, '["项目"]'])
        kind = "copy" if story != number else "recycled" if number % 10 == 3 else "new"
        entries.append([week + 1, 1, kind, number])
        if number % 20 == 0 and week:
            events.append([number // 20, number - len(numbers), number * 31 % crawls + 1, seen, frozen])
    conn.executemany(
        "INSERT INTO posts (id, source_id, title, listed_title, listed_key, listed_on, label, place, url, published_on,"
        " effective_on, dated, body, status, fingerprint, baseline, revision, grouped, first_seen_at, last_seen_at,"
        " visit_from, read_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, 'complete', ?, 0, 1, 1, ?, ?, ?,"
        " 'page')",
        posts,
    )
    marks = ", ".join("?" * len(fact_rows.COLUMNS.split(",")))
    conn.executemany(f"INSERT INTO post_facts ({fact_rows.COLUMNS}) VALUES ({marks})", facts)
    conn.executemany("INSERT INTO stories VALUES (?, ?)", stories)
    conn.executemany("INSERT INTO story_members VALUES (?, ?, ?, ?, ?, ?)", members)
    conn.executemany("INSERT INTO story_links VALUES (?, ?, ?, ?, ?)", links)
    _tell_week(conn, week, period, numbers, entries, events)


def _tell_week(
    conn: sqlite3.Connection,
    week: int,
    period: Period,
    numbers: range,
    entries: Sequence[Sequence[object]],
    events: Sequence[Sequence[object]],
) -> None:
    """The digest of a week; its content is put in once there is one to copy."""
    at, last_event = _instant(period.end).isoformat(), events[-1][0] if events else 0
    conn.execute(
        "INSERT INTO digests (id, audience_id, period, period_start, period_end, due_at, frozen_at, content, held_back,"
        " events_until) VALUES (?, 1, ?, ?, ?, ?, ?, '', 0, ?)",
        [week + 1, period.key, period.start.isoformat(), period.end.isoformat(), at, at, last_event],
    )
    off_label = range(numbers.start // 20 + 1, numbers.stop // 20 + 1)
    conn.executemany(
        "INSERT INTO off_label_entries (id, source_id, key, title, url, effective_on, first_seen_at, last_crawl_id,"
        " first_crawl_id) VALUES (?, 1, ?, ?, NULL, ?, ?, 1, 1)",
        [[one, f"{one:064}", f"【投资廉江市】第{one}期", period.start.isoformat(), at] for one in off_label],
    )
    entry = "INSERT INTO digest_entries (digest_id, audience_id, kind, post_id, off_label_id) VALUES (?, ?, ?, ?, ?)"
    conn.executemany(entry, [[*one, None] for one in entries])
    conn.executemany(entry, [[week + 1, 1, "off-label", None, one] for one in off_label])
    conn.executemany(
        "INSERT INTO post_events (id, post_id, crawl_id, at, kind, revision, telling) VALUES (?, ?, ?, ?, 'revised',"
        " 2, 1)",
        [one[:4] for one in events],
    )
    conn.executemany(
        "INSERT INTO digest_changes (digest_id, audience_id, event_id) VALUES (?, 1, ?)",
        [[week + 1, one[0]] for one in events],
    )


# -- the last two weeks ------------------------------------------------------------------------------------------------


def _live(store: Store, setup: Setup) -> None:
    writer = Writer(2)
    events = [writer.event() for _ in range(WEEK * 7 // 10)]
    told = list(_told_week(writer, events))
    _record(store, told, TOLD, off_label=0)
    _freeze(store, setup, TOLD)
    _put_in_contents(store)
    revised = [replace(one, body=one.body.replace("占地", "共占地", 1) + "项目用地已经落实。") for one in told[:80]]
    _record(store, [*_new_week(writer, events, told), *revised], NEW, off_label=40)
    store._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # noqa: SLF001 - as a daemon's next start does


def _told_week(writer: Writer, events: Sequence[Event]) -> Iterator[Text]:
    """Signings, and rewrites of some of them."""
    texts = [writer.text(one, Stage.SIGNING, TOLD.start + timedelta(days=n % 7)) for n, one in enumerate(events)]
    yield from texts
    yield from (writer.rewrite(one, one.day) for one in texts[: WEEK - len(texts)])


def _new_week(writer: Writer, before: Sequence[Event], told: Sequence[Text]) -> Iterator[Text]:
    """2,000 posts: 60 that join what was told, 100 next steps, 100 old news; the rest is new, a third in company."""

    def day(number: int) -> date:
        return NEW.start + timedelta(days=number % 7)

    yield from (writer.rewrite(told[-number], day(number)) for number in range(1, 61))
    yield from (writer.text(before[-number], Stage.GROUNDBREAKING, day(number)) for number in range(1, 101))
    for number in range(100):
        then = date(2022, 3, 1) + timedelta(days=number)
        yield writer.text(writer.event(), Stage.PRODUCTION, day(number), then)
    left = WEEK - 260
    while left:
        first = writer.text(writer.event(), writer.random.choice(list(STAGES)), day(left))
        further = min(left - 1, writer.random.choice((0, 0, 0, 0, 1, 3)))
        yield first
        yield from (writer.rewrite(first, day(left + one)) for one in range(further))
        left -= 1 + further


def _record(store: Store, texts: Sequence[Text], period: Period, *, off_label: int) -> None:
    """Record a week as crawls do at its end, each source its share, and group it."""
    now = _instant(period.end - timedelta(days=1), 14)
    lines: list[list[Entry]] = [[] for _ in range(SOURCES)]
    for text in texts:
        # What a title names, its address names: a revised text comes under the same one.
        number = random.Random(text.title).getrandbits(60)  # noqa: S311 - no secret
        source = number % SOURCES
        url = f"http://invented.example/{source + 1}/{number:x}.html"
        lines[source].append(Entry(text.title, url, text.day, body=text.body))
    for number in range(off_label):
        lines[number].append(Entry(f"【投资廉江市】本周第{number}期", None, period.start))
    for source, entries in enumerate(lines, start=1):
        crawl = store.start_crawl(f"source-{source}", 1, now)
        for first in range(0, len(entries), PAGE):
            page = ListingPage(f"http://invented.example/{source}/", "html", tuple(entries[first : first + PAGE]))
            store.record_listing(crawl, page, PATTERN, now, ZONE)
            if not first:
                store.note_reading(crawl, page, now.date())
        store.finish_crawl(crawl, "end", completed=True, now=now)
    group_posts(store, now, _progress)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\rreading posts: {done} of {total}      ", end="", file=sys.stderr)


def _freeze(store: Store, setup: Setup, period: Period) -> None:
    at = _instant(period.end)
    freeze(store, setup, setup.config.audience[0], DueDigest(period, at), latest=True, now=at)


def _put_in_contents(store: Store) -> None:
    """Give the digests of the archive the content of the one that was frozen, each under its own period."""
    frozen = store.frozen_digest("everyone", TOLD.key)
    assert frozen is not None
    content = from_json(frozen.content)
    with store._write() as conn:  # noqa: SLF001 - what no method does, for good reasons
        for week in range(WEEKS):
            text = to_json(replace(content, period=_week(week)))
            conn.execute("UPDATE digests SET content = ? WHERE id = ?", [text, week + 1])
