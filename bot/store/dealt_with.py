"""Dealt with: questions that moderators resolved or dismissed are forgotten, words and all."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.cluster_counts import MOST_BOUND, chunks, next_turn, recount, sum_anew
from bot.store.cluster_records import Act, QuestionStatus
from bot.store.engine import for_writing
from bot.store.loop_tables import cluster_questions, clusters, review_actions
from bot.store.tables import questions, waiters
from bot.store.whole import whole


class DealtWith:
    """What is left are the cluster's number and its history, which hold no word of a member."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    @whole
    async def forget(self, before: datetime, at: datetime) -> int:
        """Forget what was dealt with before then and not asked since, some hundred at most; how many.

        What somebody still waits for stays until they were told.
        """
        old = _dealt_with(before)
        async with self._engine.connect() as connection:
            found = sa.select(questions.c.id).where(*old).order_by(questions.c.id).limit(MOST_BOUND)
            ids = list((await connection.execute(found)).scalars())
        if not ids:
            return 0
        these = questions.c.id.in_(ids)
        async with self._writer.begin() as connection:
            turn = await next_turn(connection, at)
            # Held where the database can, so that who presses [Tell me when it is] now is seen below.
            await connection.execute(sa.select(questions.c.id).where(these).with_for_update())
            mine = sa.select(cluster_questions.c.cluster_id).where(cluster_questions.c.question_id.in_(ids))
            numbers = sorted(set((await connection.execute(mine)).scalars()))
            gone = await connection.execute(sa.delete(questions).where(these, *old))
            await sum_anew(connection, numbers)
            await recount(connection, numbers)
            is_left = sa.exists().where(cluster_questions.c.cluster_id == clusters.c.id)
            for some in chunks(numbers):
                emptied = sa.update(clusters).where(clusters.c.id.in_(some), ~is_left)
                await connection.execute(emptied.values(title="", changed=turn))
            return gone.rowcount


def _dealt_with(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    acted = (
        sa.exists()
        .where(cluster_questions.c.question_id == questions.c.id)
        .where(review_actions.c.cluster_id == cluster_questions.c.cluster_id)
        .where(review_actions.c.action.in_((Act.RESOLVE, Act.DISMISS)), review_actions.c.undone_by.is_(None))
        .where(review_actions.c.at < before)
    )
    return (
        questions.c.status.in_((QuestionStatus.ANSWERED, QuestionStatus.DISMISSED)),
        questions.c.last_at < before,
        acted,
        ~sa.exists().where(waiters.c.question_id == questions.c.id),
    )
