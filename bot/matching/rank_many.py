"""Rank many: the ranking of thousands of questions, several times faster than one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat

import numpy as np

from bot.matching.index import Index
from bot.matching.kernel import kernel_among
from bot.matching.rank import NEAREST, Ranked, System, neighbours, rank, read_off, set_up
from bot.matching.rows import Matrix

TOGETHER = 64
"""Questions of which one thread takes all steps: numpy lets the other threads run where a step is long."""
AT_ONCE = 4
"""Times that many a processor until the next are begun, so that whoever stops waits a second at most."""
MOST_ROWS = 12_000
"""Up to here the kernel among all rows is kept while it is needed: 576 MB at most."""


def rank_many(queries: Matrix, index: Index, most: int) -> Iterator[list[Ranked]]:
    """What `rank` gives for each row of `queries`, in order, up to rounding.

    Where it pays, what is alike among the rows of the index is computed once and not for each question, and
    `TOGETHER` questions go through each step at a time, on as many threads as there are processors.
    """
    workers = os.cpu_count() or 1
    chunks = _pieces(queries, TOGETHER * AT_ONCE * workers)
    with ThreadPoolExecutor(workers) as pool:
        if not _is_worth_it(index, queries):
            for chunk in chunks:
                yield from pool.map(rank, chunk, repeat(index), repeat(most))
            return
        rows = index.rows.block(np.arange(len(index.rows)))
        if index.kernel is None:
            index = replace(index, kernel=kernel_among(rows))
        for chunk in chunks:
            pieces = _pieces(chunk, TOGETHER)
            for piece in pool.map(_rank_piece, pieces, repeat(rows), repeat(index), repeat(most)):
                yield from piece


def _rank_piece(queries: Matrix, rows: Matrix, index: Index, most: int) -> list[list[Ranked]]:
    """`rank` of some questions, each long step for all at once; `rows` are those of the index in full.

    Every question has as many neighbours as the next, since all rows are compared.
    """
    cosines = list(queries @ rows.T)
    near = [neighbours(own, index) for own in cosines]
    both = zip(*(set_up(own, places, index) for own, places in zip(cosines, near, strict=True)), strict=True)
    plain, decoyed = (_solved(side) for side in both)
    each = zip(queries, cosines, near, plain, decoyed, strict=True)
    return [read_off(*own, index, most) for own in each]


def _solved(all_systems: Sequence[System]) -> Matrix:
    matrices, sides = (np.stack(parts) for parts in zip(*all_systems, strict=True))
    return np.asarray(np.linalg.solve(matrices, sides[:, :, None])[:, :, 0], dtype=np.float32)


def _pieces(queries: Matrix, size: int) -> list[Matrix]:
    return [queries[start : start + size] for start in range(0, len(queries), size)]


def _is_worth_it(index: Index, queries: Matrix) -> bool:
    """A question alone needs about 1.25 `NEAREST` rows held against each other; all together need all.

    So few rows (`MOST_ROWS`) are compared in full, without a rough look.
    """
    rows = len(index.rows)
    if not len(index.labels) or rows > MOST_ROWS:
        return False
    return index.kernel is not None or rows**2 <= len(queries) * (1.25 * NEAREST) ** 2
