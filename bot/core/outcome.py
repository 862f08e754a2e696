"""What can come of a question: an answer, a few suggestions, an honest no, or a referral."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a question was not answered; stable codes of the outside contract."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    LANGUAGE = "language"
    UNKNOWN_WORDS = "unknown-words"
    DECOY = "decoy"
    UNSURE = "unsure"
    LOW_CONFIDENCE = "low-confidence"
    NONE_OF_THESE = "none-of-these"
    LEFT_ALONE = "left-alone"
    NOT_MY_QUESTION = "not-my-question"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer, with the confidence (0 to 1) that it does."""

    entry_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Sure enough to answer with one entry."""

    entry_id: str
    confidence: float
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Suggest:
    """In between: `suggestions` (at most three, best first) are offered as "Did you mean"."""

    suggestions: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Abstain:
    """Not answered: better no answer than a wrong one."""

    reason: Reason
    candidates: tuple[Candidate, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Refer:
    """A question of the safety list: its own reviewed reply, `kind` says which."""

    kind: str
    candidates: tuple[Candidate, ...]


Outcome = Answer | Suggest | Abstain | Refer
