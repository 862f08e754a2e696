"""/audit in Discord: answers judged one at a time, by those who may, whatever is forged or restarted."""

from __future__ import annotations

import re
from datetime import timedelta

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, ResponseMessage

from bot.core import limits, wording_moderators
from bot.core import wording_audit as wording
from bot.discord_ui.client import LASTING
from bot.settings import Settings
from bot.store.audits import NO_ENTRY, Audit, Judgement
from bot.store.records import Answered, Way
from tests.discord_drive import (
    BUTTON,
    SELECT,
    app_of,
    custom_ids,
    forge_press,
    forge_submit,
    labels,
    options,
    read,
    reply,
    restart,
    whispered,
)
from tests.make import without_entry

ROW = [wording.RIGHT, wording.WRONG, wording.UNSURE, wording.SKIP, wording.STOP]
LILY = "Is a lily poisonous to a cat?"


@pytest.fixture
def robin(env: Env, guild: GuildHandle) -> MemberActor:
    """A moderator."""
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("robin"), roles=[role])


async def kept(env: Env, *texts: str, way: Way = Way.MATCH, entry_id: str = "lily-and-cats") -> list[int]:
    """Answered questions as they are kept; their ids."""
    app = app_of(env)
    version = app.live.library.entries[entry_id].version
    records = [Answered(text, entry_id, version, app.live.library.version, 0.87, way) for text in texts]
    return [await app.store.keep_answered(record, app.clock()) for record in records]


async def judged(env: Env) -> list[Audit]:
    """What was judged."""
    return await app_of(env).store.audits.every()


async def opened(robin: MemberActor, general: ChannelHandle, **chosen: str) -> ResponseMessage:
    """The first answer that /audit shows."""
    shown = reply(await robin.slash(general, "audit", **chosen))
    assert shown.ephemeral
    return shown


# ------------------------------------------------------------------ one after the other


async def test_an_answer_is_shown_with_its_question_entry_level_and_confidence(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "my cat **ate** a lily @everyone")
    shown = await opened(robin, general)
    text = read(shown)
    assert wording.HEADING.format(judged=0, aim=1) in text
    assert r"my cat \*\*ate\*\* a lily" in text
    assert "@everyone" not in text
    assert LILY in text
    assert "**Established**" in text
    assert "87 % sure" in text.replace("87%", "87 %")
    assert wording.EDITED not in text
    assert labels(shown) == ROW


