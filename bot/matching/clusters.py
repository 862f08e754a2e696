"""Clusters: questions of one meaning, found one by one as they are asked, by average linkage.

The average cosine of a vector with a cluster's members is its product with their sum, divided by how many
they are; so a question is held against every cluster in one matrix product (average linkage: Sokal &
Michener 1958). Clusters that have grown alike are joined, and a question that came before its fellows moves
to them; a cluster never changes its number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching.rows import Matrix

MOVED_FOR = 0.02
"""A question moves only where its average link grows by this much, or it would go to and fro."""
_ROOM = 256
"""Rows that are made ready at first; they double when they are full."""
_NONE = -2.0
"""Below every cosine."""


@dataclass(frozen=True, slots=True)
class Member:
    """A question with its cluster and its vector."""

    question_id: int
    cluster_id: int
    vector: Matrix


@dataclass(frozen=True, slots=True)
class Move:
    """A question that is nearer to another cluster than to its own."""

    member: Member
    to: int


class Clusters:
    """The sums of the clusters' unit vectors, by number. Not safe for two threads at a time."""

    def __init__(self, width: int, link: float) -> None:
        """Rows have `width` numbers; `link` is the average cosine from which a question belongs."""
        self.link = link
        self._sums: Matrix = np.zeros((_ROOM, width), dtype=np.float32)
        self._sizes: Matrix = np.zeros(_ROOM, dtype=np.float32)
        self._numbers: list[int] = []
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: int) -> bool:
        return number in self._rows

    def size(self, number: int) -> int:
        """How many questions it has."""
        return int(self._sizes[self._rows[number]])

    def total(self, number: int) -> Matrix:
        """The sum of its questions' vectors."""
        return np.array(self._sums[self._rows[number]], dtype=np.float32)

    def put(self, number: int, total: Matrix, size: int) -> None:
        """The cluster of that number has this sum and size now; without a question it is dropped."""
        if size <= 0:
            self.drop(number)
            return
        row = self._rows.get(number)
        if row is None:
            row = self._rows[number] = len(self._numbers)
            self._numbers.append(number)
            if row == len(self._sizes):
                self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
                self._sizes = np.concatenate([self._sizes, np.zeros_like(self._sizes)])
        self._sums[row], self._sizes[row] = total, size

    def drop(self, number: int) -> None:
        """There is no cluster of that number any more. The last row takes its place."""
        row = self._rows.pop(number, None)
        if row is None:
            return
        last = len(self._numbers) - 1
        if row != last:
            self._sums[row], self._sizes[row] = self._sums[last], self._sizes[last]
            self._numbers[row] = self._numbers[last]
            self._rows[self._numbers[row]] = row
        self._numbers.pop()

    def plan(self, vectors: Matrix) -> list[int]:
        """Which cluster each new question belongs to, in order; -1, -2, ... are new ones. Nothing changes.

        A question already counts for those behind it. Every number stays what it was.
        """
        known, new = len(self), len(vectors)
        products = np.zeros((new, known + new), dtype=np.float32)
        products[:, :known] = vectors @ self._sums[:known].T
        sizes = np.concatenate([self._sizes[:known], np.zeros(new, dtype=np.float32)])
        among = vectors @ vectors.T
        used, planned = known, []
        for row in range(new):
            links = products[row, :used] / sizes[:used]
            best = int(links.argmax()) if used else -1
            if best < 0 or links[best] < self.link:
                best, used = used, used + 1
            products[:, best] += among[:, row]
            sizes[best] += 1.0
            planned.append(self._numbers[best] if best < known else known - 1 - best)
        return planned

    def alike(self, numbers: Iterable[int]) -> list[tuple[int, int, float]]:
        """Pairs, at least one of them of `numbers`, whose average link is enough: (lower, higher, link)."""
        rows = sorted({self._rows[number] for number in numbers if number in self._rows})
        if not rows:
            return []
        known = len(self)
        links = self._sums[rows] @ self._sums[:known].T
        links /= np.outer(self._sizes[rows], self._sizes[:known])
        links[np.arange(len(rows)), rows] = _NONE
        found = {}
        for one, other in zip(*np.nonzero(links >= self.link), strict=True):
            pair = sorted((self._numbers[rows[one]], self._numbers[other]))
            found[pair[0], pair[1]] = float(links[one, other])
        return [(low, high, link) for (low, high), link in found.items()]

    def nearest(self, number: int, most: int) -> list[int]:
        """The clusters whose average link with this one is highest, the likest first."""
        row, known = self._rows[number], len(self)
        links = (self._sums[:known] @ self._sums[row]) / self._sizes[:known]
        links[row] = -np.inf
        found = np.argsort(-links, kind="stable")[: min(most, known - 1)]
        return [self._numbers[each] for each in found.tolist()]

    def join(self, numbers: Collection[int], free: Collection[int]) -> list[tuple[int, int]]:
        """Join what is alike around `numbers`, the likest first: (lower, higher), and the lower stays.

        Only clusters of `free` are joined.
        """
        joined = []
        pairs = self._free_pairs(numbers, free)
        while pairs:
            low, high = max(pairs, key=lambda pair: (pairs[pair], pair))
            self.put(low, self.total(low) + self.total(high), self.size(low) + self.size(high))
            self.drop(high)
            joined.append((low, high))
            pairs = {pair: link for pair, link in pairs.items() if not {low, high} & set(pair)}
            pairs.update(self._free_pairs([low], free))
        return joined

    def better(self, members: Sequence[Member]) -> list[int]:
        """For each question the number of the cluster, other than its own, that it is nearest to; 0: none."""
        if not len(self) or not members:
            return [0] * len(members)
        links = self._links_to(members, range(len(self)))
        best = links.argmax(axis=1)
        return [self._numbers[b] if links[n, b] >= self.link else 0 for n, b in enumerate(best.tolist())]

    def move(self, members: Sequence[Member], free: Collection[int]) -> list[Move]:
        """Move each question whose average link grows by it. Only between clusters of `free`."""
        members = [m for m in members if m.cluster_id in free and m.cluster_id in self]
        targets = sorted({n for n in self.better(members) if n in free})
        moved = []
        for member in members:
            own = self._rows[member.cluster_id]
            size = float(self._sizes[own]) - 1.0
            left = (float(self._sums[own] @ member.vector) - 1.0) / size if size else _NONE
            others = [n for n in targets if n in self and n != member.cluster_id]
            if not others:
                continue
            rows = [self._rows[n] for n in others]
            links = (self._sums[rows] @ member.vector) / self._sizes[rows]
            best = int(links.argmax())
            if links[best] >= max(self.link, left + MOVED_FOR):
                moved.append(Move(member, others[best]))
                self.put(others[best], self.total(others[best]) + member.vector, self.size(others[best]) + 1)
                self.put(member.cluster_id, self.total(member.cluster_id) - member.vector, int(size))
        return moved

    def _free_pairs(self, numbers: Iterable[int], free: Collection[int]) -> dict[tuple[int, int], float]:
        found = self.alike(n for n in numbers if n in free)
        return {(low, high): link for low, high, link in found if low in free and high in free}

    def _links_to(self, members: Sequence[Member], rows: range) -> npt.NDArray[np.float32]:
        vectors = np.stack([member.vector for member in members])
        links = (vectors @ self._sums[rows.start : rows.stop].T) / self._sizes[rows.start : rows.stop]
        links[np.arange(len(members)), [self._rows[m.cluster_id] for m in members]] = _NONE
        return np.asarray(links, dtype=np.float32)


