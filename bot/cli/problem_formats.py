"""Problems as text for people, as annotations for GitHub, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from bot.core.library import Library
from bot.core.problem import Problem, Severity

JSON_VERSION = 1
"""Goes up when a field of the JSON report is renamed or goes."""


def shown_path(folder: Path, problem: Problem) -> str:
    """The file as seen from the current folder, so that an editor or a click opens it."""
    path = folder / problem.path
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def text_lines(folder: Path, problems: Sequence[Problem]) -> Iterator[Text]:
    """Two lines a problem: place, message and rule; then the mend, indented."""
    for problem in problems:
        is_error = problem.severity is Severity.ERROR
        line = Text(f"{shown_path(folder, problem)}:{problem.line}:{problem.column}:", style="bold")
        line.append(f" {'' if is_error else 'advice: '}{_visible(problem.message)} ", style="not bold")
        line.append(f"[{problem.rule}]", style="not bold red" if is_error else "not bold yellow")
        yield line
        yield Text(f"    {_visible(problem.mend)}")


def github_line(folder: Path, problem: Problem) -> str:
    """An annotation that GitHub shows at the line of a change: an error, or a notice for advice."""
    kind = "error" if problem.severity is Severity.ERROR else "notice"
    fields = {
        "file": shown_path(folder, problem),
        "line": str(problem.line),
        "col": str(problem.column),
        "title": problem.rule,
    }
    properties = ",".join(f"{name}={_escaped_property(value)}" for name, value in fields.items())
    return f"::{kind} {properties}::{_escaped(f'{problem.message} - {problem.mend}')}"


def json_report(library: Library, problems: Sequence[Problem]) -> str:
    """One object: version of this form, version of the library, counts, and all problems in order.

    Paths are relative to the knowledge folder.
    """
    report = {
        "version": JSON_VERSION,
        "library": library.version,
        "counts": {
            "entries": len(library.entries),
            "live": len(library.live),
            "errors": _count(problems, Severity.ERROR),
            "advice": _count(problems, Severity.ADVICE),
        },
        "problems": [asdict(problem) for problem in problems],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def summary(library: Library, problems: Sequence[Problem]) -> str:
    """The last line: how many entries, and what was found."""
    errors, advice = _count(problems, Severity.ERROR), _count(problems, Severity.ADVICE)
    entries = "1 entry" if len(library.entries) == 1 else f"{len(library.entries)} entries"
    told = "no errors" if not errors else "1 error" if errors == 1 else f"{errors} errors"
    advised = "no advice" if not advice else f"advice on {advice} place{'' if advice == 1 else 's'}"
    return f"{entries} ({len(library.live)} live): {told}, {advised}"


def _count(problems: Sequence[Problem], severity: Severity) -> int:
    return sum(problem.severity is severity for problem in problems)


def _visible(text: str) -> str:
    """One line whatever it quotes: what cannot be seen, or would steer the terminal, as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _escaped(text: str) -> str:
    """GitHub's escapes of a message (actions/toolkit, command.ts, escapeData)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    """GitHub's escapes of a property (actions/toolkit, command.ts, escapeProperty)."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
