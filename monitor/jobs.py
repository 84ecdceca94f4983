"""The jobs of the product, one function each, shared by the daemon, the demo and the command line; no clock ticks here.

Order of a digest's morning: crawl what is due, alert, freeze what is due, deliver what is due.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from digests.bulletin import freeze_bulletin
from digests.channels import Channel, Robot, open_channel
from digests.freeze import freeze
from digests.index import refresh
from digests.outbox import Outcome, deliver_due, nobody
from digests.published import folders_of
from monitor.announcing import FrozenDigest
from monitor.clock import Clock
from monitor.config import AudienceConfig
from monitor.crawl_process import CrawlOutcome, run_crawl
from monitor.grouping import group_posts
from monitor.models import Crawl
from monitor.operator import tell_dead_letters
from monitor.periods import local_date
from monitor.schedule import DueDigest, due_digests, next_crawl
from monitor.setup import Setup
from monitor.store import Store


def sync(store: Store, setup: Setup, now: datetime) -> None:
    """Make what is configured known to the store."""
    config = setup.config
    audiences, rules = ([one.name for one in table] for table in (config.audience, config.rule))
    store.sync([source.spec for source in config.source], audiences, now, rules)


def due_sources(store: Store, setup: Setup, now: datetime) -> tuple[str, ...]:
    """The sources that are to be crawled now, longest due first; paused ones never are."""
    due = [(moment, name) for name, moment in next_crawls(store, setup, now) if moment <= now]
    return tuple(name for _, name in sorted(due))


def next_crawls(store: Store, setup: Setup, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Every configured source that is not paused, with the instant at which it falls due.

    One whose crawls fail falls due later each time, and is never dropped.
    """
    attempted = store.attempts()
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
            due = due_digests(
                audience.due,
                row.created_at,
                row.last_due_at,
                now,
                setup.config.zone,
                told_until=store.told_until(audience.name, local_date(now, setup.config.zone)),
                changed=row.schedule not in (None, str(audience.due)),
            )
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


def freeze_alerts(store: Store, setup: Setup, now: datetime) -> tuple[FrozenDigest, ...]:
    """Freeze what the alert rules have to say of posts that came since they were asked last."""
    if not setup.config.rule:
        return ()
    group_posts(store, now)
    alerts = (freeze_bulletin(store, setup, rule, now) for rule in setup.config.rule)
    return tuple(alert for alert in alerts if alert is not None)


def open_channels(setup: Setup) -> dict[str, Channel | Robot]:
    """All configured channels by name."""
    published = folders_of(setup.config)
    return {
        name: open_channel(name, config, setup.digests_dir, published) for name, config in setup.config.channels.items()
    }


def deliver(setup: Setup, clock: Clock, *, by_hand: bool = False) -> tuple[Outcome, ...]:
    """Send what is due now, and then what the operator is to hear of it; `by_hand` in quiet hours as well."""
    config = setup.config

    def send() -> tuple[Outcome, ...]:
        return deliver_due(
            lambda: Store(setup.database),
            open_channels(setup),
            clock.now,
            config.zone,
            config.templates,
            nobody if by_hand else config.hushed,
        )

    outcomes = send()
    with Store(setup.database) as store:
        told = tell_dead_letters(setup, store, clock.now())
    return outcomes + (send() if told else ())


def refresh_index(setup: Setup) -> None:
    """Make the index of digests say what stands in their folder, whatever was deleted there. Raises OSError."""
    refresh(setup.digests_dir)


def prune_archive(store: Store, setup: Setup, now: datetime) -> int:
    """Drop archived pages older than `crawl.keep_pages`, and say how many; with "0s" all of them."""
    kept = setup.config.crawl.keep_pages
    return store.prune_archive(now - kept, keep_newest=bool(kept))
