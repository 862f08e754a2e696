"""Contestants: the searches that are held against each other, each behind the same two steps, build and ask.

What a contestant needs is imported when it is built, so that its memory is its own. Peers are used as their
own documentation shows, and search the phrasings only: to them a decoy is one more row that is wrong.
"""

from __future__ import annotations

import difflib
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.corpus import KNOWLEDGE, Corpus

Found = tuple[str | None, float]
"""The subject that comes first, None for none, and how sure the contestant is; higher is surer."""
Ask = Callable[[str], Found]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Contestant:
    """`build` makes the index of a corpus, with a folder for what it caches, and returns how to ask it.

    `is_ours` contestants get the decoys, the safety list and questions with typos, too; `caches` says that
    a second build is quicker than the first.
    """

    name: str
    build: Callable[[Corpus, Path], Ask]
    is_ours: bool = False
    caches: bool = False


def _ours(kind: str) -> Callable[[Corpus, Path], Ask]:
    def build(corpus: Corpus, cache: Path) -> Ask:
        from bot.core.library import Thresholds
        from bot.matching.engine import Engine, cache_folder
        from bot.matching.index import Index, Subject
        from bot.matching.matcher import Matcher
        from bot.matching.vector_cache import VectorCache

        tuned = KNOWLEDGE / "tuned.npz" if corpus.is_shipped else None
        engine = Engine.open(cache_folder(), "light" if kind == "light" else "default", tuned=tuned)
        if engine.warning is not None or engine.kind != kind:
            raise SystemExit(f"the search model is not whole, run `make model`: {engine.warning}")
        subjects, never = (
            [Subject(s.id, s.phrasings, s.decoys) for s in side] for side in (corpus.subjects, corpus.never)
        )
        index = Index.of(subjects, never, replace(engine, cache=VectorCache(cache)))
        # Where the thresholds lie does not matter here: only the order of the confidences is looked at.
        plain = Thresholds(answer=0.8, suggest=0.2, slope=1.0, intercept=0.0)
        matcher = Matcher(index, {}, plain)

        def ask(question: str) -> Found:
            candidates = matcher.respond(question).candidates
            return (candidates[0].entry_id, candidates[0].confidence) if candidates else (None, 0.0)

        return ask

    return build


def _cosine(corpus: Corpus, cache: Path) -> Ask:
    """The nearest phrasing by the same sentence encoder, untuned: what most call semantic search."""
    import numpy as np

    from bot.matching.engine import MODEL, cache_folder
    from bot.matching.minilm.encoder import Encoder
    from bot.matching.normalise import normalise

    texts, owners = _rows(corpus)
    encoder = Encoder.open(cache_folder() / MODEL)
    rows = np.array([encoder.vector(normalise(text)) for text in texts])

    def ask(question: str) -> Found:
        cosines = rows @ encoder.vector(normalise(question))
        best = int(cosines.argmax())
        return owners[best], float(cosines[best])

    return ask


def _bm25s(corpus: Corpus, cache: Path) -> Ask:
    import bm25s
    import Stemmer

    texts, owners = _rows(corpus)
    stemmer = Stemmer.Stemmer("english")

    def tokens(asked: list[str]) -> object:
        return bm25s.tokenize(asked, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25()
    index.index(tokens(texts), show_progress=False)

    def ask(question: str) -> Found:
        places, scores = index.retrieve(tokens([question]), k=1, show_progress=False)
        return owners[int(places[0, 0])], float(scores[0, 0])

    return ask


def _rank_bm25(corpus: Corpus, cache: Path) -> Ask:
    from rank_bm25 import BM25Okapi

    texts, owners = _rows(corpus)
    index = BM25Okapi([_words(text) for text in texts])

    def ask(question: str) -> Found:
        scores = index.get_scores(_words(question))
        best = int(scores.argmax())
        return owners[best], float(scores[best])

    return ask


def _fts5(corpus: Corpus, cache: Path) -> Ask:
    texts, owners = _rows(corpus)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE rows USING fts5(text, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO rows(rowid, text) VALUES (?, ?)", enumerate(texts, start=1))

    def ask(question: str) -> Found:
        query = " OR ".join(f'"{word}"' for word in _words(question))
        found = database.execute(
            "SELECT rowid, rank FROM rows WHERE rows MATCH ? ORDER BY rank LIMIT 1", (query,)
        ).fetchone()
        return (owners[found[0] - 1], -float(found[1])) if found else (None, 0.0)

    return ask


def _rapidfuzz(scorer: str) -> Callable[[Corpus, Path], Ask]:
    def build(corpus: Corpus, cache: Path) -> Ask:
        from rapidfuzz import fuzz, process, utils

        texts, owners = _rows(corpus)
        ready = [utils.default_process(text) for text in texts]

        def ask(question: str) -> Found:
            own = utils.default_process(question)
            found = process.extractOne(own, ready, scorer=getattr(fuzz, scorer))
            return (owners[found[2]], float(found[1])) if found else (None, 0.0)

        return ask

    return build


def _thefuzz(corpus: Corpus, cache: Path) -> Ask:
    from thefuzz import process

    texts, owners = _rows(corpus)
    by_text = dict(zip(reversed(texts), reversed(owners), strict=True))

    def ask(question: str) -> Found:
        found = process.extractOne(question, texts)
        return (by_text[found[0]], float(found[1])) if found else (None, 0.0)

    return ask


def _difflib(corpus: Corpus, cache: Path) -> Ask:
    texts, owners = _rows(corpus)
    ready = [text.lower() for text in texts]
    by_text = dict(zip(reversed(ready), reversed(owners), strict=True))

    def ask(question: str) -> Found:
        own = question.lower()
        found = difflib.get_close_matches(own, ready, n=1, cutoff=0.0)
        return by_text[found[0]], difflib.SequenceMatcher(None, found[0], own).ratio()

    return ask


def _rows(corpus: Corpus) -> tuple[list[str], list[str]]:
    """Every phrasing, and whose it is."""
    pairs = [(text, subject.id) for subject in corpus.subjects for text in subject.phrasings]
    return [text for text, _ in pairs], [owner for _, owner in pairs]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        Contestant("Caveat", _ours("default"), is_ours=True, caches=True),
        Contestant("Caveat, light", _ours("light"), is_ours=True),
        Contestant("MiniLM cosine", _cosine),
        Contestant("bm25s", _bm25s),
        Contestant("rank-bm25", _rank_bm25),
        Contestant("SQLite FTS5", _fts5),
        Contestant("rapidfuzz token_sort_ratio", _rapidfuzz("token_sort_ratio")),
        Contestant("rapidfuzz WRatio", _rapidfuzz("WRatio")),
        Contestant("thefuzz", _thefuzz),
        Contestant("difflib", _difflib),
    )
}
