"""Recipe: what the encoder is fitted to, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; see docs/MATCHING.md for what was tried.

    `first` is the first layer that learns, `rank` of its changes; a batch has `own` phrasings and `decoys`
    decoys of `subjects` subjects each. `share` of the change is kept (Wortsman et al. 2022, WiSE-FT): half of
    it finds more than all of it, and forgets less of what the knowledge does not speak of.
    """

    steps: int = 240
    first: int = 2
    rank: int = 16
    rate: float = 2e-3
    subjects: int = 24
    own: int = 4
    decoys: int = 3
    heat: float = 0.07
    drop: float = 0.1
    share: float = 0.5
    everyone: bool = False
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Lessons:
    """Normalised texts by subject: what each one is asked with, and what only looks like it."""

    own: Sequence[Sequence[str]]
    decoys: Sequence[Sequence[str]]
