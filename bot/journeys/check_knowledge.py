"""Check the knowledge: what the loader finds, and what only asking the search can tell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import __version__
from bot.core.entry import Entry, Status
from bot.core.library import Library, SafetyKind
from bot.core.outcome import Answer, Outcome, Refer, Suggest
from bot.core.problem import Problem, Severity, has_errors
from bot.journeys.live import Live
from bot.knowledge.advice import advice
from bot.knowledge.load import Loaded, load_library
from bot.knowledge.reading import reading_ease
from bot.knowledge.rulebook import quoted
from bot.knowledge.rules import Owner
from bot.knowledge.tree import Path as Place
from bot.matching.engine import Engine
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


def check_knowledge(
    folder: Path,
    today: date,
    *,
    with_advice: bool = True,
    engine: Engine | None = None,
    passed: Path | None = None,
    asks: bool = True,
    again: bool = False,
) -> Checked:
    """Load the folder and ask its own tests. `today` only matters to advice.

    Where a folder `passed` is given, a library whose tests passed with this engine is noted there,
    and its tests, which cannot come out differently, are not asked again, unless `again`. `asks` False
    leaves the search's rules out: the tests are written for the default engine, and light finds less.
    They are asked only where every entry could be read and no question stands twice: otherwise they
    would tell of what is missing or double, not of themselves.
    Raises KnowledgeNotFoundError where there is no such folder.
    """
    loaded = load_library(folder)
    problems = list(loaded.problems)
    duplicates = list(_question_problems(loaded.owners))
    problems.extend(duplicates)
    live = None
    if loaded.is_whole and not duplicates:
        live = Live.of(loaded.draft, engine)
        mark = _mark(passed, live) if passed is not None else None
        owners = {(owner.id, owner.is_kind): owner for owner in loaded.owners}
        if asks and (again or mark is None or not mark.exists()):
            asked = [
                *_confused(loaded, owners, live.matcher),
                *_failing_tests(loaded.draft, owners, live.matcher),
            ]
            problems.extend(asked)
            if mark is not None and not asked:
                _note(mark)
    if with_advice:
        problems.extend(advice(loaded, today, reading_ease))
    told = (p for p in problems if with_advice or p.severity is Severity.ERROR)
    return Checked(None if has_errors(problems) else live, loaded.draft, tuple(sorted(told)))


def _mark(passed: Path, live: Live) -> Path:
    """The file that stands for a library whose tests passed with this engine and this version's search."""
    return passed / f"{live.library.version}-{live.matcher.engine.id}-{__version__}"


def _note(mark: Path) -> None:
    # A cache that cannot be written only makes the next start slower.
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _question_problems(owners: Iterable[Owner]) -> Iterator[Problem]:
    """question-duplicate, phrasing-duplicate, and what `_own_questions` finds; nothing of retired entries."""
    seen: dict[str, tuple[Owner, Place]] = {}
    for owner in owners:
        if owner.tree.word("status") == Status.RETIRED:
            continue
        own: set[str] = set()
        for place, text in _searched(owner):
            key = normalise(text)
            if key and key in seen:
                rule = "question-duplicate" if place == ("question",) else "phrasing-duplicate"
                yield owner.problem(place, rule, *_twice(owner, text, *seen[key]))
            elif key:
                seen[key] = (owner, place)
            own.add(key)
        yield from _own_questions(owner, own - {""})


def _searched(owner: Owner) -> Iterator[tuple[Place, str]]:
    """Every text that the search uses as its owner's, with its place; a kind has no question of its own."""
    question = owner.tree.word("question")
    if question is not None and not owner.is_kind:
        yield ("question",), question
    yield from owner.tree.words("phrasings")


