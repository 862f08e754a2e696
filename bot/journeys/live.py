"""What is live: a library with the matcher built over it, swapped as one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.library import Library
from bot.matching.engine import Engine
from bot.matching.matcher import Matcher


@dataclass(frozen=True, slots=True)
class Live:
    """A library and its matcher. A handler keeps the one that it began with."""

    library: Library
    matcher: Matcher

    @classmethod
    def of(cls, library: Library, engine: Engine | None = None) -> Live:
        """Build the matcher over a library; without an engine, the one in the user's cache folder."""
        return cls(library, Matcher.over(library, engine))
