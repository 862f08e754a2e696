"""Explain: why a question finds this entry and not the next, as values that a page can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.core.library import Thresholds
from bot.core.outcome import Outcome, Refer
from bot.matching.confidence import confidence
from bot.matching.language import content_words
from bot.matching.matcher import MOST_CHARACTERS, Matcher
from bot.matching.normalise import normalise
from bot.matching.rank import Signals

NEAREST_SHOWN = 3
DIFFERENT = 0.01
"""A word counts when leaving it out moves the nearest phrasing's likeness by as much."""


@dataclass(frozen=True, slots=True)
class Near:
    """A text of the knowledge base, with its likeness to the question: cosine, -1 to 1."""

    text: str
    alike: float


@dataclass(frozen=True, slots=True)
class Reasoned:
    """One candidate: an entry, or a kind of the safety list, with what speaks for and against it."""

    id: str
    is_kind: bool
    confidence: float
    phrasings: tuple[Near, ...]
    decoys: tuple[Near, ...]
    signals: Signals


@dataclass(frozen=True, slots=True)
class Explanation:
    """`read_as` is the question as the search reads it; `counted` its words with how much leaving each one
    out would lower the best candidate's likeness, most first; `unknown` words the knowledge never uses;
    `respelt` what was taken for a slip, as (typed, read).
    """

    read_as: str
    outcome: Outcome
    thresholds: Thresholds
    candidates: tuple[Reasoned, ...]
    counted: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...]
    respelt: tuple[tuple[str, str], ...]

    @property
    def passed_over(self) -> str | None:
        """A kind of the safety list that is sure enough to speak, but comes after an entry."""
        if isinstance(self.outcome, Refer) or (self.candidates and self.candidates[0].is_kind):
            return None
        sure = (own for own in self.candidates[1:] if own.is_kind and own.confidence >= self.thresholds.refer)
        return next((own.id for own in sure), None)


def explain(matcher: Matcher, question: str, most: int = 3) -> Explanation:
    """Ask the question and say why. `most` candidates, best first; none for a text without words."""
    index = matcher.index
    text = normalise(question[:MOST_CHARACTERS])
    respelt = index.spelling.respell(text)
    told = {candidate.entry_id: candidate.confidence for candidate in matcher.match(question)}
    candidates = []
    if text:
        query = index.vectoriser.vector(respelt)
        cosines = index.rows.cosines(query)
        for ranked in matcher.ranked([question])[0][:most]:
            decoys, name = len(index.ids) + ranked.label, index.ids[ranked.label]
            is_kind, own = ranked.label >= index.entries, confidence(ranked.signals, matcher.thresholds)
            candidates.append(
                Reasoned(
                    id=name,
                    is_kind=is_kind,
                    confidence=own if is_kind else told.get(name, own),
                    phrasings=_nearest(matcher, cosines, ranked.label),
                    decoys=_nearest(matcher, cosines, decoys),
                    signals=ranked.signals,
                )
            )
    words = respelt.split()
    unknown = [word for word in content_words(words) if not index.spelling.knows(word)]
    return Explanation(
        read_as=respelt,
        outcome=matcher.respond(question),
        thresholds=matcher.thresholds,
        candidates=tuple(candidates),
        counted=_counted(matcher, words, candidates[0].phrasings[0].text) if candidates else (),
        unknown=tuple(dict.fromkeys(unknown)),
        respelt=tuple((a, b) for a, b in zip(text.split(), words, strict=True) if a != b),
    )


def _nearest(matcher: Matcher, cosines: np.ndarray, label: int) -> tuple[Near, ...]:
    index = matcher.index
    rows = np.flatnonzero(index.all_labels == label)
    best = rows[np.argsort(-cosines[rows], kind="stable")][:NEAREST_SHOWN]
    return tuple(Near(index.texts[row], float(cosines[row])) for row in best.tolist())


def _counted(matcher: Matcher, words: list[str], phrasing: str) -> tuple[tuple[str, float], ...]:
    """Each word by what the nearest phrasing's likeness loses without it (leave one out)."""
    if len(words) < 2:
        return ()
    without = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
    rows = matcher.index.vectoriser.matrix([normalise(phrasing), " ".join(words), *without])
    alike = rows[1:] @ rows[0]
    lost = [(word, float(alike[0] - own)) for word, own in zip(words, alike[1:], strict=True)]
    return tuple(sorted((pair for pair in lost if abs(pair[1]) >= DIFFERENT), key=lambda pair: -pair[1]))
