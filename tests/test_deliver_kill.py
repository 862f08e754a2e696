"""Killed with SIGKILL at any instant of the sweep or of telling: each message edited, each told once.

The processes that are killed run the real bot with discord.py's own HTTP client against a recorder in a
process of its own (tests/kill/recorder.py). `CAVEAT_TEST_SEED` repeats a run, as far as the machine allows.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core import wording_corrections as wording
from bot.core.outcome import Reason
from bot.journeys.gather import Gatherer
from bot.journeys.pseudonyms import Pseudonyms
from bot.matching.engine import PLAIN
from bot.store.shown import Edition, Place
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.kill.life import Nursery
from tests.kill.recorder import CLOSED_EVERY, DM_OFFSET, Doom, Moment
from tests.kill.recording import Recording, a_recorder
from tests.make import a_correction, a_knowledge_folder, an_entry
from tests.make_kept import a_kept

KILLS = 25
"""Of each test, which all come twice: with nonces that are kept, and with nonces that are forgotten."""
MOST_REQUESTS = 8
"""A bot begins at most so many of them."""
MORE_S = 0.02
"""At most so long after its moment a kill comes: in the middle of what follows upon an answer."""
GUILD = 77
CHANNELS = 6
EACH = 2
"""Messages a channel of each of the two entries."""
MEMBERS = 24
MENTIONED_IN = 500

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@dataclass(frozen=True, slots=True)
class Story:
    """What one database holds, and what is to come of it."""

    folder: Path
    number: int

    @property
    def database(self) -> Path:
        """Its file."""
        return self.folder / f"{self.number}.db"

    @property
    def knowledge(self) -> Path:
        """Two entries that were corrected, one that was not."""
        return self.folder / "knowledge"

    @property
    def first(self) -> int:
        """The first id of channels and members of this story alone."""
        return 1000 * (self.number + 1)

    async def opened(self) -> Store:
        """Its store."""
        return await Store.open(sqlite_url(self.folder, self.database.name))


def a_library(folder: Path) -> None:
    """Two entries that were corrected, one that was not."""
    a_knowledge_folder(
        folder / "knowledge",
        an_entry("holes", corrections=(a_correction(changed="It is two holes."),)),
        an_entry("saucers", corrections=(a_correction(changed="Saucers are fine."),)),
        an_entry("gravel"),
    )


async def shown_before(story: Story, recording: Recording) -> None:
    """Public answers from before the corrections, in every channel."""
    store = await story.opened()
    for channel in range(CHANNELS):
        for entry_id in ["holes", "saucers"] * EACH + ["gravel"]:
            place = Place(GUILD, story.first + channel, 0)
            message_id = await asyncio.to_thread(
                recording.send, place.channel_id, {"content": f"as it was: {entry_id}"}
            )
            noted = Place(GUILD, place.channel_id, message_id)
            await store.shown.note(noted, Edition(entry_id, "00000000", 0), datetime.now(UTC))
    await store.close()


async def waiting_to_be_told(story: Story, _recording: Recording) -> None:
    """Members who wait for what an entry answers by now; each allowed a mention, some take no messages."""
    store = await story.opened()
    gatherer = Gatherer(store, Pseudonyms(story.folder / str(story.number)))
    now = datetime.now(UTC)
    asked = []
    for text in ("What is there to know of gravel?", "tell me all about holes", "tell me all about saucers"):
        question_id = await store.log_unanswered(a_kept(text), Reason.LOW_CONFIDENCE, now)
        await gatherer.asked(question_id, story.first, PLAIN, now)
        asked.append(question_id)
    for user_id in range(story.first, story.first + MEMBERS):
        await store.add_waiter(asked[user_id % 3], user_id, now)
        await store.wish(asked[user_id % 3], user_id, mention_channel_id=MENTIONED_IN)
    await store.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """One for all tests of this file: importing everything takes seconds."""
    with Nursery() as opened:
        yield opened


@pytest.mark.parametrize("nonces", ["kept", "forgotten"])
async def test_every_message_is_edited_and_every_notice_given_once(
    nursery: Nursery, tmp_path: Path, nonces: str
) -> None:
    stories, state = await killed_again_and_again(nursery, tmp_path, nonces, shown_before)
    messages = state["messages"]
    for story in stories:
        for channel in range(story.first, story.first + CHANNELS):
            own = [m for m in messages if m["channel_id"] == str(channel)]
            answers = [text(m) for m in own[: 2 * EACH + 1]]
            for message, changed in zip(answers, ["two holes.", "are fine."] * EACH, strict=False):
                assert wording.CORRECTED_SINCE in message
                assert changed in message
            assert answers[-1] == "as it was: gravel"
            notices = Counter(text(m).split("\n")[1] for m in own[2 * EACH + 1 :])
            assert notices == {"It is two holes.": 1, "Saucers are fine.": 1}, channel
            for notice in own[2 * EACH + 1 :]:
                assert text(notice).count(f"/channels/{GUILD}/{channel}/") == EACH
        assert {row["shown_corrections"] for row in await rows(story, "shown")} == {0, 1}
        assert {row["state"] for row in await rows(story, "outbox")} == {"sent"}


@pytest.mark.parametrize("nonces", ["kept", "forgotten"])
async def test_everybody_is_told_once_and_no_id_is_left(
    nursery: Nursery, tmp_path: Path, nonces: str
) -> None:
    stories, state = await killed_again_and_again(nursery, tmp_path, nonces, waiting_to_be_told)
    told: Counter[int] = Counter()
    for message in state["messages"]:
        if message["channel_id"] == str(MENTIONED_IN):
            (user_id,) = message["allowed_mentions"]["users"]
            assert f"<@{user_id}>" in text(message)
            told[int(user_id)] += 1
        else:
            assert "What is there to know of" in text(message)
            told[int(message["channel_id"]) - DM_OFFSET] += 1
    expected = [user_id for story in stories for user_id in range(story.first, story.first + MEMBERS)]
    assert told == Counter(expected)
    assert any(user_id % CLOSED_EVERY == 0 for user_id in expected)
    for story in stories:
        left = await rows(story, "outbox")
        assert {row["state"] for row in left} == {"sent"}
        assert {(row["user_id"], row["channel_id"], row["mention_channel_id"]) for row in left} == {
            (None, None, None)
        }
        store = await story.opened()
        assert [await store.waiting(question_id) for question_id in (1, 2, 3)] == [[], [], []]
        assert await store.open_questions() == []
        await store.close()


def text(message: dict[str, Any]) -> str:
    """All that is read in a message."""
    found: list[str] = [message["content"]] if message["content"] else []
    stack = list(message["components"])[::-1]
    while stack:
        part = stack.pop()
        found += [part["content"]] if "content" in part else []
        stack += part.get("components", [])[::-1]
    return "\n".join(found)


async def rows(story: Story, which: str) -> list[dict[str, Any]]:
    """Every row of the public answers or of the outbox."""
    store = await story.opened()
    try:
        found: list[dict[str, Any]] = await getattr(store, which).rows()
        return found
    finally:
        await store.close()


async def killed_again_and_again(
    nursery: Nursery, folder: Path, nonces: str, prepare: Callable[[Story, Recording], Awaitable[None]]
) -> tuple[list[Story], dict[str, Any]]:
    """Stories that were worked off by bots of which so many were killed, and what the recorder saw."""
    seed = os.environ.get("CAVEAT_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
    print(f"CAVEAT_TEST_SEED={seed}")
    chance, kills = random.Random(seed), 0
    stories: list[Story] = []
    a_library(folder)
    with a_recorder(seed, nonces) as recording:
        while kills < KILLS:
            story = Story(folder, len(stories))
            stories.append(story)
            await prepare(story, recording)
            is_done = False
            while not is_done:
                is_done = await asyncio.to_thread(
                    _live_and_die, nursery, story, recording, chance if kills < KILLS else None
                )
                kills += not is_done
        state = recording.state()
    counts = {name: count for name, count in state.items() if name != "messages"}
    print(f"{kills} kills, {len(stories)} stories, {counts}")
    return stories, state


def _live_and_die(nursery: Nursery, story: Story, recording: Recording, chance: random.Random | None) -> bool:
    """Whether the bot came to the end of its work; it is killed at some moment, unless `chance` is None."""
    life = nursery.begin(
        "deliver", base=recording.base, knowledge=str(story.knowledge), database=str(story.database)
    )
    if chance is not None:
        life.let_tell(1)
        moment = chance.choice(list(Moment))
        later_s = chance.uniform(0, MORE_S) if moment is Moment.ANSWERED else 0.0
        only_changes = chance.random() < 0.5
        after = chance.randint(1, MOST_REQUESTS // 2 if only_changes else MOST_REQUESTS)
        recording.kill(Doom(life.process_id, after, only_changes, moment, later_s))
    told = life.end()
    recording.spare()
    for line in told:
        assert "fault" not in line, line["fault"]
    return any("done" in line for line in told)
