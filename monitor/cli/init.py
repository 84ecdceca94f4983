"""`zhaoshang init`."""

from importlib.resources import files
from pathlib import Path

import click

from monitor.errors import ConfigError
from monitor.setup import CONFIG_NAME


@click.command()
def init() -> None:
    """Write a commented zhaoshang.toml into the current folder."""
    path = Path.cwd() / CONFIG_NAME
    text = files("monitor.cli").joinpath("zhaoshang.toml.template").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigError("exists already and was left as it is", where=str(path), todo="edit it") from error
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(path), todo="check the folder") from error
    click.echo(f"wrote {path}\nNext: `zhaoshang source add NAME URL`, then `zhaoshang crawl`.")
