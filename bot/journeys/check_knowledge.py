"""Check the knowledge: what the loader finds, and what only asking the search can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.outcome import Answer, Outcome, Suggest
from bot.core.problem import Problem, Severity, has_errors
from bot.journeys.live import Live
from bot.knowledge.load import Loaded, load_library
from bot.knowledge.reading import reading_ease
from bot.knowledge.rules import advice
from bot.knowledge.tree import Path as Place
from bot.matching.matcher import Matcher
from bot.matching.normalise import normalise

CONFUSED = 0.95
"""Cosine from which two phrasings say the same to the search; only word order or endings differ."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check: `live` only where no error stands in the way."""

    live: Live | None
    library: Library
    problems: tuple[Problem, ...]


def check_knowledge(folder: Path, today: date, *, with_advice: bool = True) -> Checked:
    """Load the folder and ask its own tests. `today` only matters to advice.

    Raises KnowledgeNotFoundError where there is no such folder.
    """
    loaded = load_library(folder)
    problems = list(loaded.problems)
    problems.extend(_duplicates(loaded))
    live = None
    if loaded.library is not None and not has_errors(problems):
        live = Live.of(loaded.library)
        problems.extend(_confused(loaded, live.matcher))
        problems.extend(_failing_tests(loaded, live.matcher))
    if with_advice:
        problems.extend(advice(loaded.draft, loaded.trees, loaded.paths, today, reading_ease))
    found = tuple(sorted(problems))
    return Checked(None if has_errors(problems) else live, loaded.draft, found)


def _placed(entry: Entry) -> Iterator[tuple[Place, str]]:
    """Every text that the search uses as this entry's own, with its place."""
    yield ("question",), entry.question
    for position, text in enumerate(entry.phrasings):
        yield ("phrasings", position), text


def _duplicates(loaded: Loaded) -> Iterator[Problem]:
    """question-duplicate, phrasing-duplicate, decoy-is-phrasing, test-is-phrasing, text-without-words."""
    seen: dict[str, tuple[str, Place, str]] = {}
    for entry in loaded.draft.entries.values():
        own: set[str] = set()
        for place, text in _placed(entry):
            key = normalise(text)
            rule = "question-duplicate" if place == ("question",) else "phrasing-duplicate"
            if not key:
                yield _error(
                    loaded, entry, place, "text-without-words", f'"{text}" holds no word', "write words"
                )
            elif key in seen:
                yield _error(loaded, entry, place, rule, *_told_apart(loaded, entry, text, seen[key]))
            else:
                seen[key] = (entry.id, place, text)
            own.add(key)
        yield from _own_texts(loaded, entry, own)


def _own_texts(loaded: Loaded, entry: Entry, own: set[str]) -> Iterator[Problem]:
    decoys = {normalise(text) for text in entry.decoys}
    for position, text in enumerate(entry.decoys):
        if normalise(text) in own:
            message, mend = f'"{text}" is a phrasing of this entry too', "it can be only one of the two"
            yield _error(loaded, entry, ("decoys", position), "decoy-is-phrasing", message, mend)
    for kind, tests in (("match", entry.match), ("no_match", entry.no_match)):
        for position, text in enumerate(tests):
            if normalise(text) in own | decoys:
                message, mend = f'"{text}" stands in the search index', "a test must be worded differently"
                yield _error(loaded, entry, ("tests", kind, position), "test-is-phrasing", message, mend)


def _told_apart(loaded: Loaded, entry: Entry, text: str, first: tuple[str, Place, str]) -> tuple[str, str]:
    other, place, _ = first
    line, _ = loaded.trees[other].at(place)
    where = f"line {line}" if other == entry.id else f"{loaded.paths[other]}, line {line}"
    return f'"{text}" stands already in {where}', "keep it where it is answered best"


def _confused(loaded: Loaded, matcher: Matcher) -> Iterator[Problem]:
    """phrasing-confused: two live entries claim what is the same question to the search."""
    for one, other, cosine in matcher.index.close_pairs(CONFUSED):
        (entry_id, position), (other_id, other_position) = one, other
        text = loaded.draft.entries[entry_id].searched[position]
        twin = loaded.draft.entries[other_id].searched[other_position]
        line, _ = loaded.trees[other_id].at(_place_of(other_position))
        message = f'"{text}" is the same to the search as "{twin}" ({loaded.paths[other_id]}, line {line})'
        mend = f"reword one of them so that they tell apart, or drop one ({cosine:.2f} alike)"
        entry = loaded.draft.entries[entry_id]
        yield _error(loaded, entry, _place_of(position), "phrasing-confused", message, mend)


def _place_of(position: int) -> Place:
    return ("question",) if position == 0 else ("phrasings", position - 1)


def _failing_tests(loaded: Loaded, matcher: Matcher) -> Iterator[Problem]:
    """test-fails: a `match` question must be answered or offered with this entry, a `no_match` not answered."""
    for entry in loaded.draft.live:
        for position, question in enumerate(entry.match):
            outcome = matcher.respond(question)
            if entry.id not in _offered(outcome):
                message = f'"{question}" does not find this entry; it gives {_told(outcome)}'
                mend = "add a phrasing in these words, or take words away from the other entry"
                yield _error(loaded, entry, ("tests", "match", position), "test-fails", message, mend)
        for position, question in enumerate(entry.no_match):
            outcome = matcher.respond(question)
            if isinstance(outcome, Answer) and outcome.entry_id == entry.id:
                message = f'"{question}" is answered with this entry ({outcome.confidence:.2f} sure)'
                mend = "add decoys in these words, or reword the phrasing that draws it"
                yield _error(loaded, entry, ("tests", "no_match", position), "test-fails", message, mend)


def _offered(outcome: Outcome) -> set[str]:
    if isinstance(outcome, Answer):
        return {outcome.entry_id}
    return (
        {candidate.entry_id for candidate in outcome.suggestions} if isinstance(outcome, Suggest) else set()
    )


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, Answer):
        return f"the answer {outcome.entry_id} ({outcome.confidence:.2f} sure)"
    if isinstance(outcome, Suggest):
        return "the choices " + ", ".join(candidate.entry_id for candidate in outcome.suggestions)
    return "no answer"


def _error(loaded: Loaded, entry: Entry, place: Place, rule: str, message: str, mend: str) -> Problem:
    return loaded.problem(entry.id, place, rule, Severity.ERROR, message, mend)
