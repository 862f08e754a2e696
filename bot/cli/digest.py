"""`caveat digest`: what the week brought and what waits for a moderator, as the channel gets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from bot.cli.database import address_of, opened, with_database
from bot.cli.measured import open_library
from bot.cli.served import folder_served, with_served_knowledge
from bot.cli.terminal import marked, on_one_line, open_console
from bot.core.library import Library
from bot.journeys.digest import Digest, digest_of
from bot.reports.digest_text import as_json, digest_lines

SMALL = "-# "
"""How Discord marks a line in small print."""
HEADING = "## "
EARLIEST, LATEST = 2000, 2999
"""Years whose weeks can be told: nothing was asked before, and dates end at 9999."""


@click.command(short_help="Tell what the week brought, and what waits.")
@with_served_knowledge
@with_database
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The last day of the week that is told; today by default (UTC).",
)
@click.option("--json", "is_json", is_flag=True, help="One JSON object, for programs.")
def digest(knowledge: Path | None, database: str | None, until: datetime | None, is_json: bool) -> None:
    """Tell what the last seven days brought: how much was asked and answered, new gaps, answers
    that members call wrong, reviews that are overdue, and entries that nobody needed.

    The bot posts the same once a week, with two pictures, in MODERATORS_CHANNEL where DIGEST
    names a weekday. `caveat report` tells more, as a page.

    \b
    Examples:
      caveat digest
      caveat digest --until 2026-11-22
    """
    last = until.date() if until is not None else datetime.now(UTC).date()
    if not EARLIEST <= last.year <= LATEST:
        raise click.BadParameter(
            f"{last} is no day that a log can have: name one of {EARLIEST} to {LATEST}", param_hint="--until"
        )
    address, library = address_of(database), open_library(folder_served(knowledge))
    found = asyncio.run(_read(address, library, last + timedelta(days=1)))
    if is_json:
        click.echo(as_json(found), nl=False)
        return
    console = open_console()
    for line in digest_lines(found, library, _plain):
        style = "dim" if line.startswith(SMALL) else "bold" if line.startswith(HEADING) else ""
        console.print(marked(line.removeprefix(SMALL).removeprefix(HEADING), style))


async def _read(address: str, library: Library, until: date) -> Digest:
    async with opened(address) as store:
        return await digest_of(store, library, until)


def _plain(text: str) -> str:
    """On one line, and without what would steer the terminal or be taken for bold."""
    return on_one_line(text).replace("**", "*")
