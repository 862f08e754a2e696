"""The matcher: a question in, ranked candidates out, and what to do with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from bot.core.entry import Entry
from bot.core.library import Library, Thresholds
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Reason
from bot.matching.decide import decide
from bot.matching.index import Index
from bot.matching.language import foreign_language
from bot.matching.normalise import normalise
from bot.matching.rank import class_scores

MOST_CANDIDATES = 5
MOST_CHARACTERS = 1000
"""A longer text is no question any more; "Check this message" takes it apart."""
DECOY_SHARE = 0.5
"""How much of the decoys' score is taken off; half was best on near misses."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds the live entry that answers a question. Immutable, safe to swap while in use."""

    index: Index
    questions: dict[str, str]
    thresholds: Thresholds

    @classmethod
    def over(cls, library: Library) -> Matcher:
        """A matcher over the live entries of a library, with its thresholds."""
        questions = {entry.id: entry.question for entry in library.live}
        return cls(Index.over(library.live), questions, library.thresholds)

    def match(self, question: str) -> tuple[Candidate, ...]:
        """The best five candidates, best first, each with its confidence (0 to 1).

        An exact hit on a phrasing has confidence 1; an entry whose decoy was hit exactly
        has none and stands last.
        """
        text = normalise(question[:MOST_CHARACTERS])
        if not text:
            return ()
        barred = self.index.exact_decoys.get(text, frozenset())
        ranked = self._ranked(self.index.respell(text.split()))
        found = [Candidate(c.entry_id, 0.0 if c.entry_id in barred else c.confidence) for c in ranked]
        hit = self.index.exact.get(text)
        if hit is not None and hit not in barred:
            found = [Candidate(hit, 1.0), *(c for c in found if c.entry_id != hit)]
        return tuple(sorted(found, key=lambda c: -c.confidence)[:MOST_CANDIDATES])

    def respond(self, question: str) -> Outcome:
        """Answer, suggest or abstain, with the reason where it abstains."""
        text = normalise(question[: 2 * MOST_CHARACTERS])
        if not text:
            return Abstain(Reason.EMPTY, ())
        if len(question) > MOST_CHARACTERS:
            return Abstain(Reason.TOO_LONG, ())
        candidates = self.match(question)
        outcome = decide(candidates, self.thresholds)
        if candidates and candidates[0].confidence == 1.0:
            return outcome
        return self._guarded(text, outcome)

    def complete(self, typed: str, most: int = 25) -> list[tuple[str, str]]:
        """(entry id, question) of the questions that fit what has been typed so far, best first."""
        text = normalise(typed)
        if not text:
            return list(self.questions.items())[:most]
        keyed = {entry_id: normalise(question) for entry_id, question in self.questions.items()}
        found = process.extract(text, keyed, scorer=fuzz.WRatio, limit=most, score_cutoff=45)
        ranked = [candidate.entry_id for candidate in self.match(typed) if candidate.confidence > 0.2]
        order = dict.fromkeys([*ranked, *(str(key) for _, _, key in found)])
        return [(entry_id, self.questions[entry_id]) for entry_id in order][:most]

    def similarity(self, one: str, other: str) -> float:
        """Cosine of two texts as the search sees them, -1 to 1."""
        vectors = [self.index.vectoriser.vector(normalise(text).split()) for text in (one, other)]
        return float(vectors[0] @ vectors[1])

    def _guarded(self, text: str, outcome: Outcome) -> Outcome:
        """What no score can tell: another language, or words the knowledge base never uses."""
        tokens = text.split()
        language = foreign_language(tokens, [self.index.knows(token) for token in tokens])
        if language is not None:
            return Abstain(Reason.LANGUAGE, outcome.candidates, language)
        known = [token for token in self.index.respell(tokens) if self.index.knows(token)]
        content = [token for token in known if self.index.vectoriser.weights.get(token, 0.0) > 2.0]
        if not content and not isinstance(outcome, Answer):
            return Abstain(Reason.UNKNOWN_WORDS, outcome.candidates)
        if isinstance(outcome, Abstain) and text in self.index.exact_decoys:
            return Abstain(Reason.DECOY, outcome.candidates)
        return outcome

    def _ranked(self, tokens: Sequence[str]) -> list[Candidate]:
        """Entries by ridge score without decoys, then confidence with each decoy set as a class."""
        index = self.index
        query = index.vectoriser.vector(tokens)
        order = class_scores(query, index.phrasings, index.labels)
        best = sorted(order, key=lambda label: -order[label])[: MOST_CANDIDATES + 2]
        scores = class_scores(query, index.everything, index.all_labels)
        decoyed = sum(max(0.0, score) for label, score in scores.items() if label >= len(index.ids))
        ranked = [
            Candidate(index.ids[label], self._confidence(scores.get(label, 0.0) - DECOY_SHARE * decoyed))
            for label in best
        ]
        return ranked

    def _confidence(self, score: float) -> float:
        level = self.thresholds.slope * score + self.thresholds.intercept
        return float(np.clip(1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, level)))), 0.0, 0.999))


def nearest_texts(matcher: Matcher, entry: Entry, question: str, most: int = 3) -> list[tuple[str, float]]:
    """The entry's searched texts nearest to the question with their cosine, nearest first."""
    scored = [(text, matcher.similarity(question, text)) for text in entry.searched]
    return sorted(scored, key=lambda pair: -pair[1])[:most]
