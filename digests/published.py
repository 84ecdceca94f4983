"""Says where a digest can be read, when the folder of the digests is published; it publishes nothing."""

from urllib.parse import quote

from monitor.config import Config, FileChannelConfig


def folders_of(config: Config) -> dict[str, str]:
    """The address of the folder of each audience and rule whose pages are written; none without a `url`."""
    url = config.digest.url
    pages = {
        name
        for name, channel in config.channels.items()
        if isinstance(channel, FileChannelConfig) and "html" in channel.formats
    }
    readers = [(audience.name, audience.channels) for audience in config.audience]
    readers += [(rule.name, config.channels_of(rule)) for rule in config.rule]
    return {name: f"{url}/{quote(name, safe='')}" for name, channels in readers if pages.intersection(channels) and url}


def page_in(folder: str, period_key: str) -> str:
    """The address of a digest's page in its audience's folder; empty where there is no such folder."""
    return f"{folder}/{quote(period_key, safe='')}.html" if folder else ""
