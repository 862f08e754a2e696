"""Retest: which of the entries' tests an edit can have changed, so that a reload need not ask them all.

What comes of a question is a matter of its neighbourhood: the nearest texts of the index (`rank.NEAREST`),
all texts of the entries that these belong to, the words that the library knows, and the thresholds. So a
test is asked again where a text of an entry that was edited, as it was or as it is, lies within that
neighbourhood, or where its words are read in another way. The weights of words shift a little with every
edit, and all cosines with them: `MARGIN` allows for it, and all tests are asked afterwards in the
background all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.entry import Entry
from bot.core.library import Library, SafetyKind
from bot.journeys.entry_tests import EntryTest, StoppedError, entry_tests
from bot.journeys.live import Live
from bot.matching.engine import Engine
from bot.matching.normalise import normalise, normalise_known
from bot.matching.rank import NEAREST, neighbours
from bot.matching.vector_cache import Matrix

MARGIN = 0.02
"""By as much a cosine may be nearer than it was before. An edit of one entry in 57 moved none by 0.005."""
TOGETHER = 16
"""Questions between two looks at whether to go on."""


class Memory:
    """Vectors of the tests as one engine gives them, kept while the bot runs and on the disk."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._rows: dict[str, Matrix] = {}

    def embed(self, texts: Sequence[str]) -> Matrix:
        """What `Engine.dense` gives: normalised texts as rows, always a new array."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._rows.update(zip(new, self._computed(new), strict=True))
        return np.array([self._rows[text] for text in texts], dtype=np.float32).reshape(len(texts), -1)

    def _computed(self, texts: Sequence[str]) -> Matrix:
        engine = self.engine
        if engine.cache is None or engine.encoder is None:
            return engine.dense(texts)
        return engine.cache.vectors(texts, f"{engine.id}-tests", sum(engine.widths), engine.dense)


@dataclass(frozen=True, slots=True)
class Book:
    """The tests of a library that all passed: what each one's outcome rests on.

    `rows` are the questions' vectors as the index had them, `edges` the cosine of the farthest text of each
    one's neighbourhood, `read` how each was read, `known` which of its words the library uses.
    """

    live: Live
    questions: dict[str, int]
    rows: Matrix
    edges: Matrix
    read: tuple[str, ...]
    known: tuple[tuple[bool, ...], ...]


def book_of(live: Live, memory: Memory, goes_on: Callable[[], bool]) -> Book:
    """The book of a library whose tests passed. Raises StoppedError once `goes_on` says no."""
    matcher = live.matcher
    questions = list(dict.fromkeys(test.question for test in entry_tests(live.library)))
    read = matcher.read(questions)
    rows: list[Matrix] = []
    edges: list[float] = []
    for start in range(0, len(questions), TOGETHER):
        if not goes_on():
            raise StoppedError
        chunk = matcher.index.vectoriser.matrix(read[start : start + TOGETHER], memory.embed)
        rows.append(chunk)
        edges.extend(_edge(live, query) for query in chunk)
    known = tuple(_known(live, text) for text in questions)
    return Book(
        live=live,
        questions={question: number for number, question in enumerate(questions)},
        rows=np.concatenate(rows) if rows else np.zeros((0, 0), dtype=np.float32),
        edges=np.array(edges, dtype=np.float32),
        read=tuple(read),
        known=known,
    )


def _edge(live: Live, query: Matrix) -> float:
    """The cosine of the farthest text of a question's neighbourhood; -1 where all texts belong to it."""
    index = live.matcher.index
    if len(index.labels) <= NEAREST:
        return -1.0
    cosines = index.rows.cosines(query)
    return float(cosines[neighbours(cosines, index).rows].min())


def changed_entries(old: Library, new: Library) -> set[str]:
    """Ids of entries and kinds that the search would not find as before, or that are tested otherwise."""
    before, after = _searched(old), _searched(new)
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def tests_to_ask(book: Book | None, new: Live) -> list[EntryTest]:
    """The tests of `new` that may come out unlike those of the book, which passed; all without a book."""
    tests = entry_tests(new.library)
    if book is None or not _comparable(book.live, new):
        return tests
    changed = changed_entries(book.live.library, new.library)
    touched = _touched(book, new, changed)
    return [
        test
        for test in tests
        if test.owner_id in changed
        or (number := book.questions.get(test.question)) is None
        or touched[number]
    ]


def _comparable(old: Live, new: Live) -> bool:
    return old.matcher.engine is new.matcher.engine and old.matcher.thresholds == new.matcher.thresholds


def _touched(book: Book, new: Live, changed: Iterable[str]) -> list[bool]:
    """For each question of the book, whether it must be asked again."""
    if not book.questions:  # nobody wrote a test so far
        return []
    highest = np.full(len(book.read), -1.0, dtype=np.float32)
    for live in (book.live, new):
        index = live.matcher.index
        labels = [label for label, own in enumerate(index.ids) if own in set(changed)]
        labels += [len(index.ids) + label for label in labels]
        mine = np.flatnonzero(np.isin(index.all_labels, labels))
        if len(mine):
            highest = np.maximum(highest, (book.rows @ index.rows.block(mine).T).max(axis=1))
    near = (highest >= book.edges - MARGIN).tolist()
    texts = list(book.questions)
    read = new.matcher.read(texts)
    exact = _exact_of(book.live, changed) | _exact_of(new, changed)
    return [
        near[number]
        or read[number] != book.read[number]
        or normalise(text) in exact
        or _known(new, text) != book.known[number]
        for number, text in enumerate(texts)
    ]


def _exact_of(live: Live, changed: Iterable[str]) -> set[str]:
    """Normalised texts of the changed ones: asked in these words, their owner is found without the search."""
    wanted = set(changed)
    owners: list[Entry | SafetyKind] = [*live.library.live, *live.library.never.values()]
    return {
        normalise_known(text)
        for owner in owners
        if owner.id in wanted
        for text in (*_texts(owner), *owner.decoys)
    }


def _known(live: Live, text: str) -> tuple[bool, ...]:
    spelling = live.matcher.index.spelling
    return tuple(spelling.knows(word) for word in normalise(text).split())


def _texts(owner: Entry | SafetyKind) -> tuple[str, ...]:
    return owner.phrasings if isinstance(owner, SafetyKind) else owner.searched


def _searched(library: Library) -> dict[str, tuple[object, ...]]:
    owners: list[Entry | SafetyKind] = [*library.live, *library.never.values()]
    return {
        owner.id: (isinstance(owner, SafetyKind), _texts(owner), owner.decoys, owner.match, owner.no_match)
        for owner in owners
    }
