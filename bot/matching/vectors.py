"""Vectors: a text as hashed, weighted stems and letter runs, of length one."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching.normalise import stem

Matrix = npt.NDArray[np.float32]

WORD_DIMENSIONS = 1024
RUN_DIMENSIONS = 1024
WORD_SHARE = 0.6
"""Weight of stems against letter runs; 0.6 was best of 0.4 to 0.8 on the CLINC150 dev set."""
_RUNS = (3, 4, 5)


def _hashed(feature: str, dimensions: int) -> tuple[int, float]:
    """A slot and a sign for a feature (Weinberger et al. 2009, feature hashing)."""
    code = zlib.crc32(feature.encode())
    return (code >> 1) % dimensions, 1.0 if code & 1 else -1.0


def word_features(tokens: Sequence[str]) -> list[str]:
    """Stems, and each pair of neighbouring stems."""
    stems = [stem(token) for token in tokens]
    return stems + [f"{a} {b}" for a, b in zip(stems, stems[1:], strict=False)]


def run_features(tokens: Sequence[str]) -> list[str]:
    """Letter runs of three to five within each word, its edges marked."""
    runs = []
    for token in tokens:
        marked = f" {token} "
        for length in _RUNS:
            runs.extend(marked[i : i + length] for i in range(len(marked) - length + 1))
    return runs


@dataclass(frozen=True, slots=True)
class Vectoriser:
    """Turns tokens into one float32 vector of `WORD_DIMENSIONS + RUN_DIMENSIONS`, norm 1 or 0.

    Weights are inverse document frequencies over the entries, so that a word of every
    entry ("training") counts little.
    """

    weights: dict[str, float]
    rare: float

    @classmethod
    def over(cls, documents: Iterable[Sequence[Sequence[str]]]) -> Vectoriser:
        """Weights learnt from documents (one an entry: the token lists of its phrasings)."""
        counts: Counter[str] = Counter()
        total = 0
        for document in documents:
            total += 1
            counts.update({f for tokens in document for f in (*word_features(tokens), *run_features(tokens))})
        weights = {f: math.log((1 + total) / (1 + n)) + 1.0 for f, n in counts.items()}
        return cls(weights, math.log(1 + total) + 1.0)

    def vector(self, tokens: Sequence[str]) -> Matrix:
        """The vector of one text; all zeros for no tokens."""
        halves = (
            self._half(word_features(tokens), WORD_DIMENSIONS, WORD_SHARE),
            self._half(run_features(tokens), RUN_DIMENSIONS, 1.0 - WORD_SHARE),
        )
        return np.concatenate(halves)

    def matrix(self, texts: Sequence[Sequence[str]]) -> Matrix:
        """One row a text, in order; shape (texts, dimensions)."""
        if not texts:
            return np.zeros((0, WORD_DIMENSIONS + RUN_DIMENSIONS), dtype=np.float32)
        return np.stack([self.vector(tokens) for tokens in texts])

    def _half(self, features: list[str], dimensions: int, share: float) -> Matrix:
        vector = np.zeros(dimensions, dtype=np.float32)
        for feature, count in Counter(features).items():
            slot, sign = _hashed(feature, dimensions)
            vector[slot] += sign * (1.0 + math.log(count)) * self.weights.get(feature, self.rare)
        norm = float(np.linalg.norm(vector))
        return vector * np.float32(math.sqrt(share) / norm) if norm else vector
