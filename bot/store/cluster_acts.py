"""Acts: what moderators do to clusters. Each is compare-and-set, recorded, and most can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.moderator import Moderator
from bot.store.cluster_counts import claim, next_turn, note_action, recount, sum_anew
from bot.store.cluster_records import (
    Act,
    Cluster,
    ClusterKind,
    ClusterStatus,
    Dismissal,
    Done,
    QuestionStatus,
    Refused,
    Row,
    cluster_of,
)
from bot.store.cluster_undo import undo
from bot.store.engine import for_writing
from bot.store.loop_tables import cluster_askers, cluster_feedback, cluster_questions, clusters
from bot.store.tables import questions
from bot.store.whole import whole


class Acts:
    """Each names the revision that was seen; where the cluster has another by now, nothing happens."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    @whole
    async def dismiss(
        self, cluster_id: int, revision: int, why: Dismissal, moderator: Moderator, at: datetime
    ) -> Done | Refused:
        """Nobody is to answer it; its open questions are dismissed with it.

        IMPOSSIBLE where it is called settled and is no dispute.
        """
        async with self._writer.begin() as connection:
            if why is Dismissal.SETTLED:
                kind = sa.select(clusters.c.kind).where(clusters.c.id == cluster_id)
                if await connection.scalar(kind) == ClusterKind.QUESTION:
                    return Refused.IMPOSSIBLE
            turn = await next_turn(connection, at)
            values = {"status": ClusterStatus.DISMISSED, "dismissed_why": why, "changed": turn}
            row = await claim(connection, cluster_id, revision, values)
            if row is None:
                return await _why_not(connection, cluster_id)
            mine = sa.select(cluster_questions.c.question_id).where(
                cluster_questions.c.cluster_id == cluster_id
            )
            gone = await connection.execute(
                sa.update(questions)
                .where(questions.c.id.in_(mine), questions.c.status == QuestionStatus.OPEN)
                .values(status=QuestionStatus.DISMISSED)
                .returning(questions.c.id)
            )
            before = {"revision": row.revision, "questions": list(gone.scalars())}
            return await _done(connection, Act.DISMISS, row, moderator, at, note=why, before=before)

    @whole
    async def snooze(
        self, cluster_id: int, revision: int, until: datetime, moderator: Moderator, at: datetime
    ) -> Done | Refused:
        """Out of the queue until then."""
        async with self._writer.begin() as connection:
            was = await _one(connection, cluster_id)
            row = await claim(connection, cluster_id, revision, {"snoozed_until": until})
            if row is None or was is None:
                return await _why_not(connection, cluster_id)
            asleep = None if was.snoozed_until is None else was.snoozed_until.isoformat()
            before = {"revision": row.revision, "snoozed_until": asleep}
            note = f"until {until:%Y-%m-%d}"
            return await _done(connection, Act.SNOOZE, row, moderator, at, note=note, before=before)

    @whole
    async def assign(
        self, cluster_id: int, revision: int, to: Moderator | None, moderator: Moderator, at: datetime
    ) -> Done | Refused:
        """It is that moderator's to do; None: nobody's."""
        async with self._writer.begin() as connection:
            was = await _one(connection, cluster_id)
            values = {
                "assigned_id": None if to is None else to.id,
                "assigned_name": None if to is None else to.name,
            }
            row = await claim(connection, cluster_id, revision, values)
            if row is None or was is None:
                return await _why_not(connection, cluster_id)
            before = {
                "revision": row.revision,
                "assigned_id": was.assigned_id,
                "assigned_name": was.assigned_name,
            }
            note = "to nobody" if to is None else f"to {to.name}"
            return await _done(connection, Act.ASSIGN, row, moderator, at, note=note, before=before)

    @whole
    async def split(
        self,
        cluster_id: int,
        revision: int,
        question_ids: Collection[int],
        moderator: Moderator,
        at: datetime,
    ) -> Done | Refused:
        """Some of its questions become a cluster of their own; `Done` has the new one.

        Impossible where nothing would go, or nothing stay.
        """
        async with self._writer.begin() as connection:
            mine = sa.select(cluster_questions.c.question_id).where(
                cluster_questions.c.cluster_id == cluster_id
            )
            here = set((await connection.execute(mine)).scalars())
            going = sorted(here & set(question_ids))
            was = await _one(connection, cluster_id)
            if was is None or was.revision != revision:
                return await _why_not(connection, cluster_id)
            if not going or len(going) == len(here):
                return Refused.IMPOSSIBLE
            turn = await next_turn(connection, at)
            row = await claim(connection, cluster_id, revision, {"changed": turn})
            if row is None:
                return await _why_not(connection, cluster_id)
            new_id = await _split_off(connection, row, turn)
            await connection.execute(
                sa.update(cluster_questions)
                .where(cluster_questions.c.question_id.in_(going))
                .values(cluster_id=new_id)
            )
            await sum_anew(connection, [cluster_id, new_id])
            await recount(connection, [cluster_id, new_id])
            before = {"revision": row.revision, "other": new_id, "other_revision": 1}
            note = f"{len(going)} into {new_id}"
            action_id = await note_action(
                connection, Act.SPLIT, cluster_id, moderator, at, note=note, before=before
            )
            return Done(action_id, cluster_of(await _one(connection, new_id)))

    @whole
    async def merge(
        self,
        cluster_id: int,
        revision: int,
        into_id: int,
        moderator: Moderator,
        at: datetime,
    ) -> Done | Refused:
        """All of it goes into another open cluster of its kind; `Done` has that one."""
        async with self._writer.begin() as connection:
            turn = await next_turn(connection, at)
            was, other = await _one(connection, cluster_id), await _one(connection, into_id)
            if was is None or other is None:
                return Refused.GONE
            if was.revision != revision:
                return Refused.OUTDATED
            alike = was.kind == other.kind and was.entry_id == other.entry_id
            if cluster_id == into_id or other.status != ClusterStatus.OPEN or not alike:
                return Refused.IMPOSSIBLE
            gone: dict[str, Any] = {"status": ClusterStatus.MERGED, "merged_into": into_id, "changed": turn}
            if was.kind == ClusterKind.QUESTION:
                gone["title"] = ""  # a member's words, which would outlive the question that they are of
            row = await claim(connection, cluster_id, revision, gone)
            if row is None:
                return await _why_not(connection, cluster_id)
            moved = await _moved_over(connection, cluster_id, into_id)
            grown = sa.update(clusters).where(clusters.c.id == into_id)
            await connection.execute(grown.values(changed=turn, held=True, revision=clusters.c.revision + 1))
            await sum_anew(connection, [cluster_id, into_id])
            await recount(connection, [cluster_id, into_id])
            left = await _one(connection, into_id)
            before = {
                "revision": row.revision,
                "other": into_id,
                "other_revision": left.revision,
                **moved,
            }
            action_id = await note_action(
                connection, Act.MERGE, cluster_id, moderator, at, note=f"into {into_id}", before=before
            )
            return Done(action_id, cluster_of(left))

    @whole
    async def undo(self, action_id: int, moderator: Moderator, at: datetime) -> Done | Refused:
        """Take an act back, and record that. Outdated where something else was done to the cluster since.

        Impossible for what cannot be undone, or was.
        """
        async with self._writer.begin() as connection:
            return await undo(connection, action_id, moderator, at)


