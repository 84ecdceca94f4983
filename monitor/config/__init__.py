"""The tables and keys of zhaoshang.toml, each with type, bounds and default; where the file is, it does not know."""

from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from monitor.announcing import AnnounceRules
from monitor.config.audiences import (
    AudienceConfig,
    DigestConfig,
    EmailChannelConfig,
    FileChannelConfig,
)
from monitor.config.changes import ChangesConfig, OperatorConfig
from monitor.config.channels import (
    CHANNELS,
    PATH_KEYS,
    AnyChannelConfig,
    AppriseChannelConfig,
    ChannelConfig,
    CommandChannelConfig,
    DingtalkChannelConfig,
    FeishuChannelConfig,
    RobotTable,
    SigningRobotTable,
    WebhookChannelConfig,
    WecomChannelConfig,
    placed,
)
from monitor.config.fields import Table, UserPath, checked_name, nearest
from monitor.config.sources import CrawlConfig, SelectConfig, SourceConfig

__all__ = [
    "CHANNELS",
    "PATH_KEYS",
    "AnyChannelConfig",
    "AppriseChannelConfig",
    "AudienceConfig",
    "ChangesConfig",
    "ChannelConfig",
    "CommandChannelConfig",
    "Config",
    "CrawlConfig",
    "DigestConfig",
    "DingtalkChannelConfig",
    "EmailChannelConfig",
    "FeishuChannelConfig",
    "FileChannelConfig",
    "OperatorConfig",
    "RobotTable",
    "SelectConfig",
    "SigningRobotTable",
    "SourceConfig",
    "WebhookChannelConfig",
    "WecomChannelConfig",
    "nearest",
    "placed",
]


class Config(Table):
    """zhaoshang.toml as a whole."""

    data_dir: UserPath = Path("data")
    timezone: str = "Asia/Shanghai"
    crawl: CrawlConfig = CrawlConfig()
    digest: DigestConfig = DigestConfig()
    changes: ChangesConfig = ChangesConfig()
    operator: OperatorConfig = OperatorConfig()
    source: tuple[SourceConfig, ...] = ()
    audience: tuple[AudienceConfig, ...] = (AudienceConfig(name="everyone"),)
    channel: dict[str, ChannelConfig] = Field(default_factory=dict)

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
            checked_name(name)
        return {"file": FileChannelConfig(type="file"), **value}

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        _unique("source", [source.name for source in self.source])
        _unique("audience", [audience.name for audience in self.audience])
        channels = {"file": None, **self.channel}
        named = [(f"audience {audience.name!r}", name) for audience in self.audience for name in audience.channels]
        named += [("[operator]", name) for name in self.operator.channels]
        for who, name in named:
            if name not in channels:
                raise ValueError(
                    f"{who} names the channel {name!r}, and there is no [channel.{name}]{nearest(name, list(channels))}"
                )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone of periods, schedules and printed times."""
        return ZoneInfo(self.timezone)

    @property
    def channels(self) -> dict[str, AnyChannelConfig]:
        """All channels by name; `file` exists without being configured."""
        return {"file": FileChannelConfig(type="file"), **self.channel}

    @property
    def templates(self) -> dict[str, Path]:
        """The directories of own templates by audience, of those audiences that have one."""
        found = {audience.name: audience.template or self.digest.template for audience in self.audience}
        return {name: path for name, path in found.items() if path is not None}

    @property
    def rules(self) -> AnnounceRules:
        """The ages that decide what is announced."""
        return AnnounceRules(self.digest.backfill_days, self.digest.lookback_days)


def _unique(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"there is more than one {what} named {twice[0]!r}; names must differ")
