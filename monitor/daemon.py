"""The daemon: APScheduler as a metronome over due times that live in the database; it decides nothing itself.

Every tick asks the store what is due. A missed tick is made good by the next one, and a restart forgets nothing.
It follows zhaoshang.toml (monitor.reload): each tick works with what the file says then.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor as JobPool
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from digests.channels import Channel, Robot
from digests.outbox import deliver_channel, release_abandoned
from digests.published import folders_of
from monitor import jobs
from monitor.clock import Clock
from monitor.config import ChannelConfig
from monitor.crawl_process import CrawlOutcome, run_crawl
from monitor.errors import ConfigError, ZhaoshangError
from monitor.healthz import HealthServer
from monitor.locks import lock_daemon
from monitor.operator import alert_operator, tell_dead_letters
from monitor.reload import FollowedSetup
from monitor.setup import Setup
from monitor.source_health import healths_of
from monitor.stop_signals import StopSignals
from monitor.store import Store
from monitor.vital_signs import Ticks, vital_signs

_EXIT_WITHIN = 22.0  # seconds from the signal to the end, whatever hangs

logger = logging.getLogger("zhaoshang")


class Daemon:
    """Crawls, freezes and delivers on schedule until a signal comes."""

    def __init__(self, setup: Setup, clock: Clock, tick_seconds: float) -> None:
        self._followed = FollowedSetup(setup)
        self._following = threading.Lock()
        self._clock = clock
        self._tick = tick_seconds
        self._stop = threading.Event()
        self._crawls = ThreadPoolExecutor(setup.config.crawl.parallel, thread_name_prefix="crawl")
        self._running: dict[str, Future[CrawlOutcome]] = {}
        self._guard = threading.Lock()
        self._ticks = Ticks(tick_seconds)
        self._health = HealthServer(lambda: vital_signs(self._setup, self._ticks, self._clock.now()))
        self._scheduler = self._make_scheduler()
        self._scheduled: dict[str, tuple[ChannelConfig, dict[str, str]]] = {}  # what its channel was opened with
        self._pools: set[str] = set()  # a channel's pool outlives it: a mail may still be on its way

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then end within 30 seconds. Raises DaemonRunning, StoreError, ConfigError."""
        with StopSignals() as signals, lock_daemon(self._setup.data_dir):
            with self._open_store() as store:
                jobs.sync(store, self._setup, self._clock.now())
                release_abandoned(store, self._clock.now())
            self._health.listen(self._setup.config.operator.healthz)
            self._follow()
            self._schedule_channels()
            for tick in ("crawls", "alerts", "digests"):
                self._ticks.expect(tick)
            self._scheduler.start()
            logger.info(
                "started as process %d: %d sources, %d audiences, database %s",
                os.getpid(),
                len(self._setup.config.source),
                len(self._setup.config.audience),
                self._setup.database,
            )
            logger.info("%s: stopping", signals.wait().name)
            self._shut_down()

    # -- ticks -----------------------------------------------------------------------------------------------------

    def crawl_tick(self) -> None:
        """Start a crawl of every source that is due."""
        self._follow()
        with self._open_store() as store:
            for name in jobs.due_sources(store, self._setup, self._clock.now()):
                self._start_crawl(name)
            # What is being crawled, or about to be, is judged when that has ended: after downtime all were silent.
            with self._guard:
                idle = {source.name for source in self._setup.config.source} - self._running.keys()
            self._tell_operator(store, idle)
        self._ticks.note("crawls")

    def alert_tick(self) -> None:
        """Queue what the alert rules have to say of posts that came since."""
        with self._open_store() as store:
            for alert in jobs.freeze_alerts(store, self._setup, self._clock.now()):
                logger.info("%s: an alert goes out (%s)", alert.audience, alert.period_key)
        self._ticks.note("alerts")

    def digest_tick(self) -> None:
        """When a digest is due: crawl what is due first, with a bounded wait, then freeze."""
        self._follow()
        self._freeze()
        self._ticks.note("digests", patience=self._setup.config.digest.crawl_wait.total_seconds())

    def _freeze(self) -> None:
        with self._open_store() as store:
            now = self._clock.now()
            if not jobs.due_audiences(store, self._setup, now):
                return
            for name in jobs.due_sources(store, self._setup, now):
                self._start_crawl(name)
        with self._guard:
            running = list(self._running.values())
        if running:
            logger.info("a digest is due: waiting for %d crawls first", len(running))
            wait(running, self._setup.config.digest.crawl_wait.total_seconds())
        if self._stop.is_set():
            return
        try:
            self.alert_tick()  # first, so that the digest marks what was alerted
        except Exception:  # whatever is wrong with a rule, the digest goes out; its own tick says it again
            logger.exception("the alert rules failed")
        with self._open_store() as store:
            for digest in jobs.freeze_due(store, self._setup, self._clock.now()):
                logger.info("froze the digest of %s for %s", digest.period_key, digest.audience)

    def deliver_tick(self, name: str, channel: Channel | Robot) -> None:
        """Send what is due on one channel."""

        def clock() -> datetime:
            self._ticks.note(job)  # asked for before and after each delivery: many of them take long, and that is well
            return self._clock.now()

        job = _job_of(name)
        with self._open_store() as store:
            release_abandoned(store, clock())
            due = name in store.due_channels(clock())
        if due and not self._stop.is_set():
            config = self._setup.config
            deliver_channel(self._open_store, name, channel, clock, config.zone, config.templates, config.hushed)

    def leftover_tick(self) -> None:
        """Say of deliveries whose channel left the configuration why they wait, and tell of those that failed."""
        with self._open_store() as store:
            tell_dead_letters(self._setup, store, self._clock.now())
            left = set(store.due_channels(self._clock.now())) - set(self._setup.config.channels)
        for name in left:
            deliver_channel(self._open_store, name, None, self._clock.now, self._setup.config.zone)

    def prune_tick(self) -> None:
        """At every start, and once a day: drop what is older than the archive's retention, look after the index."""
        with self._open_store() as store:
            dropped = jobs.prune_archive(store, self._setup, self._clock.now())
        if dropped:
            logger.info("dropped %d pages from the archive", dropped)
        jobs.refresh_index(self._setup)

    # -- the inside ------------------------------------------------------------------------------------------------

    @property
    def _setup(self) -> Setup:
        """What is in force at this moment."""
        return self._followed.setup

    def _follow(self) -> None:
        """Put in force what changed in the file."""
        with self._following:
            change = self._followed.look()
            if change is None:
                return
            with Store(change.setup.database) as store:
                jobs.sync(store, change.setup, self._clock.now())
            self._followed.accept(change)
            self._schedule_channels()
        if change.words:
            logger.info("the configuration changed: %s", change.words)
        try:
            self._health.listen(self._setup.config.operator.healthz)
        except ConfigError as error:  # at the start it ends the daemon; now there is more at stake
            logger.error("%s; until then /healthz is not answered", error)  # noqa: TRY400 - one line, no traceback

    def _open_store(self) -> Store:
        return Store(self._setup.database)

    def _tell_operator(self, store: Store, names: Collection[str]) -> None:
        now = self._clock.now()
        alert_operator(self._setup, healths_of(store, self._setup.config, now, names), store, now)

    def _start_crawl(self, name: str) -> None:
        with self._guard:
            if name not in self._running and not self._stop.is_set():
                self._running[name] = self._crawls.submit(self._crawl, name)

    def _crawl(self, name: str) -> CrawlOutcome:
        try:
            with self._open_store() as store:
                store.note_attempt(name, self._clock.now())
            outcome = run_crawl(self._setup, name, clock=self._clock.now, set_now=self._clock.is_set, stop=self._stop)
            if outcome.error is None and outcome.crawl is not None:
                logger.info("%s: %s; %s", name, outcome.crawl.reason, outcome.crawl.counts.sentence())
            else:
                counts = f"; {outcome.crawl.counts.sentence()}" if outcome.crawl else ""
                logger.error("%s: crawl incomplete: %s%s", name, outcome.error, counts)
            if not self._stop.is_set():  # a crawl that we ended ourselves says nothing of its source
                with self._open_store() as store:
                    self._tell_operator(store, [name])
        except ZhaoshangError as error:
            logger.error("%s: %s", name, error)  # noqa: TRY400 - one line, no traceback
            return CrawlOutcome(name, None, str(error))
        else:
            return outcome
        finally:
            with self._guard:
                self._running.pop(name, None)

    def _make_scheduler(self) -> BackgroundScheduler:
        # "Maximum number of running instances reached" is what a long crawl or mail looks like, not an alarm.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)  # our listener tells it once
        scheduler = BackgroundScheduler(
            timezone=self._setup.config.zone,
            executors={name: JobPool(1) for name in ("crawls", "alerts", "digests", "archive")},
            # The default grace of one second drops ticks when a pool is busy; due-ness is in the database anyway.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        trigger, start = self._metronome()
        scheduler.add_job(self.crawl_tick, trigger, id="crawls", executor="crawls", next_run_time=start)
        scheduler.add_job(self.digest_tick, trigger, id="digests", executor="digests", next_run_time=start)
        scheduler.add_job(self.alert_tick, trigger, id="alerts", executor="alerts", next_run_time=start)
        scheduler.add_job(self.leftover_tick, trigger, id="leftovers", executor="digests", next_run_time=start)
        daily = IntervalTrigger(days=1, timezone=self._setup.config.zone, start_date=start)
        scheduler.add_job(self.prune_tick, daily, id="archive", executor="archive", next_run_time=start)
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        return scheduler

    def _metronome(self) -> tuple[IntervalTrigger, datetime]:
        zone = self._setup.config.zone
        start = datetime.now(zone)
        return IntervalTrigger(seconds=self._tick, timezone=zone, start_date=start), start

    def _schedule_channels(self) -> None:
        """A job for each channel, in a pool of its own: one that hangs holds its own thread only."""
        configs = self._setup.config.channels
        for name in self._scheduled.keys() - configs.keys():
            self._scheduler.remove_job(_job_of(name))
            self._ticks.forget(_job_of(name))
            del self._scheduled[name]
        opened = jobs.open_channels(self._setup)
        published = folders_of(self._setup.config)
        for name, config in configs.items():
            if self._scheduled.get(name) == (config, published):
                continue
            job = _job_of(name)
            self._ticks.expect(job)
            if job not in self._pools:
                self._scheduler.add_executor(JobPool(1), job)
                self._pools.add(job)
            trigger, start = self._metronome()
            self._scheduler.add_job(
                self.deliver_tick,
                trigger,
                args=(name, opened[name]),
                id=job,
                executor=job,
                next_run_time=start,
                replace_existing=True,
            )
            self._scheduled[name] = config, published

    def _job_failed(self, event: JobExecutionEvent) -> None:
        if isinstance(event.exception, ZhaoshangError):
            logger.error("%s: %s", event.job_id, event.exception)
        else:
            logger.error("%s failed: %s\n%s", event.job_id, event.exception, event.traceback)

    def _shut_down(self) -> None:
        deadline = time.monotonic() + _EXIT_WITHIN
        self._stop.set()
        self._health.close()
        self._scheduler.shutdown(wait=False)
        self._crawls.shutdown(wait=False, cancel_futures=True)
        while time.monotonic() < deadline and _busy_threads():
            time.sleep(0.1)
        logger.info("stopped")
        if _busy_threads():
            # A mail server that hangs must not hold up the end; its delivery stays claimed and is taken over later.
            logging.shutdown()
            sys.stderr.flush()
            os._exit(0)


def _job_of(channel: str) -> str:
    return f"channel {channel}"


def _busy_threads() -> list[threading.Thread]:
    # Daemon threads too: the pools' threads inherit that flag from the scheduler, and are joined at exit all the same.
    return [thread for thread in threading.enumerate() if thread is not threading.main_thread()]


class ZoneFormatter(logging.Formatter):
    """Log lines with times in the configured zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._zone = zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002
        """The record's time in the zone; logging names the method."""
        return f"{datetime.fromtimestamp(record.created, self._zone):%Y-%m-%d %H:%M:%S%z}"
