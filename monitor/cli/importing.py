"""`zhaoshang import`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monitor import jobs
from monitor.cli.progress import counted
from monitor.cli.session import Session, with_session
from monitor.errors import ConfigError
from monitor.grouping import group_posts
from monitor.importing import Import


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE")
@click.option("--source", help="The name of the source that they are stored under; `import` when not given.")
@with_session
def import_posts(session: Session, file: Path, source: str | None) -> None:
    """Import posts from a file of JSON lines, as if they had been crawled.

    One object a line with title, body and published (2025-07-21), and where known url and source. What is known already
    is recognised as in a crawl, old posts are counted in the next digest and not told, and lines that are no posts are
    named; the exit code is 1 when there are any. FILE may be - for standard input.
    """
    if source and source in {one.name for one in session.setup.config.source}:
        raise ConfigError(f"source {source!r} is crawled", where="--source", todo="give another name")
    with session.open_store(create=True) as store:
        jobs.sync(store, session.setup, session.now)
        work = Import(store, session.setup, session.now, source)
        work.run(_lines(file))
        with counted("reading posts") as progress:
            group_posts(store, session.now, progress)
    for one in work.refused:
        click.echo(f"zhaoshang: {file}: line {one.line} {one.reason}", err=True)
    for name, counts in work.counts.items():
        click.echo(f"{name}: {counts.new} new, {counts.revised} revised, {counts.unchanged} unchanged")
    click.echo(f"{len(work.refused)} lines left out")
    if work.refused:
        sys.exit(1)


def _lines(file: Path) -> Iterator[bytes]:
    """The lines of a file, with a bar over its bytes on a terminal. Raises ConfigError."""
    if str(file) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with file.open("rb") as opened, counted("importing") as progress:
            size, done = file.stat().st_size, 0
            for line in opened:
                yield line
                done += len(line)
                if progress:
                    progress(done, size)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(file), todo="check the path") from error
