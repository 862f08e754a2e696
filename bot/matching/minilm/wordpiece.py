"""WordPiece: a normalised text as the token ids that MiniLM was trained on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MOST_TOKENS = 128
"""Longer texts are cut, as in the model's training (all-MiniLM-L6-v2 model card: 128 word pieces)."""
_POINT = re.compile(r"([.,])")
_LONGEST_WORD = 100
"""A longer word is unknown as a whole. Source: BERT's tokenization.py, max_input_chars_per_word."""


@dataclass(frozen=True, slots=True)
class WordPiece:
    """Greedy longest-match pieces (Wu et al. 2016; BERT's tokenization.py) of blank-separated words.

    The text must be normalised before (`bot.matching.normalise`): lower case, words and numbers only.
    Accents are folded away, and a number's point or comma is a piece of its own, as in BERT.
    """

    ids: Mapping[str, int]
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, path: Path) -> WordPiece:
        """From a vocab.txt, one piece a line. Raises OSError, or ValueError where it is no such file."""
        ids = {piece: i for i, piece in enumerate(path.read_text(encoding="utf-8").split("\n")) if piece}
        if not {"[CLS]", "[SEP]", "[UNK]"} <= ids.keys():
            raise ValueError(f"{path} is no BERT vocabulary: [CLS], [SEP] or [UNK] is missing")
        return cls(ids)

    def encode(self, text: str) -> list[int]:
        """Token ids with the start and end marks; at most `MOST_TOKENS`."""
        pieces = [piece for word in text.split() for piece in self._pieces(word)]
        return [self.ids["[CLS]"], *pieces[: MOST_TOKENS - 2], self.ids["[SEP]"]]

    def _pieces(self, word: str) -> tuple[int, ...]:
        known = self._seen.get(word)
        if known is None:
            plain = "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")
            known = tuple(i for part in _POINT.split(plain) if part for i in self._split(part))
            if len(self._seen) < 100_000:  # bounds what members' words can make it hold: about 15 MB
                self._seen[word] = known
        return known

    def _split(self, word: str) -> tuple[int, ...]:
        pieces: list[int] = []
        start = 0
        while start < len(word) and len(word) <= _LONGEST_WORD:
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self.ids.get(mark + word[start:end])
                if piece is not None:
                    pieces.append(piece)
                    start = end
                    break
            else:
                return (self.ids["[UNK]"],)
        return tuple(pieces) or (self.ids["[UNK]"],)
