"""Spelling: words that neither the knowledge base nor English knows are put right to a near one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.normalise import stem

FEWEST_LETTERS = 4
"""Shorter words are not corrected: "gh" and "gym" are one letter from too much."""
LONG = 7
"""From this length on, two edits are one slip; below, two edits make another word."""
FEWEST_ENGLISH = 5
"""Shorter words that nobody knows are as often a name or an abbreviation as a slip of an English word."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    letter: row[max(0, n - 1) : n] + row[n + 1 : n + 2] for row in _ROWS for n, letter in enumerate(row)
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words of a knowledge base, and a judge of what else is English.

    `uses` counts the words; `targets` are those that slips are put right to, by first letter, the most used
    first; `english` gives other common words by first letter and length, as `by_length` groups them.
    """

    uses: Mapping[str, int]
    stems: frozenset[str]
    targets: Mapping[str, Sequence[str]]
    is_english: Callable[[str], bool]
    english: Callable[[str, int], Sequence[str]]

    @classmethod
    def over(
        cls,
        texts: Iterable[str],
        is_english: Callable[[str], bool],
        english: Callable[[str, int], Sequence[str]] = lambda letter, length: (),
    ) -> Spelling:
        """The words of these normalised texts."""
        counts = Counter(word for text in texts for word in text.split())
        targets: dict[str, list[str]] = {}
        for word in sorted(counts, key=lambda word: (-counts[word], word)):
            if len(word) >= FEWEST_LETTERS and word.isalpha():
                targets.setdefault(word[0], []).append(word)
        return cls(counts, frozenset(stem(word) for word in counts), targets, is_english, english)

    def knows(self, word: str) -> bool:
        """True when the knowledge base uses the word in some form."""
        return word in self.uses or stem(word) in self.stems

    def respell(self, text: str) -> str:
        """The normalised text with its slips put right: one edit, two in words of seven letters or more.

        Edits are those of optimal string alignment: a letter more, less, other, or two neighbours swapped.
        The first letter is a slip only where fingers make one: swapped with the second, the key beside, left
        out. Words of the knowledge go before other English ones, for which one edit is allowed.
        """
        return " ".join(self._put_right(word) for word in text.split())

    def unknown(self, text: str) -> Sequence[str]:
        """The words of a normalised text that the knowledge base does not use in any form."""
        return [word for word in text.split() if not self.knows(word)]

    def _put_right(self, word: str) -> str:
        if len(word) < FEWEST_LETTERS or not word.isalpha() or self.knows(word) or self.is_english(word):
            return word
        swapped = word[1] + word[0] + word[2:]
        if swapped in self.uses:
            return swapped
        edits = 1 if len(word) < LONG else 2
        own = _nearest(word, self.targets.get(word[0], ()), edits)
        return own or self._begun_wrong(word) or self._of_english(word)

    def _begun_wrong(self, word: str) -> str | None:
        """The most used word that differs in its first letter as fingers slip."""
        others = [letter + word[1:] for letter in _BESIDE.get(word[0], "")]
        others += [letter + word for letter in ascii_lowercase]
        found = [other for other in others if other in self.uses]
        return max(found, key=lambda other: self.uses[other], default=None)

    def _of_english(self, word: str) -> str:
        if len(word) < FEWEST_ENGLISH:
            return word
        return _nearest(word, self.english(word[0], len(word)), 1) or word


def by_length(words: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    """Words by first letter and length, each at its own length and at the two beside, in their order.

    One slip changes a length by one at most, so only these need be looked through.
    """
    groups: dict[tuple[str, int], list[str]] = {}
    for word in words:
        for length in range(len(word) - 1, len(word) + 2):
            groups.setdefault((word[0], length), []).append(word)
    return groups


def _nearest(word: str, choices: Sequence[str], edits: int) -> str | None:
    """The nearest of the choices, the first where several are as near."""
    found = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=edits)
    return None if found is None else str(found[0])
