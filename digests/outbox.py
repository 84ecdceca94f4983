"""Sends what is due from the outbox: claimed, committed, handed over, marked; never inside a transaction.

Every channel has a thread of its own, so that one that hangs delays no other. Never lost: whatever is not marked as
sent is tried again, or where that is of no use ends as failed, for everybody to see. A repeat is possible only where
the answer is unknown, and then with the same Message-ID, key, or number and part.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from digests import claims
from digests.channels import Channel, Robot
from digests.content import Digest
from digests.freeze import content_of
from digests.notice import Notice, dead_letter_notice, notice_of
from digests.parts import send_in_parts
from monitor.announcing import Delivery, DeliveryState, Refused
from monitor.errors import DeliveryError, SecretError, StoreError, TemplateError
from monitor.store import Store

_MARK_AGAIN = (1, 2, 5, 10, 30, 60)  # seconds between tries to write down how a delivery ended
_FIRST_RETRY = timedelta(minutes=1)
_LAST_RETRY = timedelta(hours=6)
_JITTER = 0.2  # of the wait
_ZONE = ZoneInfo("Asia/Shanghai")  # the setting's own default

Templates = Mapping[str, Path]  # the directories of own templates by audience, of those that have one
_OURS: Templates = MappingProxyType({})
Hushed = Callable[[datetime], Sequence[str]]  # the rules whose quiet hours a moment lies in

logger = logging.getLogger("zhaoshang")

# This process's claims that a thread is working on; any other claim of ours was left behind by an error. The lock
# makes claiming and saying so one step, else another channel's thread could take a fresh claim for an abandoned one.
_in_flight: set[int] = set()
_claiming = threading.Lock()

# What channels answered and the database would not take, by database and delivery: kept while this process lives.
_unwritten: dict[tuple[str, int], list[Callable[[Store], None]]] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended: `error` is None when the channel took it."""

    delivery: Delivery
    error: str | None


