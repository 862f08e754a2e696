"""A problem found in the knowledge folder: where, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a library from going live; advice never does."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. `path` is relative to the knowledge folder; line and column count from 1.

    `message` and `mend` are one line of printable text each, whatever the file held.
    """

    path: str
    line: int
    column: int
    rule: str
    severity: Severity
    message: str
    mend: str


def has_errors(problems: Iterable[Problem]) -> bool:
    """True when one of them keeps the library from going live."""
    return any(problem.severity is Severity.ERROR for problem in problems)
