"""`zhaoshang history` and `diff`."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import click

from digests.comparison import FORMATS, Difference, difference, render_difference
from digests.markdown import harmless
from monitor.cli.comparisons import print_difference
from monitor.cli.session import Session, with_session
from monitor.cli.tables import print_table
from monitor.comparison import compare, statements
from monitor.errors import ConfigError, UnknownPost
from monitor.history import EventKind, PostEvent, Revision
from monitor.models import PostHistory
from monitor.store import Store

_NAMED = 5  # posts that the message names when several fit
_TITLE = 40  # characters of a title in it
_EVENTS = {
    EventKind.REVISED: "修改",
    EventKind.WITHDRAWN: "撤稿",
    EventKind.RESTORED: "恢复",
    EventKind.FLAPPING: "频繁变动，不再跟踪",
    EventKind.SETTLED: "恢复稳定",
}


@click.command()
@click.argument("post")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_session
def history(session: Session, post: str, as_json: bool) -> None:
    """List the revisions of a post and what became of it.

    POST is its number (see `zhaoshang posts`), its URL, or words of its title.
    """
    with session.open_store() as store:
        found = find_post(store, post)
    if as_json:
        click.echo(json.dumps(_record(found), ensure_ascii=False, indent=2))
        return
    click.echo(harmless(f"#{found.post.id} {found.post.title}"))
    click.echo(harmless(" · ".join(filter(None, (found.post.source_name, found.post.url)))))
    if not found.revisions:
        click.echo("尚未读到正文")
    print_table(("时间", "版本", "事件", "改动"), list(_rows(session, found)))


@click.command()
@click.argument("post")
@click.argument("revisions", nargs=-1, type=int, metavar="[A B]")
@click.option("--format", "form", type=click.Choice(["terminal", *FORMATS]), default="terminal", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@with_session
def diff(session: Session, post: str, revisions: tuple[int, ...], form: str, output: Path | None) -> None:
    """Show what changed between two revisions of a post; the last two when none are named.

    POST is its number, its URL, or words of its title; A and B are revision numbers (see `zhaoshang history POST`).
    """
    with session.open_store() as store:
        shown = _difference(find_post(store, post), revisions)
    try:
        if form == "terminal":
            print_difference(session, shown, output)
        elif output is None:
            click.echo(render_difference(shown, form, session.setup.config.zone), nl=False)
        else:
            output.write_text(render_difference(shown, form, session.setup.config.zone), encoding="utf-8")
    except OSError as error:
        if output is None:
            raise
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(output), todo="check the path") from error
    if output is not None:
        click.echo(f"wrote {output}", err=True)


def find_post(store: Store, text: str) -> PostHistory:
    """The post that is meant. Raises UnknownPost when there is none, or several fit."""
    ids = store.post_ids(text)
    if not ids:
        raise UnknownPost(
            "no post has this number, URL or title", where=repr(harmless(text)), todo="see `zhaoshang posts`"
        )
    if len(ids) > 1:
        named = (store.history(post_id).post for post_id in ids[:_NAMED])
        which = ", ".join(f"{post.id} {_short(post.title)}" for post in named)
        more = " and more" if len(ids) > _NAMED else ""
        raise UnknownPost(
            f"several posts fit: {which}{more}", where=repr(harmless(text)), todo="name one by its number"
        )
    return store.history(ids[0])


def _short(title: str) -> str:
    text = harmless(title)
    return text if len(text) <= _TITLE else text[: _TITLE - 1] + "…"


def _difference(found: PostHistory, numbers: tuple[int, ...]) -> Difference:
    known = {revision.number: revision for revision in found.revisions}
    where = f"post {found.post.id}"
    todo = f"see `zhaoshang history {found.post.id}`"
    if len(numbers) not in (0, 2):
        raise UnknownPost("name two revisions, or none for the last two", where=where, todo=todo)
    chosen = numbers or tuple(known)[-2:]
    if len(chosen) < 2:  # noqa: PLR2004 - a pair
        raise UnknownPost("has no two revisions: there is nothing to compare yet", where=where, todo=todo)
    missing = next((number for number in chosen if number not in known), None)
    if missing is not None:
        raise UnknownPost(f"there is no revision {missing}", where=where, todo=todo)
    return difference(found.post, known[chosen[0]], known[chosen[1]])


def _changes(found: PostHistory) -> dict[int, tuple[str, ...]]:
    """What each revision changed, in words."""
    said: dict[int, tuple[str, ...]] = {revision.number: ("首次读到正文",) for revision in found.revisions[:1]}
    for before, after in pairwise(found.revisions):
        said[after.number] = statements(compare(before.wording, after.wording)) or ("文字相同",)
    return said


def _rows(session: Session, found: PostHistory) -> Iterator[tuple[str, str, str, str]]:
    """Revisions and events by time; the event that tells of a revision stands in the line of that revision."""
    changes = _changes(found)
    revised = {event.revision: event for event in found.events if event.kind is EventKind.REVISED}
    told: list[tuple[tuple[datetime, int, int], tuple[str, str, str, str]]] = []
    for revision in found.revisions:
        words = "；".join(changes[revision.number])
        row = (str(revision.number), _revision_event(revision, revised.get(revision.number)), harmless(words))
        told.append(((revision.seen_at, 0, revision.number), (session.local(revision.seen_at), *row)))
    for event in found.events:
        if event.kind is not EventKind.REVISED or event.revision not in changes:
            row = (str(event.revision), _EVENTS[event.kind], harmless(event.reason))
            told.append(((event.at, 1, event.id), (session.local(event.at), *row)))
    yield from (row for _, row in sorted(told))


def _revision_event(revision: Revision, event: PostEvent | None) -> str:
    if revision.replayed:
        return "归档重读"
    if event is None:
        return "首次读到" if revision.number == 1 else "修改"
    return _EVENTS[event.kind] if event.telling else "修改（不通知）"


def _record(found: PostHistory) -> dict[str, object]:
    changes = _changes(found)
    post = found.post
    return {
        "post": {"id": post.id, "title": post.title, "url": post.url, "source": post.source_name},
        "revisions": [
            {
                "revision": revision.number,
                "seen_at": revision.seen_at.isoformat(),
                "replayed": revision.replayed,
                "title": revision.wording.title,
                "published_on": revision.wording.published_on.isoformat() if revision.wording.published_on else None,
                "body": revision.wording.body,
                "changes": list(changes[revision.number]),
            }
            for revision in found.revisions
        ],
        "events": [
            {
                "at": event.at.isoformat(),
                "kind": event.kind.value,
                "revision": event.revision,
                "telling": event.telling,
                "reason": event.reason,
            }
            for event in found.events
        ],
    }
