"""Corrections: who read an answer in public before it was corrected finds the correction on top of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.entry import Correction, Entry, Status
from bot.core.library import Library
from bot.journeys.live import Live
from bot.store.shown import Edition, Notice, Place, PublicAnswer, PublicAnswers


@dataclass(frozen=True, slots=True)
class Outdated:
    """A public message that misses a correction: the entry of now, and what changed since it was given.

    The entry may have been withdrawn since. `corrections` run from the oldest to the newest.
    """

    answer: PublicAnswer
    entry: Entry
    corrections: tuple[Correction, ...]

    @property
    def is_withdrawn(self) -> bool:
        """True where the entry is not served any more."""
        return self.entry.status is not Status.LIVE


async def note_public(
    place: Place, entry: Entry, shown: PublicAnswers, now: datetime, kept_days: int
) -> None:
    """Note which message showed which edition of an entry, unless none are kept."""
    if kept_days:
        await shown.note(place, edition_of(entry), now)


async def outdated(
    live: Live, shown: PublicAnswers, now: datetime, kept_days: int, limit: int, but_not: Collection[int] = ()
) -> list[Outdated]:
    """Public messages younger than that, whose entry has a correction that they do not show.

    An entry that changed without a correction is left as it was given: it was the same in substance.
    """
    entries = _corrected(live.library)
    counts = {entry_id: len(entry.corrections) for entry_id, entry in entries.items()}
    since = now - timedelta(days=kept_days)
    found = await shown.outdated(counts, since, limit, but_not)
    return [_outdated(answer, entries[answer.given.entry_id]) for answer in found]


async def give_notice(live: Live, shown: PublicAnswers, now: datetime, but_not: Collection[int] = ()) -> int:
    """Write down one notice a correction for each channel whose messages show it by now; how many are new."""
    notices = [
        Notice(entry.id, ordinal, correction.on.isoformat(), entry.question, correction.changed)
        for entry in _corrected(live.library).values()
        for ordinal, correction in enumerate(entry.corrections, start=1)
    ]
    return await shown.give_notice(notices, now, but_not) if notices else 0


def edition_of(entry: Entry) -> Edition:
    """The edition of an entry as it stands."""
    return Edition(entry.id, entry.version, len(entry.corrections))


def _corrected(library: Library) -> dict[str, Entry]:
    """The entries with a correction that are or were live."""
    return {
        entry.id: entry
        for entry in library.entries.values()
        if entry.corrections and entry.status is not Status.DRAFT
    }


def _outdated(answer: PublicAnswer, entry: Entry) -> Outdated:
    return Outdated(answer, entry, entry.corrections[answer.given.corrections :])
