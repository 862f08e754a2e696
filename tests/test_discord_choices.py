""" "Did you mean": one is taken, none fits, nobody presses, or somebody else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import limits, wording
from bot.core.entry import Status
from bot.core.outcome import Reason
from bot.settings import Settings
from bot.store.records import Way
from tests.discord_drive import (
    app_of,
    bot_id,
    custom_ids,
    forge_press,
    labels,
    last,
    logged,
    read,
    reply,
    restart,
    whispered,
)
from tests.make import a_knowledge_folder, an_entry, with_entry

CACTUS = "How often should a cactus be watered in winter?"
UNSURE = "how often should a cactus be watered"
A_QUARTER_OF_AN_HOUR = 15 * 60


@pytest.fixture
async def choices(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """The choices that alice got."""
    return reply(await alice.slash(general, "ask", question=UNSURE))


async def test_a_choice_turns_into_its_answer_which_stays_private(
    choices: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    taken = reply(await alice.click(choices, label=CACTUS))
    assert taken.id == choices.id
    assert taken.ephemeral
    assert f"## {CACTUS}" in read(taken)
    assert labels(taken) == ["Sources", "Details", "Related", "Not my question", "This is wrong"]
    (row,) = await app_of(env).store.answered_rows()
    assert (row["text"], row["way"]) == (UNSURE, Way.CHOICE)
    assert await logged(env) == []


async def test_none_of_these_is_logged_and_offers_to_tell(
    choices: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    noted = reply(await alice.click(choices, label="None of these"))
    assert noted.id == choices.id
    assert read(noted) == wording.STILL_NOTED
    assert labels(noted) == ["Tell me when it is"]
    (question,) = await logged(env)
    assert question.text == UNSURE
    assert question.last is not None
    assert question.last.reason is Reason.NONE_OF_THESE


async def test_left_alone_for_15_minutes_they_count_as_unanswered(
    choices: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await env.advance_time(A_QUARTER_OF_AN_HOUR - 60)
    assert await logged(env) == []
    await env.advance_time(180)
    (question,) = await logged(env)
    assert question.text == UNSURE
    assert question.last is not None
    assert question.last.reason is Reason.LEFT_ALONE


async def test_left_alone_across_a_restart_they_count_as_unanswered_too(
    choices: ResponseMessage, env: Env, settings: Settings
) -> None:
    await env.advance_time(A_QUARTER_OF_AN_HOUR - 60)
    await restart(env, settings)
    assert await logged(env) == []
    await env.advance_time(180)
    (question,) = await logged(env)
    assert question.text == UNSURE


async def test_once_they_are_closed_none_of_these_logs_nothing_more(
    choices: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await env.advance_time(A_QUARTER_OF_AN_HOUR + 120)
    closed = reply(await alice.click(choices, label="None of these"))
    assert read(closed) == wording.EXPIRED
    (question,) = await logged(env)
    assert question.times == 1


async def test_once_they_are_closed_a_choice_is_answered_all_the_same(
    choices: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await env.advance_time(A_QUARTER_OF_AN_HOUR + 120)
    assert f"## {CACTUS}" in read(reply(await alice.click(choices, label=CACTUS)))
    assert await app_of(env).store.answered_rows() == [], "the question counts as unanswered already"


async def test_choices_of_a_mention_that_were_left_alone_do_not_open_any_more(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {UNSURE}")
    line = last(general)
    await env.advance_time(A_QUARTER_OF_AN_HOUR + 120)
    assert whispered(await alice.click(line, label="Show choices")) == wording.EXPIRED
    assert len(await logged(env)) == 1


async def test_choices_can_be_opened_again_until_one_is_taken(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {UNSURE}")
    line = last(general)
    first, second = [reply(await alice.click(line, label="Show choices")) for _ in range(2)]
    assert labels(first) == labels(second)
    await alice.click(first, label=CACTUS)
    assert whispered(await alice.click(line, label="Show choices")) == wording.EXPIRED
    assert read(reply(await alice.click(second, label="None of these"))) == wording.EXPIRED
    assert await logged(env) == []


async def test_a_choice_that_is_retired_meanwhile_is_gone_and_the_question_is_not_lost(
    choices: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    app = app_of(env)
    app.live = with_entry(app.live, "cactus-in-winter", status=Status.RETIRED)
    assert whispered(await alice.click(choices, label=CACTUS)) == wording.ENTRY_GONE
    await env.advance_time(A_QUARTER_OF_AN_HOUR + 120)
    assert len(await logged(env)) == 1


async def test_choices_of_which_none_is_served_any_more_are_gone(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {UNSURE}")
    app = app_of(env)
    for entry in app.live.library.live:
        app.live = with_entry(app.live, entry.id, status=Status.RETIRED)
    assert whispered(await alice.click(last(general), label="Show choices")) == wording.ENTRY_GONE


async def test_only_the_asker_can_press_them(choices: ResponseMessage, bob: MemberActor, env: Env) -> None:
    for custom_id in custom_ids(choices):
        assert whispered(await forge_press(env, bob, choices, custom_id)) == wording.NOT_YOURS
    assert await logged(env) == []
    assert await app_of(env).store.answered_rows() == []


class TestOfManyThatMayFit:
    """A library in which every entry may be meant."""

    @pytest.fixture
    def knowledge_dir(self, tmp_path: Path) -> Path:
        colours = ("blue", "green", "grey", "red", "white", "yellow")
        question = "Why is the {} pot on the sunny windowsill of my grandmother dry again and again, Paul?"
        entries = [an_entry(f"{colour}-pot", question=question.format(colour)) for colour in colours]
        return a_knowledge_folder(tmp_path / "knowledge", *entries, suggest=0.0)

    async def test_at_most_three_are_offered_each_within_its_button(
        self, alice: MemberActor, general: ChannelHandle
    ) -> None:
        choices = reply(
            await alice.slash(
                general,
                "ask",
                question="why is the blue pot or the red pot or the grey pot or the green one dry",
            )
        )
        assert len(labels(choices)) == 4
        assert all(len(label) <= limits.BUTTON_LABEL for label in labels(choices))
        assert labels(choices)[-1] == "None of these"


async def test_what_cannot_wait_stands_above_the_choices(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    lily = app_of(env).live.library.entries["lily-and-cats"]
    assert lily.urgent is not None
    half = " ".join(lily.question.rstrip("?").split()[:-1])

    offered = reply(await alice.slash(general, "ask", question=half))
    assert lily.question in labels(offered)
    assert read(offered).startswith(wording.URGENT.format(line=lily.urgent))

    await alice.send(general, f"<@{bot_id(env)}> {half}")
    assert read(last(general)).startswith(wording.URGENT.format(line=lily.urgent))
    assert labels(last(general)) == ["Show choices"]
