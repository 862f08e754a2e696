"""Explain in Discord: on any answer of the bot, as a command, and only for those who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from simcord import ChannelHandle, Env, GuildHandle, MemberActor

from bot.core import wording_moderators as wording
from bot.core.outcome import Abstain, Reason
from bot.discord_ui.client import LASTING
from bot.discord_ui.explain_forms import FORM, TypeQuestion
from bot.discord_ui.explain_views import explain_view
from bot.matching.explain import explain
from bot.settings import Settings
from tests.discord_drive import (
    app_of,
    forge_press,
    forge_submit,
    labels,
    last,
    reply,
    restart,
    whispered,
)
from tests.make import without_entry
from tests.make_kept import a_live

CACTUS = "How often should a cactus be watered in winter?"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"


@pytest.fixture
def robin(env: Env, guild: GuildHandle) -> MemberActor:
    """A moderator."""
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("robin"), roles=[role])


async def explained(robin: MemberActor, channel: ChannelHandle) -> str:
    """What the menu says of the channel's newest message."""
    return whispered(await robin.context_menu(channel, wording.MENU_EXPLAIN, last(channel)))


async def test_a_question_is_explained_with_its_words_its_candidates_and_the_threshold(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    text = whispered(await robin.slash(general, "explain", question=f"{UNSURE} by zorblax?"))
    lines = text.splitlines()
    assert lines[0] == wording.EXPLAIN_HEADING.format(question=f"{UNSURE} by zorblax?")
    assert lines[1] == wording.EXPLAIN_READ_AS.format(text=f"{UNSURE} by zorblax")
    assert wording.EXPLAIN_UNKNOWN.format(words="zorblax") in lines
    assert "**Decision**: choices offered." in text
    assert "enough to offer (from 0.20), not enough to answer (from 1.00)" in text
    assert f"**1. {CACTUS}**" in text
    assert wording.EXPLAIN_PHRASINGS in lines
    assert wording.EXPLAIN_DECOYS in lines
    assert any(line.endswith("how often should a cactus be repotted in winter") for line in lines)
    assert text.endswith(wording.EXPLAIN_MEND)
    assert await app_of(env).store.open_questions() == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (CACTUS, "**Decision**: answered. The first one is 1.00 sure; it answers from 1.00."),
        ("?!", wording.EXPLAIN_NOTHING),
        ("wie oft muss ich meinen Kaktus im Winter denn gießen", "another language"),
        ("*cactus* @everyone", r"\*cactus\*"),
    ],
)
async def test_each_kind_of_decision_is_told_with_its_reason(
    robin: MemberActor, general: ChannelHandle, question: str, said: str
) -> None:
    text = whispered(await robin.slash(general, "explain", question=question))
    assert said in text
    assert "@everyone" not in text


async def test_a_decoy_that_was_hit_word_for_word_takes_all_confidence(
    robin: MemberActor, general: ChannelHandle
) -> None:
    decoy = "how often should a cactus be repotted in winter"
    text = whispered(await robin.slash(general, "explain", question=decoy))
    assert wording.EXPLAIN_NEAR.format(alike=1.0, text=decoy) in text
    assert f"{CACTUS}**: 0.00 sure" in text


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_told(reason: Reason) -> None:
    live = a_live()
    found = replace(explain(live.matcher, UNSURE), outcome=Abstain(reason, ()))
    (text,) = [
        part["content"] for part in cast(Any, explain_view(UNSURE, found, live.library)).to_components()[:1]
    ]
    assert wording.EXPLAIN_WHY.get(reason, "choices begin at 1.00") in text


async def test_an_answer_in_the_channel_is_explained_by_its_own_question(
    robin: MemberActor, alice: MemberActor, general: ChannelHandle
) -> None:
    await alice.slash(general, "ask", question=CACTUS)
    text = await explained(robin, general)
    assert text.startswith(wording.EXPLAIN_HEADING.format(question=CACTUS))
    assert f"**1. {CACTUS}**: 1.00 sure {wording.EXPLAIN_THIS}" in text


async def test_choices_and_an_honest_no_are_explained_too(
    env: Env, robin: MemberActor, alice: MemberActor, general: ChannelHandle
) -> None:
    bot = env.bot.user
    assert bot is not None
    await alice.send(general, f"<@{bot.id}> {UNSURE}")
    assert UNSURE in (await explained(robin, general)).splitlines()[0]
    await alice.send(general, f"<@{bot.id}> {UNKNOWN}")
    assert UNKNOWN in (await explained(robin, general)).splitlines()[0]


async def test_a_question_that_is_not_kept_can_be_typed_also_after_a_restart(
    env: Env, robin: MemberActor, alice: MemberActor, general: ChannelHandle, settings: Settings
) -> None:
    await restart(env, none_kept := settings.model_copy(update={"answered_kept_days": 0}))
    await alice.slash(general, "ask", question=CACTUS)
    gone = await robin.context_menu(general, wording.MENU_EXPLAIN, last(general))
    assert whispered(gone) == wording.EXPLAIN_QUESTION_GONE.format(title=CACTUS)
    assert labels(reply(gone)) == [wording.BUTTON_TYPE_QUESTION]
    await restart(env, none_kept)
    form = await robin.click(reply(gone), label=wording.BUTTON_TYPE_QUESTION)
    await restart(env, none_kept)
    text = whispered(await robin.submit_modal(form, {"why": UNKNOWN}))
    assert text.startswith(wording.EXPLAIN_HEADING.format(question=UNKNOWN))
    assert wording.EXPLAIN_THIS in text


async def test_an_entry_that_is_gone_is_told(
    env: Env, robin: MemberActor, alice: MemberActor, general: ChannelHandle, settings: Settings
) -> None:
    await restart(env, settings.model_copy(update={"answered_kept_days": 0}))
    await alice.slash(general, "ask", question=CACTUS)
    app = app_of(env)
    app.live = without_entry(app.live, "cactus-in-winter")
    assert await explained(robin, general) == wording.EXPLAIN_ENTRY_GONE


async def test_a_message_of_somebody_else_is_no_answer(
    robin: MemberActor, alice: MemberActor, general: ChannelHandle
) -> None:
    await alice.send(general, "cacti are great")
    assert await explained(robin, general) == wording.EXPLAIN_NO_ANSWER


async def test_a_member_sees_neither_command_and_can_forge_neither_button_nor_form(
    env: Env, alice: MemberActor, general: ChannelHandle
) -> None:
    await alice.slash(general, "ask", question=CACTUS)
    pressed = await forge_press(env, alice, last(general), "cv:ex:type:cactus-in-winter")
    assert whispered(pressed) == wording.NO_RIGHT
    fields = [{"type": 18, "component": {"type": 4, "custom_id": "why", "value": CACTUS}}]
    sent = await forge_submit(env, alice, general, FORM.format(entry="cactus-in-winter"), fields)
    assert whispered(sent) == wording.NO_RIGHT
    tree = cast(commands.Bot, env.bot).tree
    for found in (
        tree.get_command("explain"),
        tree.get_command(wording.MENU_EXPLAIN, type=discord.AppCommandType.message),
    ):
        assert isinstance(found, app_commands.Command | app_commands.ContextMenu)
        assert found.default_permissions == discord.Permissions(manage_messages=True)
    assert TypeQuestion in LASTING


async def test_a_very_long_question_still_fits_one_message(
    robin: MemberActor, general: ChannelHandle
) -> None:
    text = whispered(await robin.slash(general, "explain", question="cactus _water_ " * 380))
    assert len(text) < 4000
    assert text.endswith(wording.EXPLAIN_MEND.split("\n")[-1])