def cluster(vectors: Matrix, link: float, batch: int = 100) -> list[int]:
    """Which cluster each question comes to where they are asked in this order, numbered from 1.

    What `bot.journeys.gather` does with a database, without one: after every `batch` questions clusters are
    joined and questions moved. For tests and benchmarks.
    """
    known = Clusters(vectors.shape[1], link)
    owner: list[int] = []
    number = _counted()
    for start in range(0, len(vectors), batch):
        new = vectors[start : start + batch]
        numbers: dict[int, int] = {}
        for vector, planned in zip(new, known.plan(new), strict=True):
            own = planned if planned > 0 else numbers.setdefault(planned, 0) or next(number)
            if planned < 0:
                numbers[planned] = own
            owner.append(own)
            total, size = (known.total(own), known.size(own)) if own in known else (0.0 * vector, 0)
            known.put(own, total + vector, size + 1)
        _repair(known, vectors, owner, touched=owner[start:])
    return owner


def _counted() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def _repair(known: Clusters, vectors: Matrix, owner: list[int], touched: Sequence[int]) -> None:
    free = frozenset(owner)
    around = set(touched)
    for low, high in known.join(touched, free):
        owner[:] = [low if n == high else n for n in owner]
        around = {low if n == high else n for n in around}
    members = [Member(i, n, vectors[i]) for i, n in enumerate(owner) if n in around]
    for moved in known.move(members, free):
        owner[moved.member.question_id] = moved.to
