"""Scrub: take out of a question what could tell who asked it, before it is kept."""

from __future__ import annotations

import re

KEPT_CHARACTERS = 500
"""A question is kept to this length; what members really ask is shorter (longest labelled one: 300)."""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"```.*?```", re.DOTALL), " [code] "),
    (re.compile(r"<a?:\w{1,64}:\d{5,}>"), " "),
    (re.compile(r"<(?:@[!&]?|#|/[^:>]{1,80}:|t:)-?\d+(?::\w)?>"), " [mention] "),
    (re.compile(r"\b(?:https?://|www\.|discord\.gg/)\S+", re.IGNORECASE), " [link] "),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), " [e-mail] "),
    (re.compile(r"(?<!\w)@[\w.]{2,32}"), " [mention] "),
    (re.compile(r"(?<![\w.])\+?\(?\d{1,4}\)?(?:[\s./-]?\(?\d{2,4}\)?){2,5}(?![\w.])"), " [number] "),
    (re.compile(r"\d{6,}"), " [number] "),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def scrub(text: str) -> str:
    """The text without mentions, addresses, telephone numbers, links and long digit runs.

    Control, zero-width and direction characters go, white space is folded, and the
    result is at most `KEPT_CHARACTERS` long. Empty when nothing is left to keep.
    """
    text = _SURROGATE.sub(" ", _CONTROL.sub(" ", text))
    for pattern, stand_in in _RULES:
        text = pattern.sub(stand_in, text)
    return _SPACE.sub(" ", text).strip()[:KEPT_CHARACTERS].rstrip()
