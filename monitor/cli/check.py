"""`zhaoshang check-config` and `zhaoshang doctor`: what monitor.checkup finds, a line each, and the exit code."""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain

import click

from monitor.checkup import configuration, folders
from monitor.checkup.finding import Finding
from monitor.checkup.rounds import Check, quick, whole
from monitor.cli.session import Given, Session, set_clock, with_given, with_session

_BACK = "\r\x1b[K"  # to the start of the line, and clear it


@click.command("check-config")
@click.option("--offline", is_flag=True, help="Do not connect to mail servers and services.")
@with_session
def check_config(session: Session, offline: bool) -> None:
    """Check zhaoshang.toml, secrets, channels, the database and its archive.

    One line for each thing; the exit code is 1 when something is not as it should be. `zhaoshang doctor` looks at more.
    """
    findings = [configuration.configuration(session.setup)]
    click.echo(findings[0].line)
    for check in quick(session.setup, offline=offline):
        findings.append(check.finding())
        click.echo(findings[-1].line)
        if check.subject == folders.SUBJECT and findings[-1].ok is False:
            break  # where there can be no folder, there is no database to look at
    _end(findings)


@click.command()
@click.option("--offline", is_flag=True, help="Ask no mail server, no service and no site.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@with_given
def doctor(given: Given, offline: bool, as_json: bool) -> None:
    """Check all that this needs to run for years: the machine, the data, the channels.

    One line for each thing: OK, !! with what to do, or -- for advice. The exit code is 1 when there is a !!. It mends
    nothing, and goes on where zhaoshang.toml is broken.
    """
    setup, said = configuration.read(given.config)
    clock = set_clock(given, setup)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # that Chinese cannot be printed is one of the findings
    findings: list[Finding] = []
    for finding in chain(said, _looked(whole(setup, clock, offline=offline))):
        findings.append(finding)
        if not as_json:
            click.echo(finding.line)
    if as_json:
        record = {"ok": all(one.ok is not False for one in findings), "findings": [asdict(one) for one in findings]}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    _end(findings)


def _looked(checks: Iterable[Check]) -> Iterator[Finding]:
    """The findings one by one; on a terminal, what is being looked at meanwhile."""
    shows = sys.stderr.isatty()
    for check in checks:
        if shows:
            click.echo(f"…   {check.subject}", nl=False, err=True)
        finding = check.finding()
        if shows:
            click.echo(_BACK, nl=False, err=True)
        yield finding


def _end(findings: Iterable[Finding]) -> None:
    if any(finding.ok is False for finding in findings):
        sys.exit(1)
