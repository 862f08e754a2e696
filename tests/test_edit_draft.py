"""A new entry: a draft that the checker takes as it is, honest about what is not written yet."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.core import limits
from bot.core.entry import Status
from bot.core.problem import has_errors
from bot.knowledge.draft import NOT_REVIEWED, TO_BE_WRITTEN, Draft, new_entry
from bot.knowledge.edit import Edited, Refusal, Refused, add_decoy, add_phrasing
from bot.knowledge.load import load_library
from bot.knowledge.scalars import one_line, paragraphs
from bot.knowledge.schema import EntryForm
from bot.knowledge.tree import read_tree
from tests.make import KNOWLEDGE

TEMPLATE = Path(__file__).resolve().parent.parent / "knowledge" / "TEMPLATE.yaml"
TODAY = date(2026, 11, 22)
SOME: dict[str, Any] = {
    "question": "May I water a cactus?",
    "group": "watering",
    "caveat": "likely",
    "today": TODAY,
}


def a_draft(**changes: Any) -> Draft:
    outcome = new_entry(**{**SOME, **changes})
    assert isinstance(outcome, Draft), outcome
    return outcome


def refused(**changes: Any) -> Refused:
    outcome = new_entry(**{**SOME, **changes})
    assert isinstance(outcome, Refused)
    return outcome


def form_of(draft: Draft) -> EntryForm:
    """The draft as the loader reads it."""
    tree, problems = read_tree(draft.path, draft.text.encode(), limits.ENTRY_FILE_BYTES)
    assert tree is not None
    assert problems == []
    return EntryForm.model_validate(tree.plain())


def test_a_draft_of_little_says_what_is_to_be_written() -> None:
    draft = a_draft(sources=["windowsill-2019", "hard-water-2016"], phrasings=["cactus thirsty: water it?"])

    assert draft.path == "entries/watering/may-i-water-a-cactus.yaml"
    assert (
        draft.text
        == """\
# yaml-language-server: $schema=../../entry.schema.json
# A draft, shown to nobody: complete it (TEMPLATE.yaml), have it reviewed, set it live.
question: May I water a cactus?
status: draft
caveat: likely
professional_first: true
answer: To be written.
details: To be written.
claims: []
sources:
  - key: windowsill-2019
    shows: To be written.
  - key: hard-water-2016
    shows: To be written.
reviewed:
  on: 2026-11-22
  by: nobody so far, this is a draft
  next: 2027-11-22
related: []
corrections: []
phrasings:
  - "cactus thirsty: water it?"
decoys: []
tests:
  match: []
  no_match: []
