"""The kinds of value that keys take: names, durations, paths, lines; which keys there are, it does not know."""

import difflib
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from monitor.schedule import parse_duration

_NAME = re.compile(r"[\w][\w.-]*")
_LONGEST_NAME = 60  # it names files, and a file name has at most 255 bytes
_FROM_ENVIRONMENT = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")  # the variable that holds the proxy's whole address
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SAFE_HEADER = re.compile(r"[^\r\n]*")


def checked_name(value: str) -> str:
    """A name that may stand in a command, a path and a table. Raises ValueError."""
    if len(value) > _LONGEST_NAME:
        raise ValueError(f"the longest name has {_LONGEST_NAME} characters")
    if not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is no name; use letters, digits, - . and _")
    return value


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('a duration is written as text, such as "30m"')  # noqa: TRY004 - what pydantic reports
    return parse_duration(value)


def _positive(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError('the shortest time is "1s"')
    return value


def shorter_than_a_lease(value: timedelta) -> timedelta:
    if value > timedelta(minutes=2):
        raise ValueError('the longest timeout of a channel is "2m"')
    return value


def _path(value: Path) -> Path:
    if "\0" in str(value):
        raise ValueError("a path cannot hold a NUL character")
    try:
        return value.expanduser()
    except RuntimeError as error:
        raise ValueError(f"{value}: there is no such user") from error


def _one_line(value: str) -> str:
    if not _SAFE_HEADER.fullmatch(value):
        raise ValueError("must be one line")
    return value


def _variable(value: str) -> str:
    if not _VARIABLE.fullmatch(value):  # and the value is not repeated: it may be the secret itself
        raise ValueError("must be the name of an environment variable; put the secret into that, and its name here")
    return value


def _checked_proxy(value: str) -> str:
    if not value or _FROM_ENVIRONMENT.fullmatch(value):
        return value
    parts = urlsplit(value)
    if "@" in parts.netloc:  # and the value is not repeated: it holds a password
        raise ValueError('passwords do not stand in this file: write "env:NAME", and set NAME to the whole address')
    # Over http alone: Scrapy cannot reach an https page through a proxy that is itself reached over https.
    if parts.scheme != "http" or not parts.hostname or parts.port == 0:
        raise ValueError(f'{value!r} is no proxy; write one such as http://proxy.example.cn:3128, or "env:NAME"')
    return value


Name = Annotated[str, AfterValidator(checked_name)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Timeout = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
UserPath = Annotated[Path, AfterValidator(_path)]
Variable = Annotated[str, AfterValidator(_variable)]
Line = Annotated[str, AfterValidator(_one_line)]
Proxy = Annotated[str, AfterValidator(_checked_proxy)]


class Table(BaseModel):
    """A table of the file: an unknown key is an error, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def nearest(name: str, known: list[str]) -> str:
    """A hint at the known name that was probably meant; empty when none is near."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
