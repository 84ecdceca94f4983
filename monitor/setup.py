"""Finds zhaoshang.toml, says where the data live, and turns every mistake in the file into one line.

It reads files, and never touches the database or the network.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pydantic import BaseModel, ValidationError

from monitor.config import (
    CHANNELS,
    AudienceConfig,
    ChangesConfig,
    Config,
    CrawlConfig,
    DigestConfig,
    OperatorConfig,
    RuleConfig,
    SelectConfig,
    SourceConfig,
    nearest,
    placed,
)
from monitor.errors import AudienceError, ConfigError, SourceError

Templated = TypeVar("Templated", AudienceConfig, DigestConfig)
CONFIG_NAME = "zhaoshang.toml"
DATABASE_NAME = "zhaoshang.db"
SAMPLE = Path(__file__).parent.parent / "crawler" / "samples" / "zhanjiang-2025-07-17.txt"


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration together with where it was found and where its data live."""

    config: Config
    config_path: Path | None
    data_dir: Path

    @property
    def database(self) -> Path:
        """The one database of this set-up."""
        return self.data_dir / DATABASE_NAME

    @property
    def digests_dir(self) -> Path:
        """Where the file channel writes."""
        return self.data_dir / "digests"

    def source(self, name: str) -> SourceConfig:
        """The source of that name. Raises SourceError naming those there are."""
        for source in self.config.source:
            if source.name == name:
                return source
        raise SourceError(
            f"there is no source named {name!r}{nearest(name, [s.name for s in self.config.source])}",
            where=str(self.config_path or "built-in configuration"),
            todo=f"configured: {', '.join(s.name for s in self.config.source) or 'none'}",
        )

    def audience(self, name: str | None) -> AudienceConfig:
        """The audience of that name, or the first. Raises AudienceError naming those there are."""
        for audience in self.config.audience:
            if name is None or audience.name == name:
                return audience
        raise AudienceError(
            f"there is no audience named {name!r}",
            where=str(self.config_path or "built-in configuration"),
            todo=f"configured: {', '.join(a.name for a in self.config.audience) or 'none'}",
        )


def load_setup(config_path: Path | None = None, cwd: Path | None = None) -> Setup:
    """Find and read the configuration.

    With no path: the nearest zhaoshang.toml, from `cwd` upwards. Where there is none, the built-in configuration (the
    saved dump as its one source), with data beside the nearest scrapy.cfg of this project, or in `cwd`.
    Everything that reads or writes the database goes through here, so that no two commands can mean two databases.
    Raises ConfigError.
    """
    here = (cwd or Path.cwd()).resolve()
    found = find_config(config_path, here)
    if config_path is not None and (found is None or not _stands(found)):
        raise ConfigError(
            "there is no such file",
            where=str(config_path),
            todo="check --config, or run `zhaoshang init`",
        )
    if found is not None:
        return _read(found)
    project = _upwards(here, "scrapy.cfg", _is_ours)
    root = project.parent if project else here
    builtin = SourceConfig(name="zhanjiang", url=SAMPLE.resolve().as_uri(), title="湛江招商（保存的样本）")
    return Setup(Config(source=(builtin,)), None, root / "data")


def find_config(config_path: Path | None = None, cwd: Path | None = None) -> Path | None:
    """The file that `load_setup` reads, whether it can be read or not; None where the built-in one counts."""
    here = (cwd or Path.cwd()).resolve()
    if config_path is None:
        return _upwards(here, CONFIG_NAME, _stands)
    given = here / config_path.expanduser()
    return given.parent.resolve() / given.name  # a link is where it stands, as when it is found from below


def _upwards(here: Path, name: str, fits: Callable[[Path], bool]) -> Path | None:
    return next((path for folder in (here, *here.parents) if fits(path := folder / name)), None)


def _stands(path: Path) -> bool:
    """Whether there is anything of that name, be it a folder or a link that leads nowhere: it was meant to be read."""
    try:
        path.lstat()
    except OSError:  # a folder above that may not be looked into holds no configuration of ours
        return False
    return True


def _is_ours(path: Path) -> bool:
    return _stands(path) and path.is_file() and "crawler.settings" in path.read_text(encoding="utf-8", errors="replace")


