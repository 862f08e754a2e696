"""An entry: one question that people answered, checked and reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where an entry stands; only `live` entries are ever served."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"


class Verdict(StrEnum):
    """What we found of one claim of the article; how firm our answer is, is the caveat level."""

    SUPPORTED = "supported"
    SUPPORTED_WITH_LIMITS = "supported-with-limits"
    CONTESTED = "contested"
    MISLEADING = "misleading"
    UNSUPPORTED = "unsupported"
    NOT_CHECKABLE = "not-checkable"
    MATERIAL_OMISSION = "material-omission"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the article says, in our words, and the verdict on that very claim."""

    id: str
    section: str
    says: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of the bibliography, by key, and what it shows for this answer."""

    key: str
    shows: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who read the entry against its evidence, when, and when it is due again."""

    on: date
    by: str
    next: date

    def is_overdue(self, today: date) -> bool:
        """True from the day after the one on which the next review was due."""
        return today > self.next


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of substance to a published answer."""

    on: date
    changed: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One reviewed answer. Its id is the slug of its file, its version a hash of what members see."""

    id: str
    group: str
    question: str
    phrasings: tuple[str, ...]
    decoys: tuple[str, ...]
    caveat: str
    professional_first: bool
    urgent: str | None
    answer: str
    details: str
    claims: tuple[Claim, ...]
    sources: tuple[Citation, ...]
    reviewed: Review
    related: tuple[str, ...]
    corrections: tuple[Correction, ...]
    status: Status
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    version: str

    @property
    def searched(self) -> tuple[str, ...]:
        """The question and its phrasings: what the search lives on, question first."""
        return (self.question, *self.phrasings)
