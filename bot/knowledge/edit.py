"""Add a phrasing or a decoy to an entry's YAML; every byte that stood there stays.

The text goes in by position, where the parser says that the list ends. A round trip (load, change,
dump) would not do: it remembers comments and quotes, but joins folded lines, moves the dashes of a list
and turns Windows line breaks into others, so that a review would show lines that nobody touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import yaml

from bot.core import limits
from bot.core.problem import Severity
from bot.knowledge.rulebook import quoted
from bot.knowledge.scalars import one_line, quoted_scalar, same_text, scalar
from bot.knowledge.tree import Node, read_tree

PHRASINGS = "phrasings"
DECOYS = "decoys"
_NAMED = {PHRASINGS: "phrasing", DECOYS: "decoy"}
_KINDS = {
    "question": "as the question of this entry",
    PHRASINGS: "as a phrasing",
    DECOYS: "as a decoy",
    "match": "as a question that tests this entry",
    "no_match": "as a question that tests this entry",
}
_BREAK = re.compile(r"\r\n|\r|\n")
_DASH = re.compile(r" *- +")


class Refusal(StrEnum):
    """Why an edit was not made."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    DUPLICATE = "duplicate"
    LIST_FULL = "list-full"
    NO_LIST = "no-list"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text of the file, and the line (from 1) where the addition stands."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in one line of printable text, and what to do; `line` where the file has a part in it."""

    why: Refusal
    message: str
    mend: str
    line: int | None = None


def add_phrasing(text: str, phrasing: str) -> Edited | Refused:
    """The entry with one more phrasing at the end of its list; see `Refusal` for when it is not added."""
    return _add(text, PHRASINGS, phrasing)


def add_decoy(text: str, decoy: str) -> Edited | Refused:
    """The entry with one more decoy at the end of its list; see `Refusal` for when it is not added."""
    return _add(text, DECOYS, decoy)


def wrong_length(text: str, most: int, what: str) -> Refused | None:
    """The refusal of a text that holds nothing or more than `most` characters, None for one that fits."""
    if not text:
        message = f"the {what} is empty"
        return Refused(Refusal.EMPTY, message, "write it in words; blanks and hidden characters do not count")
    if len(text) > most:
        message = f"the {what} has {len(text)} characters, at most {most} fit"
        return Refused(Refusal.TOO_LONG, message, "say it in fewer words")
    return None


def _add(text: str, field: str, typed: str) -> Edited | Refused:
    new = one_line(typed)
    if refused := wrong_length(new, limits.PHRASING, _NAMED[field]):
        return refused
    tree = _read(text)
    if isinstance(tree, Refused):
        return tree
    if refused := _stands_already(tree, field, new) or _no_room(tree, field):
        return refused
    try:
        edited = _List.of(text, field).with_one_more(new)
    except yaml.YAMLError:
        return _not_safely(tree, field)
    if len(edited.text.encode()) > limits.ENTRY_FILE_BYTES:
        message = f"the file has no room for it: it holds at most {limits.ENTRY_FILE_BYTES // 1024} KiB"
        return Refused(Refusal.LIST_FULL, message, "take out those that say the same", tree.at((field,))[0])
    return edited if _adds_only(tree, edited.text, field, new) else _not_safely(tree, field)


def _read(text: str) -> Node | Refused:
    """The tree of a file in which the checker finds nothing wrong as YAML."""
    raw = text.encode("utf-8", "surrogatepass")
    tree, problems = read_tree("", raw, limits.ENTRY_FILE_BYTES)
    if errors := [problem for problem in problems if problem.severity is Severity.ERROR]:
        first = min(errors)
        return Refused(Refusal.UNREADABLE, first.message, f"{first.mend}; then add it again", first.line)
    if tree is None or tree.fields is None:
        mend = "copy TEMPLATE.yaml and fill it in"
        return Refused(Refusal.UNREADABLE, "the file is no entry: it has no `name: value` lines", mend, 1)
    return tree


def _stands_already(tree: Node, field: str, new: str) -> Refused | None:
    """The refusal of a text that this entry holds already, as whatever it does."""
    for line, kind, text in _searched_and_tested(tree):
        if same_text(text) != same_text(new):
            continue
        if kind == field:
            mend = "nothing needs to be added"
        else:
            mend = f"take it out there first, if it is to be a {_NAMED[field]}"
        message = f"{quoted(new)} stands already in line {line}, {_KINDS[kind]}"
        return Refused(Refusal.DUPLICATE, message, mend, line)
    return None


