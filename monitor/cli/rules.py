"""`zhaoshang rules test`."""

import json
from dataclasses import asdict

import click

from digests.rehearsal import Rehearsal, WeekSent, rehearse
from monitor.cli.progress import counted
from monitor.cli.session import Given, Session, start_session, with_given
from monitor.config import AudienceConfig, RuleConfig
from monitor.grouping import group_posts

_MOST = 520  # weeks: ten years


@click.group()
@with_given
def rules(given: Given) -> None:
    """Show what audiences and alert rules would have sent over the last weeks."""
    click.get_current_context().obj = {"config": given.config, "now": given.now}


@rules.command("test")
@click.option("--weeks", type=click.IntRange(1, _MOST), default=4, show_default=True, help="The last so many weeks.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_given
def test_rules(given: Given, weeks: int, as_json: bool) -> None:
    """Show what each audience and alert rule would have sent, with the filters that it has now.

    Nothing is sent, and nothing counts as told. The present week is told as far as it is known.
    """
    session = start_session(given)
    with session.open_store() as store:
        with counted("reading posts") as progress:
            group_posts(store, session.now, progress)
        found = rehearse(store, session.setup, weeks, session.now)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for number, one in enumerate(found):
        if number:
            click.echo()
        click.echo(_heading(session, one))
        for week in one.weeks:
            click.echo(f"  {week.period}  {_counts(week, is_rule=one.is_rule)}")
            for title in week.titles:
                click.echo(f"    {title}")


def _heading(session: Session, one: Rehearsal) -> str:
    config = session.setup.config
    if one.is_rule:
        rule = next(rule for rule in config.rule if rule.name == one.name)
        quiet = f", quiet {rule.quiet}" if rule.quiet else ""
        to = ", ".join(config.channels_of(rule)) or "no channel"
        return f"rule {one.name}: at most {rule.at_most} a day{quiet}, to {to}; {_conditions(rule)}"
    audience = next(audience for audience in config.audience if audience.name == one.name)
    to = ", ".join(audience.channels) or "no channel"
    return f"audience {one.name}: {audience.schedule}, to {to}; {_conditions(audience)}"


def _conditions(table: AudienceConfig | RuleConfig) -> str:
    """The filter as it is written."""
    keys = ("places", "industries", "stages", "min_investment", "keywords", "exclude", "sources")
    told = [f"{key} {_written(getattr(table, key))}" for key in keys if getattr(table, key)]
    return ", ".join(told) or "everything"


def _written(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _counts(week: WeekSent, *, is_rule: bool) -> str:
    told = f"{week.new} alerted" if is_rule else f"{week.new} new, {week.recycled} old news"
    told += f", {week.overflow} left to the digest" if week.overflow else ""
    return told + (f", {week.passed_over} posts passed over" if week.passed_over else "")
