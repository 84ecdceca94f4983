"""Draws what changed between two revisions on a terminal: marks that are read without colour too, two columns."""

import sys
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from digests.comparison import Difference, lines, revision_text
from digests.markdown import harmless
from monitor.cli.session import Session
from monitor.comparison import Mark, Piece, statements

_PIPED_WIDTH = 120  # columns for two of text when nobody looks
_MARKS = {Mark.DELETED: ("[-", "-]", "red"), Mark.INSERTED: ("{+", "+}", "green")}


def print_difference(session: Session, shown: Difference, output: Path | None) -> None:
    """Print to the terminal, or write to a file as plain text."""
    if output is None:
        _draw(session, shown, Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, highlight=False))
        return
    with output.open("w", encoding="utf-8") as file:
        _draw(session, shown, Console(file=file, width=_PIPED_WIDTH, highlight=False))


def _draw(session: Session, shown: Difference, console: Console) -> None:
    zone = session.setup.config.zone
    before, after = revision_text(shown.before, zone), revision_text(shown.after, zone)
    _line(console, Text(harmless(f"#{shown.post.id} {shown.post.title}"), style="bold"))
    _line(console, Text(f"{before} → {after}", style="dim"))
    for said in statements(shown.comparison) or ("两个版本的文字相同",):
        _line(console, Text(harmless(f"· {said}")))
    console.print()
    if shown.comparison.rewritten:
        console.print(_two_columns(shown))
    elif shown.comparison.differs:
        for line in lines(shown.comparison):
            _line(console, _marked(line.pieces) if line.pieces else Text(f"… 相同 {line.folded} 句 …", style="dim"))


def _line(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=not console.is_terminal)


def _marked(pieces: tuple[Piece, ...]) -> Text:
    text = Text()
    for piece in pieces:
        opening, closing, style = _MARKS.get(piece.mark, ("", "", ""))
        text.append(f"{opening}{harmless(piece.text)}{closing}", style=style)
    return text


def _two_columns(shown: Difference) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("改前", ratio=1, overflow="fold")
    table.add_column("改后", ratio=1, overflow="fold")
    for one, other in shown.columns:
        table.add_row(Text(harmless(one)), Text(harmless(other)))
    return table
