"""`caveat corrections`: the public record of what was corrected, newest first."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.text import Text

from bot.cli.served import folder_served
from bot.cli.terminal import open_console
from bot.core.corrected import public_record
from bot.core.entry import Correction, Entry, Status
from bot.knowledge.load import load_library


@click.command(short_help="List what was corrected in the answers, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of a list.")
@click.option("--limit", type=click.IntRange(min=1), help="How many to list; all of them by default.")
@click.argument("given", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
def corrections(as_json: bool, limit: int | None, given: Path | None) -> None:
    """List every correction of an answer that is or was live, newest first, as /corrections does in Discord.

    Read from the knowledge in DIR, else from what the bot serves: the newest copy of what was
    merged at KNOWLEDGE_REMOTE, or KNOWLEDGE_DIR. With --json each has `on`, `entry`, `question`,
    `changed` and `status` (live, or retired where the answer was withdrawn since). To see which
    edits still lack a correction: caveat check --against REV

    \b
    Examples:
      caveat corrections
      caveat corrections --json --limit 10
    """
    record = public_record(load_library(folder_served(given)).draft)
    listed = record[:limit]
    if as_json:
        click.echo(json.dumps([_plain(*each) for each in listed], indent=1, ensure_ascii=False))
        return
    if not listed:
        click.echo("No answer has been corrected so far.")
        return
    console = open_console()
    for entry, correction in listed:
        line = Text(f"{correction.on}  ", style="bold").append(entry.question, style="not bold")
        console.print(line.append(f"  [{entry.id}{_withdrawn(entry)}]", style="not bold dim"))
        console.print(Text(f"    {correction.changed}"))
    if len(listed) < len(record):
        click.echo(f"There are {len(record) - len(listed)} more; without --limit all are listed.")


def _withdrawn(entry: Entry) -> str:
    return ", withdrawn" if entry.status is Status.RETIRED else ""


def _plain(entry: Entry, correction: Correction) -> dict[str, str]:
    return {
        "on": correction.on.isoformat(),
        "entry": entry.id,
        "question": entry.question,
        "changed": correction.changed,
        "status": entry.status.value,
    }
