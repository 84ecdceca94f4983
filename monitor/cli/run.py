"""`zhaoshang run`."""

import logging
import sys

import click

from monitor.cli.session import Session, with_session
from monitor.daemon import Daemon, ZoneFormatter


@click.command()
@click.option(
    "--tick",
    type=click.FloatRange(min=0.1, max=3600),
    default=10.0,
    show_default=True,
    help="Seconds between two looks at what is due.",
)
@with_session
def run(session: Session, tick: float) -> None:
    """Run the daemon: crawl, freeze and deliver on schedule.

    Stops on SIGTERM or Ctrl-C within 30 seconds. One daemon works in a data directory at a time.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ZoneFormatter(session.setup.config.zone))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    Daemon(session.setup, session.clock, tick).run()
