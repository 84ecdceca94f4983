"""`zhaoshang digest`."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from digests.content import Digest
from digests.freeze import content_of
from digests.pdf import pdf_of
from digests.preview import preview_digest
from digests.render import FORMATS, render
from monitor.announcing import Period
from monitor.cli.progress import counted
from monitor.cli.session import Session, with_session
from monitor.config import AudienceConfig
from monitor.errors import ConfigError, PeriodError
from monitor.grouping import group_posts
from monitor.periods import local_date, parse_period, week_of
from monitor.store import Store


@click.command()
@click.argument("period", required=False)
@click.option("--audience", help="Whose digest, or which rule's alert; the first configured audience when not given.")
@click.option("--format", "form", type=click.Choice((*FORMATS, "pdf")), default="md", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@with_session
def digest(session: Session, period: str | None, audience: str | None, form: str, output: Path | None) -> None:
    """Print the digest of a period; this week's when none is named.

    PERIOD is a week (2025-W29), a day (2025-07-20), several days (2025-07-18_2025-07-20) or a month (2025-07). A
    period that was frozen comes back as it was; any other is a preview. Reading never changes what will be announced.
    With an alert rule as the audience, it is an alert: its last one, or that of PERIOD (2025-07-18T100000).
    """
    if form == "pdf" and output is None and sys.stdout.isatty():
        raise ConfigError("a PDF is nothing for a terminal", where="--format pdf", todo="name a file with --output")
    config = session.setup.config
    if audience in [rule.name for rule in config.rule]:
        with session.open_store() as store:
            content = _read_alert(store, audience, period)
    else:
        whom = session.setup.audience(audience)
        chosen = parse_period(period) if period else week_of(local_date(session.now, config.zone))
        with session.open_store() as store:
            content = read_digest(session, store, whom, chosen)
    content = replace(content, template=config.templates.get(content.audience))
    written = pdf_of(content) if form == "pdf" else render(content, form)
    if output is None:
        click.echo(written, nl=False)
        return
    try:
        output.write_bytes(written.encode() if isinstance(written, str) else written)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(output), todo="check the path") from error
    click.echo(f"wrote {output}", err=True)


def _read_alert(store: Store, rule: str, key: str | None) -> Digest:
    """An alert as it was frozen, the latest without a key; of an alert there is no preview."""
    frozen = store.bulletin(rule, key)
    if frozen is None:
        which = f"no alert {key!r}" if key else "no alert yet"
        raise PeriodError(
            f"rule {rule!r} has {which}",
            todo="see `zhaoshang deliveries` for those there are, and `zhaoshang rules test`",
        )
    return content_of(frozen)


def read_digest(session: Session, store: Store, audience: AudienceConfig, period: Period) -> Digest:
    """The frozen digest of a period, or a preview of it."""
    frozen = store.frozen_digest(audience.name, period.key)
    if frozen is not None:
        return content_of(frozen)
    with counted("reading posts") as progress:
        group_posts(store, session.now, progress)
    return preview_digest(store, session.setup, audience, period, session.now)
