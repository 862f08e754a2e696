"""Load a knowledge folder: the library, and every problem of it in one run."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.core import limits
from bot.core.entry import Entry
from bot.core.library import Library, Thresholds
from bot.core.problem import Problem, has_errors
from bot.knowledge import values
from bot.knowledge.file_text import read_bytes
from bot.knowledge.folder import TOP, EntryFile, entry_files, misnamed
from bot.knowledge.form_problems import form_problems
from bot.knowledge.rulebook import found, quoted
from bot.knowledge.rules import (
    Known,
    Owner,
    entry_problems,
    long_texts,
    register_problems,
    review_problems,
    source_problems,
    template_problems,
)
from bot.knowledge.schema import (
    SLUG,
    ArticleClaimForm,
    CalibrationForm,
    EntryForm,
    GroupTitle,
    LevelForm,
    SafetyKindForm,
    SourceForm,
    ThresholdsForm,
)
from bot.knowledge.seen import Seen, SeenEntry, SeenTree
from bot.knowledge.tree import Node, read_tree
from bot.knowledge.tree import Path as Place

Form = TypeVar("Form", bound=BaseModel)
SAFETY_LIST = "never.yaml"
TEMPLATE = "TEMPLATE.yaml"
REGISTER = "claims.yaml"
_CLAIM_KEY = r"[A-Za-z0-9]{1,12}"
CAUTIOUS = Thresholds(answer=1.0, suggest=1.0, slope=1.0, intercept=-60.0)
"""Where there is no calibration: answer exact hits only."""
_GROUP_TITLE: TypeAdapter[str] = TypeAdapter(GroupTitle)


class KnowledgeNotFoundError(Exception):
    """There is no knowledge folder to read; the message tells the mend."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One load. `library` is None where an error keeps it from going live.

    `draft` holds what could be read even so, for checks that go on; `is_whole` says that it has
    all that the search needs. `owners` are all that own questions, as they were typed: the entries, then
    the kinds of the safety list; also those that `draft` had to leave out. `sources` is the
    bibliography as it was typed, None where it could not be read.
    """

    library: Library | None
    problems: tuple[Problem, ...]
    draft: Library
    owners: tuple[Owner, ...]
    sources: Node | None
    is_whole: bool


def load_library(folder: Path, seen: Seen | None = None) -> Loaded:
    """Read the folder. Never raises for what a moderator typed.

    Given what was `seen` by the last load, only files that have changed are parsed anew; it is brought up
    to date.
    Raises KnowledgeNotFoundError where the folder or its `entries` do not exist.
    """
    if not _is_folder(folder / "entries"):
        raise KnowledgeNotFoundError(
            f"there is no knowledge in {folder}: "
            "name a folder that holds entries/, caveats.yaml and sources.yaml"
        )
    reader = _Reader(folder, seen or Seen())
    loaded = reader.read()
    if seen is not None:
        seen.trees, seen.entries = reader.now.trees, reader.now.entries
    return loaded


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder around it may not be entered
        return False


@dataclass(frozen=True, slots=True)
class _Records(Generic[Form]):
    """A file of records: those that have the right form, and what was typed; None where it cannot be read."""

    forms: dict[str, Form]
    tree: Node | None

    @property
    def typed(self) -> dict[str, Node]:
        """Every record that was typed, also those that are wrong in themselves."""
        return {} if self.tree is None or self.tree.fields is None else self.tree.fields

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The keys of all of them, None where the file could not be read."""
        return None if self.tree is None else tuple(self.typed)


