"""One builder per value, so that a test states only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.core.entry import Citation, Claim, Correction, Entry, Review, Status, Verdict
from bot.core.library import CaveatLevel, Library, Source, Thresholds
from bot.journeys.live import Live
from bot.settings import Settings

KNOWLEDGE = Path(__file__).parent / "data" / "knowledge"
"""A small folder on house plants: six live entries, a draft and a retired one. Only exact hits are sure."""


def a_claim(claim_id: str = "T1", **changes: Any) -> Claim:
    """A claim of the article that is misleading."""
    claim = Claim(
        claim_id, "1 Pots", "Every pot needs a hole.", Verdict.MISLEADING, "Some pots stand in one."
    )
    return replace(claim, **changes)


def a_source(key: str = "pots-2020", **changes: Any) -> Source:
    """A made-up study that was verified in full."""
    source = Source(
        key=key,
        ledger="T01",
        authors="Fern A, Moss B, Reed C",
        year=2020,
        title="Holes in pots",
        journal="Windowsill Letters",
        volume_pages="1(1):1-2",
        doi="10.5555/pots.2020",
        pmid=None,
        url=None,
        kind="pot trial",
        participants="40 pots",
        verified=("title",),
    )
    return replace(source, **changes)


def a_level(level_id: str = "likely", **changes: Any) -> CaveatLevel:
    """A caveat level."""
    return replace(CaveatLevel(level_id, level_id.title(), "◕", "Details may shift.", 0x00838F), **changes)


def an_entry(entry_id: str = "holes-in-pots", **changes: Any) -> Entry:
    """A live entry of the group `pots` with one source and nothing special."""
    entry = Entry(
        id=entry_id,
        group="pots",
        question=f"What is there to know of {entry_id.replace('-', ' ')}?",
        phrasings=(f"tell me all about {entry_id.replace('-', ' ')}",),
        decoys=(),
        caveat="likely",
        professional_first=False,
        urgent=None,
        answer="Enough to write three sentences. This is one of them. Here is another.",
        details="**The trial.** Forty pots stood on a windowsill for a year.",
        claims=(),
        sources=(Citation("pots-2020", "Forty pots, half of them with a hole."),),
        reviewed=Review(date(2025, 12, 1), "editorial review", date(2026, 12, 1)),
        related=(),
        corrections=(),
        status=Status.LIVE,
        match=(),
        no_match=(),
        version="0a1b2c3d",
    )
    return replace(entry, **changes)


def a_correction(day: date = date(2025, 12, 1), changed: str = "It was two holes.") -> Correction:
    """A correction of a published answer."""
    return Correction(day, changed)


def a_library(*entries: Entry, **changes: Any) -> Library:
    """A library of these entries, with every level, group and source that they name."""
    library = Library(
        entries={entry.id: entry for entry in entries},
        levels={entry.caveat: a_level(entry.caveat) for entry in entries},
        groups={entry.group: entry.group.title() for entry in entries},
        sources={citation.key: a_source(citation.key) for entry in entries for citation in entry.sources},
        thresholds=Thresholds(answer=1.0, suggest=0.2, slope=8.0, intercept=-3.0),
        version="0123456789ab",
    )
    return replace(library, **changes)


def with_library(live: Live, **changes: Any) -> Live:
    """What is live, after the library was changed and loaded anew."""
    return Live.of(replace(live.library, **changes), live.matcher.engine)


def with_entry(live: Live, entry_id: str, **changes: Any) -> Live:
    """What is live, after that entry was edited."""
    entries = dict(live.library.entries)
    entries[entry_id] = replace(entries[entry_id], **changes)
    return with_library(live, entries=entries, version="edited")


def without_entry(live: Live, entry_id: str) -> Live:
    """What is live, after that entry's file was deleted."""
    kept = {key: entry for key, entry in live.library.entries.items() if key != entry_id}
    return with_library(live, entries=kept, version="deleted")


def some_settings(knowledge_dir: Path, database: Path, **changes: Any) -> Settings:
    """Settings that read nothing from outside: no .env, and no model that happens to be set up here."""
    given = {
        "knowledge_dir": knowledge_dir,
        "database_url": f"sqlite+aiosqlite:///{database}",
        "cache_dir": database.parent / "cache",
        "data_dir": database.parent / "data",
        "matcher": "light",
        "watch": False,
        **changes,
    }
    return Settings(_env_file=None, **given)


def a_knowledge_folder(path: Path, *entries: Entry, answer: float = 1.0, suggest: float = 0.2) -> Path:
    """A real knowledge folder with these entries, and every level, group and source that they name."""
    library = a_library(*entries)
    _write(path / "caveats.yaml", {key: level_fields(level) for key, level in library.levels.items()})
    _write(path / "groups.yaml", dict(library.groups))
    _write(path / "sources.yaml", {key: source_fields(source) for key, source in library.sources.items()})
    calibration = {
        "answer": answer,
        "suggest": suggest,
        "slope": 8.0,
        "intercept": -3.0,
        "target_risk": 0.05,
        "questions": 0,
        "on": date(2025, 12, 1),
        "how": "Set by hand for a test.",
    }
    _write(path / "calibration.yaml", calibration)
    for entry in entries:
        _write(path / "entries" / entry.group / f"{entry.id}.yaml", entry_fields(entry))
    return path


def entry_fields(entry: Entry) -> dict[str, Any]:
    """An entry as the fields of its file."""
    fields = asdict(entry)
    for name in ("id", "group", "version", "match", "no_match"):
        del fields[name]
    fields["tests"] = {"match": entry.match, "no_match": entry.no_match}
    if entry.urgent is None:
        del fields["urgent"]
    plain: dict[str, Any] = _plain(fields)
    return plain


def level_fields(level: CaveatLevel) -> dict[str, Any]:
    """A level as the fields of its record."""
    colour = f"#{level.colour:06X}"
    return {"name": level.name, "sign": level.sign, "colour": colour, "meaning": level.meaning}


def source_fields(source: Source) -> dict[str, Any]:
    """A source as the fields of its record."""
    fields = {name: value for name, value in asdict(source).items() if name != "key" and value is not None}
    return {**fields, "verified": list(source.verified)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=100_000)
    file.write_text(text, encoding="utf-8")
