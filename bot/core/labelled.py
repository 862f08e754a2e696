"""Labelled: a question with what should come of it, to measure the search by; never searched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a labelled question is; the words of knowledge/labelled/."""

    IN_SCOPE = "in-scope"
    NEAR_MISS = "near-miss"
    OUT_OF_SCOPE = "out-of-scope"
    REFER = "refer"


class Half(StrEnum):
    """Thresholds are chosen on one half of the questions and graded on the other."""

    CALIBRATE = "calibrate"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Labelled:
    """`target` is the entry that should answer or that it looks like, or the kind of the safety list."""

    text: str
    kind: Kind
    target: str | None
    style: str

    @property
    def half(self) -> Half:
        """By a hash of the text without case and spacing: adding a question moves no other one."""
        digest = hashlib.sha256(" ".join(self.text.casefold().split()).encode()).digest()
        return Half.GRADE if digest[0] & 1 else Half.CALIBRATE
