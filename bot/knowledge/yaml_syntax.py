"""What the YAML parser stumbled over, in the words of someone who has never seen YAML.

The parser says where it gave up and why, in its own language; what was typed there says
what is to be done. Each kind of slip has one function that knows it when it sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from bot.core.problem import Problem
from bot.knowledge.rulebook import found, quoted

Told = tuple[int, int, str, str]
"""Line and column from 1, message, mend."""

_NAME = re.compile(r"\s*(?:- +)?[A-Za-z_]\w*\s*$")
_MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
_NO_BLANK = re.compile(r"\s*(?:- +)?([A-Za-z_]\w*):[^\s/]")
_QUOTED_PART = re.compile(r"\s*(?:- +)?(?:\w+: +)?(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')\s*$")
_OPENED = re.compile(r"\s*(?:- +)?(?:\w+: +)?([\"'])")
_BRACKET = re.compile(r"\s*(?:- +)?(?:\w+: +)?([\[{])")
_FLOW_PART = re.compile(r"\s*(?:- +)?(?:\w+: +)?(?:\[[^\]]*\]|\{[^}]*\})\s*$")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where the parser gave up (`line`, `column` from 0), where what it was reading began, and its words."""

    lines: list[str]
    line: int
    column: int
    start: tuple[int, int]
    words: str

    @property
    def before(self) -> str:
        """What stands in the faulty line before the place."""
        return self.typed[: self.column]

    @property
    def typed(self) -> str:
        """The faulty line."""
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def sign(self) -> str:
        """The character at the place, "" at the end of a line."""
        return self.typed[self.column : self.column + 1]

    def told(self, message: str, mend: str) -> Told:
        """That, at the place where the parser gave up."""
        return self.line + 1, self.column + 1, message, mend


def syntax_problem(path: str, text: str, fault: yaml.YAMLError) -> Problem:
    """The one problem that a parser's error stands for."""
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    start = getattr(fault, "context_mark", None) or mark
    words = f"{getattr(fault, 'context', None) or ''}: {getattr(fault, 'problem', None) or ''}"
    if mark is None or start is None:
        return found(
            path, (1, 1), "yaml-syntax", "the file cannot be read as YAML", "copy TEMPLATE.yaml anew"
        )
    lines = text.split("\n")
    here = _Fault(lines, mark.line, mark.column, (start.line, start.column), words)
    told = next((told for slip in _SLIPS if (told := slip(here)) is not None), None)
    line, column, message, mend = told or here.told(
        "the file cannot be read from here on",
        "look at the quotes and the columns of this line and the one before",
    )
    return found(path, (line, column), "yaml-syntax", message, mend)


def _tab(fault: _Fault) -> Told | None:
    if fault.sign == "\t" and not fault.before.strip():
        return fault.told("this line is indented with a tab", "indent with spaces: two for each step")
    return None


def _no_break_space(fault: _Fault) -> Told | None:
    """A no-break space looks like a space, and YAML does not take it for one."""
    for number in range(max(0, fault.line - 1), min(fault.line + 1, len(fault.lines))):
        column = fault.lines[number].find("\u00a0")
        if column >= 0:
            mend = "delete it and type a space; text copied from a web page brings it along"
            return (
                number + 1,
                column + 1,
                "this is a no-break space, which YAML does not take for a space",
                mend,
            )
    return None


def _open_quote(fault: _Fault) -> Told | None:
    if "quoted scalar" in fault.words and ("end of stream" in fault.words or "document" in fault.words):
        line, column = fault.start
        return line + 1, column + 1, "a quote opens here and is never closed", "close it with the same quote"
    return None


def _quote_from_above(fault: _Fault) -> Told | None:
    """A quote that opened lines above was closed by one that was to open."""
    quote = fault.before.rstrip()[-1:]
    if not quote or quote not in "\"'" or not fault.sign:
        return None
    for number in range(fault.line - 1, -1, -1):
        typed = fault.lines[number]
        opened = _OPENED.match(typed)
        if opened and opened[1] == quote and typed.count(quote) % 2:
            message = f"a quote opens here and is closed only in line {fault.line + 1}"
            return number + 1, opened.start(1) + 1, message, "close it at the end of its own text"
    return None


def _escape(fault: _Fault) -> Told | None:
    if "escape" in fault.words or ("quoted scalar" in fault.words and "hexdecimal" in fault.words):
        mend = "use single quotes around the text: 'like this'; or write the backslash twice"
        return fault.told("a backslash in double quotes starts a code, and this is none", mend)
    return None


