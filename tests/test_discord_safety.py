"""The safety list: its reply is for the asker alone, whatever the settings, and nothing is kept."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording
from bot.settings import Settings
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
from tests.make import with_library

EATEN = "I ate a leaf and my mouth burns"
HELP = "Call your local poison centre now"


async def nothing_is_kept(env: Env) -> bool:
    """True where neither an answered nor an unanswered question is in the database."""
    return await logged(env) == [] and await app_of(env).store.answered_rows() == []


async def test_by_slash_its_reply_is_private_even_where_answers_are_public(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    helped = await alice.slash(general, "ask", question=EATEN, private=False)
    assert whispered(helped).startswith(HELP)
    assert labels(reply(helped)) == []
    assert await nothing_is_kept(env)


async def test_a_mention_gets_a_line_that_tells_nobody_what_was_asked(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {EATEN}")
    line = last(general)
    assert read(line) == wording.HELP_SHORT
    assert whispered(await bob.click(line, label=wording.BUTTON_OPEN_HELP)) == wording.NOT_YOURS
    assert whispered(await alice.click(line, label=wording.BUTTON_OPEN_HELP)).startswith(HELP)
    assert await nothing_is_kept(env)


async def test_the_reply_to_a_mention_still_opens_after_a_restart(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {EATEN}")
    line = last(general)
    await restart(env, settings)
    assert whispered(await alice.click(line, label=wording.BUTTON_OPEN_HELP)).startswith(HELP)


async def test_a_direct_message_gets_the_reply_at_once(env: Env) -> None:
    carol = env.create_user("carol")
    await carol.send_dm(EATEN)
    assert read(last(carol.dm_channel)).startswith(HELP)
    assert await nothing_is_kept(env)


async def test_a_decoy_of_the_safety_list_is_not_sent_to_help(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = whispered(await alice.slash(general, "ask", question="my fern swallowed a whole can of water"))
    assert HELP not in text


async def test_a_kind_that_is_taken_off_the_list_does_not_open_any_more(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {EATEN}")
    app = app_of(env)
    app.live = with_library(app.live, never={})
    opened = await alice.click(last(general), label=wording.BUTTON_OPEN_HELP)
    assert whispered(opened) == wording.OUTDATED


@pytest.mark.parametrize("kind", ["", "no-such-kind", "__class__", "x" * 60])
async def test_a_forged_kind_is_calm(alice: MemberActor, general: ChannelHandle, env: Env, kind: str) -> None:
    message: ResponseMessage = reply(await alice.slash(general, "caveats"))
    assert custom_ids(message) == []
    assert whispered(await forge_press(env, alice, message, f"cv:help:{kind}:0")) == wording.OUTDATED
