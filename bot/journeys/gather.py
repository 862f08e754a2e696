"""Gather: open questions come to clusters of one meaning as they are asked; disputes, to their entry's.

A question is placed the moment it is logged, so that who asked is needed only for that moment: as the input
of a pseudonym, which is kept, never as an id. What was logged without being placed (a "Did you mean" that
nobody pressed, a crash in between) is placed by `gather`, which also opens a resolved cluster again that such
a question belongs to, and joins clusters that have grown alike, unless a moderator had a hand in them.
Several processes may gather at once: each plan is written only upon the turn that it was made for, else it
is made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import structlog

from bot.journeys.pseudonyms import Pseudonyms
from bot.matching.clusters import Clusters, Member, Move
from bot.matching.engine import Engine
from bot.matching.meaning import link_from, meaning_id, meanings, width
from bot.matching.rows import Matrix
from bot.store.cluster_records import Plan, Waiting
from bot.store.store import Store

log = structlog.get_logger(__name__)

NEWEST = 2000
"""Questions that are looked at where somebody waits for the queue; the minute's round looks at all."""
BATCH = 200
"""Questions that are placed as one; more of them would hold up those who ask meanwhile."""
STALE_BATCH = 100
"""Clusters whose vectors are made anew in one round."""
ATTEMPTS = 20
"""Each is lost only to somebody who gathered at the same moment."""
MOST_MOVED_FROM = 2000
"""Questions that are looked at for a move in one repair; the newest clusters go first."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a round of gathering did; `is_all` where nothing is left to place."""

    placed: int
    joined: int
    moved: int
    disputes: int
    is_all: bool


