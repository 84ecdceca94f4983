"""Looks whether the channels would take a digest: mail servers let us in, folders can be written; it sends nothing."""

from pathlib import Path

from digests.channels.email import EmailChannel
from monitor.checkup.finding import Finding, advice, failed, fine
from monitor.checkup.folders import unwritable
from monitor.config import ChannelConfig, EmailChannelConfig, OperatorConfig
from monitor.errors import DeliveryError, SecretError


def channel(name: str, config: ChannelConfig, digests_dir: Path, *, offline: bool) -> Finding:
    """Log in to a mail server (offline: read the password alone), or look at the folder of a file channel."""
    subject = f"channel {name}"
    if not isinstance(config, EmailChannelConfig):
        return unwritable(subject, digests_dir) or fine(subject, f"writes to {digests_dir}")
    try:
        if offline:
            config.password()
        else:
            EmailChannel(name, config).check()
    except (DeliveryError, SecretError) as error:
        return failed(subject, error)
    server = f"{config.host}:{config.effective_port}"
    if offline:
        return fine(subject, f"{server} (not connected)")
    return fine(subject, f"{server} lets us in{' as ' + config.username if config.username else ''}")


def seconds(config: ChannelConfig) -> float:
    """How long `channel` may take: each step of a mail conversation has its own limit, and a log-in takes four."""
    return 4 * config.timeout.total_seconds() + 5 if isinstance(config, EmailChannelConfig) else 30.0


def operator(config: OperatorConfig) -> Finding:
    """Whether anybody hears of a source that breaks."""
    if config.channels:
        return fine("operator", f"hears of trouble by {', '.join(config.channels)}")
    return advice(
        "operator",
        "nobody is told when a source breaks; only the log, `zhaoshang status` and the digests say it",
        "name channels in [operator]",
    )
