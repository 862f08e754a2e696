"""Labelled questions as a file: the form that `load_labelled` reads."""

from __future__ import annotations

import math
from collections.abc import Sequence

import yaml

from bot.core.labelled import Kind, Labelled

_TARGET = {Kind.IN_SCOPE: "entry", Kind.NEAR_MISS: "near", Kind.REFER: "refer"}


def labelled_text(questions: Sequence[Labelled], heading: str) -> str:
    """The file, ending in a newline; each line of `heading` becomes a comment. Needs one question."""
    lines = [*(f"# {line}" for line in heading.splitlines()), "questions:"]
    for question in questions:
        lines.append(f"  - text: {_quoted(question.text)}")
        if question.target is not None:
            lines.append(f"    {_TARGET[question.kind]}: {question.target}")
        lines += [f"    kind: {question.kind}", f"    style: {question.style}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """On one line and in quotes, so that nothing in it is taken for syntax."""
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf).rstrip("\n")
