"""`zhaoshang probe`: what a crawl would read on one page, and the source table for it; nothing is stored."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from monitor.cli.session import Session, with_session
from monitor.cli.tables import print_table
from monitor.config import SourceConfig
from monitor.errors import ConfigError
from monitor.pages import BlockKind, PageRequest
from monitor.probe_process import Question, probe_listing, probe_post
from monitor.probes import ProbedEntry, ProbedListing, ProbedPost, to_json
from monitor.setup import Setup, source_url
from monitor.source_tables import table_text
from monitor.suggestions import suggest_name, suggest_table
from monitor.text import LabelPattern, clean

_Command = TypeVar("_Command", bound=Callable[..., Any])


def fetch_options(command: _Command) -> _Command:
    """How a page is fetched and its titles are judged: the options that `probe` and `source add` share."""
    for option in (
        click.option("--proxy", default="", metavar="URL", help="Fetch through this proxy."),
        click.option("--no-verify-tls", is_flag=True, help="Take whatever certificate the site has."),
        click.option("--render", is_flag=True, help="Fetch through a browser: the list is made by script."),
        click.option("--allow-private", is_flag=True, help="Fetch from addresses of an intranet, too."),
        click.option("--label", default="", metavar="PATTERN", help="Titles that are posts, such as 【…招商】 or …"),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("target", metavar="[URL|FILE|-]", required=False)
@click.option("--base-url", default="", metavar="URL", help="Where the page of a FILE comes from.")
@click.option("--content-type", default="", metavar="TEXT", help="The Content-Type header to assume for a FILE.")
@click.option("--post", is_flag=True, help="It is a post's own page, not a listing.")
@click.option(
    "--source", default="", metavar="NAME", help="With the settings of this source; its page when none named."
)
@fetch_options
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@with_session
def probe(
    session: Session,
    target: str | None,
    base_url: str,
    content_type: str,
    post: bool,
    source: str,
    label: str,
    allow_private: bool,
    render: bool,
    no_verify_tls: bool,
    proxy: str,
    as_json: bool,
) -> None:
    """Show what a crawl would read on one page, and the source table for it.

    The page is fetched from a URL, read from a FILE, or from standard input (-). The exit code is 1 when nothing was
    found on it.
    """
    if not target and not source:
        raise click.UsageError("name an address, a file, or a source with --source")
    configured = session.setup.source(source) if source else None
    question = Question(
        target=resolve(target) if target else configured.url if configured else "",
        source=source,
        base_url=_checked_address(base_url),
        content_type=content_type,
        label=checked_label(label),
        allow_private=allow_private,
        render=render,
        verify_tls=not no_verify_tls,
        proxy=_checked_proxy(proxy),
    )
    now = session.now
    found: ProbedListing | ProbedPost
    if post:
        found = probe_post(session.setup, question, now)
    else:
        found = probe_listing(session.setup, question, now)
        found = replace(found, source_table="" if source else suggested_table(session.setup, found, question))
    if as_json:
        click.echo(to_json(found, indent=2))
    elif isinstance(found, ProbedPost):
        show_post(found)
    else:
        show_listing(found)
        show_table(found)
    if found.trouble:
        click.echo(f"zhaoshang: {question.target}: {told_trouble(found, question)}", err=True)
        sys.exit(1)


def resolve(text: str, *folders: Path) -> str:
    """What was typed as an address, a file (from here, then from `folders`) or `-`. Raises ConfigError."""
    if text == "-":
        return text
    for folder in (Path.cwd(), *folders):
        try:
            if (path := folder / Path(text).expanduser()).exists():
                return str(path)
        except (OSError, RuntimeError, ValueError):  # too long for a file name, ~nobody, a NUL: then it is an address
            continue
    url = source_url(text, Path.cwd())
    return text if url.startswith("file:") else url


def checked_label(label: str) -> str:
    """A label pattern. Raises ConfigError for one that says nothing."""
    try:
        if label:
            LabelPattern.parse(label)
    except ValueError as error:
        raise ConfigError(str(error), where="--label") from error
    return label


def _checked_address(base_url: str) -> str:
    if base_url and not base_url.lower().startswith(("http://", "https://")):
        raise ConfigError(f"{base_url!r} is no address", where="--base-url", todo="write it as https://host/path")
    return source_url(base_url, Path.cwd()) if base_url else ""


def _checked_proxy(proxy: str) -> str:
    try:
        SourceConfig(name="probe", url="probe", proxy=proxy)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ConfigError(message, where="--proxy") from error
    return proxy


def suggested_table(setup: Setup, listing: ProbedListing, question: Question) -> str:
    """The `[[source]]` table for a listing with records; empty for one without, or without an address."""
    url = _address_for(setup, question)
    if listing.trouble or not url:
        return ""
    taken = [source.name for source in setup.config.source] if setup.config_path else []
    name = suggest_name(url, taken)
    values = suggest_table(
        listing, name, url, render=question.render, verify_tls=question.verify_tls, proxy=question.proxy
    )
    return table_text(values)


def _address_for(setup: Setup, question: Question) -> str:
    if question.is_address or question.base_url:
        return question.target if question.is_address else question.base_url
    return "" if question.target == "-" else file_url(setup, Path(question.target))


def file_url(setup: Setup, path: Path) -> str:
    """A file as the configuration names it: relative to zhaoshang.toml where it lies below, else by its whole path."""
    folder = (setup.config_path.parent if setup.config_path else Path.cwd()).resolve()
    whole = path.resolve()
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def told_trouble(found: ProbedListing | ProbedPost, question: Question) -> str:
    """What is wrong, with the option that may help."""
    if "allow_private" in found.trouble and not question.allow_private:
        return f"{found.trouble} (here: --allow-private)"
    if question.target == "-" and found.blocked is not None and found.blocked.kind is BlockKind.EMPTY:
        return f"{found.trouble}; pipe a saved page into it"
    if isinstance(found, ProbedListing) and question.is_address and not question.render and _is_bare(found):
        return f"{found.trouble}; a list that is made by script needs --render"
    return clean(found.trouble)


def _is_bare(listing: ProbedListing) -> bool:
    """Whether the page came, and holds nothing: a script may fill it."""
    return not listing.error and (listing.blocked is None or listing.blocked.kind is BlockKind.EMPTY)


# -- for people --------------------------------------------------------------------------------------------------------


def show_listing(listing: ProbedListing) -> None:
    """The records as a table, the off-label ones apart, and how the page was read; all text is cleaned first."""
    if listing.error:
        return
    if listing.entries:
        print_table(("title", "label", "date", "link"), [_row(entry) for entry in listing.entries])
    if listing.skipped:
        click.echo(f"\n{len(listing.skipped)} off-label, not admitted by {clean(listing.label)}:")
        print_table(("title", "date", "link"), [_row(entry, labelled=False) for entry in listing.skipped])
    click.echo(
        f"\nrecords:   {len(listing.entries)} admitted by {clean(listing.label)}, {len(listing.skipped)} off-label"
    )
    score = f", score {listing.score:.2f}" if listing.score else ""
    click.echo(f"method:    {clean(listing.method)}{score}{_in_brackets(listing.signature)}")
    click.echo(f"charset:   {clean(listing.charset) or '-'}{_in_brackets(listing.charset_note)}")
    if listing.call:
        click.echo(f"call:      {told_request(listing.call)}")
    click.echo(f"next page: {told_request(listing.next_page) if listing.next_page else 'none'}")
    _show_warnings(listing.warnings)


def show_table(listing: ProbedListing) -> None:
    """The suggested table, ready to be copied."""
    if listing.source_table:
        click.echo("\nIn zhaoshang.toml (`zhaoshang source add NAME URL` writes it):\n")
        click.echo(listing.source_table, nl=False)


def show_post(post: ProbedPost) -> None:
    """A post as a reader sees it, and how the page was read."""
    if post.error:
        return
    click.echo(clean(post.title or "-"))
    click.echo(f"published: {post.published_on or '-'}\nsource:    {clean(post.origin or '-')}")
    click.echo(f"charset:   {clean(post.charset) or '-'}{_in_brackets(post.charset_note)}")
    for attachment in post.attachments:
        click.echo(f"attached:  {clean(attachment.title)} {clean(attachment.url)}")
    _show_warnings(post.warnings)
    for paragraph in post.body:
        click.echo(f"\n{clean(paragraph)}")


def told_request(request: PageRequest) -> str:
    """An address in a line; with what is posted to it."""
    posted = f" ({request.method} {json.dumps(request.body, ensure_ascii=False)})" if request.method != "GET" else ""
    return clean(request.url + posted)


def _row(entry: ProbedEntry, *, labelled: bool = True) -> Sequence[str]:
    cells = [clean(entry.title)]
    cells += [clean(entry.label or "-")] if labelled else []
    return (*cells, str(entry.published_on or "-"), clean(entry.url or "-"))


def _in_brackets(note: str) -> str:
    return f" ({clean(note)})" if note else ""


def _show_warnings(warnings: Iterable[str]) -> None:
    for warning in warnings:
        click.echo(f"warning:   {clean(warning)}")
