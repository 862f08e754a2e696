"""Rows and records: how each is written as the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.core.outcome import Candidate, Reason
from bot.store.records import Answered, Asking, Door, Feedback, Kept, Offer, OpenQuestion, Place

Row = Any
"""A row of SQLAlchemy, whose columns are attributes that no type checker knows."""


def answered_values(record: Answered, at: datetime) -> dict[str, Any]:
    """An answered question as a row of `answered`."""
    return {
        "at": at,
        "text": record.text,
        "entry_id": record.entry_id,
        "entry_version": record.entry_version,
        "library_version": record.library_version,
        "confidence": record.confidence,
        "way": record.way,
    }


def feedback_values(record: Feedback, at: datetime) -> dict[str, Any]:
    """Feedback as a row of `feedback`."""
    return {
        "at": at,
        "kind": record.kind,
        "guild_id": record.place.guild_id,
        "channel_id": record.place.channel_id,
        "entry_id": record.entry_id,
        "entry_version": record.entry_version,
        "library_version": record.library_version,
        "text": record.text,
        "why": record.why,
    }


def offer_values(kept: Kept, at: datetime) -> dict[str, Any]:
    """Offered choices as a row of `offers`."""
    return {
        "at": at,
        "guild_id": kept.place.guild_id,
        "channel_id": kept.place.channel_id,
        "door": kept.door,
        "text": kept.text,
        "key": kept.key,
        "library_version": kept.library_version,
        "candidates": _plain(kept.candidates),
    }


def asking_values(question_id: int, kept: Kept, reason: Reason, at: datetime) -> dict[str, Any]:
    """One asking as a row of `askings`."""
    return {
        "question_id": question_id,
        "at": at,
        "channel_id": kept.place.channel_id,
        "door": kept.door,
        "reason": reason,
        "library_version": kept.library_version,
        "candidates": _plain(kept.candidates),
    }


def offer_of(row: Row) -> Offer:
    """A row of `offers`."""
    place = Place(row.guild_id, row.channel_id)
    kept = Kept(row.text, row.key, Door(row.door), place, _candidates(row.candidates), row.library_version)
    return Offer(row.id, row.at, kept)


def asking_of(row: Row) -> Asking:
    """A row of `askings`."""
    candidates = _candidates(row.candidates)
    return Asking(row.at, row.channel_id, Door(row.door), Reason(row.reason), row.library_version, candidates)


def question_of(row: Row, last: Asking | None) -> OpenQuestion:
    """A row of `questions`, with `waiting` beside it."""
    return OpenQuestion(
        row.id, row.guild_id, row.text, row.times, row.waiting, row.first_at, row.last_at, last
    )


def _plain(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    return [{"entry": c.entry_id, "confidence": round(c.confidence, 4)} for c in candidates]


def _candidates(plain: list[dict[str, Any]]) -> tuple[Candidate, ...]:
    return tuple(Candidate(str(c["entry"]), float(c["confidence"])) for c in plain)
