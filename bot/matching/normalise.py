"""Normalise: one form for what is the same question, however it was typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]")
_DISCORD = re.compile(r"<(?:a?:\w+:|@[!&]?|#|/[^:>]+:|t:)[\d:\w-]*>|@(?:everyone|here)\b")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_QUOTES = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'", "\u00d7": " x "}
)
_CONTRACTIONS = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'(?:s|re|ve|ll|d|m)\b"), ""),
)
_SQUASHED = re.compile(r"\b(?:(do|does|is|are|did|should|would|could|was)nt|(can)(?:t|not))\b")
# A decimal point or comma between digits is part of the number: 2.5 is not 25.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_CHAT = re.compile(
    r"^(?:(?:hey|hi|hello|yo|sup|hiya|ok|okay|so|um|uh|well|guys|all|everyone|everybody|folks|peeps|bro|bros|dude"
    r"|quick question|noob question|dumb question|stupid question|random question|serious question"
    r"|just wondering|i was wondering|question|sorry|pls|please|thanks|thx|ty)\b\s*)+"
)
_stemmer = Stemmer.Stemmer("english")


def normalise(text: str) -> str:
    """Case, spacing, punctuation, quotes, mentions and links folded away; numbers kept whole.

    The result is tokens joined by single blanks, "" where nothing is left. Chat openers
    ("hey guys quick question") go, unless nothing else was said.
    """
    # Thousands of texts pass here at every start: a step is left out where its first sign is missing.
    if text.isascii():
        text = text.lower().replace("`", "'")
    else:
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().translate(_QUOTES)
    if "<" in text or "@" in text:
        text = _DISCORD.sub(" ", text)
    if "://" in text or "www." in text:
        text = _LINK.sub(" ", text)
    if "'" in text:
        for pattern, expansion in _CONTRACTIONS:
            text = pattern.sub(expansion, text)
        text = text.replace("'", "")
    if "nt" in text or "cannot" in text:
        text = _SQUASHED.sub(r"\1\2 not", text)
    folded = " ".join(_TOKEN.findall(text.replace("%", " percent ")))
    return _CHAT.sub("", folded) or folded


@lru_cache(maxsize=65536)
def normalise_known(text: str) -> str:
    """`normalise` for texts of the knowledge, which a start reads three times; never for members' words."""
    return normalise(text)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball (Porter 2) English stem; numbers and words of up to three letters stay."""
    if len(word) <= 3 or not word.isalpha():
        return word
    return str(_stemmer.stemWord(word))
