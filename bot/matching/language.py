"""Language: tell a question in a language that the knowledge base does not speak.

By script and by function words, not by a letter model: on questions of three to six
words, half of them slang, a letter model either guesses or takes 300 MB and two seconds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

SPOKEN = "en"
LATIN_LANGUAGES = tuple("ca cs da de es fi fr hr hu id it nl no pl pt ro sk sl sv tr vi".split())
KNOWN_SHARE = 0.6
"""From this share of words that the knowledge base uses, the text is taken for its language."""
UNDETERMINED = "und"
_LATIN = ("LATIN", "MODIFIER", "FEMININE", "MASCULINE")
"""How the Unicode names of letters of Latin script begin."""
FEWEST_WORDS = 3
_SHORT_ENGLISH = frozenset(
    "a i am an as at be by do go he hi if in is it me my no of oh ok on or so to up us vs we".split()
)
"""The collection lists every two-letter country code as English; these are its real short words."""


def content_words(tokens: Iterable[str]) -> list[str]:
    """The tokens that are no function words: what a question is about, numbers included."""
    return [token for token in tokens if token not in _spoken_words()]


@cache
def _listed(code: str) -> frozenset[str]:
    """Read at the first question, not at import: the collection is 200 kB of JSON."""
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(code))


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    """Function words by language, none of them also English. Source: the stopwords-iso collection."""
    return {code: _listed(code) - _spoken_words() for code in LATIN_LANGUAGES}


@lru_cache(maxsize=1)
def _spoken_words() -> frozenset[str]:
    return _SHORT_ENGLISH | {word for word in _listed(SPOKEN) if len(word) > 2}


def foreign_language(tokens: Sequence[str], known: Sequence[bool]) -> str | None:
    """The ISO 639-1 code of another language that the text is surely in, else None.

    `known` says of each token whether the knowledge base uses it. Mostly another script:
    "und". In Latin script it takes function words of one other language that, with words
    written with accents, outnumber the English ones, and fewer than `KNOWN_SHARE` known
    words: slang and typos are not foreign.
    """
    words = [
        (token, is_known) for token, is_known in zip(tokens, known, strict=True) if not token[0].isdigit()
    ]
    if not words:
        return None
    if sum(not _is_latin(token[0]) for token, _ in words) > len(words) / 2:
        return UNDETERMINED
    if len(words) < FEWEST_WORDS or sum(is_known for _, is_known in words) >= KNOWN_SHARE * len(words):
        return None
    english = sum(token in _spoken_words() for token, _ in words)
    unknown = [token for token, is_known in words if not is_known]
    hits = {code: sum(token in own for token in unknown) for code, own in _function_words().items()}
    best = max(hits, key=lambda code: hits[code])
    accented = sum(not token.isascii() for token in unknown)
    return best if hits[best] and hits[best] + accented > english else None


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith(_LATIN)
