"""An entry as the lines that members read, the same in Discord and in the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core import wording
from bot.core.entry import Citation, Claim, Entry
from bot.core.library import CaveatLevel, Library, Source


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of an answer in reading order; `first` holds what must stand above all else."""

    first: tuple[str, ...]
    question: str
    level: str
    answer: str
    correction: str | None
    claims: tuple[Claim, ...]
    foot: str

    def claim_lines(self, budget: int) -> list[str]:
        """The claims with their verdicts in at most `budget` characters, joined by newlines.

        First the reasons go, then claims from the end, with a line that says so.
        """
        if not self.claims:
            return []
        for form in (wording.CLAIM, wording.CLAIM_SHORT):
            lines = [wording.CLAIMS_HEADING, *(_claim(form, claim) for claim in self.claims)]
            if _size(lines) <= budget:
                return lines
        while len(lines) > 1:
            lines.pop()
            more = wording.CLAIMS_MORE.format(count=len(self.claims) - len(lines) + 1)
            if _size([*lines, more]) <= budget:
                return [*lines, more]
        return []

    @property
    def fixed_size(self) -> int:
        """Characters of everything but the claims, a newline between each two parts."""
        parts = [*self.first, self.question, self.level, self.answer, self.correction or "", self.foot]
        return _size(parts)


def page_of(entry: Entry, library: Library, today: date) -> Page:
    """The page of an entry as of `today`, which only decides whether a review is overdue."""
    level = library.levels[entry.caveat]
    first = []
    if entry.urgent:
        first.append(wording.URGENT.format(line=entry.urgent))
    if entry.professional_first:
        first.append(wording.PROFESSIONAL_FIRST)
    last = entry.corrections[-1] if entry.corrections else None
    return Page(
        first=tuple(first),
        question=entry.question,
        level=wording.ANSWER_LEVEL.format(sign=level.sign, name=level.name, meaning=level.meaning),
        answer=entry.answer,
        correction=wording.CORRECTED.format(on=last.on, changed=last.changed) if last else None,
        claims=entry.claims,
        foot=f"{review_line(entry, today)} · {wording.DISCLAIMER}",
    )


def level_line(level: CaveatLevel) -> str:
    """Sign, word and meaning of a level."""
    return wording.LEVEL.format(sign=level.sign, name=level.name, meaning=level.meaning)


def review_line(entry: Entry, today: date) -> str:
    """When it was reviewed and when it is, or was, due again."""
    review = entry.reviewed
    due = wording.REVIEW_OVERDUE if review.is_overdue(today) else wording.REVIEW_NEXT
    return f"{wording.REVIEWED.format(on=review.on, by=review.by)}, {due.format(next=review.next)}"


def source_line(citation: Citation, source: Source) -> str:
    """A citation in short: first author, year, title, where, address, and what it shows."""
    year = str(source.year) if source.year else wording.YEAR_UNVERIFIED
    place = f"{source.journal} {source.volume_pages}" if source.volume_pages else source.journal
    kind = source.kind[:1].upper() + source.kind[1:]
    people = f" {kind}; {source.participants}." if source.participants else f" {kind}."
    title = source.title if source.title.endswith(("?", "!", ".")) else f"{source.title}."
    head = f"**{_short_authors(source.authors)} ({year}).** {title} {place}.{people}"
    address = f" <{source.address}>" if source.address else ""
    return f"{head}{address}\n{citation.shows}"


def _short_authors(authors: str) -> str:
    names = [name.strip() for name in authors.removesuffix(", et al.").split(",")]
    if len(names) <= 2 and not authors.endswith("et al."):
        return authors
    return f"{names[0]} et al."


def _claim(form: str, claim: Claim) -> str:
    return form.format(says=claim.says, verdict=wording.VERDICTS[claim.verdict], why=claim.why)


def _size(lines: list[str]) -> int:
    return sum(len(line) for line in lines) + len(lines)
