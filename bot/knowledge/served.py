"""The copies of the knowledge that were fetched and checked, and which of them is served."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.put import put_file

_POINTER = "current"
_A_DAY_S = 86_400
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Served:
    """A folder with one copy a commit, and a file that names the one that is served.

    The name is put in place by one renaming: whoever reads it, and whenever a process dies, it is the old
    one or the new one, and the copy that it names was whole before.
    """

    folder: Path

    def current(self) -> Path | None:
        """The copy that is served; None where there is none so far, or it was deleted."""
        commit = self.commit()
        copy = None if commit is None else self.copy_of(commit)
        return copy if copy is not None and copy.is_dir() else None

    def commit(self) -> str | None:
        """The commit of the copy that is served; None before the first."""
        try:
            name = (self.folder / _POINTER).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return name if _COMMIT.fullmatch(name) else None

    def copy_of(self, commit: str) -> Path:
        """Where the copy of a commit lies, or is to lie."""
        return self.folder / commit

    def switch(self, commit: str) -> None:
        """Serve the copy of that commit from now on. Raises OSError where that cannot be written.

        Copies before the last one are deleted: somebody may be reading that one still.
        """
        before = self.commit()
        put_file(self.folder / _POINTER, f"{commit}\n".encode())
        for old in self.folder.iterdir():
            if old.is_dir() and old.name not in (commit, before) and _is_left(old):
                shutil.rmtree(old, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether nobody writes it any more: a whole copy, or what a killed process began a day ago."""
    try:
        age_s = time.time() - folder.stat().st_mtime
    except OSError:
        return False
    return _COMMIT.fullmatch(folder.name) is not None or age_s > _A_DAY_S
