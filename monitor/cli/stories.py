"""`zhaoshang stories` with its commands, and `story`."""

import json
from collections.abc import Iterable

import click

from digests.markdown import harmless
from monitor.cli.progress import counted
from monitor.cli.session import ROW, Given, Session, start_session, with_given, with_session
from monitor.cli.story_records import story_record
from monitor.cli.tables import print_table
from monitor.grouping import group_posts
from monitor.periods import parse_period
from monitor.side_by_side import aspects, day_of, flags_of, money_of, place_of, stage_of
from monitor.store import Store
from monitor.storied import Member, Story, StoryChange, StoryLink, Tie

_TIES = {
    Tie.COPY: "文字相同",
    Tie.SAME: "同一事件",
    Tie.HAND: "人工指定",
    Tie.RELATED: "可能相关",
    Tie.STEP: "项目进展",
}


@click.group(invoke_without_command=True)
@click.option("--week", metavar="PERIOD", help="Only stories with a post of this week (or day, or month).")
@click.option("--all", "every", is_flag=True, help="All stories.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="That many, the latest first.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_given
def stories(given: Given, week: str | None, every: bool, limit: int, as_json: bool) -> None:
    """List stories: which posts report one event. Its commands correct them.

    旧闻 stands on a story that a post retells in a later year, 年份矛盾 where its posts name different years.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        context.obj = {"config": given.config, "now": given.now}
        return
    session = start_session(given)
    with session.open_store() as store:
        _group(store, session)
        found = _chosen(store, week, every=every, limit=limit)
        if as_json:
            _print_json(found)
        else:
            _print_stories(found)


@click.command()
@click.argument("story_id", type=ROW, metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_session
def story(session: Session, story_id: int, as_json: bool) -> None:
    """Show one story: its posts side by side, what agrees and what conflicts, and why they are one.

    ID is a number from `zhaoshang stories`.
    """
    with session.open_store() as store:
        _group(store, session)
        found = store.story(story_id)
    if as_json:
        click.echo(json.dumps(story_record(found), ensure_ascii=False, indent=2))
    else:
        _print_story(found)


@stories.command()
@click.argument("ids", type=ROW, nargs=-1, required=True, metavar="STORY STORY...")
@with_session
def merge(session: Session, ids: tuple[int, ...]) -> None:
    """Make one story of several, and remember that for ever."""
    if len(set(ids)) < 2:  # noqa: PLR2004 - one story is one already
        raise click.UsageError("name two stories or more")
    with session.open_store() as store:
        _group(store, session)
        into = store.merge_stories(ids, session.now)
        click.echo(f"story {into} has {len(store.story(into).members)} posts now")


@stories.command()
@click.argument("story_id", type=ROW, metavar="STORY")
@click.argument("posts", type=ROW, nargs=-1, required=True, metavar="POST...")
@with_session
def split(session: Session, story_id: int, posts: tuple[int, ...]) -> None:
    """Take posts out of a story into one of their own, and remember that for ever."""
    with session.open_store() as store:
        _group(store, session)
        new = store.split_story(story_id, posts, session.now)
        click.echo(f"story {new} has {len(store.story(new).members)} posts, {story_id} keeps the others")


@stories.command()
@click.argument("a", type=ROW, metavar="STORY")
@click.argument("b", type=ROW, metavar="STORY")
@with_session
def unlink(session: Session, a: int, b: int) -> None:
    """Say that two stories have nothing to do with each other, and remember that for ever."""
    with session.open_store() as store:
        _group(store, session)
        taken = store.unlink_stories(a, b, session.now)
    click.echo(f"stories {a} and {b} are not tied" + ("" if taken else "; they were not before either"))


@stories.command()
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
@with_session
def regroup(session: Session, dry_run: bool) -> None:
    """Group all posts anew, in the order of publication, and tell which stories that merged and split.

    What was corrected by hand stays so.
    """
    with session.open_store() as store:
        _group(store, session)
        tell_regrouping(store, session, dry_run=dry_run)


def tell_regrouping(store: Store, session: Session, *, dry_run: bool = False) -> None:
    """Group all posts anew, and print what changed."""
    with counted("grouping") as progress:
        changes = store.regroup(session.now, dry_run=dry_run, progress=progress)
    for change in changes:
        _print_change(change)
    merged = sum(change.merged for change in changes)
    click.echo(
        f"{merged} merged, {len(changes) - merged} split" + ("; dry run: nothing was changed" if dry_run else "")
    )


def _group(store: Store, session: Session) -> None:
    with counted("reading posts") as progress:
        group_posts(store, session.now, progress)


def _chosen(store: Store, week: str | None, *, every: bool, limit: int) -> Iterable[Story]:
    if week is not None:
        period = parse_period(week)
        found = store.stories_between(period.start, period.end)
        return found if every else found[:limit] if _limit_given() else found
    return store.all_stories() if every else store.latest_stories(limit)


def _limit_given() -> bool:
    source = click.get_current_context().get_parameter_source("limit")
    return source is not None and source.name == "COMMANDLINE"


def _print_json(found: Iterable[Story]) -> None:
    """One list, written as it is read: an archive has many stories."""
    click.echo("[", nl=False)
    for number, one in enumerate(found):
        click.echo(("," if number else "") + "\n" + json.dumps(story_record(one), ensure_ascii=False), nl=False)
    click.echo("\n]")


def _print_stories(found: Iterable[Story]) -> None:
    rows = [
        (
            str(one.id),
            place_of(one) or "-",
            stage_of(one).value,
            str(len(one.members)),
            str(min(member.post.effective_on for member in one.members)),
            harmless(one.members[0].post.title),
            " ".join(flags_of(one)) or "-",
        )
        for one in found
    ]
    print_table(("story", "place", "stage", "篇数", "first seen", "title", "flags"), rows)


def _print_story(one: Story) -> None:
    flags = "".join(f" · {flag}" for flag in flags_of(one))
    click.echo(harmless(f"#{one.id} {one.members[0].post.title}{flags}"))
    print_table(("post", "source", "published", "place", "stage", "amounts", "event", "title"), map(_row, one.members))
    for aspect in aspects(one):
        if aspect.agree:
            click.echo(harmless(f"一致 {aspect.name}：{aspect.values[0][0]}"))
        else:
            told = "；".join(f"{value}（{_posts(posts)}）" for value, posts in aspect.values)
            click.echo(harmless(f"不一 {aspect.name}：{told}"))
    for member in one.members:
        if member.tie is not None:
            click.echo(harmless(_why(member)))
    for link in one.links:
        click.echo(harmless(_link(link)))


def _row(one: Member) -> tuple[str, ...]:
    facts = one.facts
    return (
        str(one.post.id),
        one.post.source_name,
        str(one.post.published_on or f"({one.post.effective_on})"),
        facts.place.name if facts.place else "-",
        facts.stage.value,
        money_of(facts) or "-",
        day_of(facts.event_date) or "-",
        harmless(one.post.title),
    )


def _posts(posts: Iterable[int]) -> str:
    return "、".join(f"#{post}" for post in posts)


def _why(one: Member) -> str:
    tie = _TIES[one.tie] if one.tie is not None else ""
    with_post = f"与 #{one.with_post} " if one.with_post is not None else ""
    return f"#{one.post.id} {with_post}{tie}（{one.score:.2f}）：{'；'.join(one.reasons)}"


def _link(one: StoryLink) -> str:
    reasons = "；".join(one.reasons)
    by = f"{one.score:.2f}，#{one.post_id}–#{one.other_post_id}"
    return f"{_TIES[one.tie]} 故事 {one.story}「{one.title}」（{by}）：{reasons}"


def _print_change(one: StoryChange) -> None:
    others = "、".join(str(other) if other > 0 else "新" for other in one.others)
    click.echo(f"合并 {others} → {one.story}" if one.merged else f"拆分 {one.story} → {one.story}、{others}")
    for post, title, number in one.members:
        where = f"自 {number}" if one.merged else f"在 {number if number > 0 else '新故事'}"
        click.echo(harmless(f"  #{post} {title}（{where}）"))
