"""Problems of the knowledge as moderators read them in Discord: file, line, what is wrong, and the mend."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import wording_moderators as wording
from bot.core.problem import Problem
from bot.discord_ui.render import quoted

_ROOM = 300


def problem_lines(problems: Sequence[Problem], most: int) -> list[str]:
    """Two lines of Markdown for each of the first `most`, and how many more there are."""
    lines = [problem_line(problem) for problem in problems[:most]]
    if len(problems) > most:
        lines.append(wording.PROBLEMS_MORE.format(count=len(problems) - most))
    return lines


def problem_line(problem: Problem) -> str:
    """Where, what, and the mend."""
    return wording.PROBLEM.format(
        place=f"{problem.path}:{problem.line}:{problem.column}",
        message=quoted(problem.message, _ROOM),
        rule=problem.rule,
        mend=quoted(problem.mend, _ROOM),
    )
