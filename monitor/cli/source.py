"""`zhaoshang source …`: adds, lists, tests, pauses and removes sources in zhaoshang.toml; posts it never touches.

`source show` stands in monitor.cli.source_show.
"""

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click

from monitor import config_file
from monitor.cli.health import current_healths
from monitor.cli.probe import checked_label, fetch_options, file_url, resolve, show_listing, told_request, told_trouble
from monitor.cli.session import Session, with_session
from monitor.cli.source_show import show
from monitor.cli.tables import print_table
from monitor.config import SourceConfig
from monitor.errors import ConfigError, ZhaoshangError
from monitor.health.conditions import Health
from monitor.identity import canonical_url
from monitor.models import Crawl, SourceState
from monitor.probe_process import Question, probe_listing
from monitor.probes import ProbedListing
from monitor.setup import Setup, source_url
from monitor.source_tables import add_table, remove_table, set_paused, table_text
from monitor.suggestions import suggest_table
from monitor.text import clean

_Values = dict[str, str | int | bool]


@click.group()
def source() -> None:
    """Add, list, show, test, pause and remove the sources of zhaoshang.toml."""


source.add_command(show)


@source.command()
@click.argument("name")
@click.argument("url", metavar="URL|FILE")
@click.option("--yes", is_flag=True, help="Write it without asking.")
@click.option("--force", is_flag=True, help="Write it although nothing was found.")
@click.option("--title", default="", help="As the digest calls it; the page's own title when not given.")
@click.option("--every", default="", metavar="DURATION", help="How often it is crawled, such as 6h.")
@click.option("--max-pages", type=click.IntRange(1, 1000), help="Listing pages that one crawl reads at most.")
@fetch_options
@with_session
def add(
    session: Session,
    name: str,
    url: str,
    yes: bool,
    force: bool,
    title: str,
    every: str,
    max_pages: int | None,
    label: str,
    allow_private: bool,
    render: bool,
    no_verify_tls: bool,
    proxy: str,
) -> None:
    """Probe a listing and write its table.

    Shows what was found and asks before it writes into zhaoshang.toml. URL may be a local file. The table goes behind
    the other sources; comments and order of the file stay.
    """
    path = config_file.config_path(session.setup)
    _may_ask(yes)
    target, address = _target(session.setup, url)
    _refuse_known(session.setup, name, address)
    question = Question(
        target=target,
        label=checked_label(label),
        allow_private=allow_private,
        render=render,
        verify_tls=not no_verify_tls,
        proxy=proxy,
    )
    more: _Values = {"title": clean(title)} if title else {}
    more |= {"every": every} if every else {}
    more |= {"max_pages": max_pages} if max_pages else {}
    # Before the site is bothered: may it all stand in the file?
    config_file.check(
        session.setup, lambda text: add_table(text, _values(ProbedListing(address), name, question, more))
    )
    listing = probe_listing(session.setup, question, session.now)
    show_listing(listing)
    if (trouble := _not_well(listing, question)) and not force:
        raise ZhaoshangError(f"{trouble}; nothing was written", where=target, todo="--force writes it all the same")
    if trouble:
        listing = replace(listing, private=allow_private)
        click.echo(f"zhaoshang: {target}: {trouble}", err=True)
    values = _values(replace(listing, url=address), name, question, more)
    click.echo(f"\n{table_text(values)}")
    if not yes and not click.confirm(f"Write this into {path}?", default=True):
        click.echo("nothing was written")
        sys.exit(1)
    config_file.edit(session.setup, lambda text: add_table(text, values))
    click.echo(f"added {name} to {path}; `zhaoshang crawl {name}` reads it now")
    before = _states(session).get(name)
    if before is not None and before.posts:
        click.echo(f"{name} was a source before, at {before.source.url}: its {before.posts} posts go on with it")


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_session
def list_(session: Session, as_json: bool) -> None:
    """List all sources.

    First those configured, each with its state, then those of which only posts are left.
    """
    states, healths = _states(session), current_healths(session)
    configured = {one.name: one for one in session.setup.config.source}
    names = [*configured, *(name for name in states if name not in configured)]
    records = [_record(name, configured.get(name), states.get(name), healths.get(name)) for name in names]
    if as_json:
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    print_table(
        ("name", "title", "state", "posts", "last crawl", "url"),
        [
            (
                name,
                clean(str(record["title"])),
                str(record["state"]),
                str(record["posts"]),
                session.local(last.started_at if (last := _last(states.get(name))) else None),
                clean(str(record["url"])),
            )
            for name, record in zip(names, records, strict=True)
        ],
    )


@source.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@with_session
def test(session: Session, names: tuple[str, ...]) -> None:
    """Probe the configured sources.

    All that are not paused, or those named, each with its own settings. One line for each; the exit code is 1 when one
    of them is not well.
    """
    setup = session.setup
    chosen = [setup.source(name) for name in names] or [one for one in setup.config.source if not one.paused]
    if not chosen:
        raise ConfigError("there is no source to test", todo="add one with `zhaoshang source add`, or name one")
    with ThreadPoolExecutor(setup.config.crawl.parallel, thread_name_prefix="probe") as pool:
        well = True
        for one, (ok, line) in zip(chosen, pool.map(lambda one: _tested(session, one), chosen), strict=True):
            click.echo(f"{'OK' if ok else '!!'}  {one.name}: {line}")
            well = well and ok
    if not well:
        sys.exit(1)


