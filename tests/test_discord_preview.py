"""The preview's Discord: what runs by itself goes on there, and direct messages are not lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle, Env, MemberActor

from bot.discord_ui.buttons import said
from bot.discord_ui.client import CaveatBot
from bot.discord_ui.preview import scene
from bot.discord_ui.turning import Loop, period_s, turning
from bot.journeys.entry_tests import StoppedError
from bot.settings import Settings
from tests.discord_drive import app_of, logged, reply

UNSURE = "how often should a cactus be watered"


def bot_of(env: Env) -> CaveatBot:
    """The bot that is running."""
    assert isinstance(env.bot, CaveatBot)
    return env.bot


async def test_choices_left_alone_run_out_though_the_simulated_clock_stands_still(
    env: Env, alice: MemberActor, general: ChannelHandle
) -> None:
    reply(await alice.slash(general, "ask", question=UNSURE))
    before, tidied = env.now(), asyncio.Event()
    app_of(env).clock = lambda: before + timedelta(hours=1)  # the preview's is the real one

    async def turn(loop: Loop) -> None:
        await loop()
        if loop.coro.__qualname__ == "Upkeep.tidy":
            tidied.set()

    async with turning(bot_of(env), turn, period=lambda loop: 0.0):
        await tidied.wait()

    (question,) = await logged(env)
    assert question.text == UNSURE
    assert env.now() == before


async def test_each_loop_turns_after_its_own_period(env: Env) -> None:
    turned: dict[str, float] = {}

    async def noted(loop: Loop) -> None:
        turned[loop.coro.__qualname__] = period_s(loop)

    async with turning(bot_of(env), noted, period=lambda loop: 0.0):
        await asyncio.sleep(0)

    assert turned["Deliver.turns"] == 5
    assert turned["Upkeep.tidy"] == 60
    assert "Upkeep.heartbeat" not in turned  # the settings name no file for it


async def test_a_direct_message_is_told_since_the_page_does_not_show_it(settings: Settings) -> None:
    told: list[tuple[str, str]] = []
    async with scene(settings, told=lambda name, text: told.append((name, text))) as running:
        to = await running.env.bot.create_dm(discord.Object(running.member.id))
        await to.send(view=said("It is answered by now."))
        await running.env.settle()

    assert told == [("Alex", "It is answered by now.")]


async def test_told_to_stop_it_does_not_begin_and_closes_what_was_open(
    settings: Settings, tmp_path: Path
) -> None:
    goes_on = iter([True, True, False])

    with pytest.raises(StoppedError):
        async with scene(settings, goes_on=lambda: next(goes_on)):
            raise AssertionError("it began")

    assert not list(tmp_path.glob("caveat.db-*"))
