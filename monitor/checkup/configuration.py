"""Looks at zhaoshang.toml and at what it names on this machine; when it is invalid, finds what the rest can go by."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from monitor.checkup.finding import Finding, advice, failed, fine, wrong
from monitor.config import Config, SourceConfig
from monitor.errors import ConfigError, SecretError
from monitor.reload import COPY_NAME
from monitor.secrets import secret_from_environment
from monitor.setup import Setup, find_config, load_setup

SUBJECT = "configuration"
SOURCES = "sources"
_DATA_DIR = re.compile(r"^\s*data_dir\s*=\s*[\"'](.+?)[\"']", re.MULTILINE)


def read(config_path: Path | None, cwd: Path | None = None) -> tuple[Setup, tuple[Finding, ...]]:
    """The set-up and what there is to say of it; for an invalid file the one that the other checks can go by.

    That is the copy of what a daemon read last, where there is one: its sources and channels are the ones at work. Else
    it is the defaults, with the data directory that the file names as far as it can be read.
    """
    try:
        setup = load_setup(config_path, cwd)
    except ConfigError as error:
        return _fallback(find_config(config_path, cwd), failed(SUBJECT, error))
    return setup, (configuration(setup),)


def configuration(setup: Setup) -> Finding:
    """A valid file: which, and how much stands in it."""
    config = setup.config
    sources = f"{len(config.source)} sources, {len(config.audience)} audiences, {len(config.channels)} channels"
    return fine(SUBJECT, f"{setup.config_path or 'built-in, no zhaoshang.toml'}: {sources}")


def no_source() -> Finding:
    """Where nothing is watched."""
    return advice(SOURCES, "no source is configured yet", "add one with `zhaoshang source add NAME URL`")


def source_file(source: SourceConfig) -> Finding:
    """Whether the file of a source that is local is there."""
    subject = f"source {source.name}"
    path = Path(url2pathname(urlsplit(source.url).path))
    if path.is_file():
        return fine(subject, f"reads {path}")
    return wrong(subject, f"there is no file {path}", "correct its url")


def reach(source: SourceConfig, max_requests: int) -> Finding:
    """A walk that is broken off begins anew the next time: where a listing is that long, it never gets any further."""
    what = f"max_requests ({max_requests}) is not above max_pages ({source.max_pages})"
    return advice(f"source {source.name}", f"{what}: a listing so long would never be read whole", "raise max_requests")


def source_proxy(source: SourceConfig) -> Finding:
    """Whether the variable is set that holds the address of a source's proxy."""
    subject, name = f"source {source.name}", source.proxy.removeprefix("env:")
    try:
        secret_from_environment(name)
    except SecretError as error:
        return wrong(subject, f"proxy: {error.what}", "set it where the daemon runs, and here to check it")
    return fine(subject, f"its proxy stands in {name}")


def _fallback(path: Path | None, said: Finding) -> tuple[Setup, tuple[Finding, ...]]:
    data_dir = _data_dir(path)
    copy = data_dir / COPY_NAME
    try:
        setup = load_setup(copy)
    except ConfigError:
        setup = Setup(Config(), None, data_dir)
        return setup, (said, advice(SUBJECT, f"what follows goes by the defaults and the data in {data_dir}"))
    return setup, (said, advice(SUBJECT, f"what follows goes by {copy}, which the daemon read last"))


def _data_dir(path: Path | None) -> Path:
    """Where the data of an invalid file live, as far as it tells: `data` beside it, unless a line says otherwise."""
    if path is None:
        return Path.cwd() / "data"
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        text = ""
    try:
        said = tomllib.loads(text).get("data_dir")
    except tomllib.TOMLDecodeError:
        found = _DATA_DIR.search(text)
        said = found[1] if found else None
    folder = Path(said).expanduser() if isinstance(said, str) and said else Config().data_dir
    return (path.parent / folder).resolve()
