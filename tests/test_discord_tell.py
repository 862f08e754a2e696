"""[Tell me when it is]: the one thing for which a member's id is kept, and how to take it back."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording
from tests.discord_drive import app_of, custom_ids, forge_press, labels, logged, read, reply, whispered

UNKNOWN = "my bicycle chain is rusty"


@pytest.fixture
async def honest_no(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """What alice read when her question was not answered."""
    return reply(await alice.slash(general, "ask", question=UNKNOWN))


async def waiting(env: Env) -> list[int]:
    """Who waits for the one question of the log."""
    (question,) = await logged(env)
    return await app_of(env).store.waiting(question.id)


async def test_no_id_is_kept_before_the_member_wants_to_be_told(honest_no: ResponseMessage, env: Env) -> None:
    assert await waiting(env) == []


async def test_who_wants_to_be_told_is_noted_and_may_change_their_mind(
    honest_no: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    told = await alice.click(honest_no, label="Tell me when it is")
    assert whispered(told) == wording.WILL_TELL
    assert labels(reply(told)) == ["Never mind"]
    assert await waiting(env) == [alice.id]
    forgotten = reply(await alice.click(reply(told), label="Never mind"))
    assert read(forgotten) == wording.WILL_NOT_TELL
    assert labels(forgotten) == []
    assert await waiting(env) == []


async def test_pressing_it_twice_notes_it_once(
    honest_no: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await alice.click(honest_no, label="Tell me when it is")
    again = await alice.click(honest_no, label="Tell me when it is")
    assert whispered(again) == wording.ALREADY_WAITING
    assert await waiting(env) == [alice.id]
    assert labels(reply(again)) == ["Never mind"]


async def test_never_mind_twice_is_calm(honest_no: ResponseMessage, alice: MemberActor, env: Env) -> None:
    first = reply(await alice.click(honest_no, label="Tell me when it is"))
    second = reply(await alice.click(honest_no, label="Tell me when it is"))
    for whisper in (first, second):
        assert read(reply(await alice.click(whisper, label="Never mind"))) == wording.WILL_NOT_TELL
    assert await waiting(env) == []


async def test_everybody_who_asked_can_be_told(
    honest_no: ResponseMessage, alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    his = reply(await bob.slash(general, "ask", question=UNKNOWN))
    await bob.click(his, label="Tell me when it is")
    await alice.click(honest_no, label="Tell me when it is")
    assert await waiting(env) == [bob.id, alice.id]


async def test_nobody_else_can_put_themselves_on_the_list_or_take_the_asker_off(
    honest_no: ResponseMessage, alice: MemberActor, bob: MemberActor, env: Env
) -> None:
    told = reply(await alice.click(honest_no, label="Tell me when it is"))
    for message in (honest_no, told):
        (custom_id,) = custom_ids(message)
        assert whispered(await forge_press(env, bob, message, custom_id)) == wording.NOT_YOURS
    assert await waiting(env) == [alice.id]
