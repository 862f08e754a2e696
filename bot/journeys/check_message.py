"""Check a message: which of its sentences does a reviewed entry cover? Nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.entry import Entry
from bot.core.outcome import Answer
from bot.core.sentences import sentences
from bot.journeys.live import Live


@dataclass(frozen=True, slots=True)
class Covered:
    """A sentence and the entry that speaks to it."""

    sentence: str
    entry: Entry
    confidence: float


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """How many sentences were looked at, and those that an entry covers, each entry once, in order."""

    checked: int
    covered: tuple[Covered, ...]


def check_message(text: str, live: Live) -> MessageCheck:
    """Match each sentence on its own; only what would be answered for sure counts as covered."""
    parts = sentences(text)
    best: dict[str, Covered] = {}
    for sentence in parts:
        outcome = live.matcher.respond(sentence)
        if isinstance(outcome, Answer):
            known = best.get(outcome.entry_id)
            if known is None or known.confidence < outcome.confidence:
                entry = live.library.entries[outcome.entry_id]
                best[outcome.entry_id] = Covered(sentence, entry, outcome.confidence)
    covered = sorted(best.values(), key=lambda each: parts.index(each.sentence))
    return MessageCheck(len(parts), tuple(covered))
