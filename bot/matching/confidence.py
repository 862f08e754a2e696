"""Confidence: from what the search sees of a candidate to the probability that it is the right answer."""

from __future__ import annotations

import math

from bot.core.library import Thresholds
from bot.matching.rank import Signals

NEAR, LEAD, MASS, DECOYS = 1.0, 0.55, 0.5, -1.1
"""Logistic regression on the calibrate half of the shipped questions gave 1 : 0.6 : 0.5 : -1.2 with the
tuned encoder, 1 : 2.2 : 1.4 : -3 with the untuned one; on the dev sets, which have no decoys, 1 : 2 to 7
: 0.3 to 1. Between them, each loses about a point of AUROC at most against its own best.
"""
HIGHEST = 0.999
"""Only an exact hit is certain."""


def score(signals: Signals) -> float:
    """One figure of what speaks for a candidate; higher is surer. The calibration gives it its meaning."""
    return NEAR * signals.near + LEAD * signals.lead + MASS * signals.mass + DECOYS * signals.decoys


def confidence(signals: Signals, thresholds: Thresholds) -> float:
    """The calibrated probability, 0 to `HIGHEST`: logistic in the score (Platt 1999)."""
    level = thresholds.slope * score(signals) + thresholds.intercept
    return min(HIGHEST, 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, level)))))
