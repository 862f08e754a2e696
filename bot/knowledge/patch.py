"""A change as a patch that `git apply` and `patch` take, for knowledge that lies in no git repository."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_NO_NEWLINE = "\\ No newline at end of file\n"


def unified_patch(old: str | None, new: str, path: str) -> str:
    """The change of one file from `old` to `new`; `old` is None for a file that is new. "" for no change.

    `path` is the one in the repository that the patch is applied to, with "/" between its folders.
    Lines end at "\\n" alone, so that "\\r\\n" and rarer breaks stay as they are.
    """
    if old == new:
        return ""
    old_name, new_name = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    head = f"diff --git {old_name} {new_name}\n"
    if old is None:
        head += "new file mode 100644\n"
        old_name = "/dev/null"
        if not new:
            return head
    lines = list(difflib.unified_diff(_lines(old or ""), _lines(new)))
    # The first two lines are difflib's own names of the two files.
    hunks = "".join(_ended(line) for line in lines[2:])
    return f"{head}--- {_tabbed(old_name)}\n+++ {_tabbed(new_name)}\n{hunks}"


def _lines(text: str) -> list[str]:
    return list(_split(text))


def _split(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _tabbed(name: str) -> str:
    """A tab tells where a name with blanks ends, as git writes it."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _quoted(name: str) -> str:
    """The name as git quotes it where it is not plain ASCII: each other byte as three octal digits."""
    if all(" " <= character <= "~" and character not in '"\\' for character in name):
        return name
    spelt = (
        _ESCAPES.get(chr(byte)) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")
        for byte in name.encode("utf-8", "surrogateescape")
    )
    return f'"{"".join(spelt)}"'
