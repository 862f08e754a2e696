"""Rank: kernel ridge regression over the phrasings nearest to a question, and what speaks for each one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching.index import Index
from bot.matching.kernel import kernel
from bot.matching.rows import NOT_COMPARED, Matrix, Places

System = tuple[Matrix, Matrix]
"""A matrix and the right-hand side."""
NEAREST = 128
"""More neighbours cost time and brought nothing on the dev sets (64: -0.3 points of accuracy)."""
RIDGE = 0.3
"""Regularisation; 0.1 to 1.0 were within 0.3 points of each other on the dev sets."""
NEAREST_OWN = 3
"""Phrasings of a candidate whose cosine is averaged; one is noisier, ten forget a rare way to ask."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the search sees of one candidate; everything that its confidence is made of.

    `near`: mean cosine of its three nearest phrasings. `lead`: its score over the best other one's, both
    with decoys among the classes. `mass`: all positive scores together, without decoys: how much of the
    question the knowledge base knows at all. `decoys`: the score of the candidate's own decoys.
    """

    near: float
    lead: float
    mass: float
    decoys: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate by its label in the index, with what speaks for and against it."""

    label: int
    signals: Signals


@dataclass(frozen=True, slots=True)
class Near:
    """The rows that a question is compared with, ordered so that each neighbourhood lies in one piece.

    `rows` are the nearest phrasings, the least alike first, then the nearest decoys, the most alike first:
    the first `phrasings` of them are the neighbourhood without decoys, those of `everything` the one with.
    """

    rows: Places
    phrasings: int
    everything: slice


def rank(query: Matrix, index: Index, most: int) -> list[Ranked]:
    """The best `most` candidates, best first. `query` is one row, shape (width,).

    The order comes from phrasings alone: decoys as classes of the ranking cost 3 to 4 points of accuracy.
    """
    if not len(index.labels):
        return []
    cosines = index.rows.cosines(query)
    near = neighbours(cosines, index)
    plain, decoyed = set_up(cosines, near, index)
    return read_off(query, cosines, near, np.linalg.solve(*plain), np.linalg.solve(*decoyed), index, most)


def neighbours(cosines: Matrix, index: Index) -> Near:
    """The nearest phrasings, and those decoys that are among the nearest of all rows."""
    first_decoy = len(index.labels)
    all_compared = index.rows.rough is None
    phrasings = nearest(cosines[:first_decoy], all_compared)
    decoys = nearest(cosines[first_decoy:], all_compared) + first_decoy
    phrasings = phrasings[np.argsort(cosines[phrasings], kind="stable")]
    decoys = decoys[np.argsort(-cosines[decoys], kind="stable")]
    rows = np.concatenate([phrasings, decoys])
    spare = len(rows) - NEAREST
    if spare <= 0:
        return Near(rows, len(phrasings), slice(0, len(rows)))
    farthest = np.argpartition(cosines[rows], spare)[:spare]
    start = int((farthest < len(phrasings)).sum())
    everything = slice(start, start + NEAREST)
    return Near(rows[: max(len(phrasings), everything.stop)], len(phrasings), everything)


def set_up(cosines: Matrix, near: Near, index: Index) -> tuple[System, System]:
    """What is to be solved for a question: without decoys, and with them.

    Each is the kernel among the nearest rows with the ridge on its diagonal, (n, n), and that of each to the
    question, (n,). The solution weighs the rows: dual ridge regression of one-hot labels on the nearest rows,
    s = k(q, X) (K + lambda I)^-1 Y. Source: Saunders et al. 1998, ICML, 515-521.
    """
    among = index.kernel_among(near.rows)
    among.flat[:: len(among) + 1] += np.float32(RIDGE)
    likeness = kernel(cosines[near.rows])
    first, both = slice(0, near.phrasings), near.everything
    return (among[first, first], likeness[first]), (among[both, both], likeness[both])


def read_off(
    query: Matrix, cosines: Matrix, near: Near, plain: Matrix, decoyed: Matrix, index: Index, most: int
) -> list[Ranked]:
    """The candidates from the weights of the nearest rows, which are the solutions of what was `set_up`."""
    labels = index.all_labels[near.rows]
    own_scores = class_scores(plain, labels[: near.phrasings])
    all_scores = class_scores(decoyed, labels[near.everything])
    mass = sum(score for score in own_scores.values() if score > 0)
    # The two best hold the best rival of any candidate.
    rivals = sorted((s, label) for label, s in all_scores.items() if label < len(index.ids))[:-3:-1]
    if not own_scores:  # decoys alone were near
        return []
    best = sorted(own_scores, key=lambda label: (-own_scores[label], label))[:most]
    own = [np.arange(index.starts[label], index.starts[label + 1]) for label in best]
    alike = index.rows.refined(cosines, np.concatenate(own), query).tolist()
    found = []
    end = 0
    for label, places in zip(best, own, strict=True):
        start, end = end, end + len(places)
        rival = next((score for score, other in rivals if other != label), 0.0)
        signals = Signals(
            near=_mean_of_highest(alike[start:end]),
            lead=all_scores.get(label, 0.0) - rival,
            mass=mass,
            decoys=max(0.0, all_scores.get(len(index.ids) + label, 0.0)),
        )
        found.append(Ranked(label, signals))
    return found


def nearest(cosines: Matrix, all_compared: bool) -> Places:
    """The places of the highest `NEAREST` cosines, or of all that were compared where there are fewer."""
    places = np.arange(len(cosines)) if all_compared else np.flatnonzero(cosines > NOT_COMPARED)
    if len(places) <= NEAREST:
        return places
    return places[np.argpartition(cosines[places], len(places) - NEAREST)[-NEAREST:]]


def class_scores(weights: Matrix, labels: npt.NDArray[np.intp]) -> dict[int, float]:
    """How much of a question each label explains, roughly 0 to 1: the sum of its rows' weights."""
    scores: dict[int, float] = {}
    for label, weight in zip(labels.tolist(), weights.tolist(), strict=True):
        scores[label] = scores.get(label, 0.0) + weight
    return scores


def _mean_of_highest(cosines: Sequence[float]) -> float:
    highest = sorted(cosines)[-NEAREST_OWN:]
    return sum(highest) / len(highest)
