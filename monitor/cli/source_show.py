"""`zhaoshang source show NAME`: all that is known of one source; it asks the site nothing, and changes nothing."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from monitor import jobs
from monitor.cli.health import health_record, sparkline
from monitor.cli.session import Session, with_session
from monitor.cli.tables import print_table
from monitor.config import SourceConfig
from monitor.errors import ConfigError, StoreError, ZhaoshangError
from monitor.health.conditions import CrawlRecord, Health, State, Symptom, Trouble
from monitor.health.habits import Habit, habit_of
from monitor.health.judge import judge
from monitor.health.words import in_english, trouble_in_english
from monitor.locks import is_alive
from monitor.models import CrawlNote, SourceState
from monitor.pages import RawPage
from monitor.periods import local_date
from monitor.source_health import records_of
from monitor.store import Store

_CRAWLS = 10  # in the table
_SPARKS = 40
_WEEKS = 12  # over which posts are counted
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_APART = ("name", "url", "title", "select", "every", "at")  # said otherwise, or too long to say


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store has on a source."""

    state: SourceState
    health: Health
    crawls: tuple[CrawlRecord, ...]
    habit: Habit | None
    newest_on: date | None
    a_week: float | None  # new posts, over the last weeks
    next_due: datetime | None
    failed: CrawlRecord | None  # the last crawl that did
    errors: tuple[CrawlNote, ...]  # of that crawl
    page: RawPage | None  # over which a crawl last failed


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--page", metavar="FILE", help="Write the raw page of the last error there; - is standard output.")
@with_session
def show(session: Session, name: str, as_json: bool, page: str | None) -> None:
    """Show one source: how it is, its recent crawls, what it usually yields, and its last error.

    The page of that error is kept in the archive, with every crawl that found nothing on its listing.
    """
    source = session.setup.source(name)
    with session.open_store() as store:
        known = _look_up(session, store, source)
    if page is not None:
        _write_page(known, name, page)
    elif as_json:
        click.echo(json.dumps(_record(source, known), ensure_ascii=False, indent=2))
    else:
        _show(session, source, known)


def _look_up(session: Session, store: Store, source: SourceConfig) -> _Known:
    found = store.source_states([source.name])
    if not found:
        raise ZhaoshangError(f"{source.name} was never crawled", todo=f"run `zhaoshang crawl {source.name}`")
    (state,) = found
    record = next(iter(records_of(store, session.setup.config, [source.name])))
    crawls = store.recent_crawls(source.name, _SPARKS, is_alive)
    failed = next((one for one in record.crawls if _has_failed(one)), None)
    read = [one.figures for one in reversed(record.crawls) if one.completed and one.figures is not None]
    return _Known(
        state=state,
        health=judge(record, session.now, session.setup.config.operator.rules),
        crawls=crawls,
        habit=habit_of(read),
        newest_on=record.posted_on[0] if record.posted_on else None,
        a_week=_a_week(session, store, state),
        next_due=dict(jobs.next_crawls(store, session.setup, session.now)).get(source.name),
        failed=failed,
        errors=tuple(note for note in store.crawl_notes(failed.id) if note.kind == "error") if failed else (),
        page=_latest_page(store, state.source.id),
    )


def _latest_page(store: Store, source_id: int) -> RawPage | None:
    """From the archive, without which all else can be told as well."""
    try:
        return store.archive.latest_trouble(source_id) if store.has_archive else None
    except StoreError as error:
        click.echo(f"zhaoshang: the archive: {error}", err=True)
        return None


def _has_failed(crawl: CrawlRecord) -> bool:
    stopped = crawl.trouble is not None and crawl.trouble.symptom is Symptom.STOPPED
    return not crawl.completed and not stopped and (crawl.finished_at is not None or not crawl.alive)


def _a_week(session: Session, store: Store, state: SourceState) -> float | None:
    """New posts a week over the last weeks; None where nothing was ever found."""
    if not state.posts:
        return None
    today = local_date(session.now, session.setup.config.zone)
    return store.count_posts(state.source.name, today - timedelta(weeks=_WEEKS)) / _WEEKS


def _write_page(known: _Known, name: str, target: str) -> None:
    if known.page is None:
        raise ZhaoshangError(
            f"no page of an error of {name} is kept",
            todo='one is kept when a crawl finds nothing on its listing, unless keep_pages is "0s"',
        )
    if target == "-":
        sys.stdout.buffer.write(known.page.body)
        sys.stdout.buffer.flush()
        return
    try:
        Path(target).write_bytes(known.page.body)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=target, todo="check the path") from error
    click.echo(f"wrote {len(known.page.body)} bytes of {known.page.url} to {target}", err=True)


# -- for people --------------------------------------------------------------------------------------------------------


