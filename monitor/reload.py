"""Follows zhaoshang.toml while the daemon runs: notices a change, reads it whole, says in a line what is different.

It schedules nothing and opens no database. A file that is broken changes nothing: what was read last stays in force.
Crawls are processes of their own and read the configuration themselves: they are given a copy of what is in force, so
that neither a broken file nor one that is being written makes them stumble.
"""

import logging
import os
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit

from monitor.config import PATH_KEYS, SourceConfig
from monitor.errors import ConfigError
from monitor.setup import Setup, load_setup

COPY_NAME = "in-force.toml"
_SETTLED = 2.0  # seconds: a younger file may still be half of itself

logger = logging.getLogger("zhaoshang")

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """A configuration that is to be in force from now on, and in words what is different; empty when nothing is."""

    setup: Setup
    words: str


class FollowedSetup:
    """The configuration in force, and the file that it comes from."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._path = setup.config_path
        self._stamp: _Stamp | None = (0, 0, 0)  # that of no file: the first look reads it
        self._read: _Stamp | None = None  # that of the file behind the change that is not accepted yet
        self._was_missing = False
        self._was_broken = False
        self._told = ""  # the last error, which is told once

    def look(self) -> Change | None:
        """What changed in the file since the last look; None when nothing did, or the file cannot be used.

        The caller puts it in force with `accept`, or looks again.
        """
        if self._path is None or (stamp := _stamp(self._path)) == self._stamp:
            return None
        try:
            read = load_setup(self._path)
            text = self._path.read_text(encoding="utf-8-sig")
            if _stamp(self._path) != stamp:
                return None  # it changes at this moment; the next look sees all of it
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            self._stay(stamp, error)
            return None
        held = held_back(self.setup, read)
        try:
            setup = self._with_copy(text, held)
        except OSError as error:  # a full disk: the next look tries again
            self._tell(f"{self.setup.data_dir / COPY_NAME}: cannot be written: {error.strerror or error}")
            return None
        self._read, self._told = stamp, ""
        words = ["it can be read again"] if self._was_broken else []
        return Change(setup, "; ".join([*words, *differences(self.setup, read, held)]))

    def accept(self, change: Change) -> None:
        """Put a change in force."""
        self.setup = change.setup
        self._stamp = self._read
        self._was_missing = self._was_broken = False

    def _stay(self, stamp: _Stamp | None, error: Exception) -> None:
        """Say once that the file is of no use, unless it may only be on its way to the disk."""
        if stamp is None and not self._was_missing:
            self._was_missing = True
            return
        if stamp is not None and 0 <= time.time() - stamp[0] / 1e9 < _SETTLED:
            return
        self._stamp, self._was_broken = stamp, True
        self._tell(str(error))

    def _tell(self, error: str) -> None:
        if error != self._told:
            self._told = error
            logger.error("%s; the configuration that was read before stays in force", error)

    def _with_copy(self, text: str, setup: Setup) -> Setup:
        """The set-up with a file of its own, for the crawls. Raises OSError."""
        path = setup.data_dir / COPY_NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(resolved(text, setup), encoding="utf-8")
        new.replace(path)
        return replace(setup, config_path=path)


def held_back(old: Setup, new: Setup) -> Setup:
    """The new set-up without what only a restart can change: where the data live, the zone, the crawls at a time."""
    config = new.config.model_copy(
        update={
            "data_dir": old.config.data_dir,
            "timezone": old.config.timezone,
            "crawl": new.config.crawl.model_copy(update={"parallel": old.config.crawl.parallel}),
        }
    )
    return Setup(config, old.config_path, old.data_dir)


def resolved(text: str, setup: Setup) -> str:
    """The file's text as it would be written for a file that stands elsewhere: with whole paths."""
    data: dict[str, Any] = tomllib.loads(text)
    config = setup.config
    data |= {"data_dir": str(setup.data_dir), "timezone": config.timezone}
    data["crawl"] = data.get("crawl", {}) | {"parallel": config.crawl.parallel}
    for table, source in zip(data.get("source", []), config.source, strict=True):
        table["url"] = source.url
    for name, table in data.get("channel", {}).items():
        channel = config.channel[name]
        whole = channel.model_dump(mode="json", include=set(PATH_KEYS))
        table |= {key: value for key, value in whole.items() if key in table}
    return "# What the daemon has in force; its crawls read it. Edit zhaoshang.toml instead.\n" + tomlkit.dumps(data)


def differences(old: Setup, read: Setup, held: Setup) -> Iterator[str]:
    """What is different, for the log. `held` is what was read without what must wait for a restart."""
    before, after = old.config, held.config
    yield from _named("source", {s.name: s for s in before.source}, {s.name: s for s in after.source})
    yield from _named("audience", {a.name: a for a in before.audience}, {a.name: a for a in after.audience})
    yield from _named("rule", {r.name: r for r in before.rule}, {r.name: r for r in after.rule})
    yield from _named("channel", before.channels, after.channels)
    for key in ("crawl", "digest", "changes", "operator"):
        if getattr(before, key) != getattr(after, key):
            yield f"[{key}] is changed"
    waiting = [key for key, differs in _restarts(read, held) if differs]
    if waiting:
        yield f"{', '.join(waiting)}: restart the daemon to put it in force"


def _restarts(read: Setup, held: Setup) -> Iterator[tuple[str, bool]]:
    yield "data_dir", read.data_dir != held.data_dir
    yield "timezone", read.config.timezone != held.config.timezone
    yield "crawl.parallel", read.config.crawl.parallel != held.config.crawl.parallel


def _named(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name in after:
        if name not in before:
            yield f"{kind} {name} is new"
        elif before[name] != after[name]:
            yield f"{kind} {name} is {_how(before[name], after[name])}"
    for name in before:
        if name not in after:
            yield f"{kind} {name} is gone"


def _how(before: object, after: object) -> str:
    if isinstance(before, SourceConfig) and isinstance(after, SourceConfig) and before.paused is not after.paused:
        return "paused" if after.paused else "resumed"
    return "changed"


def _stamp(path: Path) -> _Stamp | None:
    """Modification time, size and inode: an editor that writes a new file changes the last at least."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
