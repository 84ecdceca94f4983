"""Runs one crawl as a child process of the same `scrapy crawl` that people run by hand, and reads its ledger row."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.errors import CrawlRunning, StoreError
from monitor.health.conditions import Symptom, Trouble
from monitor.locks import lock_crawl
from monitor.models import Crawl
from monitor.setup import Setup
from monitor.store import Store

_GRACE = timedelta(seconds=15)  # from SIGTERM to SIGKILL: one page may still be on its way
_POLL_SECONDS = 0.2
_LOG_BYTES = 1_000_000
_SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """How a crawl ended. `crawl` is its ledger row (None: it wrote none); `error` says what went wrong, in a line."""

    source: str
    crawl: Crawl | None
    error: str | None


def run_crawl(
    setup: Setup,
    source: str,
    *,
    clock: Callable[[], datetime],
    set_now: bool,
    stop: threading.Event,
    full: bool = False,
    url: str | None = None,
    watch: Callable[[Crawl], None] | None = None,
) -> CrawlOutcome:
    """Crawl `source` and wait for it: at most `crawl.timeout`, or until `stop` is set.

    The child has its own session, gets exactly one SIGTERM, and is killed when it does not end by itself. Its log is
    `logs/<source>.log` in the data directory. `set_now` hands this process's time over (it was given, not read).
    `watch` is called with the ledger row while the crawl runs.
    """
    started = clock()
    command = _command(setup, source, now=started if set_now else None, full=full, url=url)
    log_path = _log_path(setup, source)
    with log_path.open("ab") as log:
        said_before = log.tell()
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, arguments from the checked configuration
            command,
            cwd=Path.cwd(),
            env=os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "TZ": setup.config.timezone},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    ended_by = _wait(child, setup.config.crawl.timeout, stop, lambda: _watch(setup, source, child.pid, started, watch))
    crawl = _close_row(setup, _ledger_row(setup, source, child.pid, started), ended_by, clock())
    if crawl is not None:
        return CrawlOutcome(source, crawl, None if crawl.completed else crawl.reason)
    why = ended_by or _why(child.returncode, log_path, said_before)
    error = f"the crawl did not start: {why}"
    try:
        trouble = _trouble(setup, ended_by) or Trouble(Symptom.NOT_STARTED, why)
        crawl = _record_false_start(setup, source, child.pid, started, error, trouble)
    except CrawlRunning as running:
        return CrawlOutcome(source, None, str(running))
    return CrawlOutcome(source, crawl, f"{error} (log: {log_path})")


def _log_path(setup: Setup, source: str) -> Path:
    """The log of a source's crawls. Appended to, since another crawl may be writing; an old one is kept as `.1`."""
    path = setup.data_dir / "logs" / f"{source}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path


def _command(setup: Setup, source: str, *, now: datetime | None, full: bool, url: str | None) -> list[str]:
    # -P: a file in the current folder that is named like a module must not be imported in its place.
    command = [sys.executable, "-P", "-m", "scrapy", "crawl", source]
    if setup.config_path is not None:
        command += ["-s", f"ZHAOSHANG_CONFIG={setup.config_path}"]
    if now is not None:
        command += ["-s", f"ZHAOSHANG_NOW={now.isoformat()}"]
    if full:
        command += ["-a", "full=1"]
    if url:
        command += ["-a", f"url={url}"]
    return command


def _wait(
    child: subprocess.Popen[bytes], timeout: timedelta, stop: threading.Event, while_running: Callable[[], None]
) -> str | None:
    """Wait for the end; says what ended the child when it did not end by itself."""
    deadline = time.monotonic() + timeout.total_seconds()
    while child.poll() is None:
        if stop.is_set() or time.monotonic() > deadline:
            _end(child)
            return _SHUTDOWN if stop.is_set() else f"took longer than {timeout.total_seconds():g} s"
        while_running()
        stop.wait(_POLL_SECONDS)
    return None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)  # one only: Scrapy takes a second as "at once"
    try:
        child.wait(_GRACE.total_seconds())
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _watch(setup: Setup, source: str, pid: int, since: datetime, watch: Callable[[Crawl], None] | None) -> None:
    if watch is None:
        return
    # A look that fails costs the progress bar a step; raising here would leave the child without its guard.
    with contextlib.suppress(StoreError):
        if (crawl := _ledger_row(setup, source, pid, since)) is not None:
            watch(crawl)


def _ledger_row(setup: Setup, source: str, pid: int, since: datetime) -> Crawl | None:
    if not setup.database.exists():
        return None
    with Store(setup.database) as store:
        return store.crawl_of_process(source, pid, since)


def _close_row(setup: Setup, crawl: Crawl | None, ended_by: str | None, now: datetime) -> Crawl | None:
    """Say what ended a child that could not say it itself: killed, or told to end without knowing why."""
    if crawl is None or (crawl.finished_at is not None and (ended_by is None or crawl.completed)):
        return crawl
    trouble = _trouble(setup, ended_by) or Trouble(Symptom.DIED)
    with Store(setup.database) as store:
        return store.finish_crawl(crawl.id, ended_by or "died", completed=False, now=now, trouble=trouble)


def _trouble(setup: Setup, ended_by: str | None) -> Trouble | None:
    """The sign of what ended a child; None when it ended by itself."""
    if ended_by is None:
        return None
    timeout = f"{setup.config.crawl.timeout.total_seconds():g} s"
    return Trouble(Symptom.STOPPED) if ended_by == _SHUTDOWN else Trouble(Symptom.OVERRAN, timeout)


def _record_false_start(
    setup: Setup, source: str, pid: int, now: datetime, error: str, trouble: Trouble
) -> Crawl | None:
    """A ledger row for a child that ended too early to write one. Raises CrawlRunning when another is at work."""
    if not setup.database.exists():
        return None
    with Store(setup.database) as store:
        known = store.source(source)
        if known is None:
            return None
        with lock_crawl(setup.data_dir, known.id, source):
            crawl_id = store.start_crawl(source, pid, now)
            return store.finish_crawl(crawl_id, error, completed=False, now=now, trouble=trouble)


def _why(returncode: int, log_path: Path, said_before: int) -> str:
    """Why a child ended that wrote no row: the signal that killed it, or what it said; the log begins with others'."""
    if returncode < 0:
        return f"it was killed by {_signal_name(-returncode)}"
    with log_path.open("rb") as log:
        log.seek(said_before)
        said = log.read().decode("utf-8", "replace")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if " ERROR " in line or "rror:" in line]
    return (errors or lines or [f"exit code {returncode}, without a word"])[-1][:300]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"
