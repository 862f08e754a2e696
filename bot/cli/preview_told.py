"""What the preview tells in its terminal: where to look, which search runs, and what came of edits."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.reload import lines_of
from bot.journeys.reload import Came, Reloaded
from bot.matching.engine import Engine
from bot.settings import Settings


def start_lines(settings: Settings, knowledge: Path | None, engine: Engine) -> Iterator[str]:
    """What is to be known at the start; `knowledge` is the folder that was named, if one was."""
    yield "Whoever has this address can use it. Stop with Ctrl-C."
    yield "At the top of the page choose who you are: Alex, a member, or Robin, the moderator (with /review)."
    if (note := search_note(settings, engine)) is not None:
        yield f"caveat: {note}"
    words = ["caveat", "review", "list", "--database", settings.database_url]
    if knowledge is not None:
        words += ["--knowledge", str(knowledge)]
    yield f"Its database, until the preview ends, from another terminal: {shlex.join(words)}"


def search_note(settings: Settings, engine: Engine) -> str | None:
    """What is to be said of a search that is not the default one, or not whole."""
    if engine.warning is not None:
        return engine.warning
    if engine.kind != "default":
        return "The light search is running, as MATCHER says; it finds less than the default one."
    if settings.model_dir is not None:
        return f"The search runs with the model of MODEL_DIR, {settings.model_dir}, not the default one."
    return None


def direct_message(name: str, text: str) -> None:
    """The page shows one channel, so what the bot writes to a person alone is shown here."""
    click.echo(f"The bot sent {name} a direct message:", err=True)
    for line in text.splitlines():
        click.echo(f"    {line}", err=True)


class Edits:
    """Tells what came of edits while the preview runs: each problem once, and when all is well again."""

    def __init__(self) -> None:
        self._told: list[str] = []

    def __call__(self, reloaded: Reloaded) -> None:
        """After every reload."""
        lines = lines_of(asdict(reloaded))
        if reloaded.came in (Came.LIVE, Came.SAME):
            if reloaded.came is Came.SAME and not self._told:
                return
            self._told = []
            lines = [f"The knowledge is live as it stands in its files: {reloaded.entries} entries."]
        elif lines == self._told:
            return
        else:
            self._told = lines
        for line in lines:
            click.echo(line, err=True)
