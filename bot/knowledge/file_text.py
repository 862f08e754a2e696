"""The text of a file, read without trusting it: its size, its encoding, its hidden characters."""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from bot.core.problem import Problem
from bot.knowledge.rulebook import found

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control signs
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # no width, or an empty glyph
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"  # no width, or the writing direction turned
    "\u2028\u2029"  # line breaks that no editor counts
    "\ufeff\ufff0-\ufffc\ufffe\uffff\U000e0000-\U000e0fff]"
    # A zero-width joiner holds an emoji together; anywhere else it hides.
    "|(?<![\u2600-\u27bf\U0001f000-\U0001faff\ufe0f])\u200d"
)
_BREAKS = "\x85\u2028\u2029"
_NAMES = {"\x7f": "DELETE", "\x85": "NEXT LINE", "\ufeff": "ZERO WIDTH NO-BREAK SPACE"}


def read_bytes(file: Path, most_bytes: int) -> bytes:
    """The file's bytes, at most `most_bytes` + 1 of them: one more says that it is too large.

    Raises OSError where it cannot be read or is no ordinary file (a folder, a pipe, a device).
    """
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(0, "it is no ordinary file")
    with file.open("rb") as stream:
        return stream.read(most_bytes + 1)


def decoded(path: str, raw: bytes, most_bytes: int) -> tuple[str | None, list[Problem]]:
    """The text with "\\n" for every line break, and what is wrong with it; None where it cannot be read.

    Hidden characters are reported and taken out, so that the rest can be read on; columns behind
    one on its line count without it, as an editor shows them.
    """
    if len(raw) > most_bytes:
        mend = "take out what does not belong, or split it in two"
        message = f"the file is larger than {most_bytes // 1024} KiB"
        return None, [found(path, (1, 1), "yaml-too-large", message, mend)]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [_not_utf8(path, raw, 0, "the file is saved as UTF-16, not as UTF-8")]
    if b"\0" in raw:
        message = "a NUL byte stands here: the file is saved as UTF-16, or it is no text"
        return None, [_not_utf8(path, raw, raw.index(b"\0"), message)]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        message = "the file is not saved as UTF-8: the character here cannot be read"
        return None, [_not_utf8(path, raw, fault.start, message)]
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    problems = list(_hidden(path, text))
    if problems:
        text = HIDDEN.sub(lambda hit: " " if hit[0] in _BREAKS else "", text)
    return text, problems


def hidden_name(character: str) -> str:
    """What a hidden character is called: "ZERO WIDTH SPACE (U+200B)"."""
    name = _NAMES.get(character) or unicodedata.name(character, "CONTROL CHARACTER")
    return f"{name} (U+{ord(character):04X})"


def _hidden(path: str, text: str) -> Iterator[Problem]:
    """yaml-invisible, once a line: its first hidden character."""
    if HIDDEN.search(text) is None:
        return
    for number, line in enumerate(text.split("\n"), 1):
        if hits := list(HIDDEN.finditer(line)):
            more = f", and {len(hits) - 1} more" if len(hits) > 1 else ""
            message = f"a character that nobody sees stands here: {hidden_name(hits[0][0])}{more}"
            mend = "delete this line and type it anew; text copied from a web page brings such characters"
            yield found(path, (number, hits[0].start() + 1), "yaml-invisible", message, mend)


def _not_utf8(path: str, raw: bytes, at: int, message: str) -> Problem:
    before = raw[:at]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    mend = 'save it anew as UTF-8; editors call it "encoding" in the Save or Save As dialog'
    return found(path, (before.count(b"\n") + 1, column), "yaml-encoding", message, mend)
