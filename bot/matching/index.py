"""Index: everything the search needs of a library, built once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.entry import Entry
from bot.matching.normalise import normalise, stem
from bot.matching.vectors import Matrix, Vectoriser

FEWEST_LETTERS = 4
"""Shorter words are not corrected: "gh" and "gym" are one letter from too much."""


@dataclass(frozen=True, slots=True)
class Index:
    """Rows are the searched texts of all entries, then all decoys; `labels` are entry numbers.

    A decoy of entry i carries the label `len(ids) + i`, a class of its own.
    """

    ids: tuple[str, ...]
    exact: dict[str, str]
    exact_decoys: dict[str, frozenset[str]]
    vectoriser: Vectoriser
    phrasings: Matrix
    labels: npt.NDArray[np.intp]
    everything: Matrix
    all_labels: npt.NDArray[np.intp]
    words: frozenset[str]
    stems: frozenset[str]
    spellings: tuple[str, ...]

    @classmethod
    def over(cls, entries: Sequence[Entry]) -> Index:
        """The index of these entries, whatever their status: the caller chooses what is served."""
        texts = [[normalise(text) for text in entry.searched] for entry in entries]
        decoys = [[normalise(text) for text in entry.decoys] for entry in entries]
        tokens = [[text.split() for text in own] for own in texts]
        vectoriser = Vectoriser.over(tokens)
        flat = [own for document in tokens for own in document]
        flat_decoys = [text.split() for own in decoys for text in own]
        labels = [i for i, own in enumerate(texts) for _ in own]
        decoy_labels = [len(entries) + i for i, own in enumerate(decoys) for _ in own]
        phrasings = vectoriser.matrix(flat)
        words = frozenset(word for own in (*flat, *flat_decoys) for word in own)
        return cls(
            ids=tuple(entry.id for entry in entries),
            exact={text: e.id for e, own in zip(entries, texts, strict=True) for text in own},
            exact_decoys=_decoy_owners(entries, decoys),
            vectoriser=vectoriser,
            phrasings=phrasings,
            labels=np.array(labels, dtype=np.intp),
            everything=np.concatenate([phrasings, vectoriser.matrix(flat_decoys)]),
            all_labels=np.array(labels + decoy_labels, dtype=np.intp),
            words=words,
            stems=frozenset(stem(word) for word in words),
            spellings=tuple(sorted(w for w in words if len(w) >= FEWEST_LETTERS and w.isalpha())),
        )

    def close_pairs(self, cosine: float) -> list[tuple[tuple[str, int], tuple[str, int], float]]:
        """Searched texts of different entries that are at least that alike.

        Each side is (entry id, position in `Entry.searched`), the later entry first.
        """
        starts = {int(label): int(row) for row, label in reversed(list(enumerate(self.labels)))}
        pairs = []
        for row in range(1, len(self.phrasings)):
            near = self.phrasings[:row] @ self.phrasings[row]
            for other in np.flatnonzero((near >= cosine) & (self.labels[:row] != self.labels[row])).tolist():
                sides = [(self.ids[self.labels[i]], i - starts[int(self.labels[i])]) for i in (row, other)]
                pairs.append((sides[0], sides[1], float(near[other])))
        return pairs

    def knows(self, word: str) -> bool:
        """True when the knowledge base uses the word in some form."""
        return word in self.words or stem(word) in self.stems

    def respell(self, tokens: Sequence[str]) -> list[str]:
        """Unknown words put right to the nearest word of the knowledge base, where one is near.

        One edit (optimal string alignment) up to six letters, two from seven on.
        """
        return [token if self.knows(token) else self._nearest_spelling(token) for token in tokens]

    def _nearest_spelling(self, token: str) -> str:
        if len(token) < FEWEST_LETTERS or not token.isalpha():
            return token
        edits = 1 if len(token) < 7 else 2
        found = process.extractOne(token, self.spellings, scorer=OSA.distance, score_cutoff=edits)
        return token if found is None else str(found[0])


def _decoy_owners(entries: Sequence[Entry], decoys: Sequence[Sequence[str]]) -> dict[str, frozenset[str]]:
    owners: dict[str, set[str]] = {}
    for entry, own in zip(entries, decoys, strict=True):
        for text in own:
            owners.setdefault(text, set()).add(entry.id)
    return {text: frozenset(ids) for text, ids in owners.items()}
