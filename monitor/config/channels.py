"""`[channel.NAME]` of robots, webhooks, Apprise and commands; of secrets it reads the ones named, and sends nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from monitor.config.audiences import EmailChannelConfig, FileChannelConfig
from monitor.config.fields import Line, Proxy, Table, Timeout, UserPath, Variable, shorter_than_a_lease
from monitor.errors import SecretError
from monitor.secrets import secret_from_environment, secret_from_file

ChannelTimeout = Annotated[Timeout, AfterValidator(shorter_than_a_lease)]


class AddressTable(Table):
    """What all channels have in common whose address is a secret: it stands in the environment or in a file."""

    url_env: Variable | None = None
    url_file: UserPath | None = None
    timeout: ChannelTimeout = timedelta(seconds=30)

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if bool(self.url_env) == bool(self.url_file):
            raise ValueError("name either url_env or url_file: the address holds a key, so it does not stand here")
        return self

    def address(self) -> str:
        """The address, which must be shown to nobody. Raises SecretError."""
        return _read("url", self.url_env, self.url_file)


class RobotTable(AddressTable):
    """What the robots of the three chat platforms have in common."""

    proxy: Proxy = ""
    allow_private: bool = False

    def signing_secret(self) -> str | None:
        """The secret that messages are signed with; None where they are not. Raises SecretError."""
        return None


class WecomChannelConfig(RobotTable):
    """`[channel.NAME]` with `type = "wecom"`: a robot of an 企业微信 group. Its messages are not signed."""

    type: Literal["wecom"]


class SigningRobotTable(RobotTable):
    """A robot whose messages can be signed (加签, 签名校验)."""

    secret_env: Variable | None = None
    secret_file: UserPath | None = None

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        _exclude("secret", self.secret_env, self.secret_file)
        return self

    def signing_secret(self) -> str | None:
        """As of all robots."""
        return _read("secret", self.secret_env, self.secret_file) if self.secret_env or self.secret_file else None


class DingtalkChannelConfig(SigningRobotTable):
    """`[channel.NAME]` with `type = "dingtalk"`: a robot of a 钉钉 group."""

    type: Literal["dingtalk"]


class FeishuChannelConfig(SigningRobotTable):
    """`[channel.NAME]` with `type = "feishu"`: a robot of a 飞书 group."""

    type: Literal["feishu"]


class WebhookChannelConfig(Table):
    """`[channel.NAME]` with `type = "webhook"`: JSON to a service of the user's own."""

    type: Literal["webhook"]
    url: Line = ""
    url_env: Variable | None = None
    url_file: UserPath | None = None
    secret_env: Variable | None = None
    secret_file: UserPath | None = None
    proxy: Proxy = ""
    allow_private: bool = False
    timeout: ChannelTimeout = timedelta(seconds=30)

    @field_validator("url")
    @classmethod
    def _no_log_in(cls, value: str) -> str:
        if "@" in urlsplit(value).netloc:  # and the value is not repeated: it holds a password
            raise ValueError("passwords do not stand in this file: use url_env or url_file for the whole address")
        return value

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if sum(map(bool, (self.url, self.url_env, self.url_file))) != 1:
            raise ValueError("name one of url, url_env and url_file")
        _exclude("secret", self.secret_env, self.secret_file)
        return self

    def address(self) -> str:
        """The address, which may hold a key. Raises SecretError."""
        return self.url or _read("url", self.url_env, self.url_file)

    def signing_secret(self) -> str | None:
        """The secret that messages are signed with; None where they are not. Raises SecretError."""
        return _read("secret", self.secret_env, self.secret_file) if self.secret_env or self.secret_file else None


class AppriseChannelConfig(AddressTable):
    """`[channel.NAME]` with `type = "apprise"`: whatever Apprise can reach. The address may be several, on lines."""

    type: Literal["apprise"]


class CommandChannelConfig(Table):
    """`[channel.NAME]` with `type = "command"`: a program of the user's own, with the digest on standard input."""

    type: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1)
    format: Literal["md", "html", "json"] = "md"
    timeout: ChannelTimeout = timedelta(seconds=60)

    @field_validator("command")
    @classmethod
    def _a_program(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value[0] or any("\0" in argument for argument in value):
            raise ValueError('write the program and each of its arguments apart, such as ["./notify", "--weekly"]')
        return value


AnyChannelConfig = (
    FileChannelConfig
    | EmailChannelConfig
    | WecomChannelConfig
    | DingtalkChannelConfig
    | FeishuChannelConfig
    | WebhookChannelConfig
    | AppriseChannelConfig
    | CommandChannelConfig
)
ChannelConfig = Annotated[AnyChannelConfig, Field(discriminator="type")]
CHANNELS: dict[str, type[Table]] = {
    "file": FileChannelConfig,
    "email": EmailChannelConfig,
    "wecom": WecomChannelConfig,
    "dingtalk": DingtalkChannelConfig,
    "feishu": FeishuChannelConfig,
    "webhook": WebhookChannelConfig,
    "apprise": AppriseChannelConfig,
    "command": CommandChannelConfig,
}
PATH_KEYS = ("password_file", "url_file", "secret_file", "command")  # relative to the file that they stand in


def placed(channel: AnyChannelConfig, folder: Path) -> AnyChannelConfig:
    """The channel with whole paths, for a zhaoshang.toml in `folder`."""
    found = {key: getattr(channel, key) for key in PATH_KEYS if getattr(channel, key, None)}
    whole: dict[str, object] = {key: folder / value for key, value in found.items() if isinstance(value, Path)}
    if isinstance(channel, CommandChannelConfig):
        whole["command"] = (_program(channel.command[0], folder), *channel.command[1:])
    return channel.model_copy(update=whole)


def _program(name: str, folder: Path) -> str:
    """A name without a slash is looked up on the PATH, when it is needed."""
    return str(folder / Path(name).expanduser()) if "/" in name else name


def _read(what: str, variable: str | None, path: Path | None) -> str:
    if variable:
        return secret_from_environment(variable, what)
    if path is None:
        raise SecretError(f"there is no {what}", todo=f"name one in {what}_env or {what}_file")
    return secret_from_file(path, what)


def _exclude(what: str, variable: str | None, path: Path | None) -> None:
    if variable and path:
        raise ValueError(f"{what}_env and {what}_file exclude each other; keep one")
