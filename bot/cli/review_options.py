"""The arguments and options that the verbs of `caveat review` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.cli.database import LARGEST_ID, Verb, with_database
from bot.cli.served import with_served_knowledge
from bot.core.moderator import COMMAND_LINE_ID, Moderator

NUMBER = click.IntRange(1, LARGEST_ID)


def with_options(*options: Callable[[Any], Any]) -> Callable[[Verb], Verb]:
    """Give a verb these arguments and options, in this order, and those of database and knowledge."""

    def decorated(verb: Verb) -> Verb:
        for option in reversed(options):
            verb = option(verb)
        return with_database(with_served_knowledge(verb))

    return decorated


CLUSTER = click.argument("number", metavar="NUMBER", type=NUMBER)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
LIMIT = click.option(
    "--limit", type=click.IntRange(1, 10_000), default=30, show_default=True, help="How many to list."
)
BY = click.option(
    "--as",
    "name",
    metavar="NAME",
    envvar="CAVEAT_MODERATOR",
    default="command line",
    show_default=True,
    help="Your name, for the history and as the author of commits; CAVEAT_MODERATOR sets it for good.",
)
REVISION = click.option(
    "--revision",
    type=NUMBER,
    metavar="N",
    help="Only if it still stands as `show` told; exit code 1 where somebody was faster.",
)
OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the file and the patch into this folder, where no remote is set.",
)


def moderator_called(name: str) -> Moderator:
    """Who acts on the command line. Raises UsageError for a name of blanks."""
    said = " ".join(name.split())
    if not said:
        raise click.UsageError("--as needs a name")
    return Moderator(COMMAND_LINE_ID, said)
