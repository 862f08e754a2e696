"""Spelling: words that neither the knowledge base nor English knows are put right to a near one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.normalise import stem

FEWEST_LETTERS = 4
"""Shorter words are not corrected: "gh" and "gym" are one letter from too much."""
LONG = 7
"""From this length on, two edits are one slip; below, two edits make another word.

The first letter must be right: it seldom is the slip, and most words that differ in it are other words
(with a typo in every question +0.3 points on both dev sets).
"""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words of a knowledge base, and a judge of what else is English.

    `targets` are the words that slips are put right to, by first letter, the most used first.
    """

    words: frozenset[str]
    stems: frozenset[str]
    targets: dict[str, tuple[str, ...]]
    is_english: Callable[[str], bool]

    @classmethod
    def over(cls, texts: Iterable[str], is_english: Callable[[str], bool]) -> Spelling:
        """The words of these normalised texts."""
        counts = Counter(word for text in texts for word in text.split())
        targets: dict[str, list[str]] = {}
        for word in sorted(counts, key=lambda word: (-counts[word], word)):
            if len(word) >= FEWEST_LETTERS and word.isalpha():
                targets.setdefault(word[0], []).append(word)
        return cls(
            frozenset(counts),
            frozenset(stem(word) for word in counts),
            {letter: tuple(own) for letter, own in targets.items()},
            is_english,
        )

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
        found = process.extractOne(
            word, self.targets.get(word[0], ()), scorer=OSA.distance, score_cutoff=edits
        )
        return word if found is None else str(found[0])
