"""While one types after /ask: the curated questions, and picking one answers exactly that entry."""

from __future__ import annotations

from pathlib import Path

import pytest
from simcord import ChannelHandle, Env, MemberActor

from bot.core import limits, wording
from bot.core.entry import Status
from bot.store.records import Way
from tests.discord_drive import app_of, labels, logged, read, reply, whispered
from tests.make import a_knowledge_folder, an_entry, with_entry

MANY = 40


async def test_every_curated_question_is_offered_before_anything_is_typed(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    offered = await alice.autocomplete(general, "ask", "question", "")
    assert {choice["name"] for choice in offered} == {e.question for e in app_of(env).live.library.live}


@pytest.mark.parametrize(
    "typed", ["cactus", "CACTUS in wint", "catcus winter", "watering schedule for cacti"]
)
async def test_what_fits_what_was_typed_comes_first(
    alice: MemberActor, general: ChannelHandle, typed: str
) -> None:
    offered = await alice.autocomplete(general, "ask", "question", typed)
    assert offered[0]["name"] == "How often should a cactus be watered in winter?"


async def test_picking_one_answers_exactly_that_entry(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    for entry in app_of(env).live.library.live:
        offered = await alice.autocomplete(general, "ask", "question", entry.question)
        (value,) = [choice["value"] for choice in offered if choice["name"] == entry.question]
        assert f"## {entry.question}" in read(reply(await alice.slash(general, "ask", question=value)))
    ways = {row["way"] for row in await app_of(env).store.answered_rows()}
    assert ways == {Way.AUTOCOMPLETE}


async def test_an_entry_that_was_retired_after_it_was_offered_is_gone_and_nothing_is_logged(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    (choice, *_) = await alice.autocomplete(general, "ask", "question", "cactus")
    app = app_of(env)
    app.live = with_entry(app.live, "cactus-in-winter", status=Status.RETIRED)
    assert whispered(await alice.slash(general, "ask", question=choice["value"])) == wording.ENTRY_GONE
    assert await logged(env) == []


async def test_a_picked_question_stays_private_where_the_asker_wants_it(
    alice: MemberActor, general: ChannelHandle
) -> None:
    assert reply(await alice.slash(general, "ask", question="entry:cactus-in-winter", private=True)).ephemeral


async def test_only_slash_knows_what_a_picked_question_is(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    carol = env.create_user("carol")
    await carol.send_dm("entry:cactus-in-winter")
    assert all("## " not in read(message) for message in carol.dm_channel.history())


class TestOfManyLongQuestions:
    """A library of more questions than Discord takes choices, each as long as one may be."""

    @pytest.fixture
    def knowledge_dir(self, tmp_path: Path) -> Path:
        entries = [
            an_entry(
                f"pot-{number}",
                question=f"Pot {number}: {'why ' * 30}".ljust(limits.QUESTION, "?")[: limits.QUESTION],
                phrasings=(f"number {number} of the pots",),
            )
            for number in range(MANY)
        ]
        return a_knowledge_folder(tmp_path / "knowledge", *entries)

    @pytest.mark.parametrize("typed", ["", "pot", "why", "w" * 100, "why " * 1500])
    async def test_at_most_25_are_offered_each_within_100_characters(
        self, alice: MemberActor, general: ChannelHandle, typed: str
    ) -> None:
        offered = await alice.autocomplete(general, "ask", "question", typed)
        assert len(offered) <= limits.CHOICES
        assert all(len(choice["name"]) <= limits.CHOICE_NAME for choice in offered)

    async def test_the_one_that_was_meant_is_among_them_and_is_answered_whole(
        self, alice: MemberActor, general: ChannelHandle
    ) -> None:
        offered = await alice.autocomplete(general, "ask", "question", "pot 39")
        value = next(choice["value"] for choice in offered if choice["name"].startswith("Pot 39:"))
        answer = reply(await alice.slash(general, "ask", question=value))
        assert "## Pot 39:" in read(answer)
        assert "Sources" in labels(answer)
