"""Decide: answer, suggest or abstain, from scored candidates."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.library import Thresholds
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Reason, Suggest

MOST_SUGGESTIONS = 3


def decide(candidates: Sequence[Candidate], thresholds: Thresholds) -> Outcome:
    """Answer from `thresholds.answer` up, suggest from `thresholds.suggest` up, else abstain.

    `candidates` are best first. A candidate below the suggest threshold is never offered.
    """
    ranked = tuple(candidates)
    if ranked and ranked[0].confidence >= thresholds.answer:
        return Answer(ranked[0].entry_id, ranked[0].confidence, ranked)
    offered = tuple(c for c in ranked if c.confidence >= thresholds.suggest)[:MOST_SUGGESTIONS]
    if offered:
        return Suggest(offered, ranked, Reason.UNSURE)
    return Abstain(Reason.LOW_CONFIDENCE, ranked)
