"""Change sets in Discord: what a proposal shows, what it would change, and its withdrawal."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import discord
import pytest
from discord.ext import commands
from simcord import ChannelHandle, Env, GuildHandle, MemberActor

from bot.core import wording_changes as wording
from bot.core import wording_moderators
from bot.core.problem import Problem, Severity
from bot.discord_ui.change_views import proposal_files, proposal_view, refusal_text
from bot.journeys.change_words import NewEntry, NotProposed, Why
from bot.journeys.changes import Proposed, propose_decoy, propose_entry, propose_phrasing
from bot.settings import Settings
from bot.store.changes import ChangeStatus
from bot.store.records import Answered, Way
from tests.discord_drive import app_of, forge_press, labels, last, parts, read, restart, whispered
from tests.git_places import git
from tests.make import KNOWLEDGE
from tests.make_changes import ADA, NEW_DECOY, NEW_PHRASING, proposed

CACTUS = "cactus-in-winter"


@pytest.fixture
def knowledge_dir(source: Path) -> Path:
    """The folder in it."""
    return source / "knowledge"


@pytest.fixture
def robin(env: Env, guild: GuildHandle) -> MemberActor:
    """Who runs the server."""
    role = guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
    return guild.add_member(env.create_user("robin"), roles=[role])


async def a_phrasing(env: Env, text: str = NEW_PHRASING) -> Proposed:
    """A phrasing, proposed with the app's own workbench."""
    app = app_of(env)
    bench = await app.workbench()
    return proposed(await propose_phrasing(bench, app.live, CACTUS, text, None, ADA, app.clock()))


async def posted(env: Env, general: ChannelHandle, made: Proposed) -> discord.Message:
    """The proposal, in a channel."""
    channel = cast(discord.TextChannel, cast(commands.Bot, env.bot).get_channel(general.id))
    files = cast(Any, proposal_files(made))
    await channel.send(view=proposal_view(made), files=files)
    return last(general)


async def test_a_proposal_without_a_remote_brings_its_file_and_its_patch(
    env: Env, general: ChannelHandle
) -> None:
    made = await a_phrasing(env)
    message = await posted(env, general, made)
    text = read(message)
    assert wording.HEADING["phrasing"].format(entry=CACTUS) in text
    assert str(made.branch) in text
    assert labels(message) == [wording.BUTTON_EFFECTS, wording.BUTTON_WITHDRAW]
    names = {file.filename for file in message.attachments}
    assert names == {f"{CACTUS}.yaml", f"{CACTUS}.patch"}


async def test_a_pushed_proposal_needs_no_files_and_links_to_its_merge_request(
    env: Env, general: ChannelHandle
) -> None:
    made = await a_phrasing(env)
    link = "https://git.example.org/plants/compare/main...caveat"
    pushed = replace(made, status=ChangeStatus.PUSHED, link=link)
    assert proposal_files(pushed) == []
    message = await posted(env, general, pushed)
    assert labels(message) == [wording.BUTTON_MERGE, wording.BUTTON_EFFECTS, wording.BUTTON_WITHDRAW]
    assert link in [part.get("url") for part in parts(message)]


async def test_without_git_the_patch_is_for_the_folder(
    env: Env, general: ChannelHandle, settings: Settings, tmp_path: Path
) -> None:
    alone = tmp_path / "alone" / "knowledge"
    shutil.copytree(KNOWLEDGE, alone)
    await restart(env, settings.model_copy(update={"knowledge_dir": alone}))
    made = await a_phrasing(env)
    message = await posted(env, general, made)
    assert wording.KEPT in read(message)
    assert "no git repository" in read(message)
    assert len(message.attachments) == 2


async def test_what_a_phrasing_changes_is_told_with_the_question_and_both_outcomes(
    env: Env, general: ChannelHandle, robin: MemberActor
) -> None:
    app = app_of(env)
    record = Answered(NEW_PHRASING, CACTUS, "x", "y", 0.9, Way.MATCH)
    await app.store.keep_answered(record, app.clock())
    message = await posted(env, general, await a_phrasing(env))
    text = whispered(await robin.click(message, label=wording.BUTTON_EFFECTS))
    assert "questions of the log were asked" not in text
    assert "1 of the log were asked of both" in text
    assert "1 question is newly answered" in text
    assert NEW_PHRASING in text
    assert f"→ `{CACTUS}` (1.00)" in text


