"""The tables and keys of zhaoshang.toml, each with its type, bounds and default; where the file is, it does not know.

Beyond a password's file or environment variable it reads nothing.
"""

import difflib
import re
from datetime import timedelta
from email.errors import HeaderParseError, MessageDefect
from email.headerregistry import Address
from email.utils import getaddresses
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from monitor.models import AnnounceRules, SourceSpec
from monitor.schedule import CrawlSchedule, DigestSchedule, parse_clock, parse_digest_schedule, parse_duration
from monitor.secrets import secret_from_environment, secret_from_file
from monitor.text import LabelPattern

_NAME = re.compile(r"[\w][\w.-]*")
_LONGEST_NAME = 60  # it names files, and a file name has at most 255 bytes
_SAFE_HEADER = re.compile(r"[^\r\n]*")


def _name(value: str) -> str:
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


def _shorter_than_a_lease(value: timedelta) -> timedelta:
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


Name = Annotated[str, AfterValidator(_name)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Timeout = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
UserPath = Annotated[Path, AfterValidator(_path)]
Line = Annotated[str, AfterValidator(_one_line)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CrawlConfig(_Table):
    """`[crawl]`: how sources are fetched."""

    delay: float = Field(1.0, ge=0, le=3600)
    timeout: Timeout = timedelta(minutes=30)
    parallel: int = Field(2, ge=1, le=16)
    contact: Line = ""
    max_response_mb: int = Field(8, ge=1, le=512)


class DigestConfig(_Table):
    """`[digest]`: what is announced, and what happens after downtime."""

    backfill_days: int = Field(28, ge=1)
    lookback_days: int = Field(14, ge=0)
    missed: Literal["latest", "all"] = "latest"
    crawl_wait: Duration = timedelta(minutes=10)


class SourceConfig(_Table):
    """One `[[source]]`."""

    name: Name
    url: Annotated[str, Field(min_length=1)]
    title: Line = ""
    label: str = "【…招商】"
    every: Duration | None = None
    at: tuple[str, ...] = ()
    jitter: Duration = timedelta(minutes=2)
    max_pages: int = Field(10, ge=1, le=1000)
    renamed_from: Name | None = None

    @field_validator("label")
    @classmethod
    def _label_is_a_pattern(cls, value: str) -> str:
        LabelPattern.parse(value)
        return value

    @field_validator("at")
    @classmethod
    def _at_are_times(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for clock in value:
            parse_clock(clock)
        return value

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(seconds=10):
            raise ValueError('the shortest interval is "10s"')
        return value

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.every is not None and self.at:
            raise ValueError("every and at exclude each other; keep one")
        return self

    @property
    def is_file(self) -> bool:
        """Whether the source is a local file."""
        return urlsplit(self.url).scheme == "file"

    @property
    def pattern(self) -> LabelPattern:
        """The label pattern, ready to match."""
        return LabelPattern.parse(self.label)

    @property
    def schedule(self) -> CrawlSchedule:
        """When the source falls due; every six hours unless the table says otherwise."""
        every = self.every if self.every or self.at else timedelta(hours=6)
        return CrawlSchedule(every, tuple(parse_clock(clock) for clock in self.at), self.jitter)

    @property
    def spec(self) -> SourceSpec:
        """What the store must know of it."""
        return SourceSpec(self.name, self.url, self.title or self.name, self.renamed_from)


class AudienceConfig(_Table):
    """One `[[audience]]`."""

    name: Name
    schedule: str = "mon 08:00"
    channels: tuple[str, ...] = ("file",)
    send_empty: bool = True

    @field_validator("schedule")
    @classmethod
    def _schedule_reads(cls, value: str) -> str:
        parse_digest_schedule(value)
        return value

    @property
    def due(self) -> DigestSchedule:
        """The schedule, read."""
        return parse_digest_schedule(self.schedule)


class FileChannelConfig(_Table):
    """`[channel.NAME]` with `type = "file"`."""

    type: Literal["file"]


class EmailChannelConfig(_Table):
    """`[channel.NAME]` with `type = "email"`."""

    type: Literal["email"]
    host: Annotated[str, Field(min_length=1)]
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "plain"] = "starttls"
    sender: Line
    recipients: tuple[Line, ...] = Field(min_length=1)
    username: str | None = None
    password_env: str | None = None
    password_file: UserPath | None = None
    timeout: Annotated[Timeout, AfterValidator(_shorter_than_a_lease)] = timedelta(seconds=30)

    @field_validator("sender", "recipients")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for address in (value,) if isinstance(value, str) else value:
            _mail_address(address)
        return value

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if self.password_env and self.password_file:
            raise ValueError("password_env and password_file exclude each other; keep one")
        if self.username and not (self.password_env or self.password_file):
            raise ValueError("a username needs password_env or password_file")
        return self

    @property
    def effective_port(self) -> int:
        """The port, or the usual one for the kind of security."""
        return self.port or {"starttls": 587, "tls": 465, "plain": 25}[self.security]

    def password(self) -> str | None:
        """The password from the environment or its file; None when no log-in is configured. Raises SecretError."""
        if self.password_env:
            return secret_from_environment(self.password_env)
        return secret_from_file(self.password_file) if self.password_file else None


ChannelConfig = Annotated[FileChannelConfig | EmailChannelConfig, Field(discriminator="type")]


class Config(_Table):
    """zhaoshang.toml as a whole."""

    data_dir: UserPath = Path("data")
    timezone: str = "Asia/Shanghai"
    crawl: CrawlConfig = CrawlConfig()
    digest: DigestConfig = DigestConfig()
    source: tuple[SourceConfig, ...] = ()
    audience: tuple[AudienceConfig, ...] = (AudienceConfig(name="everyone"),)
    channel: dict[str, ChannelConfig] = {}

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (
            OSError,
            ValueError,
        ) as error:  # ZoneInfoNotFoundError is a KeyError only where tzdata is absent
            raise ValueError(f"{value!r} is no time zone; write one such as Asia/Shanghai") from error
        except KeyError as error:
            raise ValueError(f"{value!r} is no time zone; write one such as Asia/Shanghai") from error
        return value

    @field_validator("channel")
    @classmethod
    def _file_is_always_there(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            _name(name)
        return {"file": FileChannelConfig(type="file"), **value}

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        _unique("source", [source.name for source in self.source])
        _unique("audience", [audience.name for audience in self.audience])
        channels = {"file": None, **self.channel}
        for audience in self.audience:
            for name in audience.channels:
                if name not in channels:
                    raise ValueError(
                        f"audience {audience.name!r} names the channel {name!r}, and there is no [channel.{name}]"
                        f"{nearest(name, list(channels))}"
                    )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone of periods, schedules and printed times."""
        return ZoneInfo(self.timezone)

    @property
    def channels(self) -> dict[str, FileChannelConfig | EmailChannelConfig]:
        """All channels by name; `file` exists without being configured."""
        return {"file": FileChannelConfig(type="file"), **self.channel}

    @property
    def rules(self) -> AnnounceRules:
        """The ages that decide what is announced."""
        return AnnounceRules(self.digest.backfill_days, self.digest.lookback_days)


def _mail_address(text: str) -> None:
    """Refuse what no mail can be sent to, or what holds more than one address."""
    problem = ValueError(f"{text!r} is no mail address; write one such as 招商周报 <name@example.cn>")
    found = getaddresses([text])
    try:
        address = Address(addr_spec=found[0][1])
    except (ValueError, IndexError, HeaderParseError, MessageDefect) as error:
        raise problem from error
    labels = address.domain.split(".")
    if len(found) != 1 or not address.username or not all(labels) or not address.addr_spec.isascii():
        raise problem


def _unique(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"there is more than one {what} named {twice[0]!r}; names must differ")


def nearest(name: str, known: list[str]) -> str:
    """A hint at the known name that was probably meant; empty when none is near."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