def _open_bracket(fault: _Fault) -> Told | None:
    if "flow" not in fault.words:
        return None
    for number in range(min(fault.start[0], len(fault.lines) - 1), -1, -1):
        if opened := _BRACKET.match(fault.lines[number]):
            message = f"a text that starts with {opened[1]} is read as a list, and this one is never closed"
            mend = 'put the text in quotes: "..."; or write the items of a list below, each after "- "'
            return number + 1, opened.start(1) + 1, message, mend
    return None


def _two_colons(fault: _Fault) -> Told | None:
    """A second colon in a line; or a field that is read as part of the text before it."""
    if "mapping values are not allowed" not in fault.words:
        return None
    above = fault.lines[fault.line - 1] if fault.line else ""
    if _NAME.match(fault.before) and fault.line:
        if glued := _NO_BLANK.match(above):
            return _glued(glued[1], fault.line, len(above) - len(above.lstrip()) + 1)
        name = fault.before.strip().removeprefix("- ")
        first = len(fault.before) - len(fault.before.lstrip()) + 1
        mend = "start it in the column of the fields around it; or put the whole text in quotes"
        return (
            fault.line + 1,
            first,
            f"`{name}` starts too far to the right: it is read as part of the text above",
            mend,
        )
    mend = 'put the whole text in quotes: "like: this"'
    return fault.told("a text holds a colon and a space here, which start a field", mend)


def _glued(name: str, line: int, column: int) -> Told:
    mend = f"write `{name}: ` with a space behind the colon"
    return line, column, f"no space follows the colon of `{name}`", mend


def _text_after_quote(fault: _Fault) -> Told | None:
    if fault.sign and _QUOTED_PART.match(fault.before):
        mend = 'put the quotes around the whole text: "like this"; a \' may stand in such a text as it is'
        return fault.told("the text goes on behind its closing quote", mend)
    if fault.sign and _FLOW_PART.match(fault.before):
        mend = 'put the whole text in quotes: "..."'
        return fault.told("a text that starts with [ or { is read as a list, which ended before here", mend)
    return None


def _no_colon(fault: _Fault) -> Told | None:
    if "could not find expected ':'" in fault.words:
        line, column = fault.start
        typed = fault.lines[line].strip() if line < len(fault.lines) else ""
        if glued := _NO_BLANK.match(typed):
            return _glued(glued[1], line + 1, column + 1)
        if typed.startswith(_MERGE_MARKS):
            mend = "keep one of the two versions below, and delete the lines that start with <<<, === and >>>"
            return line + 1, column + 1, "a merge left two versions of this place in the file", mend
        if typed.startswith("-"):
            mend = 'write "- " with a space, then the text'
            return line + 1, column + 1, "no space follows the dash of this item", mend
        mend = (
            "write `name: text`; a line that goes on with the text above starts further right than its field"
        )
        return line + 1, column + 1, f"{quoted(typed)} is no field: it has no colon", mend
    return None


def _text_after_sign(fault: _Fault) -> Told | None:
    if "block scalar" in fault.words:
        line, column = fault.start
        mend = (
            "write >- (or |-) alone and the text in the lines below, further right; or put the text in quotes"
        )
        return line + 1, column + 1, "a text that starts with > or | goes on in the line below", mend
    return None


def _list_on_the_line(fault: _Fault) -> Told | None:
    if "sequence entries are not allowed" in fault.words:
        mend = 'start the list in the line below; a text that starts with "- " needs quotes'
        return fault.told("a list starts here, in the line of its field", mend)
    return None


def _special_sign(fault: _Fault) -> Told | None:
    signs = ("cannot start any token", "node content", "an alias", "an anchor", "a tag", "a directive")
    if any(sign in fault.words for sign in signs):
        line, column = fault.start
        first = fault.lines[line][column : column + 1] if line < len(fault.lines) else ""
        if first.strip():
            return line + 1, column + 1, f"a text cannot start with {first}", 'put the text in quotes: "..."'
    return None


def _column(fault: _Fault) -> Told | None:
    """What is left: a line that starts where nothing around it does."""
    if fault.sign and not fault.before.strip():
        what = "item" if fault.sign == "-" else "line"
        mend = "fields that belong together start in one column, and so do the items of a list"
        return fault.told(f"this {what} starts in a column where nothing above it starts", mend)
    return None


_SLIPS: tuple[Callable[[_Fault], Told | None], ...] = (
    _tab,
    _no_break_space,
    _open_quote,
    _quote_from_above,
    _escape,
    _open_bracket,
    _two_colons,
    _text_after_quote,
    _no_colon,
    _text_after_sign,
    _list_on_the_line,
    _special_sign,
    _column,
)
"""In the order in which they are tried; the first that knows the slip tells it."""
