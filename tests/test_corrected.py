"""What of an entry is its substance, and which changes of it want a correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.corrected import (
    changed_in_substance,
    changes_of_substance,
    new_corrections,
    public_record,
    uncorrected,
)
from bot.core.entry import Status, Verdict
from tests.make import a_claim, a_correction, a_library, an_entry

ENTRY = an_entry(
    answer="Water it twice a month. Use 250 ml, at most 1.5 l. Never below -5 °C.", claims=(a_claim(),)
)


def answered(answer: str) -> list[bool]:
    """For each change of the answer, whether it may be a typo."""
    return [change.may_be_typo for change in changes_of_substance(ENTRY, replace(ENTRY, answer=answer))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("twice", "once"),
        ("250", "260"),
        ("1.5", "15"),
        ("1.5", "2.5"),
        ("-5", "5"),
        ("at most", "at least"),
        ("Never below", "Below"),
        ("a month", "a year"),
        ("Use 250 ml, at most", "Use at most"),
    ],
)
def test_a_word_or_a_number_is_substance(old: str, new: str) -> None:
    assert answered(ENTRY.answer.replace(old, new)) == [False]


@pytest.mark.parametrize(
    ("old", "new"),
    [("twice", "**twice**"), (". ", ".  "), ("Water", "water"), ("month.", "month!"), ("-5", "−5")],
)
def test_case_spacing_punctuation_and_markdown_are_none(old: str, new: str) -> None:
    assert answered(ENTRY.answer.replace(old, new)) == []


@pytest.mark.parametrize(("old", "new"), [("month", "monht"), ("month", "montth"), ("Water", "Wayer")])
def test_one_letter_of_a_long_word_may_be_a_typo(old: str, new: str) -> None:
    assert answered(ENTRY.answer.replace(old, new)) == [True]


@given(st.text(alphabet=" .!*_\n", max_size=20))
def test_signs_around_the_answer_never_count(signs: str) -> None:
    assert answered(signs + ENTRY.answer + signs) == []


def test_a_verdict_that_turned_and_a_claim_that_went_are_told_by_name() -> None:
    turned = replace(ENTRY, claims=(a_claim(verdict=Verdict.SUPPORTED),))
    (change,) = changes_of_substance(ENTRY, turned)
    assert (change.what, change.before, change.after) == ("the verdict on T1", "misleading", "supported")
    (gone,) = changes_of_substance(ENTRY, replace(ENTRY, claims=()))
    assert gone.after == "not said any more"
    assert not changed_in_substance(ENTRY, replace(ENTRY, claims=(a_claim(), a_claim("T2"))))


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETIRED])
def test_only_between_live_versions_is_there_something_to_correct(status: Status) -> None:
    other = replace(ENTRY, answer="Something else entirely.", status=status)
    assert changes_of_substance(ENTRY, other) == changes_of_substance(other, ENTRY) == ()


def test_a_new_correction_answers_for_all_changes_of_that_version() -> None:
    told = replace(ENTRY, answer="Once.", caveat="disputed", corrections=(a_correction(),))
    assert len(uncorrected(ENTRY, replace(told, corrections=()))) == 2
    assert uncorrected(ENTRY, told) == ()
    assert new_corrections(told, replace(told, corrections=(*told.corrections, a_correction()))) == (
        a_correction(),
    )
    assert uncorrected(told, replace(told, answer="Twice.")) != (), "an old one answers for nothing new"


def test_the_record_is_newest_first_and_without_drafts() -> None:
    days = [a_correction(date(2026, 1, day), f"On {day}.") for day in (4, 6)]
    library = a_library(
        an_entry("holes", corrections=tuple(days)),
        an_entry("saucers", corrections=(a_correction(date(2026, 1, 5)),), status=Status.RETIRED),
        an_entry("gravel", corrections=(a_correction(date(2026, 1, 9)),), status=Status.DRAFT),
    )
    assert [(entry.id, correction.on.day) for entry, correction in public_record(library)] == [
        ("holes", 6),
        ("saucers", 5),
        ("holes", 4),
    ]
