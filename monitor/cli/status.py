"""`zhaoshang status`."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import click

from monitor import jobs
from monitor.announcing import Delivery, DeliveryState, LastDigest
from monitor.archived import ArchiveSize
from monitor.cli.health import health_record
from monitor.cli.session import Session, with_session
from monitor.cli.tables import print_table
from monitor.errors import StoreError
from monitor.health.conditions import Health, State
from monitor.health.words import in_english
from monitor.locks import is_alive
from monitor.models import Crawl, SourceState, StoreSummary
from monitor.periods import local_date
from monitor.schedule import next_digest
from monitor.source_health import healths_of
from monitor.store import Store

_ALARMING = (State.BROKEN, State.BLOCKED, State.UNREACHABLE)
_KEEPS_FAILING = 3  # attempts; a server that puts a first mail off is none of ours to fear for
_MOST_DELIVERIES = 1_000
_SHOWN = 10  # of those that failed for good


@dataclass(frozen=True, slots=True)
class _Outlook:
    """How the configured sources are, and when they are due by that."""

    healths: Mapping[str, Health]
    next_crawls: Mapping[str, datetime]
    failures: Mapping[str, int]  # crawls in a row, for which a source is put off
    audiences: tuple["_Told", ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """An audience: what it was told last, what is due, and when the next digest falls due."""

    name: str
    last: LastDigest | None
    due: tuple[str, ...]  # periods whose digests wait to be frozen
    next: datetime


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_session
def status(session: Session, as_json: bool) -> None:
    """Show how sources are, last crawls, what is due next and what is undelivered.

    The exit code is 1 when a source is broken, blocked or unreachable, or a delivery keeps failing (three attempts) or
    has failed for good, also with --json. A suspicious source is shown, and alone does not make it 1.
    """
    with session.open_store() as store:
        summary = store.summary()
        outlook = _Outlook(
            healths_of(store, session.setup.config, session.now),
            dict(jobs.next_crawls(store, session.setup, session.now)),
            store.failures_in_a_row(),
            tuple(_told(store, session)),
        )
        undelivered = store.deliveries(open_only=True, limit=_MOST_DELIVERIES)
        archive = _archive(store)
    if as_json:
        failed = [one.id for one in undelivered if one.state is DeliveryState.FAILED]
        record = _record(session, summary, outlook) | {"archive": _archive_record(archive), "failed": failed}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        _show(session, summary, outlook)
        click.echo(_archive_line(archive))
        _show_failed([one for one in undelivered if one.state is DeliveryState.FAILED])
    alarming = any(health.state in _ALARMING for health in outlook.healths.values())
    fails = (one.attempts >= _KEEPS_FAILING or one.state is DeliveryState.FAILED for one in undelivered)
    if alarming or any(fails):
        sys.exit(1)


def _show(session: Session, summary: StoreSummary, outlook: _Outlook) -> None:
    print_table(
        ("source", "title", "state", "reason", "posts", "pending", "last crawl", "result", "last good", "next due"),
        [_row(session, state, outlook) for state in summary.sources],
    )
    click.echo()
    print_table(
        ("audience", "schedule", "last digest", "next digest", "channels"),
        [_audience_row(session, told) for told in outlook.audiences],
    )
    click.echo(
        f"\n{summary.posts} posts ({summary.pending_posts} pending), {summary.off_label} off-label entries, "
        f"{summary.digests} digests, {summary.pending_deliveries} undelivered ({summary.failing_deliveries} failing)"
    )
    if summary.ungrouped_posts:
        click.echo(f"{summary.ungrouped_posts} posts are not read for stories yet; the next crawl or digest does it")
    if summary.unread_posts:
        click.echo(f"{summary.unread_posts} posts without facts, which could not be read; see `zhaoshang doctor`")


def _show_failed(failed: Sequence[Delivery]) -> None:
    """What nobody will send until somebody says so; all of it is in `zhaoshang deliveries --open`."""
    for one in failed[:_SHOWN]:
        where = f"{one.channel} {one.recipient}".strip()
        click.echo(
            f"delivery {one.id} failed for good: {one.period_key} for {one.audience} to {where}: {one.last_error}"
        )
    if len(failed) > _SHOWN:
        click.echo(f"and {len(failed) - _SHOWN} more; see `zhaoshang deliveries --open`")


def _archive(store: Store) -> ArchiveSize | StoreError:
    """The archive's size, or why it cannot be had: all else that status tells does not depend on it."""
    try:
        return store.archive_size()
    except StoreError as error:
        return error


def _archive_line(archive: ArchiveSize | StoreError) -> str:
    if isinstance(archive, StoreError):
        return f"archive: {archive}"
    return (
        f"archive: {archive.pages} pages, {archive.raw_bytes / 1e6:.1f} MB as fetched, "
        f"{archive.disk_bytes / 1e6:.1f} MB on disk"
    )


