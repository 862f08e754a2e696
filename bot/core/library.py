"""The library: every entry of a knowledge folder with its levels, groups and bibliography."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.article_claim import ArticleClaim
from bot.core.entry import Entry, Review, Status


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
class SafetyKind:
    """A kind of question that no entry may answer, with its own reviewed reply that points to help.

    `phrasings` and `decoys` are searched like an entry's; `match` and `no_match` are its tests.
    """

    id: str
    name: str
    reply: str
    reviewed: Review
    phrasings: tuple[str, ...]
    decoys: tuple[str, ...]
    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which to answer, and from which to suggest; 0 to 1, suggest <= answer.

    The two logistic parameters turn the search's raw score into the confidence:
    confidence = 1 / (1 + exp(-(slope * score + intercept))). From `refer` up, a kind of the safety
    list speaks where it fits best. `light` holds the light engine's own, whose scores mean other things.
    """

    answer: float
    suggest: float
    slope: float
    intercept: float
    refer: float = 0.2
    light: Thresholds | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """What one load of the knowledge folder gave. Immutable; `version` is a hash of all of it.

    `levels` run from the firmest to the weakest, `groups` (folder -> title) in display order;
    `never` is the safety list by kind, `claims` the register of the article's claims by id.
    """

    entries: Mapping[str, Entry]
    levels: Mapping[str, CaveatLevel]
    groups: Mapping[str, str]
    sources: Mapping[str, Source]
    thresholds: Thresholds
    version: str
    never: Mapping[str, SafetyKind] = field(default_factory=dict)
    claims: Mapping[str, ArticleClaim] = field(default_factory=dict)
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
