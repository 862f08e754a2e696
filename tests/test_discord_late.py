"""A slow database: past a second and a half the bot asks Discord for more time, privately."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import discord
import pytest
from discord.ext import commands
from simcord import ChannelHandle, Env, GuildHandle, HttpLogEntry, InteractionResult, MemberActor

from bot.core import wording, wording_audit
from bot.settings import Settings
from bot.store.records import Answered, Way
from bot.store.store import Store
from tests.discord_drive import app_of, body, locked, logged, read, reply, whispered

CACTUS = "How often should a cactus be watered in winter?"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"
DEFERRED_MESSAGE, DEFERRED_UPDATE = 5, 6


def callbacks(env: Env, kind: int) -> list[HttpLogEntry]:
    """The first responses of that kind."""
    return [r for r in env.http_requests if r.path.endswith("/callback") and body(r)["type"] == kind]


class Declared:
    """The store itself, which tells SimCord that waiting for it is waiting for something outside."""

    def __init__(self, store: Any, env: Env) -> None:
        self._store = store
        self._env = env

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not callable(method):
            return Declared(method, self._env)  # a part of the store, such as its tallies

        async def declared(*args: Any, **fields: Any) -> Any:
            # A write runs in a task of its own, and SimCord knows an outside wait by its task.
            inner = getattr(method, "__wrapped__", None)
            wait = method(*args, **fields) if inner is None else inner(self._store, *args, **fields)
            return await self._env.external_wait(wait, reason="another program holds the database")

        return declared


async def while_locked(
    env: Env, settings: Settings, act: Callable[[], Coroutine[Any, Any, InteractionResult]]
) -> InteractionResult:
    """Do something while another program holds the database until the bot has asked for more time."""
    app = app_of(env)
    store = app.store
    app.store = cast(Store, Declared(store, env))
    try:
        with locked(settings):
            before = len(env.http_requests)
            done = await act()
            (asked_for_time,) = env.http_requests[before:]
            assert body(asked_for_time)["type"] in (DEFERRED_MESSAGE, DEFERRED_UPDATE)
        async with asyncio.timeout(20):
            while len(env.http_requests) == before + 1:  # noqa: ASYNC110  # SimCord has no event for it
                await asyncio.sleep(0.01)
        await env.settle()
    finally:
        app.store = store
    return done


@pytest.mark.parametrize("question", [CACTUS, UNSURE, UNKNOWN])
async def test_a_late_answer_is_promised_privately_and_comes_privately(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings, question: str
) -> None:
    asked = await while_locked(env, settings, lambda: alice.slash(general, "ask", question=question))
    (promise,) = callbacks(env, DEFERRED_MESSAGE)
    assert body(promise)["data"]["flags"] & discord.MessageFlags.ephemeral.flag
    answer = reply(asked)
    assert answer.ephemeral
    assert "Remove" not in read(answer)
    assert read(answer).startswith(
        {CACTUS: "## ", UNSURE: wording.DID_YOU_MEAN, UNKNOWN: wording.NOT_ANSWERED}[question]
    )
    assert len(await logged(env)) == (question == UNKNOWN)


async def test_a_late_choice_still_turns_into_its_answer(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    await while_locked(env, settings, lambda: alice.click(choices, label=CACTUS))
    assert len(callbacks(env, DEFERRED_UPDATE)) == 1
    assert f"## {CACTUS}" in read(choices)


async def test_a_late_button_still_whispers(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    honest = reply(await alice.slash(general, "ask", question=UNKNOWN))
    told_so = await while_locked(env, settings, lambda: alice.click(honest, label="Tell me when it is"))
    assert whispered(told_so) == wording.WILL_TELL
    await while_locked(env, settings, lambda: alice.click(reply(told_so), label="Never mind"))
    assert read(reply(told_so)) == wording.WILL_NOT_TELL


async def acknowledged_by_itself(
    env: Env, press: Callable[[], Coroutine[Any, Any, InteractionResult]]
) -> Any:
    """Press a button whose request for time reaches Discord before discord.py hears that it did."""

    async def ask_for_time(interaction: discord.Interaction) -> None:
        await discord.InteractionResponse(interaction).defer(ephemeral=True)

    cast(commands.Bot, env.bot).add_listener(ask_for_time, "on_interaction")
    try:
        return await press()
    finally:
        cast(commands.Bot, env.bot).remove_listener(ask_for_time, "on_interaction")


async def test_a_reply_that_crosses_the_request_for_more_time_arrives_all_the_same(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    honest = reply(await alice.slash(general, "ask", question=UNKNOWN))
    told_so = await acknowledged_by_itself(env, lambda: alice.click(honest, label="Tell me when it is"))
    assert len(callbacks(env, DEFERRED_UPDATE)) == 1
    assert whispered(told_so) == wording.WILL_TELL
    await acknowledged_by_itself(env, lambda: alice.click(reply(told_so), label="Never mind"))
    assert read(reply(told_so)) == wording.WILL_NOT_TELL


async def test_a_late_modal_is_still_thanked_for(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    asked = await alice.click(answer, label="This is wrong")
    why = {"why": "It is twice a month."}
    done = await while_locked(env, settings, lambda: alice.submit_modal(asked, why))
    assert whispered(done).startswith("Thank you")
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_a_late_form_of_an_audit_still_turns_into_the_next_answer(
    guild: GuildHandle, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    robin = guild.add_member(env.create_user("robin"), roles=[role])
    app = app_of(env)
    entry = app.live.library.entries["lily-and-cats"]
    record = Answered("one", entry.id, entry.version, app.live.library.version, 0.87, Way.MATCH)
    await app.store.keep_answered(record, app.clock())
    which = reply(await robin.click(reply(await robin.slash(general, "audit")), label=wording_audit.WRONG))
    form = await robin.click(which, label=wording_audit.OTHER)

    await while_locked(env, settings, lambda: robin.submit_modal(form, {"why": "cactus-in-winter"}))

    assert len(callbacks(env, DEFERRED_UPDATE)) == 1
    assert wording_audit.NOTHING_LEFT in read(which)
    (judged,) = await app.store.audits.every()
    assert judged.right_entry_id == "cactus-in-winter"
