"""`zhaoshang replay`."""

import json
import signal
import sys
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Self

import click

from monitor.cli.session import DAY, Session, with_session
from monitor.cli.tables import print_table
from monitor.errors import SourceError
from monitor.replay_process import ReplayProcess
from monitor.replayed import Corrected, Ended, Event, Filled, Missing, Progress, Trouble
from monitor.store import Store
from monitor.text import clean

_SHOWN = 32  # characters of a value in the table; --json has all of it
_CONTEXT = 8  # of them before the first that differs


@dataclass(slots=True)
class Report:
    """What a replay told, sorted."""

    corrected: list[Corrected] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take one event; progress leaves no trace."""
        match event:
            case Corrected():
                self.corrected.append(event)
            case Filled():
                self.filled.append(event)
            case Missing():
                self.missing.append(event)
            case Trouble():
                self.troubles.append(event)
            case Ended():
                self.ended.append(event)


@click.command()
@click.option("--source", "names", multiple=True, metavar="NAME", help="Only this source; may be repeated.")
@click.option("--since", type=DAY, help="Only pages fetched on this day or later.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with whole values.")
@with_session
def replay(session: Session, names: tuple[str, ...], since: date | None, dry_run: bool, as_json: bool) -> None:
    """Read archived pages again, offline: fill in and correct posts, announce nothing.

    For after the extractor has improved, or a source's table has changed. Reports every field that changed, the posts
    that were filled in, and those that their archived pages no longer yield; the latter stay as they are.
    """
    with session.open_store() as store:
        _check(session, store, names)
    process = ReplayProcess(
        session.setup,
        names,
        since=datetime.combine(since, time(), session.setup.config.zone) if since else None,
        dry_run=dry_run,
        now=session.now if session.clock.is_set else None,
    )
    previous = [
        (number, signal.signal(number, lambda *_: process.stop())) for number in (signal.SIGINT, signal.SIGTERM)
    ]
    report = Report()
    try:
        with _Bar() if sys.stderr.isatty() else nullcontext() as bar:
            for event in process.events():
                report.add(event)
                if bar is not None and isinstance(event, Progress):
                    bar.show(event)
    finally:
        for number, handler in previous:
            signal.signal(number, handler)
        _tell(report, dry_run=dry_run, as_json=as_json)
    if any(one.error for one in report.ended):
        sys.exit(1)


def _check(session: Session, store: Store, names: tuple[str, ...]) -> None:
    """A source may be named that left the configuration and has its pages still. Raises SourceError."""
    for name in names:
        try:
            session.setup.source(name)
        except SourceError:
            if store.source(name) is None:
                raise


class _Bar:
    """A progress bar over one source after the other."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - on a terminal only
        from rich.progress import Progress as Bar  # noqa: PLC0415

        self._bar = Bar(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("reading", total=None)

    def show(self, event: Progress) -> None:
        self._bar.update(self._task, description=event.source, completed=event.done, total=event.total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._bar.stop()


def _tell(report: Report, *, dry_run: bool, as_json: bool) -> None:
    for trouble in report.troubles:
        click.echo(f"zhaoshang: {trouble.text}", err=True)
    if as_json:
        record = {
            "dry_run": dry_run,
            "sources": [asdict(one) for one in report.ended],
            "corrected": [asdict(one) for one in report.corrected],
            "filled": [asdict(one) for one in report.filled],
            "missing": [asdict(one) for one in report.missing],
        }
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        _tell_tables(report)
    for ended in report.ended:
        if ended.error:
            click.echo(f"zhaoshang: {ended.source}: {ended.error}", err=True)
        elif not as_json:
            click.echo(_sentence(ended) + ("; dry run: nothing was changed" if dry_run else ""))


def _tell_tables(report: Report) -> None:
    if report.corrected:
        rows = [(str(one.post), one.source, one.field, *_shown(one.before, one.after)) for one in report.corrected]
        print_table(("post", "source", "field", "before", "after"), rows, title="corrected")
        click.echo()
    if report.filled:
        filled = [(str(one.post or "-"), one.source, one.kind, one.title) for one in report.filled]
        print_table(("post", "source", "state", "title"), filled, title="filled in")
        click.echo()
    if report.missing:
        missing = [(str(one.post), one.source, one.title, one.reason) for one in report.missing]
        print_table(("post", "source", "title", "reason"), missing, title="no longer found, left as they are")
        click.echo()


def _sentence(ended: Ended) -> str:
    parts = [f"{ended.corrected} corrected", f"{ended.filled} filled in"]
    parts += [f"{ended.off_label} off-label"] if ended.off_label else []
    parts += [f"{ended.missing} no longer found"] if ended.missing else []
    parts += [f"{ended.damaged} damaged pages left out"] if ended.damaged else []
    return f"{ended.source}: {ended.pages} pages read again, {ended.posts} posts; {', '.join(parts)}"


def _shown(before: str | None, after: str | None) -> tuple[str, str]:
    """Two values as far as they fit, from a little before where they differ."""
    one, other = clean(before or ""), clean(after or "")
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(same - _CONTEXT, 0) if max(len(one), len(other)) > _SHOWN else 0
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    if not text:
        return "-"
    head, rest = ("…" if start else ""), text[start:]
    return head + (rest if len(rest) <= _SHOWN else f"{rest[: _SHOWN - 1]}…")
