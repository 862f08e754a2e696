"""The turns of git in the running bot: merges are fetched, and changes are taken up, each for itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from discord.ext import commands
from simcord import Env

from bot.discord_ui.cogs.watch import Watch
from bot.journeys.changes import propose_decoy
from bot.settings import Settings
from tests.discord_drive import app_of, restart
from tests.make_changes import ADA, CACTUS, merge_edit
from tests.make_kept import NOON

FILE = f"knowledge/{CACTUS}"


@pytest.fixture
def knowledge_dir(source: Path) -> Path:
    """The folder in it, from which the bot starts."""
    return source / "knowledge"


@pytest.fixture
def settings(settings: Settings, forge: Path) -> Settings:
    """With that repository as the remote."""
    return settings.model_copy(update={"knowledge_remote": str(forge), "watch": False})


def watch_of(env: Env) -> Watch:
    return cast(Watch, cast(commands.Bot, env.bot).get_cog("Watch"))


def later(env: Env, by: timedelta) -> None:
    """The app's clock goes on by so much."""
    now = app_of(env).clock()
    app_of(env).clock = lambda: now + by


def answer(env: Env) -> str:
    return app_of(env).live.library.entries["cactus-in-winter"].answer


async def test_a_change_that_the_remote_will_not_have_keeps_no_merge_from_going_live(
    env: Env, settings: Settings, source: Path, forge: Path
) -> None:
    hook = forge / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\nread old new ref\n[ "$ref" = refs/heads/main ] || exit 1\n')
    hook.chmod(0o755)
    await restart(env, settings)
    app, cog = app_of(env), watch_of(env)
    bench = await app.workbench()
    await propose_decoy(bench, app.live, "lily-and-cats", "may a lily bark", None, ADA, NOON)
    await cog.turns()
    (change,) = await bench.changes.newest()
    assert change.trouble is not None

    merge_edit(source, FILE, "About once a month", "Roughly once a month")
    later(env, timedelta(seconds=59))
    await cog.turns()

    assert answer(env).startswith("Roughly once a month")


@pytest.mark.parametrize(("seconds", "is_live"), [(60, True), (86_400, False)])
async def test_merges_are_fetched_as_often_as_was_set(
    env: Env, settings: Settings, source: Path, seconds: int, *, is_live: bool
) -> None:
    await restart(env, settings.model_copy(update={"knowledge_fetch_seconds": seconds}))
    cog = watch_of(env)
    assert cog.turns.seconds == min(seconds, 60), "what was cut off is not left for a day"
    await cog.turns()
    merge_edit(source, FILE, "About once a month", "Roughly once a month")

    later(env, timedelta(seconds=59))
    await cog.turns()

    assert answer(env).startswith("Roughly once a month") is is_live
