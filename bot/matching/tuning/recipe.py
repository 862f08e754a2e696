"""Recipe: what the encoder is fitted to, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; see docs/MATCHING.md for what was tried."""

    steps: int = 200
    first: int = 2
    rank: int = 16
    rate: float = 1e-3
    subjects: int = 24
    own: int = 4
    decoys: int = 2
    heat: float = 0.07
    drop: float = 0.1
    everyone: bool = False
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Lessons:
    """Normalised texts by subject: what each one is asked with, and what only looks like it."""

    own: Sequence[Sequence[str]]
    decoys: Sequence[Sequence[str]]
