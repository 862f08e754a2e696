"""Reviews that fall due: which are overdue, and which of them come first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.core.entry import Entry, Review
from bot.core.library import Library

SAFETY_GROUP = "safety"
"""The folder of knowledge/entries/ that holds what must be right before all else."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What is reviewed: a live entry, or a kind of the safety list. `is_pressing`: see there."""

    id: str
    title: str
    review: Review
    is_pressing: bool

    def overdue_days(self, today: date) -> int:
        """Days since the review was due; 0 where it is not overdue."""
        return max(0, (today - self.review.next).days)


def is_pressing(entry: Entry) -> bool:
    """Whether it speaks of symptoms or safety, so that an old answer may do harm."""
    return bool(entry.urgent) or entry.professional_first or entry.group == SAFETY_GROUP


def reviews(library: Library) -> tuple[Reviewed, ...]:
    """The reviews of all that is served, those that are pressing first, then the longest due."""
    entries = (Reviewed(e.id, e.question, e.reviewed, is_pressing(e)) for e in library.live)
    kinds = (Reviewed(kind.id, kind.name, kind.reviewed, True) for kind in library.never.values())
    return _in_order((*entries, *kinds))


def overdue(library: Library, today: date) -> tuple[Reviewed, ...]:
    """Those whose day has passed, in the same order."""
    return tuple(own for own in reviews(library) if own.review.is_overdue(today))


def _in_order(found: Iterable[Reviewed]) -> tuple[Reviewed, ...]:
    return tuple(sorted(found, key=lambda own: (not own.is_pressing, own.review.next, own.id)))
