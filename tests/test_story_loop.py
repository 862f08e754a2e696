"""The moderators' loop as one story: from what nobody could answer to a reviewed entry, and back again.

After every step the bot is restarted, and nothing but its database, its data folder and the forge is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor

from bot.core import wording, wording_corrections
from bot.core import wording_review as review
from bot.settings import Settings
from bot.store.cluster_records import ClusterStatus
from tests.discord_drive import app_of, labels, last, read, reply, restart
from tests.git_places import git
from tests.make_changes import merge

FERNS = ("do ferns dream at night", "at night do ferns dream", "ferns dream at night, do they")
QUESTION, SLUG = "Do ferns dream at night?", "do-ferns-dream-at-night"
ANSWER = "No. A fern has no brain, and nothing in it could dream. At night it only grows a little."
FILE = f"knowledge/entries/watering/{SLUG}.yaml"
FETCHED_S, A_TURN_S = 3, 6


@pytest.fixture
def knowledge_dir(source: Path) -> Path:
    """The folder in it, from which the bot starts."""
    return source / "knowledge"


@pytest.fixture
def settings(settings: Settings, forge: Path) -> Settings:
    """With that repository as the remote."""
    remote = {"knowledge_remote": str(forge), "knowledge_fetch_seconds": FETCHED_S, "watch": False}
    return settings.model_copy(update=remote)


@dataclass(frozen=True, slots=True)
class Stage:
    """A server with three members, a moderator, and the bot that is restarted."""

    env: Env
    settings: Settings
    channel: ChannelHandle
    members: tuple[MemberActor, MemberActor, MemberActor]
    robin: MemberActor

    async def restart(self) -> None:
        """A new bot on what is on the disk."""
        await restart(self.env, self.settings)


@pytest.fixture
def stage(env: Env, guild: GuildHandle, general: ChannelHandle, settings: Settings) -> Stage:
    """Everybody who takes part."""
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    alice, bob, carol = (guild.add_member(env.create_user(name)) for name in ("alice", "bob", "carol"))
    robin = guild.add_member(env.create_user("robin"), roles=[role])
    return Stage(env, settings, general, (alice, bob, carol), robin)


async def test_from_three_questions_to_a_reviewed_entry_and_back_to_who_asked(
    stage: Stage, forge: Path, tmp_path: Path
) -> None:
    env, robin, (_, bob, _) = stage.env, stage.robin, stage.members

    # Three members ask the same thing in different words; nobody can answer it.
    honest = []
    for member, question in zip(stage.members, FERNS, strict=True):
        shown = reply(await member.slash(stage.channel, "ask", question=question))
        await stage.restart()
        if wording.BUTTON_NONE in labels(shown):
            shown = reply(await member.click(shown, label=wording.BUTTON_NONE))
            await stage.restart()
        honest.append(shown)

    # One of them wants to be told.
    told = reply(await bob.click(honest[1], label=wording.BUTTON_TELL))
    assert read(told) == wording.WILL_TELL
    await stage.restart()

    # A moderator sees one cluster of three askers,
    page = reply(await robin.slash(stage.channel, "review queue"))
    assert review.HEADING.format(view="Open", place=1, total=1) in read(page)
    assert review.MEMBERS.format(count=3) in read(page)
    assert review.ONE_WAITS in read(page)
    for question in FERNS:
        assert question in read(page)
    await stage.restart()

    # and drafts an entry in the modal.
    form = await robin.click(page, label=review.BUTTON_ENTRY)
    await stage.restart()
    level = next(iter(app_of(env).live.library.levels))
    typed = {"question": QUESTION, "answer": "", "level": [level], "group": ["watering"]}
    await robin.submit_modal(form, {**typed, "sources": ["windowsill-2019"]})
    await stage.restart()

    # A commit stands on a branch of the bare repository; nothing else was touched, no comment in any file.
    (cluster,) = await app_of(env).store.clusters.several([1])
    (change,) = await app_of(env).store.changes.of_cluster(cluster.id)
    assert change.branch is not None
    assert git(forge, "diff", "--name-status", "main", change.branch) == f"A\t{FILE}"
    assert git(forge, "log", "-1", "--format=%an", change.branch) == "robin"
    assert f"cluster {cluster.id}" in git(forge, "log", "-1", "--format=%B", change.branch)
    assert "status: draft" in git(forge, "show", f"{change.branch}:{FILE}")
    assert any(line.startswith("+#") or "#" in line for line in git(forge, "grep", "#", "main").splitlines())

    # It is completed, set to live and merged there; the bot has it live within five seconds.
    complete = [
        (FILE, "status: draft", "status: live"),
        (FILE, "answer: To be written.", f"answer: {ANSWER}"),
        (FILE, "nobody so far, this is a draft", "Robin"),
    ]
    merge(forge, change.branch, tmp_path / "desk", edit=complete)
    await env.advance_time(5)
    assert app_of(env).live.library.served(SLUG) is not None
    await stage.restart()
    assert app_of(env).live.library.served(SLUG) is not None, "also before anything is fetched again"

    # The cluster is proposed as resolved, and nobody is told before a moderator confirms it.
    await env.advance_time(2 * A_TURN_S)
    await stage.restart()
    page = reply(await robin.slash(stage.channel, "review queue", view="proposed"))
    assert review.PROPOSED.format(question=QUESTION, entry=SLUG) in read(page)
    assert bob.user.dm_channel.history() == []
    await stage.restart()
    await robin.click(page, label=review.BUTTON_CONFIRM)
    await stage.restart()

    # The asker is told once, and forgotten.
    for _ in range(3):
        await env.advance_time(2 * A_TURN_S)
        await stage.restart()
    (message,) = bob.user.dm_channel.history()
    assert wording_corrections.TOLD.format(question=FERNS[1]) in read(message)
    assert ANSWER in read(message)
    for other in (stage.members[0], stage.members[2]):
        assert other.user.dm_channel.history() == []
    store = app_of(env).store
    resolved = await store.clusters.cluster(cluster.id)
    assert resolved is not None
    assert resolved.status is ClusterStatus.RESOLVED
    assert [row["user_id"] for row in await store.outbox.rows()] == [None]
    assert await store.open_questions() == []
    assert reply(await robin.slash(stage.channel, "review queue")).ephemeral

    # What was asked is answered from now on.
    answer = reply(await bob.slash(stage.channel, "ask", question=FERNS[0]))
    assert ANSWER in read(answer)
    assert wording.BUTTON_NOT_MINE in labels(answer)
    assert last(bob.user.dm_channel).id == message.id
