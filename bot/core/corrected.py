"""Corrected: what of an entry is its substance, and whether a change of it has its correction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.core.entry import Correction, Entry, Status
from bot.core.library import Library

TYPO_LETTERS = 5
"""A shorter word is soon another word; one letter of a longer one is mostly a slip."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_WORD = re.compile(r"[<>≤≥~±]?-?\d+(?:[.,]\d+)*(?:\s?%)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[<>≤≥±]")


@dataclass(frozen=True, slots=True)
class Substance:
    """What a member relies on: how urgent, how firm, what is answered, and the verdicts by claim.

    The answer and the urgent line stand as their words: case, spacing, punctuation and Markdown are no
    substance; each word and each number is.
    """

    answer: tuple[str, ...]
    caveat: str
    professional_first: bool
    urgent: tuple[str, ...]
    verdicts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the substance, in plain words. `may_be_typo`: every word differs by one letter only."""

    what: str
    before: str
    after: str
    may_be_typo: bool = False


def substance(entry: Entry) -> Substance:
    """The substance of an entry.

    Left out are the question, phrasings, decoys and tests (what is asked, not what is answered), details,
    sources and what a claim says (the longer story), reviews, related entries and the status.
    """
    return Substance(
        answer=_words(entry.answer),
        caveat=entry.caveat,
        professional_first=entry.professional_first,
        urgent=_words(entry.urgent or ""),
        verdicts=tuple(sorted((claim.id, claim.verdict.value) for claim in entry.claims)),
    )


def changes_of_substance(old: Entry, new: Entry) -> tuple[Change, ...]:
    """What changed in substance between two versions of an entry, the most urgent first.

    Empty unless both are live: what was no answer before cannot be corrected, and what is withdrawn says
    nothing any more. A claim that is new changes nothing that was said; one that is gone does.
    """
    if old.status is not Status.LIVE or new.status is not Status.LIVE:
        return ()
    return tuple(each for each in _changes(old, new) if each is not None)


def changed_in_substance(old: Entry, new: Entry) -> bool:
    """True where members who read the old version should be told; what may be a typo does not count."""
    return any(not change.may_be_typo for change in changes_of_substance(old, new))


def new_corrections(old: Entry, new: Entry) -> tuple[Correction, ...]:
    """The corrections that the new version has and the old one had not, oldest first."""
    return new.corrections[len(old.corrections) :]


def uncorrected(old: Entry, new: Entry) -> tuple[Change, ...]:
    """The changes of substance for which the new version carries no correction.

    Those that may be a typo are among them, marked: a person must look whether they are.
    """
    return () if new_corrections(old, new) else changes_of_substance(old, new)


def public_record(library: Library) -> list[tuple[Entry, Correction]]:
    """Every correction of an answer that is or was live, newest first; of one day, by the entry's id."""
    published = (entry for entry in library.entries.values() if entry.status is not Status.DRAFT)
    found = [
        (entry, position, correction)
        for entry in published
        for position, correction in enumerate(entry.corrections)
    ]
    found.sort(key=lambda each: (-each[2].on.toordinal(), each[0].id, -each[1]))
    return [(entry, correction) for entry, _, correction in found]


def _changes(old: Entry, new: Entry) -> list[Change | None]:
    was, now = substance(old), substance(new)
    gone = "not said any more"
    verdicts = dict(now.verdicts)
    return [
        _reworded("the urgent line", old.urgent or "none", new.urgent or "none", was.urgent, now.urgent),
        _flipped("professional_first", was.professional_first, now.professional_first),
        _flipped("the caveat level", was.caveat, now.caveat),
        _reworded("the answer", old.answer, new.answer, was.answer, now.answer),
        *(
            _flipped(f"the verdict on {claim_id}", verdict, verdicts.get(claim_id, gone))
            for claim_id, verdict in was.verdicts
        ),
    ]


def _flipped(what: str, before: object, after: object) -> Change | None:
    return None if before == after else Change(what, _said(before), _said(after))


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _reworded(
    what: str, before: str, after: str, was: tuple[str, ...], now: tuple[str, ...]
) -> Change | None:
    return None if was == now else Change(what, before, after, _may_be_typo(was, now))


def _words(text: str) -> tuple[str, ...]:
    """Words and numbers in order; a number keeps its sign, its decimals and its per cent."""
    plain = text.casefold().translate(_DASHES).replace("’", "'")
    return tuple("".join(word.split()) for word in _WORD.findall(plain))


def _may_be_typo(was: tuple[str, ...], now: tuple[str, ...]) -> bool:
    for how, at, end, there, there_end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if how == "equal":
            continue
        if how != "replace" or end - at != there_end - there:
            return False
        if not all(_one_slip(*pair) for pair in zip(was[at:end], now[there:there_end], strict=True)):
            return False
    return True


def _one_slip(one: str, other: str) -> bool:
    """The same long word but for one letter more, less or other, or two that changed places."""
    if not (one.isalpha() and other.isalpha() and min(len(one), len(other)) >= TYPO_LETTERS):
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if at == 0 or len(other) - len(one) > 1:
        return False
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[:at] + one[at : at + 2][::-1] + one[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped == other
