"""Replay: each question asked of the old knowledge and the new, and what differs, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from bot.core.labelled import Kind, Labelled
from bot.core.outcome import Answer, Outcome, Refer, Suggest
from bot.journeys.live import Live
from bot.matching.engine import Engine
from bot.matching.index import Index
from bot.matching.vector_cache import Matrix

Told = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1."""
EMBEDDING = 0.5
"""Its share of the work, as measured with the default engine; the rest is the two searches."""
_TOGETHER = 256
_LABELLED_MISSES = frozenset({Kind.NEAR_MISS, Kind.OUT_OF_SCOPE})


class Effect(StrEnum):
    """What a change of the knowledge does to a question, the worst first; stable codes of the JSON."""

    WORSE = "worse"
    OTHER_ENTRY = "other-entry"
    NO_LONGER_ANSWERED = "no-longer-answered"
    REFERRAL = "referral"
    NO_LONGER_OFFERED = "no-longer-offered"
    OTHER_CHOICES = "other-choices"
    NEWLY_OFFERED = "newly-offered"
    NEWLY_ANSWERED = "newly-answered"
    BETTER = "better"


_ORDER = {effect: place for place, effect in enumerate(Effect)}
_SAID = {
    Effect.WORSE: ("labelled question gets worse", "labelled questions get worse"),
    Effect.OTHER_ENTRY: ("question is answered by another entry", "questions are answered by another entry"),
    Effect.NO_LONGER_ANSWERED: ("question is no longer answered", "questions are no longer answered"),
    Effect.REFERRAL: ("question is referred to help otherwise", "questions are referred to help otherwise"),
    Effect.NO_LONGER_OFFERED: ("question gets no choices any more", "questions get no choices any more"),
    Effect.OTHER_CHOICES: ("question gets other choices", "questions get other choices"),
    Effect.NEWLY_OFFERED: ("question gets choices for the first time", "questions newly get choices"),
    Effect.NEWLY_ANSWERED: ("question is newly answered", "questions are newly answered"),
    Effect.BETTER: ("labelled question gets better", "labelled questions get better"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask both: a labelled one, or one of the log, which was asked so many `times`."""

    text: str
    times: int = 1
    labelled: Labelled | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A question of which something else comes than before."""

    question: Question
    before: Outcome
    after: Outcome
    effect: Effect


@dataclass(frozen=True, slots=True)
class Replay:
    """What was asked, and what changed, the worst first."""

    labelled: int
    kept: int
    changes: tuple[Changed, ...]
    counts: dict[Effect, int] = field(default_factory=dict)

    @property
    def is_worse(self) -> bool:
        """True when a labelled question gets worse."""
        return Effect.WORSE in self.counts

    def of(self, effect: Effect) -> tuple[Changed, ...]:
        """The changes of one kind, the worst first."""
        return tuple(change for change in self.changes if change.effect is effect)

    def summary_lines(self) -> list[str]:
        """A line a kind of change with its number, the worst first; one line where nothing changes."""
        if not self.changes:
            return ["Nothing changes for any question that was asked."]
        return [said(effect, count) for effect, count in self.counts.items()]


def said(effect: Effect, count: int) -> str:
    """The kind of change with its number, in words."""
    return f"{count:,} {_SAID[effect][count != 1]}"


def replay(old: Live, new: Live, questions: Sequence[Question], told: Told = lambda share: None) -> Replay:
    """Ask each question of both, and compare.

    What members see decides: the entry that answers, the choices, the referral; a confidence that moves
    without crossing a threshold is no change. A question is embedded once where both search with the
    same models; of 10,000 it is most of the work.
    """
    before, after = _outcomes(old, new, [question.text for question in questions], told)
    changes = [
        Changed(question, one, other, effect)
        for question, one, other in zip(questions, before, after, strict=True)
        if (effect := effect_of(question, one, other)) is not None
    ]
    changes.sort(key=_worst_first)
    counts = Counter(change.effect for change in changes)
    labelled = sum(question.labelled is not None for question in questions)
    ordered = {effect: counts[effect] for effect in Effect if counts[effect]}
    return Replay(labelled, len(questions) - labelled, tuple(changes), ordered)


def effect_of(question: Question, before: Outcome, after: Outcome) -> Effect | None:
    """What the change does to the question; None where members see no difference."""
    if question.labelled is not None:
        was, now = grade(question.labelled, before), grade(question.labelled, after)
        if was != now:
            return Effect.WORSE if now < was else Effect.BETTER
    match before, after:
        case Answer(entry_id), Answer(other_id):
            return None if entry_id == other_id else Effect.OTHER_ENTRY
        case (Refer(), _) | (_, Refer()):
            return None if _referred(before) == _referred(after) else Effect.REFERRAL
        case Answer(), _:
            return Effect.NO_LONGER_ANSWERED
        case _, Answer():
            return Effect.NEWLY_ANSWERED
        case Suggest(), Suggest():
            return None if _offered(before) == _offered(after) else Effect.OTHER_CHOICES
        case Suggest(), _:
            return Effect.NO_LONGER_OFFERED
        case _, Suggest():
            return Effect.NEWLY_OFFERED
    return None


def grade(labelled: Labelled, outcome: Outcome) -> int:
    """How good an outcome is for a labelled question; a change to a lower grade is worse.

    In scope: 3 the right entry answers, 2 it is among the choices, 1 it is not shown, 0 a wrong one answers.
    To be referred: 3 the right reply of the safety list, 2 another of its replies, 1 no answer, 0 an entry
    answers. Near miss and out of scope: 1 no entry answers, 0 one does.
    """
    if labelled.kind in _LABELLED_MISSES:
        return 0 if isinstance(outcome, Answer) else 1
    match outcome:
        case Answer(entry_id):
            return 3 if labelled.kind is Kind.IN_SCOPE and entry_id == labelled.target else 0
        case Refer(kind) if labelled.kind is Kind.REFER:
            return 3 if kind == labelled.target else 2
        case Suggest() if labelled.kind is Kind.IN_SCOPE:
            return 2 if labelled.target in _offered(outcome) else 1
    return 1


def labelled_questions(labelled: Iterable[Labelled]) -> tuple[Question, ...]:
    """The labelled questions as questions to replay."""
    return tuple(Question(own.text, labelled=own) for own in labelled)


def _offered(outcome: Outcome) -> frozenset[str]:
    suggestions = outcome.suggestions if isinstance(outcome, Suggest) else ()
    return frozenset(candidate.entry_id for candidate in suggestions)


def _referred(outcome: Outcome) -> str | None:
    return outcome.kind if isinstance(outcome, Refer) else None


def _worst_first(change: Changed) -> tuple[int, int, int, int, str]:
    labelled, text = change.question.labelled, change.question.text
    grades = (grade(labelled, change.after), -grade(labelled, change.before)) if labelled else (0, 0)
    return _ORDER[change.effect], *grades, -change.question.times, text


def _outcomes(old: Live, new: Live, texts: Sequence[str], told: Told) -> tuple[list[Outcome], list[Outcome]]:
    if _search_alike(old, new):
        found = _asked(new, texts, _Embedded(new.matcher.engine, told), told, EMBEDDING, 1.0)
        return found, found
    embedded = _Embedded(old.matcher.engine, told)
    middle = (1.0 + EMBEDDING) / 2
    before = _asked(old, texts, embedded, told, EMBEDDING, middle)
    if new.matcher.engine.id != old.matcher.engine.id:
        embedded = _Embedded(new.matcher.engine, lambda share: None)
    return before, _asked(new, texts, embedded, told, middle, 1.0)


def _search_alike(old: Live, new: Live) -> bool:
    """True when both are bound to give the same: an answer was edited, or nothing at all."""
    one, other = old.matcher, new.matcher

    def searched(index: Index) -> tuple[object, ...]:
        return index.ids, index.entries, index.texts, index.starts, index.all_labels.tolist()

    same = one.engine.id == other.engine.id and one.thresholds == other.thresholds
    return same and searched(one.index) == searched(other.index)


def _asked(
    live: Live, texts: Sequence[str], embedded: _Embedded, told: Told, start: float, end: float
) -> list[Outcome]:
    found: list[Outcome] = []
    for outcome in live.matcher.respond_in_bulk(texts, embedded.rows):
        found.append(outcome)
        if len(found) % _TOGETHER == 0:
            told(start + (end - start) * len(found) / len(texts))
    told(end)
    return found


@dataclass(slots=True)
class _Embedded:
    """What the models say of texts, kept only while both sides are asked: they are members' words."""

    engine: Engine
    told: Told
    known: dict[str, Matrix] = field(default_factory=dict)

    def rows(self, texts: Sequence[str]) -> Matrix:
        """As `Engine.dense`; only what was not asked for before is computed."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        is_first = not self.known
        for start in range(0, len(new), _TOGETHER):
            chunk = new[start : start + _TOGETHER]
            self.known.update(zip(chunk, self.engine.dense(chunk), strict=True))
            if is_first:
                self.told(EMBEDDING * (start + len(chunk)) / len(new))
        empty = np.zeros((0, sum(self.engine.widths)), dtype=np.float32)
        return np.array([self.known[text] for text in texts], dtype=np.float32) if len(texts) else empty
