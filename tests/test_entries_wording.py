"""Wording: what the entries may say and must say, whatever their facts are."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
import yaml
from rapidfuzz.distance import Levenshtein

from bot.core import limits
from bot.core.article_claim import uncovered
from bot.core.entry import Entry
from bot.knowledge.reading import reading_ease
from bot.matching.normalise import normalise
from tests.facts.ledger import beside_the_repository
from tests.facts.shipped import (
    never_questions,
    prose_of,
    questions_of,
    the_claims,
    the_library,
    the_never_list,
)

RUN = 8
"""So many words in a row are a copy; seven and fewer are the common stock of the field."""
ENTRIES = the_library().live
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


def topics() -> dict[str, dict[str, Any]]:
    """The plan of the entries by slug; skips where it does not lie beside the repository."""
    plan = yaml.safe_load(beside_the_repository("topics.yaml").read_text("utf-8"))
    return {topic["slug"]: topic for topic in plan["topics"]}


# ---- all of them are there


def test_there_are_57_live_entries() -> None:
    assert len(ENTRIES) == 57


def test_the_entries_are_those_of_the_plan() -> None:
    assert {entry.id for entry in ENTRIES} == set(topics())


@each_entry
def test_there_is_enough_to_search_and_to_test(entry: Entry) -> None:
    assert len(entry.phrasings) >= 20
    assert len(entry.decoys) >= 6
    assert len(entry.match) >= 3
    assert len(entry.no_match) >= 2


# ---- the claims of the article


def test_each_of_the_31_claims_is_taken_up_by_a_live_entry() -> None:
    assert len(the_claims()) == 31
    assert uncovered(the_claims(), ENTRIES) == ()


@each_entry
def test_a_claim_has_the_section_and_the_verdict_of_the_register(entry: Entry) -> None:
    register = {claim.id: (claim.section, claim.verdict) for claim in the_claims()}

    assert [(c.section, c.verdict) for c in entry.claims] == [register[c.id] for c in entry.claims]


def test_the_claims_of_the_plan_are_taken_up_where_it_wants_them() -> None:
    plan = topics()
    taken_up = {entry.id: {claim.id for claim in entry.claims} for entry in ENTRIES}

    missing = {slug: set(plan[slug]["article_claims"]) - claims for slug, claims in taken_up.items()}

    assert {slug: claims for slug, claims in missing.items() if claims} == {}


# ---- nothing is copied


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.casefold().replace("\u2019", "'"))


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def test_no_text_shares_eight_words_in_a_row_with_the_article() -> None:
    article = runs_of(beside_the_repository("article.txt").read_text("utf-8"))
    texts = [(entry.id, text) for entry in ENTRIES for _, text in prose_of(entry)]
    texts += [(entry.id, text) for entry in ENTRIES for text in questions_of(entry)]
    texts += [(claim.id, claim.says) for claim in the_claims()]
    texts += [*never_questions(), *((kind, fields["reply"]) for kind, fields in the_never_list().items())]

    assert article, "an empty article would pass whatever the entries say"
    assert [(where, run) for where, text in texts for run in runs_of(text) & article] == []


# ---- what an answer rests on


@each_entry
def test_an_answer_rests_on_a_source_that_was_verified_or_says_that_it_could_not_be(entry: Entry) -> None:
    sources = [the_library().sources[citation.key] for citation in entry.sources]
    whole = [s for s in sources if {"authors", "year", "title", "journal"} <= set(s.verified)]

    assert whole or re.search(r"could (?:not|only) .*(?:check|read).* in (?:full|part)", entry.answer)


@each_entry
def test_each_source_stands_in_the_bibliography(entry: Entry) -> None:
    assert {citation.key for citation in entry.sources} <= set(the_library().sources)


def test_a_doctor_or_physio_comes_first_where_the_plan_says_so() -> None:
    plan = {slug: topic["professional_first"] for slug, topic in topics().items()}

    assert {entry.id: entry.professional_first for entry in ENTRIES} == plan


STRICTER = {"bfr-pressure": "tentative", "bfr-motor-units": "tentative"}
"""The studies behind the planned `likely` could not be read; docs/REVIEW.md, open decisions."""


def test_the_level_is_that_of_the_plan_or_stricter_for_a_reason() -> None:
    plan = {slug: topic["caveat"] for slug, topic in topics().items()}

    assert {entry.id: entry.caveat for entry in ENTRIES} == plan | STRICTER


# ---- how an answer reads


@each_entry
def test_an_answer_is_short_and_plain(entry: Entry) -> None:
    assert len(entry.answer) <= limits.ANSWER_ADVISED
    assert reading_ease(entry.answer) >= limits.READING_EASE_ADVISED


PROMISE = re.compile(r"\b(?:safe|safely|safest|proven|best)\b", re.IGNORECASE)
CONDITION = re.compile(
    r"\b(?:not|no|nobody|never|cannot|unless|if|when|only|too little|second best|best guess)\b", re.IGNORECASE
)


def unconditional(text: str) -> list[str]:
    """Sentences that promise without a denial or a condition: a coarse net, it reads words, not sense."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return [s for s in sentences if PROMISE.search(s) and not CONDITION.search(s)]


@each_entry
def test_no_answer_says_safe_proven_or_best_without_a_condition(entry: Entry) -> None:
    assert unconditional(entry.answer) == []


def test_a_bare_promise_is_found() -> None:
    assert unconditional("Cuffs work. BFR is safe. It is safe only with a proper cuff.") == ["BFR is safe."]


SYMPTOM = re.compile(
    r"\b(?:chest (?:pain|hurts)|short of breath|numb(?:ness)?|pins and needles|tingl\w+|faint\w*|dizzy"
    r"|light-?headed|passed out|swollen|can'?t feel my|turned blue"
    r"|(?:dark|brown|cola\w*|coloured) (?:urine|pee))\b",
    re.IGNORECASE,
)


@each_entry
def test_an_entry_that_speaks_of_symptoms_opens_with_urgent_care(entry: Entry) -> None:
    reported = [text for text in entry.searched if SYMPTOM.search(text)]

    assert not reported or entry.urgent, f"{entry.id} is found by {reported}"
    assert entry.urgent is None or "urgent medical care" in entry.urgent


# ---- the questions of an entry tell something apart


@each_entry
def test_no_two_questions_of_an_entry_differ_by_one_word_only(entry: Entry) -> None:
    texts = list(questions_of(entry))
    words = {text: normalise(text).split() for text in texts}

    twins = [(a, b) for a, b in combinations(texts, 2) if Levenshtein.distance(words[a], words[b]) <= 1]

    assert twins == []