def _show(session: Session, source: SourceConfig, known: _Known) -> None:
    zone = session.setup.config.zone
    why = in_english(known.health, zone)
    newest = f", the newest of {known.newest_on}" if known.newest_on else ""
    print_table(
        ("source", source.name),
        [
            ("title", source.title or source.name),
            ("url", source.url),
            ("settings", ", ".join(f"{key} {value}" for key, value in _settings(source).items())),
            ("state", f"{known.health.state.value}{f': {why}' if why else ''}"),
            ("posts", f"{known.state.posts} ({known.state.pending} pending){newest}"),
            ("usually", _usually(known)),
            ("next due", session.local(known.next_due) if known.next_due else "paused"),
            ("records", sparkline([_spark(one) for one in reversed(known.crawls)]) or "-"),
        ],
    )
    click.echo()
    print_table(
        ("crawl", "records", "new", "result"),
        [
            (
                session.local(one.started_at),
                str(one.figures.records) if one.figures else "-",
                str(one.new),
                _result(one),
            )
            for one in known.crawls[:_CRAWLS]
        ],
    )
    for line in _last_error(session, source, known):
        click.echo(line)


def _settings(source: SourceConfig) -> dict[str, str]:
    """The schedule, and what else differs from the defaults."""
    schedule = source.schedule
    told = {"at": " ".join(source.at)} if source.at else {"every": _written(schedule.every)}
    fields = type(source).model_fields
    for key in fields:
        value = getattr(source, key)
        if key not in _APART and value != fields[key].default:
            told[key] = _written(value)
    if source.select != fields["select"].default:
        told["select"] = " ".join(source.select.model_dump(exclude_defaults=True))
    return told


def _written(value: object) -> str:
    """A setting as zhaoshang.toml has it."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
        return f"{seconds // size}{unit}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _usually(known: _Known) -> str:
    habit = known.habit
    page = (
        f"{habit.records} records on the first page (seldom under {habit.lower})" if habit else "too few crawls to say"
    )
    return page + (f", {known.a_week:.1f} new posts a week" if known.a_week is not None else "")


def _spark(crawl: CrawlRecord) -> int | bool | None:
    if not crawl.completed:
        return False
    return crawl.figures.records if crawl.figures else None


def _result(crawl: CrawlRecord) -> str:
    if crawl.finished_at is None:
        return "running" if crawl.alive else "died"
    if crawl.completed:
        return f"ok: {crawl.reason}"
    told = crawl.trouble is not None and crawl.trouble.symptom is not Symptom.OTHER
    return f"{crawl.trouble.symptom.value}: {crawl.reason}" if told and crawl.trouble else f"incomplete: {crawl.reason}"


def _last_error(session: Session, source: SourceConfig, known: _Known) -> Sequence[str]:
    if known.failed is None:
        return []
    failed = known.failed
    trouble = failed.trouble or Trouble(Symptom.DIED)
    lines = [f"\nlast error: {session.local(failed.started_at)}: {trouble_in_english(trouble)}"]
    lines += [f"  {note.title}: {note.reason}" for note in known.errors[:3]]
    if known.page is not None:
        page = known.page
        whose = "its page" if page.fetched_at >= failed.started_at else "the page of an earlier error"
        lines.append(
            f"  {whose}: {page.url}, HTTP {page.status}, {len(page.body)} bytes, of {session.local(page.fetched_at)};"
            f" `zhaoshang source show {source.name} --page FILE` writes it"
        )
    return lines


# -- for programs ------------------------------------------------------------------------------------------------------


def _record(source: SourceConfig, known: _Known) -> dict[str, object]:
    habit, failed, page = known.habit, known.failed, known.page
    return {
        "name": source.name,
        "title": source.title or source.name,
        "url": source.url,
        "settings": _settings(source),
        **health_record(known.health),
        "paused": known.health.state is State.PAUSED,
        "posts": known.state.posts,
        "pending": known.state.pending,
        "newest_on": str(known.newest_on) if known.newest_on else None,
        "next_due": known.next_due.isoformat() if known.next_due else None,
        "usual": {
            "records": habit.records if habit else None,
            "lower": habit.lower if habit else None,
            "posts_a_week": round(known.a_week, 2) if known.a_week is not None else None,
        },
        "crawls_recent": [_crawl_record(one) for one in known.crawls],
        "last_error": {
            **_crawl_record(failed),
            "errors": [{"where": note.title, "reason": note.reason} for note in known.errors],
        }
        if failed
        else None,
        "page": {
            "url": page.url,
            "status": page.status,
            "fetched_at": page.fetched_at.isoformat(),
            "bytes": len(page.body),
        }
        if page
        else None,
    }


def _crawl_record(crawl: CrawlRecord) -> dict[str, object]:
    return {
        "started_at": crawl.started_at.isoformat(),
        "finished_at": crawl.finished_at.isoformat() if crawl.finished_at else None,
        "completed": crawl.completed,
        "reason": crawl.reason or None,
        "symptom": crawl.trouble.symptom.value if crawl.trouble else None,
        "detail": crawl.trouble.detail if crawl.trouble else None,
        "records": crawl.figures.records if crawl.figures else None,
        "new": crawl.new,
    }
