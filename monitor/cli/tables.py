"""Tables on a terminal, aligned by width, so that Chinese characters keep their columns."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_FOLDING = {"title", "result", "reason", "channels", "recipient", "before", "after", "link", "url", "改动"}
_PIPED_WIDTH = 200  # columns when nobody looks: enough not to cut, and the same everywhere


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """Print rows; cells are text as it is, never markup. Only long texts fold where the room is short."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column not in _FOLDING)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, highlight=False)
    console.print(table)
