"""Labelled questions: read from their files, every problem told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.core.labelled import Kind, Labelled
from bot.knowledge.file_text import read_bytes
from bot.knowledge.form_problems import form_problems
from bot.knowledge.tree import Node, read_tree

FOLDER = "labelled"
MOST_BYTES = 2_000_000
_NOT_HERE = "TEMPLATE.yaml shows how"
"""How entries are written, which these are not."""
_Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class LabelledUnreadableError(Exception):
    """The file holds no labelled questions; the message says where and what to do."""


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    kind: Literal["in-scope", "near-miss", "out-of-scope", "refer"]
    entry: _Word | None = None
    near: _Word | None = None
    refer: _Word | None = None
    style: _Word = "plain"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    questions: Annotated[list[_Question], Field(min_length=1)]


def load_labelled(path: Path) -> tuple[Labelled, ...]:
    """The questions of a file, or of all .yaml files of a folder in their order.

    Raises LabelledUnreadableError.
    """
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise LabelledUnreadableError(f"{path} holds no .yaml file: name a file with labelled questions")
    return tuple(question for file in files for question in _of_file(file))


def _of_file(file: Path) -> list[Labelled]:
    try:
        raw = read_bytes(file, MOST_BYTES)
    except OSError as fault:
        raise LabelledUnreadableError(
            f"{file} cannot be read: {fault.strerror}; name another file"
        ) from fault
    tree, problems = read_tree(str(file), raw, MOST_BYTES)
    if tree is None:
        first = problems[0]
        raise LabelledUnreadableError(f"{first.path}:{first.line}:{first.column}: {first.message}")
    try:
        form = _File.model_validate(tree.plain())
    except ValidationError as fault:
        raise LabelledUnreadableError(_told(str(file), tree, fault)) from fault
    return [_labelled(question) for question in form.questions]


def _told(path: str, tree: Node, fault: ValidationError) -> str:
    """The first of what is wrong, in words: where, what, and the mend."""
    error, how = fault.errors(include_url=False)[0], "knowledge/README.md tells how, under labelled/"
    if not error["loc"]:
        return f"{path}: the file holds no labelled questions; begin it with a line `questions:`, {how}"
    if error["type"] == "too_short":
        return f"{path}: `questions` is empty; write at least one below it, or name another file"
    first = next(form_problems(path, tree, _File, fault))
    return f"{first.path}:{first.line}:{first.column}: {first.message}; {first.mend.replace(_NOT_HERE, how)}"


def _labelled(question: _Question) -> Labelled:
    kind = Kind(question.kind)
    targets = {Kind.IN_SCOPE: question.entry, Kind.NEAR_MISS: question.near, Kind.REFER: question.refer}
    return Labelled(question.text, kind, targets.get(kind), question.style)
