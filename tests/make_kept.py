"""Builders of what the store keeps, and of a small library to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.outcome import Candidate
from bot.journeys.live import Live
from bot.knowledge.load import load_library
from bot.store.records import Answered, Door, Kept, Place, Way
from tests.make import KNOWLEDGE

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_live(answer: float = 1.0, suggest: float = 1.0) -> Live:
    """The tests' library with its matcher.

    As it stands only exact phrasings are answered and nothing is offered; with `suggest=0.0`
    whatever the search finds at all is offered. So no test depends on how good the search is.
    """
    library = load_library(KNOWLEDGE).library
    if library is None:
        raise AssertionError(f"{KNOWLEDGE} has errors")
    return Live.of(replace(library, thresholds=replace(library.thresholds, answer=answer, suggest=suggest)))


def a_kept(
    text: str = "do ferns dream at night",
    *,
    key: str | None = None,
    door: Door = Door.SLASH,
    guild_id: int = 10,
    channel_id: int = 20,
    candidates: tuple[Candidate, ...] = (Candidate("misting-monstera", 0.25),),
    library_version: str = "library-1",
) -> Kept:
    """A question as it is kept; its key is its text unless told otherwise."""
    place = Place(guild_id, channel_id)
    return Kept(text, text if key is None else key, door, place, candidates, library_version)


def an_answered(text: str = "my cat chewed a lily leaf", *, way: Way = Way.MATCH) -> Answered:
    """An answered question as it is kept."""
    return Answered(text, "lily-and-cats", "version-1", "library-1", 0.875, way)


def later(minutes: float) -> datetime:
    """That many minutes after noon."""
    return NOON + timedelta(minutes=minutes)