def _archive_record(archive: ArchiveSize | StoreError) -> dict[str, object]:
    return {"error": str(archive)} if isinstance(archive, StoreError) else asdict(archive)


def _row(session: Session, state: SourceState, outlook: _Outlook) -> tuple[str, ...]:
    last = state.last
    result = "-"
    if last is not None:
        result = f"{_word(last)}; {last.counts.new} new, {last.counts.unchanged} unchanged, {last.counts.errors} errors"
    name = state.source.name
    health = outlook.healths.get(name)
    return (
        name,
        state.source.title,
        health.state.value if health else "-",
        (in_english(health, session.setup.config.zone) if health else "") or "-",
        str(state.posts),
        str(state.pending),
        session.local(last.started_at if last else None),
        result,
        session.local(state.last_good.started_at if state.last_good else None),
        _due(session, name, outlook),
    )


def _due(session: Session, name: str, outlook: _Outlook) -> str:
    """When a source falls due, and that its failures put it off."""
    if name not in outlook.next_crawls:
        return _idle(session, name)
    failures = outlook.failures.get(name, 0)
    put_off = failures and not session.setup.source(name).at
    after = f" (after {failures} failure{'' if failures == 1 else 's'})" if put_off else ""
    return session.local(outlook.next_crawls[name]) + after


def _idle(session: Session, name: str) -> str:
    """Why a source never falls due."""
    return "paused" if _is_paused(session, name) else "not configured"


def _is_paused(session: Session, name: str) -> bool:
    return any(source.name == name and source.paused for source in session.setup.config.source)


def _word(crawl: Crawl) -> str:
    if crawl.finished_at is not None:
        return f"{'ok' if crawl.completed else 'incomplete'}: {crawl.reason}"
    return f"running as process {crawl.pid}" if is_alive(crawl.pid) else f"died (process {crawl.pid})"


def _told(store: Store, session: Session) -> Iterator[_Told]:
    zone = session.setup.config.zone
    due = {one.name: found for one, found in jobs.due_audiences(store, session.setup, session.now)}
    for audience in session.setup.config.audience:
        until = store.told_until(audience.name, local_date(session.now, zone))
        waiting = due.get(audience.name, ())
        if waiting:
            until = waiting[-1].period.end
        yield _Told(
            audience.name,
            store.last_digest(audience.name),
            tuple(one.period.key for one in waiting),
            next_digest(audience.due, session.now, zone, until),
        )


def _audience_row(session: Session, told: _Told) -> tuple[str, ...]:
    audience = session.setup.audience(told.name)
    due = f" ({_due_now(told.due)} due now)" if told.due else ""
    return (
        told.name,
        str(audience.due),
        _last_digest(session, told.last),
        session.local(told.next) + due,
        ", ".join(audience.channels),
    )


def _due_now(periods: tuple[str, ...]) -> str:
    return periods[0] if len(periods) == 1 else f"{len(periods)} from {periods[0]} to {periods[-1]}"


def _last_digest(session: Session, last: LastDigest | None) -> str:
    if last is None:
        return "-"
    if not last.told:
        return f"{last.period_key}, empty and not sent"
    return f"{last.period_key}, " + (f"sent {session.local(last.sent_at)}" if last.sent_at else "not delivered yet")


def _audience_record(told: _Told) -> dict[str, object]:
    last = told.last
    return {
        "name": told.name,
        "next_digest": told.next.isoformat(),
        "due": list(told.due),
        "last_digest": last and last.period_key,
        "last_frozen": last and last.frozen_at.isoformat(),
        "last_sent": last.sent_at.isoformat() if last and last.sent_at else None,
    }


def _record(session: Session, summary: StoreSummary, outlook: _Outlook) -> dict[str, object]:
    return {
        "database": str(session.setup.database),
        "posts": summary.posts,
        "pending_posts": summary.pending_posts,
        "off_label": summary.off_label,
        "digests": summary.digests,
        "undelivered": summary.pending_deliveries,
        "failing": summary.failing_deliveries,
        "ungrouped_posts": summary.ungrouped_posts,
        "unread_posts": summary.unread_posts,
        "sources": [
            {
                "name": state.source.name,
                **health_record(outlook.healths.get(state.source.name)),
                "title": state.source.title,
                "url": state.source.url,
                "posts": state.posts,
                "pending": state.pending,
                "last_crawl": state.last.started_at.isoformat() if state.last else None,
                "completed": state.last.completed if state.last else None,
                "reason": state.last.reason if state.last else None,
                "last_good": state.last_good.started_at.isoformat() if state.last_good else None,
                "paused": _is_paused(session, state.source.name),
                "next_due": due.isoformat() if (due := outlook.next_crawls.get(state.source.name)) else None,
                "failures": outlook.failures.get(state.source.name, 0),
            }
            for state in summary.sources
        ],
        "audiences": [_audience_record(told) for told in outlook.audiences],
    }
