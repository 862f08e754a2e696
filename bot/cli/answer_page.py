"""Print what came of a question: the same page as in Discord, for a terminal or a file."""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.text import Text

from bot.cli.terminal import marked, open_console
from bot.core import wording
from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.outcome import Abstain, Answer, Outcome, Refer, Suggest
from bot.core.page import page_of, source_line

UNLIMITED = 1_000_000
"""Discord cuts the claims to a message's length; a terminal scrolls."""


def print_outcome(outcome: Outcome, library: Library, today: date, *, with_details: bool) -> None:
    """Print the answer, the choices, or that there is no answer yet, to stdout."""
    console = open_console()
    match outcome:
        case Answer(entry_id):
            _print_answer(console, library.entries[entry_id], library, today, with_details)
        case Suggest(suggestions):
            console.print(marked(wording.DID_YOU_MEAN))
            for number, candidate in enumerate(suggestions, start=1):
                console.print(Text(f"  {number}. {library.entries[candidate.entry_id].question}"))
            console.print(marked(wording.TERMINAL_CHOICES, "dim"))
        case Abstain(reason):
            console.print(marked(wording.TERMINAL_ABSTAIN.get(reason, wording.NOT_ANSWERED)))
            if reason not in wording.TERMINAL_ABSTAIN:
                console.print(marked(wording.TERMINAL_NOT_LOGGED, "dim"))
        case Refer(kind):
            known = library.never.get(kind)
            reply = known.reply if known is not None else wording.TERMINAL_REFER.format(kind=kind)
            for line in reply.splitlines():
                console.print(marked(line))


def _print_answer(console: Console, entry: Entry, library: Library, today: date, with_details: bool) -> None:
    page = page_of(entry, library, today)
    level = library.levels[entry.caveat]
    for line in page.first:
        console.print(marked(line, "bold red"))
    if page.first:
        console.print()
    console.print(Text(page.question, style="bold underline"))
    console.print(marked(page.level, f"#{level.colour:06x}"))
    console.print()
    console.print(marked(page.answer))
    if page.correction:
        console.print(marked(page.correction, "italic"))
    _print_block(console, page.claim_lines(UNLIMITED))
    if with_details:
        _print_block(console, entry.details.splitlines())
    for number, citation in enumerate(c for c in entry.sources if c.key in library.sources):
        heading = [] if number else [f"**{wording.BUTTON_SOURCES}**"]
        _print_block(console, [*heading, source_line(citation, library.sources[citation.key])])
    _print_block(console, [page.foot], style="dim")


def _print_block(console: Console, lines: list[str], style: str = "") -> None:
    """The lines after an empty one; nothing where there are none."""
    if lines:
        console.print()
    for line in lines:
        console.print(marked(line, style))
