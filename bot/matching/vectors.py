"""Vectors: one row a text, joined from what the engine's models and the words themselves say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching.engine import Engine
from bot.matching.lexical import Lexical
from bot.matching.rows import Matrix, Rows, Slots
from bot.matching.vector_cache import Embed


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of a row's squared length each part has; they sum to 1."""

    encoder: float
    table: float
    stems: float
    runs: float


DEFAULT = Shares(encoder=0.8, table=0.1, stems=0.1, runs=0.0)
"""Right on the dev sets: 90.9, 88.3 % (Banking77's near misses 85.6); .7/.2/.1 gives 91.0, 88.0 (84.8)."""
FEW = 100
"""Up to here words are weighed text by text; many texts together take a third of the time for each."""
LIGHT = Shares(encoder=0.0, table=0.7, stems=0.3, runs=0.0)
"""Dev sets: 84.3 and 85.9 %; letter runs in place of half the stems: 83.9 and 84.5 %."""
PLAIN = Shares(encoder=0.0, table=0.0, stems=0.6, runs=0.4)
"""Without any model: letter runs stand in for what the table knows of a word's forms."""


def shares_of(engine: Engine) -> Shares:
    """The shares for what this engine has."""
    encoder, table = engine.widths
    if encoder:
        return DEFAULT if table else Shares(encoder=0.9, table=0.0, stems=0.1, runs=0.0)
    return LIGHT if table else PLAIN


@dataclass(frozen=True, slots=True)
class Vectoriser:
    """Turns normalised texts into float32 rows of length one (zero for a text without words)."""

    engine: Engine
    lexical: Lexical
    shares: Shares

    @classmethod
    def over(cls, documents: Sequence[Sequence[str]], engine: Engine) -> Vectoriser:
        """Word weights learnt from documents: the normalised phrasings of one entry each."""
        shares = shares_of(engine)
        lexical = Lexical.over(documents, math.sqrt(shares.stems), math.sqrt(shares.runs))
        return cls(engine, lexical, shares)

    def matrix(self, texts: Sequence[str], embed: Embed | None = None) -> Matrix:
        """One row a text, in order; shape (texts, width). `embed` takes the place of the engine's `dense`."""
        dense = self._weighed((embed or self.engine.dense)(texts))
        split = dense.shape[1]
        rows = np.empty((len(texts), split + self.lexical.width), dtype=np.float32)
        rows[:, :split] = dense
        if len(texts) > FEW:
            rows[:, split:] = 0.0
            owners, slots, values = self.lexical.entries(texts)
            rows[owners, split + slots] = values
            return rows
        for row, text in zip(rows, texts, strict=True):
            row[split:] = self.lexical.row(text)
        return rows

    def rows_cached(self, texts: Sequence[str]) -> Rows:
        """The same for the texts of an index: packed, and by way of the vectors on the disk."""
        slots = Slots.of(*self.lexical.entries(texts), (len(texts), self.lexical.width))
        return Rows.of(self._weighed(self.engine.dense_cached(texts)), slots)

    def vector(self, text: str) -> Matrix:
        """The row of one text, shape (width,)."""
        return np.asarray(self.matrix([text])[0], dtype=np.float32)

    def _weighed(self, dense: Matrix) -> Matrix:
        split = self.engine.widths[0]
        lengths = np.full(dense.shape[1], math.sqrt(self.shares.table), dtype=np.float32)
        lengths[:split] = math.sqrt(self.shares.encoder)
        dense *= lengths
        return dense
