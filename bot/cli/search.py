"""The search engine that the settings name, for the verbs that search."""

from __future__ import annotations

from pathlib import Path

import click

from bot.matching.engine import PASSED, Engine, cache_folder
from bot.matching.tuning.adapter import ADAPTER
from bot.settings import read_settings


def open_engine(knowledge: Path) -> Engine:
    """The engine, tuned where the knowledge folder says how; a warning goes to stderr where another one runs.

    Raises SettingsError.
    """
    settings = read_settings()
    engine = Engine.open(
        settings.cache_dir or cache_folder(), settings.matcher, settings.model_dir, knowledge / ADAPTER
    )
    if engine.warning:
        click.echo(engine.warning, err=True)
    return engine


def passed_folder() -> Path:
    """Where it is noted which libraries passed: their tests need not be asked again at the bot's start."""
    return (read_settings().cache_dir or cache_folder()) / PASSED
