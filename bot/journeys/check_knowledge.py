"""Check the knowledge: what the loader finds, and what only asking the search can tell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import __version__
from bot.core.entry import Status
from bot.core.library import Library
from bot.core.problem import Problem, Severity, has_errors
from bot.journeys.entry_tests import Owners, confused, entry_tests, failing
from bot.journeys.live import Live
from bot.knowledge.advice import advice
from bot.knowledge.against import correction_problems
from bot.knowledge.load import load_library
from bot.knowledge.reading import reading_ease
from bot.knowledge.rulebook import quoted
from bot.knowledge.rules import Owner
from bot.knowledge.tree import Path as Place
from bot.matching.engine import Engine
from bot.matching.normalise import normalise_known


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
    before: Library | None = None,
) -> Checked:
    """Load the folder and ask its own tests. `today` only matters to advice.

    Where a folder `passed` is given, a library whose tests passed with this engine is noted there,
    and its tests, which cannot come out differently, are not asked again, unless `again`. `asks` False
    leaves the search's rules out: the tests are written for the default engine, and light finds less.
    Given the library of `before`, entries that changed in substance since then need a correction.
    They are asked only where every entry could be read and no question stands twice: otherwise they
    would tell of what is missing or double, not of themselves.
    Raises KnowledgeNotFoundError where there is no such folder.
    """
    loaded = load_library(folder)
    problems = list(loaded.problems)
    duplicates = list(question_problems(loaded.owners))
    problems.extend(duplicates)
    if before is not None:
        problems.extend(correction_problems(before, loaded))
    live = None
    if loaded.is_whole and not duplicates:
        live = Live.of(loaded.draft, engine)
        mark = mark_of(passed, live.library, live.matcher.engine) if passed is not None else None
        owners = by_id(loaded.owners)
        if asks and (again or mark is None or not mark.exists()):
            asked = [
                *confused(loaded.draft, owners, live.matcher),
                *failing(entry_tests(loaded.draft), owners, live.matcher),
            ]
            problems.extend(asked)
            if mark is not None and not asked:
                note(mark)
    if with_advice:
        problems.extend(advice(loaded, today, reading_ease))
    told = (p for p in problems if with_advice or p.severity is Severity.ERROR)
    return Checked(None if has_errors(problems) else live, loaded.draft, tuple(sorted(told)))


def by_id(owners: Iterable[Owner]) -> Owners:
    """The owners by id, and whether it is a kind of the safety list."""
    return {(owner.id, owner.is_kind): owner for owner in owners}


def mark_of(passed: Path, library: Library, engine: Engine) -> Path:
    """The file that stands for a library that passed with this engine and this version's search."""
    return passed / f"{library.version}-{engine.id}-{__version__}"


def note(mark: Path) -> None:
    """Remember that these tests passed."""
    # A cache that cannot be written only makes the next start slower.
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def question_problems(owners: Iterable[Owner]) -> Iterator[Problem]:
    """question-duplicate, phrasing-duplicate, and what `_own_questions` finds; nothing of retired entries."""
    seen: dict[str, tuple[Owner, Place]] = {}
    for owner in owners:
        if owner.tree.word("status") == Status.RETIRED:
            continue
        own: set[str] = set()
        for place, text in _searched(owner):
            key = normalise_known(text)
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
        if not normalise_known(text):
            yield owner.problem(
                place, "text-without-words", f"{quoted(text)} holds no word", "write a question"
            )
    for place, text in decoys:
        if normalise_known(text) in own:
            message, mend = f"{quoted(text)} is a phrasing of this entry too", "it can be only one of the two"
            yield owner.problem(place, "decoy-is-phrasing", message, mend)
    indexed = own | {normalise_known(text) for _, text in decoys} - {""}
    for place, text in tests:
        if normalise_known(text) in indexed:
            message = f"{quoted(text)} is a phrasing or a decoy of this entry too"
            mend = "word the test differently: it must show that the search finds what it has not been told"
            yield owner.problem(place, "test-is-phrasing", message, mend)


def _twice(owner: Owner, text: str, first: Owner, place: Place) -> tuple[str, str]:
    line, _ = first.tree.at(place)
    if owner is first:
        return f"{quoted(text)} stands already in line {line}", "take one of the two out"
    message = f"{quoted(text)} stands already in {first.path}, line {line}"
    return message, "keep it in the one that answers it best"