def _refuse_what_is_no_file(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        what, todo = f"is a link that leads nowhere ({path.readlink()})", "mend the link, or remove it"
    elif path.is_dir():
        what, todo = "is a folder", "move it away, or name the file in it with --config"
    elif not path.is_file():
        what, todo = "is no file", "move it away"
    else:
        return
    raise ConfigError(what, where=str(path), todo=todo)


def _read(path: Path) -> Setup:
    _refuse_what_is_no_file(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not valid TOML: {error}", where=str(path), todo="mend that line") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path), todo="check the file and its rights") from error
    try:
        config = Config.model_validate(table)
    except ValidationError as error:
        raise _config_error(error, path) from error
    sources = tuple(_with_file_url(source, path) for source in config.source)
    channels = {name: placed(channel, path.parent) for name, channel in config.channel.items()}
    audiences = tuple(_with_template(audience, path.parent) for audience in config.audience)
    digest = _with_template(config.digest, path.parent)
    config = config.model_copy(update={"source": sources, "channel": channels, "audience": audiences, "digest": digest})
    return Setup(config, path, (path.parent / config.data_dir).resolve())


def _with_template(table: Templated, folder: Path) -> Templated:
    """The table with the whole path of its templates, for a zhaoshang.toml in `folder`."""
    return table.model_copy(update={"template": folder / table.template}) if table.template else table


def source_url(url: str, folder: Path) -> str:
    """An address as a URL: http(s) as it is; anything else is a file, relative to `folder`. Raises ConfigError."""
    try:
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme.lower(), parts.hostname, parts.port
        if scheme in ("http", "https"):
            if not host:
                raise ConfigError(f"{url!r} has no host", todo="write it as https://host/path")
            return url
        if scheme not in ("", "file"):
            raise ConfigError(f"{url!r}: {scheme} is not fetched", todo="use an http(s) address or a local file")
        path = Path(url2pathname(parts.path)) if scheme == "file" else Path(url).expanduser()
        return (folder / path).resolve().as_uri()
    except (ValueError, RuntimeError) as error:  # a port beyond 65535, a NUL in a path, ~nobody
        raise ConfigError(f"{url!r} is no address: {error}", todo="write it as https://host/path") from error


def _with_file_url(source: SourceConfig, path: Path) -> SourceConfig:
    try:
        return source.model_copy(update={"url": source_url(source.url, path.parent)})
    except ConfigError as error:
        raise ConfigError(error.what, where=f"{path}: [[source]] {source.name}: url", todo=error.todo) from error


# Where pydantic's path into the table leads: table name -> the model whose keys are valid there.
_MODELS: dict[str, type[BaseModel]] = {
    "crawl": CrawlConfig,
    "digest": DigestConfig,
    "changes": ChangesConfig,
    "operator": OperatorConfig,
    "source": SourceConfig,
    "select": SelectConfig,
    "audience": AudienceConfig,
    "rule": RuleConfig,
    **CHANNELS,
}


_SECRETS = {"password": "password", "url": "robot's address, which holds its key,", "secret": "signing secret"}


def _config_error(error: ValidationError, path: Path) -> ConfigError:
    """The first mistake in the user's words: which key, what is wrong, and the nearest valid key."""
    first = error.errors()[0]
    location = first["loc"]
    key = str(location[-1]) if location else ""
    where = f"{path}: {_dotted(location)}" if location else str(path)
    match first["type"]:
        case "extra_forbidden":
            model = next((_MODELS[part] for part in reversed(location[:-1]) if part in _MODELS), Config)
            hint = nearest(key, list(model.model_fields))
            if key in _SECRETS and f"{key}_env" in model.model_fields:
                hint = f"; a {_SECRETS[key]} does not stand in this file: use {key}_env or {key}_file"
            return ConfigError(f"unknown key {key!r}{hint}", where=where, todo="correct or remove it")
        case "missing":
            return ConfigError(f"the key {key!r} is missing", where=where, todo="add it")
        case "union_tag_not_found":
            return ConfigError("the key 'type' is missing", where=where, todo=f"add one of: {', '.join(CHANNELS)}")
        case "tuple_type" if location in (("source",), ("audience",), ("rule",)):
            return ConfigError(f"there can be several: write [[{key}]]", where=where, todo="use two brackets")
        case "tuple_type":
            return ConfigError("is a list", where=where, todo="write it in brackets: [..., ...]")
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(message[:1].lower() + message[1:], where=where, todo="correct it")


def _dotted(location: tuple[int | str, ...]) -> str:
    """`source[1].every`, `channel.mail.host`: as the file says it (pydantic puts a channel's kind behind its name)."""
    parts = list(location)
    if parts[:1] == ["channel"] and len(parts) > 2:  # noqa: PLR2004 - channel, its name, its kind
        del parts[2]
    text = ""
    for part in parts:
        text += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
