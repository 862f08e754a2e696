"""After a restart: every button, menu and open modal of before still does what it says."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording
from bot.settings import Settings
from tests.discord_drive import (
    app_of,
    bot_id,
    custom_ids,
    labels,
    last,
    logged,
    read,
    reply,
    restart,
    whispered,
)

CACTUS = "How often should a cactus be watered in winter?"
ORCHID = "Is tap water bad for an orchid?"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"


@pytest.fixture
async def answer(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """A public answer that alice got before the restart."""
    return reply(await alice.slash(general, "ask", question=CACTUS))


async def test_the_buttons_under_an_answer_still_work(
    answer: ResponseMessage, alice: MemberActor, bob: MemberActor, env: Env, settings: Settings
) -> None:
    await restart(env, settings)
    assert "Winter watering of potted succulents" in whispered(await bob.click(answer, label="Sources"))
    assert "Forty pots" in whispered(await bob.click(answer, label="Details"))
    menu = await bob.click(answer, label="Related")
    assert labels(reply(menu)) == [ORCHID]
    assert whispered(await bob.click(answer, label="Not my question")) == wording.NOT_YOURS
    assert whispered(await bob.click(answer, label="Remove")) == wording.NOT_YOURS
    assert whispered(await alice.click(answer, label="Not my question")) == wording.STILL_NOTED
    await alice.click(answer, label="Remove")
    assert [question.text for question in await logged(env)] == [CACTUS]


async def test_a_related_entry_still_opens(
    answer: ResponseMessage, bob: MemberActor, env: Env, settings: Settings
) -> None:
    menu = reply(await bob.click(answer, label="Related"))
    await restart(env, settings)
    assert f"## {ORCHID}" in whispered(await bob.click(menu, label=ORCHID))


async def test_not_my_question_from_before_the_restart_is_still_noted_once(
    answer: ResponseMessage, alice: MemberActor, env: Env, settings: Settings
) -> None:
    await alice.click(answer, label="Not my question")
    await restart(env, settings)
    assert whispered(await alice.click(answer, label="Not my question")) == wording.ALREADY_NOTED
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_this_is_wrong_still_opens_and_is_noted(
    answer: ResponseMessage, bob: MemberActor, env: Env, settings: Settings
) -> None:
    await restart(env, settings)
    asked = await bob.click(answer, label="This is wrong")
    assert whispered(await bob.submit_modal(asked, {"why": "It is twice a month."})).startswith("Thank you")
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_a_modal_that_was_open_during_the_restart_is_noted_when_it_is_submitted(
    answer: ResponseMessage, bob: MemberActor, env: Env, settings: Settings
) -> None:
    asked = await bob.click(answer, label="This is wrong")
    await restart(env, settings)
    assert whispered(await bob.submit_modal(asked, {"why": "It is twice a month."})).startswith("Thank you")
    (row,) = await app_of(env).store.feedback_rows()
    assert row["why"] == "It is twice a month."


async def test_a_modal_that_was_left_open_for_hours_is_noted_too(
    answer: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    asked = await bob.click(answer, label="This is wrong")
    for _ in range(9):  # in steps: each may take a while on a busy machine
        await env.advance_time(5 * 60)
    assert whispered(await bob.submit_modal(asked, {"why": "It is twice a month."})).startswith("Thank you")
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_choices_still_turn_into_the_answer(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    await restart(env, settings)
    assert f"## {CACTUS}" in read(reply(await alice.click(choices, label=CACTUS)))
    assert len(await app_of(env).store.answered_rows()) == 1


async def test_none_of_these_is_still_logged(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    await restart(env, settings)
    assert read(reply(await alice.click(choices, label="None of these"))) == wording.STILL_NOTED
    assert len(await logged(env)) == 1


async def test_the_choices_of_a_mention_still_open(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {UNSURE}")
    line = last(general)
    await restart(env, settings)
    assert whispered(await bob.click(line, label="Show choices")) == wording.NOT_YOURS
    assert whispered(await alice.click(line, label="Show choices")) == wording.DID_YOU_MEAN


@pytest.mark.settings(public_answers=False)
async def test_a_private_answer_to_a_mention_still_opens(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {CACTUS}")
    line = last(general)
    await restart(env, settings)
    assert f"## {CACTUS}" in whispered(await alice.click(line, label="Show the answer"))


async def test_tell_me_and_never_mind_still_work(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    honest = reply(await alice.slash(general, "ask", question=UNKNOWN))
    await restart(env, settings)
    told = await alice.click(honest, label="Tell me when it is")
    assert whispered(told) == wording.WILL_TELL
    await restart(env, settings)
    assert read(reply(await alice.click(reply(told), label="Never mind"))) == wording.WILL_NOT_TELL
    (question,) = await logged(env)
    assert question.waiting == 0


async def test_the_menus_of_topics_still_work(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    topics = reply(await alice.slash(general, "topics"))
    await restart(env, settings)
    group, level = custom_ids(topics)
    chosen = reply(await alice.select(topics, ["watering"], custom_id=group))
    await restart(env, settings)
    opened = await alice.select(chosen, ["cactus-in-winter"], custom_id=custom_ids(chosen)[-1])
    assert f"## {CACTUS}" in whispered(opened)
    assert level.startswith("cv:tl:")


async def test_what_a_check_opened_still_opens(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    message = await alice.send(general, "A cactus needs no water at all in winter. So they say.")
    check = reply(await alice.context_menu(general, wording.MENU_CHECK, message))
    await restart(env, settings)
    assert f"## {CACTUS}" in whispered(await alice.click(check, label=CACTUS))
