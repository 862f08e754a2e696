"""Split a longer text into the sentences that may each hold a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_SENTENCES = 40
"""A Discord message holds 4,000 characters; forty claims is more than anyone reads."""

FEWEST_WORDS = 4
"""Shorter pieces ("Great article.") carry no claim that could be checked."""

LOOK_BACK = 80
"""Characters before a stop that are looked at to tell whether a sentence ends there."""

WRAPPED = 50
"""Characters from which a line that goes on in lower case was broken by a program, not by its writer."""

_PICTURE = r"[\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]"
_EMOJI = rf"(?:{_PICTURE}|<a?:\w{{1,32}}:\d{{1,20}}>)"
_STOP = re.compile(
    rf"(?<![.!?…])(?P<marks>[.!?…]++)(?P<closers>[\"'”’»)\]*_|]*)(?: ?{_EMOJI})* "
    rf"|(?<!{_PICTURE})(?P<emoji>(?:{_EMOJI} ?)+) "
    r"|(?P<glued>(?<=[a-z]{2})[.!?])(?=[A-Z][a-z])"
    r"| [•·▪‣] "
)
_BULLET = re.compile(r"^(?:(?:[-–—*>#•·▪‣]+|\d{1,2}[.)]) )+")
_SHORT = re.compile(
    r"\b(?:dr|prof|mr|mrs|ms|st|vs|approx|ca|cf|fig|figs|eq|resp|incl|et al)$"
    r"|(?<![^\W_])(?:(?:[a-z]\.)+[a-z]|(?-i:[A-Z]))$",
    re.IGNORECASE,
)
"""Ends no sentence: a title, "vs.", "et al.", an initial, "e.g."."""
_SHORT_BEFORE_MORE = re.compile(
    r"\b(?:no|nos|vol|pp?|min|mins|sec|secs|hrs?|wks?|mo|yrs?|avg|max|lbs?|kg|reps?|etc|inc|ltd|jan|feb|mar|apr"
    r"|aug|sept?|oct|nov|dec)$|^\d{1,2}$",
    re.IGNORECASE,
)
"""Ends no sentence where a number or a small letter follows: "no. 5", "30 sec. rest"."""


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of at least `FEWEST_WORDS` words, in order, at most `MOST_SENTENCES`.

    A line ends a sentence, unless it was wrapped. A decimal point ("2.5") and common
    abbreviations ("e.g.") end none; an emoji does where a new sentence begins after it.
    """
    found = (piece for line in _lines(text) for piece in _pieces(line))
    return tuple(piece for piece in found if len(piece.split()) >= FEWEST_WORDS)[:MOST_SENTENCES]


def _lines(text: str) -> Iterator[str]:
    """The lines without bullets and needless blanks, those that were wrapped made whole."""
    whole = ""
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if len(whole) >= WRAPPED and line[:1].islower() and whole[-1] not in ".!?…:":
            whole = f"{whole} {line}"
            continue
        yield whole
        whole = _BULLET.sub("", f"{line} ").strip()
    yield whole


def _pieces(line: str) -> Iterator[str]:
    """The line cut where a sentence ends."""
    begin = 0
    for stop in _STOP.finditer(line):
        before = line[max(begin, stop.start() - LOOK_BACK) : stop.start()]
        if _ends(before, stop, line[stop.end() : stop.end() + 1]):
            piece = line[begin : stop.end()].strip(" •·▪‣")
            begin = stop.end()
            yield piece
    yield line[begin:].strip()


def _ends(before: str, stop: re.Match[str], following: str) -> bool:
    """Whether a sentence ends at that stop, by what stands before it and the character after it."""
    marks, goes_on = stop["marks"], following.islower()
    if stop["emoji"] is not None:
        return not goes_on and len(before.split()) >= FEWEST_WORDS
    if marks is None:
        return True
    if goes_on and (stop["closers"] or marks.startswith(("…", "..."))):
        return False
    if marks != ".":
        return True
    if _SHORT.search(before):
        return False
    return not ((goes_on or following.isdigit()) and _SHORT_BEFORE_MORE.search(before))
