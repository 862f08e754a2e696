"""Load a knowledge folder: the library, and every problem of it in one run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.core import limits
from bot.core.entry import Citation, Claim, Correction, Entry, Review
from bot.core.library import CaveatLevel, Library, Source, Thresholds
from bot.core.problem import Problem, Severity, has_errors
from bot.knowledge.form_problems import did_you_mean, form_problems
from bot.knowledge.rules import reference_problems
from bot.knowledge.schema import CalibrationForm, EntryForm, GroupTitle, LevelForm, SourceForm
from bot.knowledge.tree import Node, Path as TreePath, read_tree

Form = TypeVar("Form", bound=BaseModel)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CAUTIOUS = Thresholds(answer=1.0, suggest=1.0, slope=1.0, intercept=-60.0)
"""Where there is no calibration: answer exact hits only."""


class KnowledgeNotFoundError(Exception):
    """There is no knowledge folder to read; the message tells the mend."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One load. `library` is None where an error keeps it from going live.

    `draft` holds what could be read even so, for checks that go on. `trees` and `paths`
    give each entry's file by entry id.
    """

    library: Library | None
    problems: tuple[Problem, ...]
    draft: Library
    trees: Mapping[str, Node]
    paths: Mapping[str, str]

    def problem(
        self, entry_id: str, place: TreePath, rule: str, severity: Severity, message: str, mend: str
    ) -> Problem:
        """A problem at a place (field names and list positions) of an entry's file."""
        line, column = self.trees[entry_id].at(place)
        return Problem(self.paths[entry_id], line, column, rule, severity, message, mend)


def load_library(folder: Path) -> Loaded:
    """Read the folder. Never raises for what a moderator typed.

    Raises KnowledgeNotFoundError where the folder or its `entries` do not exist.
    """
    if not (folder / "entries").is_dir():
        raise KnowledgeNotFoundError(
            f"there is no knowledge in {folder}: name a folder that holds entries/, caveats.yaml and sources.yaml"
        )
    return _Reader(folder).read()


