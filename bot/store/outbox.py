"""The outbox: a message is written down before it is sent, and stands there once whatever happens.

What causes a message calls `enqueue` inside its own transaction, so that either both are on the disk or
neither is. From then on `due -> sending -> sent | refused | unclear`; `sending` is committed before the
request leaves. With the last step the member's id is erased, in the same transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.delivery import PERSONAL, Delivery, Kind, Message, State
from bot.store.cluster_records import QuestionStatus
from bot.store.engine import for_writing
from bot.store.loop_tables import deliveries
from bot.store.tables import questions, waiters
from bot.store.upsert import insert_into
from bot.store.whole import whole

NONCE_BYTES = 12
"""24 hex digits: Discord takes up to 25 characters."""
_OPEN = (State.DUE, State.SENDING)


async def enqueue(connection: AsyncConnection, message: Message) -> bool:
    """Write a message down, in the transaction of what causes it; False where its key stood there before."""
    row = insert_into(deliveries, connection).values(
        kind=message.kind,
        unique_key=message.unique_key,
        state=State.DUE,
        nonce=_new_nonce(),
        attempts=0,
        due_at=message.due_at,
        user_id=message.user_id,
        channel_id=message.channel_id,
        mention_channel_id=message.mention_channel_id,
        question_id=message.question_id,
        cluster_id=message.cluster_id,
        entry_id=message.entry_id,
        entry_version=message.entry_version,
        content=dict(message.content),
    )
    done = await connection.execute(row.on_conflict_do_nothing())
    return bool(done.rowcount)


async def withdraw_for(connection: AsyncConnection, question_id: int, user_id: int) -> int:
    """Take back what has not been begun for that member and question; how many."""
    waiting = deliveries.c.state == State.DUE
    theirs = (deliveries.c.question_id == question_id) & (deliveries.c.user_id == user_id)
    return (await connection.execute(sa.delete(deliveries).where(waiting & theirs))).rowcount


class Outbox:
    """The messages that are to be sent, and what came of each."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    @whole
    async def add(self, messages: Sequence[Message]) -> int:
        """Write messages down, all or none; how many are new."""
        async with self._writer.begin() as connection:
            return sum([await enqueue(connection, message) for message in messages])

    async def due(self, now: datetime, limit: int) -> list[Delivery]:
        """What is to be sent, or looked up, by now: first what has been due for longest."""
        query = (
            sa.select(deliveries)
            .where(deliveries.c.state.in_(_OPEN), deliveries.c.due_at <= now)
            .order_by(deliveries.c.due_at, deliveries.c.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [_delivery_of(row) for row in await connection.execute(query)]

    @whole
    async def resume(self, now: datetime) -> int:
        """After a start: what was being sent when the process ended is to be looked up at once; how many."""
        late = sa.update(deliveries).where(deliveries.c.state == State.SENDING)
        async with self._writer.begin() as connection:
            return (await connection.execute(late.values(due_at=now))).rowcount

    @whole
    async def begin(
        self, delivery: Delivery, now: datetime, next_at: datetime, *, is_fresh: bool = True
    ) -> Delivery | None:
        """Mark it as being sent, before the request leaves; it is looked at again from `next_at` on.

        `is_fresh` says that nothing of it is under way, so that `began_at` starts anew. None where somebody
        else was faster, or where the member does not wait any more: then it is gone.
        """
        async with self._writer.begin() as connection:
            if not await _still_wanted(connection, delivery.message):
                await connection.execute(sa.delete(deliveries).where(_as_it_was(delivery)))
                return None
            began_at = now if is_fresh else (delivery.began_at or now)
            values = {
                "state": State.SENDING,
                "attempts": delivery.attempts + 1,
                "began_at": began_at,
                "due_at": next_at,
            }
            mine = await connection.execute(
                sa.update(deliveries).where(_as_it_was(delivery)).values(**values)
            )
        if not mine.rowcount:
            return None
        return replace(delivery, state=State.SENDING, attempts=delivery.attempts + 1, began_at=began_at)

    @whole
    async def postpone(
        self, delivery: Delivery, until: datetime, state: State, *, is_attempt: bool = False
    ) -> bool:
        """Try again, or look up again, from then on; `is_attempt` counts what did not come to sending."""
        attempts = delivery.attempts + is_attempt
        return await self._update(delivery, {"state": state, "due_at": until, "attempts": attempts})

    @whole
    async def redirect(self, delivery: Delivery, now: datetime) -> bool:
        """Direct messages are closed: try the mention that the member allowed, as a message of its own."""
        values = {
            "state": State.DUE,
            "channel_id": delivery.message.mention_channel_id,
            "nonce": _new_nonce(),
            "attempts": 0,
            "began_at": None,
            "due_at": now,
        }
        return await self._update(delivery, values)

    @whole
    async def drop(self, delivery: Delivery) -> bool:
        """There is nothing to say any more: the message goes, and who waits goes on waiting.

        What an answer was to be told of is open again, so that it comes to the queue once more.
        """
        async with self._writer.begin() as connection:
            gone = await connection.execute(sa.delete(deliveries).where(_as_it_was(delivery)))
            if gone.rowcount and delivery.message.kind is Kind.ANSWER:
                answered = (questions.c.id == delivery.message.question_id) & (
                    questions.c.status == QuestionStatus.ANSWERED
                )
                await connection.execute(
                    sa.update(questions).where(answered).values(status=QuestionStatus.OPEN)
                )
            return bool(gone.rowcount)

    @whole
    async def finish(
        self, delivery: Delivery, state: State, now: datetime, message_id: int | None = None
    ) -> bool:
        """The end of it; False where it had ended before. Whom it was for is forgotten here.

        The member's place on the question's list goes too; with `still-open` only the wish to hear that.
        """
        is_personal = delivery.message.kind in PERSONAL
        values: dict[str, Any] = {
            "state": state,
            "done_at": now,
            "content": None,
            "message_id": None if is_personal else message_id,
            "user_id": None,
            "mention_channel_id": None,
        }
        if is_personal:
            values["channel_id"] = None
        async with self._writer.begin() as connection:
            done = await connection.execute(
                sa.update(deliveries).where(_as_it_was(delivery)).values(**values)
            )
            if done.rowcount and is_personal:
                await _leave_list(connection, delivery.message)
        return bool(done.rowcount)

    @whole
    async def purge(self, before: datetime) -> int:
        """Forget what was done before that; how many."""
        old = sa.delete(deliveries).where(deliveries.c.done_at < before)
        async with self._writer.begin() as connection:
            return (await connection.execute(old)).rowcount

    async def rows(self) -> list[dict[str, Any]]:
        """Every delivery, oldest first, as plain rows."""
        async with self._engine.connect() as connection:
            found = await connection.execute(sa.select(deliveries).order_by(deliveries.c.id))
            return [dict(row._mapping) for row in found]

    async def _update(self, delivery: Delivery, values: dict[str, Any]) -> bool:
        async with self._writer.begin() as connection:
            done = await connection.execute(
                sa.update(deliveries).where(_as_it_was(delivery)).values(**values)
            )
            return bool(done.rowcount)


def _as_it_was(delivery: Delivery) -> sa.ColumnElement[bool]:
    """Of two who work on the same delivery, one finds it changed."""
    return (
        (deliveries.c.id == delivery.id)
        & (deliveries.c.state == delivery.state)
        & (deliveries.c.attempts == delivery.attempts)
        & (deliveries.c.nonce == delivery.nonce)
    )


async def _still_wanted(connection: AsyncConnection, message: Message) -> bool:
    """Whether the member still waits; a notice is for everybody."""
    if message.kind not in PERSONAL:
        return True
    found = await connection.execute(sa.select(waiters.c.id).where(_place_on_list(message)))
    return found.first() is not None


async def _leave_list(connection: AsyncConnection, message: Message) -> None:
    if message.kind is Kind.STILL_OPEN:
        await connection.execute(sa.update(waiters).where(_place_on_list(message)).values(remind_at=None))
    else:
        await connection.execute(sa.delete(waiters).where(_place_on_list(message)))


def _place_on_list(message: Message) -> sa.ColumnElement[bool]:
    return (waiters.c.question_id == message.question_id) & (waiters.c.user_id == message.user_id)


def _new_nonce() -> str:
    return secrets.token_hex(NONCE_BYTES)


def _delivery_of(row: Any) -> Delivery:
    message = Message(
        kind=Kind(row.kind),
        unique_key=row.unique_key,
        due_at=row.due_at,
        user_id=row.user_id,
        channel_id=row.channel_id,
        mention_channel_id=row.mention_channel_id,
        question_id=row.question_id,
        cluster_id=row.cluster_id,
        entry_id=row.entry_id,
        entry_version=row.entry_version,
        content=row.content or {},
    )
    return Delivery(row.id, State(row.state), row.nonce, row.attempts, row.began_at, message)
