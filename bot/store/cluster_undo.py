"""Undo: what a moderator did to a cluster is taken back, unless something else was done to it since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.delivery import Kind, State
from bot.core.moderator import Moderator
from bot.store.cluster_counts import chunks, next_turn, note_action, recount, sum_anew
from bot.store.cluster_records import (
    UNDONE,
    Act,
    ClusterStatus,
    Done,
    QuestionStatus,
    Refused,
    Row,
    cluster_of,
)
from bot.store.loop_tables import (
    cluster_askers,
    cluster_feedback,
    cluster_questions,
    clusters,
    deliveries,
    review_actions,
)
from bot.store.tables import questions


async def undo(
    connection: AsyncConnection, action_id: int, moderator: Moderator, at: datetime
) -> Done | Refused:
    """Within the transaction of the caller; see `Acts.undo`."""
    turn = await next_turn(connection, at)  # first, as everybody does who takes one: nobody waits in a ring
    found = await connection.execute(
        sa.select(review_actions).where(review_actions.c.id == action_id).with_for_update()
    )
    action = found.one_or_none()
    if action is None:
        return Refused.GONE
    if action.action not in UNDONE or action.before is None or action.undone_by is not None:
        return Refused.IMPOSSIBLE
    before: Mapping[str, Any] = action.before
    cluster_id, act = int(action.cluster_id), Act(action.action)
    was = await _one(connection, cluster_id)
    if was is None or was.revision != before["revision"]:
        return Refused.OUTDATED
    if act is Act.DISMISS and not was.size:
        return Refused.IMPOSSIBLE  # what was dismissed is forgotten by now
    other = before.get("other")
    if other is not None:
        beside = await _one(connection, int(other))
        if beside is None or beside.revision != before["other_revision"]:
            return Refused.OUTDATED
    values = {
        "revision": was.revision + 1,
        "changed": turn,
        **await _taken_back(connection, act, was, before),
    }
    await connection.execute(sa.update(clusters).where(clusters.c.id == cluster_id).values(**values))
    if other is not None:
        await _part(connection, act, cluster_id, int(other), turn)
        await recount(connection, [cluster_id, int(other)])
    note = f"{action.action} {action.note or ''}".strip()
    mine = await note_action(
        connection, Act.UNDO, cluster_id, moderator, at, entry_id=action.entry_id, note=note
    )
    await connection.execute(
        sa.update(review_actions).where(review_actions.c.id == action_id).values(undone_by=mine)
    )
    return Done(mine, cluster_of(await _one(connection, cluster_id)))


async def _taken_back(
    connection: AsyncConnection, act: Act, was: Row, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of the cluster as they are to be again."""
    if act is Act.DISMISS:
        for ids in chunks(before["questions"]):
            dismissed = questions.c.status == QuestionStatus.DISMISSED
            await connection.execute(
                sa.update(questions)
                .where(questions.c.id.in_(ids), dismissed)
                .values(status=QuestionStatus.OPEN)
            )
            moot = (deliveries.c.kind == Kind.CLOSED) & (deliveries.c.state == State.DUE)
            await connection.execute(sa.delete(deliveries).where(moot, deliveries.c.question_id.in_(ids)))
        return {"status": ClusterStatus.OPEN, "dismissed_why": None}
    if act is Act.SNOOZE:
        until = before["snoozed_until"]
        return {"snoozed_until": None if until is None else datetime.fromisoformat(until)}
    if act is Act.ASSIGN:
        return {"assigned_id": before["assigned_id"], "assigned_name": before["assigned_name"]}
    if act is Act.MERGE:
        for name, table, key in (
            ("questions", cluster_questions, cluster_questions.c.question_id),
            ("feedback", cluster_feedback, cluster_feedback.c.feedback_id),
            ("askers", cluster_askers, cluster_askers.c.id),
        ):
            for ids in chunks(before[name]):
                back = sa.update(table).where(key.in_(ids), table.c.cluster_id == before["other"])
                await connection.execute(back.values(cluster_id=was.id))
        return {"status": ClusterStatus.OPEN, "merged_into": None}
    return {}


async def _part(connection: AsyncConnection, act: Act, cluster_id: int, other: int, turn: int) -> None:
    """The other cluster of a split or a merge: empty and led back, or as it was."""
    if act is Act.SPLIT:
        for table in (cluster_questions, cluster_feedback, cluster_askers):
            mine = sa.update(table).where(table.c.cluster_id == other)
            await connection.execute(mine.values(cluster_id=cluster_id))
        gone: dict[str, Any] = {"status": ClusterStatus.MERGED, "merged_into": cluster_id, "title": ""}
        back = sa.update(clusters).where(clusters.c.id == other)
        await connection.execute(back.values(**gone, revision=clusters.c.revision + 1, changed=turn))
    else:
        back = sa.update(clusters).where(clusters.c.id == other)
        await connection.execute(back.values(revision=clusters.c.revision + 1, changed=turn))
    await sum_anew(connection, [cluster_id, other])


async def _one(connection: AsyncConnection, cluster_id: int) -> Row:
    """The cluster as it stands, and stays until this transaction ends, where the database can lock a row.

    Not so tight that who counts an asker of it would have to wait.
    """
    one = sa.select(clusters).where(clusters.c.id == cluster_id).with_for_update(key_share=True)
    return (await connection.execute(one)).one_or_none()
