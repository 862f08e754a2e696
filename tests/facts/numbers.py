"""Numbers: every number that a text states, in digits or in words, with its unit where it names one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_UNITS += "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
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
    rf"|(?P<word>{'|'.join(sorted(_VALUES, key=len, reverse=True))}))(?=\b|fold|-fold)",
    re.IGNORECASE,
)
# "a third of", "a fifth to a third of": a part; "a third saw": an ordinal.
_PART = re.compile(r"\ban? (?P<part>third|quarter|fifth)\b(?= (?:of|less|more|to)\b)", re.IGNORECASE)

_UNIT_WORDS = {
    "people": "people men man women subjects patients adults players lifters trainees professionals users",
    "percent": "% percent",
    "times": "times fold x",
    "weeks": "weeks week",
    "days": "days day",
    "hours": "hours hour",
    "minutes": "minutes minute min",
    "sets": "sets",
    "reps": "reps",
    "sessions": "sessions",
    "trials": "trials",
    "facilities": "facilities",
    "pressure": "mmHg",
    "concentration": "ng/mL µg/L ug/L",
    "mass": "kg",
}
_UNIT_OF = {word.lower(): unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_ADJECTIVES = "young older old trained elite rugby healthy college-aged small exhausting ordinary"
_AFTER = re.compile(
    rf"[ -]?(?:(?:{_ADJECTIVES.replace(' ', '|')}) )*"
    rf"(?P<unit>%|(?:{'|'.join(re.escape(word) for word in _UNIT_OF if word != '%')})\b)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\bn ?= ?$")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Stated:
    """A number, its unit ("" where the text names none that is known here) and how the text says it."""

    value: Decimal
    unit: str
    said: str

    def agrees_with(self, others: Iterable[Stated]) -> bool:
        """True when one of the others has the same value and no other unit."""
        units = {other.unit for other in others if other.value == self.value}
        return bool(units) and (not self.unit or bool(units & {self.unit, ""}))


def numbers_in(text: str) -> list[Stated]:
    """The numbers of a text in reading order.

    Left out: "one" in words, which is a pronoun as often as a number, and 1RM, which is a name.
    """
    found = [(match, _digits(match)) for match in _DIGITS.finditer(text)]
    found += [(match, _word(match)) for match in _WORDS.finditer(text)]
    found += [(match, _PARTS[match["part"].lower()]) for match in _PART.finditer(text)]
    found.sort(key=lambda pair: pair[0].start())
    return [Stated(value, _unit(match), _said(match)) for match, value in found if value is not None]


def _said(match: re.Match[str]) -> str:
    return match[0].removesuffix(match["tail"]) if "tail" in match.re.groupindex else match[0]


def _unit(match: re.Match[str]) -> str:
    if _COUNT.search(match.string, 0, match.start()):
        return "people"
    if _YEAR.fullmatch(_said(match)):  # "in 2020 sets were": no 2020 sets
        return ""
    after = _AFTER.match(match.string, match.start() + len(_said(match)))
    return _UNIT_OF[after["unit"].lower()] if after else ""


def _digits(match: re.Match[str]) -> Decimal | None:
    if match["digits"] == "1" and match["tail"] == "RM":
        return None
    value = Decimal(match["digits"].replace(",", ""))
    return -value if match["minus"] else value


def _word(match: re.Match[str]) -> Decimal | None:
    if match["tens"]:
        return _VALUES[match["tens"].lower()] + _VALUES[match["unit"].lower()]
    word = match["word"].lower()
    return None if word == "one" else _VALUES[word]
