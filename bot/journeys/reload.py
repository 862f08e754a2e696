"""Reload: read the knowledge folder anew while the old library stays live, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from bot.core.problem import Problem, Severity
from bot.journeys.check_knowledge import by_id, mark_of, note, question_problems
from bot.journeys.entry_tests import confused, entry_tests, failing
from bot.journeys.live import Live
from bot.journeys.retest import Book, Memory, book_of, changed_entries, tests_to_ask
from bot.knowledge.advice import advice
from bot.knowledge.folder import TOP
from bot.knowledge.load import SAFETY_LIST, KnowledgeNotFoundError, Loaded, load_library
from bot.knowledge.reading import reading_ease
from bot.knowledge.rulebook import found
from bot.knowledge.seen import Seen
from bot.matching.engine import Engine
from bot.matching.tuning.adapter import ADAPTER

FEW = 16
"""Tests asked at a time in the background: one thread then, and none waits long for it to stop."""


class Came(StrEnum):
    """What came of a reload."""

    LIVE = "live"
    SAME = "same"
    KEPT = "kept"
    TAKEN_BACK = "taken-back"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of a reload, and what is live after it. `reference` joins a failure to the log."""

    at: datetime
    came: Came
    version: str
    entries: int
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of the folder: `live` only where no error stands in the way."""

    live: Live | None
    problems: tuple[Problem, ...]


class Keeper:
    """Reads a folder again and again, and remembers what it may: files, vectors, tests that passed.

    Another `folder` may be set between two readings, such as a newer copy of the same knowledge.

    For one thread at a time: neither `read` nor `verify` may run beside the other.
    """

    def __init__(self, folder: Path, passed: Path, open_engine: Callable[[Path], Engine]) -> None:
        self.folder = folder
        self._passed = passed
        self._open_engine = open_engine
        self._seen = Seen()
        self._loaded: Loaded | None = None
        self._memory: Memory | None = None
        self._book: Book | None = None

    def read(
        self,
        before: Live | None,
        goes_on: Callable[[], bool] = lambda: True,
        folder: Path | None = None,
    ) -> Read:
        """The library as it stands in the folder; `before` itself where nothing has changed.

        Another `folder` is read this once, such as one that is checked before it is served.
        Only tests are asked that the edit can have changed: see `retest`. Raises StoppedError once
        `goes_on` says no, and KnowledgeNotFoundError where there is no folder, and never was. That a
        safety list which was live is gone is an error.
        """
        try:
            engine = self._open_engine(folder or self.folder)
            loaded = load_library(folder or self.folder, self._seen)
        except KnowledgeNotFoundError:
            if before is None:
                raise
            mend = "put the folder back; what was live stays live until then"
            return Read(None, (found("entries", TOP, "entries-missing", "the folder is gone", mend),))
        if before is not None and engine.warning and before.matcher.engine.warning is None:
            mend = "put the file back as it was, or run `caveat tune`"
            return Read(None, (found(ADAPTER, TOP, "file-unreadable", engine.warning, mend),))
        problems = list(_errors(loaded.problems))
        if before is not None and _lost_safety_list(before, loaded):
            mend = "put it back: without it nobody is told where to find help"
            message = "the safety list, which was live, is missing or empty"
            problems.append(found(SAFETY_LIST, TOP, "file-missing", message, mend))
        if not (loaded.is_whole and mark_of(self._passed, loaded.draft, engine).exists()):
            problems.extend(question_problems(loaded.owners))
        if problems or not loaded.is_whole:
            return Read(None, tuple(sorted(problems)))
        if before is not None and _is_same(before, loaded, engine):
            self._loaded = loaded
            return Read(before, ())
        live = Live.of(loaded.draft, engine) if before is None else before.edited(loaded.draft, engine)
        failed = tuple(sorted(self._asked(loaded, live, goes_on)))
        if failed:
            return Read(None, failed)
        self._loaded = loaded
        return Read(live, ())

    def verify(self, live: Live, goes_on: Callable[[], bool]) -> tuple[Problem, ...]:
        """Ask all tests of what is live, and write down what the next reload compares with.

        Nothing is asked where they are known to pass. Raises StoppedError once `goes_on` says no.
        """
        loaded = self._loaded
        if not self.is_to_verify(live) or loaded is None or loaded.draft.version != live.library.version:
            return ()
        memory = self._memory_of(live.matcher.engine)
        mark = mark_of(self._passed, live.library, live.matcher.engine)
        if not mark.exists():
            tests = entry_tests(live.library)
            owners = by_id(loaded.owners)
            failed = failing(tests, owners, live.matcher, embed=memory.embed, together=FEW, goes_on=goes_on)
            if problems := tuple(sorted(failed)):
                return problems
            note(mark)
        self._book = book_of(live, memory, goes_on)
        return ()

    def is_to_verify(self, live: Live) -> bool:
        """Whether `verify` has anything to do for it. The tests are written for the default engine."""
        return live.matcher.engine.kind == "default" and (self._book is None or self._book.live is not live)

    def advice(self, today: date) -> tuple[Problem, ...]:
        """What could be better in what was read last."""
        return tuple(sorted(advice(self._loaded, today, reading_ease))) if self._loaded is not None else ()

    def _asked(self, loaded: Loaded, live: Live, goes_on: Callable[[], bool]) -> tuple[Problem, ...]:
        engine = live.matcher.engine
        if engine.kind != "default" or mark_of(self._passed, live.library, live.matcher.engine).exists():
            return ()
        owners, tests = by_id(loaded.owners), tests_to_ask(self._book, live)
        changed = changed_entries(self._book.live.library, live.library) if self._book is not None else None
        embed = self._memory_of(engine).embed
        problems = (
            *confused(loaded.draft, owners, live.matcher, changed),
            *failing(tests, owners, live.matcher, embed=embed, goes_on=goes_on),
        )
        if not problems and self._book is None:
            note(mark_of(self._passed, live.library, live.matcher.engine))
        return problems

    def _memory_of(self, engine: Engine) -> Memory:
        if self._memory is None or self._memory.engine is not engine:
            self._memory = Memory(engine)
        return self._memory


def _is_same(before: Live, loaded: Loaded, engine: Engine) -> bool:
    return before.library.version == loaded.draft.version and before.matcher.engine is engine


def _lost_safety_list(before: Live, loaded: Loaded) -> bool:
    """Whether there was a safety list, and now is none: not one with errors, which are told themselves."""
    has_kinds = any(owner.is_kind for owner in loaded.owners)
    has_errors = any(problem.path == SAFETY_LIST for problem in loaded.problems)
    return bool(before.library.never) and not (has_kinds or has_errors)


def _errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
