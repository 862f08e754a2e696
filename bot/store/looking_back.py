"""Looking back: what digest and report read of the log, and nothing else does. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.core.outcome import Reason
from bot.store.cluster_records import ClusterKind, ClusterStatus
from bot.store.loop_tables import clusters, tallies
from bot.store.records import FeedbackKind
from bot.store.rows import asking_of
from bot.store.tables import askings, feedback, questions
from bot.store.tallies import Came

SHOWN = (Came.ANSWERED, Came.CHOSEN, Came.PICKED)
"""What came of a question when a member saw the entry whole."""
MISSED = (Reason.NONE_OF_THESE, Reason.LEFT_ALONE)
"""Choices were offered, and none was taken."""
MOST_MISSED = 5_000
"""Askings looked through for entries that stand in each other's way: the newest ones."""


@dataclass(frozen=True, slots=True)
class Use:
    """How often an entry came to what; `last_shown` is the newest of those days."""

    entry_id: str
    answered: int = 0
    chosen: int = 0
    picked: int = 0
    taken_back: int = 0
    last_shown: date | None = None

    @property
    def shown(self) -> int:
        """How often a member saw it whole."""
        return self.answered + self.chosen + self.picked


@dataclass(frozen=True, slots=True)
class Disputed:
    """ "This is wrong", said so often of one entry; `why` are the newest reasons, newest first."""

    entry_id: str
    count: int
    last_at: datetime
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that were the best two choices, of which none was taken, so often."""

    first: str
    second: str
    count: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Open questions of one meaning: `askers` is a lower bound of distinct members, `times` how often."""

    id: int
    title: str
    askers: int
    times: int
    first_at: datetime
    last_at: datetime
    proposed_entry_id: str | None


class LookingBack:
    """Counts and lists of a time that has passed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def uses(self, since: date, until: date) -> dict[str, Use]:
        """Each entry that anything came of on the days from `since` on and before `until`."""
        query = (
            sa.select(
                tallies.c.entry_id,
                tallies.c.outcome,
                sa.func.sum(tallies.c.count).label("total"),
                sa.func.max(tallies.c.day).label("last"),
            )
            .where(tallies.c.day >= since, tallies.c.day < until, tallies.c.entry_id != "")
            .group_by(tallies.c.entry_id, tallies.c.outcome)
        )
        counts: dict[str, Counter[str]] = {}
        last: dict[str, date] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                counts.setdefault(row.entry_id, Counter())[row.outcome] += int(row.total)
                if row.outcome in SHOWN:
                    last[row.entry_id] = max(row.last, last.get(row.entry_id, row.last))
        return {
            entry_id: Use(
                entry_id,
                own[Came.ANSWERED],
                own[Came.CHOSEN],
                own[Came.PICKED],
                own[Came.TAKEN_BACK],
                last.get(entry_id),
            )
            for entry_id, own in counts.items()
        }

    async def disputed(self, since: datetime, until: datetime, reasons: int = 3) -> tuple[Disputed, ...]:
        """What was said to be wrong from `since` on and before `until`, the most disputed entry first."""
        query = (
            sa.select(feedback.c.entry_id, feedback.c.at, feedback.c.why)
            .where(feedback.c.kind == FeedbackKind.WRONG, feedback.c.at >= since, feedback.c.at < until)
            .order_by(feedback.c.id.desc())
        )
        found: dict[str, list[tuple[datetime, str | None]]] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                found.setdefault(row.entry_id, []).append((row.at, row.why))
        disputed = (
            Disputed(entry_id, len(said), said[0][0], tuple(why for _, why in said if why)[:reasons])
            for entry_id, said in found.items()
        )
        return tuple(sorted(disputed, key=lambda own: (-own.count, own.entry_id)))

    async def said(self, since: datetime, until: datetime) -> dict[tuple[str, FeedbackKind], int]:
        """How often what was said of which entry, from `since` on and before `until`."""
        query = (
            sa.select(feedback.c.entry_id, feedback.c.kind, sa.func.count().label("total"))
            .where(feedback.c.at >= since, feedback.c.at < until)
            .group_by(feedback.c.entry_id, feedback.c.kind)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return {(row.entry_id, FeedbackKind(row.kind)): int(row.total) for row in rows}

    async def pairs(self, since: datetime, until: datetime, texts: int = 3) -> tuple[Pair, ...]:
        """Which two entries stood side by side where no choice was taken, the most frequent first."""
        query = (
            sa.select(askings, questions.c.text)
            .join(questions, questions.c.id == askings.c.question_id)
            .where(askings.c.reason.in_(MISSED), askings.c.at >= since, askings.c.at < until)
            .order_by(askings.c.id.desc())
            .limit(MOST_MISSED)
        )
        found: dict[tuple[str, str], list[str]] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                best = [candidate.entry_id for candidate in asking_of(row).candidates[:2]]
                if len(best) == 2:
                    found.setdefault((min(best), max(best)), []).append(row.text)
        pairs = (
            Pair(first, second, len(own), tuple(dict.fromkeys(own))[:texts])
            for (first, second), own in found.items()
        )
        return tuple(sorted(pairs, key=lambda own: (-own.count, own.first, own.second)))

    async def new_gaps(self, since: datetime, until: datetime) -> tuple[Gap, ...]:
        """Open clusters that were begun from `since` on and before `until`; see `gaps` for the order."""
        return await self._gaps(clusters.c.first_at >= since, clusters.c.first_at < until)

    async def gaps(self, limit: int) -> tuple[Gap, ...]:
        """Open clusters, those with the most distinct askers first, then the newest asked."""
        return await self._gaps(limit=limit)

    async def _gaps(self, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> tuple[Gap, ...]:
        query = (
            sa.select(clusters)
            .where(
                clusters.c.status == ClusterStatus.OPEN,
                clusters.c.kind == ClusterKind.QUESTION,
                *conditions,
            )
            .order_by(clusters.c.askers.desc(), clusters.c.last_at.desc(), clusters.c.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            Gap(r.id, r.title, r.askers, r.times, r.first_at, r.last_at, r.proposed_entry_id) for r in rows
        )
