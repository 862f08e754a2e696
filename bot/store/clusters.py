"""The queue as it is read: clusters in their rank, what belongs to them, and the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.cluster_counts import left_of
from bot.store.cluster_records import (
    UNDONE,
    Action,
    Asked,
    Cluster,
    ClusterStatus,
    Dispute,
    View,
    action_of,
    cluster_of,
)
from bot.store.loop_tables import cluster_feedback, cluster_questions, clusters, review_actions
from bot.store.records import Asking, OpenQuestion
from bot.store.rows import asking_of, question_of
from bot.store.tables import askings, feedback, questions, waiters

_COLUMNS = [column for column in clusters.c if column is not clusters.c.vector]
_RANK = (clusters.c.askers.desc(), clusters.c.last_at.desc(), clusters.c.id.desc())
"""By distinct askers, then by when it was asked last."""
_WAITING = (
    sa.select(sa.func.count())
    .select_from(waiters)
    .where(waiters.c.question_id == questions.c.id)
    .scalar_subquery()
    .label("waiting")
)


class Clusters:
    """Reads only; `Placing` writes what is gathered, `Acts` what moderators do."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def cluster(self, cluster_id: int) -> Cluster | None:
        """The cluster of that number, which may have been merged into another since."""
        query = sa.select(*_COLUMNS).where(clusters.c.id == cluster_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else cluster_of(row)

    async def left_of(self, cluster_id: int) -> Cluster | None:
        """What that number leads to by now: the cluster itself, or the one that it was merged into."""
        async with self._engine.connect() as connection:
            number = await left_of(connection, cluster_id)
        return None if number is None else await self.cluster(number)

    async def page(
        self, view: View, now: datetime, *, moderator_id: int = 0, limit: int = 30, offset: int = 0
    ) -> list[Cluster]:
        """The clusters of a view in their rank: most distinct askers first, then what was asked last."""
        query = sa.select(*_COLUMNS).where(_in(view, now, moderator_id)).order_by(*_RANK)
        async with self._engine.connect() as connection:
            found = await connection.execute(query.limit(limit).offset(offset))
            return [cluster_of(row) for row in found]

    async def count(self, view: View, now: datetime, *, moderator_id: int = 0) -> int:
        """How many clusters a view has."""
        query = sa.select(sa.func.count()).select_from(clusters).where(_in(view, now, moderator_id))
        async with self._engine.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def before(self, cluster: Cluster, view: View, now: datetime, *, moderator_id: int = 0) -> int:
        """How many clusters of a view rank before this one."""
        which = _in(view, now, moderator_id) & _ranks_before(cluster)
        query = sa.select(sa.func.count()).select_from(clusters).where(which)
        async with self._engine.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def next_to(
        self, cluster: Cluster, view: View, now: datetime, *, moderator_id: int = 0, back: bool = False
    ) -> Cluster | None:
        """The next cluster of a view behind this one, or before it; None at the end.

        By rank, not by place: nothing is shown twice or left out because others come and go.
        """
        beside = _ranks_before(cluster) if back else _ranks_behind(cluster)
        order = [_turned(column) for column in _RANK] if back else _RANK
        query = sa.select(*_COLUMNS).where(_in(view, now, moderator_id), beside).order_by(*order).limit(1)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else cluster_of(row)

    async def questions(self, cluster_id: int, limit: int = 25, offset: int = 0) -> list[OpenQuestion]:
        """What belongs to a cluster, most asked first, each with the last time that it was asked."""
        query = (
            sa.select(questions, _WAITING)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .where(cluster_questions.c.cluster_id == cluster_id)
            .order_by(questions.c.times.desc(), questions.c.id)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.limit(limit).offset(offset))).all()
            newest = (
                sa.select(sa.func.max(askings.c.id))
                .where(askings.c.question_id.in_([row.id for row in rows]))
                .group_by(askings.c.question_id)
            )
            found = await connection.execute(sa.select(askings).where(askings.c.id.in_(newest)))
            last: dict[int, Asking] = {row.question_id: asking_of(row) for row in found}
        return [question_of(row, last.get(row.id)) for row in rows]

    async def waiting(self, cluster_id: int) -> int:
        """How many members want to be told when it is answered."""
        query = (
            sa.select(sa.func.count(sa.distinct(waiters.c.user_id)))
            .join(cluster_questions, cluster_questions.c.question_id == waiters.c.question_id)
            .where(cluster_questions.c.cluster_id == cluster_id)
        )
        async with self._engine.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def places(self, cluster_id: int, limit: int = 5) -> list[Asked]:
        """Where it was asked, most often first."""
        often = sa.func.count().label("times")
        query = (
            sa.select(questions.c.guild_id, askings.c.channel_id, often)
            .join(questions, questions.c.id == askings.c.question_id)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .where(cluster_questions.c.cluster_id == cluster_id)
            .group_by(questions.c.guild_id, askings.c.channel_id)
            .order_by(often.desc(), askings.c.channel_id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [Asked(*row) for row in await connection.execute(query)]

    async def disputes(self, cluster_id: int, limit: int = 25) -> list[Dispute]:
        """What was said against the entry of a dispute, newest first."""
        wanted = (feedback.c.id, feedback.c.at, feedback.c.entry_version, feedback.c.text, feedback.c.why)
        query = (
            sa.select(*wanted)
            .join(cluster_feedback, cluster_feedback.c.feedback_id == feedback.c.id)
            .where(cluster_feedback.c.cluster_id == cluster_id)
            .order_by(feedback.c.id.desc())
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [Dispute(*row) for row in await connection.execute(query)]

    async def history(
        self, cluster_id: int | None = None, *, limit: int = 30, before: int | None = None
    ) -> list[Action]:
        """What moderators did, newest first; of one cluster, or of all. `before` is an action's id."""
        query = sa.select(review_actions).order_by(review_actions.c.id.desc()).limit(limit)
        if cluster_id is not None:
            query = query.where(review_actions.c.cluster_id == cluster_id)
        if before is not None:
            query = query.where(review_actions.c.id < before)
        async with self._engine.connect() as connection:
            return [action_of(row) for row in await connection.execute(query)]

    async def undoable(self, cluster_id: int, revision: int) -> int | None:
        """The act that undo would take back: the newest one, where nothing was done to the cluster since."""
        query = (
            sa.select(review_actions.c.id, review_actions.c.before)
            .where(
                review_actions.c.cluster_id == cluster_id,
                review_actions.c.action.in_(UNDONE),
                review_actions.c.undone_by.is_(None),
            )
            .order_by(review_actions.c.id.desc())
            .limit(1)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return row.id if row is not None and (row.before or {}).get("revision") == revision else None

    async def several(self, cluster_ids: Sequence[int]) -> list[Cluster]:
        """These clusters, in this order, as far as they are open."""
        query = sa.select(*_COLUMNS).where(
            clusters.c.id.in_(cluster_ids), clusters.c.status == ClusterStatus.OPEN
        )
        async with self._engine.connect() as connection:
            found = {row.id: cluster_of(row) for row in await connection.execute(query)}
        return [found[number] for number in cluster_ids if number in found]


def _in(view: View, now: datetime, moderator_id: int) -> Any:
    asleep = clusters.c.snoozed_until.is_not(None) & (clusters.c.snoozed_until > now)
    awake = clusters.c.snoozed_until.is_(None) | (clusters.c.snoozed_until <= now)
    is_open = clusters.c.status == ClusterStatus.OPEN
    return {
        View.QUEUE: is_open & awake,
        View.PROPOSED: is_open & awake & clusters.c.proposed_entry_id.is_not(None),
        View.MINE: is_open & awake & (clusters.c.assigned_id == moderator_id),
        View.SNOOZED: is_open & asleep,
        View.DISMISSED: clusters.c.status == ClusterStatus.DISMISSED,
    }[view]


def _ranks_before(cluster: Cluster) -> Any:
    of = sa.tuple_(clusters.c.askers, clusters.c.last_at, clusters.c.id)
    return of > _rank_of(cluster)


def _ranks_behind(cluster: Cluster) -> Any:
    of = sa.tuple_(clusters.c.askers, clusters.c.last_at, clusters.c.id)
    return of < _rank_of(cluster)


def _rank_of(cluster: Cluster) -> Any:
    kinds = (clusters.c.askers.type, clusters.c.last_at.type, clusters.c.id.type)
    return sa.tuple_(cluster.askers, cluster.last_at, cluster.id, types=kinds)


def _turned(column: Any) -> Any:
    """The same order the other way round."""
    return column.element.asc()
