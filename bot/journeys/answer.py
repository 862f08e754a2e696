"""A question in: answered, offered as choices, or honestly not answered and logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.entry import Entry
from bot.core.library import SafetyKind
from bot.core.outcome import Abstain, Answer, Candidate, Reason, Refer, Suggest
from bot.core.scrub import scrub
from bot.journeys.live import Live
from bot.matching.normalise import normalise
from bot.store.records import Answered, Door, Kept, Place, Way
from bot.store.store import Store
from bot.store.tallies import Came

OFFER_LASTS = timedelta(minutes=15)
"""Choices left alone for this long count as unanswered."""
NEVER_LOGGED = frozenset({Reason.EMPTY, Reason.TOO_LONG})
"""What is no question tells moderators nothing; it is answered calmly and kept nowhere."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the door and the place through which it came; who asked is not part of it."""

    text: str
    door: Door
    place: Place


@dataclass(frozen=True, slots=True)
class Shown:
    """Sure: the entry to show. `answered_id` is 0 where the question is not kept."""

    entry: Entry
    confidence: float
    answered_id: int


@dataclass(frozen=True, slots=True)
class Offered:
    """In between: at most three entries to choose from, best first, until the offer runs out."""

    offer_id: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Not answered. `question_id` is None where there was nothing to log."""

    reason: Reason
    question_id: int | None


@dataclass(frozen=True, slots=True)
class Referred:
    """A question of the safety list: its own reply, always private, and nothing of it is kept."""

    kind: SafetyKind


Reply = Shown | Offered | Unanswered | Referred


async def answer(asked: Asked, live: Live, store: Store, now: datetime, kept_days: int) -> Reply:
    """Ask the library; what was not answered is on the disk before this returns."""
    outcome = live.matcher.respond(asked.text)
    if isinstance(outcome, Answer):
        entry = live.library.entries[outcome.entry_id]
        record = answered_record(asked.text, entry, live, outcome.confidence, Way.MATCH)
        await store.tallies.count(Came.ANSWERED, asked.door, now, entry.id)
        return Shown(entry, outcome.confidence, await keep(record, store, now, kept_days))
    if isinstance(outcome, Suggest):
        kept = kept_question(asked, live, outcome.candidates)
        offer_id = await store.open_offer(kept, now)
        await store.tallies.count(Came.SUGGESTED, asked.door, now)
        return Offered(offer_id, tuple(live.library.entries[c.entry_id] for c in outcome.suggestions))
    if isinstance(outcome, Refer):
        await store.tallies.count(Came.REFERRED, asked.door, now)
        return Referred(live.library.never[outcome.kind])
    return await _unanswered(asked, outcome, live, store, now)


async def show_entry(
    entry_id: str, live: Live, store: Store, now: datetime, kept_days: int, way: Way
) -> Shown | None:
    """Exactly that entry, as picked from a list; None where it is not served."""
    entry = live.library.served(entry_id)
    if entry is None:
        return None
    record = answered_record(entry.question, entry, live, 1.0, way)
    door = Door.SLASH if way is Way.AUTOCOMPLETE else Door.BUTTON
    await store.tallies.count(Came.PICKED, door, now, entry.id)
    return Shown(entry, 1.0, await keep(record, store, now, kept_days))


async def keep(record: Answered, store: Store, now: datetime, kept_days: int) -> int:
    """Keep an answered question, unless none are kept; its id or 0."""
    return await store.keep_answered(record, now) if kept_days else 0


def answered_record(text: str, entry: Entry, live: Live, confidence: float, way: Way) -> Answered:
    """The record of an answered question, scrubbed."""
    return Answered(scrub(text), entry.id, entry.version, live.library.version, confidence, way)


def kept_question(asked: Asked, live: Live, candidates: tuple[Candidate, ...]) -> Kept:
    """The question as it may be kept: scrubbed, with the key under which repeats count together."""
    text = scrub(asked.text)
    key = normalise(text)[:600] or text[:600]
    return Kept(text, key, asked.door, asked.place, candidates, live.library.version)


async def _unanswered(asked: Asked, outcome: Abstain, live: Live, store: Store, now: datetime) -> Unanswered:
    kept = kept_question(asked, live, outcome.candidates)
    if outcome.reason in NEVER_LOGGED or not kept.text:
        return Unanswered(outcome.reason, None)
    question_id = await store.log_unanswered(kept, outcome.reason, now)
    await store.tallies.count(Came.UNANSWERED, asked.door, now)
    return Unanswered(outcome.reason, question_id)
