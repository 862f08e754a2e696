"""Lexical: a text as hashed, weighted stems, pairs of stems and letter runs, each part of length one."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
Places = npt.NDArray[np.intp]
Features = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Lexical:
    """Weights are inverse document frequencies over the entries: a word of every entry counts little.

    `cells` holds slot and signed weight of each feature of the entries, `rare` is the weight of any other.
    `stem_length` and `run_length` are the lengths of the two parts of a row; a part of length 0 has no slots.
    """

    cells: dict[str, tuple[int, float]]
    rare: float
    stem_length: float
    run_length: float

    @classmethod
    def over(cls, documents: Iterable[Sequence[str]], stem_length: float, run_length: float) -> Lexical:
        """Weights learnt from documents: the normalised phrasings of one entry each."""
        counts: Counter[str] = Counter()
        total = 0
        for document in documents:
            total += 1
            found = {f for text in document for f in stem_features(text)}
            if run_length:
                found.update(f for text in document for f in run_features(text))
            counts.update(found)
        cells = {f: _cell(f, math.log((1 + total) / (1 + n)) + 1.0) for f, n in counts.items()}
        return cls(cells, math.log(1 + total) + 1.0, stem_length, run_length)

    @property
    def width(self) -> int:
        """How many slots a row has."""
        return DIMENSIONS * len(self._parts)

    def row(self, text: str) -> Matrix:
        """The row of one normalised text: slots of its stems, then of its letter runs; shape (width,).

        What `entries` gives, several times quicker for one text, and several times slower for thousands.
        """
        row = np.zeros(self.width, dtype=np.float32)
        for number, (features, length) in enumerate(self._parts):
            slots: dict[int, float] = {}
            for feature, count in Counter(features(text)).items():
                slot, share = self.cells.get(feature) or _cell(feature, self.rare)
                if count > 1:
                    share *= 1.0 + math.log(count)
                slots[slot] = slots.get(slot, 0.0) + share
            norm = math.sqrt(sum(value * value for value in slots.values()))
            if norm:
                places = [slot + number * DIMENSIONS for slot in slots]
                row[places] = [value * length / norm for value in slots.values()]
        return row

    def entries(self, texts: Sequence[str]) -> tuple[Places, Places, Matrix]:
        """Row, slot and value of each number that is not zero, row by row."""
        parts = [
            self._part([features(text) for text in texts], length, number * DIMENSIONS)
            for number, (features, length) in enumerate(self._parts)
        ]
        owners, slots, values = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(owners, kind="stable")
        return owners[order], slots[order], values[order].astype(np.float32)

    @property
    def _parts(self) -> list[tuple[Features, float]]:
        both: list[tuple[Features, float]] = [
            (stem_features, self.stem_length),
            (run_features, self.run_length),
        ]
        return [part for part in both if part[1]]

    def _part(
        self, texts: Sequence[Sequence[str]], length: float, first: int
    ) -> tuple[Places, Places, npt.NDArray[np.float64]]:
        """One part of all rows: each feature's weight in its slot, by 1 + log(count), to the given length."""
        number: dict[str, int] = {}
        found = np.array([number.setdefault(f, len(number)) for text in texts for f in text], dtype=np.intp)
        hashed = [self.cells.get(feature) or _cell(feature, self.rare) for feature in number]
        slots = np.array([slot for slot, _ in hashed], dtype=np.intp)
        weights = np.array([weight for _, weight in hashed])
        owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        pairs, counts = np.unique(owners * len(number) + found, return_counts=True)
        owners, found = np.divmod(pairs, max(1, len(number)))
        cells, places = np.unique(owners * DIMENSIONS + slots[found], return_inverse=True)
        sums = np.bincount(places, weights[found] * (1.0 + np.log(counts)), minlength=len(cells))
        owners, slots = np.divmod(cells, DIMENSIONS)
        norms = np.sqrt(np.bincount(owners, sums * sums, minlength=len(texts)))[owners]
        return owners, slots + first, sums * length / np.where(norms == 0.0, 1.0, norms)


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


def _cell(feature: str, weight: float) -> tuple[int, float]:
    """A slot for a feature, and its weight with a sign (Weinberger et al. 2009, feature hashing)."""
    code = zlib.crc32(feature.encode())
    return (code >> 1) % DIMENSIONS, weight if code & 1 else -weight
