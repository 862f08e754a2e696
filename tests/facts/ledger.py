"""The evidence ledger, read for comparison: its claims, its records and the facts most easily got wrong.

It lies beside the repository, in ../shared, where the entries are written; a clone elsewhere is without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"

_CELL = r"([^|]+) \| "
_ROW = re.compile(rf"^\| (?P<id>[CO]\d\d) \| {_CELL * 2}(?P<verdict>[^|]+) \|$", re.M)
_REASON = re.compile(r"^### (?P<id>[CO]\d\d) - .*\n(?P<text>(?:(?!^##).*\n)*)", re.M)
_RECORD = re.compile(r"^\*\*(?P<id>R\d+)\*\* authors: (?P<fields>.*)\n(?P<rest>(?:  - .*\n)*)", re.M)
_RECORD_ID = re.compile(r"\bR\d{2,3}\b")


def beside_the_repository(name: str) -> Path:
    """The file of that name in ../shared; skips the test with a clear line where it is absent."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"left out: there is no ../shared/{name} beside this repository")
    return path


@dataclass(frozen=True, slots=True)
class LedgerClaim:
    """A row of the ledger's table of claims with the reasoning under it.

    `verdict` is in our words for verdicts ("supported-with-limits"), `remark` what the table
    adds in brackets, `records` the ids of the sources that the reasoning names.
    """

    id: str
    section: str
    verdict: str
    remark: str
    passage: str
    records: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Claims by id, what is noted of each record by its id, and section 3b."""

    claims: Mapping[str, LedgerClaim]
    notes: Mapping[str, str]
    easily_wrong: str

    def of_claim(self, claim_id: str) -> str:
        """All that the ledger says of a claim."""
        return self.claims[claim_id].passage

    def of_record(self, record: str) -> str:
        """All that the ledger says of a record: year, title, note, and every reasoning that names it."""
        reasons = [claim.passage for claim in self.claims.values() if record in claim.records]
        return "\n".join([self.notes[record], *reasons])


@cache
def the_ledger() -> Ledger:
    """The ledger beside the repository; skips the test where there is none."""
    return read_ledger(beside_the_repository("evidence.md").read_text("utf-8"))


def read_ledger(text: str) -> Ledger:
    """The ledger in a Markdown text."""
    reasons = {match["id"]: match["text"] for match in _REASON.finditer(_between(text, "## 3. ", "## 3b. "))}
    claims = {}
    for row in _ROW.finditer(text):
        reason = reasons[row["id"]]
        verdict, _, remark = row["verdict"].strip().partition(" (")
        claims[row["id"]] = LedgerClaim(
            id=row["id"],
            section=row[2].strip(),
            verdict=_our_word(verdict),
            remark=remark.rstrip(")"),
            passage=f"{row[3]}\n{_RECORD_ID.sub('', reason)}",
            records=frozenset(_RECORD_ID.findall(reason)),
        )
    notes = {match["id"]: _note(match) for match in _RECORD.finditer(_between(text, "## 5. ", "## 6. "))}
    return Ledger(claims, notes, _between(text, "## 3b. ", "## 4. "))


def _our_word(verdict: str) -> str:
    word = verdict.strip().lower().replace(" ", "-")
    return "supported-with-limits" if word == "supported-limits" else word


def _note(match: re.Match[str]) -> str:
    """Year, title and note: no authors, volume, DOI or addresses, whose digits are no findings."""
    fields = dict(part.partition(": ")[::2] for part in match["fields"].split(" | "))
    notes = [line for line in match["rest"].splitlines() if line.startswith("  - note:")]
    return "\n".join([fields.get("year", ""), fields.get("title", ""), *notes])


def _between(text: str, start: str, end: str) -> str:
    return text[text.index(f"\n{start}") : text.index(f"\n{end}")]
