"""Looks whether a daemon is at work, crawls when it should, and answers at its address; it starts and stops none."""

import http.client
import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import jobs
from monitor.checkup.database import lost_database, unread
from monitor.checkup.finding import Finding, advice, fine, wrong
from monitor.errors import StoreError
from monitor.locks import daemon_lock, holder_of
from monitor.periods import local_text
from monitor.setup import Setup
from monitor.store.examined import ExaminedStore

SUBJECT = "daemon"
HEALTHZ = "healthz"
_GRACE = timedelta(hours=1)
_LONG_AGO = timedelta(days=8)  # the README's line for cron crawls once a week
_SECONDS = 5.0
_ANSWERS = (200, 503)


def daemon(setup: Setup, now: datetime) -> Finding:
    """Running, and since when; what is overdue under it; dead, when one ran here and sources have been due since."""
    lock = daemon_lock(setup.data_dir)
    pid = holder_of(lock)
    try:
        last, due = _crawled(setup, now)
    except StoreError as error:
        return advice(SUBJECT, unread(error))
    if last is None and lost_database(setup.database):
        return advice(SUBJECT, "not looked at: the database is lost")
    crawled = f"last crawl {local_text(last, setup.config.zone)}" if last else "nothing was crawled yet"
    overdue = _overdue(setup, last, due, now)
    if pid is None:
        return _without(setup, lock, f"none is running; {crawled}", overdue, last, now)
    since = local_text(datetime.fromtimestamp(lock.stat().st_mtime, UTC), setup.config.zone)
    words = f"runs as process {pid or 'unknown'} since {since}; {crawled}"
    if overdue:
        return wrong(SUBJECT, f"{words}, though {overdue}", "see its log; restart it if it says nothing more")
    return fine(SUBJECT, words)


def healthz(setup: Setup) -> Finding:
    """Whether our daemon answers at the address, or without one, whether the address is to be had."""
    address = setup.config.operator.healthz
    if not address:
        return advice(HEALTHZ, "no address is set", "healthz in [operator] lets a monitor ask the daemon how it is")
    host, _, port = address.rpartition(":")
    where = (host.strip("[]"), int(port))
    if holder_of(daemon_lock(setup.data_dir)) is None:
        return _bindable(address, where)
    status = _answer(where)
    if status is None:
        return wrong(HEALTHZ, f"the daemon does not answer at {address}", "restart it; its log says what is in the way")
    told = "all is well" if status == http.client.OK else "not all is well: see `zhaoshang status`"
    return fine(HEALTHZ, f"the daemon answers at {address}: {status}, {told}")


def _without(setup: Setup, lock: Path, words: str, overdue: str, last: datetime | None, now: datetime) -> Finding:
    start = "start it: systemctl start zhaoshang, or `zhaoshang run`"
    if lock.exists() and overdue:
        return wrong(SUBJECT, f"{words}, and {overdue}", f"{start}; where cron crawls instead, remove {lock}")
    if last is not None and setup.config.source and now - last > _LONG_AGO:
        return wrong(SUBJECT, f"{words}, over a week ago", start)
    return advice(SUBJECT, words, f"{start}; or let cron crawl")


def _crawled(setup: Setup, now: datetime) -> tuple[datetime | None, list[tuple[datetime, str]]]:
    """The last attempt of all, and what is due since when. Raises StoreError."""
    if not setup.database.exists():
        return None, []
    with ExaminedStore(setup.database) as store:
        if store.behind:  # what is due, a database of today's schema tells
            return store.latest_crawl(), []
        attempts = [at for at in store.attempts().values() if at is not None]
        due = [(moment, name) for name, moment in jobs.next_crawls(store, setup, now) if moment < now]
    return max(attempts, default=None), sorted(due)


def _overdue(setup: Setup, last: datetime | None, due: list[tuple[datetime, str]], now: datetime) -> str:
    """What has been due for longer than the crawls before it can take, with nothing else begun meanwhile."""
    patience = max(_GRACE, setup.config.crawl.timeout * 2)
    if not due or due[0][0] > now - patience or (last is not None and now - patience < last <= now):
        return ""
    return f"{due[0][1]} has been due since {local_text(due[0][0], setup.config.zone)}"


def _answer(where: tuple[str, int]) -> int | None:
    there = http.client.HTTPConnection(*where, timeout=_SECONDS)
    try:
        there.request("GET", "/healthz")
        answer = there.getresponse()
        json.loads(answer.read(1_000_000))
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        there.close()
    return answer.status if answer.status in _ANSWERS else None


def _bindable(address: str, where: tuple[str, int]) -> Finding:
    try:
        family = socket.getaddrinfo(*where, type=socket.SOCK_STREAM)[0][0]
        socket.create_server(where, family=family).close()
    except OSError as error:
        todo = "end what listens there, or set another address in [operator]"
        return wrong(HEALTHZ, f"{address} cannot be listened on: {error.strerror or error}", todo)
    return fine(HEALTHZ, f"{address} is free; no daemon is running")
