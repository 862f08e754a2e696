"""The search over the shipped knowledge, on both engines: what never changes its answer, whatever is asked.

An engine whose model is not set up here is left out; `make pytest` sets both up.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import astuple, replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.contest import random_text
from benchmarks.corpus import KNOWLEDGE, recombined, shipped_set
from bot.core.library import Library
from bot.core.outcome import Answer, Outcome, Refer
from bot.knowledge.labelled import load_labelled
from bot.knowledge.load import load_library
from bot.matching.engine import PLAIN, Kind
from bot.matching.explain import explain
from bot.matching.index import Index, Subject
from bot.matching.kernel import SHARPNESS
from bot.matching.matcher import Matcher
from bot.matching.normalise import normalise
from bot.matching.rank import NEAREST, RIDGE, Near, rank, read_off
from bot.matching.rank_many import rank_many
from bot.matching.rows import LARGE, NOT_COMPARED, Rows
from tests.engines import the_engine

KINDS: tuple[Kind, ...] = ("default", "light")
ASKED = tuple(question.text for question in load_labelled(KNOWLEDGE / "labelled")[::7])
asked = st.sampled_from(ASKED)
BLANKS = st.sampled_from([" ", "  ", "\t", "\n", " \u00a0 ", "\u2003"])
both_engines = pytest.mark.parametrize("kind", KINDS)


@lru_cache(maxsize=1)
def the_library() -> Library:
    library = load_library(KNOWLEDGE).library
    assert library is not None
    return library


@lru_cache(maxsize=2)
def the_matcher(kind: Kind) -> Matcher:
    return Matcher.over(the_library(), the_engine(kind))


def typed_otherwise(text: str, draw: random.Random, blank: str, end: str) -> str:
    """The same question in other letters, with other spacing, and another end."""
    letters = (c.swapcase() if c.isascii() and draw.random() < 0.5 else c for c in text)
    return blank + blank.join("".join(letters).split()) + blank + end


@both_engines
@settings(max_examples=60, deadline=None)
@given(asked, st.randoms(use_true_random=False), BLANKS, st.sampled_from(["", "?", "!!", " ...", "?!", "\n"]))
def test_case_spacing_and_end_punctuation_change_nothing(
    kind: Kind, question: str, draw: random.Random, blank: str, end: str
) -> None:
    matcher = the_matcher(kind)
    assert matcher.respond(typed_otherwise(question, draw, blank, end)) == matcher.respond(question)


@given(st.integers(0, 999), st.integers(0, 999))
def test_a_number_with_a_point_is_another_number(whole: int, part: int) -> None:
    assert normalise(f"{whole}.{part} kg?") == f"{whole}.{part} kg"
    assert normalise(f"{whole}{part} kg?") == f"{whole}{part} kg"


@both_engines
@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(kind: Kind, draw: random.Random) -> None:
    library = the_library()
    turned = list(library.live)
    draw.shuffle(turned)
    index = Index.over(turned, tuple(library.never.values()), the_engine(kind))
    matcher = the_matcher(kind)
    questions = draw.sample(ASKED, 10)
    assert replace(matcher, index=index).respond_many(questions) == matcher.respond_many(questions)


@both_engines
@settings(max_examples=60, deadline=None)
@given(asked, st.floats(0, 1), st.floats(0, 1))
def test_what_a_higher_threshold_answers_a_lower_one_answers_too(
    kind: Kind, question: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    matcher = the_matcher(kind)
    at_low, at_high = (
        replace(matcher, thresholds=replace(matcher.thresholds, answer=level)).respond(question)
        for level in (low, high)
    )
    if isinstance(at_high, Answer):
        assert at_low == at_high


@both_engines
@settings(max_examples=30, deadline=None)
@given(asked)
def test_an_explanation_tells_the_confidence_by_which_was_decided(kind: Kind, question: str) -> None:
    matcher = the_matcher(kind)
    decided = {each.entry_id: each.confidence for each in matcher.respond(question).candidates}
    entries = [each for each in explain(matcher, question).candidates if not each.is_kind]
    assert [each.confidence for each in entries] == [decided[each.id] for each in entries]


@lru_cache(maxsize=2)
def a_small_matcher(kind: Kind) -> Matcher:
    """Of a dozen entries, so that brute force takes no minutes."""
    index = Index.over(the_library().live[:12], (), the_engine(kind))
    return replace(the_matcher(kind), index=index)


@lru_cache(maxsize=2)
def all_rows(kind: Kind) -> np.ndarray:
    """Of the small matcher, in full and in double."""
    index = a_small_matcher(kind).index
    return index.vectoriser.matrix([normalise(text) for text in index.texts]).astype(np.float64)


def by_brute_force(kind: Kind, question: str) -> tuple[dict[int, float], dict[int, float], np.ndarray]:
    """Scores without and with decoys, and all cosines: every row in full, every cosine sorted, in double."""
    matcher, rows = a_small_matcher(kind), all_rows(kind)
    index = matcher.index
    query = index.vectoriser.vector(matcher.read([question])[0]).astype(np.float64)
    cosines = rows @ query
    found = []
    for labels in (index.labels, index.all_labels):
        near = np.argsort(-cosines[: len(labels)], kind="stable")[:NEAREST]
        gram = np.exp(SHARPNESS * (rows[near] @ rows[near].T - 1.0)) + RIDGE * np.eye(len(near))
        weights = np.linalg.solve(gram, np.exp(SHARPNESS * (cosines[near] - 1.0)))
        own = labels[near]
        found.append({int(label): float(weights[own == label].sum()) for label in set(own.tolist())})
    return found[0], found[1], cosines


@both_engines
@settings(max_examples=25, deadline=None)
@given(asked, st.booleans())
def test_the_index_agrees_with_brute_force(kind: Kind, question: str, keeps_kernel: bool) -> None:
    matcher = a_small_matcher(kind)
    index = matcher.index
    assert index.kernel is not None
    index = index if keeps_kernel else replace(index, kernel=None)
    plain, decoyed, cosines = by_brute_force(kind, question)
    ranked = rank(index.vectoriser.vector(matcher.read([question])[0]), index, 3)
    for place, own in enumerate(ranked):
        assert plain[own.label] == pytest.approx(sorted(plain.values())[-1 - place], abs=1e-4)
        rival = max((s for label, s in decoyed.items() if label < len(index.ids) and label != own.label))
        mine = np.sort(cosines[index.starts[own.label] : index.starts[own.label + 1]])
        assert own.signals.near == pytest.approx(mine[-3:].mean(), abs=1e-4)
        assert own.signals.lead == pytest.approx(decoyed.get(own.label, 0.0) - rival, abs=1e-4)
        assert own.signals.mass == pytest.approx(sum(s for s in plain.values() if s > 0), abs=1e-3)
        assert own.signals.decoys == pytest.approx(
            max(0.0, decoyed.get(len(index.ids) + own.label, 0.0)), abs=1e-4
        )


@both_engines
@pytest.mark.parametrize("count", [3, len(ASKED)])
def test_many_questions_are_ranked_as_each_alone(kind: Kind, count: int) -> None:
    """The small library's index keeps its kernel; of three questions the large one's is not worth making."""
    for matcher in (a_small_matcher(kind), the_matcher(kind)):
        rows = matcher.index.vectoriser.matrix(matcher.read(ASKED[:count]))
        for query, many in zip(rows, rank_many(rows, matcher.index, 5), strict=True):
            last_in, first_out = np.sort(matcher.index.rows.cosines(query))[::-1][NEAREST - 1 : NEAREST + 1]
            if last_in - first_out < 1e-6:
                continue  # two texts are the same to the search: which is the neighbour is left to rounding
            alone = rank(query, matcher.index, 5)
            assert [own.label for own in many] == [own.label for own in alone]
            for one, other in zip(many, alone, strict=True):
                assert astuple(one.signals) == pytest.approx(astuple(other.signals), abs=1e-4)


def test_of_no_rows_and_of_no_questions_many_are_ranked_too() -> None:
    empty = Index.of([], (), PLAIN)
    assert list(rank_many(np.zeros((2, empty.vectoriser.lexical.width), np.float32), empty, 5)) == [[], []]
    index = a_small_matcher("light").index
    assert list(rank_many(index.vectoriser.matrix([]), index, 5)) == []


@lru_cache(maxsize=1)
def a_large_index() -> Index:
    corpus = recombined([shipped_set()], LARGE * 2 // 3 + 10)
    subjects = [Subject(s.id, s.phrasings, s.decoys) for s in corpus.subjects]
    return Index.of(subjects, (), the_engine("light"))


def test_a_rough_look_at_many_rows_loses_next_to_nothing() -> None:
    index = a_large_index()
    assert index.rows.rough is not None
    exact = index.vectoriser.matrix([normalise(text) for text in index.texts])
    kept, first = [], []
    for question in ASKED[:100]:
        query = index.vectoriser.vector(normalise(question))
        rough, full = index.rows.cosines(query), exact @ query
        compared = rough > NOT_COMPARED
        assert np.abs(rough[compared] - full[compared]).max() < 2e-3  # rows are kept in 16 bits
        nearest = np.argsort(-full, kind="stable")[:NEAREST]
        kept.append(compared[nearest].mean())
        found, wanted = index.all_labels[rough.argmax()], index.all_labels[full.argmax()]
        first.append(found == wanted or full[rough.argmax()] > full.max() - 2e-3)
    assert np.mean(kept) > 0.998
    assert all(first)


def test_among_many_rows_a_question_is_ranked_as_where_all_are_compared() -> None:
    index = a_large_index()
    whole = Rows(index.rows.dense.astype(np.float32), index.rows.slots, None)
    exact = replace(index, rows=whole)
    queries = index.vectoriser.matrix([normalise(question) for question in ASKED[:60]])
    differ = 0
    for query, many in zip(queries, rank_many(queries, index, 5), strict=True):
        rough, full = rank(query, index, 5), rank(query, exact, 5)
        assert many == rough
        near = astuple(rough[0].signals) == pytest.approx(astuple(full[0].signals), abs=0.02)
        differ += rough[0].label != full[0].label or not near
    assert differ <= 1, "a neighbour in a thousand is not found"


def test_where_only_decoys_are_near_there_is_no_candidate() -> None:
    index = a_small_matcher("light").index
    decoys = np.arange(len(index.labels), len(index.all_labels))[:NEAREST]
    cosines = np.full(len(index.all_labels), NOT_COMPARED, dtype=np.float32)
    query = np.zeros(index.rows.dense.shape[1] + index.rows.slots.width, dtype=np.float32)
    near = Near(decoys, 0, slice(0, len(decoys)))
    weights = np.zeros(len(decoys), dtype=np.float32)
    assert read_off(query, cosines, near, weights[:0], weights, index, 5) == []


def test_a_kind_of_the_safety_list_that_comes_after_an_entry_is_named() -> None:
    usual = the_matcher("default")
    matcher = replace(usual, thresholds=replace(usual.thresholds, refer=0.01))
    passed = [(found, q) for q in ASKED if (found := explain(matcher, q)).passed_over is not None]
    assert passed, "none of the labelled questions shows it"
    for found, question in passed:
        assert found.passed_over in matcher.index.ids[matcher.index.entries :], question
        assert not isinstance(found.outcome, Refer)
        assert not found.candidates[0].is_kind


def strings() -> Iterator[str]:
    draw = random.Random(4)
    return (random_text(draw, most=40) for _ in range(10_000))


@both_engines
def test_ten_thousand_random_strings_raise_nothing(kind: Kind) -> None:
    outcomes = list(the_matcher(kind).respond_in_bulk(list(strings())))
    assert len(outcomes) == 10_000
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)
