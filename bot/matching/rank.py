"""Rank: kernel ridge regression over the phrasings nearest to a question."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bot.matching.vectors import Matrix

NEAREST = 128
"""More neighbours cost time and brought nothing on the dev sets (64: -0.6 points of accuracy)."""
RIDGE = 0.3
"""Regularisation; 0.1 to 1.0 were within half a point of each other on the dev sets."""


def class_scores(query: Matrix, rows: Matrix, labels: npt.NDArray[np.intp]) -> dict[int, float]:
    """How much of the query each label explains, roughly 0 to 1; only labels among the nearest.

    `rows` is (n, d) with unit rows, `labels` gives the class of each row, `query` is (d,).
    Dual ridge regression of one-hot labels on the nearest rows, scores summed by label:
    s = k(q, X) (K + lambda I)^-1 Y. Source: Saunders et al. 1998, ICML, 515-521.
    """
    if not len(rows):
        return {}
    near = rows @ query
    if len(near) > NEAREST:
        chosen = np.argpartition(-near, NEAREST)[:NEAREST]
    else:
        chosen = np.arange(len(near))
    basis = rows[chosen]
    gram = basis @ basis.T
    gram[np.diag_indices_from(gram)] += RIDGE
    weights = np.linalg.solve(gram, near[chosen])
    scores: dict[int, float] = {}
    for label, weight in zip(labels[chosen].tolist(), weights.tolist(), strict=True):
        scores[label] = scores.get(label, 0.0) + weight
    return scores