@dataclass(slots=True)
class _Reader:
    """Reads file after file, gathering problems."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    trees: dict[str, Node] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def read(self) -> Loaded:
        levels = {key: _level(key, form) for key, form in self._records("caveats.yaml", LevelForm).items()}
        sources = {key: _source(key, form) for key, form in self._records("sources.yaml", SourceForm).items()}
        groups = self._groups()
        thresholds = self._thresholds()
        entries = self._entries(groups)
        draft = Library(entries, levels, groups, sources, thresholds, self.digest.hexdigest()[:12])
        self.problems.extend(reference_problems(draft, self.trees, self.paths))
        found = tuple(sorted(self.problems))
        return Loaded(None if has_errors(found) else draft, found, draft, self.trees, self.paths)

    def _entries(self, groups: Mapping[str, str]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for file in sorted((self.folder / "entries").rglob("*")):
            path = file.relative_to(self.folder)
            if file.is_dir() or file.name.startswith("."):
                continue
            slug, group = file.stem, path.parts[1] if len(path.parts) == 3 else ""
            if self._is_well_placed(path, groups):
                tree = self._tree(path.as_posix(), limits.ENTRY_FILE_BYTES)
                if slug in self.paths:
                    other = self.paths[slug]
                    self._error(
                        path, "slug-duplicate", f"{other} has this id already", "give one file another name"
                    )
                elif tree is not None:
                    self.trees[slug], self.paths[slug] = tree, path.as_posix()
                    form = self._form(path.as_posix(), tree, EntryForm)
                    if form is not None:
                        entries[slug] = _entry(slug, group, form)
        return entries

    def _is_well_placed(self, path: Path, groups: Mapping[str, str]) -> bool:
        before = len(self.problems)
        if path.suffix != ".yaml":
            self._error(
                path,
                "file-name",
                f"{path.name} is no entry",
                "name it like gh-290-times.yaml, or move it away",
            )
        elif not _SLUG.fullmatch(path.stem) or len(path.stem) > limits.SLUG:
            mend = f"use lower-case words joined by hyphens, at most {limits.SLUG} characters"
            self._error(path, "file-name", f'"{path.stem}" cannot be an id', mend)
        elif len(path.parts) != 3:
            self._error(
                path,
                "file-place",
                "an entry lies in entries/<group>/",
                "move it into a folder of groups.yaml",
            )
        elif groups and path.parts[1] not in groups:
            mend = did_you_mean(
                path.parts[1], list(groups), f"add {path.parts[1]} to groups.yaml, or move the file"
            )
            self._error(path, "group-unknown", f'"{path.parts[1]}" is not a group', mend)
        return len(self.problems) == before

    def _records(self, path: str, form: type[Form]) -> dict[str, Form]:
        """The records of a file that maps keys to one form."""
        tree = self._tree(path, limits.SHARED_FILE_BYTES)
        records: dict[str, Form] = {}
        for key, node in (tree.fields or {}).items() if tree is not None else ():
            record = self._form(path, node, form, tree.keys[key] if tree is not None else None)
            if record is not None:
                records[key] = record
        return records

    def _groups(self) -> dict[str, str]:
        path = "groups.yaml"
        tree = self._tree(path, limits.SHARED_FILE_BYTES)
        groups: dict[str, str] = {}
        for key, node in (tree.fields or {}).items() if tree is not None else ():
            try:
                groups[key] = TypeAdapter(GroupTitle).validate_python(node.plain())
            except ValidationError:
                mend = "write `folder-name: Title`, the title at most 60 characters"
                message = f"`{key}` has no title"
                self.problems.append(
                    Problem(path, node.line, node.column, "field-type", Severity.ERROR, message, mend)
                )
        return groups

    def _thresholds(self) -> Thresholds:
        path = "calibration.yaml"
        tree = self._tree(path, limits.SHARED_FILE_BYTES)
        form = self._form(path, tree, CalibrationForm) if tree is not None else None
        if form is None or tree is None:
            return CAUTIOUS
        if form.suggest > form.answer:
            line, column = tree.at(("suggest",))
            message, mend = (
                "`suggest` is above `answer`",
                "run `caveat calibrate`, or set suggest to at most answer",
            )
            self.problems.append(
                Problem(path, line, column, "thresholds-order", Severity.ERROR, message, mend)
            )
        return Thresholds(form.answer, form.suggest, form.slope, form.intercept)

    def _tree(self, path: str, most_bytes: int) -> Node | None:
        try:
            raw = (self.folder / path).read_bytes()
        except FileNotFoundError:
            self._error(
                path, "file-missing", "the file is missing", f"put {path} back, or copy it from the project"
            )
            return None
        except OSError as fault:
            self._error(path, "file-unreadable", f"it cannot be read: {fault.strerror}", "look at its rights")
            return None
        self.digest.update(path.encode() + b"\0" + raw + b"\0")
        tree, problems = read_tree(path, raw, most_bytes)
        self.problems.extend(problems)
        if tree is not None and tree.fields is None:
            self._error(path, "field-type", "the file must hold `name: value` lines", "copy TEMPLATE.yaml")
            return None
        return tree

    def _form(
        self, path: str, node: Node, form: type[Form], key_place: tuple[int, int] | None = None
    ) -> Form | None:
        if node.fields is None:
            line, column = key_place or (node.line, node.column)
            message, mend = "this record has no fields", "indent `name: text` lines under it"
            self.problems.append(Problem(path, line, column, "field-type", Severity.ERROR, message, mend))
            return None
        try:
            return form.model_validate(node.plain())
        except ValidationError as fault:
            self.problems.extend(form_problems(path, node, form, fault))
            return None

    def _error(self, path: Path | str, rule: str, message: str, mend: str) -> None:
        name = path if isinstance(path, str) else path.as_posix()
        self.problems.append(Problem(name, 1, 1, rule, Severity.ERROR, message, mend))


def _level(key: str, form: LevelForm) -> CaveatLevel:
    return CaveatLevel(key, form.name, form.sign, form.meaning, int(form.colour[1:], 16))


def _source(key: str, form: SourceForm) -> Source:
    return Source(key=key, **{**form.model_dump(), "verified": tuple(form.verified)})


def _entry(slug: str, group: str, form: EntryForm) -> Entry:
    return Entry(
        id=slug,
        group=group,
        question=form.question,
        phrasings=tuple(form.phrasings),
        decoys=tuple(form.decoys),
        caveat=form.caveat,
        professional_first=form.professional_first,
        urgent=form.urgent,
        answer=form.answer,
        details=form.details,
        claims=tuple(Claim(**claim.model_dump()) for claim in form.claims),
        sources=tuple(Citation(**source.model_dump()) for source in form.sources),
        reviewed=Review(**form.reviewed.model_dump()),
        related=tuple(form.related),
        corrections=tuple(Correction(**item.model_dump()) for item in form.corrections),
        status=form.status,
        match=tuple(form.tests.match),
        no_match=tuple(form.tests.no_match),
        version=entry_version(form),
    )


def entry_version(form: EntryForm) -> str:
    """Eight hex digits that change with anything members see, and with nothing else."""
    seen = form.model_dump(mode="json", exclude={"phrasings", "decoys", "tests", "related", "status"})
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:8]
