"""Channels: each takes one message for one recipient and either returns (it was taken) or raises DeliveryError."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from digests.channels.email import EmailChannel
from digests.channels.file import FileChannel
from digests.content import Digest
from digests.notice import Notice
from monitor.announcing import Delivery
from monitor.config import EmailChannelConfig, FileChannelConfig

__all__ = ["Channel", "open_channel"]


class Channel(Protocol):
    """Whatever can hand a digest or a notice to a recipient."""

    def send(self, delivery: Delivery, message: Digest | Notice, now: datetime) -> None:
        """Hand it over. Raises DeliveryError or SecretError when it was not taken."""


def open_channel(name: str, config: FileChannelConfig | EmailChannelConfig, digests_dir: Path) -> Channel:
    """The channel behind a `[channel.NAME]` table."""
    if isinstance(config, EmailChannelConfig):
        return EmailChannel(name, config)
    return FileChannel(digests_dir)
