"""The knowledge that the bot serves, for the verbs that work beside it on the same log."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.database import Verb
from bot.settings import read_settings


def with_served_knowledge(verb: Verb) -> Verb:
    """Give a verb the option --knowledge, None where it is left out."""
    return click.option(
        "--knowledge",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The folder with the entries, instead of what the bot serves.",
    )(verb)


def folder_served(given: Path | None) -> Path:
    """The folder that was named, else the one that the bot of these settings serves.

    That is the newest copy of what was merged, where merges are fetched, and KNOWLEDGE_DIR else.
    """
    if given is not None:
        return given
    from bot.opening import served_of  # only now: it brings the store along, which --help does not need

    settings = read_settings()
    copy = served_of(settings).current() if settings.fetches else None
    return copy or settings.knowledge_dir
