"""Spelling: words that neither the knowledge base nor English knows are put right to a near one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.normalise import stem

FEWEST_LETTERS = 4
"""Shorter words are not corrected: "gh" and "gym" are one letter from too much."""
LONG = 7
"""From this length on, two edits are one slip; below, two edits make another word."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words of a knowledge base, and a judge of what else is English."""

    words: frozenset[str]
    stems: frozenset[str]
    targets: tuple[str, ...]
    is_english: Callable[[str], bool]

    @classmethod
    def over(cls, texts: Iterable[str], is_english: Callable[[str], bool]) -> Spelling:
        """The words of these normalised texts."""
        words = frozenset(word for text in texts for word in text.split())
        targets = tuple(sorted(w for w in words if len(w) >= FEWEST_LETTERS and w.isalpha()))
        return cls(words, frozenset(stem(word) for word in words), targets, is_english)

    def knows(self, word: str) -> bool:
        """True when the knowledge base uses the word in some form."""
        return word in self.words or stem(word) in self.stems

    def respell(self, text: str) -> str:
        """The normalised text with its slips put right: one edit, two in words of seven letters or more.

        Edits are those of optimal string alignment: a letter more, less, other, or two neighbours swapped.
        """
        return " ".join(self._put_right(word) for word in text.split())

    def unknown(self, text: str) -> Sequence[str]:
        """The words of a normalised text that the knowledge base does not use in any form."""
        return [word for word in text.split() if not self.knows(word)]

    def _put_right(self, word: str) -> str:
        if len(word) < FEWEST_LETTERS or not word.isalpha() or self.knows(word) or self.is_english(word):
            return word
        edits = 1 if len(word) < LONG else 2
        found = process.extractOne(word, self.targets, scorer=OSA.distance, score_cutoff=edits)
        return word if found is None else str(found[0])
