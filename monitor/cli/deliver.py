"""`zhaoshang deliver`, `deliveries` and `resend`."""

import json
import sys
from datetime import datetime

import click

from digests.outbox import Outcome
from digests.targets import name_of_message
from monitor import jobs
from monitor.announcing import Delivery, DeliveryState
from monitor.cli.session import ROW, Session, with_session
from monitor.cli.tables import print_table
from monitor.errors import ConfigError


@click.command()
@with_session
def deliver(session: Session) -> None:
    """Freeze and send what is due now.

    For those who run no daemon: `zhaoshang crawl && zhaoshang deliver` from cron.
    """
    with session.open_store(create=True) as store:
        jobs.sync(store, session.setup, session.now)
        alerts = jobs.freeze_alerts(store, session.setup, session.now)
        for frozen in (*alerts, *jobs.freeze_due(store, session.setup, session.now)):
            click.echo(f"froze {frozen.period_key} for {frozen.audience}")
    all_well = tell(jobs.deliver(session.setup, session.clock))
    jobs.refresh_index(session.setup)
    if not all_well:
        sys.exit(1)


def tell(outcomes: tuple[Outcome, ...]) -> bool:
    """Print one line for each try; whether all went well."""
    for outcome in outcomes:
        one = outcome.delivery
        where = f"{one.channel} {one.recipient}".strip()
        click.echo(f"{one.period_key} for {one.audience}: {where}: {outcome.error or 'delivered'}")
    if not outcomes:
        click.echo("nothing is due")
    return all(outcome.error is None for outcome in outcomes)


@click.command()
@click.option("--open", "open_only", is_flag=True, help="Only those not delivered yet.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_session
def deliveries(session: Session, open_only: bool, limit: int, as_json: bool) -> None:
    """List deliveries of digests and alerts, newest first."""
    with session.open_store() as store:
        found = store.deliveries(open_only=open_only, limit=limit)
    if as_json:
        click.echo(json.dumps([_record(one) for one in found], ensure_ascii=False, indent=2))
        return
    print_table(
        ("id", "message", "audience", "channel", "recipient", "state", "tries", "next try / sent", "reason"),
        [
            (
                str(one.id),
                one.period_key,
                one.audience,
                one.channel,
                one.recipient or "-",
                one.state.value,
                str(one.attempts),
                session.local(_moment(one)),
                one.last_error or (f"resend of {one.resend_of}" if one.resend_of else ""),
            )
            for one in found
        ],
    )


def _moment(one: Delivery) -> datetime | None:
    """When it was sent or will be tried again; None for one that failed for good."""
    if one.state is DeliveryState.FAILED:
        return None
    return one.sent_at if one.state is DeliveryState.SENT else one.next_attempt_at


@click.command()
@click.argument("delivery_id", type=ROW, metavar="ID")
@with_session
def resend(session: Session, delivery_id: int) -> None:
    """Send the digest or alert of one delivery once more, on purpose.

    ID is a number from `zhaoshang deliveries`. A mail gets a new Message-ID, a webhook a new key, and both say 重发.
    Of a delivery that has failed for good, what is left of it is sent, as if for the first time; one that waits for
    its next try is tried now, and nothing is sent twice.
    """
    with session.open_store() as store:
        again = store.resend(delivery_id, lambda one: _new_message_id(session, one, store.database_id()), session.now)
        click.echo(f"queued delivery {again.id}: {again.period_key} to {again.channel} {again.recipient}".rstrip())
    if not tell(jobs.deliver(session.setup, session.clock, by_hand=True)):
        sys.exit(1)


def _new_message_id(session: Session, one: Delivery, database_id: str) -> str:
    channel = session.setup.config.channels.get(one.channel)
    if channel is None:
        raise ConfigError(f"there is no [channel.{one.channel}] any more", todo="add it again, then resend")
    again = f"resend of {one.id} at {session.now.isoformat()}"
    return name_of_message(one.channel, channel, database_id, one.audience, one.period_key, one.recipient, again)


def _record(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "digest": one.period_key if one.digest_id is not None else None,
        "alert": one.alert_id,
        "audience": one.audience,
        "channel": one.channel,
        "recipient": one.recipient,
        "message_id": one.message_id,
        "state": one.state.value,
        "attempts": one.attempts,
        "next_attempt_at": None if one.state is DeliveryState.FAILED else one.next_attempt_at.isoformat(),
        "sent_at": one.sent_at.isoformat() if one.sent_at else None,
        "last_error": one.last_error,
        "resend_of": one.resend_of,
    }
