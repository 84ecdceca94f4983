"""`zhaoshang demo`: the product's main job on real input, in a folder of its own."""

import shutil
from pathlib import Path

import click

from digests.channels.file import FileChannel
from digests.freeze import content_of
from digests.render import render
from monitor import jobs
from monitor.cli.crawl import run_with_progress
from monitor.cli.deliver import tell
from monitor.cli.session import Given, start_session
from monitor.errors import ConfigError, ZhaoshangError
from monitor.setup import CONFIG_NAME, SAMPLE
from monitor.store import Store

DEMO_NOW = "2025-07-21T08:00+08:00"  # the Monday after the dump was saved, at eight
DEMO_PERIOD = "2025-W29"

_CONFIG = """# Written by `zhaoshang demo`. Try: zhaoshang --config {path} --now {now} status
[crawl]
delay = 0

[[source]]
name = "zhanjiang"
title = "湛江招商（保存的样本）"
url = "{sample}"
label = "【…招商】"

[[audience]]
name = "everyone"
schedule = "mon 08:00"
channels = ["file"]
"""


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("zhaoshang-demo"),
    show_default=True,
    help="Where the demo keeps its configuration and data.",
)
def demo(folder: Path) -> None:
    """Run the whole path on the saved dump, in a folder of its own.

    Crawls the saved listing with `scrapy crawl`, freezes the digest of 2025-W29 as if it were Monday 2025-07-21 at
    eight, delivers it to the file channel and prints it. Run it again: nothing is new, and the digest is the same.
    """
    session = start_session(Given(_prepare(folder), DEMO_NOW))
    setup = session.setup
    click.echo(f"database: {setup.database}", err=True)
    (outcome,) = run_with_progress(session, ["zhanjiang"])
    if outcome.error:
        raise ZhaoshangError(f"the demo's crawl failed: {outcome.error}", where=str(setup.database))
    with Store(setup.database) as store:
        jobs.freeze_due(store, setup, session.now)
        tell(jobs.deliver(setup, session.clock))
        frozen = store.frozen_digest("everyone", DEMO_PERIOD)
        if frozen is None:
            raise ZhaoshangError(f"{DEMO_PERIOD} was not frozen", where=str(setup.database), todo=f"remove {folder}")
        click.echo()
        click.echo(render(content_of(frozen), "md"))
    markdown, html = FileChannel(setup.digests_dir).paths("everyone", DEMO_PERIOD)
    click.echo(f"Markdown: {markdown}\nHTML:     {html}\nConfiguration: {setup.config_path}")


def _prepare(folder: Path) -> Path:
    """A configuration and a copy of the saved dump; a second run finds both as they are."""
    path = folder.resolve() / CONFIG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLE, folder / SAMPLE.name)
        if not path.exists():
            path.write_text(_CONFIG.format(path=path, now=DEMO_NOW, sample=SAMPLE.name), encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"cannot be written: {error.strerror}", where=str(folder), todo="give another --dir"
        ) from error
    return path
