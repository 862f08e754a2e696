"""Marks: small facts by name, such as how far recurring work has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import for_writing
from bot.store.loop_tables import marks
from bot.store.upsert import insert_into
from bot.store.whole import whole


class Marks:
    """One JSON value a name."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def get(self, name: str) -> Any:
        """The value under that name; None where there is none."""
        return (await self.noted(name))[0]

    async def noted(self, name: str) -> tuple[Any, datetime | None]:
        """The value under that name, and when it was put there; None for both where there is none."""
        async with self._engine.connect() as connection:
            query = sa.select(marks.c.value, marks.c.at).where(marks.c.name == name)
            row = (await connection.execute(query)).one_or_none()
        return (None, None) if row is None else (row.value, row.at)

    @whole
    async def set(self, name: str, value: Any, at: datetime) -> None:
        """Put a value of plain JSON under that name, in place of what stood there."""
        row = insert_into(marks, self._engine).values(name=name, at=at, value=value)
        upsert = row.on_conflict_do_update(index_elements=["name"], set_={"at": at, "value": value})
        async with self._writer.begin() as connection:
            await connection.execute(upsert)
