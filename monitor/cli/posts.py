"""`zhaoshang posts` and `export`."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click

from monitor.cli.progress import counted
from monitor.cli.session import DAY, Session, with_session
from monitor.cli.story_records import FLAT_FACTS, flat_facts
from monitor.cli.tables import print_table
from monitor.errors import ConfigError
from monitor.grouping import group_posts
from monitor.models import Post
from monitor.store.fact_rows import as_record
from monitor.storied import FiledPost

_FIELDS = (
    "id", "source", "title", "label", "place", "url", "published_on", "effective_on", "status", "revision",
    "first_seen_at", "last_seen_at", "copy_of", "fingerprint", "body",
)  # fmt: skip


@click.command()
@click.option("--source", help="Only posts of this source.")
@click.option("--since", type=DAY, help="Only posts dated this day or later.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@with_session
def posts(session: Session, source: str | None, since: date | None, limit: int) -> None:
    """List the latest posts."""
    with session.open_store() as store:
        found = store.posts(source=source, since=since, limit=limit)
    print_table(
        ("id", "date", "source", "place", "title", "state"),
        [
            (str(post.id), str(post.effective_on), post.source_name, post.place or "-", post.title, post.status.value)
            for post in found
        ],
    )


@click.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@with_session
def export(session: Session, form: str, output: Path | None) -> None:
    """Write all posts with their stories and facts as JSON lines or CSV.

    JSON lines have every fact with the words that it was read from, CSV a column for each kind.
    """
    write = _write_csv if form == "csv" else _write_jsonl
    with session.open_store() as store, _target(output, form) as file:
        with counted("reading posts") as progress:
            group_posts(store, session.now, progress)
        total = store.summary().posts
        with click.progressbar(
            store.filed_posts(), length=total, label="exporting", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as found:
            count = write(file, found)
    if output is not None:
        click.echo(f"wrote {count} posts to {output}", err=True)


@contextmanager
def _target(output: Path | None, form: str) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        # Spreadsheet programs take a CSV for UTF-8 only when it says so.
        with output.open("w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(output), todo="check the path") from error


def _write_jsonl(file: TextIO, found: Iterable[FiledPost]) -> int:
    count = 0
    for count, one in enumerate(found, 1):  # noqa: B007 - the last number is the count
        facts = as_record(one.facts) if one.facts is not None else None
        record = _record(one.post) | {"story": one.story, "facts": facts}
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return count


def _write_csv(file: TextIO, found: Iterable[FiledPost]) -> int:
    writer = csv.DictWriter(file, (*_FIELDS, "story", *FLAT_FACTS))
    writer.writeheader()
    count = 0
    for count, one in enumerate(found, 1):  # noqa: B007 - as above
        record = _record(one.post) | {"story": one.story} | flat_facts(one.facts)
        writer.writerow({key: _unarmed(value) for key, value in record.items()})
    return count


def _record(post: Post) -> dict[str, object]:
    return {
        "id": post.id,
        "source": post.source_name,
        "title": post.title,
        "label": post.label,
        "place": post.place,
        "url": post.url,
        "published_on": _text(post.published_on),
        "effective_on": _text(post.effective_on),
        "status": post.status.value,
        "revision": post.revision,
        "first_seen_at": _text(post.first_seen_at),
        "last_seen_at": _text(post.last_seen_at),
        "copy_of": post.copy_of,
        "fingerprint": post.fingerprint,
        "body": post.body,
    }


def _text(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def _unarmed(value: object) -> object:
    """Scraped text that a spreadsheet would run as a formula is kept from it by a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value
