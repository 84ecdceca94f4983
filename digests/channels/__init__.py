"""Channels: each takes one message for one recipient and either returns (it was taken) or raises DeliveryError.

Robots take a message in several parts; digests.parts hands them over.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from digests.channels.apprise import AppriseChannel
from digests.channels.command import CommandChannel
from digests.channels.email import EmailChannel
from digests.channels.file import FileChannel
from digests.channels.platforms import DINGTALK, FEISHU, WECOM, Platform
from digests.channels.robots import Robot
from digests.channels.webhook import WebhookChannel
from digests.content import Digest
from digests.notice import Notice
from monitor.announcing import Delivery, Refused
from monitor.config import (
    AnyChannelConfig,
    AppriseChannelConfig,
    CommandChannelConfig,
    DingtalkChannelConfig,
    EmailChannelConfig,
    FeishuChannelConfig,
    WebhookChannelConfig,
    WecomChannelConfig,
)

__all__ = ["Channel", "Robot", "open_channel"]


class Channel(Protocol):
    """Whatever can hand a digest or a notice to a recipient."""

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> Sequence[Refused] | None:
        """Hand it over; returns the recipients that alone were refused, where there are several.

        Raises DeliveryError or SecretError when it was not taken.
        """


_PLATFORMS: dict[type, Platform] = {
    WecomChannelConfig: WECOM,
    DingtalkChannelConfig: DINGTALK,
    FeishuChannelConfig: FEISHU,
}

AnyChannel = FileChannel | EmailChannel | Robot | WebhookChannel | AppriseChannel | CommandChannel


def open_channel(
    name: str, config: AnyChannelConfig, digests_dir: Path, published: Mapping[str, str] | None = None
) -> AnyChannel:
    """The channel behind a `[channel.NAME]` table. `published` says by audience where digests can be read."""
    match config:
        case EmailChannelConfig():
            return EmailChannel(name, config, published)
        case WecomChannelConfig() | DingtalkChannelConfig() | FeishuChannelConfig():
            return Robot(name, config, _PLATFORMS[type(config)])
        case WebhookChannelConfig():
            return WebhookChannel(name, config)
        case AppriseChannelConfig():
            return AppriseChannel(name, config)
        case CommandChannelConfig():
            return CommandChannel(name, config)
    return FileChannel(digests_dir, config.formats)
