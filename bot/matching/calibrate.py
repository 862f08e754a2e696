"""Calibrate: from questions with known answers to a confidence that holds, and thresholds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.core.labelled import Kind, Labelled
from bot.core.library import Thresholds
from bot.matching.confidence import score
from bot.matching.intervals import upper_bound
from bot.matching.matcher import Matcher

FEWEST = 200
"""Questions below which no promise is made: a bound on fewer answers next to nothing."""
SURE = 0.95
"""The bound on the risk holds with this chance (one-sided, Clopper-Pearson).

It takes about a thousand questions: on 700, two slips among the surest hundred were enough to answer next
to nothing.
"""
MOST_REFERRED = 0.018
"""Harmless questions that may be sent to the safety list; the aim is under .02 on questions not yet seen."""
RIGHT_OFFERED = 0.99
"""Of the questions whose right entry is among the first three, the share that must get an answer or choices.

On the calibrate half .99 shows the right entry to 95.4 % of those in scope, and choices to 24 % of those for
which there is no entry; .98 to 94.7 and 18 %.
"""

Floats = npt.NDArray[np.float64]


class CannotCalibrateError(Exception):
    """The questions cannot carry the promise; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds, with what they gave on the questions that they were chosen on.

    `risk_bound` is the upper bound on the risk with the chance `SURE`; `out_share` the share of questions
    that no entry answers, at which the promise was made.
    """

    thresholds: Thresholds
    target_risk: float
    risk: float
    risk_bound: float
    coverage: float
    questions: int
    out_share: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the search saw of each question: its best entry's score, and if that entry is the right one.

    `rank` is the right entry's place among the entries (-1 where it is none), `own` that place's score;
    `kind` the score of the safety kind that leads the ranking, -inf where an entry leads.
    """

    score: Floats
    right: npt.NDArray[np.bool_]
    own: Floats
    kind: Floats
    inside: npt.NDArray[np.bool_]
    refer: npt.NDArray[np.bool_]


def calibrate(
    matcher: Matcher,
    questions: Sequence[Labelled],
    target_risk: float = 0.05,
    chance: float = SURE,
    *,
    may_fail: bool = False,
) -> Calibration:
    """Thresholds for a target risk at the questions' own share of in-scope ones.

    `chance` is how sure the bound must be. With `may_fail`, an engine that cannot keep the promise gets
    thresholds with which it answers exact hits only, and suggests otherwise.

    Raises CannotCalibrateError.
    """
    if len(questions) < FEWEST:
        raise CannotCalibrateError(
            f"{len(questions)} questions cannot carry a promise; label {FEWEST} or more, "
            "in scope and not, as members would type them"
        )
    return chosen(see(matcher, questions), target_risk, chance, may_fail=may_fail)


def see(matcher: Matcher, questions: Sequence[Labelled]) -> Seen:
    """Ask each question once and note what thresholds do not change."""
    index = matcher.index
    rows = []
    for question, ranked in zip(questions, matcher.ranked([q.text for q in questions]), strict=True):
        entries = [own for own in ranked if own.label < index.entries]
        lows = np.minimum.accumulate([score(own.signals) for own in entries]) if entries else np.array([])
        names = [index.ids[own.label] for own in entries[:3]]
        inside = question.kind is Kind.IN_SCOPE
        place = names.index(question.target) if inside and question.target in names else -1
        leads = bool(ranked) and ranked[0].label >= index.entries
        rows.append(
            (
                lows[0] if len(lows) else -60.0,
                place == 0,
                lows[place] if place >= 0 else -np.inf,
                score(ranked[0].signals) if leads else -np.inf,
                inside,
                question.kind is Kind.REFER,
            )
        )
    first, right, own, kind, within, refer = (np.array(column) for column in zip(*rows, strict=True))
    return Seen(
        first.astype(np.float64), right, own.astype(np.float64), kind.astype(np.float64), within, refer
    )