@source.command()
@click.argument("name")
@with_session
def pause(session: Session, name: str) -> None:
    """Crawl a source no more, for now.

    A daemon that runs notices by itself. `zhaoshang crawl NAME` still crawls it.
    """
    _set_paused(session, name, paused=True)


@source.command()
@click.argument("name")
@with_session
def resume(session: Session, name: str) -> None:
    """Crawl a paused source again."""
    _set_paused(session, name, paused=False)


@source.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Remove it without asking.")
@with_session
def remove(session: Session, name: str, yes: bool) -> None:
    """Remove a source's table; its posts stay.

    With its sub-tables and the comments that stand directly at them.
    """
    path = config_file.config_path(session.setup)
    session.setup.source(name)
    _may_ask(yes)
    state = _states(session).get(name)
    posts = state.posts if state else 0
    kept = f"its {posts} posts are kept" if posts else "it has no posts"
    if not yes and not click.confirm(f"Remove {name} from {path}? ({kept})", default=False):
        click.echo("nothing was removed")
        sys.exit(1)
    config_file.edit(session.setup, lambda text: remove_table(text, name))
    click.echo(f"removed {name} from {path}; {kept}")


# -- the inside --------------------------------------------------------------------------------------------------------


def _may_ask(yes: bool) -> None:
    if not yes and not sys.stdin.isatty():
        raise ConfigError("cannot ask, since standard input is no terminal", todo="say --yes")


def _target(setup: Setup, url: str) -> tuple[str, str]:
    """What to probe, and how the file names it. A path is looked up here, then beside zhaoshang.toml."""
    if url == "-":
        raise ConfigError("standard input is no source", todo="name an address or a file")
    folder = setup.config_path.parent if setup.config_path else Path.cwd()
    target = resolve(url, folder)
    if source_url(target, Path.cwd()).startswith("file:"):
        return target, file_url(setup, Path(target))
    return target, target


def _refuse_known(setup: Setup, name: str, address: str) -> None:
    folder = setup.config_path.parent if setup.config_path else Path.cwd()
    key = canonical_url(source_url(address, folder))
    for one in setup.config.source:
        if one.name == name:
            raise ConfigError(
                f"there is a source named {name!r} already: {one.url}", todo="choose another name, or edit the file"
            )
        if canonical_url(one.url) == key and one.is_file == source_url(address, folder).startswith("file:"):
            raise ConfigError(f"{address} is watched already, as {one.name!r}", todo="edit its table instead")


def _values(listing: ProbedListing, name: str, question: Question, more: _Values) -> _Values:
    """The table: what the probe suggests, with what the user said on top, in the order of the template."""
    found = suggest_table(
        listing, name, listing.url, render=question.render, verify_tls=question.verify_tls, proxy=question.proxy
    )
    values = found | more
    values["label"] = question.label or listing.label or SourceConfig.model_fields["label"].default
    order = [key for key in SourceConfig.model_fields if key in values]
    return {key: values[key] for key in order}


def _not_well(listing: ProbedListing, question: Question) -> str:
    if listing.trouble:
        return told_trouble(listing, question)
    return "" if listing.entries else f"none of {len(listing.skipped)} titles fits {listing.label}"


def _tested(session: Session, one: SourceConfig) -> tuple[bool, str]:
    question = Question(one.url, source=one.name, allow_private=one.allow_private, render=one.render)
    try:
        listing = probe_listing(session.setup, question, session.now)
    except ZhaoshangError as error:
        return False, str(error)
    if trouble := _not_well(listing, question):
        return False, trouble
    off_label = f" ({len(listing.skipped)} off-label)" if listing.skipped else ""
    newest = f"newest {listing.newest}" if listing.newest else "no dates"
    following = f"next page {told_request(listing.next_page)}" if listing.next_page else "no next page"
    warned = f", {len(listing.warnings)} warnings: zhaoshang probe --source {one.name}" if listing.warnings else ""
    return True, f"{len(listing.entries)} records{off_label}, {newest}, {following}{warned}"


def _set_paused(session: Session, name: str, *, paused: bool) -> None:
    path = config_file.config_path(session.setup)
    word = "paused" if paused else "active"
    if session.setup.source(name).paused is paused:
        click.echo(f"{name} is {word} already")
        return
    config_file.edit(session.setup, lambda text: set_paused(text, name, paused=paused))
    click.echo(f"{name} is {word} now ({path})")


def _states(session: Session) -> Mapping[str, SourceState]:
    """What the store knows of sources; nothing while there is no database."""
    if not session.setup.database.exists():
        return {}
    with session.open_store() as store:
        return {state.source.name: state for state in store.source_states()}


def _last(state: SourceState | None) -> Crawl | None:
    return state.last if state else None


def _record(
    name: str, configured: SourceConfig | None, state: SourceState | None, health: Health | None
) -> dict[str, object]:
    last = _last(state)
    unjudged = ("paused" if configured.paused else "new") if configured else "not configured"
    known = state.source if state else None
    return {
        "name": name,
        "title": (configured.title or name) if configured else known.title if known else name,
        "state": health.state.value if health else unjudged,
        "posts": state.posts if state else 0,
        "last_crawl": last.started_at.isoformat() if last else None,
        "completed": last.completed if last else None,
        "url": configured.url if configured else known.url if known else None,
    }
