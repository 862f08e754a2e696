"""Telling who waited: one message to each, whatever Discord, a crash or closed direct messages do."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any, cast

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording, wording_corrections
from bot.core.delivery import State
from bot.core.moderator import Moderator
from bot.discord_ui.client import CaveatBot
from bot.discord_ui.cogs.deliver import Deliver
from bot.discord_ui.cogs.resolve import THOUGHT_OVER
from bot.discord_ui.sender import Sender
from bot.journeys.deliver import MOST_ATTEMPTS, NONCE_HOLDS
from bot.journeys.resolve import Resolved, resolve
from bot.settings import Settings
from bot.store.cluster_records import Dismissal, View
from tests.discord_drive import app_of, body, labels, last, logged, read, reply, restart, whispered
from tests.make import without_entry

UNKNOWN = "my bicycle chain is rusty"
CACTUS = "How often should a cactus be watered in winter?"
TURN_S = 6
DIRECT = "/channels/*/messages"
ROBIN = Moderator(1, "Robin")


@pytest.fixture
async def waits(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """What alice read when she pressed [Tell me when it is]."""
    honest = reply(await alice.slash(general, "ask", question=UNKNOWN))
    return reply(await alice.click(honest, label="Tell me when it is"))


async def confirmed(env: Env, entry_id: str = "cactus-in-winter") -> None:
    """A moderator says that this entry answers the one open cluster."""
    app = app_of(env)
    (cluster,) = await app.store.clusters.page(View.QUEUE, app.clock())
    done = await resolve(app.store, app.live, cluster.id, cluster.revision, entry_id, ROBIN, app.clock())
    assert isinstance(done, Resolved)


async def states(env: Env) -> list[tuple[Any, ...]]:
    """State and user id of every delivery."""
    return [(row["state"], row["user_id"]) for row in await app_of(env).store.outbox.rows()]


async def waiting(env: Env) -> list[int]:
    """Who waits for the first question of the log."""
    return await app_of(env).store.waiting(1)


async def begun_and_sent(env: Env) -> None:
    """The message goes out, and the bot dies before it hears of it."""
    app = app_of(env)
    (due,) = await app.store.outbox.due(app.clock(), 5)
    begun = await app.store.outbox.begin(due, app.clock(), app.clock() + timedelta(minutes=2))
    assert begun is not None
    await Sender(env.bot, app).send(begun)


def stopped(env: Env) -> Deliver:
    """The bot's deliveries, which wait for a restart from now on."""
    cog = cast(Deliver, cast(CaveatBot, env.bot).get_cog("Deliver"))
    cog.turns.cancel()
    return cog


# ------------------------------------------------------------------ once


