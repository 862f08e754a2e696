"""`caveat report`: one page with all that digest and log can tell."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bot.cli.database import address_of, opened, with_database
from bot.cli.edges import CouldNotRun
from bot.cli.measured import open_library
from bot.cli.output import write_output
from bot.cli.served import folder_served, with_served_knowledge
from bot.core.library import Library
from bot.journeys.report import Report, report_of

SCREEN = "-"
MOST_WEEKS = 520


@click.command(short_help="Make a page of what was asked, missed, confused and due.")
@with_served_knowledge
@with_database
@click.option(
    "--weeks",
    type=click.IntRange(2, MOST_WEEKS),
    default=26,
    show_default=True,
    help="How many weeks, today included.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    default=Path("caveat-report.html"),
    show_default=True,
    metavar="FILE",
    help="The file to write; - for the screen.",
)
def report(knowledge: Path | None, database: str | None, weeks: int, output: Path) -> None:
    """Make one HTML page of the log and the knowledge: the trend of coverage and risk, gaps by
    askers, entries that are confused, use and feedback by entry, and review ages.

    The page needs nothing else and asks nothing of the network; it reads well on a phone and in
    print. It holds members' questions, scrubbed, so share it with moderators only.

    \b
    Examples:
      caveat report
      caveat report --weeks 52 --output year.html
    """
    try:
        from bot.reports.report_page import report_page  # Jinja2 is an extra
    except ImportError as fault:
        raise CouldNotRun('the page needs Jinja2: pip install "caveat-bot[reports]"') from fault
    today = datetime.now(UTC).date()
    library = open_library(folder_served(knowledge))
    found = asyncio.run(_read(address_of(database), library, weeks))
    write_page(report_page(found, library, today), output)


async def _read(address: str, library: Library, weeks: int) -> Report:
    async with opened(address) as store:
        return await report_of(store, library, datetime.now(UTC).date() + timedelta(days=1), weeks)


def write_page(text: str, output: Path) -> None:
    """Write the page, and say where it stands. Raises CouldNotRun."""
    if str(output) == SCREEN:
        click.echo(text, nl=False)
        return
    write_output(output, text)
    click.echo(f"wrote {output}; open it in a browser")
