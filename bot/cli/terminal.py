"""The terminal: colour and wrapping for people, plain whole lines for a file or a pipe."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDEST = 100
"""Longer lines of running text are hard to follow."""
UNSEEN_WIDTH = 160
"""Columns of a table that goes to a file or a pipe, where no screen sets a limit."""
_BOLD = re.compile(r"\*\*(.+?)\*\*")


class _Console(Console):
    """A console that leaves a closed pipe to the edges."""

    def on_broken_pipe(self) -> None:
        """Raises BrokenPipeError."""
        raise BrokenPipeError


def open_console() -> Console:
    """The console on stdout. Colour only on a terminal, and none where NO_COLOR is set."""
    console = _Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        return _Console(highlight=False, markup=False, emoji=False, width=UNSEEN_WIDTH, soft_wrap=True)
    console.width = min(console.width, WIDEST)
    return console


def on_one_line(text: str) -> str:
    """Somebody's words without line breaks and without what would steer the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def marked(line: str, style: str = "") -> Text:
    """A line of the wording: its **bold** becomes bold, everything else stays as it is."""
    text = Text(style=style)
    for position, part in enumerate(_BOLD.split(line)):
        text.append(part, style="bold" if position % 2 else None)
    return text


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> None:
    """A table on stdout; the first `numbers` columns are numbers. Long texts are folded, never cut."""
    table = Table(box=None, pad_edge=False)
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position < numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    open_console().print(table)
