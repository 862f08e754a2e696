"""Audits: answered questions drawn by lot, and what moderators said of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.core.moderator import Moderator
from bot.store.engine import for_writing
from bot.store.loop_tables import audits
from bot.store.records import Way
from bot.store.tables import answered
from bot.store.upsert import insert_into
from bot.store.whole import whole

NO_ENTRY = ""
"""As the right entry: no entry answers the question. None means that nobody said which one would."""
TRIES = 5
"""A question that was drawn may be gone before it is read."""


class Judgement(StrEnum):
    """What a moderator says of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answered question as it was kept, to be judged."""

    id: int
    at: datetime
    text: str
    entry_id: str
    entry_version: str
    library_version: str
    confidence: float
    way: Way


@dataclass(frozen=True, slots=True)
class Audit:
    """A judged answer. `text` is "" once it is too old to be kept; for `right_entry_id` see NO_ENTRY."""

    id: int
    at: datetime
    answered_at: datetime
    text: str
    entry_id: str
    entry_version: str
    library_version: str
    confidence: float
    way: Way
    judgement: Judgement
    right_entry_id: str | None
    moderator_id: int


Conditions = tuple[sa.ColumnElement[bool], ...]


class Audits:
    """Draw, judge, list and forget."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def draw(self, way: Way, since: datetime, chance: Random, skipped: int = 0) -> Drawn | None:
        """One question answered this way since then that nobody judged, each as likely as any other.

        Not the one of the id `skipped`, unless it is the last. None where there is none left.
        """
        pot = _pot(way, since)
        other = await self._one_of((*pot, answered.c.id != skipped), chance)
        return other or await self._one_of(pot, chance)

    async def left(self, way: Way, since: datetime) -> int:
        """How many questions answered this way since then nobody has judged."""
        query = sa.select(sa.func.count()).select_from(answered).where(*_pot(way, since))
        async with self._engine.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def drawn(self, answered_id: int) -> Drawn | None:
        """The answered question of that id, while it is kept."""
        async with self._engine.connect() as connection:
            found = await connection.execute(sa.select(answered).where(answered.c.id == answered_id))
            row = found.one_or_none()
        return None if row is None else _drawn(row)

    @whole
    async def judge(
        self,
        answered_id: int,
        judgement: Judgement,
        right_entry_id: str | None,
        moderator: Moderator,
        at: datetime,
    ) -> bool | None:
        """Write down what a moderator says. False where it was judged before, None where it is gone.

        Of two who say it at once one is heard: an answered question can stand here only once.
        """
        async with self._writer.begin() as connection:
            found = await connection.execute(sa.select(answered).where(answered.c.id == answered_id))
            row = found.one_or_none()
            if row is None:
                known = sa.select(audits.c.id).where(audits.c.answered_id == answered_id)
                return None if await connection.scalar(known) is None else False
            values = _values(row) | {
                "at": at,
                "verdict": judgement,
                "right_entry_id": right_entry_id,
                "moderator_id": moderator.id,
            }
            once = (
                insert_into(audits, connection)
                .values(**values)
                .on_conflict_do_nothing(index_elements=["answered_id"])
            )
            return bool((await connection.execute(once)).rowcount)

    @whole
    async def take_back(self, answered_id: int, moderator: Moderator) -> bool:
        """Forget what this moderator said of it, as if nobody had, so that it can be judged anew.

        False where they said nothing of it, or where it is not kept any more: then the judgement stands.
        """
        own = sa.delete(audits).where(
            audits.c.answered_id == answered_id,
            audits.c.moderator_id == moderator.id,
            audits.c.answered_id.in_(sa.select(answered.c.id)),
        )
        async with self._writer.begin() as connection:
            return bool((await connection.execute(own)).rowcount)

    async def every(self, since: datetime | None = None) -> list[Audit]:
        """What was said of the questions answered since then, in the order in which it was said."""
        query = sa.select(audits).order_by(audits.c.id)
        if since is not None:
            query = query.where(audits.c.answered_at >= since)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [_audit(row) for row in rows]

    @whole
    async def forget_texts(self, before: datetime) -> int:
        """Forget the texts of what was judged before then, how many; the judgement itself stays."""
        old = sa.update(audits).where(audits.c.at < before, audits.c.text != "").values(text="")
        async with self._writer.begin() as connection:
            return (await connection.execute(old)).rowcount

    async def _one_of(self, pot: Conditions, chance: Random) -> Drawn | None:
        count = sa.select(sa.func.count()).select_from(answered).where(*pot)
        rows = sa.select(answered).where(*pot).order_by(answered.c.id).limit(1)
        for _ in range(TRIES):
            async with self._engine.connect() as connection:
                size = int(await connection.scalar(count) or 0)
                if not size:
                    return None
                row = (await connection.execute(rows.offset(chance.randrange(size)))).first()
            if row is not None:
                return _drawn(row)
        return None


def _pot(way: Way, since: datetime) -> Conditions:
    """What is open to be judged. An entry opened from a list (confidence 1, no match) proves nothing."""
    judged = sa.select(audits.c.answered_id)
    conditions = (answered.c.way == way, answered.c.at >= since, answered.c.id.not_in(judged))
    return conditions if way is Way.MATCH else (*conditions, answered.c.confidence < 1.0)


def _drawn(row: Any) -> Drawn:
    return Drawn(
        row.id,
        row.at,
        row.text,
        row.entry_id,
        row.entry_version,
        row.library_version,
        row.confidence,
        Way(row.way),
    )


def _values(row: Any) -> dict[str, Any]:
    return {
        "answered_id": row.id,
        "answered_at": row.at,
        "text": row.text,
        "entry_id": row.entry_id,
        "entry_version": row.entry_version,
        "library_version": row.library_version,
        "confidence": row.confidence,
        "way": row.way,
    }


def _audit(row: Any) -> Audit:
    return Audit(
        row.id,
        row.at,
        row.answered_at,
        row.text,
        row.entry_id,
        row.entry_version,
        row.library_version,
        row.confidence,
        Way(row.way),
        Judgement(row.verdict),
        row.right_entry_id,
        row.moderator_id,
    )
