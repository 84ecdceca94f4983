"""What every command needs: the configuration, the time, the store, and the name of the database on standard error."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from monitor.clock import Clock
from monitor.errors import ConfigError
from monitor.periods import local_text, parse_instant
from monitor.setup import Setup, load_setup
from monitor.store import Store

ROW = click.IntRange(max=2**63 - 1)  # the number of something that is stored: SQLite has none beyond


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


class _Day(click.ParamType):  # type: ignore[type-arg] # generic in the newest click alone
    """A day, as the options want it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Fails as click's own types do."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2025-07-21", param, ctx)


DAY = _Day()


@dataclass(frozen=True, slots=True)
class Given:
    """What was said with --config and --now, before the command's name or behind it."""

    config: Path | None
    now: str | None


def start_session(given: Given) -> Session:
    """Load the configuration and set the clock. Raises ConfigError."""
    setup = load_setup(given.config)
    return Session(setup, set_clock(given, setup))


def set_clock(given: Given, setup: Setup) -> Clock:
    """The system's clock, or one that runs on from --now. Raises ConfigError."""
    if given.now is None:
        return Clock()
    try:
        return Clock(parse_instant(given.now, setup.config.zone))
    except ValueError as error:
        raise ConfigError(
            f"{given.now!r} is no time", where="--now", todo="write it as 2025-07-21T08:00+08:00"
        ) from error


def with_given(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command what was said with --config and --now, and these options also behind its own name."""

    @click.option("--config", "own_config", type=click.Path(path_type=Path), help="The zhaoshang.toml to use.")
    @click.option("--now", "own_now", metavar="DATETIME", help="Work as if it were this time.")
    @functools.wraps(function)
    def command(*args: Any, own_config: Path | None, own_now: str | None, **kwargs: Any) -> None:
        ctx = click.get_current_context()
        said = ctx.obj or {}
        given = Given(own_config or said.get("config"), own_now or said.get("now"))
        ctx.invoke(function, given, *args, **kwargs)

    return command


def with_session(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command its session; as `with_given`."""

    @with_given
    @functools.wraps(function)
    def command(given: Given, *args: Any, **kwargs: Any) -> None:
        function(start_session(given), *args, **kwargs)

    return command
