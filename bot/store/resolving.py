"""Resolving: open questions asked again, what seems to answer them, and the one step that tells who waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.delivery import Kind, Message, State
from bot.core.moderator import Moderator
from bot.core.outcome import Candidate, Reason
from bot.store.cluster_counts import chunks, claim, next_turn, note_action
from bot.store.cluster_records import (
    Act,
    ClusterKind,
    ClusterStatus,
    Done,
    QuestionStatus,
    Refused,
    cluster_of,
)
from bot.store.engine import for_writing
from bot.store.loop_tables import cluster_questions, clusters, deliveries, review_actions
from bot.store.outbox import enqueue
from bot.store.records import Asking
from bot.store.rows import asking_of
from bot.store.tables import askings, questions, waiters
from bot.store.whole import whole

_AS_TEXT = sa.cast(waiters.c.id, sa.String)


@dataclass(frozen=True, slots=True)
class ToAsk:
    """An open question of an open cluster: how often it was asked, why it was not answered last, and what
    came nearest then."""

    question_id: int
    cluster_id: int
    text: str
    times: int
    reason: Reason | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ResolvedRow:
    """It is resolved, stands in the history, and so many members are to be told."""

    done: Done
    told: int


class Resolving:
    """Reads what is open, writes proposals, and resolves."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def to_ask(self, after_id: int, limit: int) -> list[ToAsk]:
        """Open questions in open clusters, by id from after that one on."""
        query = (
            sa.select(questions.c.id, cluster_questions.c.cluster_id, questions.c.text, questions.c.times)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .join(clusters, clusters.c.id == cluster_questions.c.cluster_id)
            .where(questions.c.id > after_id, questions.c.status == QuestionStatus.OPEN)
            .where(clusters.c.status == ClusterStatus.OPEN)
            .order_by(questions.c.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            last: dict[int, Asking] = {}
            for ids in chunks(row.id for row in rows):
                newest = (
                    sa.select(sa.func.max(askings.c.id))
                    .where(askings.c.question_id.in_(ids))
                    .group_by(askings.c.question_id)
                )
                found = await connection.execute(sa.select(askings).where(askings.c.id.in_(newest)))
                last |= {row.question_id: asking_of(row) for row in found}
        return [
            ToAsk(
                row.id,
                row.cluster_id,
                row.text,
                row.times,
                last[row.id].reason if row.id in last else None,
                last[row.id].candidates if row.id in last else (),
            )
            for row in rows
        ]

    async def has_late(self, version: str, since: datetime) -> bool:
        """Whether a question in the queue was logged since then that another library was asked last.

        Such as one whose choices of an older library were left alone.
        """
        late = (
            sa.select(questions.c.id)
            .join(askings, askings.c.question_id == questions.c.id)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .join(clusters, clusters.c.id == cluster_questions.c.cluster_id)
            .where(questions.c.status == QuestionStatus.OPEN, questions.c.last_at > since)
            .where(askings.c.at > since, askings.c.library_version != version)
            .where(clusters.c.status == ClusterStatus.OPEN)
            .limit(1)
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(late)).first() is not None

    async def proposals(self) -> dict[int, str]:
        """The entry that is proposed for each open cluster that has one."""
        query = sa.select(clusters.c.id, clusters.c.proposed_entry_id).where(
            clusters.c.status == ClusterStatus.OPEN, clusters.c.proposed_entry_id.is_not(None)
        )
        async with self._engine.connect() as connection:
            return {row.id: row.proposed_entry_id for row in await connection.execute(query)}

    @whole
    async def propose(self, found: Mapping[int, str | None]) -> None:
        """Write down which entry seems to answer which cluster; None: none does any more.

        No revision changes: who looks at a cluster meanwhile can still act on it.
        """
        by_entry: dict[str | None, list[int]] = {}
        for cluster_id, entry_id in found.items():
            by_entry.setdefault(entry_id, []).append(cluster_id)
        async with self._writer.begin() as connection:
            for entry_id, cluster_ids in by_entry.items():
                for ids in chunks(cluster_ids):
                    which = clusters.c.id.in_(ids) & (clusters.c.status == ClusterStatus.OPEN)
                    await connection.execute(
                        sa.update(clusters).where(which).values(proposed_entry_id=entry_id)
                    )

    @whole
    async def resolve(
        self,
        cluster_id: int,
        revision: int,
        entry_id: str,
        entry_version: str,
        moderator: Moderator,
        at: datetime,
    ) -> ResolvedRow | Refused:
        """That entry answers the cluster: its questions are answered, and a message to each who waits is
        written down, all of it or nothing.

        A dispute is no question that an entry could answer: impossible. Who waits for several of the
        questions is told once.
        """
        async with self._writer.begin() as connection:
            turn = await next_turn(connection, at)
            values = {
                "status": ClusterStatus.RESOLVED,
                "proposed_entry_id": entry_id,
                "snoozed_until": None,
                "changed": turn,
            }
            known = (
                await connection.execute(sa.select(clusters.c.kind).where(clusters.c.id == cluster_id))
            ).scalar_one_or_none()
            if known is None:
                return Refused.GONE
            if known != ClusterKind.QUESTION:
                return Refused.IMPOSSIBLE
            row = await claim(connection, cluster_id, revision, values)
            if row is None:
                return Refused.OUTDATED
            mine = sa.select(cluster_questions.c.question_id).where(
                cluster_questions.c.cluster_id == cluster_id
            )
            # Before the waiters are read: who presses at this moment waits for this, or is found below.
            answered = await connection.execute(
                sa.update(questions)
                .where(questions.c.id.in_(mine), questions.c.status == QuestionStatus.OPEN)
                .values(status=QuestionStatus.ANSWERED)
                .returning(questions.c.id)
            )
            ids = sorted(answered.scalars())
            # Also those that were answered before it was opened again: somebody may wait for one since.
            all_of_them = sa.select(questions.c.id).where(
                questions.c.id.in_(mine), questions.c.status == QuestionStatus.ANSWERED
            )
            waited_for = sorted((await connection.execute(all_of_them)).scalars())
            told = await _tell(connection, waited_for, cluster_id, entry_id, entry_version, at)
            action_id = await note_action(
                connection,
                Act.RESOLVE,
                cluster_id,
                moderator,
                at,
                entry_id=entry_id,
                note=f"{told} to be told",
                before={"revision": row.revision, "questions": ids},
            )
            return ResolvedRow(Done(action_id, cluster_of(row)), told)

    @whole
    async def remind(self, now: datetime) -> int:
        """Write down a word to each who wished to hear that a question is still open by now; how many."""
        due = (
            sa.select(waiters, questions.c.status)
            .join(questions, questions.c.id == waiters.c.question_id)
            .where(waiters.c.remind_at <= now)
            .order_by(waiters.c.id)
            .limit(500)
        )
        count = 0
        async with self._writer.begin() as connection:
            for row in (await connection.execute(due)).all():
                if row.status == QuestionStatus.OPEN:
                    count += await enqueue(connection, _to_waiter(Kind.STILL_OPEN, row, now))
                await connection.execute(
                    sa.update(waiters).where(waiters.c.id == row.id).values(remind_at=None)
                )
        return count

    @whole
    async def close(self, dismissed_before: datetime, now: datetime) -> int:
        """Write down a word to each who waits for what was dismissed before then; how many are new.

        So long the dismissal can be thought over; what was taken back by then is open.
        """
        due = (
            sa.select(waiters)
            .distinct()
            .join(questions, questions.c.id == waiters.c.question_id)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .join(clusters, clusters.c.id == cluster_questions.c.cluster_id)
            .join(review_actions, review_actions.c.cluster_id == clusters.c.id)
            .where(questions.c.status == QuestionStatus.DISMISSED)
            .where(clusters.c.status == ClusterStatus.DISMISSED)
            .where(review_actions.c.action == Act.DISMISS, review_actions.c.undone_by.is_(None))
            .where(review_actions.c.at <= dismissed_before)
            .where(~sa.exists().where(deliveries.c.unique_key == f"{Kind.CLOSED}:" + _AS_TEXT))
            .order_by(waiters.c.id)
            .limit(500)
        )
        count = 0
        async with self._writer.begin() as connection:
            for row in (await connection.execute(due)).all():
                count += await enqueue(connection, _to_waiter(Kind.CLOSED, row, now))
        return count


async def tell_late(connection: AsyncConnection, question_id: int, at: datetime) -> int:
    """Somebody began to wait for a question that is answered already: they are told like the others.

    In the transaction that noted them; 0 where the question is open, or nobody knows any more by what it
    was answered.
    """
    query = (
        sa.select(clusters.c.id, clusters.c.proposed_entry_id)
        .join(cluster_questions, cluster_questions.c.cluster_id == clusters.c.id)
        .join(questions, questions.c.id == cluster_questions.c.question_id)
        .where(questions.c.id == question_id, questions.c.status == QuestionStatus.ANSWERED)
        .where(clusters.c.status == ClusterStatus.RESOLVED, clusters.c.proposed_entry_id.is_not(None))
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return 0
    return await _tell(connection, [question_id], row.id, row.proposed_entry_id, None, at)


async def _tell(
    connection: AsyncConnection,
    question_ids: Collection[int],
    cluster_id: int,
    entry_id: str,
    entry_version: str | None,
    at: datetime,
) -> int:
    """Write down one message a member who waits for any of the questions; how many are new.

    A member's other places on the lists go, so that with the message the last trace of the id goes too.
    """
    first: dict[int, Any] = {}
    others: list[int] = []
    for ids in chunks(question_ids):
        query = sa.select(waiters).where(waiters.c.question_id.in_(ids)).order_by(waiters.c.id)
        for row in (await connection.execute(query)).all():
            known = first.get(row.user_id)
            if known is None:
                first[row.user_id] = row
            elif known.mention_channel_id is None and row.mention_channel_id is not None:
                others.append(known.id)
                first[row.user_id] = row
            else:
                others.append(row.id)
    for ids in chunks(others):
        await connection.execute(sa.delete(waiters).where(waiters.c.id.in_(ids)))
    for ids in chunks(row.question_id for row in first.values()):
        moot = (deliveries.c.kind == Kind.STILL_OPEN) & (deliveries.c.state == State.DUE)
        await connection.execute(sa.delete(deliveries).where(moot, deliveries.c.question_id.in_(ids)))
    count = 0
    for row in first.values():
        message = _to_waiter(Kind.ANSWER, row, at)
        found = replace(message, cluster_id=cluster_id, entry_id=entry_id, entry_version=entry_version)
        count += await enqueue(connection, found)
    return count


def _to_waiter(kind: Kind, row: Any, at: datetime) -> Message:
    """A message to somebody who waits; by the key, which holds no id of theirs, it stands once."""
    return Message(
        kind=kind,
        unique_key=f"{kind}:{row.id}",
        due_at=at,
        user_id=row.user_id,
        mention_channel_id=row.mention_channel_id,
        question_id=row.question_id,
    )