def retry_after(attempts: int, delivery_id: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: one minute, doubling, to six hours; and up to a fifth more.

    How much more, delivery and attempt decide: those that failed together do not all come back together, and whoever
    looks at one knows when it comes.
    """
    wait = min(_FIRST_RETRY * (1 << min(attempts - 1, 20)), _LAST_RETRY)
    share = int.from_bytes(hashlib.sha256(f"{delivery_id}/{attempts}".encode()).digest()[:4]) / (1 << 32)
    return timedelta(seconds=int(wait.total_seconds() * (1 + _JITTER * share)))


def nobody(now: datetime) -> Sequence[str]:
    """Quiet hours of nobody's."""
    del now
    return ()


def deliver_due(
    open_store: Callable[[], Store],
    channels: Mapping[str, Channel | Robot],
    clock: Callable[[], datetime],
    zone: ZoneInfo = _ZONE,
    templates: Templates = _OURS,
    hushed: Hushed = nobody,
) -> tuple[Outcome, ...]:
    """Try everything that is due once, each channel in its own thread.

    A delivery whose channel left the configuration stays pending, with that reason, and so does one whose audience's
    own template (in `templates`) cannot be filled. Alerts tell their times in `zone`; those of rules that are
    `hushed` wait.
    """
    with open_store() as store:
        release_abandoned(store, clock())
        names = store.due_channels(clock())
    if not names:
        return ()
    with ThreadPoolExecutor(max_workers=len(names), thread_name_prefix="channel") as pool:
        tried = [
            pool.submit(deliver_channel, open_store, name, channels.get(name), clock, zone, templates, hushed)
            for name in names
        ]
    return tuple(outcome for future in tried for outcome in future.result())


def deliver_channel(
    open_store: Callable[[], Store],
    name: str,
    channel: Channel | Robot | None,
    clock: Callable[[], datetime],
    zone: ZoneInfo = _ZONE,
    templates: Templates = _OURS,
    hushed: Hushed = nobody,
) -> list[Outcome]:
    """Try once everything that is due on one channel. `channel` is None when it left the configuration."""
    outcomes: list[Outcome] = []
    started = clock()
    last = 0
    with open_store() as store:
        # Each once, by its number: by the time alone, a clock that is set back would make what failed due at once.
        while (delivery := _claim(store, name, clock(), started, last, hushed)) is not None:
            last = delivery.id
            try:
                outcomes += _try(store, delivery, channel, clock, partial(_message, store, delivery, zone, templates))
            finally:
                _in_flight.discard(delivery.id)
    return outcomes


def _claim(store: Store, name: str, now: datetime, due_by: datetime, after: int, hushed: Hushed) -> Delivery | None:
    with _claiming:
        delivery = store.claim_delivery(name, claims.owner(), now, due_by=due_by, after=after, hushed=hushed(now))
        if delivery is not None:
            _in_flight.add(delivery.id)
        return delivery


def _try(
    store: Store,
    delivery: Delivery,
    channel: Channel | Robot | None,
    clock: Callable[[], datetime],
    message: Callable[[], Digest | Notice],
) -> list[Outcome]:
    try:
        refused = _hand_over(store, delivery, channel, clock, message)
    except (DeliveryError, SecretError, TemplateError) as error:
        return [_failed(store, delivery, error, clock)]
    except StoreError as error:
        return [_unreadable(store, delivery, error, clock)]
    except Exception as error:
        # A defect of ours must neither stop the other deliveries nor leave this one claimed; it is told in full.
        told = f"{type(error).__name__}: {error}"
        logger.exception("delivery %d of %s failed", delivery.id, delivery.period_key)
        due = clock() + retry_after(delivery.attempts, delivery.id)
        _mark(store, delivery, lambda any_store: any_store.mark_failed(delivery, told, due))
        return [Outcome(delivery, told)]
    return _sent(store, delivery, refused, clock)


def _hand_over(
    store: Store,
    delivery: Delivery,
    channel: Channel | Robot | None,
    clock: Callable[[], datetime],
    message: Callable[[], Digest | Notice],
) -> Sequence[Refused]:
    if channel is None:
        raise DeliveryError(
            f"there is no [channel.{delivery.channel}] any more", todo="add it again, or leave this delivery be"
        )
    if isinstance(channel, Robot):
        send_in_parts(store, delivery, channel, message(), clock, lambda mark: _mark(store, delivery, mark))
        return ()
    return channel.send(delivery, message(), clock()) or ()


def _sent(store: Store, delivery: Delivery, refused: Sequence[Refused], clock: Callable[[], datetime]) -> list[Outcome]:
    """It was taken; those who alone were refused have deliveries of their own from the same moment on."""
    split: list[Delivery] = []
    now = clock()

    def mark(any_store: Store) -> None:
        split[:] = any_store.mark_sent(delivery, now, refused, retry_at=now + retry_after(1, delivery.id))

    _mark(store, delivery, mark)
    where = f"{delivery.channel} {delivery.recipient}".strip()
    logger.info("delivered %s to %s (%s)", delivery.period_key, delivery.audience, where)
    for one in split:
        told = logger.error if one.state is DeliveryState.FAILED else logger.warning
        told("delivery %d of %s, split off %d: %s", one.id, one.period_key, delivery.id, one.last_error)
    return [Outcome(delivery, None), *(Outcome(one, one.last_error) for one in split)]


def _failed(
    store: Store, delivery: Delivery, error: DeliveryError | SecretError | TemplateError, clock: Callable[[], datetime]
) -> Outcome:
    """Put off until the next try, as long as the other side wants; or given up, where a try is of no use."""
    refused = str(error)
    wait = retry_after(delivery.attempts, delivery.id)
    now = clock()
    if isinstance(error, DeliveryError) and error.permanent:
        refused += f", then run: zhaoshang resend {delivery.id}"
        logger.error("delivery %d of %s failed for good: %s", delivery.id, delivery.period_key, refused)
        _mark(store, delivery, lambda any_store: any_store.mark_failed(delivery, refused, now + wait, given_up_at=now))
        return Outcome(delivery, refused)
    if isinstance(error, DeliveryError):
        wait = max(wait, timedelta(seconds=error.wait))
    logger.warning("delivery %d of %s failed: %s", delivery.id, delivery.period_key, refused)
    _mark(store, delivery, lambda any_store: any_store.mark_failed(delivery, refused, now + wait))
    return Outcome(delivery, refused)


def _unreadable(store: Store, delivery: Delivery, error: StoreError, clock: Callable[[], datetime]) -> Outcome:
    """The database would not say what to send, or not take down that a part is being sent."""
    told = str(error)
    due = clock() + retry_after(delivery.attempts, delivery.id)
    logger.error("delivery %d of %s failed: %s", delivery.id, delivery.period_key, told)
    _mark(store, delivery, lambda any_store: any_store.mark_failed(delivery, told, due))
    return Outcome(delivery, told)


def _message(store: Store, delivery: Delivery, zone: ZoneInfo, templates: Templates) -> Digest | Notice:
    """What a delivery hands over: the frozen digest in its audience's own templates, or the notice of an alert."""
    if delivery.digest_id is not None:
        digest = content_of(store.digest(delivery.digest_id))
        return replace(digest, template=templates.get(delivery.audience))
    if delivery.alert_id is None:
        raise AssertionError("a delivery is one of a digest or of an alert")
    letter = store.dead_letter(delivery.alert_id)
    if letter is not None:
        return dead_letter_notice(letter, zone)
    alert = store.alert(delivery.alert_id)
    source = store.source(alert.source)
    return notice_of(alert, source.url if source else "", zone)


def _mark(store: Store, delivery: Delivery, mark: Callable[[Store], None]) -> None:
    """Write down what the channel answered; a locked database or a full disk must not make it forgotten.

    Where they last longer than all patience, the next look for abandoned claims writes it down. Raises StoreError.
    """
    _unwritten.setdefault((str(store.path), delivery.id), []).append(mark)
    for pause in _MARK_AGAIN:
        try:
            _write_down(store, delivery.id)
        except StoreError as error:
            logger.error("%s; trying again", error)  # noqa: TRY400 - one line, no traceback
            time.sleep(pause)
        else:
            return
    _write_down(store, delivery.id)


def _write_down(store: Store, delivery_id: int) -> None:
    """All that a channel answered about a delivery, in its order. Raises StoreError."""
    waiting = _unwritten.get((str(store.path), delivery_id), [])
    while waiting:
        waiting[0](store)
        del waiting[0]
    _unwritten.pop((str(store.path), delivery_id), None)


def release_abandoned(store: Store, now: datetime) -> None:
    """Give back the claims of processes that are gone."""
    with _claiming:
        for path, delivery_id in list(_unwritten):
            if path == str(store.path) and delivery_id not in _in_flight:
                _write_down(store, delivery_id)
        for delivery, claimed_at in store.claims():
            holder = delivery.claimed_by or ""
            if holder == claims.owner():
                gone = delivery.id not in _in_flight
            else:
                gone = claims.is_abandoned(holder, claimed_at, now)
            if gone:
                logger.warning("delivery %d was left behind by %s; trying again", delivery.id, holder)
                store.release_claim(delivery, now)
