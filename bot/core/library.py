"""The library: every entry of a knowledge folder with its levels, groups and bibliography."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.entry import Entry, Status


@dataclass(frozen=True, slots=True)
class CaveatLevel:
    """How far an answer can be relied on. `colour` is 0xRRGGBB and never the only carrier."""

    id: str
    name: str
    sign: str
    meaning: str
    colour: int


@dataclass(frozen=True, slots=True)
class Source:
    """One study, law or guideline; a field that was not verified is None."""

    key: str
    ledger: str
    authors: str
    year: int | None
    title: str
    journal: str
    volume_pages: str | None
    doi: str | None
    pmid: str | None
    url: str | None
    kind: str
    participants: str | None
    verified: tuple[str, ...]

    @property
    def address(self) -> str | None:
        """The best address to read it at: DOI, else PubMed, else the publisher's own page."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.url


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which to answer, and from which to suggest; 0 to 1, suggest <= answer.

    The two logistic parameters turn the ranking's raw score into the confidence:
    confidence = 1 / (1 + exp(-(slope * score + intercept))).
    """

    answer: float
    suggest: float
    slope: float
    intercept: float


@dataclass(frozen=True, slots=True)
class Library:
    """What one load of the knowledge folder gave. Immutable; `version` is a hash of all of it.

    `levels` run from the firmest to the weakest, `groups` (folder -> title) in display order.
    """

    entries: Mapping[str, Entry]
    levels: Mapping[str, CaveatLevel]
    groups: Mapping[str, str]
    sources: Mapping[str, Source]
    thresholds: Thresholds
    version: str
    live: tuple[Entry, ...] = field(init=False)

    def __post_init__(self) -> None:
        served = tuple(e for e in self.entries.values() if e.status is Status.LIVE)
        object.__setattr__(self, "live", served)

    def served(self, entry_id: str) -> Entry | None:
        """The live entry of that id, or None where it is unknown, a draft or retired."""
        entry = self.entries.get(entry_id)
        return entry if entry is not None and entry.status is Status.LIVE else None

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """The live entries named as related, in the entry's order."""
        found = (self.served(slug) for slug in entry.related)
        return tuple(e for e in found if e is not None)
