"""[Tell me when it is]: the one thing for which a member's id is kept, and how to take it back."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording, wording_corrections
from bot.discord_ui.tell_buttons import STILL_OPEN_AFTER
from bot.settings import Settings
from bot.store.records import Waiter
from tests.discord_drive import (
    app_of,
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

UNKNOWN = "my bicycle chain is rusty"
OFFERED = [wording_corrections.BUTTON_MENTION, wording_corrections.BUTTON_REMIND, wording.BUTTON_UNTELL]


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
    assert labels(reply(told)) == OFFERED
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
    assert labels(reply(again)) == OFFERED


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
    for message, custom_id in ((m, i) for m in (honest_no, told) for i in custom_ids(m)):
        assert whispered(await forge_press(env, bob, message, custom_id)) == wording.NOT_YOURS
    assert await waiting(env) == [alice.id]


# ------------------------------------------------------------------ two wishes


async def wishes(env: Env, user_id: int) -> Waiter | None:
    """How the member wishes to be told of the one question of the log."""
    (question,) = await logged(env)
    return await app_of(env).store.wish(question.id, user_id)


async def test_a_mention_in_the_channel_can_be_allowed_and_taken_back(
    honest_no: ResponseMessage, alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    told = reply(await alice.click(honest_no, label="Tell me when it is"))
    await restart(env, settings)
    allowed = reply(await alice.click(told, label=wording_corrections.BUTTON_MENTION))
    assert allowed.id == told.id
    assert wording_corrections.WISH_MENTION.format(channel=general.id) in read(allowed)
    assert await wishes(env, alice.id) == Waiter(general.id, None)
    again = reply(await alice.click(honest_no, label="Tell me when it is"))
    assert labels(again)[0] == wording_corrections.BUTTON_NO_MENTION, "what was wished is shown"
    back = reply(await alice.click(allowed, label=wording_corrections.BUTTON_NO_MENTION))
    assert labels(back) == OFFERED
    assert await wishes(env, alice.id) == Waiter(None, None)


async def test_to_hear_after_fourteen_days_can_be_wished_and_taken_back(
    honest_no: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    told = reply(await alice.click(honest_no, label="Tell me when it is"))
    wished = reply(await alice.click(told, label=wording_corrections.BUTTON_REMIND))
    found = await wishes(env, alice.id)
    assert found is not None
    assert found.remind_at is not None
    assert (found.remind_at - app_of(env).clock() - STILL_OPEN_AFTER).total_seconds() == pytest.approx(
        0, abs=5
    )
    assert wording_corrections.WISH_REMIND.format(on=found.remind_at.date()) in read(wished)
    await alice.click(wished, label=wording_corrections.BUTTON_NO_REMIND)
    assert await wishes(env, alice.id) == Waiter(None, None)


async def test_who_took_the_name_off_the_list_wishes_nothing(
    honest_no: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    told = reply(await alice.click(honest_no, label="Tell me when it is"))
    remind = custom_ids(told)[1]
    await alice.click(told, label="Never mind")
    late = await forge_press(env, alice, told, remind)
    assert read(reply(late)) == wording_corrections.NOT_WAITING
    assert await waiting(env) == []


async def test_in_a_direct_message_no_mention_is_offered_nor_taken_from_a_forged_id(
    env: Env,
) -> None:
    direct = env.create_user("dora")
    await direct.send_dm(UNKNOWN)
    told = reply(await direct.click(last(direct.dm_channel), label="Tell me when it is"))
    assert labels(told) == OFFERED[1:]
    forged = custom_ids(told)[0].replace("remind", "mention")
    await forge_press(env, direct, told, forged)  # type: ignore[arg-type] # a user presses like a member
    assert await wishes(env, direct.id) == Waiter(None, None)
