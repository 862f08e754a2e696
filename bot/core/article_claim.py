"""A claim of the article as the register has it, apart from the entries that take it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.entry import Entry, Verdict


@dataclass(frozen=True, slots=True)
class ArticleClaim:
    """What the article says, in our words, where, and our verdict.

    `remark` is what the verdict alone leaves open, "" where nothing is.
    """

    id: str
    section: str
    says: str
    verdict: Verdict
    remark: str = ""


def taken_up_by(entries: Iterable[Entry]) -> Mapping[str, tuple[Entry, ...]]:
    """Claim id -> the entries that take it up, in their order; an id that no entry names is absent."""
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        for claim in entry.claims:
            found[claim.id] = (*found.get(claim.id, ()), entry)
    return found


def uncovered(claims: Iterable[ArticleClaim], entries: Iterable[Entry]) -> tuple[ArticleClaim, ...]:
    """The claims that none of the entries takes up, in their order."""
    covered = taken_up_by(entries)
    return tuple(claim for claim in claims if claim.id not in covered)
