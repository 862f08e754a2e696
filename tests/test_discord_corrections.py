"""Corrections: who read the older answer in public finds the correction on it, and is told once a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, ResponseMessage

from bot.core import wording as members_wording
from bot.core import wording_corrections as wording
from bot.core.entry import Correction, Status
from bot.discord_ui.cogs.deliver import MOST_A_TURN
from bot.settings import Settings
from bot.store.shown import Edition, Place
from tests.discord_drive import app_of, bot_id, labels, last, logged, read, reply, restart, whispered
from tests.make import a_correction, with_entry

CACTUS, ENTRY = "How often should a cactus be watered in winter?", "cactus-in-winter"
FIRST = a_correction(date(2026, 1, 4), "It is once a month, not twice.")
SECOND = a_correction(date(2026, 1, 9), "Cold rooms need less.")
TURN_S = 6
EDIT = "/channels/*/messages/*"


def corrected(env: Env, corrections: Sequence[Correction] = (FIRST,), **changes: Any) -> None:
    """The entry was corrected and went live."""
    app = app_of(env)
    live = with_entry(app.live, ENTRY, corrections=tuple(corrections), **changes)
    version = f"corrected-{len(corrections)}-{len(changes)}-{app.live.library.version}"[:60]
    app.live = replace(live, library=replace(live.library, version=version))


async def shown(env: Env) -> list[dict[str, Any]]:
    """The public answers that are noted."""
    return await app_of(env).store.shown.rows()


async def an_answer(member: MemberActor, channel: ChannelHandle) -> ResponseMessage:
    """A public answer about the cactus."""
    return reply(await member.slash(channel, "ask", question=CACTUS))


def notices(channel: ChannelHandle) -> list[str]:
    """What was said in the channel of corrections."""
    return [text for text in map(read, channel.history()) if text.startswith("✎")]


# ------------------------------------------------------------------ what is noted


async def test_a_public_answer_is_noted_without_question_and_person(
    alice: MemberActor, general: ChannelHandle, guild: GuildHandle, env: Env
) -> None:
    answer = await an_answer(alice, general)
    (row,) = await shown(env)
    assert (row["guild_id"], row["channel_id"], row["message_id"]) == (guild.id, general.id, answer.id)
    assert (row["entry_id"], row["entry_corrections"]) == (ENTRY, 0)
    assert alice.id not in row.values()
    assert CACTUS not in row.values()


async def test_an_answer_to_a_mention_is_noted(alice: MemberActor, general: ChannelHandle, env: Env) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {CACTUS}")
    assert [row["message_id"] for row in await shown(env)] == [last(general).id]


@pytest.mark.parametrize("private", [True, None])
async def test_what_only_one_member_sees_is_not_noted(
    alice: MemberActor, general: ChannelHandle, env: Env, private: bool | None
) -> None:
    if private:
        await alice.slash(general, "ask", question=CACTUS, private=True)
    else:
        await alice.send_dm(CACTUS)
    assert await shown(env) == []


@pytest.mark.settings(message_ids_kept_days=0)
async def test_where_none_are_kept_none_is_noted(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await an_answer(alice, general)
    assert await shown(env) == []


async def test_a_removed_answer_is_forgotten(alice: MemberActor, general: ChannelHandle, env: Env) -> None:
    await alice.click(await an_answer(alice, general), label="Remove")
    assert await shown(env) == []


async def test_after_ninety_days_it_is_forgotten(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    app = app_of(env)
    old = app.clock() - timedelta(days=91)
    await app.store.shown.note(Place(1, general.id, 5), Edition(ENTRY, "0a1b2c3d", 0), old)
    await app.tidy()
    assert await shown(env) == []


# ------------------------------------------------------------------ edited and told


async def test_the_answer_is_edited_with_the_correction_on_top_and_the_channel_told_once(
    alice: MemberActor, guild: GuildHandle, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    answer = await an_answer(alice, general)
    corrected(env, answer="Once a month is enough. More makes it rot. Less does no harm.")
    await env.advance_time(2 * TURN_S)
    lines = read(answer).split("\n")
    assert lines[0] == wording.CORRECTED_SINCE
    assert FIRST.changed in lines[1]
    assert "Once a month is enough." in read(answer)
    (notice,) = notices(general)
    assert CACTUS in notice
    assert FIRST.changed in notice
    assert f"https://discord.com/channels/{guild.id}/{general.id}/{answer.id}" in notice
    for _ in range(2):
        await restart(env, settings)
        corrected(env, answer="Once a month is enough. More makes it rot. Less does no harm.")
        await env.advance_time(3 * TURN_S)
    assert len(notices(general)) == 1


async def test_the_buttons_of_the_edited_answer_still_belong_to_the_asker(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = await an_answer(alice, general)
    before = labels(answer)
    corrected(env)
    await env.advance_time(2 * TURN_S)
    assert labels(answer) == before
    assert whispered(await bob.click(answer, label="Not my question")) == members_wording.NOT_YOURS
    assert whispered(await alice.click(answer, label="Not my question")) == members_wording.STILL_NOTED
    assert [question.text for question in await logged(env)] == [CACTUS]
    await alice.click(answer, label="Remove")
    assert await shown(env) == []


async def test_each_channel_gets_one_notice_for_all_its_messages(
    alice: MemberActor, guild: GuildHandle, general: ChannelHandle, env: Env
) -> None:
    other = guild.create_text_channel("other")
    answers = [await an_answer(alice, channel) for channel in (general, other, general, general)]
    corrected(env)
    await env.advance_time(3 * TURN_S)
    assert all(read(answer).startswith(wording.CORRECTED_SINCE) for answer in answers)
    assert [len(notices(channel)) for channel in (general, other)] == [1, 1]
    assert [notices(c)[0].count("https://discord.com") for c in (general, other)] == [3, 1]


async def test_a_second_correction_is_told_too_and_both_stand_on_top(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = await an_answer(alice, general)
    corrected(env)
    await env.advance_time(2 * TURN_S)
    corrected(env, (FIRST, SECOND))
    await env.advance_time(2 * TURN_S)
    text = read(answer)
    assert text.index(SECOND.changed) < text.index(FIRST.changed)
    assert text.count(wording.CORRECTED_SINCE) == 1
    assert [SECOND.changed in notice for notice in notices(general)] == [False, True]


async def test_two_corrections_that_go_live_together_are_told_one_after_the_other(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await an_answer(alice, general)
    corrected(env, (FIRST, SECOND))
    await env.advance_time(3 * TURN_S)
    assert [(FIRST.changed in notice, SECOND.changed in notice) for notice in notices(general)] == [
        (True, False),
        (False, True),
    ]


async def test_an_answer_given_after_the_correction_is_left_alone(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    corrected(env)
    answer = await an_answer(alice, general)
    await env.advance_time(2 * TURN_S)
    assert wording.CORRECTED_SINCE not in read(answer)
    assert notices(general) == []


async def test_an_edit_without_a_correction_leaves_messages_as_they_are(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = await an_answer(alice, general)
    before = read(answer)
    corrected(env, (), details="**The trial.** Told better.")
    await env.advance_time(2 * TURN_S)
    assert read(answer) == before
    assert notices(general) == []


async def test_of_messages_older_than_fourteen_days_no_notice_speaks(
    alice: MemberActor, guild: GuildHandle, general: ChannelHandle, env: Env
) -> None:
    app = app_of(env)
    answer = await an_answer(alice, general)
    await app.store.shown.forget(answer.id)
    old = app.clock() - timedelta(days=20)
    await app.store.shown.note(Place(guild.id, general.id, answer.id), Edition(ENTRY, "0a1b2c3d", 0), old)
    corrected(env)
    await env.advance_time(3 * TURN_S)
    assert read(answer).startswith(wording.CORRECTED_SINCE)
    assert notices(general) == []


async def test_a_withdrawn_answer_says_so(alice: MemberActor, general: ChannelHandle, env: Env) -> None:
    answer = await an_answer(alice, general)
    corrected(env, status=Status.RETIRED)
    await env.advance_time(2 * TURN_S)
    assert read(answer).endswith(wording.WITHDRAWN)
    assert FIRST.changed in read(answer)
    assert labels(answer) == ["Remove"]


# ------------------------------------------------------------------ what may be in the way


async def test_only_so_many_are_edited_in_a_turn(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    for _ in range(MOST_A_TURN + 2):
        await an_answer(alice, general)
    corrected(env)
    await env.advance_time(TURN_S)
    edited = [row for row in await shown(env) if row["shown_corrections"]]
    assert len(edited) <= 2 * MOST_A_TURN
    await env.advance_time(3 * TURN_S)
    assert {row["shown_corrections"] for row in await shown(env)} == {1}
    assert len(notices(general)) == 1


async def test_a_message_that_somebody_deleted_is_forgotten_and_the_others_go_on(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    gone, answer = await an_answer(alice, general), await an_answer(alice, general)
    env.backend.delete_message(general.id, gone.id)
    corrected(env)
    await env.advance_time(2 * TURN_S)
    assert [row["message_id"] for row in await shown(env)] == [answer.id]
    assert read(answer).startswith(wording.CORRECTED_SINCE)
    assert str(gone.id) not in notices(general)[0]


async def test_where_discord_fails_the_sweep_rests_and_goes_on(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = await an_answer(alice, general)
    env.inject_error("PATCH", EDIT, status=503)
    corrected(env)
    await env.advance_time(TURN_S)
    assert wording.CORRECTED_SINCE not in read(answer)
    assert notices(general) == [], "a channel is told when its messages show it"
    await env.advance_time(40)
    assert read(answer).startswith(wording.CORRECTED_SINCE)
    assert len(notices(general)) == 1


async def test_what_may_not_be_edited_is_tried_again_with_the_next_library(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = await an_answer(alice, general)
    env.inject_error("PATCH", EDIT, status=403, code=50001)
    corrected(env)
    await env.advance_time(2 * TURN_S)
    assert [row["state"] for row in await shown(env)] == ["refused"]
    assert notices(general) == []
    corrected(env, (FIRST,), details="**The trial.** Told better.")
    await env.advance_time(2 * TURN_S)
    assert read(answer).startswith(wording.CORRECTED_SINCE)
    assert len(notices(general)) == 1


# ------------------------------------------------------------------ the public record


async def test_without_a_correction_the_record_says_so(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    app = app_of(env)
    for entry in app.live.library.entries.values():
        app.live = with_entry(app.live, entry.id, corrections=())
    assert whispered(await alice.slash(general, "corrections")) == wording.CORRECTIONS_NONE


async def test_the_record_lists_all_newest_first_and_pages_outlive_a_restart(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings
) -> None:
    many = [a_correction(date(2026, 1, day), f"Change {day}.") for day in range(1, 21)]
    corrected(env, many)
    first = reply(await alice.slash(general, "corrections"))
    text = read(first)
    assert text.index("Change 20.") < text.index("Change 19.")
    assert "Change 1." not in text
    assert labels(first) == [wording.BUTTON_OLDER]
    await restart(env, settings)
    corrected(env, many)
    second = reply(await alice.click(first, label=wording.BUTTON_OLDER))
    assert second.id == first.id
    assert "Change 20." not in read(second)
    assert labels(second) == [wording.BUTTON_NEWER, wording.BUTTON_OLDER]
