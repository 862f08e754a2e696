"""Evaluate: what the search makes of labelled questions, in figures that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.labelled import Kind, Labelled
from bot.core.outcome import Answer, Outcome, Refer, Suggest
from bot.matching.intervals import lower_bound, upper_bound
from bot.matching.matcher import Matcher

BINS = 10
"""Of the calibration error: equally many questions each (Nixon et al. 2019), not equally wide."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question with what came of it. `best` and `confidence` are the first candidate's."""

    question: Labelled
    outcome: Outcome

    @property
    def best(self) -> str | None:
        """The entry that the search puts first, whatever was decided."""
        return self.outcome.candidates[0].entry_id if self.outcome.candidates else None

    @property
    def confidence(self) -> float:
        """That entry's confidence; 0 where there is none, or where the safety list speaks."""
        if isinstance(self.outcome, Refer) or not self.outcome.candidates:
            return 0.0
        return self.outcome.candidates[0].confidence

    @property
    def is_right(self) -> bool:
        """The first candidate is the entry that should answer."""
        return self.question.kind is Kind.IN_SCOPE and self.best == self.question.target

    @property
    def is_answered(self) -> bool:
        """An entry is shown as the answer."""
        return isinstance(self.outcome, Answer)

    @property
    def is_referred(self) -> bool:
        """The safety list speaks."""
        return isinstance(self.outcome, Refer)

    @property
    def is_offered(self) -> bool:
        """The right entry is the answer or among the suggestions."""
        match self.outcome:
            case Answer(entry_id):
                return entry_id == self.question.target
            case Suggest(suggestions):
                return self.question.target in {c.entry_id for c in suggestions}
            case _:
                return False

    @property
    def is_wrongly_answered(self) -> bool:
        """A wrong entry answers, or one answers what none should."""
        return self.is_answered and not (self.is_right and self.is_offered)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with its two-sided 90 % interval: each bound holds with 95 %."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """0 to 1; 0 where there was nothing."""
        return self.hits / self.total if self.total else 0.0

    @property
    def low(self) -> float:
        """Lower bound (Clopper-Pearson)."""
        return lower_bound(self.hits, self.total)

    @property
    def high(self) -> float:
        """Upper bound (Clopper-Pearson)."""
        return upper_bound(self.hits, self.total)


@dataclass(frozen=True, slots=True)
class Point:
    """At one threshold: the share of in-scope questions answered right, and of answers that are wrong."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence: how sure the search was, and how often it was right."""

    confidence: float
    right: float
    questions: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one set of questions. Shares 0 to 1; `near` and `out` are AUROC against in scope."""

    asked: tuple[Asked, ...]
    accuracy: Share
    recall: Share
    offered: Share
    coverage: Share
    risk: Share
    answered_near: Share
    answered_out: Share
    answered_refer: Share
    referred: Share
    referred_harmless: Share
    near: float
    out: float
    calibration_error: float
    bins: tuple[Bin, ...]
    curve: tuple[Point, ...]
    by_style: dict[str, tuple[Share, Share]]
    confusions: tuple[tuple[str, str, tuple[str, ...]], ...]


def ask_all(matcher: Matcher, questions: Sequence[Labelled]) -> tuple[Asked, ...]:
    """Every question with what comes of it, in order."""
    outcomes = matcher.respond_many([question.text for question in questions])
    return tuple(Asked(question, own) for question, own in zip(questions, outcomes, strict=True))


def evaluate(matcher: Matcher, questions: Sequence[Labelled]) -> Evaluation:
    """All figures. Raises ValueError without a question."""
    if not questions:
        raise ValueError("there are no questions")
    asked = ask_all(matcher, questions)
    of = {kind: [a for a in asked if a.question.kind is kind] for kind in Kind}
    inside, harmless = of[Kind.IN_SCOPE], [a for a in asked if a.question.kind is not Kind.REFER]
    sure = [a.confidence for a in inside]
    bins = reliability([a.confidence for a in asked], [a.is_right for a in asked])
    return Evaluation(
        asked=asked,
        accuracy=_share(inside, lambda a: a.is_right),
        recall=_share(inside, lambda a: a.question.target in {c.entry_id for c in a.outcome.candidates[:3]}),
        offered=_share(inside, lambda a: a.is_offered),
        coverage=_share(inside, lambda a: a.is_answered),
        risk=_share([a for a in asked if a.is_answered], lambda a: a.is_wrongly_answered),
        answered_near=_share(of[Kind.NEAR_MISS], lambda a: a.is_answered),
        answered_out=_share(of[Kind.OUT_OF_SCOPE], lambda a: a.is_answered),
        answered_refer=_share(of[Kind.REFER], lambda a: a.is_answered),
        referred=_share(of[Kind.REFER], lambda a: a.is_referred),
        referred_harmless=_share(harmless, lambda a: a.is_referred),
        near=auroc(sure, [a.confidence for a in of[Kind.NEAR_MISS]]),
        out=auroc(sure, [a.confidence for a in of[Kind.OUT_OF_SCOPE]]),
        calibration_error=sum(b.questions * abs(b.confidence - b.right) for b in bins) / len(asked),
        bins=bins,
        curve=risk_coverage(asked),
        by_style=_by_style(inside, asked),
        confusions=_confusions(inside),
    )


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """The chance that one of `higher` is above one of `lower`, ties counted half; nan where one is empty.

    Source: Hanley & McNeil 1982, Radiology 143:29-36.
    """
    if not len(higher) or not len(lower):
        return float("nan")
    ordered = np.sort(np.asarray(lower, dtype=np.float64))
    below = np.searchsorted(ordered, higher, side="left") + np.searchsorted(ordered, higher, side="right")
    return float(below.mean() / 2 / len(lower))


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """Questions in bins of equal count, least sure first. Raises ValueError where the lengths differ."""
    if len(confidences) != len(right):
        raise ValueError("one confidence a question")
    order = np.argsort(np.asarray(confidences), kind="stable")
    sure, hits = np.asarray(confidences)[order], np.asarray(right, dtype=np.float64)[order]
    parts = [part for part in np.array_split(np.arange(len(order)), BINS) if len(part)]
    return tuple(Bin(float(sure[p].mean()), float(hits[p].mean()), len(p)) for p in parts)


def risk_coverage(asked: Sequence[Asked]) -> tuple[Point, ...]:
    """Risk and coverage at every threshold, strictest first. Source: El-Yaniv & Wiener 2010, JMLR 11."""
    ordered = sorted(asked, key=lambda a: -a.confidence)
    inside = max(1, sum(a.question.kind is Kind.IN_SCOPE for a in asked))
    points, right = [], 0
    for count, own in enumerate(ordered, start=1):
        right += own.is_right
        last = count == len(ordered) or ordered[count].confidence != own.confidence
        if last and own.confidence > 0:
            points.append(Point(own.confidence, right / inside, 1.0 - right / count))
    return tuple(points)


def _share(asked: Iterable[Asked], holds: Callable[[Asked], bool]) -> Share:
    found = [holds(a) for a in asked]
    return Share(sum(found), len(found))


def _by_style(inside: Sequence[Asked], asked: Sequence[Asked]) -> dict[str, tuple[Share, Share]]:
    """Style -> accuracy in scope, and risk of what is answered."""
    styles = [style for style, _ in Counter(a.question.style for a in asked).most_common()]
    return {
        style: (
            _share((a for a in inside if a.question.style == style), lambda a: a.is_right),
            _share(
                (a for a in asked if a.question.style == style and a.is_answered),
                lambda a: a.is_wrongly_answered,
            ),
        )
        for style in styles
    }


def _confusions(inside: Sequence[Asked]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(entry that should come, entry that came first, the questions), the most frequent first."""
    texts: dict[tuple[str, str], list[str]] = {}
    for own in inside:
        if not own.is_right:
            texts.setdefault((own.question.target or "", own.best or "nothing"), []).append(own.question.text)
    ordered = sorted(texts.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((wanted, came, tuple(own)) for (wanted, came), own in ordered)
