"""Index: everything the search needs of a library, built once and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from bot.core.entry import Entry
from bot.core.library import SafetyKind
from bot.matching.engine import Engine
from bot.matching.kernel import kernel_among
from bot.matching.normalise import normalise_known
from bot.matching.rows import Matrix, Places, Rows
from bot.matching.spelling import Spelling
from bot.matching.vectors import Vectoriser

_TOGETHER = 512
"""Rows that are held against all earlier ones at once."""
FEW = 2048
"""Up to so many rows the kernel among all of them is kept: 16 MB for a third of the time of a ranking."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question can be about: an entry, or a kind of the safety list."""

    id: str
    searched: tuple[str, ...]
    decoys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Rows are the searched texts of all subjects, then all decoys, each in the subjects' order.

    `ids` are the subjects' ids, the `entries` first of them entries, the others kinds of the safety list;
    `labels` are their numbers, a decoy of subject i has the label `len(ids) + i`, a class of its own.
    `starts[i]` is the first row of subject i; `texts` are the rows' texts as written. `kernel` is that of
    every row with every row, where there are at most `FEW`.
    """

    ids: tuple[str, ...]
    entries: int
    texts: tuple[str, ...]
    exact: dict[str, int]
    exact_decoys: dict[str, frozenset[int]]
    vectoriser: Vectoriser
    spelling: Spelling
    rows: Rows
    labels: npt.NDArray[np.intp]
    all_labels: npt.NDArray[np.intp]
    starts: tuple[int, ...]
    kernel: Matrix | None = None

    @classmethod
    def over(cls, entries: Sequence[Entry], kinds: Sequence[SafetyKind], engine: Engine) -> Index:
        """The index of these entries, whatever their status: the caller chooses what is served."""
        return cls.of(
            [Subject(entry.id, entry.searched, entry.decoys) for entry in entries],
            [Subject(kind.id, kind.phrasings, kind.decoys) for kind in kinds],
            engine,
        )

    @classmethod
    def of(cls, entries: Iterable[Subject], kinds: Iterable[Subject], engine: Engine) -> Index:
        """The same of bare subjects: entries, then kinds of the safety list, each sorted by id."""
        served = sorted(entries, key=lambda subject: subject.id)
        subjects = [*served, *sorted(kinds, key=lambda subject: subject.id)]
        own = [[normalise_known(text) for text in subject.searched] for subject in subjects]
        decoys = [[normalise_known(text) for text in subject.decoys] for subject in subjects]
        vectoriser = Vectoriser.over(own, engine)
        texts = [text for document in (*own, *decoys) for text in document]
        labels = np.array([i for i, document in enumerate((*own, *decoys)) for _ in document], dtype=np.intp)
        starts = tuple(accumulate((len(document) for document in own), initial=0))
        rows = vectoriser.rows_cached(texts)
        return cls(
            ids=tuple(subject.id for subject in subjects),
            entries=len(served),
            texts=(*(t for s in subjects for t in s.searched), *(t for s in subjects for t in s.decoys)),
            exact={text: i for i, document in reversed(list(enumerate(own))) for text in document},
            exact_decoys=_owners(decoys),
            vectoriser=vectoriser,
            spelling=Spelling.over(texts, engine.knows, engine.common_words),
            rows=rows,
            labels=labels[: starts[-1]],
            all_labels=labels,
            starts=starts,
            kernel=kernel_among(rows.block(np.arange(len(rows)))) if len(rows) <= FEW else None,
        )

    def kernel_among(self, chosen: Places) -> Matrix:
        """The kernel among the chosen rows, shape (chosen, chosen), to be changed at will."""
        if self.kernel is None:
            return kernel_among(self.rows.block(chosen))
        places = chosen[:, None] * len(self.kernel) + chosen
        return self.kernel.ravel().take(places, mode="clip")  # quicker than with a check of each place

    def close_pairs(
        self, cosine: float, among: Iterable[str] | None = None
    ) -> list[tuple[tuple[str, int], tuple[str, int], float]]:
        """Searched texts of different entries that are at least that alike.

        Each side is (entry id, position in `Entry.searched`), the later entry first. `among` names entries
        of which each pair must have one, where not all are to be looked at.
        """
        pairs = []
        rows = np.arange(self.starts[self.entries])
        wanted = np.isin(self.labels[rows], self._labels_of(among)) if among is not None else rows >= 0
        chunks = np.split(rows, range(_TOGETHER, len(rows), _TOGETHER))
        for later in chunks:
            if not len(mine := later[wanted[later]]):
                continue
            block = self.rows.block(mine)
            for earlier in chunks:
                if among is None and earlier[0] > later[0]:
                    break
                near = block @ self.rows.block(earlier).T
                near[self.labels[mine][:, None] == self.labels[earlier]] = -1.0
                for row, other in zip(*np.nonzero(near >= cosine), strict=True):
                    own, twin = int(mine[row]), int(earlier[other])
                    if twin < own or not wanted[twin]:  # of two that are both looked at, one is told
                        sides = self._place(max(own, twin)), self._place(min(own, twin))
                        pairs.append((*sides, float(near[row, other])))
        return pairs

    def _labels_of(self, ids: Iterable[str]) -> list[int]:
        wanted = frozenset(ids)
        return [label for label, own in enumerate(self.ids[: self.entries]) if own in wanted]

    def _place(self, row: int) -> tuple[str, int]:
        label = int(self.labels[row])
        return self.ids[label], row - self.starts[label]


def _owners(decoys: Sequence[Sequence[str]]) -> dict[str, frozenset[int]]:
    owners: dict[str, set[int]] = {}
    for label, own in enumerate(decoys):
        for text in own:
            owners.setdefault(text, set()).add(label)
    return {text: frozenset(labels) for text, labels in owners.items()}
