"""Says where a digest can be read, when the folder of the digests is published; it publishes nothing."""

from urllib.parse import quote

from monitor.config import Config, FileChannelConfig


def folders_of(config: Config) -> dict[str, str]:
    """The address of each audience's folder; of those alone whose digests go to files, and none without a `url`."""
    url = config.digest.url
    files = {name for name, channel in config.channels.items() if isinstance(channel, FileChannelConfig)}
    named = (audience.name for audience in config.audience if files.intersection(audience.channels))
    return {name: f"{url}/{quote(name, safe='')}" for name in named} if url else {}


def page_in(folder: str, period_key: str) -> str:
    """The address of a digest's page in its audience's folder; empty where there is no such folder."""
    return f"{folder}/{quote(period_key, safe='')}.html" if folder else ""
