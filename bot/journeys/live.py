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

    def edited(self, library: Library, engine: Engine) -> Live:
        """As `of`, for a later state of the same knowledge.

        Where nothing that is searched has changed, such as when an answer was edited, the index stays: to
        build one takes half of a second for a thousand entries.
        """
        is_same = self.matcher.engine is engine and searched(self.library) == searched(library)
        index = self.matcher.index if is_same else None
        return Live(library, Matcher.over(library, engine, index))


def searched(library: Library) -> dict[tuple[str, bool], tuple[tuple[str, ...], tuple[str, ...]]]:
    """The texts that each live entry and kind of the safety list is searched by, and its decoys."""
    entries = {(entry.id, False): (entry.searched, entry.decoys) for entry in library.live}
    return entries | {(kind.id, True): (kind.phrasings, kind.decoys) for kind in library.never.values()}