def chosen(seen: Seen, target_risk: float, chance: float = SURE, *, may_fail: bool = False) -> Calibration:
    """The thresholds that answer most while the bound on the risk is at most the target.

    Raises CannotCalibrateError where no threshold keeps it.
    """
    fit = platt(seen.score, seen.right)
    sure, kind = (logistic(scores, fit) for scores in (seen.score, seen.kind))
    refer = refer_threshold(kind, seen.refer)
    open_to_entries = kind < refer
    answer = answer_threshold(sure[open_to_entries], seen.right[open_to_entries], target_risk, chance)
    if answer is None and not may_fail:
        raise CannotCalibrateError(
            f"no threshold keeps the risk under {target_risk * 100:g} % on these {len(sure)} questions; "
            "add phrasings and decoys where `caveat evaluate` names confusions, "
            "label more questions, or name a higher --risk"
        )
    answer = 1.0 if answer is None else answer
    offered = sure[np.isfinite(seen.own)]  # the first one decides if any is offered
    suggest = min(answer, float(np.quantile(offered, 1.0 - RIGHT_OFFERED))) if len(offered) else answer
    answered = open_to_entries & (sure >= answer)
    wrong, total = int((answered & ~seen.right).sum()), int(answered.sum())
    return Calibration(
        thresholds=Thresholds(
            answer=_down(answer), suggest=_down(suggest), slope=fit[0], intercept=fit[1], refer=_up(refer)
        ),
        target_risk=target_risk,
        risk=wrong / max(1, total),
        risk_bound=upper_bound(wrong, total, chance),
        coverage=float((answered & seen.inside).sum() / max(1, int(seen.inside.sum()))),
        questions=len(sure),
        out_share=1.0 - float(seen.inside.mean()),
    )


def with_light(calibration: Calibration, light: Calibration) -> Calibration:
    """The same with the light engine's thresholds beside."""
    return replace(calibration, thresholds=replace(calibration.thresholds, light=light.thresholds))


def platt(scores: Floats, right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of the logistic that makes of a score the chance of being right.

    Newton's method with Platt's smoothed targets. Source: Lin, Lin & Weng 2007, Machine Learning 68:267-276.
    """
    yes, no = int(right.sum()), int((~right).sum())
    wanted = np.where(right, (yes + 1) / (yes + 2), 1 / (no + 2))
    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    columns = np.stack([(scores - centre) / spread, np.ones_like(scores)], axis=1)
    weights = np.zeros(2)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(columns @ weights, -60, 60)))
        slant = columns.T @ (chance - wanted)
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns + 1e-6 * np.eye(2)
        weights -= np.linalg.solve(bend, slant)
    slope = float(weights[0]) / spread
    return round(slope, 4), round(float(weights[1]) - slope * centre, 4)


def logistic(scores: Floats, fit: tuple[float, float]) -> Floats:
    """The chance that each score stands for, 0 to 1."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(fit[0] * scores + fit[1], -60.0, 60.0))), dtype=np.float64)


def answer_threshold(
    sure: Floats, right: npt.NDArray[np.bool_], target_risk: float, chance: float
) -> float | None:
    """The lowest confidence at which the bound on the risk is at most the target; None where none is.

    Of wrong answers as many are taken as were seen, or as the confidences expect, whichever is more: of many
    thresholds the one that looks best owes it to luck in part. Of 60 random halves of the shipped questions
    the other half so kept the risk in 98 of 100, with what was seen alone in 88, for 2 points of coverage.
    """
    order = np.argsort(-sure, kind="stable")
    wrong = np.maximum(np.cumsum(~right[order]), np.ceil(np.cumsum(1.0 - sure[order]) - 1e-9))
    best = None
    for place in range(len(order)):
        if place + 1 < len(order) and sure[order[place + 1]] == sure[order[place]]:
            continue
        if upper_bound(int(wrong[place]), place + 1, chance) <= target_risk:
            best = float(sure[order[place]])
    return best


def refer_threshold(kind: Floats, refer: npt.NDArray[np.bool_]) -> float:
    """The lowest confidence at which at most `MOST_REFERRED` of the harmless questions are referred."""
    harmless = np.sort(kind[~refer])[::-1]
    most = int(MOST_REFERRED * len(harmless))
    if most >= len(harmless):
        return 0.02
    return max(0.02, float(harmless[most]) + 1e-4)


def _up(value: float) -> float:
    return min(1.0, math.ceil(value * 1e4 - 1e-6) / 1e4)


def _down(value: float) -> float:
    return max(0.0, math.floor(value * 1e4) / 1e4)
