"""The store: every read and write, each write one transaction that is on the disk when it returns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.outcome import Reason
from bot.store import loop_tables  # noqa: F401 (its tables join the metadata)
from bot.store.audits import Audits
from bot.store.changes import Changes
from bot.store.cluster_acts import Acts
from bot.store.cluster_records import QuestionStatus
from bot.store.clusters import Clusters
from bot.store.dealt_with import DealtWith
from bot.store.disputes import Disputes
from bot.store.engine import for_writing, open_engine
from bot.store.looking_back import LookingBack
from bot.store.marks import Marks
from bot.store.outbox import Outbox, withdraw_for
from bot.store.placing import Placing
from bot.store.records import Answered, Asking, Feedback, Kept, Offer, OpenQuestion, Waiter
from bot.store.renewing import Renewing
from bot.store.resolving import Resolving, tell_late
from bot.store.rows import (
    answered_values,
    asking_of,
    asking_values,
    feedback_values,
    offer_of,
    offer_values,
    question_of,
)
from bot.store.shown import PublicAnswers
from bot.store.tables import answered, askings, feedback, offers, questions, waiters
from bot.store.tallies import Tallies
from bot.store.upsert import insert_into
from bot.store.whole import whole

OPEN = QuestionStatus.OPEN
_QUESTIONS = sa.select(
    questions,
    sa.select(sa.func.count())
    .select_from(waiters)
    .where(waiters.c.question_id == questions.c.id)
    .scalar_subquery()
    .label("waiting"),
)
_STATUS_ASKED_AGAIN = sa.case((questions.c.status == QuestionStatus.ANSWERED, OPEN), else_=questions.c.status)
"""What was answered and is not any more is open again; what was dismissed stays so."""
_OPEN_QUESTIONS = _QUESTIONS.where(questions.c.status == OPEN)


class Store:
    """Questions, offers, feedback and who waits for an answer."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)
        self.outbox = Outbox(engine)
        self.shown = PublicAnswers(engine)
        self.marks = Marks(engine)
        self.audits = Audits(engine)
        self.changes = Changes(engine)
        self.tallies = Tallies(engine)
        self.clusters = Clusters(engine)
        self.placing = Placing(engine)
        self.disputes = Disputes(engine)
        self.renewing = Renewing(engine)
        self.acts = Acts(engine)
        self.dealt_with = DealtWith(engine)
        self.looking_back = LookingBack(engine)
        self.resolving = Resolving(engine)

    @classmethod
    async def open(cls, database_url: str) -> Self:
        """Open and migrate. Raises StoreUnavailableError, whose message tells the mend."""
        return cls(await open_engine(database_url))

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

    @whole
    async def keep_answered(self, record: Answered, at: datetime) -> int:
        """Keep an answered question; its id."""
        async with self._writer.begin() as connection:
            return await _insert(connection, answered, answered_values(record, at))

    async def answered_text(self, answered_id: int) -> str | None:
        """The scrubbed text of an answered question while it is kept."""
        async with self._engine.connect() as connection:
            found = await connection.execute(sa.select(answered.c.text).where(answered.c.id == answered_id))
            return found.scalar_one_or_none()

    @whole
    async def take_back_answered(
        self, answered_id: int, said: Feedback, kept: Kept, reason: Reason, at: datetime
    ) -> int | None:
        """The answer missed: the answered question goes, `said` is logged, and `kept` as unanswered.

        All of it or nothing. The id of the unanswered question, None where the answered one is gone:
        of two who say it at once, one is heard.
        """
        async with self._writer.begin() as connection:
            gone = await connection.execute(sa.delete(answered).where(answered.c.id == answered_id))
            if not gone.rowcount:
                return None
            await _insert(connection, feedback, feedback_values(said, at))
            return await self._log(connection, kept, reason, at)

    @whole
    async def log_unanswered(self, kept: Kept, reason: Reason, at: datetime) -> int:
        """Log a question that was not answered; the same question again counts up. Its id."""
        async with self._writer.begin() as connection:
            return await self._log(connection, kept, reason, at)

    @whole
    async def open_offer(self, kept: Kept, at: datetime) -> int:
        """Note that choices were offered; the offer's id."""
        async with self._writer.begin() as connection:
            return await _insert(connection, offers, offer_values(kept, at))

    async def offer(self, offer_id: int) -> Offer | None:
        """The open offer of that id."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(sa.select(offers).where(offers.c.id == offer_id))).one_or_none()
        return offer_of(row) if row is not None else None

    @whole
    async def close_offer_chosen(self, offer_id: int, chosen: Answered | None, at: datetime) -> int | None:
        """An offered entry was chosen: the offer goes, `chosen` is kept unless None.

        The id of the kept question (0 where nothing is kept), None where the offer was closed before.
        """
        async with self._writer.begin() as connection:
            gone = await connection.execute(sa.delete(offers).where(offers.c.id == offer_id))
            if not gone.rowcount:
                return None
            if chosen is None:
                return 0
            return await _insert(connection, answered, answered_values(chosen, at))

    @whole
    async def close_offer_unanswered(self, offer_id: int, reason: Reason, at: datetime) -> int | None:
        """None of the choices fitted: the offer becomes an unanswered question, whose id is returned.

        None where the offer was closed before.
        """
        async with self._writer.begin() as connection:
            gone = await connection.execute(
                sa.delete(offers).where(offers.c.id == offer_id).returning(*offers.c)
            )
            row = gone.one_or_none()
            return None if row is None else await self._log(connection, offer_of(row).kept, reason, at)

    async def offers_before(self, before: datetime) -> list[int]:
        """Ids of the offers made before that moment, oldest first."""
        async with self._engine.connect() as connection:
            found = await connection.execute(
                sa.select(offers.c.id).where(offers.c.at < before).order_by(offers.c.id).limit(1000)
            )
            return list(found.scalars())

    @whole
    async def add_waiter(self, question_id: int, user_id: int, at: datetime) -> bool | None:
        """Note who wants to be told. False where noted before, None where the question is gone.

        A question that was answered meanwhile tells them at once.
        """
        async with self._writer.begin() as connection:
            known = await connection.execute(
                # Locked where the database can, so that it stays until the waiter stands.
                sa.select(questions.c.id).where(questions.c.id == question_id).with_for_update(read=True)
            )
            if known.one_or_none() is None:
                return None
            insert = insert_into(waiters, connection).values(question_id=question_id, user_id=user_id, at=at)
            done = await connection.execute(insert.on_conflict_do_nothing())
            await tell_late(connection, question_id, at)
            return bool(done.rowcount)

    @whole
    async def wish(self, question_id: int, user_id: int, **wishes: Any) -> Waiter | None:
        """Change what a member wishes who waits: `mention_channel_id`, `remind_at`, or neither.

        How they stand now; None where nobody of that id waits.
        """
        mine = (waiters.c.question_id == question_id) & (waiters.c.user_id == user_id)
        async with self._writer.begin() as connection:
            if wishes:
                await connection.execute(sa.update(waiters).where(mine).values(**wishes))
            row = (await connection.execute(sa.select(waiters).where(mine))).one_or_none()
        return None if row is None else Waiter(row.mention_channel_id, row.remind_at)

    @whole
    async def remove_waiter(self, question_id: int, user_id: int) -> bool:
        """Forget who wanted to be told; False where nobody of that id waited."""
        async with self._writer.begin() as connection:
            await withdraw_for(connection, question_id, user_id)
            gone = await connection.execute(
                sa.delete(waiters).where(waiters.c.question_id == question_id, waiters.c.user_id == user_id)
            )
            return bool(gone.rowcount)

    async def waiting(self, question_id: int) -> list[int]:
        """User ids of those who wait for that question, in the order in which they pressed."""
        async with self._engine.connect() as connection:
            found = await connection.execute(
                sa.select(waiters.c.user_id)
                .where(waiters.c.question_id == question_id)
                .order_by(waiters.c.id)
            )
            return list(found.scalars())

    @whole
    async def log_feedback(self, record: Feedback, at: datetime) -> int:
        """Log what a member said of an answer; its id."""
        async with self._writer.begin() as connection:
            return await _insert(connection, feedback, feedback_values(record, at))

    async def feedback_rows(self) -> list[dict[str, Any]]:
        """All feedback, newest first, as plain rows."""
        async with self._engine.connect() as connection:
            found = await connection.execute(sa.select(feedback).order_by(feedback.c.id.desc()))
            return [dict(row._mapping) for row in found]

    async def answered_rows(self) -> list[dict[str, Any]]:
        """All kept answered questions, newest first, as plain rows."""
        async with self._engine.connect() as connection:
            found = await connection.execute(sa.select(answered).order_by(answered.c.id.desc()))
            return [dict(row._mapping) for row in found]

    async def open_questions(self, limit: int = 50, offset: int = 0) -> list[OpenQuestion]:
        """Unanswered questions, most asked first, then newest."""
        order = (questions.c.times.desc(), questions.c.last_at.desc(), questions.c.id)
        return await self._open_questions(_OPEN_QUESTIONS.order_by(*order).limit(limit).offset(offset))

    async def question(self, question_id: int) -> tuple[OpenQuestion, list[Asking]] | None:
        """One question with each time it was asked, oldest first."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_QUESTIONS.where(questions.c.id == question_id))).one_or_none()
            if row is None:
                return None
            found = await connection.execute(
                sa.select(askings).where(askings.c.question_id == question_id).order_by(askings.c.id)
            )
            times = [asking_of(each) for each in found]
        return question_of(row, times[-1] if times else None), times

    async def every_question(self, batch: int = 500) -> AsyncIterator[OpenQuestion]:
        """Every open question, oldest first, for an export that holds only a batch at a time in memory.

        Each exactly once, also while questions are asked: their ids never change, their ranks do.
        """
        last_id = 0
        query = _OPEN_QUESTIONS.order_by(questions.c.id).limit(batch)
        while found := await self._open_questions(query.where(questions.c.id > last_id)):
            for each in found:
                yield each
            last_id = found[-1].id

    @whole
    async def purge_answered(self, before: datetime) -> int:
        """Forget answered questions older than that, also where feedback quotes them; how many.

        A quotation goes with its question, however young the feedback is.
        """
        old = answered.c.at < before
        is_old = (feedback.c.at < before) | feedback.c.text.in_(sa.select(answered.c.text).where(old))
        quoted = sa.update(feedback).where(feedback.c.text.is_not(None), is_old)
        async with self._writer.begin() as connection:
            await connection.execute(quoted.values(text=None))
            gone = await connection.execute(sa.delete(answered).where(old))
            return gone.rowcount

    async def _open_questions(self, query: sa.Select[Any]) -> list[OpenQuestion]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            last = await _last_askings(connection, [row.id for row in rows])
        return [question_of(row, last.get(row.id)) for row in rows]

    async def _log(self, connection: AsyncConnection, kept: Kept, reason: Reason, at: datetime) -> int:
        insert = insert_into(questions, connection).values(
            guild_id=kept.place.guild_id,
            key=kept.key,
            text=kept.text,
            status=OPEN,
            times=1,
            first_at=at,
            last_at=at,
        )
        upsert = insert.on_conflict_do_update(
            index_elements=["guild_id", "key"],
            set_={"times": questions.c.times + 1, "last_at": at, "status": _STATUS_ASKED_AGAIN},
        ).returning(questions.c.id)
        question_id = int((await connection.execute(upsert)).scalar_one())
        await connection.execute(sa.insert(askings), asking_values(question_id, kept, reason, at))
        return question_id


async def _insert(connection: AsyncConnection, table: sa.Table, values: dict[str, Any]) -> int:
    done = await connection.execute(sa.insert(table).values(**values).returning(table.c.id))
    return int(done.scalar_one())


async def _last_askings(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Asking]:
    newest = (
        sa.select(sa.func.max(askings.c.id))
        .where(askings.c.question_id.in_(ids))
        .group_by(askings.c.question_id)
    )
    found = await connection.execute(sa.select(askings).where(askings.c.id.in_(newest)))
    return {row.question_id: asking_of(row) for row in found}
