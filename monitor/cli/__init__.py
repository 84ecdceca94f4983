"""The command line: names the commands and imports each only when it is called, so that --help answers at once."""

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from monitor.errors import ZhaoshangError

# Name -> (module, function, one line for --help). A test holds the lines equal to the commands' own.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("monitor.cli.init", "init", "Write a commented zhaoshang.toml into the current folder."),
    "demo": ("monitor.cli.demo", "demo", "Run the whole path on the saved dump, in a folder of its own."),
    "probe": (
        "monitor.cli.probe",
        "probe",
        "Show what a crawl would read on one page, and the source table for it.",
    ),
    "source": (
        "monitor.cli.source",
        "source",
        "Add, list, show, test, pause and remove the sources of zhaoshang.toml.",
    ),
    "crawl": ("monitor.cli.crawl", "crawl", "Crawl sources now: all that are not paused, or those named."),
    "replay": (
        "monitor.cli.replay",
        "replay",
        "Read archived pages again, offline: fill in and correct posts, announce nothing.",
    ),
    "digest": ("monitor.cli.digest", "digest", "Print the digest of a period; this week's when none is named."),
    "rules": (
        "monitor.cli.rules",
        "rules",
        "Show what audiences and alert rules would have sent over the last weeks.",
    ),
    "deliver": ("monitor.cli.deliver", "deliver", "Freeze and send what is due now."),
    "deliveries": ("monitor.cli.deliver", "deliveries", "List deliveries of digests and alerts, newest first."),
    "resend": ("monitor.cli.deliver", "resend", "Send the digest or alert of one delivery once more, on purpose."),
    "send": (
        "monitor.cli.send",
        "send",
        "Send a sample marked 【测试】 to an audience's channels; records nothing as told.",
    ),
    "run": ("monitor.cli.run", "run", "Run the daemon: crawl, freeze and deliver on schedule."),
    "status": (
        "monitor.cli.status",
        "status",
        "Show how sources are, last crawls, what is due next and what is undelivered.",
    ),
    "posts": ("monitor.cli.posts", "posts", "List the latest posts."),
    "history": ("monitor.cli.history", "history", "List the revisions of a post and what became of it."),
    "diff": (
        "monitor.cli.history",
        "diff",
        "Show what changed between two revisions of a post; the last two when none are named.",
    ),
    "stories": (
        "monitor.cli.stories",
        "stories",
        "List stories: which posts report one event. Its commands correct them.",
    ),
    "story": (
        "monitor.cli.stories",
        "story",
        "Show one story: its posts side by side, what agrees and what conflicts, and why they are one.",
    ),
    "reanalyse": (
        "monitor.cli.reanalyse",
        "reanalyse_posts",
        "Read the facts of all posts again, after an upgrade that reads them better; announce nothing.",
    ),
    "import": (
        "monitor.cli.importing",
        "import_posts",
        "Import posts from a file of JSON lines, as if they had been crawled.",
    ),
    "export": ("monitor.cli.posts", "export", "Write all posts with their stories and facts as JSON lines or CSV."),
    "check-config": (
        "monitor.cli.check",
        "check_config",
        "Check zhaoshang.toml, secrets, channels, the database and its archive.",
    ),
    "doctor": (
        "monitor.cli.check",
        "doctor",
        "Check all that this needs to run for years: the machine, the data, the channels.",
    ),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        module, function, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), function)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{function} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of --help, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the nearest command named when there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - on demand

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        if args[:1] == ["run"]:  # the daemon ends with 0 when it is told to, also while it is still being imported
            for stopping in (signal.SIGTERM, signal.SIGINT):
                signal.signal(stopping, lambda *_: sys.exit(0))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), help="The zhaoshang.toml to use.")
@click.option("--now", metavar="DATETIME", help="Work as if it were this time, such as 2025-07-21T08:00+08:00.")
@click.version_option(package_name="zhaoshang", prog_name="zhaoshang", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, now: str | None) -> None:
    """Watch Chinese investment-promotion listings; tell what is new once a week (招商周报).

    Data live in data/ beside zhaoshang.toml, or where there is none beside scrapy.cfg, or in the current folder.
    """
    ctx.obj = {"config": config, "now": now}


def main() -> None:
    """Entry point of `zhaoshang`: an error that a user can cause is one line and exits with 1, a wrong call with 2."""
    _open_closed_streams()
    try:
        sys.exit(cli(prog_name="zhaoshang", standalone_mode=False))
    except ZhaoshangError as error:
        _end(str(error))
    except click.ClickException as error:
        _end_wrong_call(error)
    except click.Abort:  # Ctrl-C, or the end of the input where an answer was asked for
        _end("stopped")
    except BrokenPipeError:
        # `zhaoshang posts | head`: the reader has seen enough. Python would complain once more while closing stdout.
        sys.stdout = None
        sys.exit(1)
    except OSError as error:
        # A folder that cannot be written, a full disk behind standard output: told, not traced.
        where = f"{error.filename}: " if error.filename else ""
        _end(f"{where}{error.strerror or error}; check the folder, its rights and its free room")
    except UnicodeEncodeError:
        _end("the output cannot hold Chinese; set PYTHONUTF8=1 or a UTF-8 locale")


def _open_closed_streams() -> None:
    """Whoever closed standard input, output or error gets silence; a file of ours must not be opened as one of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):  # the lowest free number is taken first
        if getattr(sys, name) is None:
            silence = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - until the process ends
            setattr(sys, name, silence)


def _end(message: str, code: int = 1) -> NoReturn:
    click.echo(f"zhaoshang: {message}", err=True)
    sys.exit(code)


def _end_wrong_call(error: click.ClickException) -> NoReturn:
    """One line, where click shows four; a group without a command shows its help."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # click 8.2
        error.show()
        sys.exit(error.exit_code)
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = " ".join(error.format_message().split())
    message = message[:1].lower() + message[1:].removesuffix(".")
    if "Did you mean" not in message and "; " not in message:  # else it says already what to do
        message += f"; see `{context.command_path if context else 'zhaoshang'} --help`"
    _end(message, error.exit_code)
