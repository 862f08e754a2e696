"""Read one YAML file into a tree that knows line and column, as data and nothing else.

Every scalar stays the text that was typed: what it means (a date, a yes) is for the
schema to say, so that `no`, `1e3` or `on:` never turn into something nobody wrote.
Anchors, aliases, tags, several documents, deep nesting, large files and texts that
are not UTF-8 are refused, each with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.core.problem import Problem, Severity

DEEPEST = 12
Path = tuple[str | int, ...]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)

_MENDS = (
    ("found character '\\t'", "indent with spaces, never with tabs"),
    ("mapping values are not allowed", 'a text that holds ": " needs quotes: "like: this"'),
    (
        "could not find expected ':'",
        "write `name: text`, with a colon and a blank, or indent a longer text under it",
    ),
    ("did not find expected key", "look at the indentation and the quotes of this line and the one before"),
    ("did not find expected '-' indicator", "items of one list start in the same column"),
    ("while scanning a quoted scalar", "a quote was opened and never closed"),
    ("found unexpected end of stream", "a quote or bracket was opened and never closed"),
    ("found character that cannot start any token", 'put the text in quotes: "..."'),
)


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

    def at(self, path: Path) -> tuple[int, int]:
        """Line and column of what stands at `path`, or of the nearest thing around it."""
        node, place = self, (self.line, self.column)
        for step in path:
            inner = _step(node, step)
            if inner is None:
                return node.keys.get(str(step), place)
            node, place = inner, (inner.line, inner.column)
        return place


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(step, int):
        return node.items[step] if node.items is not None and step < len(node.items) else None
    return node.fields.get(step) if node.fields is not None else None


def read_tree(path: str, raw: bytes, most_bytes: int) -> tuple[Node | None, list[Problem]]:
    """The tree of one file and what is wrong with its YAML; no tree where it cannot be read.

    `path` is only for the problems. A duplicate key is reported and its first value kept.
    """
    if len(raw) > most_bytes:
        mend = f"keep it under {most_bytes // 1024} KiB: split it, or take out what does not belong"
        return None, [_error(path, 1, 1, "yaml-too-large", f"the file has {len(raw)} bytes", mend)]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        mend = "save the file as UTF-8"
        return None, [
            _error(path, before.count(b"\n") + 1, column, "yaml-encoding", "this is not UTF-8", mend)
        ]
    builder = _Builder(path)
    try:
        root = builder.build(yaml.parse(text.removeprefix("\ufeff"), Loader=_Loader))
    except yaml.YAMLError as fault:
        return None, [*builder.problems, _syntax(path, text, fault)]
    return root, builder.problems


@dataclass(slots=True)
class _Builder:
    """Builds the tree from parser events, noting what is refused on the way."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        documents = 0
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._refuse(
                        event, "yaml-documents", "a second document starts here", "keep one document a file"
                    )
                continue
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent):
                node = self._node(event, events, depth=1)
                root = root or node
        if root is None:
            self.problems.append(
                _error(self.path, 1, 1, "yaml-empty", "the file is empty", "copy TEMPLATE.yaml")
            )
        fatal = {"yaml-alias", "yaml-too-deep", "yaml-documents"}
        return None if any(p.rule in fatal for p in self.problems) else root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "yaml-alias", f"`*{event.anchor}` is an alias", "write the text out")
            return Node(line, column, text="")
        if event.anchor is not None:
            self._refuse(
                event, "yaml-anchor", f"`&{event.anchor}` is an anchor", 'put the text in quotes: "..."'
            )
        if event.tag is not None and event.tag != "!":
            self._refuse(event, "yaml-tag", f"`{event.tag}` is a tag", 'put the text in quotes: "..."')
        if isinstance(event, yaml.ScalarEvent):
            if found := _INVISIBLE.search(event.value):
                message = f"the text holds an invisible character (U+{ord(found[0]):04X})"
                self._refuse(event, "yaml-invisible", message, "type the text anew instead of pasting it")
            return Node(line, column, text=event.value)
        if depth > DEEPEST:
            self._refuse(
                event, "yaml-too-deep", "this is nested too deep", "follow the form of TEMPLATE.yaml"
            )
            _skip(events)
            return Node(line, column, text="")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(line, column, events, depth)
        return self._mapping(line, column, events, depth)

    def _sequence(self, line: int, column: int, events: Iterator[yaml.Event], depth: int) -> Node:
        items: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, depth + 1))
        return Node(line, column, items=items)

    def _mapping(self, line: int, column: int, events: Iterator[yaml.Event], depth: int) -> Node:
        fields: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if key.text is None:
                self._refuse(event, "yaml-key", "a name must be plain text", "write `name: text`")
            elif key.text in fields:
                first = keys[key.text][0]
                mend = f"it stands in line {first} already: keep one of the two"
                self._refuse(event, "yaml-duplicate-key", f"`{key.text}` is given twice", mend)
            else:
                fields[key.text] = value
                keys[key.text] = (key.line, key.column)
        return Node(line, column, fields=fields, keys=keys)

    def _refuse(self, event: yaml.Event, rule: str, message: str, mend: str) -> None:
        mark = event.start_mark
        self.problems.append(_error(self.path, mark.line + 1, mark.column + 1, rule, message, mend))


def _skip(events: Iterator[yaml.Event]) -> None:
    """Read past the end of the collection that has just begun."""
    depth = 1
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if not depth:
            return


def _syntax(path: str, text: str, fault: yaml.YAMLError) -> Problem:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    said = str(getattr(fault, "problem", None) or getattr(fault, "reason", None) or "it cannot be read")
    context = f"{getattr(fault, 'context', '') or ''} {said}"
    mend = next(
        (m for sign, m in _MENDS if sign in context), "look at the quotes and the indentation around here"
    )
    if mark is not None:
        return _error(path, mark.line + 1, mark.column + 1, "yaml-syntax", f"this is not YAML: {said}", mend)
    position = min(int(getattr(fault, "position", 0) or 0), len(text))
    before = text[:position]
    column = position - before.rfind("\n")
    mend = "take the invisible control character out"
    return _error(path, before.count("\n") + 1, column, "yaml-syntax", f"this is not YAML: {said}", mend)


def _error(path: str, line: int, column: int, rule: str, message: str, mend: str) -> Problem:
    return Problem(path, line, column, rule, Severity.ERROR, message, mend)
