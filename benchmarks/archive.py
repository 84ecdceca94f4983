"""How the store behaves when it has grown: `python benchmarks/archive.py [POSTS]` (default 100,000).

Fills a fresh database through the same calls that a crawl makes, tells all of it in one digest but the last week,
and times what happens on a Monday: recording a crawl's pages, freezing a week of 2,000 posts, previews and status.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from digests.build import build
from digests.content import to_json
from digests.render import render
from digests.selection import select
from monitor.announcing import AnnounceRules, Composition, DigestMaterial
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.periods import parse_period, week_of
from monitor.store import Store
from monitor.text import LabelPattern

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2025, 7, 21, tzinfo=UTC)
RULES = AnnounceRules(backfill_days=100_000)
PATTERN = LabelPattern.parse("【…招商】")
WEEK = 2_000
PAGE = 20


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took."""
    started = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - started:.3f} s", flush=True)


def entry(number: int, day: date) -> Entry:
    """A post of about 1,000 characters."""
    return Entry(
        f"【湛江招商】第{number}个项目签约",
        f"http://site.example/{number}.html",
        day,
        body=f"第{number}个项目签约，总投资{number % 90 + 1}亿元。" + "项目建设有序推进，服务持续优化。" * 60,
    )


def record(store: Store, crawl: int, numbers: range, day: date) -> None:
    """Record posts, a page at a time."""
    for first in range(numbers.start, numbers.stop, PAGE):
        lines = tuple(entry(number, day) for number in range(first, min(first + PAGE, numbers.stop)))
        store.record_listing(crawl, ListingPage("http://site.example/", "html", lines), PATTERN, MONDAY, ZONE)


def compose(material: DigestMaterial) -> Composition:
    """As the product does, without a mail to anybody."""
    selection = select(material, RULES, ZONE)
    digest = build(material, selection, {}, rules=RULES, preview=False, now=MONDAY, zone=ZONE)
    render(digest, "md")
    return Composition(to_json(digest), selection.records(material.off_label), ())


def freeze(store: Store, period: str) -> None:
    """Freeze one period."""
    store.freeze_digest(
        "everyone",
        parse_period(period),
        due_at=MONDAY,
        now=MONDAY,
        zone=ZONE,
        rules=RULES,
        sources=["site"],
        compose=compose,
    )


def main() -> None:
    """Fill, then measure."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    old = date(2025, 7, 1)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "zhaoshang.db") as store:
        store.sync([SourceSpec("site", "http://site.example/", "site")], ["everyone"], MONDAY - timedelta(days=900))
        crawl = store.start_crawl("site", 1, MONDAY)
        with timed(f"record {posts:,} posts"):
            record(store, crawl, range(posts), old)
        with timed("freeze them all"):
            freeze(store, week_of(old).key)
        with timed(f"record a week of {WEEK:,} posts"):
            record(store, crawl, range(posts, posts + WEEK), date(2025, 7, 18))
        with timed("record the same week again"):
            record(store, crawl, range(posts, posts + WEEK), date(2025, 7, 18))
        with timed(f"freeze and render a week of {WEEK:,} posts"):
            freeze(store, "2025-W29")
        with timed("preview of the same week"):
            store.preview_material("everyone", parse_period("2025-W29"), MONDAY, ["site"], ZONE)
        with timed("status"):
            store.summary()
        print(f"database: {store.path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
