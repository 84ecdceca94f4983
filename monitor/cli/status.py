"""`zhaoshang status`."""

import json
from dataclasses import asdict
from datetime import datetime

import click

from monitor import jobs
from monitor.archived import ArchiveSize
from monitor.cli.session import Session, with_session
from monitor.cli.tables import print_table
from monitor.errors import StoreError
from monitor.locks import is_alive
from monitor.models import Crawl, SourceState, StoreSummary
from monitor.schedule import next_digest
from monitor.store import Store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_session
def status(session: Session, as_json: bool) -> None:
    """Show sources, last crawls, what is due next and what is undelivered."""
    with session.open_store() as store:
        summary = store.summary()
        next_crawls = dict(jobs.next_crawls(store, session.setup, session.now))
        archive = _archive(store)
    if as_json:
        record = _record(session, summary, next_crawls) | {"archive": _archive_record(archive)}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    print_table(
        ("source", "title", "posts", "pending", "last crawl", "result", "last good", "next due"),
        [_row(session, state, next_crawls) for state in summary.sources],
    )
    click.echo()
    print_table(
        ("audience", "schedule", "next digest", "channels"),
        [
            (a.name, a.schedule, session.local(_next_digest(session, a.name)), ", ".join(a.channels))
            for a in session.setup.config.audience
        ],
    )
    click.echo(
        f"\n{summary.posts} posts ({summary.pending_posts} pending), {summary.off_label} off-label entries, "
        f"{summary.digests} digests, {summary.pending_deliveries} undelivered ({summary.failing_deliveries} failing)"
    )
    click.echo(_archive_line(archive))


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


def _row(session: Session, state: SourceState, next_crawls: dict[str, datetime]) -> tuple[str, ...]:
    last = state.last
    result = "-"
    if last is not None:
        result = f"{_word(last)}; {last.counts.new} new, {last.counts.unchanged} unchanged, {last.counts.errors} errors"
    name = state.source.name
    return (
        name,
        state.source.title,
        str(state.posts),
        str(state.pending),
        session.local(last.started_at if last else None),
        result,
        session.local(state.last_good.started_at if state.last_good else None),
        session.local(next_crawls[name]) if name in next_crawls else _idle(session, name),
    )


def _idle(session: Session, name: str) -> str:
    """Why a source never falls due."""
    return "paused" if _is_paused(session, name) else "not configured"


def _is_paused(session: Session, name: str) -> bool:
    return any(source.name == name and source.paused for source in session.setup.config.source)


def _word(crawl: Crawl) -> str:
    if crawl.finished_at is not None:
        return f"{'ok' if crawl.completed else 'incomplete'}: {crawl.reason}"
    return f"running as process {crawl.pid}" if is_alive(crawl.pid) else f"died (process {crawl.pid})"


def _next_digest(session: Session, audience: str) -> datetime:
    return next_digest(session.setup.audience(audience).due, session.now, session.setup.config.zone)


def _record(session: Session, summary: StoreSummary, next_crawls: dict[str, datetime]) -> dict[str, object]:
    return {
        "database": str(session.setup.database),
        "posts": summary.posts,
        "pending_posts": summary.pending_posts,
        "off_label": summary.off_label,
        "digests": summary.digests,
        "undelivered": summary.pending_deliveries,
        "failing": summary.failing_deliveries,
        "sources": [
            {
                "name": state.source.name,
                "title": state.source.title,
                "url": state.source.url,
                "posts": state.posts,
                "pending": state.pending,
                "last_crawl": state.last.started_at.isoformat() if state.last else None,
                "completed": state.last.completed if state.last else None,
                "reason": state.last.reason if state.last else None,
                "last_good": state.last_good.started_at.isoformat() if state.last_good else None,
                "paused": _is_paused(session, state.source.name),
                "next_due": next_crawls[state.source.name].isoformat() if state.source.name in next_crawls else None,
            }
            for state in summary.sources
        ],
        "audiences": [
            {"name": a.name, "next_digest": _next_digest(session, a.name).isoformat()}
            for a in session.setup.config.audience
        ],
    }
