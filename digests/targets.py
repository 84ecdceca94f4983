"""Says to whom a message goes: channels by name, to rows of the outbox; it queues and sends nothing."""

from collections.abc import Iterable

from digests.channels.email import message_id
from monitor.announcing import Target
from monitor.config import Config, EmailChannelConfig


def targets_of(channels: Iterable[str], config: Config, database_id: str, audience: str, key: str) -> list[Target]:
    """One target for each channel and recipient, however often they are named.

    `audience` and `key` tell the message from all others, so that its Message-IDs are its own.
    """
    found: list[Target] = []
    for name in dict.fromkeys(channels):
        channel = config.channels[name]
        if isinstance(channel, EmailChannelConfig):
            found += [
                Target(name, address, message_id(database_id, audience, key, address, channel.sender))
                for address in dict.fromkeys(channel.recipients)
            ]
        else:
            found.append(Target(name, "", ""))
    return found
