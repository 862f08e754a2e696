"""The shipped knowledge, as the tests of its facts and wording read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from bot.core.article_claim import ArticleClaim
from bot.core.entry import Entry
from bot.core.library import Library
from bot.knowledge.load import load_library
from tests.facts.ledger import ROOT

KNOWLEDGE = ROOT / "knowledge"


@cache
def the_library() -> Library:
    """What could be read of the shipped folder; whether it may go live is for other tests to say."""
    return load_library(KNOWLEDGE).draft


@cache
def the_claims() -> tuple[ArticleClaim, ...]:
    """The register of the article's claims, in its order."""
    return tuple(the_library().claims.values())


@cache
def the_never_list() -> Mapping[str, Mapping[str, Any]]:
    """The kinds of questions that no entry may answer, as they stand in never.yaml."""
    kinds: dict[str, dict[str, Any]] = yaml.safe_load((KNOWLEDGE / "never.yaml").read_text("utf-8"))
    return kinds


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled question: its file, its text, and what its label says (entry, near, refer, kind, style)."""

    file: str
    text: str
    label: Mapping[str, str]


@cache
def the_labelled() -> tuple[Labelled, ...]:
    """Every labelled question, file by file."""
    found = []
    for path in sorted((KNOWLEDGE / "labelled").glob("*.yaml")):
        for record in yaml.safe_load(path.read_text("utf-8"))["questions"]:
            label = {name: value for name, value in record.items() if name != "text"}
            found.append(Labelled(path.name, record["text"], label))
    return tuple(found)


def questions_of(entry: Entry) -> Iterator[str]:
    """All that the entry searches, refuses and tests."""
    yield from (*entry.searched, *entry.decoys, *entry.match, *entry.no_match)


def prose_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """(place, text) of all that members read of the entry, but for its questions."""
    yield "answer", entry.answer
    yield "details", entry.details
    if entry.urgent is not None:
        yield "urgent", entry.urgent
    for claim in entry.claims:
        yield f"{claim.id} says", claim.says
        yield f"{claim.id} why", claim.why
    for citation in entry.sources:
        yield citation.key, citation.shows


def never_questions() -> Iterator[tuple[str, str]]:
    """(kind, text) of all that the never-answer list searches, refuses and tests."""
    for kind, fields in the_never_list().items():
        for texts in (fields["phrasings"], fields["decoys"], *fields["tests"].values()):
            yield from ((kind, text) for text in texts)
