"""`zhaoshang send --test`."""

import sys

import click

from digests.content import Digest
from digests.freeze import content_of
from digests.sampling import send_sample
from monitor import jobs
from monitor.cli.digest import read_digest
from monitor.cli.session import Session, with_session
from monitor.config import AudienceConfig, nearest
from monitor.errors import ConfigError
from monitor.periods import local_date, week_of
from monitor.store import Store


@click.command()
@click.option("--test", "audience", metavar="AUDIENCE", required=True, help="Whose channels are to be tried.")
@click.option("--channel", metavar="NAME", help="Try this one alone; it need not be one of the audience's.")
@with_session
def send(session: Session, audience: str, channel: str | None) -> None:
    """Send a sample marked 【测试】 to an audience's channels; records nothing as told.

    It is the audience's last digest, or a preview of this week where there is none yet. The file channel writes it as
    test.md and so on. What a channel does not take is told here, and not tried again.
    """
    config = session.setup.config
    who = session.setup.audience(audience)
    if channel is not None and channel not in config.channels:
        raise ConfigError(
            f"there is no channel named {channel!r}{nearest(channel, list(config.channels))}",
            where="--channel",
            todo=f"configured: {', '.join(config.channels)}",
        )
    names = who.channels if channel is None else (channel,)
    if not names:
        raise ConfigError("has no channels", where=f"audience {who.name}", todo="name one with --channel")
    with session.open_store() as store:
        digest, database_id = _newest(session, store, who), store.database_id()
    click.echo(f"sample of {digest.period.key} ({'preview' if digest.preview else 'frozen'})")
    all_taken = True
    opened = jobs.open_channels(session.setup)
    for outcome in send_sample(digest, who.name, names, config, opened, database_id, session.clock.now):
        where = f"{outcome.delivery.channel} {outcome.delivery.recipient}".strip()
        click.echo(f"{where}: {outcome.error or 'taken'}")
        all_taken = all_taken and outcome.error is None
    if not all_taken:
        sys.exit(1)


def _newest(session: Session, store: Store, audience: AudienceConfig) -> Digest:
    frozen = store.latest_digest(audience.name)
    if frozen is not None:
        return content_of(frozen)
    return read_digest(session, store, audience, week_of(local_date(session.now, session.setup.config.zone)))
