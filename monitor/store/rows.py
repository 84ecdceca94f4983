"""Turns rows into dataclasses and values into columns; the only place that knows how instants are written."""

import json
import sqlite3
from datetime import UTC, date, datetime

from monitor.announcing import Audience, Delivery, DeliveryPart, DeliveryState, FrozenDigest
from monitor.health.conditions import Alert, AlertKind, Health, ListingFigures, State, Symptom, Trouble
from monitor.history import EventKind, PostEvent
from monitor.models import Crawl, CrawlCounts, OffLabelEntry, Post, PostStatus, ReadFrom, Source
from monitor.pages import Attachment, PostValidators, Validators

POST_COLUMNS = "posts.*, sources.name AS source_name"
POSTS = "posts JOIN sources ON sources.id = posts.source_id"
TOLD = "kind NOT IN ('backfilled', 'filtered')"  # of digest_entries: the audience has heard of it


def instant(moment: datetime) -> str:
    """UTC text of whole seconds; sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def day(value: date | None) -> str | None:
    """ISO text of a date."""
    return value.isoformat() if value else None


def read_instant(text: str) -> datetime:
    """The aware datetime that `instant` wrote."""
    return datetime.fromisoformat(text)


def read_instant_or_none(text: str | None) -> datetime | None:
    """As read_instant, for columns that may be empty."""
    return datetime.fromisoformat(text) if text else None


def read_day(text: str | None) -> date | None:
    """The date that `day` wrote."""
    return date.fromisoformat(text) if text else None


def figures(found: ListingFigures) -> tuple[int | str | None, ...]:
    """The columns records, dated, without_link, garbled and newest_on."""
    return found.records, found.dated, found.without_link, found.garbled, day(found.newest_on)


def read_figures(row: sqlite3.Row) -> ListingFigures | None:
    """What `figures` wrote; None when the listing was not read, or had not changed."""
    if row["records"] is None:
        return None
    newest_on = read_day(row["newest_on"])
    return ListingFigures(row["records"], row["dated"], row["without_link"], row["garbled"], newest_on)


def trouble(found: Trouble | None) -> tuple[str | None, str | None]:
    """The columns symptom and detail."""
    return (found.symptom.value, found.detail[:300]) if found is not None else (None, None)


def read_trouble(row: sqlite3.Row) -> Trouble | None:
    """What `trouble` wrote."""
    return Trouble(Symptom(row["symptom"]), row["detail"] or "") if row["symptom"] is not None else None


def attachments(found: tuple[Attachment, ...]) -> str | None:
    """JSON of titles and addresses; None for none."""
    return json.dumps([[one.title, one.url] for one in found], ensure_ascii=False) if found else None


def read_attachments(text: str | None) -> tuple[Attachment, ...]:
    """What `attachments` wrote."""
    return tuple(Attachment(title, url) for title, url in json.loads(text)) if text else ()


def source(row: sqlite3.Row) -> Source:
    """A row of sources."""
    return Source(
        id=row["id"],
        name=row["name"],
        url=row["url"],
        title=row["title"],
        created_at=read_instant(row["created_at"]),
        baseline_done=row["baseline_crawl_id"] is not None,
        attempted_at=read_instant_or_none(row["attempted_at"]),
    )


def crawl(row: sqlite3.Row) -> Crawl:
    """A row of crawls joined with the name of its source."""
    return Crawl(
        id=row["id"],
        source_id=row["source_id"],
        source_name=row["source_name"],
        started_at=read_instant(row["started_at"]),
        finished_at=read_instant_or_none(row["finished_at"]),
        reason=row["reason"],
        completed=bool(row["completed"]),
        pid=row["pid"],
        counts=CrawlCounts(
            pages=row["pages"],
            new=row["new"],
            revised=row["revised"],
            unchanged=row["unchanged"],
            moved=row["moved"],
            completed=row["completed_posts"],
            off_label=row["off_label"],
            rejected=row["rejected"],
            errors=row["errors"],
            visited=row["visited"],
            gone=row["gone"],
        ),
    )


def post(row: sqlite3.Row) -> Post:
    """A row of POST_COLUMNS."""
    return Post(
        id=row["id"],
        source_id=row["source_id"],
        source_name=row["source_name"],
        title=row["title"],
        listed_title=row["listed_title"],
        listed_on=read_day(row["listed_on"]),
        label=row["label"],
        place=row["place"],
        url=row["url"],
        published_on=read_day(row["published_on"]),
        effective_on=date.fromisoformat(row["effective_on"]),
        dated=bool(row["dated"]),
        summary=row["summary"],
        body=row["body"],
        status=PostStatus(row["status"]),
        attempts=row["attempts"],
        last_error=row["last_error"],
        fingerprint=row["fingerprint"],
        copy_of=row["copy_of"],
        baseline=bool(row["baseline"]),
        first_seen_at=read_instant(row["first_seen_at"]),
        last_seen_at=read_instant(row["last_seen_at"]),
        revision=row["revision"],
        origin=row["origin"],
        attachments=read_attachments(row["attachments"]),
        replayed=bool(row["replayed"]),
        read_from=ReadFrom(row["read_from"]) if row["read_from"] else None,
        visit_from=read_instant_or_none(row["visit_from"]),
        streak=row["streak"],
        flapping=bool(row["flapping"]),
        flapping_print=row["flapping_print"],
        missing_since=read_instant_or_none(row["missing_since"]),
        withdrawn_at=read_instant_or_none(row["withdrawn_at"]),
    )


def event(row: sqlite3.Row) -> PostEvent:
    """A row of post_events."""
    return PostEvent(
        id=row["id"],
        post_id=row["post_id"],
        at=read_instant(row["at"]),
        kind=EventKind(row["kind"]),
        revision=row["revision"],
        telling=bool(row["telling"]),
        reason=row["reason"],
    )


def post_validators(row: sqlite3.Row) -> PostValidators:
    """A row of post_validators."""
    known = Validators(row["etag"], row["last_modified"], row["body_hash"])
    return PostValidators(row["url"], row["read_by"], known)


def off_label(row: sqlite3.Row) -> OffLabelEntry:
    """A row of off_label_entries joined with the name of its source."""
    return OffLabelEntry(
        id=row["id"],
        source_name=row["source_name"],
        title=row["title"],
        url=row["url"],
        effective_on=date.fromisoformat(row["effective_on"]),
        first_seen_at=read_instant(row["first_seen_at"]),
    )


def audience(row: sqlite3.Row) -> Audience:
    """A row of audiences."""
    return Audience(
        id=row["id"],
        name=row["name"],
        created_at=read_instant(row["created_at"]),
        last_due_at=read_instant_or_none(row["last_due_at"]),
        schedule=row["schedule"],
    )


def digest(row: sqlite3.Row, *, created: bool = False) -> FrozenDigest:
    """A row of digests joined with the name of its audience."""
    return FrozenDigest(
        id=row["id"],
        audience=row["audience"],
        period_key=row["period"],
        due_at=read_instant(row["due_at"]),
        frozen_at=read_instant(row["frozen_at"]),
        content=row["content"],
        created=created,
    )


def delivery(row: sqlite3.Row) -> Delivery:
    """A row of deliveries joined with its digest and audience, or with neither: then it is one of an alert."""
    return Delivery(
        id=row["id"],
        digest_id=row["digest_id"],
        alert_id=row["alert_id"],
        audience=row["audience"],
        period_key=row["period"],
        channel=row["channel"],
        recipient=row["recipient"],
        message_id=row["message_id"],
        state=DeliveryState.FAILED if row["given_up_at"] else DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_attempt_at=read_instant(row["next_attempt_at"]),
        last_error=row["last_error"],
        sent_at=read_instant_or_none(row["sent_at"]),
        claimed_by=row["claimed_by"],
        resend_of=row["resend_of"],
        split_of=row["split_of"],
    )


def delivery_part(row: sqlite3.Row, count: int) -> DeliveryPart:
    """A row of delivery_parts, one of `count`."""
    return DeliveryPart(
        number=row["number"],
        count=count,
        content=row["content"],
        begun_at=read_instant_or_none(row["begun_at"]),
        accepted_at=read_instant_or_none(row["accepted_at"]),
    )


def alert(row: sqlite3.Row) -> Alert:
    """A row of alerts joined with its source."""
    trouble = Trouble(Symptom(row["symptom"]), row["detail"]) if row["symptom"] else None
    return Alert(
        id=row["id"],
        source=row["source"],
        title=row["title"],
        at=read_instant(row["at"]),
        kind=AlertKind(row["kind"]),
        health=Health(State(row["state"]), trouble, read_instant_or_none(row["since"]), row["crawls"]),
        reason=row["reason"],
    )
