"""Read one YAML file into a tree that knows line and column, as data and nothing else.

Every scalar stays the text that was typed: what it means (a date, a yes) is for the
schema to say, so that `no`, `1e3` or `on:` never turn into something nobody wrote.
Anchors, aliases, tags, several documents, deep nesting, large files and texts that
are not UTF-8 are refused, each with its line; nothing is ever expanded or constructed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.core.problem import Problem
from bot.knowledge.file_text import HIDDEN, decoded, hidden_name
from bot.knowledge.rulebook import found, printable, quoted
from bot.knowledge.yaml_syntax import syntax_problem

DEEPEST = 12
"""An entry needs four levels; the rest is room for what nobody has thought of yet."""
Path = tuple[str | int, ...]
Event = Any
"""A parser event; the types that PyYAML ships leave out that one from a file always has its marks."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ITEM = re.compile(r"\s*- ")
_COMMENT = re.compile(r"\s+#")


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (`text`), a list (`items`) or a mapping (`fields`), with where it starts."""

    line: int
    column: int
    text: str | None = None
    items: list[Node] | None = None
    fields: dict[str, Node] | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def plain(self) -> object:
        """The tree as plain str, list and dict values."""
        if self.fields is not None:
            return {name: node.plain() for name, node in self.fields.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.text or ""

    def get(self, path: Path) -> Node | None:
        """What stands at `path`, None where nothing does."""
        node: Node | None = self
        for step in path:
            node = None if node is None else _step(node, step)
        return node

    def at(self, path: Path) -> tuple[int, int]:
        """Line and column of what stands at `path`, or of the nearest thing around it."""
        node, place = self, (self.line, self.column)
        for step in path:
            inner = _step(node, step)
            if inner is None:
                break
            node, place = inner, (inner.line, inner.column)
        return place

    def key_at(self, path: Path) -> tuple[int, int]:
        """Line and column of the name before the colon of what stands at `path`."""
        around = self.get(path[:-1])
        return self.at(path) if around is None else around.keys.get(str(path[-1]), self.at(path))

    def word(self, *path: str | int) -> str | None:
        """The text at `path` without the blanks around it; None where there is none."""
        node = self.get(path)
        return None if node is None or node.text is None else node.text.strip() or None

    def words(self, *path: str | int) -> Iterator[tuple[Path, str]]:
        """Place and text of each text in the list at `path`."""
        node = self.get(path)
        for position in range(len(node.items or ()) if node is not None else 0):
            text = self.word(*path, position)
            if text is not None:
                yield (*path, position), text


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(step, int):
        return node.items[step] if node.items is not None and step < len(node.items) else None
    return node.fields.get(step) if node.fields is not None else None


def read_tree(path: str, raw: bytes, most_bytes: int) -> tuple[Node | None, list[Problem]]:
    """The tree of one file and what is wrong with its YAML; no tree where it cannot be read.

    `path` is only for the problems. What is refused stands in the tree as the text that was
    typed, and of a duplicate key the first value, so that the rest can be checked in the same run.
    """
    text, problems = decoded(path, raw, most_bytes)
    if text is None:
        return None, problems
    builder = _Builder(path, text.split("\n"), problems)
    try:
        root = builder.build(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as fault:
        return None, [*problems, syntax_problem(path, text, fault)]
    except _TooDeep:
        return None, problems
    return root, problems


class _TooDeep(Exception):
    """The nesting went too deep to read on."""


@dataclass(slots=True)
class _Builder:
    """Builds the tree from parser events, noting what is refused on the way."""

    path: str
    lines: list[str]
    problems: list[Problem]

    def build(self, events: Iterator[Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    mend = "take the line of --- out: one file holds one document"
                    self._refuse(event, "yaml-documents", "a second document starts here", mend)
            elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent):
                node = self._node(event, events, depth=1)
                root = root or node
        if root is None or root.text == "":
            message, mend = "the file is empty", "put its content back, or copy it from the project"
            self.problems.append(found(self.path, (1, 1), "yaml-empty", message, mend))
            return None
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)
            self._refuse_sign(event, "yaml-alias", "*", name)
            return Node(line, column, text=f"*{name}")
        if event.anchor is not None:
            self._refuse_sign(event, "yaml-anchor", "&", event.anchor)
        if event.tag is not None:
            typed = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse_sign(event, "yaml-tag", "!", typed.removeprefix("!"))
        if isinstance(event, yaml.ScalarEvent):
            self._check_scalar(event)
            return Node(line, column, text=event.value)
        if depth > DEEPEST:
            message = f"lists and fields are nested more than {DEEPEST} deep here"
            self._refuse(event, "yaml-too-deep", message, "follow the form of TEMPLATE.yaml")
            raise _TooDeep
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(line, column, events, depth)
        return self._mapping(line, column, events, depth)

    def _sequence(self, line: int, column: int, events: Iterator[Event], depth: int) -> Node:
        items: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return Node(line, column, items=items)

    def _mapping(self, line: int, column: int, events: Iterator[Event], depth: int) -> Node:
        fields: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not key.text:
                message = "what stands before a colon must be a plain name"
                self._refuse(
                    event, "yaml-key", message, 'write `name: text`; a text with { or ? needs quotes: "..."'
                )
            elif key.text in fields:
                mend = f"it stands in line {keys[key.text][0]} already: keep one of the two"
                self._refuse(event, "yaml-duplicate-key", f"`{printable(key.text)}` is given twice", mend)
            else:
                fields[key.text] = value
                keys[key.text] = (key.line, key.column)
        return Node(line, column, fields=fields, keys=keys)

    def _check_scalar(self, event: Event) -> None:
        if event.style == '"' and (hit := HIDDEN.search(event.value)):
            message = f"the code in this text stands for a character that nobody sees: {hidden_name(hit[0])}"
            self._refuse(event, "yaml-invisible", message, "take the code that starts with \\ out")
        elif not event.style and event.value:
            self._check_plain(event)

    def _check_plain(self, event: Event) -> None:
        """What a text without quotes swallows, and what it loses."""
        start, end = event.start_mark, event.end_mark
        for number in range(start.line + 1, end.line + 1):
            if number < len(self.lines) and (item := _ITEM.match(self.lines[number])):
                message = "this is read as part of the text above, not as an item of its own"
                mend = 'put its "-" in the column of the other items, or the text above in quotes'
                self.problems.append(
                    found(self.path, (number + 1, item.end() - 1), "yaml-list-indent", message, mend)
                )
        behind = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        is_words = end.line > start.line or " " in self.lines[start.line][start.column : end.column].strip()
        comment = _COMMENT.match(behind)
        if comment and (is_words or behind[comment.end() :][:1].strip()):
            message = f"{quoted(behind)} is read as a comment: it is no part of the text"
            mend = "if it belongs to the text, put all in quotes; if it is a note, give it a line of its own"
            place = (end.line + 1, end.column + comment.end())
            self.problems.append(found(self.path, place, "yaml-comment", message, mend))

    def _refuse_sign(self, event: Event, rule: str, sign: str, name: str) -> None:
        message = f"a text cannot start with {sign}: {quoted(sign + name)} has a meaning of its own in YAML"
        self._refuse(event, rule, message, 'put the whole text in quotes: "..."')

    def _refuse(self, event: Event, rule: str, message: str, mend: str) -> None:
        mark = event.start_mark
        self.problems.append(found(self.path, (mark.line + 1, mark.column + 1), rule, message, mend))