async def test_right_is_noted_and_the_next_one_comes_until_nothing_is_left(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    ids = await kept(env, "one", "two")
    first = await opened(robin, general)
    second = reply(await robin.click(first, label=wording.RIGHT))
    assert second.id == first.id, "the message turns into the next one"
    assert wording.HEADING.format(judged=1, aim=2) in read(second)
    last = reply(await robin.click(second, label=wording.UNSURE))
    assert wording.NOTHING_LEFT in read(last)
    assert "Answers that are wrong: 0.0%" in read(last)
    assert labels(last) == [wording.TAKE_BACK]
    done = await judged(env)
    assert sorted(audit.answered_at for audit in done) == sorted(a.answered_at for a in done)
    assert {audit.text for audit in done} == {"one", "two"}
    assert [audit.judgement for audit in done] == [Judgement.RIGHT, Judgement.UNSURE]
    assert {audit.moderator_id for audit in done} == {robin.id}
    assert len(ids) == len(done)


async def test_wrong_asks_which_entry_would_have_been_right(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "can leaves get burnt behind a window")
    which = reply(await robin.click(await opened(robin, general), label=wording.WRONG))
    assert await judged(env) == []
    menu = next(each for each in custom_ids(which) if each.startswith("cv:au:which:"))
    offered = options(which, menu)
    assert next(iter(offered)) == "sunburnt-leaves"
    assert list(offered.values())[-2:] == [wording.NONE_RIGHT, wording.NOT_KNOWN]
    assert len(offered) <= limits.SELECT_OPTIONS
    last = reply(await robin.select(which, ["sunburnt-leaves"], custom_id=menu))
    assert wording.NOTHING_LEFT in read(last)
    (audit,) = await judged(env)
    assert (audit.judgement, audit.right_entry_id) == (Judgement.WRONG, "sunburnt-leaves")


@pytest.mark.parametrize(("value", "right"), [("-none", NO_ENTRY), ("-unknown", None)])
async def test_wrong_may_name_no_entry(
    env: Env, robin: MemberActor, general: ChannelHandle, value: str, right: str | None
) -> None:
    await kept(env, "one")
    which = reply(await robin.click(await opened(robin, general), label=wording.WRONG))
    await robin.select(which, [value], custom_id=custom_ids(which)[0])
    assert [audit.right_entry_id for audit in await judged(env)] == [right]


async def test_back_leads_to_the_same_answer_again(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one", "two", "three")
    first = await opened(robin, general)
    which = reply(await robin.click(first, label=wording.WRONG))
    back = reply(await robin.click(which, label=wording.BACK))
    assert custom_ids(back) == custom_ids(first)
    assert await judged(env) == []


async def test_another_entry_is_named_by_its_id_or_question(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one", "two")
    shown = await opened(robin, general)
    for typed in ("cactus-in-winter", "how often should a cactus be watered in winter"):
        which = reply(await robin.click(shown, label=wording.WRONG))
        form = await robin.click(which, label=wording.OTHER)
        shown = reply(await robin.submit_modal(form, {"why": typed}))
    assert [audit.right_entry_id for audit in await judged(env)] == ["cactus-in-winter"] * 2
    assert wording.NOTHING_LEFT in read(shown)


async def test_an_entry_that_there_is_not_is_told_with_what_may_be_meant(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one")
    which = reply(await robin.click(await opened(robin, general), label=wording.WRONG))
    form = await robin.click(which, label=wording.OTHER)
    again = reply(await robin.submit_modal(form, {"why": "catcus-in-wintr @everyone"}))
    assert "nothing is noted yet" in read(again)
    assert "`cactus-in-winter`" in read(again)
    assert "@everyone" not in read(again)
    assert await judged(env) == []
    assert wording.OTHER in labels(again)


async def test_skip_shows_another_one_and_notes_nothing(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one", "two")
    first = await opened(robin, general)
    right = custom_ids(first)[0]
    second = reply(await robin.click(first, label=wording.SKIP))
    assert custom_ids(second)[0] != right
    assert await judged(env) == []


async def test_a_slip_is_taken_back_and_the_same_answer_comes_again(
    env: Env, robin: MemberActor, general: ChannelHandle, settings: Settings
) -> None:
    await kept(env, "one", "two")
    first = await opened(robin, general)
    slipped = reply(await robin.click(first, label=wording.RIGHT))
    assert labels(slipped) == [*ROW, wording.TAKE_BACK]
    await restart(env, settings)
    again = reply(await robin.click(slipped, label=wording.TAKE_BACK))
    assert await judged(env) == []
    assert wording.TAKEN_BACK in read(again)
    assert wording.HEADING.format(judged=0, aim=2) in read(again)
    assert re.findall("> (one|two)", read(again)) == re.findall("> (one|two)", read(first))
    assert labels(again) == ROW, "what was taken back is not taken back again"
    await robin.click(again, label=wording.UNSURE)
    assert [audit.judgement for audit in await judged(env)] == [Judgement.UNSURE]


async def test_nobody_takes_back_what_another_one_said(
    env: Env, guild: GuildHandle, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one", "two")
    role = guild.create_role("More", permissions=discord.Permissions(manage_messages=True))
    sam = guild.add_member(env.create_user("sam"), roles=[role])
    first = await opened(robin, general)
    (answered_id,) = re.findall(r"cv:au:right:match:(\d+)", " ".join(custom_ids(first)))
    await robin.click(first, label=wording.RIGHT)
    (audit,) = await judged(env)
    shown = await opened(sam, general)
    told = await forge_press(env, sam, shown, f"cv:au:undo:match:{answered_id}")
    assert wording.NOT_YOURS in read(reply(told))
    assert await judged(env) == [audit]


async def test_stop_says_what_is_known_so_far(env: Env, robin: MemberActor, general: ChannelHandle) -> None:
    await kept(env, "one", "two")
    shown = reply(await robin.click(await opened(robin, general), label=wording.RIGHT))
    stopped = reply(await robin.click(shown, label=wording.STOP))
    assert read(stopped).startswith(wording.STOPPED)
    assert wording.MORE_NEEDED.format(count=58) in read(stopped)


async def test_suggestions_that_were_taken_come_apart(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "matched")
    await kept(env, "taken", way=Way.CHOICE)
    shown = await opened(robin, general, which="choice")
    assert wording.HEADING_CHOSEN.format(judged=0, aim=1) in read(shown)
    assert "taken" in read(shown)
    last = reply(await robin.click(shown, label=wording.RIGHT))
    assert wording.NOTHING_LEFT in read(last)
    assert [audit.way for audit in await judged(env)] == [Way.CHOICE]


# ------------------------------------------------------------------ what may be in the way


async def test_nothing_to_judge_is_said(robin: MemberActor, general: ChannelHandle) -> None:
    shown = await opened(robin, general)
    assert wording.NOTHING_YET in read(shown)
    assert wording.COVERAGE_UNKNOWN in read(shown)


@pytest.mark.settings(answered_kept_days=0)
async def test_where_nothing_is_kept_the_mend_is_told(robin: MemberActor, general: ChannelHandle) -> None:
    assert read(await opened(robin, general)) == wording.NONE_KEPT


async def test_two_moderators_never_judge_the_same_one_twice(
    env: Env, guild: GuildHandle, robin: MemberActor, general: ChannelHandle
) -> None:
    role = guild.create_role("Helpers", permissions=discord.Permissions(manage_messages=True))
    kim = guild.add_member(env.create_user("kim"), roles=[role])
    await kept(env, "one")
    ours, theirs = await opened(robin, general), await opened(kim, general)
    await robin.click(ours, label=wording.RIGHT)
    told = reply(await kim.click(theirs, label=wording.UNSURE))
    assert wording.NOTHING_LEFT in read(told)
    assert [audit.moderator_id for audit in await judged(env)] == [robin.id]


async def test_who_comes_second_is_told_and_goes_on(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one")
    shown = await opened(robin, general)
    right = custom_ids(shown)[0]
    await robin.click(shown, label=wording.RIGHT)
    await kept(env, "two")
    told = reply(await forge_press(env, robin, shown, right))
    assert read(told).startswith(wording.BEFORE_YOU)
    assert "two" in read(told)


async def test_what_was_forgotten_meanwhile_is_told_and_the_next_one_comes(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one")
    shown = await opened(robin, general)
    app = app_of(env)
    await app.store.purge_answered(app.clock() + timedelta(days=1))
    await kept(env, "two")
    for custom_id in custom_ids(shown)[:3]:
        told = reply(await forge_press(env, robin, shown, custom_id))
        assert read(told).startswith(wording.NOT_KEPT)
        assert "two" in read(told)
    assert await judged(env) == []


async def test_an_entry_that_was_deleted_since_can_still_be_judged(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "one")
    app = app_of(env)
    app.live = without_entry(app.live, "lily-and-cats")
    shown = await opened(robin, general)
    assert wording.ENTRY_DELETED.format(entry="lily-and-cats") in read(shown)
    await robin.click(shown, label=wording.RIGHT)
    assert len(await judged(env)) == 1


async def test_every_step_goes_on_after_a_restart(
    env: Env, robin: MemberActor, general: ChannelHandle, settings: Settings
) -> None:
    await kept(env, "one")
    shown = await opened(robin, general)
    await restart(env, settings)
    which = reply(await robin.click(shown, label=wording.WRONG))
    await restart(env, settings)
    form = await robin.click(which, label=wording.OTHER)
    await restart(env, settings)
    last = reply(await robin.submit_modal(form, {"why": "cactus-in-winter"}))
    assert wording.NOTHING_LEFT in read(last)
    assert [audit.right_entry_id for audit in await judged(env)] == ["cactus-in-winter"]


async def test_the_longest_question_and_answer_fit(
    env: Env, robin: MemberActor, general: ChannelHandle
) -> None:
    await kept(env, "*_" * 250)
    shown = await opened(robin, general)
    assert len(read(shown)) <= limits.MESSAGE_TEXT
    which = reply(await robin.click(shown, label=wording.WRONG))
    assert len(read(which)) <= limits.MESSAGE_TEXT


# ------------------------------------------------------------------ who may


FORMS = [item.form for item in LASTING if item.form.startswith("cv:au:")]


async def test_a_member_without_the_right_does_not_see_the_command(
    alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    assert "audit" not in alice.available_commands(general)
    assert "audit" in robin.available_commands(general)


async def test_there_are_buttons_to_forge() -> None:
    assert len(FORMS) == 9


@pytest.mark.parametrize("form", FORMS)
async def test_a_member_can_press_none_of_the_buttons_by_forging_them(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle, form: str
) -> None:
    (answered_id,) = await kept(env, "one")
    message = reply(await alice.slash(general, "about"))
    custom_id = form.format(way="match", answered=answered_id)
    for kind in (BUTTON, SELECT):
        pressed = await forge_press(env, alice, message, custom_id, kind=kind, values=["cactus-in-winter"])
        assert whispered(pressed) == wording_moderators.NO_RIGHT
    assert await judged(env) == []


async def test_a_member_cannot_submit_the_form_by_forging_it(
    env: Env, alice: MemberActor, general: ChannelHandle
) -> None:
    (answered_id,) = await kept(env, "one")
    typed = {"type": 4, "id": 2, "custom_id": "why", "value": "cactus-in-winter"}
    field = [{"type": 18, "id": 1, "component": typed}]
    sent = await forge_submit(env, alice, general, f"cv:au:form:match:{answered_id}", field)
    assert whispered(sent) == wording_moderators.NO_RIGHT
    assert await judged(env) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("field", ["", "-1", "9" * 40, "x", "٣"])
async def test_a_moderator_who_forges_gets_a_calm_reply(
    env: Env, robin: MemberActor, general: ChannelHandle, form: str, field: str
) -> None:
    message = reply(await robin.slash(general, "about"))
    for kind in (BUTTON, SELECT):
        custom_id = form.format(way=field, answered=field)
        pressed = await forge_press(env, robin, message, custom_id, kind=kind, values=[field])
        assert pressed.acknowledged, f"no reply to {custom_id}"
    assert await judged(env) == []


async def test_a_right_that_was_taken_away_ends_at_the_next_press(
    env: Env, guild: GuildHandle, general: ChannelHandle
) -> None:
    await kept(env, "one")
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    kim = guild.add_member(env.create_user("kim"), roles=[role])
    shown = await opened(kim, general)
    env.backend.remove_member_role(guild.id, kim.id, role.id)
    assert whispered(await kim.click(shown, label=wording.RIGHT)) == wording_moderators.NO_RIGHT
    assert await judged(env) == []
