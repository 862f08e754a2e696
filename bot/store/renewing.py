"""Renewing: clusters whose vectors another model made get those of the present one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.cluster_counts import TAKES_IN, next_turn
from bot.store.engine import for_writing
from bot.store.loop_tables import cluster_questions, clusters
from bot.store.tables import questions
from bot.store.whole import whole


class Renewing:
    """What a new model asks of the clusters that are there."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def stale(self, model: str, limit: int) -> list[int]:
        """Open clusters whose vectors were made by another model, as many as that."""
        # In two ranges, so that the index leads to them: a queue of thousands is not read for a few.
        which = TAKES_IN & ((clusters.c.model < model) | (clusters.c.model > model))
        query = sa.select(clusters.c.id).where(which).order_by(clusters.c.id).limit(limit)
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def texts(self, cluster_id: int) -> list[tuple[int, str]]:
        """Question and normalised text of what belongs to a cluster."""
        query = (
            sa.select(questions.c.id, questions.c.key)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .where(cluster_questions.c.cluster_id == cluster_id)
        )
        async with self._engine.connect() as connection:
            return [(row.id, row.key) for row in await connection.execute(query)]

    @whole
    async def renew(
        self, cluster_id: int, model: str, total: bytes, vectors: Mapping[int, bytes], at: datetime
    ) -> None:
        """The vectors of a cluster under another model: the sum (float32), each question's (float16).

        Nothing, so that it is still stale, where other questions belong to it by now.
        """
        async with self._writer.begin() as connection:
            turn = await next_turn(connection, at)
            here = sa.select(cluster_questions.c.question_id).where(
                cluster_questions.c.cluster_id == cluster_id
            )
            if set((await connection.execute(here)).scalars()) != set(vectors):
                return
            for question_id, vector in vectors.items():
                mine = sa.update(cluster_questions).where(
                    cluster_questions.c.question_id == question_id,
                    cluster_questions.c.cluster_id == cluster_id,
                )
                await connection.execute(mine.values(vector=vector))
            one = sa.update(clusters).where(clusters.c.id == cluster_id)
            await connection.execute(one.values(vector=total, model=model, changed=turn))
