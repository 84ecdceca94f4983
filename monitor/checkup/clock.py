"""Looks whether the clock can be right: nothing we wrote lies in the future, and a site that we watch agrees."""

import http.client
import ssl
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from monitor.checkup.database import unread
from monitor.checkup.finding import Finding, advice, fine, wrong
from monitor.config import SourceConfig
from monitor.errors import StoreError
from monitor.periods import local_text
from monitor.setup import DATABASE_NAME, Setup
from monitor.store.archive import ARCHIVE_NAME
from monitor.store.examined import ExaminedStore

SUBJECT = "clock"
_TOLERANCE = timedelta(minutes=2)
_EARLIEST = datetime(2025, 7, 17, tzinfo=UTC)  # of the saved listing: this program is younger
_SECONDS = 10.0
_TODO = "set the clock: timedatectl set-ntp true"

Asked = Callable[[SourceConfig], datetime | None]


def past(setup: Setup, now: datetime) -> Finding:
    """Whether the latest crawl and the newest file lie behind us."""
    zone = setup.config.zone
    if now < _EARLIEST:
        return wrong(SUBJECT, f"it is {local_text(now, zone)} by the clock, before this program was written", _TODO)
    traces, unseen = _written(setup.data_dir), ""
    try:
        traces += _crawled(setup.database)
    except StoreError as error:
        unseen = unread(error)
    if not traces:
        return fine(SUBJECT, f"{local_text(now, zone)}; there is nothing yet to compare it with")
    latest, what = max(traces)
    if latest > now + _TOLERANCE:
        words = f"{what} is of {local_text(latest, zone)}, and by the clock it is {local_text(now, zone)}"
        return wrong(SUBJECT, words, f"it goes wrong, or went wrong then; {_TODO}")
    if unseen:
        return advice(SUBJECT, f"{local_text(now, zone)}, after all files here; the crawls are {unseen}")
    return fine(SUBJECT, f"{local_text(now, zone)}, after all that was written here")


def agreed(sources: Sequence[SourceConfig], now: Callable[[], datetime], ask: Asked | None = None) -> Finding:
    """Whether the first site that says its time agrees to two minutes; one that does not is held against a second.

    Each is asked once, for the head of its robots.txt, which every crawl asks for anyway.
    """
    off: list[str] = []
    for source in _one_for_each_host(sources):
        host = urlsplit(source.url).hostname or ""
        theirs = (ask or date_of)(source)
        if theirs is None:
            continue
        ahead = now() - theirs
        if abs(ahead) <= _TOLERANCE:
            elsewhere = f"; {off[0]}, so that site is wrong" if off else ""
            return fine(SUBJECT, f"agrees with {host} to {abs(ahead).total_seconds():.0f} s{elsewhere}")
        off.append(f"{_duration(ahead)} {host}")
        if len(off) > 1:
            break
    if off:
        return wrong(SUBJECT, f"it is {' and '.join(off)}", _TODO)
    return advice(SUBJECT, "no site that is watched says what time it is", "compare it yourself: date -u")


def date_of(source: SourceConfig) -> datetime | None:
    """The Date header of the source's host; None when it cannot be asked, or says nothing of use."""
    parts = urlsplit(source.url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        # Unverified: with a wrong clock every certificate is too old or too new, and nothing but the time is read.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        there: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
    else:
        there = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        there.request("HEAD", "/robots.txt", headers={"User-Agent": "zhaoshang"})
        said = parsedate_to_datetime(there.getresponse().getheader("Date") or "")
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return None
    finally:
        there.close()
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _one_for_each_host(sources: Iterable[SourceConfig]) -> list[SourceConfig]:
    """Those that are asked directly: not paused, not files, not behind a proxy."""
    hosts: dict[str, SourceConfig] = {}
    for source in sources:
        if not (source.paused or source.is_file or source.proxy):
            hosts.setdefault(urlsplit(source.url).hostname or "", source)
    return list(hosts.values())[:3]


def _crawled(database: Path) -> list[tuple[datetime, str]]:
    if not database.exists():
        return []
    with ExaminedStore(database) as store:
        latest = store.latest_crawl()
    return [(latest, "the latest crawl")] if latest else []


def _written(data_dir: Path) -> list[tuple[datetime, str]]:
    files = [data_dir / DATABASE_NAME, data_dir / ARCHIVE_NAME, *data_dir.glob("logs/*"), *data_dir.glob("locks/*")]
    return [(datetime.fromtimestamp(path.stat().st_mtime, UTC), str(path)) for path in files if path.exists()]


def _duration(ahead: timedelta) -> str:
    minutes = abs(ahead).total_seconds() / 60
    told = f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"  # noqa: PLR2004
    return f"{told} {'ahead of' if ahead > timedelta() else 'behind'}"
