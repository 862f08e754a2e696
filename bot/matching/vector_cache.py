"""Vector cache: what was embedded once is read from the disk, by text and model."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Matrix]

MOST_SPARE = 4_000
"""Vectors of texts no longer used that are kept, so that reverting an edit costs nothing; 10 MB."""


@dataclass(frozen=True, slots=True)
class VectorCache:
    """One file a model. A damaged one is made anew; a folder that cannot be written costs time only."""

    folder: Path

    def vectors(self, texts: Sequence[str], model: str, width: int, embed: Embed) -> Matrix:
        """One row a text, in order, shape (texts, width); only texts without a row are embedded."""
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        path = self.folder / f"{model}.npz"
        known, rows = _read(path, width)
        place = {key: row for row, key in enumerate(known)}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in place}
        if new:
            rows = np.concatenate([rows, embed(list(new.values()))])
            place.update({key: len(known) + n for n, key in enumerate(new)})
            self._write(path, keys, [*known, *new], rows)
        return rows[[place[key] for key in keys]] if keys else np.zeros((0, width), dtype=np.float32)

    def _write(self, path: Path, used: Sequence[bytes], keys: Sequence[bytes], rows: Matrix) -> None:
        """Replace the file in one step: those in use, and some of the spare ones, the newest."""
        wanted = frozenset(used)
        spare = [row for row, key in enumerate(keys) if key not in wanted][-MOST_SPARE:]
        kept = sorted([row for row, key in enumerate(keys) if key in wanted] + spare)
        names = np.frombuffer(b"".join(keys[row] for row in kept), dtype=np.uint8).reshape(-1, 16)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".new", delete=False) as file:
                np.savez(file, keys=names, rows=rows[kept])
            Path(file.name).replace(path)
        except OSError:
            return


def _read(path: Path, width: int) -> tuple[list[bytes], Matrix]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            names, rows = stored["keys"], stored["rows"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return [], np.zeros((0, width), dtype=np.float32)
    if rows.shape != (len(names), width) or rows.dtype != np.float32:
        return [], np.zeros((0, width), dtype=np.float32)
    return [bytes(name) for name in names], rows
