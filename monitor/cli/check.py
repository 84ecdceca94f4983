"""`zhaoshang check-config`."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click

from digests.channels.email import EmailChannel
from monitor.cli.session import Session, with_session
from monitor.config import EmailChannelConfig, SourceConfig
from monitor.errors import DeliveryError, SecretError, StoreError
from monitor.store import Store


@click.command("check-config")
@click.option("--offline", is_flag=True, help="Do not connect to mail servers.")
@with_session
def check_config(session: Session, offline: bool) -> None:
    """Check zhaoshang.toml, passwords, mail servers and the database.

    One line for each thing; the exit code is 1 when something is not as it should be.
    """
    setup = session.setup
    config = setup.config
    click.echo(
        f"OK  {setup.config_path or 'built-in configuration'}: {len(config.source)} sources, "
        f"{len(config.audience)} audiences, {len(config.channels)} channels"
    )
    results = [_channel(name, channel, offline) for name, channel in config.channels.items()]
    results += [_source_file(source) for source in config.source if source.is_file]
    results += [_data_dir(setup.data_dir) and _database(setup.database)]
    if not config.source:
        click.echo("--  no source is configured yet; add one with `zhaoshang source add NAME URL`")
    if not all(results):
        sys.exit(1)


def _channel(name: str, channel: object, offline: bool) -> bool:
    if not isinstance(channel, EmailChannelConfig):
        click.echo(f"OK  channel {name}")
        return True
    try:
        if offline:
            channel.password()
        else:
            EmailChannel(name, channel).check()
    except (DeliveryError, SecretError) as error:
        click.echo(f"!!  channel {name}: {error}")
        return False
    click.echo(f"OK  channel {name}: {channel.host}:{channel.effective_port}{' (not connected)' if offline else ''}")
    return True


def _source_file(source: SourceConfig) -> bool:
    path = Path(url2pathname(urlsplit(source.url).path))
    if path.is_file():
        return True
    click.echo(f"!!  source {source.name}: there is no file {path}; correct its url")
    return False


def _data_dir(path: Path) -> bool:
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return True
    click.echo(f"!!  data_dir {path} cannot be written; check data_dir and the rights of {nearest}")
    return False


def _database(path: Path) -> bool:
    if not path.exists():
        click.echo(f"OK  database {path}: will be made by the first crawl")
        return True
    try:
        with Store(path, create=False) as store:
            problem = store.integrity_problem()
            posts = store.summary().posts
    except StoreError as error:
        click.echo(f"!!  {error}")
        return False
    if problem:
        click.echo(f"!!  database {path} is damaged: {problem}; restore a backup")
        return False
    click.echo(f"OK  database {path}: {posts} posts")
    return True
