"""Audited: the answer threshold from answers that members got and moderators judged, drawn by lot.

Labelled questions are made up; how often they are near misses, and how near, is a guess. Judged answers
are the real thing, so where there are enough of them, the promise rests on them. What they can tell:

- Only what was answered was judged. So they say what the risk is from the threshold in force upwards, and
  nothing below it: they may raise the threshold or leave it, never lower it.
- Each judged question is asked again of the search as it is now. An answer that was right counts as wrong
  where another entry comes first now, and so does a wrong one of which nobody said which entry is right.
- A wrong one that stands word for word in the knowledge by now, as a decoy or phrasing, counts as wrong at
  every threshold: that it was mended does not show that the next one is avoided.
- An answer met with [Not my question] leaves the pot before it can be drawn. It counts as wrong.
- The threshold in force is tried first, then `STEPS - 1` higher ones, and the lowest that passes is taken.
  That is `STEPS` looks at the same data, so each may use a `STEPS`-th of the allowed doubt (Bonferroni).

The bound is exact for a share seen in a sample drawn by lot (Clopper & Pearson 1934), given that the judges
are right and that what is asked stays alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from bot.core.labelled import Kind, Labelled
from bot.core.library import Library, Thresholds
from bot.matching.calibrate import Calibration, CannotCalibrateError, Floats, logistic, see
from bot.matching.intervals import upper_bound
from bot.matching.matcher import Matcher
from bot.matching.normalise import normalise

Flags = npt.NDArray[np.bool_]

FEWEST = 200
"""Judged answers from which they decide; below, the bound on a risk of 5 % is too wide to promise it."""
STEPS = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """A question that was answered: the entry that answers it, None where none does or nobody said.

    `was_right` says whether it was that one which was shown.
    """

    text: str
    right: str | None
    was_right: bool


@dataclass(frozen=True, slots=True)
class Real:
    """The judged answers of the days from `since` to `until`, in which `answered` were given by a match.

    `taken_back` of these were met with [Not my question].
    """

    judged: tuple[Judged, ...]
    answered: int
    taken_back: int
    since: date | None
    until: date | None

    @property
    def is_enough(self) -> bool:
        """Whether they decide."""
        return len(self.judged) >= FEWEST


@dataclass(frozen=True, slots=True)
class Audit:
    """What the judged answers gave. `floor` is the threshold in force, on the new scale of confidence.

    `wrong` of `kept`, those that would still be answered, were wrong; `of_labelled` is what the labelled
    questions alone would have set.
    """

    calibration: Calibration
    real: Real
    floor: float
    wrong: int
    kept: int
    of_labelled: float


def audited(
    matcher: Matcher,
    library: Library,
    labelled: Sequence[Labelled],
    real: Real,
    best: Calibration,
    target: float,
    chance: float,
) -> Audit:
    """The calibration `best`, which labelled questions gave, with its answer threshold from judged answers.

    `target` is the share of answers that may be wrong, `chance` how sure the bound on it must be.
    Raises CannotCalibrateError where no threshold from the one in force upwards keeps it.
    """
    own = best.thresholds
    floor = float(logistic(np.array([_in_force(matcher.thresholds)]), (own.slope, own.intercept))[0])
    sure, wrong = _asked_again(matcher, library, real.judged, own)
    picked = pick(sure, wrong, floor, real, target, chance)
    if picked is None:
        raise CannotCalibrateError(_refusal(sure, wrong, floor, real, target, chance))
    threshold, bound = picked
    return _with(matcher, labelled, real, best, floor, threshold, sure, wrong, bound)


def pick(
    sure: Floats, wrong: Flags, floor: float, real: Real, target: float, chance: float
) -> tuple[float, float] | None:
    """The lowest threshold that keeps the target, with the bound there; None where none does.

    One `sure` and one `wrong` a judged answer.
    """
    for threshold in _steps(sure, floor):
        kept = sure >= threshold
        bound = risk_bound(int(wrong[kept].sum()), int(kept.sum()), len(sure), real, chance)
        if bound <= target:
            return threshold, bound
    return None


def risk_bound(wrong: int, kept: int, judged: int, real: Real, chance: float) -> float:
    """The upper bound on the risk, 0 to 1, where `kept` of `judged` would be answered, `wrong` of them wrong.

    All that was taken back is counted to those that would be answered: nobody knows how sure they were.
    """
    if not kept or not judged:
        return 1.0
    bound = upper_bound(wrong, kept, 1.0 - (1.0 - chance) / STEPS)
    return _with_taken_back(bound, kept, judged, real)


def _with_taken_back(share: float, kept: int, judged: int, real: Real) -> float:
    """The share of wrong answers among all that would be given: of those not taken back it is `share`.

    How many these are is told by the sample: as large a part of all as `kept` is of `judged`.
    """
    left = max(real.answered - real.taken_back, judged) * kept / judged
    return (share * left + real.taken_back) / (left + real.taken_back)


def _asked_again(
    matcher: Matcher, library: Library, judged: Sequence[Judged], own: Thresholds
) -> tuple[Floats, Flags]:
    """How sure the search is of each today, and whether its answer would be wrong; 0 where it is referred."""
    seen = see(matcher, [_labelled(one) for one in judged])
    sure = logistic(seen.score, (own.slope, own.intercept))
    sure[logistic(seen.kind, (own.slope, own.intercept)) >= own.refer] = 0.0
    known = _word_for_word(library)
    mended = np.array([not one.was_right and normalise(one.text) in known for one in judged], dtype=np.bool_)
    sure[mended] = 1.0
    return sure, ~seen.right | mended


def _labelled(one: Judged) -> Labelled:
    kind = Kind.NEAR_MISS if one.right is None else Kind.IN_SCOPE
    return Labelled(one.text, kind, one.right, "plain")


def _word_for_word(library: Library) -> set[str]:
    texts: Iterable[str] = (text for entry in library.live for text in (*entry.searched, *entry.decoys))
    return {normalise(text) for text in texts}


def _in_force(own: Thresholds) -> float:
    """The score from which is answered today; raises CannotCalibrateError where only exact hits are."""
    if not 0.0 < own.answer < 1.0 or own.slope <= 0:
        raise CannotCalibrateError(
            "the threshold in force answers exact hits only, so that the judged answers tell nothing of "
            "others; --labelled-only goes by the labelled questions"
        )
    return (math.log(own.answer / (1.0 - own.answer)) - own.intercept) / own.slope


def _steps(sure: Floats, floor: float) -> list[float]:
    """The thresholds that are tried, lowest first: the one in force, and quantiles of those above it."""
    above = sure[sure >= floor]
    if not len(above):
        return []
    higher = np.quantile(above, [step / STEPS for step in range(1, STEPS)])
    return [floor, *(float(value) for value in higher)]


def _with(
    matcher: Matcher,
    labelled: Sequence[Labelled],
    real: Real,
    best: Calibration,
    floor: float,
    threshold: float,
    sure: Floats,
    wrong: Flags,
    bound: float,
) -> Audit:
    own, kept = best.thresholds, sure >= threshold
    answer = min(1.0, math.ceil(threshold * 1e4 - 1e-6) / 1e4)
    share = _with_taken_back(float(wrong[kept].mean()), int(kept.sum()), len(sure), real)
    calibration = replace(
        best,
        thresholds=replace(own, answer=answer, suggest=min(own.suggest, answer)),
        risk=share,
        risk_bound=bound,
        coverage=_coverage(matcher, labelled, own, answer),
        questions=len(real.judged),
    )
    return Audit(calibration, real, floor, int(wrong[kept].sum()), int(kept.sum()), own.answer)


def _coverage(matcher: Matcher, labelled: Sequence[Labelled], own: Thresholds, answer: float) -> float:
    """The share of labelled in-scope questions that would be answered."""
    seen = see(matcher, labelled)
    fit = (own.slope, own.intercept)
    answered = (logistic(seen.score, fit) >= answer) & (logistic(seen.kind, fit) < own.refer)
    return float((answered & seen.inside).sum() / max(1, int(seen.inside.sum())))


def _refusal(
    sure: Floats,
    wrong: Flags,
    floor: float,
    real: Real,
    target: float,
    chance: float,
) -> str:
    kept = sure >= floor
    return (
        f"no threshold from the one in force upwards keeps the risk under {target * 100:g} % "
        f"with a chance of {chance:.0%}: of {len(sure)} judged answers {int(kept.sum())} would be given "
        f"again, {int(wrong[kept].sum())} of them wrong, and {real.taken_back} of {real.answered} were met "
        "with [Not my question]; add phrasings and decoys where `caveat report` names confusions, judge more "
        "answers (`caveat audit`), or name a higher --risk"
    )
