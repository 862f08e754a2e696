"""The search: what never changes its answer, and what keeps its promise whatever is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.entry import Entry
from bot.core.labelled import Half, Kind, Labelled
from bot.core.library import Thresholds
from bot.core.outcome import Answer, Outcome
from bot.matching.calibrate import answer_threshold, platt
from bot.matching.decide import decide
from bot.matching.engine import PLAIN
from bot.matching.evaluate import auroc, reliability
from bot.matching.index import Index
from bot.matching.intervals import lower_bound, upper_bound
from bot.matching.matcher import Matcher
from bot.matching.normalise import normalise
from bot.matching.rank import rank
from bot.matching.spelling import Spelling, by_length
from bot.matching.tuning.adapter import Adapter, AdapterBrokenError, dump
from tests.make import an_entry

LIMITS = Thresholds(answer=0.8, suggest=0.2, slope=6.0, intercept=-5.0)
ENTRIES = (
    an_entry("chain-oil", question="How often should I oil the chain?"),
    an_entry("tyre-pressure", question="What pressure does a road tyre need?"),
    an_entry("brake-squeal", question="Why do my brakes squeal in the rain?"),
)


def a_matcher(entries: Sequence[Entry] = ENTRIES) -> Matcher:
    index = Index.over(entries, (), PLAIN)
    return Matcher(index, {entry.id: entry.question for entry in ENTRIES}, LIMITS)


MATCHER = a_matcher()
TRICKY = (
    "hey hi so quick question cannot cant dont do'nt can'not n't can't 's ' ’ 50% 2.5 <@1> www.x.y http://a.b"
).split()
QUESTIONS = (
    "how often do I oil a chain",
    "pressure of 2.5 bar in a tyre",
    "brakes squeal",
    "what is a saddle",
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "typed", [str.upper, str.title, lambda q: f"  {q}  ", lambda q: f"{q}??", lambda q: q.replace(" ", "   ")]
)
def test_case_spacing_and_end_punctuation_change_nothing(question: str, typed: object) -> None:
    assert callable(typed)
    assert MATCHER.respond(typed(question)) == MATCHER.respond(question)


def test_the_order_of_entries_changes_nothing() -> None:
    turned = a_matcher(tuple(reversed(ENTRIES)))
    assert [turned.respond(q) for q in QUESTIONS] == [MATCHER.respond(q) for q in QUESTIONS]


def test_a_decimal_point_is_part_of_its_number() -> None:
    assert normalise("2.5 kg?") == "2.5 kg"
    assert normalise("25 kg") != normalise("2.5 kg")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_typed_there_is_an_outcome(text: str) -> None:
    assert isinstance(MATCHER.respond(text), Outcome)


@given(st.text(max_size=80) | st.lists(st.sampled_from(TRICKY), max_size=8).map(" ".join))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_answers_more(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = [MATCHER.match(question) for question in QUESTIONS]

    def answered(threshold: float) -> int:
        own = replace(LIMITS, answer=threshold, suggest=0.0)
        return sum(isinstance(decide(candidates, own), Answer) for candidates in found)

    assert answered(high) <= answered(low)


def test_the_ranking_agrees_with_brute_force() -> None:
    index = MATCHER.index
    for question in QUESTIONS:
        query = index.vectoriser.vector(index.spelling.respell(normalise(question)))
        rows = index.rows.block(np.arange(len(index.labels)))
        gram = np.exp(3.0 * (rows @ rows.T - 1.0)) + 0.3 * np.eye(len(rows))
        weights = np.linalg.solve(gram, np.exp(3.0 * (rows @ query - 1.0)))
        scores = {label: weights[index.labels == label].sum() for label in set(index.labels.tolist())}
        best = max(scores, key=lambda label: (round(float(scores[label]), 5), -label))
        assert rank(query, index, 1)[0].label == best


# ---- spelling


def test_a_slip_is_put_right_to_the_most_used_word_with_the_same_first_letter() -> None:
    spelling = Spelling.over(["oil the chain", "chain and chair", "chain"], lambda _: False)
    assert spelling.respell("oil teh chaim") == "oil teh chain"
    assert [spelling.respell(slip) for slip in ("xhain", "hain", "hcain")] == ["chain"] * 3
    assert spelling.respell("schain phain") == "schain phain", "no finger slips like that"


def test_a_slip_of_another_english_word_is_put_right_after_those_of_the_knowledge() -> None:
    english = by_length(["chant", "chai", "wheel"])
    spelling = Spelling.over(["oil the chain"], lambda _: False, lambda *key: english.get(key, ()))
    assert spelling.respell("chainn wheeel whel") == "chain wheel whel"


# ---- what is promised


def test_an_upper_bound_is_the_exact_one() -> None:
    assert upper_bound(0, 58) == pytest.approx(1 - 0.05 ** (1 / 58), abs=1e-6)
    assert upper_bound(0, 0) == 1.0
    assert lower_bound(58, 58) == pytest.approx(0.05 ** (1 / 58), abs=1e-6)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_bound_lies_on_its_side_of_the_share(hits: int, more: int) -> None:
    total = hits + more
    share = hits / total if total else 0.0
    assert lower_bound(hits, total) - 1e-9 <= share <= upper_bound(hits, total) + 1e-9


def test_no_threshold_is_chosen_where_none_keeps_the_promise() -> None:
    sure, half = np.linspace(1.0, 0.0, 40), np.arange(40) % 2 == 0
    assert answer_threshold(sure, half, 0.05, 0.9) is None
    right = sure > 0.3
    assert answer_threshold(np.where(right, 0.99, 0.05), right, 0.15, 0.9) == 0.99


def test_luck_chooses_no_threshold_where_the_confidences_expect_more_wrong_answers() -> None:
    nothing_wrong = np.ones(100, dtype=bool)
    assert answer_threshold(np.full(100, 0.995), nothing_wrong, 0.05, 0.9) == 0.995
    assert answer_threshold(np.full(100, 0.9), nothing_wrong, 0.05, 0.9) is None


def test_a_fitted_chance_is_the_share_that_was_right() -> None:
    draw = np.random.default_rng(0)
    scores = draw.normal(size=4000)
    right = draw.random(4000) < 1 / (1 + np.exp(-(2.0 * scores - 1.0)))
    slope, intercept = platt(scores, right)
    assert slope == pytest.approx(2.0, abs=0.2)
    assert intercept == pytest.approx(-1.0, abs=0.2)


def test_the_area_counts_ties_half() -> None:
    assert auroc([2.0, 3.0], [1.0]) == 1.0
    assert auroc([1.0], [1.0]) == 0.5


def test_every_question_stands_in_one_bin() -> None:
    bins = reliability([i / 25 for i in range(25)], [i % 2 == 0 for i in range(25)])
    assert sum(b.questions for b in bins) == 25
    assert [b.confidence for b in bins] == sorted(b.confidence for b in bins)


def test_the_half_of_a_question_ignores_case_and_spacing() -> None:
    one, other = (Labelled(t, Kind.IN_SCOPE, "x", "plain") for t in ("How  often?", "how often?"))
    assert one.half is other.half
    halves = {Labelled(f"question {i}", Kind.IN_SCOPE, "x", "plain").half for i in range(50)}
    assert halves == set(Half)


# ---- the tuned file


def test_what_was_written_is_read_back_nearly_as_it_was() -> None:
    draw = np.random.default_rng(0)
    up, down = draw.normal(size=(8, 2)).astype(np.float32), draw.normal(size=(2, 6)).astype(np.float32)
    blob = dump({"w": (up, down)}, {"weights_sha256": "abc"})
    adapter = Adapter.parse(blob)
    changed = np.asarray(adapter.applied({"w": np.zeros((8, 6), np.float32)})["w"], np.float32)
    assert np.abs(changed - up @ down).max() < 0.05
    assert adapter.weights_sha256 == "abc"
    assert dump({"w": (up, down)}, {"weights_sha256": "abc"}) == blob


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_told_and_never_a_traceback(place: int, junk: bytes) -> None:
    whole = dump({"w": (np.ones((2, 1), np.float32), np.ones((1, 2), np.float32))}, {})
    cut = whole[: place % len(whole)] + junk
    with pytest.raises(AdapterBrokenError, match=r"tuned\.npz"):
        Adapter.parse(cut)


def test_changes_of_another_model_are_refused() -> None:
    adapter = Adapter.parse(dump({"w": (np.ones((2, 1), np.float32), np.ones((1, 2), np.float32))}, {}))
    with pytest.raises(AdapterBrokenError, match="which this model has otherwise"):
        adapter.applied({"w": np.zeros((3, 3), np.float32)})