@dataclass(slots=True)
class _Reader:
    """Reads file after file, gathering problems."""

    folder: Path
    seen: Seen
    now: Seen = field(default_factory=Seen)
    problems: list[Problem] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def read(self) -> Loaded:
        levels = self._records("caveats.yaml", LevelForm)
        sources = self._records("sources.yaml", SourceForm)
        groups, group_keys = self._groups()
        thresholds = self._thresholds()
        never = self._if_there(SAFETY_LIST, SafetyKindForm)
        claims = self._if_there(REGISTER, ArticleClaimForm, _CLAIM_KEY)
        self.problems.extend(misnamed(self.folder, (SAFETY_LIST, REGISTER)))
        files = entry_files(self.folder, group_keys)
        self.problems.extend(files.problems)
        entries, owners = self._entries(files.files)
        known = Known(levels.keys, sources.keys, tuple(files.slugs), claims.tree)
        template = self._template()
        for owner in owners:
            self.problems.extend(entry_problems(owner, known))
            self.problems.extend(template_problems(owner, template))
        kinds = [Owner(kind, SAFETY_LIST, node, is_kind=True) for kind, node in never.typed.items()]
        for kind in kinds:
            self.problems.extend(review_problems(kind))
        if sources.tree is not None:
            self.problems.extend(source_problems("sources.yaml", sources.tree))
        if claims.tree is not None and len(owners) == len(files.files):  # a file not read may take them up
            self.problems.extend(register_problems(REGISTER, claims.tree, owners))
        draft = Library(
            entries=entries,
            levels={key: values.level(key, form) for key, form in levels.forms.items()},
            groups=groups,
            sources={key: values.source(key, form) for key, form in sources.forms.items()},
            thresholds=thresholds or CAUTIOUS,
            version=self.digest.hexdigest()[:12],
            never={key: values.safety_kind(key, form) for key, form in never.forms.items()},
            claims={key: values.article_claim(key, form) for key, form in claims.forms.items()},
        )
        told = tuple(sorted(set(self.problems)))
        whole = len(entries) == len(files.slugs) and len(draft.never) == len(kinds) and thresholds is not None
        return Loaded(
            None if has_errors(told) else draft, told, draft, (*owners, *kinds), sources.tree, whole
        )

    def _entries(self, files: list[EntryFile]) -> tuple[dict[str, Entry], list[Owner]]:
        entries: dict[str, Entry] = {}
        owners: list[Owner] = []
        for file in files:
            tree = self._tree(file.path, limits.ENTRY_FILE_BYTES)
            if tree is not None:
                owners.append(Owner(file.slug, file.path, tree))
                entry = self._entry(file, tree)
                if entry is not None:
                    entries[file.slug] = entry
        return entries, owners

    def _entry(self, file: EntryFile, tree: Node) -> Entry | None:
        known = self.seen.entries.get(file.path)
        if known is None or known.tree is not tree or known.group != file.group:
            first = len(self.problems)
            form = self._form(file.path, tree, EntryForm)
            entry = None if form is None else values.entry(file.slug, file.group, form)
            known = SeenEntry(tree, file.group, entry, tuple(self.problems[first:]))
        else:
            self.problems.extend(known.problems)
        self.now.entries[file.path] = known
        return known.entry

    def _records(self, path: str, form: type[Form], key_form: str = SLUG) -> _Records[Form]:
        """The records of a file that maps keys to one form."""
        tree = self._tree(path, limits.SHARED_FILE_BYTES)
        records: dict[str, Form] = {}
        for key, node in self._keyed(path, tree, key_form).items():
            if node.fields is None:
                message = f"the record {quoted(key)} has no fields"
                self._found(
                    path, node, (), "field-type", message, "write `name: text` lines below it, further right"
                )
                continue
            record = self._form(path, node, form)
            if record is not None:
                records[key] = record
        return _Records(records, tree)

    def _keyed(self, path: str, tree: Node | None, key_form: str = SLUG) -> dict[str, Node]:
        """The fields of a file that names them itself; a name of the wrong form is told."""
        fields = {} if tree is None or tree.fields is None else tree.fields
        for key in fields:
            if tree is not None and not re.fullmatch(key_form, key, re.ASCII):
                message = f"{quoted(key)} cannot be a key"
                mend = "use lower-case words joined by hyphens"
                if key_form != SLUG:
                    mend = "use up to twelve letters and digits, such as C10"
                self.problems.append(found(path, tree.key_at((key,)), "record-key", message, mend))
        return fields

    def _groups(self) -> tuple[dict[str, str], tuple[str, ...] | None]:
        path = "groups.yaml"
        tree = self._tree(path, limits.SHARED_FILE_BYTES)
        fields = self._keyed(path, tree)
        groups: dict[str, str] = {}
        for key, node in fields.items():
            try:
                groups[key] = _GROUP_TITLE.validate_python(node.plain())
            except ValidationError:
                message = f"the group {quoted(key)} has no title that fits"
                mend = "write `folder-name: Title`, the title one text of at most 60 characters"
                self._found(path, node, (), "field-type", message, mend)
        return groups, None if tree is None else tuple(fields)

    def _thresholds(self) -> Thresholds | None:
        path = "calibration.yaml"
        tree = self._tree(path, limits.SHARED_FILE_BYTES)
        form = self._form(path, tree, CalibrationForm) if tree is not None else None
        if form is None or tree is None:
            return None
        engines: list[tuple[Place, ThresholdsForm | None]] = [((), form), (("light",), form.light)]
        for place, own in engines:
            if own is not None and own.suggest > own.answer:
                message = f"`suggest` ({own.suggest:g}) is above `answer` ({own.answer:g})"
                mend = "let the command that measures write this file, or set suggest to at most answer"
                self._found(path, tree, (*place, "suggest"), "thresholds-order", message, mend)
        light = Thresholds(**form.light.model_dump()) if form.light is not None else None
        return Thresholds(**form.model_dump(include=set(ThresholdsForm.model_fields)), light=light)

    def _if_there(self, path: str, form: type[Form], key_form: str = SLUG) -> _Records[Form]:
        """The records of a file that may be missing: a safety list, a register of claims."""
        if os.path.lexists(self.folder / path):
            return self._records(path, form, key_form)
        return _Records({}, None)

    def _template(self) -> frozenset[str]:
        """The longer texts of TEMPLATE.yaml; none where it cannot be read, since nothing needs it."""
        try:
            raw = read_bytes(self.folder / TEMPLATE, limits.ENTRY_FILE_BYTES)
        except OSError:
            return frozenset()
        tree = self._parsed(TEMPLATE, raw, limits.ENTRY_FILE_BYTES).tree
        return frozenset() if tree is None else frozenset(text for _, text in long_texts(tree))

    def _tree(self, path: str, most_bytes: int) -> Node | None:
        try:
            raw = read_bytes(self.folder / path, most_bytes)
        except FileNotFoundError:
            mend = f"put {Path(path).name} back, or copy it from the project"
            self.problems.append(found(path, TOP, "file-missing", "the file is missing", mend))
            return None
        except OSError as fault:
            message = f"the file cannot be read: {fault.strerror}"
            mend = "put an ordinary file in its place that the bot may read"
            self.problems.append(found(path, TOP, "file-unreadable", message, mend))
            return None
        self.digest.update(path.encode() + b"\0" + raw + b"\0")
        known = self._parsed(path, raw, most_bytes)
        tree = known.tree
        self.problems.extend(known.problems)
        if tree is not None and tree.fields is None:
            mend = "write `name: text` lines, as TEMPLATE.yaml does"
            self._found(path, tree, (), "field-type", "the file holds no `name: text` lines", mend)
            return None
        return tree

    def _parsed(self, path: str, raw: bytes, most_bytes: int) -> SeenTree:
        """What these bytes come to, parsed anew only where they differ from those seen last."""
        known = self.seen.trees.get(path)
        if known is None or known.raw != raw:
            read, problems = read_tree(path, raw, most_bytes)
            known = SeenTree(raw, read, tuple(problems))
        self.now.trees[path] = known
        return known

    def _form(self, path: str, node: Node, form: type[Form]) -> Form | None:
        try:
            return form.model_validate(node.plain())
        except ValidationError as fault:
            self.problems.extend(form_problems(path, node, form, fault))
            return None

    def _found(self, path: str, tree: Node, place: Place, rule: str, message: str, mend: str) -> None:
        self.problems.append(found(path, tree.at(place), rule, message, mend))
