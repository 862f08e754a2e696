"""Decide: answer, suggest or abstain, from scored candidates."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.library import Thresholds
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Reason, Suggest

MOST_SUGGESTIONS = 3
BESIDE = 0.1
"""Of the suggest threshold, what the second and third choice need once the first is offered. Of the shipped
questions a hundredth more find their entry among the choices; nobody is offered any that was not before.
"""


def decide(candidates: Sequence[Candidate], thresholds: Thresholds) -> Outcome:
    """Answer from `thresholds.answer` up, suggest from `thresholds.suggest` up, else abstain.

    `candidates` are best first. Where the first is below the suggest threshold nothing is offered; those
    beside it need a `BESIDE` of it.
    """
    ranked = tuple(candidates)
    if ranked and ranked[0].confidence >= thresholds.answer:
        return Answer(ranked[0].entry_id, ranked[0].confidence, ranked)
    if ranked and ranked[0].confidence >= thresholds.suggest:
        return Suggest(offered(ranked, thresholds), ranked, Reason.UNSURE)
    return Abstain(Reason.LOW_CONFIDENCE, ranked)


def offered(candidates: Sequence[Candidate], thresholds: Thresholds) -> tuple[Candidate, ...]:
    """Of candidates of which the first may be offered, best first, those that are offered with it."""
    enough = BESIDE * thresholds.suggest
    return tuple(c for c in candidates if c.confidence >= enough)[:MOST_SUGGESTIONS]
