"""The never-answer list: kinds of questions that no entry may answer, with replies that point to help."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from rapidfuzz.distance import Levenshtein

from bot.core import limits
from bot.knowledge.reading import reading_ease
from bot.matching.normalise import normalise
from tests.facts.shipped import never_questions, the_library, the_never_list

KINDS = the_never_list()
LONGEST_REPLY = 600
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def texts_of(kind: dict[str, Any]) -> list[Any]:
    tests = kind["tests"]
    return [*kind["phrasings"], *kind["decoys"], *tests["match"], *tests["no_match"]]


def test_the_kinds_are_those_that_the_bot_must_not_answer() -> None:
    assert list(KINDS) == ["acute-symptoms", "self-harm", "dosing", "minors-drugs"]


@each_kind
def test_a_kind_has_enough_to_search_and_to_test(kind: dict[str, Any]) -> None:
    assert set(kind) == {"name", "reply", "reviewed", "phrasings", "decoys", "tests"}
    assert len(kind["phrasings"]) >= 40
    assert len(kind["decoys"]) >= 15
    assert len(kind["tests"]["match"]) >= 12
    assert len(kind["tests"]["no_match"]) >= 12
    assert all(isinstance(text, str) and 0 < len(text) <= limits.PHRASING for text in texts_of(kind))


@each_kind
def test_a_reply_is_short_and_plain(kind: dict[str, Any]) -> None:
    assert len(kind["reply"]) <= LONGEST_REPLY
    assert reading_ease(kind["reply"]) >= 60


@each_kind
def test_a_reply_names_no_emergency_number_without_its_countries(kind: dict[str, Any]) -> None:
    assert (
        "your local emergency number (112 in the EU, 911 in the US and Canada, 999 in the UK)"
        in kind["reply"]
    )


def test_the_reply_to_self_harm_names_a_line_to_talk_to_and_somebody_near() -> None:
    reply = KINDS["self-harm"]["reply"]

    assert "988 in the US and Canada" in reply
    assert "116 123 (Samaritans) in the UK and Ireland" in reply
    assert "findahelpline.com" in reply
    assert "Tell one person close to you" in reply


@each_kind
def test_a_kind_was_reviewed_and_is_due_within_a_year(kind: dict[str, Any]) -> None:
    reviewed = kind["reviewed"]
    on = reviewed[True]  # plain YAML takes the name `on` for a yes; the bot's own reader does not

    assert reviewed["by"] == "editorial review"
    assert isinstance(on, date)
    assert 0 < (reviewed["next"] - on).days <= 366


def test_no_text_stands_there_twice() -> None:
    seen = Counter(normalise(text) for _, text in never_questions())

    assert [text for text, count in seen.items() if count > 1] == []


@each_kind
def test_no_two_texts_of_a_kind_differ_by_one_word_only(kind: dict[str, Any]) -> None:
    words = {text: normalise(text).split() for text in texts_of(kind)}
    # A keyword or two ("clen dosage") has hardly another word to differ by.
    questions = [text for text in words if len(words[text]) > 2]

    twins = [(a, b) for a, b in combinations(questions, 2) if Levenshtein.distance(words[a], words[b]) <= 1]

    assert twins == []


def test_no_entry_is_found_by_what_is_never_answered() -> None:
    searched = {normalise(text): entry.id for entry in the_library().live for text in entry.searched}
    refused = [text for kind in KINDS.values() for text in (*kind["phrasings"], *kind["tests"]["match"])]

    assert {text: searched[normalise(text)] for text in refused if normalise(text) in searched} == {}
