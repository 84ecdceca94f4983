"""`zhaoshang crawl`."""

import signal
import sys
import threading
from collections.abc import Callable, Collection
from typing import Self

import click

from monitor import jobs
from monitor.cli.session import Session, with_session
from monitor.crawl_process import CrawlOutcome
from monitor.errors import ConfigError, StoreError
from monitor.models import Crawl
from monitor.operator import alert_operator
from monitor.source_health import healths_of
from monitor.store import Store


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--full", is_flag=True, help="Read every page again, known or not.")
@click.option("--url", help="Read the one named source from this address or file instead, this once.")
@with_session
def crawl(session: Session, names: tuple[str, ...], full: bool, url: str | None) -> None:
    """Crawl sources now: all that are not paused, or those named."""
    setup = session.setup
    chosen = [setup.source(name).name for name in names]
    chosen = chosen or [source.name for source in setup.config.source if not source.paused]
    if not chosen and setup.config.source:
        raise ConfigError("every source is paused", where=str(setup.config_path), todo="name the one to crawl")
    if not chosen:
        raise ConfigError(
            "no source is configured", where=str(setup.config_path), todo="add one with `zhaoshang source add`"
        )
    if url and len(chosen) != 1:
        raise ConfigError("--url goes with exactly one source", todo="name it")
    click.echo(f"database: {setup.database}", err=True)
    outcomes = run_with_progress(session, chosen, full=full, url=url)
    _keep_house(session, () if url else chosen)
    if any(outcome.error for outcome in outcomes):
        sys.exit(1)


def _keep_house(session: Session, crawled: Collection[str]) -> None:
    """Without a daemon nobody else drops old pages and tells the operator how the sources are; `deliver` sends it.

    That it fails is no fault of the crawl, and told all the same. A crawl of another address proves nothing.
    """
    try:
        with Store(session.setup.database, create=False) as store:
            now = session.now
            alert_operator(session.setup, healths_of(store, session.setup.config, now, crawled), store, now)
            jobs.prune_archive(store, session.setup, session.now)
    except StoreError as error:
        click.echo(f"zhaoshang: {error}", err=True)


def run_with_progress(
    session: Session, names: list[str], *, full: bool = False, url: str | None = None
) -> tuple[CrawlOutcome, ...]:
    """Crawl, with live counts on a terminal, and one line for each source as it ends. Ctrl-C stops gracefully."""
    progress = _Bar(len(names)) if sys.stderr.isatty() else _NoBar()
    stop = threading.Event()
    previous = [(number, signal.signal(number, lambda *_: stop.set())) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with progress:
            return jobs.crawl_sources(
                session.setup,
                names,
                session.clock,
                stop,
                full=full,
                url=url,
                watch=progress.watch,
                done=progress.done,
            )
    finally:
        for number, handler in previous:
            signal.signal(number, handler)


class _NoBar:
    """Plain lines, for a pipe or a log."""

    watch: Callable[[Crawl], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass

    def done(self, outcome: CrawlOutcome) -> None:
        click.echo(tell(outcome))


class _Bar(_NoBar):
    """A progress bar over the sources, with the counts of the one that was heard of last."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - on a terminal only
        from rich.progress import Progress  # noqa: PLC0415

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("crawling", total=total)
        self.watch = self._watch

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._progress.stop()

    def _watch(self, row: Crawl) -> None:
        counts = f"{row.source_name}: {row.counts.pages} pages, {row.counts.new} new"
        self._progress.update(self._task, description=counts)

    def done(self, outcome: CrawlOutcome) -> None:
        self._progress.advance(self._task)
        self._progress.console.print(tell(outcome), markup=False, highlight=False)


def tell(outcome: CrawlOutcome) -> str:
    """One line on how a crawl ended."""
    counts = f"; {outcome.crawl.counts.sentence()}" if outcome.crawl else ""
    if outcome.error:
        return f"{outcome.source}: incomplete: {outcome.error}{counts}"
    return f"{outcome.source}: {outcome.crawl.reason if outcome.crawl else ''}{counts}"
