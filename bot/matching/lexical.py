"""Lexical: a text as hashed, weighted stems, pairs of stems and letter runs, each part of length one."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.matching.normalise import stem

DIMENSIONS = 512
"""Slots of each part; with 1024 the dev sets were no better."""
_RUNS = (3, 4, 5)

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lexical:
    """Weights are inverse document frequencies over the entries: a word of every entry counts little."""

    weights: dict[str, float]
    rare: float

    @classmethod
    def over(cls, documents: Iterable[Sequence[str]]) -> Lexical:
        """Weights learnt from documents: the normalised phrasings of one entry each."""
        counts: Counter[str] = Counter()
        total = 0
        for document in documents:
            total += 1
            counts.update({f for text in document for f in (*stem_features(text), *run_features(text))})
        weights = {f: math.log((1 + total) / (1 + n)) + 1.0 for f, n in counts.items()}
        return cls(weights, math.log(1 + total) + 1.0)

    def stems(self, texts: Sequence[str]) -> Matrix:
        """Rows of stems and neighbouring pairs; shape (texts, DIMENSIONS), of length one or zero."""
        return np.array([self._row(stem_features(text)) for text in texts]).reshape(-1, DIMENSIONS)

    def runs(self, texts: Sequence[str]) -> Matrix:
        """Rows of letter runs; shape (texts, DIMENSIONS), of length one or zero."""
        return np.array([self._row(run_features(text)) for text in texts]).reshape(-1, DIMENSIONS)

    def _row(self, features: Sequence[str]) -> Matrix:
        slots: dict[int, float] = {}  # summed here: adding to a numpy array one by one is three times slower
        for feature, count in Counter(features).items():
            slot, sign = _hashed(feature)
            share = sign * self.weights.get(feature, self.rare)
            slots[slot] = slots.get(slot, 0.0) + (share if count == 1 else share * (1.0 + math.log(count)))
        row = np.zeros(DIMENSIONS, dtype=np.float32)
        norm = math.sqrt(sum(value * value for value in slots.values()))
        if norm:
            row[list(slots)] = [value / norm for value in slots.values()]
        return row


def stem_features(text: str) -> list[str]:
    """Stems of a normalised text, and each pair of neighbours."""
    stems = [stem(token) for token in text.split()]
    return stems + [f"{a} {b}" for a, b in pairwise(stems)]


def run_features(text: str) -> list[str]:
    """Letter runs of three to five within each word, its edges marked."""
    return [run for token in text.split() for run in _token_runs(token)]


@lru_cache(maxsize=65536)
def _token_runs(token: str) -> tuple[str, ...]:
    marked = f" {token} "
    return tuple(marked[i : i + n] for n in _RUNS for i in range(len(marked) - n + 1))


@lru_cache(maxsize=262144)
def _hashed(feature: str) -> tuple[int, float]:
    """A slot and a sign for a feature (Weinberger et al. 2009, feature hashing)."""
    code = zlib.crc32(feature.encode())
    return (code >> 1) % DIMENSIONS, 1.0 if code & 1 else -1.0
