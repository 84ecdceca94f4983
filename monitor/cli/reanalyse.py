"""`zhaoshang reanalyse`."""

import click

from monitor.cli.progress import counted
from monitor.cli.session import Session, with_session
from monitor.cli.stories import tell_regrouping
from monitor.grouping import group_posts, reanalyse


@click.command("reanalyse")
@click.option("--regroup", is_flag=True, help="Then group all posts anew, as `zhaoshang stories regroup` does.")
@with_session
def reanalyse_posts(session: Session, regroup: bool) -> None:
    """Read the facts of all posts again, after an upgrade that reads them better; announce nothing.

    Reads what another version of the rules has read, or could not read. Stories stay as they are without --regroup.
    Cut short, it goes on where it was.
    """
    with session.open_store() as store:
        with counted("reading posts") as progress:
            new = group_posts(store, session.now, progress)
            again = reanalyse(store, progress)
        click.echo(f"{again} posts read again" + (f", {new} for the first time" if new else ""))
        if regroup:
            tell_regrouping(store, session)
