"""Labelled questions: what the search is calibrated and graded on, and what keeps them apart from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bot.core import limits
from bot.matching.normalise import normalise
from tests.facts.shipped import (
    Labelled,
    never_questions,
    questions_of,
    the_labelled,
    the_library,
    the_never_list,
)

KINDS = {"in-scope": "entry", "near-miss": "near", "out-of-scope": None, "refer": "refer"}
"""Kind -> the field that says which entry, or which kind of the never-answer list, it belongs to."""
STYLES = set("plain typo slang keyword rambling non-native shouting emoji".split())

APART = 0.25
"""Normalised edit distance (edits per character of the longer text, 0 to 1) that a labelled question
keeps from every text that is searched or tested, and from every other labelled question.

At 0.2 there were still twins: "how many days a week should I squat heavy" for "how many days a week
should I do BFR" (0.24), "growht hormon, waht is it good for" for "growht hormone wat is it for" (0.21).
From 0.25 on, what is near shares its topic and not its sentence: a quarter of the letters is more than
typos and one exchanged word make of a question of usual length.
"""

QUESTIONS = the_labelled()


def distances(texts: Sequence[str], others: Sequence[str]) -> npt.NDArray[np.float32]:
    """Normalised edit distance of each text to each other text, after normalising both."""
    keys, other_keys = ([normalise(text) for text in group] for group in (texts, others))
    return process.cdist(
        keys, other_keys, scorer=Levenshtein.normalized_distance, dtype=np.float32, workers=-1
    )


def near(texts: Sequence[str], others: Sequence[str]) -> list[tuple[str, str]]:
    """(text, nearest other text) for each text that keeps less than `APART`."""
    grid = distances(texts, others)
    nearest = zip(texts, grid.min(axis=1), grid.argmin(axis=1), strict=True)
    return [(text, others[place]) for text, distance, place in nearest if distance < APART]


# ---- form


def is_well_formed(question: Labelled) -> bool:
    label = question.label
    belongs = KINDS.get(label.get("kind", ""))
    return (
        label.get("kind") in KINDS
        and set(label) == {"kind", "style", *([belongs] if belongs else [])}
        and label["style"] in STYLES
        and len(question.text) <= limits.COMMAND_OPTION
        and bool(normalise(question.text))
    )


def test_each_label_has_its_form() -> None:
    assert [question for question in QUESTIONS if not is_well_formed(question)] == []


def test_each_question_belongs_to_a_live_entry_or_to_a_kind_of_the_never_answer_list() -> None:
    live, kinds = {entry.id for entry in the_library().live}, set(the_never_list())
    allowed = {"entry": live, "near": live | kinds, "refer": kinds}

    astray = [
        question.text
        for question in QUESTIONS
        for field, known in allowed.items()
        if question.label.get(field, next(iter(known))) not in known
    ]

    assert astray == []


# ---- enough of each


def test_there_are_enough_of_each_kind_and_style() -> None:
    kinds = Counter(question.label["kind"] for question in QUESTIONS)
    styles = Counter(question.label["style"] for question in QUESTIONS)
    total = len(QUESTIONS) - kinds["refer"]

    assert total >= 1200
    assert 0.4 <= kinds["in-scope"] / total <= 0.6, "about half in scope"
    assert 0.28 <= kinds["near-miss"] / total <= 0.4, "about a third near misses"
    assert kinds["out-of-scope"] >= 150
    assert set(styles) == STYLES
    assert min(styles.values()) >= 50


def test_each_entry_is_asked_for_at_least_eight_times() -> None:
    asked = Counter(question.label.get("entry") for question in QUESTIONS)

    assert {entry.id: asked[entry.id] for entry in the_library().live if asked[entry.id] < 8} == {}


def test_each_kind_of_the_never_answer_list_is_asked_for_at_least_25_times() -> None:
    asked = Counter(question.label.get("refer") for question in QUESTIONS)

    assert {kind: asked[kind] for kind in the_never_list() if asked[kind] < 25} == {}


# ---- apart from what the search knows


def test_no_labelled_question_is_nearly_a_text_that_is_searched_or_tested() -> None:
    known = [text for entry in the_library().live for text in questions_of(entry)]
    known += [text for _, text in never_questions()]

    assert near([question.text for question in QUESTIONS], known) == [], "reword the labelled question"


def test_no_labelled_question_stands_there_twice_or_nearly() -> None:
    texts = [question.text for question in QUESTIONS]
    grid = distances(texts, texts)
    np.fill_diagonal(grid, 1.0)

    twins = [(texts[a], texts[b]) for a, b in np.argwhere(grid < APART) if a < b]

    assert twins == [], "reword one of them: they might come to lie on both sides of the split"


def test_a_twin_is_found() -> None:
    assert near(["Does BFR raise the growth hormone?"], ["does bfr raise growth hormone"])
    assert not near(["do cuffs lift my gh"], ["does bfr raise growth hormone"])
