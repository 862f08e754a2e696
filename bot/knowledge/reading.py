"""Reading ease: how easily a text is read."""

from __future__ import annotations

import re

import syllapy

_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")


def reading_ease(text: str) -> float:
    """Flesch reading ease: 100 very easy, 60 to 70 plain, 30 academic. 100 for no words.

    206.835 - 1.015 words/sentence - 84.6 syllables/word; Flesch 1948, J Appl Psychol 32:221-233.
    Syllables are those of syllapy's dictionary.
    """
    words = _WORD.findall(text)
    if not words:
        return 100.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    syllables = sum(max(1, syllapy.count(word)) for word in words)
    return float(206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words))
