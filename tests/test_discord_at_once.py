"""Several things at once: two members press together, one presses twice, the library is swapped meanwhile."""

from __future__ import annotations

import asyncio

from simcord import ChannelHandle, Env, MemberActor

from bot.core import wording
from bot.settings import Settings
from tests.discord_drive import (
    app_of,
    bot_id,
    custom_ids,
    delivered,
    last,
    locked,
    logged,
    read,
    reply,
    whispered,
)
from tests.make import with_library, without_entry

CACTUS = "How often should a cactus be watered in winter?"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"


def with_id(message: object, beginning: str) -> str:
    """The one custom id of a message that begins so."""
    (found,) = [each for each in custom_ids(message) if each.startswith(beginning)]  # type: ignore[arg-type]  # a message of either kind
    return found


async def test_two_members_who_read_the_same_answer_at_once_both_get_its_details(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    details = with_id(answer, "cv:det:")
    both = [delivered(env, member, answer, details) for member in (alice, bob)]
    await env.settle()
    assert ["Forty pots" in whispered(each) for each in both] == [True, True]


async def test_not_my_question_pressed_twice_at_once_is_noted_once(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    missed = with_id(answer, "cv:nm:")
    both = [delivered(env, alice, answer, missed) for _ in range(2)]
    await env.settle()
    assert sorted(whispered(each) for each in both) == sorted([wording.STILL_NOTED, wording.ALREADY_NOTED])
    (question,) = await logged(env)
    assert question.times == 1
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_tell_me_pressed_twice_at_once_notes_the_member_once(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    honest = reply(await alice.slash(general, "ask", question=UNKNOWN))
    tell = with_id(honest, "cv:tell:")
    both = [delivered(env, alice, honest, tell) for _ in range(2)]
    await env.settle()
    assert sorted(whispered(each) for each in both) == sorted([wording.WILL_TELL, wording.ALREADY_WAITING])
    (question,) = await logged(env)
    assert question.waiting == 1


async def test_a_choice_and_none_of_these_at_once_count_as_one_of_the_two(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    pick = next(each for each in custom_ids(choices) if each.startswith("cv:pick:"))
    none = with_id(choices, "cv:nope:")
    both = [delivered(env, alice, choices, each) for each in (pick, none)]
    await env.settle()
    assert all(each.acknowledged for each in both)
    kept = len(await app_of(env).store.answered_rows())
    assert (kept, len(await logged(env))) in ((1, 0), (0, 1))


async def test_many_who_ask_the_same_at_once_are_all_answered_and_counted(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    text = f"<@{bot_id(env)}> {UNKNOWN}"
    for member in (alice, bob) * 5:
        env.backend.create_message(general.id, member.id, text)
    await env.settle()
    honest = [m for m in general.history() if m.author.id == bot_id(env)]
    assert len(honest) == 10
    (question,) = await logged(env)
    assert question.times == 10


async def test_who_asks_while_the_library_is_swapped_gets_the_one_it_began_with(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    app = app_of(env)
    with locked(settings) as holder:
        asking = asyncio.ensure_future(alice.slash(general, "ask", question=CACTUS))
        await asyncio.sleep(0.2)
        assert not asking.done(), "it waits for the database with the old library in hand"
        old, gone = app.live, without_entry(app.live, "cactus-in-winter")
        app.live = with_library(gone, levels={}, sources={}, groups={})
        holder.rollback()
        answer = reply(await asking)
    assert f"## {CACTUS}" in read(answer)
    assert "◕ **Likely**" in read(answer)
    (row,) = await app.store.answered_rows()
    assert row["library_version"] == old.library.version
    assert whispered(await alice.click(answer, label="Details")) == wording.ENTRY_GONE


async def test_who_picks_while_the_library_is_swapped_gets_the_one_it_began_with(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    app = app_of(env)
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    with locked(settings) as holder:
        picking = asyncio.ensure_future(alice.click(choices, label=CACTUS))
        await asyncio.sleep(0.2)
        assert not picking.done()
        gone = without_entry(app.live, "cactus-in-winter")
        app.live = with_library(gone, levels={}, sources={}, groups={})
        holder.rollback()
        answer = reply(await picking)
    assert "◕ **Likely**" in read(answer)


async def test_who_mentions_while_the_library_is_swapped_gets_the_one_it_began_with(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    app = app_of(env)
    with locked(settings) as holder:
        asking = asyncio.ensure_future(alice.send(general, f"<@{bot_id(env)}> {CACTUS}"))
        await asyncio.sleep(0.2)
        gone = without_entry(app.live, "cactus-in-winter")
        app.live = with_library(gone, levels={}, sources={}, groups={})
        holder.rollback()
        await asking
    assert "◕ **Likely**" in read(last(general))
