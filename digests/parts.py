"""Sends a delivery part by part through a channel that takes several messages, and remembers which ones it took.

A part is noted before it is handed over and after it was accepted, each in a transaction of its own. So a later try
sends what is left, and repeats at most the one part of which nobody knows whether it arrived.
"""

from collections.abc import Callable
from datetime import datetime

from digests.channels import Robot
from digests.content import Digest
from digests.notice import Notice
from monitor.announcing import Delivery
from monitor.errors import DeliveryError
from monitor.store import Store

Mark = Callable[[Callable[[Store], None]], None]


def send_in_parts(
    store: Store,
    delivery: Delivery,
    robot: Robot,
    message: Digest | Notice,
    clock: Callable[[], datetime],
    mark: Mark,
) -> None:
    """Send what the robot has not taken yet. `mark` writes down an answer, whatever it takes.

    Raises DeliveryError or SecretError.
    """
    for part in store.delivery_parts(delivery, robot.kind, lambda: robot.cut(delivery, message)):
        if part.accepted_at is not None:
            continue
        robot.wait_for_turn()
        if not store.begin_part(delivery, part.number, clock()):
            raise DeliveryError("another process has taken this delivery over", todo="it goes on there")
        robot.send_part(delivery, message, part, clock())
        mark(_accepted(delivery, part.number, clock()))


def _accepted(delivery: Delivery, number: int, at: datetime) -> Callable[[Store], None]:
    return lambda any_store: any_store.mark_part_accepted(delivery, number, at)
