"""Rank many: the ranking of thousands of questions, several times faster than one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat

import numpy as np

from bot.matching.index import Index
from bot.matching.kernel import kernel_of
from bot.matching.rank import NEAREST, Ranked, System, neighbours, rank, ranked, systems
from bot.matching.rows import Matrix

TOGETHER = 64
"""Questions of which one thread takes all steps: numpy lets the other threads run where a step is long."""
AT_ONCE = 8
"""Times that many until the next are begun, so that whoever stops waits a second at most."""
MOST_ROWS = 12_000
"""Up to here the kernel among all rows is kept while it is needed: 576 MB at most."""


def rank_many(queries: Matrix, index: Index, most: int) -> Iterator[list[Ranked]]:
    """What `rank` gives for each row of `queries`, in order, up to rounding.

    Where it pays, what is alike among the rows of the index is computed once and not for each question. All
    processors work.
    """
    if not _is_worth_it(index, queries):
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            for chunk in _pieces(queries, TOGETHER * AT_ONCE):
                yield from pool.map(rank, chunk, repeat(index), repeat(most))
        return
    every = np.arange(len(index.rows))
    if index.kernel is None:
        index = replace(index, kernel=kernel_of(index.rows, every))
    rows = index.rows.block(every)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for chunk in _pieces(queries, TOGETHER * AT_ONCE):
            found = pool.map(_ranked, _pieces(chunk, TOGETHER), repeat(rows), repeat(index), repeat(most))
            for piece in found:
                yield from piece


def _ranked(queries: Matrix, rows: Matrix, index: Index, most: int) -> list[list[Ranked]]:
    """`rank` of some questions, each long step for all at once; `rows` are those of the index in full.

    Every question has as many neighbours as the next, since all rows are compared.
    """
    cosines = list(queries @ rows.T)
    near = [neighbours(own, index) for own in cosines]
    both = zip(*(systems(own, places, index) for own, places in zip(cosines, near, strict=True)), strict=True)
    plain, decoyed = (_solved(side) for side in both)
    each = zip(queries, cosines, near, plain, decoyed, strict=True)
    return [ranked(*own, index, most) for own in each]


def _solved(all_systems: Sequence[System]) -> Matrix:
    matrices, sides = (np.stack(parts) for parts in zip(*all_systems, strict=True))
    return np.asarray(np.linalg.solve(matrices, sides[:, :, None])[:, :, 0], dtype=np.float32)


def _pieces(queries: Matrix, size: int) -> list[Matrix]:
    return [queries[start : start + size] for start in range(0, len(queries), size)]


def _is_worth_it(index: Index, queries: Matrix) -> bool:
    """A question alone needs about 1.25 `NEAREST` rows held against each other; all together need all."""
    rows = len(index.rows)
    if not len(index.labels) or index.rows.rough is not None or rows > MOST_ROWS:
        return False
    return rows**2 <= len(queries) * (1.25 * NEAREST) ** 2
