"""The outbox: a delivery is claimed by one process, and never lost by how sending it ends."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.announcing import Composition, Delivery, DeliveryState, FrozenDigest, Target
from monitor.errors import UnknownDelivery
from monitor.store import Store

MINUTE = timedelta(minutes=1)
Queue = Callable[..., FrozenDigest]


@pytest.fixture
def queue(freezer: Any) -> Queue:
    """Freezes a digest that goes to the named (channel, recipient) pairs."""

    def freeze(targets: Iterable[tuple[str, str]], key: str = "2025-W29") -> FrozenDigest:
        rows = tuple(Target(channel, to, f"<{key}.{to}@test>") for channel, to in targets)
        return freezer.freeze(key, compose=lambda _: Composition("", (), rows))

    return freeze


def claim(store: Store, now: datetime, channel: str = "mail", owner: str = "me") -> Delivery:
    delivery = store.claim_delivery(channel, owner, now)
    assert delivery is not None
    return delivery


def states(store: Store) -> list[tuple[str, str, int]]:
    """Recipient, state and attempts of every delivery, oldest first."""
    return [(row.recipient, row.state.value, row.attempts) for row in reversed(store.deliveries())]


def test_a_frozen_digest_has_one_row_for_each_channel_and_recipient(queue: Queue, store: Store, now: datetime) -> None:
    digest = queue([("file", ""), ("mail", "a@x.cn"), ("mail", "b@x.cn")])
    assert states(store) == [("", "pending", 0), ("a@x.cn", "pending", 0), ("b@x.cn", "pending", 0)]
    first = store.deliveries()[0]
    assert (first.digest_id, first.audience, first.period_key) == (digest.id, "everyone", "2025-W29")
    assert (first.message_id, first.next_attempt_at) == ("<2025-W29.b@x.cn@test>", now)
    assert (first.claimed_by, first.sent_at, first.last_error, first.resend_of) == (None, None, None, None)
    assert store.due_channels(now) == ("file", "mail")


def test_deliveries_are_claimed_oldest_first_and_each_once(queue: Queue, store: Store, now: datetime) -> None:
    queue([("mail", "a"), ("mail", "b")], "2025-W28")
    queue([("mail", "c")])
    claimed = [claim(store, now) for _ in range(3)]
    assert [delivery.recipient for delivery in claimed] == ["a", "b", "c"]
    assert {(d.state, d.claimed_by, d.attempts) for d in claimed} == {(DeliveryState.CLAIMED, "me", 1)}
    assert store.claim_delivery("mail", "me", now) is None
    assert store.claims() == tuple((delivery, now) for delivery in claimed)


def test_a_channel_claims_only_what_is_its_own_and_due(queue: Queue, store: Store, now: datetime) -> None:
    queue([("mail", "a")])
    assert store.claim_delivery("file", "me", now) is None
    assert store.claim_delivery("mail", "me", now - MINUTE) is None
    assert store.due_channels(now - MINUTE) == ()
    assert claim(store, now).recipient == "a"


def test_what_was_sent_is_done(queue: Queue, store: Store, now: datetime) -> None:
    queue([("mail", "a")])
    store.mark_failed(claim(store, now), "HTTP 503", now + MINUTE)
    store.mark_sent(claim(store, now + MINUTE), now + 2 * MINUTE)
    (sent,) = store.deliveries()
    assert (sent.state, sent.sent_at, sent.attempts) == (DeliveryState.SENT, now + 2 * MINUTE, 2)
    assert (sent.claimed_by, sent.last_error) == (None, None)
    assert store.due_channels(now + timedelta(days=365)) == ()
    assert store.claims() == ()
    assert store.deliveries(open_only=True) == ()


def test_a_failure_keeps_it_pending_with_its_reason_until_later(queue: Queue, store: Store, now: datetime) -> None:
    queue([("mail", "a"), ("mail", "b")])
    store.mark_failed(claim(store, now), "the server hung up " * 100, now + MINUTE)
    assert claim(store, now).recipient == "b", "one bad recipient does not block the next"
    failed = store.deliveries()[1]
    assert (failed.state, failed.attempts, failed.next_attempt_at) == (DeliveryState.PENDING, 1, now + MINUTE)
    assert failed.last_error is not None
    assert failed.last_error.startswith("the server hung up")
    assert len(failed.last_error) == 500
    assert store.claim_delivery("mail", "me", now + MINUTE - timedelta(seconds=1)) is None
    again = claim(store, now + MINUTE)
    assert (again.recipient, again.attempts, again.message_id) == ("a", 2, failed.message_id)


def test_the_claim_of_a_process_that_is_gone_is_given_back_with_the_same_message_id(
    queue: Queue, store: Store, now: datetime
) -> None:
    queue([("mail", "a")])
    dead = claim(store, now, owner="dead")
    assert store.due_channels(now) == ("mail",), "an abandoned claim must be looked after"
    store.release_claim(dead, now + MINUTE)
    (freed,) = store.deliveries()
    assert (freed.state, freed.claimed_by, freed.next_attempt_at) == (DeliveryState.PENDING, None, now + MINUTE)
    assert "unknown" in (freed.last_error or "")
    assert claim(store, now + MINUTE, owner="alive").message_id == dead.message_id


def test_a_claim_that_was_given_to_another_is_not_disturbed_by_its_old_owner(
    queue: Queue, store: Store, now: datetime
) -> None:
    queue([("mail", "a")])
    late = claim(store, now, owner="late")
    store.release_claim(late, now)
    current = claim(store, now, owner="current")
    store.mark_failed(late, "too late", now + MINUTE)
    store.release_claim(late, now + MINUTE)
    assert store.claims() == ((current, now),)
    store.mark_sent(current, now)
    store.mark_failed(current, "after the end", now)
    store.release_claim(current, now)
    assert states(store) == [("a", "sent", 2)]


def test_an_answer_that_comes_after_the_claim_was_lost_still_says_that_it_arrived(
    queue: Queue, store: Store, now: datetime
) -> None:
    queue([("mail", "a")])
    slow = claim(store, now)
    store.release_claim(slow, now)
    store.mark_sent(slow, now + MINUTE)
    assert store.claim_delivery("mail", "other", now + MINUTE) is None


def test_resending_queues_one_more_delivery_and_leaves_the_first_as_it_was(
    queue: Queue, store: Store, now: datetime
) -> None:
    digest = queue([("mail", "a"), ("mail", "b")])
    first = claim(store, now)
    store.mark_sent(first, now)
    later = now + timedelta(days=1)
    again = store.resend(first.id, lambda of: f"<again-{of.recipient}@test>", later)
    assert (again.digest_id, again.channel, again.recipient) == (digest.id, "mail", "a")
    assert (again.message_id, again.resend_of, again.next_attempt_at) == ("<again-a@test>", first.id, later)
    store.mark_sent(again, later)
    once_more = store.resend(again.id, lambda of: f"<again-{of.id}@test>", later)
    assert (once_more.resend_of, once_more.message_id) == (again.id, f"<again-{again.id}@test>")
    assert states(store) == [("a", "sent", 1), ("b", "pending", 0), ("a", "sent", 0), ("a", "pending", 0)]
    with pytest.raises(UnknownDelivery, match="no delivery 99"):
        store.resend(99, lambda _: "<x@test>", later)


def test_resending_what_was_not_sent_yet_tries_that_now_and_sends_nothing_twice(
    queue: Queue, store: Store, now: datetime
) -> None:
    queue([("mail", "a")])
    first = claim(store, now)
    assert store.resend(first.id, lambda _: "<again@test>", now).id == first.id
    assert states(store) == [("a", "claimed", 1)], "it is on its way"
    store.mark_failed(first, "busy", now + timedelta(hours=6))
    again = store.resend(first.id, lambda _: "<again@test>", now + MINUTE)
    assert (again.id, again.next_attempt_at, again.message_id) == (first.id, now + MINUTE, first.message_id)
    assert states(store) == [("a", "pending", 1)]


def test_deliveries_are_listed_newest_first_up_to_a_limit(queue: Queue, store: Store, now: datetime) -> None:
    queue([("mail", str(number)) for number in range(60)])
    store.mark_sent(claim(store, now), now)
    assert [row.recipient for row in store.deliveries(limit=3)] == ["59", "58", "57"]
    assert len(store.deliveries()) == 50
    assert len(store.deliveries(open_only=True, limit=100)) == 59


def test_the_summary_counts_what_is_open_and_what_has_failed(queue: Queue, store: Store, now: datetime) -> None:
    queue([("mail", "a"), ("mail", "b"), ("mail", "c")])
    store.mark_sent(claim(store, now), now)
    store.mark_failed(claim(store, now), "HTTP 503", now + MINUTE)
    summary = store.summary()
    assert (summary.digests, summary.pending_deliveries, summary.failing_deliveries) == (1, 2, 1)


def test_processes_that_claim_at_once_never_get_the_same_delivery(
    queue: Queue, store: Store, race: Callable[..., list[str]]
) -> None:
    queue([("mail", str(number)) for number in range(60)])
    told = race(
        "from datetime import UTC, datetime\n"
        "now = datetime(2025, 7, 21, tzinfo=UTC)\n"
        "with Store(path) as store:\n"
        "    while (delivery := store.claim_delivery('mail', f'process {number}', now)) is not None:\n"
        "        print(delivery.id)\n"
        "        store.mark_sent(delivery, now)\n",
        processes=3,
    )
    claimed = [int(line) for answer in told for line in answer.split()]
    assert sorted(claimed) == sorted(row.id for row in store.deliveries(limit=100))
    assert {row.attempts for row in store.deliveries(limit=100)} == {1}


def test_the_claim_of_a_killed_process_is_still_there_for_others_to_see(
    queue: Queue, store: Store, race: Callable[..., list[str]], now: datetime
) -> None:
    queue([("mail", "a")])
    race(
        "import os\nfrom datetime import UTC, datetime\nstore = Store(path)\n"
        "store.claim_delivery('mail', 'killed', datetime(2025, 7, 21, tzinfo=UTC))\nos.kill(os.getpid(), 9)",
        processes=1,
        status=-9,
    )
    ((delivery, claimed_at),) = store.claims()
    assert (delivery.claimed_by, claimed_at) == ("killed", now)