async def test_who_waits_gets_one_direct_message_with_the_answer_and_is_forgotten(
    waits: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    await confirmed(env)
    await env.advance_time(TURN_S)
    told = last(alice.user.dm_channel)
    assert wording_corrections.TOLD.format(question=UNKNOWN) in read(told)
    assert f"## {CACTUS}" in read(told)
    assert wording_corrections.TOLD_FOOT in read(told)
    assert await states(env) == [("sent", None)]
    assert await waiting(env) == []
    await restart(env, settings)
    await env.advance_time(3 * TURN_S)
    assert len(alice.user.dm_channel.history()) == 1


async def test_the_buttons_of_the_message_work(waits: ResponseMessage, alice: MemberActor, env: Env) -> None:
    await confirmed(env)
    await env.advance_time(TURN_S)
    told = last(alice.user.dm_channel)
    assert "Forty pots" in whispered(await alice.user.click(told, label="Details"))


async def test_a_crash_after_it_went_out_is_looked_up_and_nothing_is_sent_again(
    waits: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    stopped(env)
    await confirmed(env)
    await begun_and_sent(env)
    await restart(env, settings)
    await env.advance_time(TURN_S)
    assert len(alice.user.dm_channel.history()) == 1
    assert await states(env) == [("sent", None)]


async def test_a_crash_before_it_went_out_is_looked_up_and_it_is_sent(
    waits: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    stopped(env)
    await confirmed(env)
    app = app_of(env)
    (due,) = await app.store.outbox.due(app.clock(), 5)
    await app.store.outbox.begin(due, app.clock(), app.clock() + timedelta(minutes=2))
    await restart(env, settings)
    await env.advance_time(TURN_S)
    assert len(alice.user.dm_channel.history()) == 1
    assert await states(env) == [("sent", None)]


async def test_where_discord_fails_it_is_looked_up_later_and_sent_once(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await confirmed(env)
    env.inject_error("POST", DIRECT, status=503)
    await env.advance_time(TURN_S)
    assert (await states(env))[0][0] == "sending"
    await env.advance_time(20)
    assert len(alice.user.dm_channel.history()) == 1
    assert await states(env) == [("sent", None)]


async def test_where_it_cannot_be_looked_up_for_a_moment_that_is_tried_again(
    waits: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    stopped(env)
    await confirmed(env)
    await begun_and_sent(env)
    env.inject_error("GET", DIRECT, status=503)
    await restart(env, settings)
    await env.advance_time(60)
    assert len(alice.user.dm_channel.history()) == 1
    assert await states(env) == [("sent", None)]


async def test_where_it_may_not_be_looked_up_it_stays_unclear_and_is_not_sent_again(
    waits: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    stopped(env)
    await confirmed(env)
    await begun_and_sent(env)
    env.inject_error("GET", DIRECT, status=403, code=50001, times=None)
    await env.advance_time(NONCE_HOLDS.total_seconds() + 1)
    await restart(env, settings)
    await env.advance_time(3 * TURN_S)
    assert len(alice.user.dm_channel.history()) == 1
    assert await states(env) == [("unclear", None)]
    assert await waiting(env) == []


async def test_what_was_tried_too_often_ends_and_no_id_is_kept(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    cog = stopped(env)
    await confirmed(env)
    app = app_of(env)
    for _ in range(MOST_ATTEMPTS):
        (due,) = await app.store.outbox.due(app.clock(), 5)
        begun = await app.store.outbox.begin(due, app.clock(), app.clock())
        assert begun is not None
        await app.store.outbox.postpone(begun, app.clock(), State.DUE)
    await cog.turn()
    assert alice.user.dm_channel.history() == []
    assert await states(env) == [("refused", None)]


@pytest.mark.parametrize("code", [40002, 20016])
async def test_a_refusal_that_passes_is_tried_again(
    waits: ResponseMessage, alice: MemberActor, env: Env, code: int
) -> None:
    await confirmed(env)
    env.inject_error("POST", DIRECT, status=403, code=code)
    await env.advance_time(TURN_S)
    assert await states(env) == [("due", alice.id)]
    await env.advance_time(20)
    assert len(alice.user.dm_channel.history()) == 1


async def test_every_message_carries_its_nonce_to_be_enforced(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await confirmed(env)
    await env.advance_time(TURN_S)
    path = f"/channels/{alice.user.dm_channel.id}/messages"
    (sent,) = [r for r in env.http_requests if r.method == "POST" and r.path == path]
    assert body(sent)["enforce_nonce"] is True
    assert len(body(sent)["nonce"]) == 24


# ------------------------------------------------------------------ closed direct messages


def closed(env: Env, alice: MemberActor) -> None:
    """Alice takes no direct messages."""
    env.inject_error(
        "POST", f"/channels/{alice.user.dm_channel.id}/messages", status=403, code=50007, times=None
    )


async def test_who_allowed_it_is_mentioned_in_the_channel_without_a_word_of_the_question(
    waits: ResponseMessage, alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.click(waits, label=wording_corrections.BUTTON_MENTION)
    await confirmed(env)
    closed(env, alice)
    await env.advance_time(3 * TURN_S)
    told = last(general)
    assert read(told) == wording_corrections.TOLD_MENTION.format(user=alice.id)
    assert "bicycle" not in read(told)
    (sent,) = [
        r for r in env.http_requests if r.method == "POST" and r.path == f"/channels/{general.id}/messages"
    ]
    assert body(sent)["allowed_mentions"]["users"] == [alice.id]
    assert body(sent)["allowed_mentions"].get("parse", []) == []
    assert labels(told) == [wording.BUTTON_OPEN_ANSWER]
    assert whispered(await bob.click(told, label=wording.BUTTON_OPEN_ANSWER)) == wording.NOT_YOURS
    assert f"## {CACTUS}" in whispered(await alice.click(told, label=wording.BUTTON_OPEN_ANSWER))
    assert await states(env) == [("sent", None)]


async def test_who_did_not_allow_it_is_left_in_peace_and_forgotten(
    waits: ResponseMessage, alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await confirmed(env)
    closed(env, alice)
    before = len(general.history())
    await env.advance_time(3 * TURN_S)
    assert len(general.history()) == before
    assert await states(env) == [("refused", None)]
    assert await waiting(env) == []


async def test_what_keeps_corrections_from_being_read_keeps_no_answer_back(
    waits: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    file = settings.database_url.removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(file)) as database:
        database.execute("ALTER TABLE public_answers RENAME TO out_of_reach")
    await confirmed(env)
    await env.advance_time(TURN_S)
    assert CACTUS in read(last(alice.user.dm_channel))
    assert await waiting(env) == []


# ------------------------------------------------------------------ what changes meanwhile


async def test_an_answer_that_was_withdrawn_meanwhile_is_not_sent_and_the_member_waits_on(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await confirmed(env)
    app = app_of(env)
    app.live = without_entry(app.live, "cactus-in-winter")
    await env.advance_time(TURN_S)
    assert alice.user.dm_channel.history() == []
    assert await states(env) == []
    assert await waiting(env) == [alice.id]
    await env.advance_time(61)  # the round of the gathering
    (cluster,) = await app.store.clusters.page(View.QUEUE, app.clock())
    assert cluster.proposed_entry_id is None


async def test_never_mind_takes_back_what_was_not_sent_yet(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    stopped(env)
    await confirmed(env)
    await alice.click(waits, label=wording.BUTTON_UNTELL)
    assert await states(env) == []
    assert await waiting(env) == []


async def test_who_wished_it_hears_once_that_it_is_open_and_may_leave_the_list(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    app = app_of(env)
    await alice.click(waits, label=wording_corrections.BUTTON_REMIND)
    (question,) = await logged(env)
    await app.store.wish(question.id, alice.id, remind_at=app.clock())
    await env.advance_time(4 * TURN_S)
    told = last(alice.user.dm_channel)
    assert read(told) == wording_corrections.STILL_OPEN.format(question=UNKNOWN)
    assert len(alice.user.dm_channel.history()) == 1
    assert await waiting(env) == [alice.id]
    await alice.user.click(told, label=wording.BUTTON_UNTELL)
    assert await waiting(env) == []


async def test_turns_that_come_at_once_send_it_once(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    cog = stopped(env)
    await confirmed(env)
    await asyncio.gather(*(cog.turn() for _ in range(5)))
    assert len(alice.user.dm_channel.history()) == 1


# ------------------------------------------------------------------ dismissed


async def dismissed_long_ago(env: Env) -> None:
    """A moderator dismissed the one open cluster, longer ago than it is thought over."""
    app = app_of(env)
    (cluster,) = await app.store.clusters.page(View.QUEUE, app.clock())
    long_ago = app.clock() - THOUGHT_OVER
    await app.store.acts.dismiss(cluster.id, cluster.revision, Dismissal.OFF_TOPIC, ROBIN, long_ago)


async def test_who_waits_for_what_was_dismissed_hears_so_once_and_is_forgotten(
    waits: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await dismissed_long_ago(env)
    await env.advance_time(4 * TURN_S)
    (told,) = alice.user.dm_channel.history()
    assert read(told) == wording_corrections.CLOSED.format(question=UNKNOWN)
    assert await states(env) == [("sent", None)]
    assert await waiting(env) == []


async def test_where_direct_messages_are_closed_the_mention_says_nothing_of_the_question(
    waits: ResponseMessage, alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.click(waits, label=wording_corrections.BUTTON_MENTION)
    closed(env, alice)
    await dismissed_long_ago(env)
    await env.advance_time(4 * TURN_S)
    assert read(last(general)) == wording_corrections.CLOSED_MENTION.format(user=alice.id)
