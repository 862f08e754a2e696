"""Public answers: which message of a channel showed which entry, so that a correction reaches its readers.

No question and no person stands here; the rows go after some days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.core.delivery import Kind, Message
from bot.store.engine import for_writing
from bot.store.loop_tables import public_answers
from bot.store.outbox import enqueue
from bot.store.upsert import insert_into
from bot.store.whole import whole

NOTICE_LINKS_AGE = timedelta(days=14)
"""Younger messages are linked by a channel's notice; older ones few would still look for."""


class ShownState(StrEnum):
    """Whether a message can be edited; `refused` ones are tried again with the next library."""

    SHOWN = "shown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Place:
    """A message of a channel of a server."""

    guild_id: int
    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Edition:
    """An entry as it stood at some time: its version, and how many corrections it carried."""

    entry_id: str
    version: str
    corrections: int


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """A message that shows an entry: in which edition it was given, and which it shows now."""

    id: int
    at: datetime
    place: Place
    given: Edition
    shown: Edition


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said of an entry's `ordinal`-th correction in every channel that had the answer before it."""

    entry_id: str
    ordinal: int
    on: str
    question: str
    changed: str


class PublicAnswers:
    """The public answers of the last weeks."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    @whole
    async def note(self, place: Place, edition: Edition, at: datetime) -> None:
        """Note that this message shows this edition; noted before, it stays as it is."""
        row = insert_into(public_answers, self._engine).values(
            at=at,
            guild_id=place.guild_id,
            channel_id=place.channel_id,
            message_id=place.message_id,
            entry_id=edition.entry_id,
            entry_version=edition.version,
            entry_corrections=edition.corrections,
            shown_version=edition.version,
            shown_corrections=edition.corrections,
            state=ShownState.SHOWN,
        )
        async with self._writer.begin() as connection:
            await connection.execute(row.on_conflict_do_nothing())

    @whole
    async def forget(self, message_id: int) -> bool:
        """The message was removed; False where it was not noted."""
        gone = sa.delete(public_answers).where(public_answers.c.message_id == message_id)
        async with self._writer.begin() as connection:
            return bool((await connection.execute(gone)).rowcount)

    @whole
    async def purge(self, before: datetime) -> int:
        """Forget the messages given before that; how many."""
        old = sa.delete(public_answers).where(public_answers.c.at < before)
        async with self._writer.begin() as connection:
            return (await connection.execute(old)).rowcount

    @whole
    async def revive(self) -> int:
        """What refused to be edited is tried again; how many."""
        refused = sa.update(public_answers).where(public_answers.c.state == ShownState.REFUSED)
        async with self._writer.begin() as connection:
            return (await connection.execute(refused.values(state=ShownState.SHOWN))).rowcount

    async def outdated(
        self, corrections: Mapping[str, int], since: datetime, limit: int, but_not: Collection[int] = ()
    ) -> list[PublicAnswer]:
        """Messages given since then that miss a correction, a channel's of one entry after each other.

        `corrections` says how many each entry has by now; ids in `but_not` are left out.
        """
        table = public_answers
        open_ = (table.c.state == ShownState.SHOWN) & (table.c.at >= since)
        fewest = (
            sa.select(table.c.entry_id, sa.func.min(table.c.shown_corrections))
            .where(open_)
            .group_by(table.c.entry_id)
            .order_by(table.c.entry_id)
        )
        found: list[PublicAnswer] = []
        async with self._engine.connect() as connection:
            for entry_id, least in (await connection.execute(fewest)).all():
                by_now = corrections.get(entry_id, 0)
                if least >= by_now or len(found) >= limit:
                    continue
                behind = _behind(entry_id, by_now) & open_
                query = sa.select(table).where(behind, table.c.id.not_in(list(but_not)))
                ordered = query.order_by(table.c.channel_id, table.c.id).limit(limit - len(found))
                found.extend(_answer_of(row) for row in await connection.execute(ordered))
        return found

    @whole
    async def edited(self, answer: PublicAnswer, shows: Edition) -> None:
        """The message was edited, and shows this edition now."""
        values = {"shown_version": shows.version, "shown_corrections": shows.corrections}
        async with self._writer.begin() as connection:
            await connection.execute(_row(answer).values(**values))

    @whole
    async def refused(self, answer: PublicAnswer) -> None:
        """The message cannot be edited."""
        async with self._writer.begin() as connection:
            await connection.execute(_row(answer).values(state=ShownState.REFUSED))

    @whole
    async def give_notice(self, notices: Iterable[Notice], now: datetime, but_not: Collection[int]) -> int:
        """Write down the notice of each channel whose messages all show the correction by now; how many.

        No notice stands twice, so this is safe to say at any time; a channel without a corrected message
        that is young enough gets none. Ids in `but_not` are not waited for.
        """
        table = public_answers
        count = 0
        async with self._writer.begin() as connection:
            for notice in notices:
                behind = _behind(notice.entry_id, notice.ordinal) & (table.c.state == ShownState.SHOWN)
                waiting = sa.select(table.c.channel_id).where(behind, table.c.id.not_in(list(but_not)))
                query = (
                    sa.select(table.c.guild_id, table.c.channel_id, table.c.message_id)
                    .where(table.c.entry_id == notice.entry_id, table.c.at >= now - NOTICE_LINKS_AGE)
                    .where(table.c.shown_corrections >= notice.ordinal)
                    .where(table.c.entry_corrections < notice.ordinal)
                    .where(table.c.channel_id.not_in(waiting))
                    .order_by(table.c.channel_id, table.c.message_id)
                )
                found = (await connection.execute(query)).all()
                for (guild_id, channel_id), rows in groupby(found, key=lambda row: row[:2]):
                    message_ids = [row.message_id for row in rows]
                    message = _notice_message(notice, guild_id, channel_id, message_ids, now)
                    count += await enqueue(connection, message)
        return count

    async def rows(self) -> list[dict[str, Any]]:
        """Every noted message, oldest first, as plain rows."""
        async with self._engine.connect() as connection:
            found = await connection.execute(sa.select(public_answers).order_by(public_answers.c.id))
            return [dict(row._mapping) for row in found]


def _notice_message(
    notice: Notice, guild_id: int, channel_id: int, message_ids: list[int], now: datetime
) -> Message:
    return Message(
        kind=Kind.NOTICE,
        unique_key=f"notice:{notice.entry_id}:{notice.ordinal}:{notice.on}:{channel_id}",
        due_at=now,
        channel_id=channel_id,
        entry_id=notice.entry_id,
        content={
            "on": notice.on,
            "question": notice.question,
            "changed": notice.changed,
            "guild": guild_id,
            "messages": message_ids,
        },
    )


def _row(answer: PublicAnswer) -> sa.Update:
    return sa.update(public_answers).where(public_answers.c.id == answer.id)


def _behind(entry_id: str, corrections: int) -> sa.ColumnElement[bool]:
    return (public_answers.c.entry_id == entry_id) & (public_answers.c.shown_corrections < corrections)


def _answer_of(row: Any) -> PublicAnswer:
    return PublicAnswer(
        id=row.id,
        at=row.at,
        place=Place(row.guild_id, row.channel_id, row.message_id),
        given=Edition(row.entry_id, row.entry_version, row.entry_corrections),
        shown=Edition(row.entry_id, row.shown_version, row.shown_corrections),
    )
