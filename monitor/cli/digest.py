"""`zhaoshang digest`."""

from dataclasses import replace
from pathlib import Path

import click

from digests.build import build_preview
from digests.content import Digest
from digests.freeze import content_of
from digests.render import FORMATS, render
from digests.sources import source_healths
from monitor.announcing import Period
from monitor.cli.progress import counted
from monitor.cli.session import Session, with_session
from monitor.errors import ConfigError
from monitor.grouping import group_posts
from monitor.periods import local_date, parse_period, week_of
from monitor.store import Store


@click.command()
@click.argument("period", required=False)
@click.option("--audience", help="Whose digest; the first configured audience when not given.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="md", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@with_session
def digest(session: Session, period: str | None, audience: str | None, form: str, output: Path | None) -> None:
    """Print the digest of a period; this week's when none is named.

    PERIOD is a week (2025-W29), a day (2025-07-20) or a month (2025-07). A period that was frozen comes back as it
    was; any other is a preview. Reading never changes what will be announced.
    """
    name = session.setup.audience(audience).name
    chosen = parse_period(period) if period else week_of(local_date(session.now, session.setup.config.zone))
    with session.open_store() as store:
        template = session.setup.config.templates.get(name)
        text = render(replace(read_digest(session, store, name, chosen), template=template), form)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(output), todo="check the path") from error
    click.echo(f"wrote {output}", err=True)


def read_digest(session: Session, store: Store, audience: str, period: Period) -> Digest:
    """The frozen digest of a period, or a preview of it."""
    frozen = store.frozen_digest(audience, period.key)
    if frozen is not None:
        return content_of(frozen)
    config = session.setup.config
    names = [source.name for source in config.source]
    with counted("reading posts") as progress:
        group_posts(store, session.now, progress)
    material = store.preview_material(audience, period, session.now, names, config.zone)
    healths = source_healths(store, config, material.sources, session.now, preview=True)
    language = session.setup.audience(audience).language
    return build_preview(material, healths, config.rules, session.now, config.zone, language)
