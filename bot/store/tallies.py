"""Tallies: how many questions came to what, by day; no text, so that trends outlive the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import for_writing
from bot.store.loop_tables import tallies
from bot.store.records import Door
from bot.store.upsert import insert_into
from bot.store.whole import whole


class Came(StrEnum):
    """What came of a question.

    Each question that is asked counts once as answered, suggested, unanswered or referred. `CHOSEN` says
    that one of the suggestions was taken, `TAKEN_BACK` that an answer was met with [Not my question] (it
    counts on the day of the answer); both come on top. `PICKED` is an entry opened from a list, of which
    nothing can be wrong.
    """

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    UNANSWERED = "unanswered"
    REFERRED = "referred"
    CHOSEN = "chosen"
    TAKEN_BACK = "taken-back"
    PICKED = "picked"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many questions of one day (UTC) came to this; `entry_id` is "" where no entry was shown."""

    day: date
    came: Came
    door: Door
    entry_id: str
    count: int


class Tallies:
    """The counts of each day."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    @whole
    async def count(self, came: Came, door: Door, at: datetime, entry_id: str = "") -> None:
        """One more, on the day of `at` in UTC."""
        row: Mapping[str, Any] = {"day": at.astimezone(UTC).date(), "outcome": came, "door": door}
        first = insert_into(tallies, self._engine).values(**row, entry_id=entry_id, count=1)
        upsert = first.on_conflict_do_update(
            index_elements=["day", "outcome", "door", "entry_id"], set_={"count": tallies.c.count + 1}
        )
        async with self._writer.begin() as connection:
            await connection.execute(upsert)

    async def between(self, since: date, until: date) -> list[Tally]:
        """The counts of the days from `since` on and before `until`, oldest first."""
        query = (
            sa.select(tallies)
            .where(tallies.c.day >= since, tallies.c.day < until)
            .order_by(tallies.c.day, tallies.c.id)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Tally(r.day, Came(r.outcome), Door(r.door), r.entry_id, r._mapping["count"]) for r in rows]

    async def first_day(self) -> date | None:
        """The day on which counting began; None where nothing was counted yet."""
        async with self._engine.connect() as connection:
            found: date | None = await connection.scalar(sa.select(sa.func.min(tallies.c.day)))
        return found
