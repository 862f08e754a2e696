"""Custom ids of somebody's own making: a calm reply, nothing broken, nothing noted on thin air."""

from __future__ import annotations

import re

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording
from bot.discord_ui.client import LASTING
from tests.discord_drive import (
    BUTTON,
    SELECT,
    app_of,
    forge_press,
    forge_submit,
    logged,
    read,
    reply,
    whispered,
)

HUGE = "9" * 40
CALM = {
    wording.ENTRY_GONE,
    wording.EXPIRED,
    wording.OUTDATED,
    wording.NOT_YOURS,
    wording.QUESTION_GONE,
    wording.ALREADY_NOTED,
    wording.WILL_NOT_TELL,
}


@pytest.fixture
async def message(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """A message on which something is pressed."""
    return reply(
        await alice.slash(general, "ask", question="How often should a cactus be watered in winter?")
    )


async def untouched(env: Env) -> None:
    """Nothing was noted anywhere; the one answered question is still there."""
    store = app_of(env).store
    assert await store.feedback_rows() == []
    assert await logged(env) == []
    assert len(await store.answered_rows()) == 1


FORGED = (
    f"cv:src:{'a' * 80}",
    "cv:src:",
    "cv:det:no-such-entry",
    "cv:rel:coffee-for-ferns",
    "cv:show:misting-monstera",
    "cv:show:__class__",
    "cv:mine:no-such-entry:1:0",
    f"cv:nm:no-such-entry:0a1b2c3d:{HUGE}:0",
    "cv:nm::::0",
    "cv:nm:cactus-in-winter:nothex:1:0",
    "cv:nm:cactus-in-winter:0a1b2c3d:-1:1",
    f"cv:nm:cactus-in-winter:0a1b2c3d:{HUGE}:1",
    "cv:wr:no-such-entry:0a1b2c3d:1",
    "cv:wr:::",
    f"cv:pick:{HUGE}:0:no-such-entry",
    "cv:pick:-1::cactus-in-winter",
    "cv:pick:1:0:",
    f"cv:nope:{HUGE}:0",
    "cv:nope:-5:0",
    "cv:nope::0",
    "cv:nope:١٢:0",
    f"cv:open:{HUGE}:0",
    "cv:open:one:0",
    f"cv:tell:{HUGE}:0",
    "cv:tell:-1:0",
    "cv:tell::0",
    "cv:tell:1:x",
    f"cv:untell:{HUGE}:0",
    "cv:untell::0",
    "cv:rm:1",
    "cv:rm:",
)
UNKNOWN = ("", "x", "cv:", "cv:src", "cv:src:a:b", "cv:unheard:1", "cv:tell:1:2:3", "cv:src:ä ö", "🌵" * 50)


async def test_a_forged_button_gets_a_calm_reply_and_notes_nothing(
    message: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    for custom_id in FORGED:
        text = read(reply(await forge_press(env, bob, message, custom_id)))
        assert text in CALM, f"{custom_id}: {text}"
    await untouched(env)


async def test_a_button_that_no_version_knows_is_said_to_be_outdated(
    message: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    for custom_id in UNKNOWN:
        assert whispered(await forge_press(env, bob, message, custom_id)) == wording.OUTDATED, custom_id
    await untouched(env)


@pytest.mark.parametrize("form", [item.form for item in LASTING])
async def test_no_form_breaks_whatever_its_fields_and_its_kind(
    message: ResponseMessage, bob: MemberActor, env: Env, form: str
) -> None:
    names = re.findall(r"\{(\w+)\}", form)
    for field in ("", "-1", HUGE[:12], "x"):
        for kind in (BUTTON, SELECT):
            custom_id = form.format(**dict.fromkeys(names, field))
            pressed = await forge_press(env, bob, message, custom_id, kind=kind, values=[field])
            assert pressed.acknowledged, f"no reply to {custom_id}"
    await untouched(env)


@pytest.mark.parametrize(
    "custom_id", ["cv:te:0", "cv:te:", "cv:tg:-all", "cv:tg:nope", "cv:tl:nope", "cv:tl:"]
)
async def test_a_forged_choice_in_a_menu_is_calm(
    alice: MemberActor, general: ChannelHandle, env: Env, custom_id: str
) -> None:
    topics = reply(await alice.slash(general, "topics"))
    for values in ([], ["no-such-entry"], ["x" * 200], ["\ud800"], [""]):
        chosen = await forge_press(env, alice, topics, custom_id, kind=SELECT, values=values)
        text = read(reply(chosen))
        assert text == wording.ENTRY_GONE or text.startswith(wording.TOPICS_HEADING)


FIELD = [
    {
        "type": 18,
        "id": 1,
        "component": {"type": 4, "id": 2, "custom_id": "why", "value": "It is twice a month."},
    }
]


@pytest.mark.parametrize(
    "custom_id",
    [
        "",
        "cv:why",
        "cv:why:::",
        "cv:why:no-such-entry:0a1b2c3d:1",
        "cv:why:cactus-in-winter:nothex:1",
        "cv:why:cactus-in-winter::",
        "another-modal",
    ],
)
async def test_a_forged_modal_is_said_to_be_outdated_and_notes_nothing(
    bob: MemberActor, general: ChannelHandle, env: Env, custom_id: str
) -> None:
    assert whispered(await forge_submit(env, bob, general, custom_id, FIELD)) == wording.OUTDATED
    assert await app_of(env).store.feedback_rows() == []


@pytest.mark.parametrize("answered", ["", "-1", HUGE, "x"])
async def test_a_modal_with_an_impossible_question_is_noted_without_it(
    bob: MemberActor, general: ChannelHandle, env: Env, answered: str
) -> None:
    custom_id = f"cv:why:cactus-in-winter:0a1b2c3d:{answered}"
    assert whispered(await forge_submit(env, bob, general, custom_id, FIELD)).startswith("Thank you")
    (row,) = await app_of(env).store.feedback_rows()
    assert (row["text"], row["why"]) == (None, "It is twice a month.")


@pytest.mark.parametrize(
    "components",
    [
        [],
        [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "other", "value": "x"}}],
        [{"type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": "why", "value": ""}]}],
        [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "why", "value": None}}],
    ],
)
async def test_a_modal_without_the_field_is_noted_without_a_reason(
    bob: MemberActor, general: ChannelHandle, env: Env, components: list[dict[str, object]]
) -> None:
    custom_id = "cv:why:cactus-in-winter:0a1b2c3d:0"
    assert whispered(await forge_submit(env, bob, general, custom_id, components)).startswith("Thank you")
    (row,) = await app_of(env).store.feedback_rows()
    assert row["why"] is None
