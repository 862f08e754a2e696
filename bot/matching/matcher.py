"""The matcher: a question in, ranked candidates out, and what to do with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from threadpoolctl import threadpool_limits

from bot.core.library import Library, Thresholds
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Reason, Refer
from bot.matching.confidence import confidence
from bot.matching.decide import decide
from bot.matching.engine import Engine, installed_engine
from bot.matching.index import Index
from bot.matching.language import content_words, foreign_language
from bot.matching.normalise import normalise
from bot.matching.rank import Ranked, rank
from bot.matching.rank_many import rank_many
from bot.matching.vector_cache import Embed

MOST_CANDIDATES = 5
MOST_CHARACTERS = 1000
"""A longer text is no question any more; "Check this message" takes it apart."""
FEW_WORDS = 3
"""Up to this many words, function words alone are no question of the safety list."""
SAFETY_KINDS = 2
"""Ranked beyond the candidates, so that kinds of the safety list take no candidate's place."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds the live entry that answers a question. Immutable, safe to swap while in use."""

    index: Index
    questions: dict[str, str]
    thresholds: Thresholds

    @classmethod
    def over(cls, library: Library, engine: Engine | None = None, index: Index | None = None) -> Matcher:
        """A matcher over the live entries of a library and its safety list, with its thresholds.

        Without an engine it takes the one that the set-up left in the user's cache folder. An `index` that
        was built over the same texts by the same engine saves building it.
        """
        _one_thread()
        engine = engine or installed_engine()
        thresholds = library.thresholds
        if engine.kind == "light" and thresholds.light is not None:
            thresholds = thresholds.light
        index = index or Index.over(library.live, tuple(library.never.values()), engine)
        return cls(index, {entry.id: entry.question for entry in library.live}, thresholds)

    @property
    def engine(self) -> Engine:
        """The models that are running; its `warning` is for moderators."""
        return self.index.vectoriser.engine

    def match(self, question: str) -> tuple[Candidate, ...]:
        """The best five candidates, best first, each with its confidence (0 to 1).

        An exact hit on a phrasing has confidence 1; an entry whose decoy was hit exactly
        has none and stands last.
        """
        text = normalise(question[:MOST_CHARACTERS])
        return self._candidates(text, self.ranked([question])[0]) if text else ()

    def respond(self, question: str) -> Outcome:
        """Answer, suggest, refer or abstain, with the reason where it abstains."""
        return self.respond_many([question])[0]

    def respond_many(self, questions: Sequence[str]) -> list[Outcome]:
        """`respond` for each, in order; faster than one by one, since all are embedded together."""
        texts, read = self._read(questions)
        ranked = self._rank(read)
        return [self._respond(*each) for each in zip(questions, texts, read, ranked, strict=True)]

    def respond_in_bulk(self, questions: Sequence[str], embed: Embed | None = None) -> Iterator[Outcome]:
        """`respond_many` for thousands, each as it is ready: in half the time, for up to 650 MB of memory.

        `embed` takes the place of the engine's `dense`, for vectors that somebody has already.
        """
        texts, read = self._read(questions)
        rows = self.index.vectoriser.matrix(read, embed)
        ranked = rank_many(rows, self.index, MOST_CANDIDATES + SAFETY_KINDS)
        for each in zip(questions, texts, read, ranked, strict=True):
            yield self._respond(*each)

    def ranked(self, questions: Sequence[str]) -> list[list[Ranked]]:
        """What the search sees, before exact hits, thresholds and guards: best first, kinds among entries."""
        return self._rank(self.read(questions))

    def read(self, questions: Sequence[str]) -> list[str]:
        """Each question as the search reads it: normalised, its slips put right."""
        return self._read(questions)[1]

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

    def _read(self, questions: Sequence[str]) -> tuple[list[str], list[str]]:
        """Each question normalised, and the same with its slips put right."""
        texts = [normalise(question[:MOST_CHARACTERS]) for question in questions]
        return texts, [self.index.spelling.respell(text) for text in texts]

    def _rank(self, read: Sequence[str]) -> list[list[Ranked]]:
        rows = self.index.vectoriser.matrix(read)
        return [rank(row, self.index, MOST_CANDIDATES + SAFETY_KINDS) for row in rows]

    def _candidates(self, text: str, ranked: Sequence[Ranked]) -> tuple[Candidate, ...]:
        """Entries only, best first, with exact hits on phrasings and decoys.

        The ranking's order stands: decoys lower a candidate's confidence, and with it that of those behind.
        """
        index = self.index
        barred = index.exact_decoys.get(text, frozenset())
        hit = index.exact.get(text)
        found: dict[int, float] = {}
        if hit is not None and hit < index.entries and hit not in barred:
            found[hit] = 1.0
        highest = 1.0
        for own in ranked:
            if own.label < index.entries and own.label not in barred:
                highest = min(highest, confidence(own.signals, self.thresholds))
                found.setdefault(own.label, highest)
        found.update({own.label: 0.0 for own in ranked if own.label in barred and own.label < index.entries})
        best = list(found.items())[:MOST_CANDIDATES]
        return tuple(Candidate(index.ids[label], own) for label, own in best)

    def _respond(self, question: str, text: str, read: str, ranked: Sequence[Ranked]) -> Outcome:
        """The outcome of a question, which is `text` when normalised and `read` with its slips put right."""
        if not text:
            return Abstain(Reason.EMPTY, ())
        if len(question) > MOST_CHARACTERS:
            return Abstain(Reason.TOO_LONG, ())
        candidates = self._candidates(text, ranked)
        if candidates and candidates[0].confidence == 1.0:
            return decide(candidates, self.thresholds)
        kind = self._kind(text, ranked)
        if kind is not None:
            return Refer(kind, candidates)
        return self._guarded(text, read, decide(candidates, self.thresholds))

    def _kind(self, text: str, ranked: Sequence[Ranked]) -> str | None:
        """The kind of the safety list that fits better than every entry, where it fits well enough."""
        index = self.index
        hit = index.exact.get(text, -1)
        if hit >= index.entries:
            return index.ids[hit]
        if not ranked or ranked[0].label < index.entries or _says_nothing(text.split()):
            return None
        best = ranked[0]
        if best.label in index.exact_decoys.get(text, frozenset()):
            return None
        sure = confidence(best.signals, self.thresholds) >= self.thresholds.refer
        return index.ids[best.label] if sure else None

    def _guarded(self, text: str, read: str, outcome: Outcome) -> Outcome:
        """What no score can tell: another language, or words the knowledge base never uses."""
        spelling = self.index.spelling
        tokens = text.split()
        language = foreign_language(tokens, [spelling.knows(token) for token in tokens])
        if language is not None:
            return Abstain(Reason.LANGUAGE, outcome.candidates, language)
        known = (word for word in read.split() if spelling.knows(word))
        if not isinstance(outcome, Answer) and not content_words(known):
            return Abstain(Reason.UNKNOWN_WORDS, outcome.candidates)
        if isinstance(outcome, Abstain) and text in self.index.exact_decoys:
            return Abstain(Reason.DECOY, outcome.candidates)
        return outcome


def _says_nothing(tokens: Sequence[str]) -> bool:
    """A few function words ("who are you") name no danger; more of them may ("not be here any more")."""
    return len(tokens) <= FEW_WORDS and not content_words(tokens)


@lru_cache(maxsize=1)
def _one_thread() -> None:
    """Keep linear algebra to one thread: its matrices are 128 wide, and waiting for the others costs more.

    With two threads on two busy cores a question took 40 ms of processor time, with one 4 ms.
    """
    threadpool_limits(limits=1, user_api="blas")
