"""Placing: which cluster each question belongs to, written as it was gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.cluster_counts import (
    TAKES_IN,
    TURN,
    chunks,
    new_cluster,
    next_turn,
    note_asker,
    recount,
    take_turn,
)
from bot.store.cluster_records import (
    ClusterStatus,
    Plan,
    QuestionStatus,
    Sum,
    Waiting,
)
from bot.store.engine import for_writing
from bot.store.loop_tables import cluster_askers, cluster_feedback, cluster_questions, clusters, marks
from bot.store.tables import questions
from bot.store.upsert import insert_into
from bot.store.whole import whole

REPAIRED = "clusters-repaired"
"""The mark of the turn up to which clusters were joined and questions moved."""


class Placing:
    """What the gathering reads and writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    async def waiting(self, limit: int, *, newest: int | None = None) -> list[Waiting]:
        """Open questions that belong to no cluster yet, in the order in which they came.

        With `newest`, only so many of the last questions are looked at, which takes no time in a long log.
        """
        query = (
            sa.select(questions.c.id, questions.c.key)
            .outerjoin(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .where(questions.c.status == QuestionStatus.OPEN, cluster_questions.c.question_id.is_(None))
            .order_by(questions.c.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            if newest is not None:
                last = await connection.scalar(sa.select(sa.func.max(questions.c.id)))
                query = query.where(questions.c.id > int(last or 0) - newest)
            return [Waiting(row.id, row.key) for row in await connection.execute(query)]

    async def one_waiting(self, question_id: int) -> Waiting | None:
        """That question, where it is open and belongs to no cluster yet."""
        query = (
            sa.select(questions.c.id, questions.c.key)
            .outerjoin(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .where(
                questions.c.id == question_id,
                questions.c.status == QuestionStatus.OPEN,
                cluster_questions.c.question_id.is_(None),
            )
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Waiting(row.id, row.key)

    async def sums(self, model: str, since: int) -> tuple[int, list[Sum]]:
        """The turn, and every cluster that changed after the turn `since`, with its sum under `model`.

        Size 0 where it takes in no more questions, or was made with another model.
        """
        takes_in = TAKES_IN & (clusters.c.model == model)
        query = sa.select(
            clusters.c.id,
            sa.case((takes_in, clusters.c.size), else_=0).label("size"),
            sa.case((takes_in, clusters.c.vector), else_=None).label("vector"),
            clusters.c.held,
        ).where(clusters.c.changed > since)
        if not since:
            query = query.where(takes_in)
        async with self._engine.connect() as connection:
            turn = await _turn(connection)
            rows = (await connection.execute(query)).all()
        return turn, [Sum(row.id, row.size, row.vector, not row.held) for row in rows]

    async def members(self, cluster_ids: Sequence[int]) -> list[tuple[int, int, bytes]]:
        """Question, cluster and vector (float16) of what belongs to these clusters."""
        found: list[tuple[int, int, bytes]] = []
        columns = (
            cluster_questions.c.question_id,
            cluster_questions.c.cluster_id,
            cluster_questions.c.vector,
        )
        async with self._engine.connect() as connection:
            for ids in chunks(cluster_ids):
                query = sa.select(*columns).where(
                    cluster_questions.c.cluster_id.in_(ids), cluster_questions.c.vector.is_not(None)
                )
                rows = await connection.execute(query.order_by(cluster_questions.c.question_id))
                found.extend((row.question_id, row.cluster_id, row.vector) for row in rows)
        return found

    async def touched(self, model: str) -> tuple[int, list[int]]:
        """The turn, and the clusters that changed since the last repair and take in questions."""
        async with self._engine.connect() as connection:
            turn = await _turn(connection)
            done = await connection.scalar(sa.select(marks.c.value).where(marks.c.name == REPAIRED))
            which = TAKES_IN & (clusters.c.model == model) & (clusters.c.changed > int(done or 0))
            found = await connection.execute(sa.select(clusters.c.id).where(which).order_by(clusters.c.id))
            return turn, list(found.scalars())

    @whole
    async def repaired(self, turn: int, at: datetime) -> None:
        """Up to that turn clusters were joined and questions moved."""
        row = insert_into(marks, self._engine).values(name=REPAIRED, at=at, value=turn)
        async with self._writer.begin() as connection:
            await connection.execute(
                row.on_conflict_do_update(index_elements=["name"], set_={"at": at, "value": turn})
            )

    @whole
    async def write(self, plan: Plan, at: datetime) -> Mapping[int, int] | None:
        """Write a plan down, all or nothing: which cluster each new (negative) number became.

        None where others took a turn since it was made, or placed one of its questions: make it anew then.
        """
        async with self._writer.begin() as connection:
            turn = await take_turn(connection, at, after=plan.turn)
            if turn is None or await _is_placed(connection, [row[0] for row in plan.placed]):
                return None
            made = {
                number: await new_cluster(connection, plan.model, turn, at) for number in _new_numbers(plan)
            }
            await _place(connection, plan, made)
            for low, high in plan.joined:
                await _join(connection, low, high, turn)
            for question_id, _, to in plan.moved:
                await connection.execute(
                    sa.update(cluster_questions)
                    .where(cluster_questions.c.question_id == question_id)
                    .values(cluster_id=made.get(to, to))
                )
            sums = {made.get(number, number): vector for number, vector in plan.sums.items()}
            for number, vector in sums.items():
                changed = sa.update(clusters).where(clusters.c.id == number)
                await connection.execute(changed.values(vector=vector, model=plan.model, changed=turn))
            await recount(connection, sums)
            await _close_emptied(connection, plan, made, turn)
            return made

    @whole
    async def note_asked(
        self, question_id: int, pseudonym: tuple[int, str, str] | None, at: datetime
    ) -> int | None:
        """A question of a cluster was asked: count it, and its asker (origin, epoch, pseudonym).

        A resolved cluster is open again: what resolved it does not answer. The cluster's number; None
        where the question belongs to none.
        """
        async with self._writer.begin() as connection:
            found = await connection.execute(
                sa.select(clusters.c.id, clusters.c.status, questions.c.status.label("asked"))
                .join(cluster_questions, cluster_questions.c.cluster_id == clusters.c.id)
                .join(questions, questions.c.id == cluster_questions.c.question_id)
                .where(cluster_questions.c.question_id == question_id)
            )
            row = found.one_or_none()
            if row is None:
                return None
            if pseudonym is not None:
                await note_asker(connection, row.id, *pseudonym)
            if row.status == ClusterStatus.RESOLVED and row.asked == QuestionStatus.OPEN:
                turn = await next_turn(connection, at)
                again = sa.update(clusters).where(clusters.c.id == row.id)
                await connection.execute(
                    again.values(
                        status=ClusterStatus.OPEN,
                        revision=clusters.c.revision + 1,
                        changed=turn,
                        proposed_entry_id=None,
                    )
                )
            await recount(connection, [row.id])
            return int(row.id)

    async def asked_again(self, limit: int) -> list[int]:
        """Questions of resolved clusters that are open, since they were asked once more; oldest first."""
        query = (
            sa.select(questions.c.id)
            .join(cluster_questions, cluster_questions.c.question_id == questions.c.id)
            .join(clusters, clusters.c.id == cluster_questions.c.cluster_id)
            .where(questions.c.status == QuestionStatus.OPEN, clusters.c.status == ClusterStatus.RESOLVED)
            .order_by(questions.c.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def cluster_of(self, question_id: int) -> int | None:
        """The number of the cluster that a question belongs to."""
        query = sa.select(cluster_questions.c.cluster_id).where(
            cluster_questions.c.question_id == question_id
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()


async def _turn(connection: AsyncConnection) -> int:
    found = await connection.scalar(sa.select(marks.c.value).where(marks.c.name == TURN))
    return int(found or 0)


def _new_numbers(plan: Plan) -> list[int]:
    return sorted({number for _, number, _ in plan.placed if number < 0}, reverse=True)


async def _is_placed(connection: AsyncConnection, question_ids: Sequence[int]) -> bool:
    """Whether any of them was placed since the plan was begun."""
    for ids in chunks(question_ids):
        known = sa.select(cluster_questions.c.question_id).where(cluster_questions.c.question_id.in_(ids))
        if (await connection.execute(known.limit(1))).first() is not None:
            return True
    return False


async def _place(connection: AsyncConnection, plan: Plan, made: Mapping[int, int]) -> None:
    rows = [
        {"question_id": question_id, "cluster_id": made.get(number, number), "vector": vector}
        for question_id, number, vector in plan.placed
    ]
    if rows:
        await connection.execute(sa.insert(cluster_questions), rows)


async def _join(connection: AsyncConnection, low: int, high: int, turn: int) -> None:
    """All of `high` goes into `low`, and whoever looks for it is led there."""
    for table in (cluster_questions, cluster_feedback, cluster_askers):
        await connection.execute(sa.update(table).where(table.c.cluster_id == high).values(cluster_id=low))
    # Its title, a member's words, would outlive the question that it is of.
    gone = {"status": ClusterStatus.MERGED, "merged_into": low, "vector": None, "size": 0, "title": ""}
    one = sa.update(clusters).where(clusters.c.id == high)
    await connection.execute(one.values(revision=clusters.c.revision + 1, changed=turn, **gone))
    stays = sa.update(clusters).where(clusters.c.id == low)
    await connection.execute(stays.values(revision=clusters.c.revision + 1))


async def _close_emptied(connection: AsyncConnection, plan: Plan, made: Mapping[int, int], turn: int) -> None:
    """A cluster whose last question moved away leads to where that went."""
    for _, source, to in plan.moved:
        found = await connection.execute(
            sa.select(clusters.c.id)
            .outerjoin(cluster_questions, cluster_questions.c.cluster_id == clusters.c.id)
            .where(
                clusters.c.id == source,
                clusters.c.status == ClusterStatus.OPEN,
                cluster_questions.c.question_id.is_(None),
            )
        )
        if found.first() is not None:
            await _join(connection, made.get(to, to), source, turn)
            await recount(connection, [made.get(to, to)])