def _searched_and_tested(tree: Node) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of every question that the entry holds."""
    if question := tree.word("question"):
        yield tree.at(("question",))[0], "question", question
    for place in ((PHRASINGS,), (DECOYS,), ("tests", "match"), ("tests", "no_match")):
        for where, text in tree.words(*place):
            yield tree.at(where)[0], place[-1], text


def _no_room(tree: Node, field: str) -> Refused | None:
    node = tree.get((field,))
    if node is None or (node.items is None and node.text != ""):
        message = f"`{field}` is not there" if node is None else f"`{field}` is no list"
        mend = f"write a line `{field}: []` in the column of `question`, and add it again"
        return Refused(Refusal.NO_LIST, message, mend, None if node is None else node.line)
    if len(node.items or ()) >= limits.MOST_TEXTS:
        message = f"`{field}` has {limits.MOST_TEXTS} items, and no more fit"
        return Refused(Refusal.LIST_FULL, message, "take out those that say the same", node.line)
    return None


def _adds_only(before: Node, text: str, field: str, new: str) -> bool:
    """Whether the file can be read and says what it said before, and the new text at the end of the list."""
    after = _read(text)
    if isinstance(after, Refused):
        return False
    expected, found = before.plain(), after.plain()
    if not isinstance(expected, dict):
        return False
    return found == {**expected, field: [*(expected[field] or ()), new]}


def _not_safely(tree: Node, field: str) -> Refused:
    message = f"`{field}` is written so that nothing can be added without changing something else"
    mend = "write each item on a line of its own, after a dash, and end the file with a line break"
    return Refused(Refusal.UNREADABLE, message, mend, tree.at((field,))[0])


@dataclass(frozen=True, slots=True)
class _List:
    """A list in the text of a file: its field's name, its value, and what stands around them."""

    text: str
    key: yaml.Node
    value: yaml.Node
    is_within_braces: bool
    indent: str

    @classmethod
    def of(cls, text: str, field: str) -> _List:
        """Raises YAMLError where the parser finds no such field."""
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if isinstance(root, yaml.MappingNode):
            for key, value in root.value:
                if key.value == field:
                    return cls(text, key, value, bool(root.flow_style), _list_indent(root))
        raise yaml.YAMLError(f"there is no {field}")

    def with_one_more(self, new: str) -> Edited:
        """The text with one more item; `_adds_only` knows whether the form was one that this is right for."""
        if not isinstance(self.value, yaml.SequenceNode) or not self.value.value:
            return self._first(new)
        last = self.value.value[-1]
        if self.value.flow_style:
            return self._put(last.end_mark.index, f", {quoted_scalar(new)}")
        return self._below(last, new)

    def _first(self, new: str) -> Edited:
        """Into an empty list: `[]` goes and a line comes below, or the item goes between the brackets."""
        start, end = self.value.start_mark, self.value.end_mark
        is_bare = self.text[start.index : end.index].replace(" ", "") in ("", "[]")
        if self.is_within_braces or not is_bare:
            return self._put(end.index - 1, quoted_scalar(new))
        if start.line != self.key.start_mark.line:
            return self._put(start.index, f"- {quoted_scalar(new)}", replaced=end.index - start.index)
        before = self.text[: start.index].rstrip(" ")
        line = " " * self.key.start_mark.column + f"{self.indent}- {scalar(new)}"
        return _line_below(before + self.text[end.index :], len(before), line)

    def _below(self, last: yaml.Node, new: str) -> Edited:
        """Below the last item and all that belongs to it, with the dash and the blanks that it has."""
        start = last.start_mark
        dash = _DASH.fullmatch(self.text[start.index - start.column : start.index].removeprefix("\ufeff"))
        line = (dash[0] if dash else " " * self.value.start_mark.column + "- ") + scalar(new)
        while last.value and not isinstance(last, yaml.ScalarNode):
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        end = last.end_mark
        if end.column == 0:  # a folded text ends where the line below it begins
            return self._put(end.index, line + _break_before(self.text, end.index))
        return _line_below(self.text, end.index, line)

    def _put(self, at: int, added: str, replaced: int = 0) -> Edited:
        return _edited(self.text[:at], added, self.text[at + replaced :])


def _line_below(text: str, index: int, line: str) -> Edited:
    """A line below the one that `index` is in; a file that ended without a break still does."""
    if hit := _BREAK.search(text, index):
        return _edited(text[: hit.end()], line + hit[0], text[hit.end() :])
    return _edited(text + _break_before(text, len(text)), line, "")


def _edited(before: str, added: str, after: str) -> Edited:
    return Edited(before + added + after, len(_BREAK.findall(before)) + 1)


def _break_before(text: str, index: int) -> str:
    """The line break nearest before a place, which says what the file uses; "\\n" where there is none."""
    hits: list[str] = _BREAK.findall(text, 0, index)
    return hits[-1] if hits else "\n"


def _list_indent(root: yaml.MappingNode) -> str:
    """How far the dashes of this file's lists stand right of their field: as in its first list, else two."""
    for key, value in root.value:
        if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
            columns: int = value.start_mark.column - key.start_mark.column
            return " " * columns
    return "  "
