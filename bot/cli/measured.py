"""What the verbs that measure work on: a knowledge folder, its library, the engine and a matcher."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli.edges import CouldNotRun
from bot.core.library import Library
from bot.core.problem import Severity
from bot.knowledge.load import load_library
from bot.matching.engine import Engine, cache_folder
from bot.matching.matcher import Matcher
from bot.matching.tuning.adapter import ADAPTER
from bot.settings import read_settings

knowledge_option = click.option(
    "--knowledge",
    type=click.Path(path_type=Path),
    default=Path("knowledge"),
    envvar="KNOWLEDGE_DIR",
    show_default=True,
    show_envvar=True,
    metavar="DIR",
    help="The folder with the entries.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A library with the matcher that is measured over it. `cache` is where the models stand."""

    library: Library
    engine: Engine
    matcher: Matcher
    cache: Path


def open_measured(folder: Path, *, tuned: bool = True) -> Measured:
    """Open the folder with the engine of the settings; without what was tuned, if so wished.

    Unlike the bot it does not ask the entries' tests: they depend on what is being measured. A warning
    goes to stderr. Raises KnowledgeNotFoundError, SettingsError, or CouldNotRun where the folder has errors.
    """
    library = open_library(folder)
    settings = read_settings()
    cache = settings.cache_dir or cache_folder()
    adapter = folder / ADAPTER if tuned else None
    engine = Engine.open(cache, settings.matcher, settings.model_dir, adapter)
    if engine.warning:
        click.echo(engine.warning, err=True)
    return Measured(library, engine, Matcher.over(library, engine), cache)


def open_library(folder: Path) -> Library:
    """The library of the folder. Raises KnowledgeNotFoundError, or CouldNotRun where it has errors."""
    loaded = load_library(folder)
    if loaded.library is None:
        count = sum(problem.severity is Severity.ERROR for problem in loaded.problems)
        raise CouldNotRun(
            f"the knowledge in {folder} has {count} errors; to see them: `caveat check {folder}`"
        )
    return loaded.library
