"""`[digest]`, `[[audience]]`, `[channel.NAME]`: who is told what, and where; of secrets it reads the one named."""

from datetime import timedelta
from email.errors import HeaderParseError, MessageDefect
from email.headerregistry import Address
from email.utils import getaddresses
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from monitor.config.fields import Duration, Line, Table, Timeout, UserPath, Variable, shorter_than_a_lease
from monitor.config.filters import FilterTable, Word
from monitor.schedule import DigestSchedule, parse_digest_schedule
from monitor.secrets import secret_from_environment, secret_from_file


class DigestConfig(Table):
    """`[digest]`: what is announced, and what happens after downtime."""

    backfill_days: int = Field(28, ge=1)
    lookback_days: int = Field(14, ge=0)
    missed: Literal["latest", "all"] = "latest"
    crawl_wait: Duration = timedelta(minutes=10)
    template: UserPath | None = None
    url: Line = ""

    @field_validator("url")
    @classmethod
    def _a_folder_on_the_web(cls, value: str) -> str:
        parts = urlsplit(value)
        extra = parts.username or parts.password or parts.query or parts.fragment
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or extra or not value.isascii()):
            raise ValueError("must be the address of the published digests, such as https://digests.example.cn/zhoubao")
        return value.rstrip("/")


class AudienceConfig(FilterTable):
    """One `[[audience]]`. `interests` are words that lift a story among the highlights, and keep nothing out."""

    schedule: str = "mon 08:00"
    channels: tuple[str, ...] = ("file",)
    send_empty: bool = True
    interests: tuple[Word, ...] = ()
    language: Literal["zh", "en"] = "zh"
    template: UserPath | None = None

    @field_validator("schedule")
    @classmethod
    def _schedule_reads(cls, value: str) -> str:
        parse_digest_schedule(value)
        return value

    @property
    def due(self) -> DigestSchedule:
        """The schedule, read."""
        return parse_digest_schedule(self.schedule)


class FileChannelConfig(Table):
    """`[channel.NAME]` with `type = "file"`."""

    type: Literal["file"]
    formats: tuple[Literal["md", "html", "json", "pdf"], ...] = Field(("md", "html"), min_length=1)


class EmailChannelConfig(Table):
    """`[channel.NAME]` with `type = "email"`."""

    type: Literal["email"]
    host: Annotated[str, Field(min_length=1)]
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "plain"] = "starttls"
    sender: Line
    recipients: tuple[Line, ...] = Field(min_length=1)
    per: Literal["recipient", "audience"] = "recipient"
    unsubscribe: Line = ""
    attach: tuple[Literal["md", "pdf"], ...] = ()
    username: str | None = None
    password_env: Variable | None = None
    password_file: UserPath | None = None
    timeout: Annotated[Timeout, AfterValidator(shorter_than_a_lease)] = timedelta(seconds=30)

    @field_validator("unsubscribe")
    @classmethod
    def _a_mailbox(cls, value: str) -> str:
        if value:
            _mail_address(value)
        return value

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
