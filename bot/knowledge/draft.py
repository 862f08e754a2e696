"""A new entry as a draft: complete in form, honest about what nobody has written yet."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core import limits
from bot.knowledge.edit import Refused, wrong_length
from bot.knowledge.scalars import one_line, paragraphs, same_text, scalar

TO_BE_WRITTEN = "To be written."
NOT_REVIEWED = "nobody so far, this is a draft"
SCHEMA_LINE = "# yaml-language-server: $schema=../../entry.schema.json"
NOTE_LINE = "# A draft, shown to nobody: complete it (TEMPLATE.yaml), have it reviewed, set it live."
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WIDTH = 88
"""Columns of a folded text, as in the entries that are there."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A new file: the entry's id, the path in the knowledge folder, and its text, which ends in a newline."""

    slug: str
    path: str
    text: str


def new_entry(
    *,
    question: str,
    group: str,
    caveat: str,
    today: date,
    answer: str = "",
    details: str = "",
    sources: Sequence[str] = (),
    phrasings: Sequence[str] = (),
    professional_first: bool = True,
    taken: Collection[str] = (),
) -> Draft | Refused:
    """A draft that the checker accepts where `caveat`, `group` and `sources` are keys that it knows.

    `taken` are the ids of all entries: the new one is made of the question and differs from each.
    What is empty is left to be written, and until somebody says otherwise a professional comes first.
    The next review is a year from `today`. Refused where the question is empty or a text is too long.
    Raises ValueError for a `group` that is not the name of a folder.
    """
    if not _SLUG.fullmatch(group):
        raise ValueError(f"{group!r} is not the name of a group")
    question, answer, details = one_line(question), paragraphs(answer), paragraphs(details)
    own = _phrasings(phrasings, question)
    if refused := _too_long(question, answer, details, own):
        return refused
    slug = _slug(question, taken)
    cited = dict.fromkeys(key for key in map(one_line, sources) if key)
    lines = [
        SCHEMA_LINE,
        NOTE_LINE,
        f"question: {scalar(question)}",
        "status: draft",
        f"caveat: {scalar(one_line(caveat))}",
        f"professional_first: {'true' if professional_first else 'false'}",
        *_prose("answer", answer),
        *_prose("details", details),
        "claims: []",
        *_items("sources", [f"key: {scalar(key)}\n    shows: {TO_BE_WRITTEN}" for key in cited]),
        "reviewed:",
        f"  on: {today.isoformat()}",
        f"  by: {NOT_REVIEWED}",
        f"  next: {_a_year_after(today).isoformat()}",
        "related: []",
        "corrections: []",
        *_items("phrasings", [scalar(text) for text in own]),
        "decoys: []",
        "tests:",
        "  match: []",
        "  no_match: []",
    ]
    return Draft(slug, f"entries/{group}/{slug}.yaml", "\n".join(lines) + "\n")


def _phrasings(typed: Sequence[str], question: str) -> list[str]:
    """Each once, in their order; the question is none of them."""
    once = {same_text(text): one_line(text) for text in reversed(typed)}
    wanted = dict.fromkeys(same_text(text) for text in typed)
    return [once[key] for key in wanted if key and key != same_text(question)][: limits.MOST_TEXTS]


def _too_long(question: str, answer: str, details: str, own: Sequence[str]) -> Refused | None:
    texts = [(question, limits.QUESTION, "question")]
    texts += [(answer or TO_BE_WRITTEN, limits.ANSWER, "answer")]
    texts += [(details or TO_BE_WRITTEN, limits.DETAILS, "longer story")]
    texts += [(text, limits.PHRASING, "phrasing") for text in own]
    return next((refused for text in texts if (refused := wrong_length(*text))), None)


def _prose(field: str, text: str) -> list[str]:
    """A text in the lines below its field: folded where it is one paragraph, else line for line."""
    if not text:
        return [f"{field}: {TO_BE_WRITTEN}"]
    if "\n" in text:
        return [f"{field}: |-", *(f"  {line}" if line else "" for line in text.split("\n"))]
    folded = textwrap.wrap(one_line(text), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"{field}: >-", *(f"  {line}" for line in folded)]


def _items(field: str, items: Sequence[str]) -> list[str]:
    return [f"{field}:", *(f"  - {item}" for item in items)] if items else [f"{field}: []"]


def _a_year_after(day: date) -> date:
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _slug(question: str, taken: Collection[str]) -> str:
    """The question's words in Latin letters, as many as fit; with a number where that id is taken."""
    letters = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", letters.replace("'", "")) or ["question"]
    slug = words[0][: limits.SLUG]
    for word in words[1:]:
        if len(slug) + 1 + len(word) > limits.SLUG - len("-999"):
            break
        slug += f"-{word}"
    numbered = (f"{slug[: limits.SLUG - len(str(n)) - 1].rstrip('-')}-{n}" for n in range(2, len(taken) + 3))
    return slug if slug not in taken else next(name for name in numbered if name not in taken)
