"""Looks whether the channels would take a digest: servers answer, programs are there; it sends nothing."""

from pathlib import Path

from digests.channels import open_channel
from digests.channels.file import FileChannel
from monitor.checkup.finding import Finding, advice, failed, fine
from monitor.checkup.folders import unwritable
from monitor.config import AnyChannelConfig, EmailChannelConfig, FileChannelConfig, OperatorConfig
from monitor.errors import DeliveryError, SecretError


def channel(name: str, config: AnyChannelConfig, digests_dir: Path, *, offline: bool) -> Finding:
    """Connect to its server (offline: read the secrets alone), look for its program or at its folder."""
    subject = f"channel {name}"
    opened = open_channel(name, config, digests_dir)
    if isinstance(opened, FileChannel) and (found := unwritable(subject, digests_dir)):
        return found
    try:
        return fine(subject, opened.check(offline=offline))
    except (DeliveryError, SecretError) as error:
        return failed(subject, error)


def seconds(config: AnyChannelConfig) -> float:
    """How long `channel` may take: each step of a mail conversation has its own limit, and a log-in takes four."""
    if isinstance(config, FileChannelConfig):
        return 30.0
    steps = 4 if isinstance(config, EmailChannelConfig) else 1
    return steps * config.timeout.total_seconds() + 5


def operator(config: OperatorConfig) -> Finding:
    """Whether anybody hears of a source that breaks."""
    if config.channels:
        return fine("operator", f"hears of trouble by {', '.join(config.channels)}")
    return advice(
        "operator",
        "nobody is told when a source breaks; only the log, `zhaoshang status` and the digests say it",
        "name channels in [operator]",
    )
