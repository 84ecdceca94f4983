"""Says to whom a message goes: channels by name, to rows of the outbox; it queues and sends nothing."""

import hashlib
from collections.abc import Iterable

from digests.channels.mail_headers import addresses_in, message_id
from monitor.announcing import Target
from monitor.config import AnyChannelConfig, Config, EmailChannelConfig, FileChannelConfig


def targets_of(channels: Iterable[str], config: Config, database_id: str, audience: str, key: str) -> list[Target]:
    """One target for each channel and recipient, however often they are named.

    `audience` and `key` tell the message from all others, so that its Message-IDs and keys are its own.
    """
    found: list[Target] = []
    for name in dict.fromkeys(channels):
        channel = config.channels[name]
        recipients = _recipients(channel) if isinstance(channel, EmailChannelConfig) else ("",)
        found += [Target(name, to, name_of_message(name, channel, database_id, audience, key, to)) for to in recipients]
    return found


def _recipients(channel: EmailChannelConfig) -> tuple[str, ...]:
    """Each address once, alone or all together."""
    people = {addresses_in(text): text for text in reversed(channel.recipients)}
    each = tuple(reversed(people.values()))
    return (", ".join(each),) if channel.per == "audience" else each


def name_of_message(
    name: str, channel: AnyChannelConfig, database_id: str, audience: str, key: str, recipient: str, again: str = ""
) -> str:
    """What a message is recognised by when it comes twice: a mail's Message-ID, or the key that others are given.

    `again` tells a resend on purpose from the original. A file needs none: it is written over.
    """
    if isinstance(channel, EmailChannelConfig):
        return message_id(database_id, audience, key, recipient, channel.sender, again)
    if isinstance(channel, FileChannelConfig):
        return ""
    return hashlib.sha256("\n".join((database_id, audience, key, name, again)).encode()).hexdigest()[:32]
