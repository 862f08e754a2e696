"""Killed with SIGKILL at any instant: no acknowledged question is missing, the database opens clean.

The processes that ask run the real journey on the real store; this one only writes down what they
acknowledged, kills them, and looks. `CAVEAT_TEST_SEED` repeats a run, as far as the machine allows.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.core.scrub import scrub
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.kill.life import Nursery

ROUNDS = 200
LANES = 2
"""Databases that are tried at the same time: what takes long is waiting for the disk."""
FRESH_EVERY = 8
"""Each so many rounds a new database is begun, whose first migration may be what the kill meets."""
OPENING_S = 0.1
"""About as long as it takes to open a database."""
WRITE_S = 0.02
"""Longer than a write, so that the kill meets every part of one."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@dataclass(slots=True)
class Acknowledged:
    """All that was acknowledged on one database."""

    questions: Counter[int] = field(default_factory=Counter)
    texts: dict[int, str] = field(default_factory=dict)
    waiters: set[tuple[int, int]] = field(default_factory=set)
    answered: dict[int, str] = field(default_factory=dict)
    offers: dict[int, str] = field(default_factory=dict)

    def add(self, told: list[dict[str, Any]]) -> None:
        """Write down what a process told; an offer that is about to be closed may be gone."""
        for line in told:
            assert "fault" not in line, line["fault"]
            if "waits" in line:
                self.waiters.add((line["question"], line["waits"]))
            elif "question" in line:
                self.questions[line["question"]] += 1
                self.texts[line["question"]] = scrub(line["text"])
            elif "answered" in line:
                self.answered[line["answered"]] = scrub(line["text"])
            elif "offer" in line:
                self.offers[line["offer"]] = scrub(line["text"])
            elif "closing" in line:
                del self.offers[line["closing"]]


async def missing_from(store: Store, acknowledged: Acknowledged) -> list[str]:
    """What the store does not hold of all that it had acknowledged, and what it holds by halves."""
    missing = []
    for question_id, times in acknowledged.questions.items():
        found = await store.question(question_id)
        if found is None or found[0].text != acknowledged.texts[question_id]:
            missing.append(f"question {question_id}: {found}")
        elif found[0].times < times or found[0].times != len(found[1]):
            missing.append(
                f"question {question_id}: {found[0].times} times, {len(found[1])} rows, told {times}"
            )
    for question_id, user_id in acknowledged.waiters:
        if user_id not in await store.waiting(question_id):
            missing.append(f"waiter {user_id} of question {question_id}")
    for answered_id, text in acknowledged.answered.items():
        if await store.answered_text(answered_id) != text:
            missing.append(f"answered question {answered_id}")
    for offer_id, text in acknowledged.offers.items():
        offer = await store.offer(offer_id)
        if offer is None or offer.kept.text != text:
            missing.append(f"offer {offer_id}")
    return missing


def faults_of(file: Path) -> list[str]:
    """What SQLite itself finds wrong with a database file: ["ok"] where nothing is."""
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")]


async def test_no_acknowledged_question_is_lost_to_a_kill(tmp_path: Path) -> None:
    seed = int(os.environ.get("CAVEAT_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print(f"CAVEAT_TEST_SEED={seed}")
    with Nursery() as nursery:
        lanes = [Lane(nursery, tmp_path / str(n), random.Random(f"{seed}/{n}")) for n in range(LANES)]
        await asyncio.gather(*(lane.run(ROUNDS // LANES) for lane in lanes))
    told, too_early = sum(lane.told for lane in lanes), sum(lane.killed_before_it_opened for lane in lanes)
    print(f"{told} acknowledgements, {too_early} killed before the database was open")
    assert told > ROUNDS
    assert 0 < too_early < ROUNDS


def test_what_was_forked_ends_where_the_test_itself_was_killed(tmp_path: Path) -> None:
    with Nursery() as nursery:
        life = nursery.begin("ask", url=sqlite_url(tmp_path), seed=1)
        life.let_tell(1)
        nursery.kill()
        assert life.end()  # which waits until nobody holds the other end of its pipe any more


@dataclass(slots=True)
class Lane:
    """One round after the other, each on what the one before has left."""

    nursery: Nursery
    folder: Path
    chance: random.Random
    told: int = 0
    killed_before_it_opened: int = 0

    async def run(self, rounds: int) -> None:
        """Begin, kill, look; now and then on a new database."""
        acknowledged, file = Acknowledged(), self.folder / "0.db"
        for number in range(rounds):
            is_fresh = number % FRESH_EVERY == 0
            if is_fresh:
                acknowledged, file = Acknowledged(), self.folder / f"{number}.db"
            told = await asyncio.to_thread(self._live_and_die, sqlite_url(file.parent, file.name), is_fresh)
            self.told += len(told)
            self.killed_before_it_opened += not told
            acknowledged.add(told)
            await self._look(file, acknowledged)

    def _live_and_die(self, url: str, is_fresh: bool) -> list[dict[str, Any]]:
        """What a process told before it was killed."""
        life = self.nursery.begin("ask", url=url, seed=self.chance.getrandbits(32))
        if is_fresh or self.chance.random() < 0.2:  # the kill may meet the opening
            life.let_live(self.chance.uniform(0, OPENING_S))
        else:
            life.let_tell(self.chance.randint(1, 12))
            life.let_live(self.chance.uniform(0, WRITE_S))
        return life.kill()

    async def _look(self, file: Path, acknowledged: Acknowledged) -> None:
        """The file is whole, the store opens, nothing is missing."""
        if file.exists() and self.chance.random() < 0.5:  # who looks first repairs; it must work for both
            assert faults_of(file) == ["ok"], file
        store = await Store.open(sqlite_url(file.parent, file.name))
        assert await missing_from(store, acknowledged) == [], file
        await store.close()
        assert faults_of(file) == ["ok"], file
