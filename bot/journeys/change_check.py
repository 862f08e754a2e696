"""Check a change before it is offered: the whole knowledge with it, and what it alone brings about."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.problem import Problem, Severity
from bot.journeys.check_knowledge import Checked, check_knowledge
from bot.knowledge.snapshot import write_snapshot
from bot.matching.engine import Engine

_LINE = re.compile(r"\bline \d+")


@dataclass(frozen=True, slots=True)
class CheckedChange:
    """What a check of a change found.

    `caused` are errors that were not there before: they stand in its way. `advice` is about the files
    that it touches, `before` are errors that were there already and do not count against it.
    """

    caused: tuple[Problem, ...]
    advice: tuple[Problem, ...]
    before: tuple[Problem, ...]


def check_change(
    base: Mapping[str, str], new: Mapping[str, str], engine: Engine, today: date
) -> CheckedChange:
    """Check the knowledge `base` (path -> text of every file) with the files `new` in it.

    Blocks for as long as a check takes, twice as long where there are errors. Raises OSError where there is
    no room for a copy of the knowledge, KnowledgeNotFoundError where the base is none.
    """
    after = _checked({**base, **new}, engine, today).problems
    errors = [problem for problem in after if problem.severity is Severity.ERROR]
    advice = tuple(p for p in after if p.severity is Severity.ADVICE and p.path in new)
    if not errors:
        return CheckedChange((), advice, ())
    known = Counter(map(_alike, _checked(base, engine, today).problems))
    caused: list[Problem] = []
    before: list[Problem] = []
    for problem in errors:
        known[_alike(problem)] -= 1
        (caused if known[_alike(problem)] < 0 else before).append(problem)
    return CheckedChange(tuple(caused), advice, tuple(before))


def _checked(files: Mapping[str, str], engine: Engine, today: date) -> Checked:
    with tempfile.TemporaryDirectory(prefix="caveat-check-") as made:
        write_snapshot(files, Path(made))
        return check_knowledge(Path(made), today, engine=engine, asks=engine.kind == "default")


def _alike(problem: Problem) -> tuple[str, str, str]:
    """What stays of a problem when lines are added above it."""
    return problem.path, problem.rule, _LINE.sub("line", problem.message)
