"""Sends a sample of a digest to channels, marked as a test in every format; it queues and records nothing.

Not through the outbox: a sample is for whoever sits there and waits. What fails is told at once, and a crash leaves
nothing behind that a daemon would send later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from digests.channels import Channel, Robot
from digests.content import Digest
from digests.outbox import Outcome
from digests.targets import targets_of
from monitor.announcing import Delivery, DeliveryPart, DeliveryState
from monitor.config import Config
from monitor.errors import DeliveryError, SecretError

NO_NUMBER = 0  # of a delivery that is in no outbox


def send_sample(
    digest: Digest,
    audience: str,
    names: Iterable[str],
    config: Config,
    channels: Mapping[str, Channel | Robot],
    database_id: str,
    clock: Callable[[], datetime],
) -> Iterator[Outcome]:
    """Hand it to each recipient of the named channels, once, under a Message-ID or key that was never used before."""
    sample = replace(digest, test=True)
    key = f"{digest.period.key} test {uuid4().hex}"
    for target in targets_of(names, config, database_id, audience, key):
        delivery = Delivery(
            id=NO_NUMBER,
            digest_id=None,
            audience=audience,
            period_key=digest.period.key,
            channel=target.channel,
            recipient=target.recipient,
            message_id=target.message_id,
            state=DeliveryState.CLAIMED,
            attempts=1,
            next_attempt_at=clock(),
            last_error=None,
            sent_at=None,
        )
        try:
            _hand_over(delivery, sample, channels[target.channel], clock)
        except (DeliveryError, SecretError) as error:
            yield Outcome(delivery, str(error))
        else:
            yield Outcome(delivery, None)


def _hand_over(delivery: Delivery, sample: Digest, channel: Channel | Robot, clock: Callable[[], datetime]) -> None:
    if not isinstance(channel, Robot):
        channel.send(delivery, sample, clock())
        return
    texts = channel.cut(delivery, sample)
    for number, text in enumerate(texts, start=1):
        channel.wait_for_turn()
        channel.send_part(delivery, sample, DeliveryPart(number, len(texts), text), clock())
