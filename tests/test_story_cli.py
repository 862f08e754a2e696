"""The moderators' loop once more, with everything that moderators do done on the command line alone.

Members ask, and are told, in Discord; the bot that runs there is asked by `caveat reload` to take up what was
merged. Between the commands nothing is kept but the database, the data folder and the forge.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from simcord import ChannelHandle, Env, GuildHandle

from bot.app import utc_now
from bot.cli.main import caveat
from bot.core import wording, wording_corrections
from bot.settings import Settings
from tests.discord_drive import app_of, labels, read, reply
from tests.git_places import git
from tests.make_changes import merge

FERNS = ("do ferns dream at night", "at night do ferns dream", "ferns dream at night, do they")
QUESTION, SLUG = "Do ferns dream at night?", "do-ferns-dream-at-night"
ANSWER = "No. A fern has no brain, and nothing in it could dream. At night it only grows a little."
FILE = f"knowledge/entries/watering/{SLUG}.yaml"
A_TURN_S = 6


@pytest.fixture
def knowledge_dir(source: Path) -> Path:
    """The folder in it."""
    return source / "knowledge"


@pytest.fixture
def settings(settings: Settings, forge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The bot's settings, and the same in the environment for the command line."""
    given = settings.model_copy(
        update={"knowledge_remote": str(forge), "knowledge_fetch_seconds": 3600, "watch": False}
    )
    for name in ("cache_dir", "data_dir", "knowledge_dir", "knowledge_remote", "database_url", "matcher"):
        monkeypatch.setenv(name.upper(), str(getattr(given, name)))
    monkeypatch.setenv("CAVEAT_MODERATOR", "Robin")
    monkeypatch.chdir(tmp_path)
    return given


async def run(*words: str, code: int = 0) -> str:
    """What a command says on stdout; it runs beside the bot, in a thread of its own."""
    ran = await asyncio.to_thread(CliRunner().invoke, caveat, list(words), prog_name="caveat")
    assert ran.exit_code == code, (words, ran.stdout, ran.stderr)
    return ran.stdout


async def plain(*words: str) -> Any:
    """The same, of a command that prints JSON."""
    return json.loads(await run(*words, "--json"))


async def test_the_same_from_the_command_line_alone(
    env: Env, guild: GuildHandle, general: ChannelHandle, forge: Path, source: Path, tmp_path: Path
) -> None:
    app_of(env).clock = utc_now  # the commands have no other time
    members = [guild.add_member(env.create_user(name)) for name in ("alice", "bob", "carol")]
    for member, question in zip(members, FERNS, strict=True):
        shown = reply(await member.slash(general, "ask", question=question))
        if wording.BUTTON_NONE in labels(shown):
            shown = reply(await member.click(shown, label=wording.BUTTON_NONE))
        if member is members[1]:
            await member.click(shown, label=wording.BUTTON_TELL)

    # The queue: one cluster of three askers, of whom one waits.
    assert "1" in await run("review", "list")
    shown_cluster = await run("review", "show", "1")
    assert "at least 3 members" in shown_cluster
    assert "One member wants to be told." in shown_cluster
    for question in FERNS:
        assert question in shown_cluster

    # A draft from it: a commit on a branch, and no other file is touched.
    drafted = ["--level", "likely", "--group", "watering", "--question", QUESTION]
    assert SLUG in await run("review", "new-entry", "1", *drafted, "--source", "windowsill-2019")
    (branch,) = [
        line.strip() for line in git(forge, "branch", "--list", "--no-merged", "main").splitlines() if line
    ]
    assert git(forge, "diff", "--name-status", "main", branch) == f"A\t{FILE}"
    assert git(forge, "log", "-1", "--format=%an", branch) == "Robin"
    assert "cluster 1" in git(forge, "log", "-1", "--format=%B", branch)

    # Completed, set to live and merged at the forge; checked against what was there; live in the bot.
    complete = [
        (FILE, "status: draft", "status: live"),
        (FILE, "answer: To be written.", f"answer: {ANSWER}"),
        (FILE, "nobody so far, this is a draft", "Robin"),
    ]
    merge(forge, branch, tmp_path / "desk", edit=complete)
    git(source, "pull", "--quiet", "origin", "main")
    await run("check", "--against", "HEAD~1")
    await run("reload")
    assert app_of(env).live.library.served(SLUG) is not None
    answered = json.loads(await run("ask", "--json", QUESTION))
    assert (answered["decision"], answered["entry"]) == ("answer", SLUG)

    # Proposed as resolved, and confirmed; the bot tells who waits, once. The working copy is behind: what
    # counts is what the bot serves.
    git(source, "reset", "--quiet", "--hard", "HEAD~1")
    await env.advance_time(A_TURN_S)
    proposed = await run("review", "list", "--view", "proposed")
    assert re.search(r"\b1\b", proposed)
    assert members[1].user.dm_channel.history() == []
    await run("review", "confirm", "1", "--entry", SLUG)
    assert await run("review", "confirm", "1", "--entry", SLUG, code=1) is not None
    await env.advance_time(3 * A_TURN_S)
    (message,) = members[1].user.dm_channel.history()
    assert wording_corrections.TOLD.format(question=FERNS[1]) in read(message)
    assert ANSWER in read(message)
    assert [row["user_id"] for row in await app_of(env).store.outbox.rows()] == [None]
    history = await run("review", "history", "1")
    assert "Robin" in history
    assert SLUG in history

    # An audit of what was answered since, and its figures.
    await members[0].slash(general, "ask", question=FERNS[0])
    found = re.search(r"caveat audit judge (\d+) ", await run("audit", "next"))
    assert found is not None
    await run("audit", "judge", found[1], "right")
    figures = await plain("audit", "figures")
    assert (figures["window"]["judged"], figures["window"]["wrong"]) == (1, 0)
    assert await plain("corrections") != []
