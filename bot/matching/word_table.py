"""Word table: a static vector for every word piece, summed; no model to run.

The table is WordLlama's (MIT licence, github.com/dleemiller/WordLlama): 32,000 Llama 2 pieces by 256 numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

TABLE, PIECES = "table.npy", "pieces.txt"
_START = "\u2581"
"""What Llama's pieces carry in place of the blank before a word."""


class TableUnusableError(Exception):
    """The table is missing or damaged; the message says which."""


@dataclass(frozen=True, slots=True)
class WordTable:
    """Vectors of texts: their pieces' vectors summed, length one. `table` is (pieces, width), float16."""

    id: str
    table: npt.NDArray[np.float16]
    ids: Mapping[str, int]
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, folder: Path) -> WordTable:
        """Open a folder that the set-up wrote; the table stays on the disk. Raises TableUnusableError."""
        try:
            table = np.load(folder / TABLE, mmap_mode="r", allow_pickle=False)
            pieces = (folder / PIECES).read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as fault:
            raise TableUnusableError(f"there is no usable word table in {folder}: {fault}") from fault
        if table.ndim != 2 or len(table) != len(pieces):
            raise TableUnusableError(f"the word table in {folder} does not fit its pieces")
        digest = hashlib.sha256(table[: len(table) : 97].tobytes()).hexdigest()
        plain = np.asarray(table)  # numpy's own class for mapped files takes 20 microseconds a look
        return cls(digest[:8], plain, {piece: i for i, piece in enumerate(pieces) if piece})

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return int(self.table.shape[1])

    def vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row a normalised text, of length one; zeros where no piece is known."""
        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            found = [i for word in text.split() for i in self._pieces(word)]
            if found:
                np.add.reduce(self.table.take(found, axis=0), axis=0, dtype=np.float32, out=row)
        norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
        rows /= np.maximum(norms, np.float32(1e-9))
        return rows

    def knows(self, word: str) -> bool:
        """True when the word is one piece: a common word of English."""
        return _START + word in self.ids

    def words(self) -> Iterator[str]:
        """The words that are one piece, the most common first."""
        return (piece[1:] for piece in self.ids if piece.startswith(_START))

    def _pieces(self, word: str) -> tuple[int, ...]:
        known = self._seen.get(word)
        if known is None:
            known = self._merge(word)
            if len(self._seen) < 100_000:  # bounds what members' words can make it hold: about 15 MB
                self._seen[word] = known
        return known

    def _merge(self, word: str) -> tuple[int, ...]:
        """Byte-pair merging: the pair that gives the lowest id first, as in SentencePiece's BPE.

        No piece runs over a word's end, so a word can be merged alone.
        """
        parts = [_START, *word]
        merged = [self.ids.get(a + b) for a, b in pairwise(parts)]
        while (best := min((i for i in merged if i is not None), default=None)) is not None:
            at = merged.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            del merged[at]
            if at > 0:
                merged[at - 1] = self.ids.get(parts[at - 1] + parts[at])
            if at < len(merged):
                merged[at] = self.ids.get(parts[at] + parts[at + 1])
        return tuple(self.ids[part] for part in parts if part in self.ids)
