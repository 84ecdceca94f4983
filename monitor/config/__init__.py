"""The tables and keys of zhaoshang.toml, each with type, bounds and default; where the file is, it does not know."""

from datetime import datetime
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
from monitor.config.rules import RuleConfig
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
    "RuleConfig",
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
    rule: tuple[RuleConfig, ...] = ()
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
        _unique("audience or rule", [one.name for one in (*self.audience, *self.rule)])
        channels = {"file": None, **self.channel}
        named = [(f"audience {audience.name!r}", name) for audience in self.audience for name in audience.channels]
        named += [(f"rule {rule.name!r}", name) for rule in self.rule for name in rule.channels]
        named += [("[operator]", name) for name in self.operator.channels]
        for who, name in named:
            if name not in channels:
                raise ValueError(
                    f"{who} names the channel {name!r}, and there is no [channel.{name}]{nearest(name, list(channels))}"
                )
        return self

    @model_validator(mode="after")
    def _filters_agree(self) -> Self:
        audiences = [audience.name for audience in self.audience]
        for rule in self.rule:
            if rule.audience and rule.audience not in audiences:
                raise ValueError(
                    f"rule {rule.name!r} is for the audience {rule.audience!r}, and there is none of that name"
                    f"{nearest(rule.audience, audiences)}"
                )
            if not audiences:
                raise ValueError(f"rule {rule.name!r} is for an audience, and there is no [[audience]]")
        sources = [source.name for source in self.source]
        for what, one in [*(("audience", one) for one in self.audience), *(("rule", one) for one in self.rule)]:
            for name in one.sources:
                if name not in sources:
                    raise ValueError(
                        f"{what} {one.name!r} names the source {name!r}, and there is none of that name"
                        f"{nearest(name, sources)}"
                    )
        return self

    def audience_of(self, rule: RuleConfig) -> AudienceConfig:
        """The audience whose rule it is."""
        return next(one for one in self.audience if rule.audience in (one.name, ""))

    def rules_of(self, audience: str) -> tuple[str, ...]:
        """The names of an audience's rules."""
        return tuple(rule.name for rule in self.rule if self.audience_of(rule).name == audience)

    def channels_of(self, rule: RuleConfig) -> tuple[str, ...]:
        """Where its alerts go."""
        return rule.channels or self.audience_of(rule).channels

    def hushed(self, now: datetime) -> tuple[str, ...]:
        """The names of the rules whose quiet hours a moment lies in."""
        asked = ((rule.name, rule.quiet_hours) for rule in self.rule)
        return tuple(name for name, hours in asked if hours is not None and hours.cover(now, self.zone))

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
        """The directories of own templates by audience or rule, of those that have one; a rule's are its audience's."""
        found = {audience.name: audience.template or self.digest.template for audience in self.audience}
        found |= {rule.name: found[self.audience_of(rule).name] for rule in self.rule}
        return {name: path for name, path in found.items() if path is not None}

    @property
    def rules(self) -> AnnounceRules:
        """The ages that decide what is announced."""
        return AnnounceRules(self.digest.backfill_days, self.digest.lookback_days)


def _unique(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"there is more than one {what} named {twice[0]!r}; names must differ")
