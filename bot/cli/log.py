"""`caveat log`: what could not be answered, and what members said of answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from bot.cli.database import LARGEST_ID, Verb, address_of, opened, with_database
from bot.cli.edges import CouldNotRun
from bot.cli.log_export import Form, export_questions
from bot.cli.terminal import open_console, print_table
from bot.core.outcome import Candidate
from bot.store.records import Asking, OpenQuestion

LISTED = 30
"""As many as fit a screen; --limit shows more."""


def _with_limit(verb: Verb) -> Verb:
    least = click.IntRange(min=1, max=LARGEST_ID - 1)
    return click.option("--limit", type=least, default=LISTED, show_default=True, help="How many to list.")(
        verb
    )


@click.group(short_help="See what could not be answered, and what members said.")
def log() -> None:
    """Read the log: questions that nobody has answered yet, and what members said of answers.

    It is the work list of those who write entries: what is asked most, and waited for, comes
    first. No name and no user id stands in it.

    \b
    Example:
      caveat log list
    """


@log.command("list", short_help="List the open questions, most asked first.")
@_with_limit
@with_database
def list_(limit: int, database: str | None) -> None:
    """List the open questions, most asked first.

    Each with its number, how often it was asked, how many want to be told, when it was asked
    last, and the entry that came nearest with its confidence (0 to 1).

    \b
    Example:
      caveat log list --limit 100
    """
    asyncio.run(_list(limit, address_of(database)))


@log.command(short_help="Show one question with each time it was asked.")
@click.argument("question_id", metavar="ID", type=click.IntRange(1, LARGEST_ID))
@with_database
def show(question_id: int, database: str | None) -> None:
    """Show one question: each time it was asked, where, what came nearest, and why that was not enough.

    ID is the number from `caveat log list`.

    \b
    Example:
      caveat log show 12
    """
    asyncio.run(_show(question_id, address_of(database)))


@log.command(short_help="Write the open questions out, as CSV or JSON.")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Form]),
    required=True,
    help="CSV for a spreadsheet, JSON for programs.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to this file instead of the terminal.",
)
@with_database
def export(form: str, output: Path | None, database: str | None) -> None:
    """Write out all open questions, in the order in which they were first asked.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    A file is replaced only when the export is complete.

    \b
    Example:
      caveat log export --format csv --output questions.csv
    """
    asyncio.run(_export(Form(form), output, address_of(database)))


@log.command(short_help="List what members said of answers.")
@_with_limit
@with_database
def feedback(limit: int, database: str | None) -> None:
    """List "Not my question" and "This is wrong", newest first.

    Each with the entry and its version that were shown, the question where it is still kept,
    and what was said to be wrong.

    \b
    Example:
      caveat log feedback --limit 10
    """
    asyncio.run(_feedback(limit, address_of(database)))


async def _list(limit: int, address: str) -> None:
    async with opened(address) as store:
        found = await store.open_questions(limit + 1)
    if not found:
        click.echo("No open questions: everything that was asked was answered.")
        return
    rows = [
        (str(q.id), str(q.times), str(q.waiting), _when(q.last_at), q.text, _best(q)) for q in found[:limit]
    ]
    headings = ("Id", "Asked", "Waiting", "Last asked (UTC)", "Question", "Nearest entry")
    print_table(headings, rows, numbers=3)
    if len(found) > limit:
        click.echo(f"There are more; --limit {limit * 4} shows more of them.")


async def _show(question_id: int, address: str) -> None:
    async with opened(address) as store:
        found = await store.question(question_id)
    if found is None:
        raise CouldNotRun(f"there is no question {question_id}; `caveat log list` shows which there are")
    question, askings = found
    console = open_console()
    console.print(Text(question.text, style="bold"))
    where = f"guild {question.guild_id}" if question.guild_id else "a direct message"
    often = "once" if question.times == 1 else f"{question.times} times"
    console.print(f"Question {question.id}, asked {often} in {where}, {question.waiting} waiting to be told.")
    console.print()
    rows = [
        (_when(a.at), a.door.value, str(a.channel_id), a.reason.value, a.library_version, _nearest(a))
        for a in askings
    ]
    headings = ("Asked (UTC)", "Through", "Channel", "Why not answered", "Library", "Nearest entries")
    print_table(headings, rows)


async def _export(form: Form, output: Path | None, address: str) -> None:
    async with opened(address) as store:
        count = await export_questions(store.every_question(), form, output)
    if output is not None:
        click.echo(f"wrote {count} {'question' if count == 1 else 'questions'} to {output}", err=True)


async def _feedback(limit: int, address: str) -> None:
    async with opened(address) as store:
        found = await store.feedback_rows()
    if not found:
        click.echo("No feedback yet.")
        return
    headings = ("When (UTC)", "What", "Entry", "Version", "Question", "Why")
    print_table(headings, [_feedback_row(each) for each in found[:limit]])
    if len(found) > limit:
        click.echo(f"There are {len(found) - limit} more; --limit shows them.")


def _feedback_row(row: dict[str, Any]) -> tuple[str, ...]:
    told = (row["kind"], row["entry_id"], row["entry_version"], row["text"] or "(not kept)", row["why"] or "")
    return (_when(row["at"]), *(str(each) for each in told))


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _best(question: OpenQuestion) -> str:
    candidates = question.last.candidates if question.last is not None else ()
    return _scored(candidates[0]) if candidates else "none"


def _nearest(asking: Asking) -> str:
    return "\n".join(_scored(candidate) for candidate in asking.candidates) or "none"


def _scored(candidate: Candidate) -> str:
    return f"{candidate.entry_id} {candidate.confidence:.2f}"
