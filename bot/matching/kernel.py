"""Kernel: how alike texts are to the ranking, from the cosine of their rows."""

from __future__ import annotations

import numpy as np

from bot.matching.rows import Matrix

SHARPNESS = 3.0
"""Of the kernel exp(SHARPNESS (cosine - 1)), a Gaussian on the sphere.

Against the plain cosine it raised the dev sets' AUROC for near misses from 76.4 to 84.5 and for out of
scope from 94.7 to 97.6, and accuracy by a point; 2 to 6 are near each other.
"""


def kernel(cosines: Matrix) -> Matrix:
    """exp(SHARPNESS (cosine - 1)) of each number, in place: the array is changed and returned."""
    cosines -= np.float32(1.0)
    cosines *= np.float32(SHARPNESS)
    return np.asarray(np.exp(cosines, out=cosines), dtype=np.float32)


def kernel_among(block: Matrix) -> Matrix:
    """The kernel of every row of a block with every row, shape (rows, rows)."""
    return kernel(block @ block.T)
