"""What every command needs: the configuration, the time, the store, and the name of the database on standard error."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.periods import local_text, parse_instant
from monitor.setup import Setup, load_setup
from monitor.store import Store


@dataclass(frozen=True, slots=True)
class Session:
    """One call of a command."""

    setup: Setup
    clock: Clock

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    def open_store(self, *, create: bool = False) -> Store:
        """Open the database and name it. Raises StoreMissing when it is only to be read and is not there."""
        click.echo(f"database: {self.setup.database}", err=True)
        return Store(self.setup.database, create=create)

    def local(self, instant: datetime | None) -> str:
        """An instant in the configured zone, for people; a dash for none."""
        return local_text(instant, self.setup.config.zone) if instant else "-"


def start_session(config: Path | None, now: str | None) -> Session:
    """Load the configuration and set the clock. Raises ConfigError."""
    setup = load_setup(config)
    if now is None:
        return Session(setup, Clock())
    try:
        return Session(setup, Clock(parse_instant(now, setup.config.zone)))
    except ValueError as error:
        raise ConfigError(f"{now!r} is no time", where="--now", todo="write it as 2025-07-21T08:00+08:00") from error


def with_session(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command its session, and the options --config and --now also behind its own name."""

    @click.option("--config", "own_config", type=click.Path(path_type=Path), help="The zhaoshang.toml to use.")
    @click.option("--now", "own_now", metavar="DATETIME", help="Work as if it were this time.")
    @functools.wraps(function)
    def command(*args: Any, own_config: Path | None, own_now: str | None, **kwargs: Any) -> None:
        ctx = click.get_current_context()
        given = ctx.obj or {}
        session = start_session(own_config or given.get("config"), own_now or given.get("now"))
        ctx.invoke(function, session, *args, **kwargs)

    return command
