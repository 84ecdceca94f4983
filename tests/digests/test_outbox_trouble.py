"""The outbox when the database or our own code gives trouble between handing over and writing it down."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digests.claims import LEASE
from digests.content import Digest
from digests.outbox import deliver_due, release_abandoned
from monitor.announcing import Delivery, DeliveryState
from monitor.store import Store

MINUTE = timedelta(minutes=1)


class Counting:
    """A channel that counts, and does something more on the way."""

    def __init__(self, on_send: Callable[[], None] = lambda: None) -> None:
        self.sent: list[int] = []
        self._on_send = on_send

    def send(self, delivery: Delivery, digest: Digest, now: datetime) -> None:
        del digest, now
        self.sent.append(delivery.id)
        self._on_send()


@pytest.fixture
def desk(open_desk: Callable[..., Any]) -> Any:
    """A desk with one digest frozen for the file channel."""
    made = open_desk(audiences=[{"name": "everyone", "channels": ["file"]}], channels={})
    made.freeze()
    return made


def database(desk: Any) -> Path:
    with desk.open_store() as store:
        return store.path


def lock_for(path: Path, seconds: float) -> threading.Timer:
    """Hold the write lock as another process would, and let go of it later."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def release() -> None:
        other.execute("ROLLBACK")
        other.close()

    timer = threading.Timer(seconds, release)
    timer.start()
    return timer


def test_what_the_channel_answered_is_written_down_once_the_database_is_free_again(desk: Any, now: datetime) -> None:
    path = database(desk)
    timers: list[threading.Timer] = []
    channel = Counting(lambda: timers.append(lock_for(path, 1.5)))
    (outcome,) = deliver_due(lambda: Store(path, busy_seconds=0.1), {"file": channel}, lambda: now)
    timers[0].join()
    assert outcome.error is None
    assert deliver_due(lambda: Store(path), {"file": channel}, lambda: now + 60 * MINUTE) == ()
    assert len(channel.sent) == 1


def test_a_claim_of_our_own_that_no_thread_works_on_is_given_back(desk: Any, now: datetime) -> None:
    class Broken(BaseException):
        """Not an Exception: as when the interpreter is being torn down."""

    def fail() -> None:
        raise Broken

    path = database(desk)
    with pytest.raises(Broken):
        deliver_due(lambda: Store(path), {"file": Counting(fail)}, lambda: now)
    with Store(path) as store:
        assert [one.state for one in store.deliveries()] == [DeliveryState.CLAIMED]
    whole = Counting()
    (outcome,) = deliver_due(lambda: Store(path), {"file": whole}, lambda: now + MINUTE)
    assert outcome.error is None
    assert len(whole.sent) == 1


def test_a_defect_in_a_channel_is_told_and_stops_no_other_delivery(desk: Any, now: datetime) -> None:
    def fail() -> None:
        raise UnicodeError("label too long")

    path = database(desk)
    (outcome,) = deliver_due(lambda: Store(path), {"file": Counting(fail)}, lambda: now)
    assert outcome.error == "UnicodeError: label too long"
    with Store(path) as store:
        (one,) = store.deliveries()
        assert (one.state, one.last_error) == (DeliveryState.PENDING, "UnicodeError: label too long")


def test_a_claim_is_as_old_as_itself_not_as_the_round_it_was_taken_in(desk: Any, now: datetime) -> None:
    with desk.open_store() as store:
        assert store.claim_delivery("file", "elsewhere/1/x", now + LEASE, due_by=now) is not None
        ((_, claimed_at),) = store.claims()
    assert claimed_at == now + LEASE


def test_a_fresh_claim_is_not_taken_for_an_abandoned_one_by_another_thread(desk: Any, now: datetime) -> None:
    path = database(desk)
    threads: list[threading.Thread] = []

    def look() -> None:
        with Store(path) as other:
            release_abandoned(other, now)

    class Watched(Store):
        """Another thread looks for abandoned claims at the very moment at which one was taken."""

        def claim_delivery(self, *args: Any, **more: Any) -> Delivery | None:
            claimed = super().claim_delivery(*args, **more)
            threads.append(threading.Thread(target=look))
            threads[-1].start()
            threads[-1].join(0.5)
            return claimed

    def still_claimed() -> None:
        threads[0].join()
        with Store(path) as other:
            assert [one.state for one in other.deliveries()] == [DeliveryState.CLAIMED]

    (outcome,) = deliver_due(lambda: Watched(path), {"file": Counting(still_claimed)}, lambda: now)
    for thread in threads:
        thread.join()
    assert outcome.error is None