def _own_questions(owner: Owner, own: set[str]) -> Iterator[Problem]:
    """text-without-words, decoy-is-phrasing, test-is-phrasing. `own` are its searched texts, normalised."""
    decoys = list(owner.tree.words("decoys"))
    tests = [*owner.tree.words("tests", "match"), *owner.tree.words("tests", "no_match")]
    for place, text in (*_searched(owner), *decoys, *tests):
        if not normalise(text):
            yield owner.problem(
                place, "text-without-words", f"{quoted(text)} holds no word", "write a question"
            )
    for place, text in decoys:
        if normalise(text) in own:
            message, mend = f"{quoted(text)} is a phrasing of this entry too", "it can be only one of the two"
            yield owner.problem(place, "decoy-is-phrasing", message, mend)
    indexed = own | {normalise(text) for _, text in decoys} - {""}
    for place, text in tests:
        if normalise(text) in indexed:
            message = f"{quoted(text)} is a phrasing or a decoy of this entry too"
            mend = "word the test differently: it must show that the search finds what it has not been told"
            yield owner.problem(place, "test-is-phrasing", message, mend)


def _twice(owner: Owner, text: str, first: Owner, place: Place) -> tuple[str, str]:
    line, _ = first.tree.at(place)
    if owner is first:
        return f"{quoted(text)} stands already in line {line}", "take one of the two out"
    message = f"{quoted(text)} stands already in {first.path}, line {line}"
    return message, "keep it in the one that answers it best"


def _confused(loaded: Loaded, owners: dict[tuple[str, bool], Owner], matcher: Matcher) -> Iterator[Problem]:
    """phrasing-confused: two live entries claim what is one question to the search; told in the second."""
    for one, other, cosine in matcher.index.close_pairs(CONFUSED):
        sides = sorted(
            (owners[entry_id, False].path, entry_id, position) for entry_id, position in (one, other)
        )
        (path, entry_id, position), (_, own_id, own_position) = sides
        twin, text = (
            loaded.draft.entries[i].searched[n] for i, n in ((entry_id, position), (own_id, own_position))
        )
        line, _ = owners[entry_id, False].tree.at(_place_of(position))
        message = f"{quoted(text)} is the same to the search as {quoted(twin)} in {path}, line {line}"
        mend = f"reword one of them so that they tell apart, or take one out ({cosine:.2f} alike)"
        yield owners[own_id, False].problem(_place_of(own_position), "phrasing-confused", message, mend)


def _place_of(position: int) -> Place:
    """Where a text of `Entry.searched` stands in the file."""
    return ("question",) if position == 0 else ("phrasings", position - 1)


def _failing_tests(
    library: Library, owners: dict[tuple[str, bool], Owner], matcher: Matcher
) -> Iterator[Problem]:
    """test-fails: a `match` question is answered or offered with its owner, a `no_match` is not answered."""
    tested: list[Entry | SafetyKind] = [*library.live, *library.never.values()]
    for asked in tested:
        is_kind = isinstance(asked, SafetyKind)
        owner = owners[asked.id, is_kind]
        for position, question in enumerate(asked.match):
            outcome = matcher.respond(question)
            if asked.id not in _offered(outcome, is_kind=is_kind):
                message = f"{quoted(question)} does not come here; it gives {_told(outcome)}"
                mend = "add a phrasing in these words, or take words away from where it goes instead"
                yield owner.problem(("tests", "match", position), "test-fails", message, mend)
        for position, question in enumerate(asked.no_match):
            outcome = matcher.respond(question)
            if not isinstance(outcome, Suggest) and asked.id in _offered(outcome, is_kind=is_kind):
                message = f"{quoted(question)} is answered with this; it gives {_told(outcome)}"
                mend = "add decoys in these words, or reword the phrasing that draws it"
                yield owner.problem(("tests", "no_match", position), "test-fails", message, mend)


def _offered(outcome: Outcome, *, is_kind: bool) -> set[str]:
    """The ids that a reply leads to: of kinds of the safety list, or else of entries."""
    if isinstance(outcome, Refer):
        return {outcome.kind} if is_kind else set()
    if is_kind:
        return set()
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
    if isinstance(outcome, Refer):
        return f"the reply {outcome.kind} of never.yaml"
    return "no answer"
