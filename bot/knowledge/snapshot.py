"""All files of a knowledge folder as texts, read from one folder and written into another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.core import limits
from bot.knowledge.file_text import read_bytes


def read_snapshot(folder: Path) -> dict[str, str]:
    """Path -> text of every YAML file of a knowledge folder, sorted; a byte that is no UTF-8 as a surrogate.

    What cannot be read is left out: the checker tells of it.
    """
    found: dict[str, str] = {}
    for file in sorted(folder.rglob("*.yaml")):
        path = file.relative_to(folder)
        if any(part.startswith(".") for part in path.parts):
            continue
        try:
            raw = read_bytes(file, limits.SHARED_FILE_BYTES)
        except OSError:
            continue
        found[path.as_posix()] = raw.decode("utf-8", "surrogateescape")
    return found


def write_snapshot(files: Mapping[str, str], folder: Path) -> None:
    """Write files of `read_snapshot`, or of `Revisions.files_at`, byte for byte. Raises OSError."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