async def _done(
    connection: AsyncConnection,
    act: Act,
    row: Row,
    moderator: Moderator,
    at: datetime,
    *,
    note: str,
    before: Mapping[str, Any],
) -> Done:
    action_id = await note_action(
        connection, act, row.id, moderator, at, entry_id=row.entry_id, note=note, before=before
    )
    return Done(action_id, cluster_of(row))


async def _one(connection: AsyncConnection, cluster_id: int) -> Row:
    return (await connection.execute(sa.select(clusters).where(clusters.c.id == cluster_id))).one_or_none()


async def _why_not(connection: AsyncConnection, cluster_id: int) -> Refused:
    return Refused.GONE if await _one(connection, cluster_id) is None else Refused.OUTDATED


async def _split_off(connection: AsyncConnection, row: Row, turn: int) -> int:
    """A new cluster beside that one."""
    like: Cluster = cluster_of(row)
    values = {
        "kind": ClusterKind.QUESTION,
        "status": ClusterStatus.OPEN,
        "revision": 1,
        "title": like.title,
        "first_at": like.first_at,
        "last_at": like.last_at,
        "size": 0,
        "times": 0,
        "askers": 1,
        "model": row.model,
        "held": True,
        "changed": turn,
    }
    done = await connection.execute(sa.insert(clusters).values(**values).returning(clusters.c.id))
    return int(done.scalar_one())


async def _moved_over(connection: AsyncConnection, cluster_id: int, into_id: int) -> dict[str, Any]:
    """What went over, as undo needs it: ids of questions, disputes and askers' rows."""
    moved: dict[str, Any] = {}
    for name, table, key in (
        ("questions", cluster_questions, cluster_questions.c.question_id),
        ("feedback", cluster_feedback, cluster_feedback.c.feedback_id),
        ("askers", cluster_askers, cluster_askers.c.id),
    ):
        done = await connection.execute(
            sa.update(table).where(table.c.cluster_id == cluster_id).values(cluster_id=into_id).returning(key)
        )
        moved[name] = sorted(done.scalars())
    return moved
