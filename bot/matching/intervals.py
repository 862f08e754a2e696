"""Intervals: how far a share that was counted may be off, exactly (Clopper & Pearson 1934)."""

from __future__ import annotations

import math


def upper_bound(wrong: int, total: int, sure: float = 0.95) -> float:
    """The one-sided upper bound on a share of which `wrong` of `total` were seen; 1 where none was."""
    if not 0 <= wrong <= total:
        raise ValueError(f"{wrong} of {total} is no share")
    if total == 0 or wrong == total:
        return 1.0
    low, high = wrong / total, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, total, middle) > 1.0 - sure else (low, middle)
    return high


def lower_bound(hits: int, total: int, sure: float = 0.95) -> float:
    """The one-sided lower bound on a share of which `hits` of `total` were seen; 0 where none was."""
    return 1.0 - upper_bound(total - hits, total, sure) if total else 0.0


def _at_most(wrong: int, total: int, share: float) -> float:
    """Chance of at most `wrong` of `total` when each has the chance `share`, 0 < share < 1."""
    if share >= 1.0:
        return 0.0
    up, down = math.log(share), math.log1p(-share)
    terms = [
        math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1) + k * up + (total - k) * down
        for k in range(wrong + 1)
    ]
    most = max(terms)
    return math.exp(most) * sum(math.exp(term - most) for term in terms)