"""
    )


def test_the_checker_finds_no_error_in_a_folder_with_a_draft(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    draft = a_draft(answer="Water it.\n\n- In spring\n  - a little", sources=["windowsill-2019"])
    (folder / draft.path).write_text(draft.text, "utf-8")

    loaded = load_library(folder)

    assert [problem for problem in loaded.problems if draft.slug in problem.path] == []
    assert not has_errors(loaded.problems)
    assert loaded.library is not None
    assert loaded.library.entries[draft.slug].status is Status.DRAFT
    assert draft.slug not in {entry.id for entry in loaded.library.live}


def test_the_fields_stand_in_the_order_of_the_template() -> None:
    tree, _ = read_tree("", a_draft().text.encode(), limits.ENTRY_FILE_BYTES)

    assert tree is not None
    template, _ = read_tree("", TEMPLATE.read_bytes(), limits.ENTRY_FILE_BYTES)
    assert template is not None
    assert list(tree.fields or ()) == list(template.fields or ())
    assert list(tree.fields or ()) == [name for name in EntryForm.model_fields if name != "urgent"]


def test_a_long_answer_is_folded_and_one_of_paragraphs_keeps_its_lines() -> None:
    words = "A cactus drinks little in winter and more in spring, when it grows. " * 4
    draft = a_draft(answer=words, details="**Why.** Roots rot.\n\n1. Wait\n   - till dry\n")

    assert form_of(draft).answer == words.strip()
    assert form_of(draft).details == "**Why.** Roots rot.\n\n1. Wait\n   - till dry"
    assert "answer: >-\n  A cactus drinks" in draft.text
    assert "details: |-\n  **Why.** Roots rot.\n\n  1. Wait\n     - till dry\n" in draft.text
    assert max(map(len, draft.text.splitlines())) <= 90


@settings(max_examples=300, deadline=None)
@given(
    question=st.text(max_size=110),
    answer=st.text(max_size=1010),
    details=st.text(alphabet=st.sampled_from("ab \n\t\r-#:>|'\"\\ü🦵\u2028"), max_size=200),
    sources=st.lists(st.sampled_from(["windowsill-2019", "null", "2019-01-01", "12", "a: b"]), max_size=3),
    phrasings=st.lists(st.text(max_size=30), max_size=4),
)
def test_whatever_is_typed_the_draft_holds_it_and_has_the_form(
    question: str, answer: str, details: str, sources: list[str], phrasings: list[str]
) -> None:
    outcome = new_entry(
        question=question,
        group="watering",
        caveat="likely",
        today=TODAY,
        answer=answer,
        details=details,
        sources=sources,
        phrasings=phrasings,
    )

    if isinstance(outcome, Refused):
        assert (
            not one_line(question)
            or len(one_line(question)) > limits.QUESTION
            or len(paragraphs(answer)) > 1000
        )
        return
    form = form_of(outcome)
    assert form.question == one_line(question)
    assert form.answer == (paragraphs(answer) or TO_BE_WRITTEN)
    assert form.details == (paragraphs(details) or TO_BE_WRITTEN)
    assert [source.key for source in form.sources] == list(dict.fromkeys(sources))
    assert set(form.phrasings) <= {one_line(text) for text in phrasings}
    assert YAML(typ="safe", pure=True).load(outcome.text)["question"] == form.question
    assert outcome.text.endswith("[]\n")


def test_a_draft_takes_phrasings_and_decoys_like_any_entry() -> None:
    first = add_phrasing(a_draft().text, "cactus water when")
    assert isinstance(first, Edited)
    second = add_decoy(first.text, "can a cactus swim")
    assert isinstance(second, Edited)

    form = form_of(Draft("", "", second.text))

    assert (form.phrasings, form.decoys) == (["cactus water when"], ["can a cactus swim"])


def test_a_phrasing_stands_once_and_the_question_is_none() -> None:
    draft = a_draft(phrasings=["Water it?", "may i  WATER a cactus?", "water  IT?", "", "How much?"])

    assert form_of(draft).phrasings == ["Water it?", "How much?"]


def test_the_id_is_made_of_the_question_and_is_new() -> None:
    long_question = "Why does a cactus that stands on the southern windowsill need less water in winter?"

    assert a_draft(question="Is «Öl» good for Kakteen?").slug == "is-ol-good-for-kakteen"
    assert a_draft(question="האם זה בטוח?").slug == "question"
    assert a_draft(taken={"may-i-water-a-cactus"}).slug == "may-i-water-a-cactus-2"
    assert a_draft(taken={"may-i-water-a-cactus", "may-i-water-a-cactus-2"}).slug == "may-i-water-a-cactus-3"
    assert a_draft(question=long_question).slug == "why-does-a-cactus-that-stands-on-the"
    assert len(a_draft(question="x" * 100, taken={"x" * 50}).slug) <= limits.SLUG


@settings(max_examples=200, deadline=None)
@given(question=st.text(min_size=1, max_size=100).filter(one_line), taken=st.integers(0, 12))
def test_every_id_is_one_that_the_checker_takes(question: str, taken: int) -> None:
    used: set[str] = set()
    for _ in range(taken + 1):
        draft = a_draft(question=question, taken=used)
        assert draft.slug not in used
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", draft.slug)
        assert len(draft.slug) <= limits.SLUG
        used.add(draft.slug)


def test_who_reviewed_it_and_when_is_due_are_honest() -> None:
    review = form_of(a_draft(today=date(2028, 2, 29))).reviewed

    assert (review.by, review.on, review.next) == (NOT_REVIEWED, date(2028, 2, 29), date(2029, 2, 28))


def test_a_professional_comes_first_until_somebody_says_otherwise() -> None:
    assert form_of(a_draft()).professional_first is True
    assert form_of(a_draft(professional_first=False)).professional_first is False


@pytest.mark.parametrize(
    ("changes", "why", "message"),
    [
        ({"question": " \u200b"}, Refusal.EMPTY, "the question is empty"),
        ({"question": "x" * 101}, Refusal.TOO_LONG, "the question has 101 characters, at most 100 fit"),
        ({"answer": "x" * 1001}, Refusal.TOO_LONG, "the answer has 1001 characters, at most 1000 fit"),
        ({"details": "x" * 2501}, Refusal.TOO_LONG, "the longer story has 2501 characters, at most 2500 fit"),
        ({"phrasings": ["x" * 251]}, Refusal.TOO_LONG, "the phrasing has 251 characters, at most 250 fit"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(changes: dict[str, Any], why: Refusal, message: str) -> None:
    outcome = refused(**changes)

    assert (outcome.why, outcome.message) == (why, message)
    assert outcome.mend


@pytest.mark.parametrize("group", ["../secrets", "", "a/b", "Watering", ".git"])
def test_a_draft_leaves_the_entries_for_no_group(group: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a group"):
        new_entry(**{**SOME, "group": group})
