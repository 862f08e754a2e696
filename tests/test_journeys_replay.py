"""Replay: what a change does to each question, graded as the members meet it, the worst first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bot.core.labelled import Kind, Labelled
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Reason, Refer, Suggest
from bot.journeys.live import Live
from bot.journeys.replay import Effect, Question, effect_of, grade, labelled_questions, replay
from bot.matching import vectors
from bot.reports.replayed import escaped, markdown, text_lines, told
from tests.make_kept import a_live

FERN, MOSS = Candidate("fern", 0.9), Candidate("moss", 0.4)
ANSWER, OTHER = Answer("fern", 0.9, (FERN, MOSS)), Answer("moss", 0.8, (MOSS,))
CHOICES = Suggest((FERN, MOSS), (FERN, MOSS), Reason.UNSURE)
SWAPPED = Suggest((MOSS, FERN), (MOSS, FERN), Reason.UNSURE)
ONE = Suggest((MOSS,), (MOSS,), Reason.UNSURE)
NOTHING, HELP = Abstain(Reason.LOW_CONFIDENCE, (MOSS,)), Refer("acute", ())
ASKED = Question("does a fern drink")
IN_SCOPE = Labelled("does a fern drink", Kind.IN_SCOPE, "fern", "plain")
NEAR = Labelled("does a plastic fern drink", Kind.NEAR_MISS, "fern", "plain")
REFER = Labelled("i drank it and feel ill", Kind.REFER, "acute", "plain")


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (ANSWER, replace(ANSWER, confidence=0.7), None),
        (ANSWER, OTHER, Effect.OTHER_ENTRY),
        (ANSWER, CHOICES, Effect.NO_LONGER_ANSWERED),
        (ANSWER, NOTHING, Effect.NO_LONGER_ANSWERED),
        (CHOICES, ANSWER, Effect.NEWLY_ANSWERED),
        (NOTHING, ANSWER, Effect.NEWLY_ANSWERED),
        (CHOICES, SWAPPED, None),
        (CHOICES, ONE, Effect.OTHER_CHOICES),
        (CHOICES, NOTHING, Effect.NO_LONGER_OFFERED),
        (NOTHING, CHOICES, Effect.NEWLY_OFFERED),
        (NOTHING, Abstain(Reason.LANGUAGE, ()), None),
        (ANSWER, HELP, Effect.REFERRAL),
        (HELP, NOTHING, Effect.REFERRAL),
        (HELP, HELP, None),
        (HELP, Refer("dosing", ()), Effect.REFERRAL),
    ],
)
def test_what_a_member_sees_decides(before: Outcome, after: Outcome, effect: Effect | None) -> None:
    assert effect_of(ASKED, before, after) is effect


@pytest.mark.parametrize(
    ("labelled", "outcomes"),
    [
        (IN_SCOPE, [OTHER, NOTHING, CHOICES, ANSWER]),
        (IN_SCOPE, [OTHER, ONE]),
        (NEAR, [ANSWER, CHOICES]),
        (NEAR, [OTHER, NOTHING]),
        (REFER, [ANSWER, NOTHING, Refer("dosing", ()), HELP]),
    ],
)
def test_a_labelled_question_has_grades_and_a_lower_one_is_worse(
    labelled: Labelled, outcomes: list[Outcome]
) -> None:
    grades = [grade(labelled, outcome) for outcome in outcomes]
    assert grades == sorted(set(grades))
    (question,) = labelled_questions([labelled])
    for worse, better in pairwise(outcomes):
        assert effect_of(question, better, worse) is Effect.WORSE
        assert effect_of(question, worse, better) is Effect.BETTER


def test_the_worst_comes_first_and_what_was_asked_most_before_the_rest() -> None:
    old = a_live(suggest=0.0)
    entries = dict(old.library.entries)
    cactus = entries["cactus-in-winter"]
    entries[cactus.id] = replace(cactus, phrasings=(*cactus.phrasings[1:], "will it sink", "will it swim"))
    new = Live.of(replace(old.library, entries=entries, version="edited"), old.matcher.engine)
    label = Labelled(cactus.phrasings[0], Kind.IN_SCOPE, cactus.id, "plain")
    asked = [Question("will it sink", 2), Question("will it swim", 9), *labelled_questions([label])]
    shares: list[float] = []
    found = replay(old, new, asked, shares.append)
    assert (found.labelled, found.kept, found.is_worse) == (1, 2, True)
    assert [change.question.text for change in found.changes] == [label.text, "will it swim", "will it sink"]
    assert found.counts == {Effect.WORSE: 1, Effect.NEWLY_ANSWERED: 2}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert found.summary_lines() == ["1 labelled question gets worse", "2 questions are newly answered"]


def test_an_edited_answer_changes_nothing_for_any_question() -> None:
    old = a_live(suggest=0.0)
    entries = {key: replace(entry, answer="Another.") for key, entry in old.library.entries.items()}
    new = Live.of(replace(old.library, entries=entries), old.matcher.engine)
    found = replay(old, new, [Question("how often should a cactus be watered")])
    assert found.changes == ()
    assert list(text_lines(found))[-1] == "Nothing changes for any question that was asked."
    assert "**Nothing changes" in markdown(found, "main", "the folder")


def test_each_outcome_is_told_in_a_few_words() -> None:
    assert told(ANSWER) == "`fern` (0.90)"
    assert told(CHOICES) == "choices `fern`, `moss` (0.90)"
    assert told(HELP) == "the safety list's `acute`"
    assert told(NOTHING) == "not answered (0.40)"
    assert told(Abstain(Reason.EMPTY, ())) == "not answered"


def test_words_of_members_stay_words_in_a_comment() -> None:
    assert escaped("a|b\n<i>c</i> @here `d`") == "a\\|b \\<i\\>c\\</i\\> @\u200bhere \\`d\\`"


def test_many_texts_together_are_the_same_rows_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    vectoriser = a_live().matcher.index.vectoriser
    texts = ["how much water", "", "water water water", "do ferns dream at night"] * 30
    assert len(texts) > vectors.FEW
    together = vectoriser.matrix(texts)
    monkeypatch.setattr(vectors, "FEW", len(texts))
    assert np.array_equal(together, vectoriser.matrix(texts))
