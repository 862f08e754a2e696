"""Disputes: which cluster each "This is wrong" belongs to, one open cluster an entry."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.cluster_counts import left_of, new_cluster, next_turn, note_asker, recount
from bot.store.cluster_records import ClusterKind, ClusterStatus
from bot.store.engine import for_writing
from bot.store.loop_tables import cluster_feedback, clusters
from bot.store.records import FeedbackKind
from bot.store.tables import feedback
from bot.store.whole import whole


class Disputes:
    """What the gathering reads and writes of what was called wrong."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def waiting(self, limit: int) -> list[int]:
        """Ids of "This is wrong" that belong to no cluster yet, oldest first."""
        query = (
            sa.select(feedback.c.id)
            .outerjoin(cluster_feedback, cluster_feedback.c.feedback_id == feedback.c.id)
            .where(feedback.c.kind == FeedbackKind.WRONG, cluster_feedback.c.feedback_id.is_(None))
            .order_by(feedback.c.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    @whole
    async def place(self, feedback_id: int, at: datetime) -> int | None:
        """Put a "This is wrong" to the open dispute of its entry, or begin one; the cluster's number."""
        async with self._writer.begin() as connection:
            turn = await next_turn(connection, at)
            found = await connection.execute(sa.select(feedback).where(feedback.c.id == feedback_id))
            said = found.one_or_none()
            if said is None or said.kind != FeedbackKind.WRONG:
                return None
            known = sa.select(cluster_feedback.c.cluster_id).where(
                cluster_feedback.c.feedback_id == feedback_id
            )
            if (number := (await connection.execute(known)).scalar_one_or_none()) is not None:
                return int(number)
            open_one = sa.select(clusters.c.id).where(
                clusters.c.kind == ClusterKind.DISPUTE,
                clusters.c.status == ClusterStatus.OPEN,
                clusters.c.entry_id == said.entry_id,
            )
            number = (await connection.execute(open_one.limit(1))).scalar_one_or_none()
            if number is None:
                number = await new_cluster(connection, "", turn, said.at, disputed=said.entry_id)
            await connection.execute(
                sa.insert(cluster_feedback).values(feedback_id=feedback_id, cluster_id=number)
            )
            await recount(connection, [number])
            return int(number)

    @whole
    async def note_disputer(self, cluster_id: int, pseudonym: tuple[int, str, str]) -> None:
        """Count who disputes (origin, epoch, pseudonym)."""
        async with self._writer.begin() as connection:
            number = await left_of(connection, cluster_id)
            if number is not None:
                await note_asker(connection, number, *pseudonym)
                await recount(connection, [number])