async def test_a_decoy_that_changes_nothing_says_so(
    env: Env, general: ChannelHandle, robin: MemberActor
) -> None:
    app = app_of(env)
    bench = await app.workbench()
    made = proposed(await propose_decoy(bench, app.live, CACTUS, NEW_DECOY, None, ADA, app.clock()))
    message = await posted(env, general, made)
    assert wording.NOTHING_CHANGES in whispered(await robin.click(message, label=wording.BUTTON_EFFECTS))


async def test_a_draft_is_told_as_if_it_were_live(
    env: Env, general: ChannelHandle, robin: MemberActor
) -> None:
    app = app_of(env)
    draft = NewEntry(question="Do ferns dream at night?", level="tentative", group="light-and-growth")
    bench = await app.workbench()
    made = proposed(await propose_entry(bench, app.live, draft, None, ADA, app.clock()))
    await app.store.keep_answered(
        Answered("do ferns dream at night", CACTUS, "x", "y", 0.9, Way.MATCH), app.clock()
    )
    message = await posted(env, general, made)
    assert wording.DRAFT_HOW in read(message)
    text = whispered(await robin.click(message, label=wording.BUTTON_EFFECTS))
    assert "as if the draft `do-ferns-dream-at-night` were live" in text
    assert "→ `do-ferns-dream-at-night` (1.00)" in text


async def test_withdrawn_once_and_the_second_press_is_told(
    env: Env, general: ChannelHandle, robin: MemberActor, settings: Settings, forge: Path
) -> None:
    await restart(env, settings.model_copy(update={"knowledge_remote": str(forge)}))
    made = await a_phrasing(env)
    assert made.status is ChangeStatus.PUSHED
    message = await posted(env, general, made)
    await restart(env, settings.model_copy(update={"knowledge_remote": str(forge)}))
    done = whispered(await robin.click(message, label=wording.BUTTON_WITHDRAW))
    assert done == wording.WITHDREW_ONE.format(ids=made.change_id)
    assert git(forge, "branch", "--list", str(made.branch)) == ""
    again = whispered(await robin.click(message, label=wording.BUTTON_WITHDRAW))
    assert again == wording.NOTHING_TO_WITHDRAW.format(id=made.change_id, status="withdrawn")
    effects = whispered(await robin.click(message, label=wording.BUTTON_EFFECTS))
    assert effects == wording.EFFECTS_NOT.format(why="it was withdrawn, so nothing is left to compare")


async def test_a_member_can_press_neither_also_not_with_a_forged_id(
    env: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    made = await a_phrasing(env)
    message = await posted(env, general, made)
    for custom_id in (f"cv:change:effects:{made.change_id}", f"cv:change:withdraw:{made.change_id}"):
        pressed = await forge_press(env, alice, message, custom_id)
        assert whispered(pressed) == wording_moderators.NO_RIGHT
    change = await app_of(env).store.changes.change(made.change_id)
    assert change is not None
    assert change.is_open


async def test_a_change_that_never_was_is_told_calmly(
    env: Env, general: ChannelHandle, robin: MemberActor
) -> None:
    message = await posted(env, general, await a_phrasing(env))
    for custom_id in ("cv:change:withdraw:999", "cv:change:withdraw:x" * 2):
        pressed = await forge_press(env, robin, message, custom_id[:40])
        assert whispered(pressed)


def test_a_refusal_tells_its_mend_its_problems_and_a_rewording() -> None:
    problem = Problem("entries/a/b.yaml", 3, 5, "some-rule", Severity.ERROR, "it is *wrong*", "mend it")
    refused = NotProposed(
        Why.ERRORS, "there would be errors", "mend them", (problem,) * 5, "in *other* words"
    )
    text = refusal_text(refused)
    assert text.startswith("**Nothing was proposed**: there would be errors.\n→ mend them.")
    assert r"> in \*other\* words" in text
    assert text.count("`entries/a/b.yaml:3:5`") == 3
    assert r"it is \*wrong\*" in text
    assert wording_moderators.PROBLEMS_MORE.format(count=2) in text
