"""Split a longer text into the sentences that may each hold a claim."""

from __future__ import annotations

import re

MOST_SENTENCES = 40
"""A Discord message holds 4,000 characters; forty claims is more than anyone reads."""

FEWEST_WORDS = 4
"""Shorter pieces ("Great article.") carry no claim that could be checked."""

_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9À-Þ])|\n{1,}|(?<=[!?])\s+|\s+[•·]\s+")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|approx|Dr|Prof|et al|no|fig|ca)\.$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*>#]+|\d{1,2}[.)])\s+")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of at least `FEWEST_WORDS` words, in order, at most `MOST_SENTENCES`.

    A decimal point ("2.5") and common abbreviations ("e.g.") end no sentence.
    """
    pieces: list[str] = []
    for raw in _END.split(text):
        piece = _BULLET.sub("", raw).strip()
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece:
            pieces.append(piece)
    return tuple(p for p in pieces if len(p.split()) >= FEWEST_WORDS)[:MOST_SENTENCES]
