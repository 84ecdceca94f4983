"""The jobs of the product, one function each, shared by the daemon, the demo and the command line; no clock ticks here.

Order of a digest's morning: crawl what is due, freeze what is due, deliver what is due.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from digests.channels import Channel, Robot, open_channel
from digests.freeze import freeze
from digests.outbox import Outcome, deliver_due
from monitor.announcing import FrozenDigest
from monitor.clock import Clock
from monitor.config import AudienceConfig
from monitor.crawl_process import CrawlOutcome, run_crawl
from monitor.grouping import group_posts
from monitor.models import Crawl
from monitor.schedule import DueDigest, due_digests, next_crawl
from monitor.setup import Setup
from monitor.store import Store


def sync(store: Store, setup: Setup, now: datetime) -> None:
    """Make what is configured known to the store."""
    config = setup.config
    store.sync([source.spec for source in config.source], [audience.name for audience in config.audience], now)


def due_sources(store: Store, setup: Setup, now: datetime) -> tuple[str, ...]:
    """The sources that are to be crawled now, longest due first; paused ones never are."""
    due = [(moment, name) for name, moment in next_crawls(store, setup, now) if moment <= now]
    return tuple(name for _, name in sorted(due))


def next_crawls(store: Store, setup: Setup, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Every configured source that is not paused, with the instant at which it falls due.

    One whose crawls fail falls due later each time, and is never dropped.
    """
    attempted = {state.source.name: state.source.attempted_at for state in store.source_states()}
    failures = store.failures_in_a_row()
    return tuple(
        (
            source.name,
            next_crawl(
                source.schedule,
                attempted.get(source.name),
                now,
                source.name,
                setup.config.zone,
                failures.get(source.name, 0),
            ),
        )
        for source in setup.config.source
        if not source.paused
    )


def crawl_sources(
    setup: Setup,
    names: Iterable[str],
    clock: Clock,
    stop: threading.Event,
    *,
    full: bool = False,
    url: str | None = None,
    watch: Callable[[Crawl], None] | None = None,
    done: Callable[[CrawlOutcome], None] | None = None,
) -> tuple[CrawlOutcome, ...]:
    """Crawl sources side by side, `crawl.parallel` at a time; `done` hears of each as it ends."""

    def crawl(name: str) -> CrawlOutcome:
        outcome = run_crawl(
            setup, name, clock=clock.now, set_now=clock.is_set, stop=stop, full=full, url=url, watch=watch
        )
        if done is not None:
            done(outcome)
        return outcome

    with ThreadPoolExecutor(max_workers=setup.config.crawl.parallel, thread_name_prefix="crawl") as pool:
        return tuple(pool.map(crawl, names))


def due_audiences(
    store: Store, setup: Setup, now: datetime
) -> tuple[tuple[AudienceConfig, tuple[DueDigest, ...]], ...]:
    """The audiences with digests to freeze, each with its due periods, oldest first."""
    found: list[tuple[AudienceConfig, tuple[DueDigest, ...]]] = []
    for audience in setup.config.audience:
        row = store.audience(audience.name)
        if row is not None:
            due = due_digests(audience.due, row.created_at, row.last_due_at, now, setup.config.zone)
            found += [(audience, due)] if due else []
    return tuple(found)


def freeze_due(store: Store, setup: Setup, now: datetime) -> tuple[FrozenDigest, ...]:
    """Freeze every digest that is due, oldest first; returns those that are new. No post in it is without a story."""
    frozen: list[FrozenDigest] = []
    everyone = due_audiences(store, setup, now)
    if everyone:
        group_posts(store, now)
    for audience, due in everyone:
        for one in due:
            digest = freeze(store, setup, audience, one, latest=one is due[-1], now=now)
            frozen += [digest] if digest.created else []
    return tuple(frozen)


def open_channels(setup: Setup) -> dict[str, Channel | Robot]:
    """All configured channels by name."""
    return {name: open_channel(name, config, setup.digests_dir) for name, config in setup.config.channels.items()}


def deliver(setup: Setup, clock: Clock) -> tuple[Outcome, ...]:
    """Send what is due now."""
    config = setup.config
    return deliver_due(lambda: Store(setup.database), open_channels(setup), clock.now, config.zone, config.templates)


def prune_archive(store: Store, setup: Setup, now: datetime) -> int:
    """Drop archived pages older than `crawl.keep_pages`, and say how many; with "0s" all of them."""
    kept = setup.config.crawl.keep_pages
    return store.prune_archive(now - kept, keep_newest=bool(kept))
