"""Looks at what the program stands on: versions, time-zone data, and whether Chinese can be printed."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from monitor.checkup.finding import Finding, fine, wrong

VERSIONS = "versions"
ZONE = "time zone"
ENCODING = "encoding"
PACKAGES = ("zhaoshang", "scrapy", "lxml", "trafilatura", "pydantic", "apscheduler", "sqlite-utils", "zstandard")
_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables: https://www.sqlite.org/stricttables.html
_SHANGHAI = "Asia/Shanghai"
_CHINESE = "招商周报"


def versions(sqlite: tuple[int, ...], packages: tuple[str, ...] = PACKAGES) -> Finding:
    """Python, SQLite and what the project is built on, in one line."""
    told = [f"Python {sys.version.split()[0]}", f"SQLite {_dotted(sqlite)}"]
    for name in packages:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return wrong(VERSIONS, f"{name} is not installed", "install zhaoshang again: pip install .")
    words = ", ".join(told)
    if sqlite < _OLDEST_SQLITE:
        oldest = _dotted(_OLDEST_SQLITE)
        return wrong(VERSIONS, words, f"use a Python with SQLite {oldest} or newer: this one lacks STRICT tables")
    return fine(VERSIONS, words)


def time_zone(name: str, now: datetime, load: Callable[[str], ZoneInfo] = ZoneInfo) -> Finding:
    """Whether the configured zone is known, and Shanghai is where it should be."""
    todo = "install the time-zone data: pip install --upgrade tzdata"
    try:
        offset, shanghai = now.astimezone(load(name)).utcoffset(), now.astimezone(load(_SHANGHAI)).utcoffset()
    except (KeyError, OSError, ValueError) as error:
        return wrong(ZONE, f"{name} or {_SHANGHAI} is not known here: {error}", todo)
    if shanghai != timedelta(hours=8):
        return wrong(ZONE, f"{_SHANGHAI} is taken to be {shanghai} from UTC instead of 8:00", todo)
    return fine(ZONE, f"{name} is UTC{_signed(offset or timedelta())}; {_data_version()}")


def encoding(output: str | None, files: str) -> Finding:
    """Whether standard output and file names can hold Chinese; `output` is the encoding of the former."""
    for what, name in (("standard output", output or "ascii"), ("names of files", files)):
        try:
            _CHINESE.encode(name)
        except (UnicodeEncodeError, LookupError):
            return wrong(ENCODING, f"{what}: {name} cannot hold Chinese", "set PYTHONUTF8=1 or a UTF-8 locale")
    return fine(ENCODING, f"Chinese can be printed ({output})")


def _data_version() -> str:
    """The system's data come first; the package is what they are filled up with."""
    system = [path for path in TZPATH if Path(path).is_dir()][:1]
    try:
        package = [f"tzdata {version('tzdata')}"]
    except PackageNotFoundError:
        package = []
    return f"data of {', then '.join([*system, *package]) or 'nobody'}"


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in numbers)
