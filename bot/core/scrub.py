"""Scrub: take out of a question what could tell who asked it, before it is kept."""

from __future__ import annotations

import re

KEPT_CHARACTERS = 500
"""A question is kept to this length; what members really ask is shorter (longest labelled one: 300)."""
LONG_RUN = 7
"""Digits in a row from which they are a telephone number or an id: "100000 steps" is none."""

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s+")

# Endings of bare addresses ("instagram.com"), and those that count only before a path ("youtu.be/x"),
# since they end sentences without a blank as well ("tell.me").
_SURE_ENDINGS = "com|org|net|edu|gov|info|gg|io|app|dev|de|uk|eu|tv|fr|nl|ly"
_PATH_ENDINGS = "me|be|co|us|ca|au|it|es|at|ch|se|no|dk|pl|jp|br|in|to|ai|cc|st|xyz|link|page|site|online"
_LABELS = r"(?<![\w@.-])(?:[^\W_][\w-]{0,62}\.)+"
_LOCAL_PART = r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]++"
_GAP = r"[ ./()-]{0,3}"
_DATE = r"\d\d([./-])(?:\d\d\1)?(?:19|20)\d\d(?!\d)|\d\d([./-])\d\d\2\d\d(?!\d|\2\d)"
_ROUND = r"\d\d0[ .-]\d\d0[ .-]\d\d\d0"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), stand_in)
    for pattern, stand_in in (
        (r"```", " "),
        (r"<a?:\w{1,64}:\d+>", " "),
        (r"<(?:@[!&]?|#|/[^<>:]{1,100}:|t:-?)\d+(?::\w)?>", " [mention] "),
        (r"[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+|\b(?:mailto|tel|sms|skype):\S+", " [link] "),
        (r"@?[\w.]{2,32}#\d{4}(?!\d)", " [mention] "),
        (_LOCAL_PART + r"@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[^\W\d_]{2,63}", " [e-mail] "),
        (rf"{_LABELS}(?:(?:{_SURE_ENDINGS})\b(?:[/?#:]\S*)?|(?:{_PATH_ENDINGS})/\S*)", " [link] "),
        # Names, but no load: "5 reps @80kg", "5x5 @ RPE 8" and "@rpe8" are how training is written.
        (r"(?<!\w)@(?!(?:rpe|rir)\d*\b)[^\W\d][\w.]{1,31}", " [mention] "),
        # Telephone numbers: +49 170 1234567, 0049 ...
        (
            rf"(?<![\w+])\+\(?[1-9](?:{_GAP}\d){{8,12}}(?!\d)|(?<![\w+.,/-])00[1-9](?:{_GAP}\d){{7,11}}(?!\d)",
            " [number] ",
        ),
        # ... with the trunk prefix, 0170/1234567 or 06 12 34 56 78 ...
        (rf"(?<![\d.,/-])(?!{_DATE})\(?0[1-9](?:{_GAP}\d){{7,10}}(?!\d)", " [number] "),
        # ... North American, (555) 123-4567 or 1-555-123-4567: area codes begin with 2 to 9,
        # and three round numbers are doses, 250-500-1000 mg ...
        (
            rf"(?<!\d)(?<!\d[.,/-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|(?!{_ROUND})[2-9]\d\d[ .-])"
            r"\d{3}[ .-]\d{4}(?![.,/-]?\d)",
            " [number] ",
        ),
        # ... and any other form, where the words before it say what it is.
        (
            r"(\b(?:tel|phone|whatsapp|call me|text me|my number)\b\D{0,12})"
            rf"\d(?:{_GAP}\d){{{LONG_RUN - 1},}}",
            r"\1 [number] ",
        ),
        (rf"\d{{{LONG_RUN},}}", " [number] "),
    )
)


def scrub(text: str) -> str:
    """The text without mentions, e-mail addresses, telephone numbers, links and long digit runs.

    Loads, sets, dates, doses and DOI-like numbers stay readable. Control, zero-width and
    direction characters go, white space is folded, and the result is at most
    `KEPT_CHARACTERS` long. Empty when nothing is left to keep. Scrubbing twice changes nothing.
    A national telephone number without prefix, area code or such words is not told from other numbers.
    """
    text = _UNPRINTABLE.sub(" ", _INVISIBLE.sub("", text))
    # What stands beside something taken out, or at the cut, may be recognised only then. It ends:
    # each change takes an @, <, #, :, `, full stop or digit away, and no stand-in brings one back.
    while (scrubbed := _scrub_once(text)) != text:
        text = scrubbed
    return text


def _scrub_once(text: str) -> str:
    for pattern, stand_in in _RULES:
        text = pattern.sub(stand_in, text)
    return _SPACE.sub(" ", text).strip()[:KEPT_CHARACTERS].rstrip()
