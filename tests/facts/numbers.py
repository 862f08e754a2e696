"""Numbers: every number that a text states, in digits or in words, as a value that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_UNITS += "sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: Decimal(value) for value, word in enumerate(_UNITS)}
_VALUES |= {word: Decimal(20 + 10 * place) for place, word in enumerate(_TENS)}
_VALUES |= {"twice": Decimal(2), "double": Decimal(2), "dozen": Decimal(12), "half": Decimal("0.5")}
_PARTS = {"third": Decimal(1) / 3, "quarter": Decimal("0.25"), "fifth": Decimal("0.2")}

# A digit after a letter, or after a letter and a hyphen, is part of a name: R01, S2, IGF-1, IL-6.
# A hyphen between digits is a range; a minus has a blank, a bracket or nothing before it.
_DIGITS = re.compile(
    r"(?<![A-Za-z\d.,])(?<![A-Za-z]-)(?P<minus>(?<!\S)[-−]|(?<=\()[-−])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?P<tail>[A-Za-z]*)"
)
_WORDS = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})-(?P<unit>{'|'.join(_UNITS[1:10])})"
    rf"|(?P<word>{'|'.join(sorted(_VALUES, key=len, reverse=True))}))(?:-?fold|s)?\b",
    re.IGNORECASE,
)
# "a third of", "a fifth to a third of": a part; "a third saw": an ordinal.
_PART = re.compile(r"\ban? (?P<part>third|quarter|fifth)\b(?= (?:of|less|more|to)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """A number and how the text says it."""

    value: Decimal
    said: str


def numbers_in(text: str) -> list[Stated]:
    """The numbers of a text in reading order.

    Left out: "one" in words, which is a pronoun as often as a number, and 1RM, which is a name.
    """
    found = [(match.start(), _from_digits(match)) for match in _DIGITS.finditer(text)]
    found += [(match.start(), _from_words(match)) for match in _WORDS.finditer(text)]
    found += [(m.start(), Stated(_PARTS[m["part"].lower()], m[0])) for m in _PART.finditer(text)]
    return [stated for _, stated in sorted(found, key=lambda pair: pair[0]) if stated is not None]


def _from_digits(match: re.Match[str]) -> Stated | None:
    if match["digits"] == "1" and match["tail"] == "RM":
        return None
    value = Decimal(match["digits"].replace(",", ""))
    return Stated(-value if match["minus"] else value, f"{match['minus'] or ''}{match['digits']}")


def _from_words(match: re.Match[str]) -> Stated | None:
    if match["tens"]:
        value = _VALUES[match["tens"].lower()] + _VALUES[match["unit"].lower()]
        return Stated(value, match[0])
    word = match["word"].lower()
    return None if word == "one" else Stated(_VALUES[word], match[0])