class Gatherer:
    """The clusters' sums in memory, kept up with the store. One a process; safe for many tasks."""

    def __init__(self, store: Store, pseudonyms: Pseudonyms) -> None:
        self._store = store
        self._pseudonyms = pseudonyms
        self._turn_of = asyncio.Lock()
        self._model = ""
        self._known = Clusters(1, 1.0)
        self._free: set[int] = set()
        self._turn = 0

    async def asked(self, question_id: int, user_id: int | None, engine: Engine, now: datetime) -> int | None:
        """A question was logged as unanswered: place it, and count who asked. Its cluster's number.

        None for one that was dismissed before it was ever placed, or is gone.
        """
        number = await self._store.placing.cluster_of(question_id)
        if number is None:
            waiting = await self._store.placing.one_waiting(question_id)
            if waiting is None:
                return None
            await self._place([waiting], engine, now)
            number = await self._store.placing.cluster_of(question_id)
        pseudonym = None if number is None else self._pseudonym(user_id, number, now)
        return await self._store.placing.note_asked(question_id, pseudonym, now)

    async def disputed(self, feedback_id: int, user_id: int | None, now: datetime) -> int | None:
        """Somebody said "This is wrong": place it, and count who said it. The dispute's number."""
        number = await self._store.disputes.place(feedback_id, now)
        pseudonym = None if number is None else self._pseudonym(user_id, number, now)
        if number is not None and pseudonym is not None:
            await self._store.disputes.note_disputer(number, pseudonym)
        return number

    async def gather(self, engine: Engine, now: datetime, *, newest: int | None = None) -> Gathered:
        """Place what waits, at most a batch; make old vectors anew; join and move what has grown alike;
        open again what was resolved and is asked once more.

        With `newest`, only so many of the last questions are looked at for what waits: quick in a long log.
        """
        await self._make_anew(engine, now)
        waiting = await self._store.placing.waiting(BATCH, newest=newest)
        if waiting:
            await self._place(waiting, engine, now)
        joined, moved = await self._repair(engine, now)
        if newest is None:
            for question_id in await self._store.placing.asked_again(BATCH):
                await self._store.placing.note_asked(question_id, None, now)
        disputes = await self._store.disputes.waiting(BATCH)
        for feedback_id in disputes:
            await self._store.disputes.place(feedback_id, now)
        is_all = len(waiting) < BATCH and len(disputes) < BATCH
        return Gathered(len(waiting), joined, moved, len(disputes), is_all)

    async def alike(self, cluster_id: int, engine: Engine, most: int = 24) -> list[int]:
        """Numbers of the clusters that come nearest to this one, the likest first; for a merge."""
        async with self._turn_of:
            await self._catch_up(engine)
            return await asyncio.to_thread(_nearest, self._known, cluster_id, most)

    def renew_key(self, now: datetime) -> None:
        """Replace the key of the pseudonyms where it is due; where that fails the log says so."""
        try:
            self._pseudonyms.renew(now)
        except OSError as fault:
            log.warning("the key of the askers' pseudonyms cannot be kept", why=fault.strerror)

    def _pseudonym(self, user_id: int | None, origin_id: int, now: datetime) -> tuple[int, str, str] | None:
        """None where nobody is to be counted, or no key can be kept: the count stays a lower bound."""
        if user_id is None:
            return None
        try:
            return self._pseudonyms.of(user_id, origin_id, now).row
        except OSError as fault:
            log.warning("an asker is not counted: no key can be kept in DATA_DIR", why=fault.strerror)
            return None

    async def _place(self, waiting: Sequence[Waiting], engine: Engine, now: datetime) -> None:
        vectors = await asyncio.to_thread(meanings, [each.key for each in waiting], engine)
        async with self._turn_of:
            for _ in range(ATTEMPTS):
                await self._catch_up(engine)
                numbers = await asyncio.to_thread(self._known.plan, vectors)
                sums = _sums_with(self._known, numbers, vectors)
                placed = tuple(
                    (each.question_id, number, _short(vector))
                    for each, number, vector in zip(waiting, numbers, vectors, strict=True)
                )
                plan = Plan(self._turn, self._model, placed, (), (), _packed(sums))
                if await self._store.placing.write(plan, now) is not None:
                    return
                # Others may have placed some of them meanwhile.
                waiting, vectors = await self._still(waiting, vectors)
                if not waiting:
                    return
        log.warning("questions could not be placed, since others kept gathering", count=len(waiting))

    async def _still(self, waiting: Sequence[Waiting], vectors: Matrix) -> tuple[Sequence[Waiting], Matrix]:
        kept = [
            row
            for row, each in enumerate(waiting)
            if await self._store.placing.one_waiting(each.question_id) is not None
        ]
        return [waiting[row] for row in kept], vectors[kept]

    async def _repair(self, engine: Engine, now: datetime) -> tuple[int, int]:
        """Join what has grown alike around what changed, and move questions to where they belong better."""
        async with self._turn_of:
            for _ in range(ATTEMPTS):
                turn, touched = await self._store.placing.touched(meaning_id(engine))
                if not touched:
                    return 0, 0  # without reading a single vector: the queue opens at once after a start
                await self._catch_up(engine)
                if turn != self._turn:
                    continue
                members = await self._store.placing.members(touched)
                plan = await asyncio.to_thread(self._repair_plan, touched, members)
                if not plan.joined and not plan.moved:
                    await self._store.placing.repaired(turn, now)
                    return 0, 0
                if await self._store.placing.write(plan, now) is not None:
                    await self._store.placing.repaired(turn, now)
                    return len(plan.joined), len(plan.moved)
                self._forget()
        return 0, 0

    def _repair_plan(self, touched: Sequence[int], members: Sequence[tuple[int, int, bytes]]) -> Plan:
        """The sums in memory change as they are to be; `_catch_up` reads them back from the store."""
        known = self._known
        joined = known.join(list(touched), self._free)
        leads = {high: low for low, high in joined}
        newest = members[-MOST_MOVED_FROM:]
        owned = [Member(question, _led(leads, number), _long(vector)) for question, number, vector in newest]
        moved: list[Move] = known.move(owned, self._free)
        numbers = {low for low, _ in joined} | {n for m in moved for n in (m.member.cluster_id, m.to)}
        sums = {number: known.total(number) for number in numbers if number in known}
        steps = tuple((m.member.question_id, m.member.cluster_id, m.to) for m in moved)
        return Plan(self._turn, self._model, (), tuple(joined), steps, _packed(sums))

    async def _make_anew(self, engine: Engine, now: datetime) -> None:
        """Vectors of another model, or of a cluster that was split or merged, for one batch of clusters."""
        model = meaning_id(engine)
        for number in await self._store.renewing.stale(model, STALE_BATCH):
            texts = await self._store.renewing.texts(number)
            vectors = await asyncio.to_thread(meanings, [text for _, text in texts], engine)
            short = {question: _short(row) for (question, _), row in zip(texts, vectors, strict=True)}
            total = vectors.sum(axis=0, dtype=np.float32) if len(vectors) else np.zeros(width(engine))
            await self._store.renewing.renew(number, model, total.astype(np.float32).tobytes(), short, now)

    async def _catch_up(self, engine: Engine) -> None:
        """What is in memory becomes what the store holds."""
        model = meaning_id(engine)
        if model != self._model:
            self._model = model
            self._forget()
        if not self._turn:
            self._known = Clusters(width(engine), link_from(engine))
            self._free = set()
        turn, sums = await self._store.placing.sums(model, self._turn)
        for each in sums:
            vector = None if each.vector is None else np.frombuffer(each.vector, dtype=np.float32)
            if vector is None or not each.size or len(vector) != width(engine):
                self._known.drop(each.cluster_id)
                self._free.discard(each.cluster_id)
                continue
            self._known.put(each.cluster_id, vector, each.size)
            (self._free.add if each.is_free else self._free.discard)(each.cluster_id)
        self._turn = turn

    def _forget(self) -> None:
        """Read everything anew the next time."""
        self._turn = 0


def _sums_with(known: Clusters, numbers: Sequence[int], vectors: Matrix) -> dict[int, Matrix]:
    """The sums of the clusters that these questions go to, with them."""
    sums: dict[int, Matrix] = {}
    for number, vector in zip(numbers, vectors, strict=True):
        before = sums.get(number)
        if before is None:
            before = known.total(number) if number > 0 else np.zeros_like(vector)
        sums[number] = before + vector
    return sums


def _nearest(known: Clusters, cluster_id: int, most: int) -> list[int]:
    return known.nearest(cluster_id, most) if cluster_id in known else []


def _led(leads: dict[int, int], number: int) -> int:
    while number in leads:
        number = leads[number]
    return number


def _packed(sums: dict[int, Matrix]) -> dict[int, bytes]:
    return {number: total.astype(np.float32).tobytes() for number, total in sums.items()}


def _short(vector: Matrix) -> bytes:
    return vector.astype(np.float16).tobytes()


def _long(vector: bytes) -> Matrix:
    return np.frombuffer(vector, dtype=np.float16).astype(np.float32)
