"""The heartbeat: a container's health check learns whether the gateway is connected."""

from __future__ import annotations

from pathlib import Path

import pytest
from simcord import Env

from bot.discord_ui.cogs.upkeep import HEARTBEAT_S
from bot.settings import Settings
from tests.make import some_settings


@pytest.fixture
def heartbeat(tmp_path: Path) -> Path:
    """The file that the bot touches."""
    return tmp_path / "heartbeat"


@pytest.fixture
def settings(knowledge_dir: Path, tmp_path: Path, heartbeat: Path) -> Settings:
    """With a heartbeat."""
    return some_settings(knowledge_dir, tmp_path / "caveat.db", heartbeat_file=heartbeat)


async def test_the_file_is_touched_again_and_again_while_the_bot_is_connected(
    env: Env, heartbeat: Path
) -> None:
    for _ in range(2):
        await env.advance_time(HEARTBEAT_S + 1)
        assert heartbeat.exists()
        heartbeat.unlink()


async def test_the_file_is_left_alone_while_the_connection_is_lost(env: Env, heartbeat: Path) -> None:
    await env.advance_time(HEARTBEAT_S + 1)
    heartbeat.unlink()
    await env.bot.ws.close()
    assert env.bot.is_ready(), "discord.py counts it as ready all the same"
    await env.advance_time(3 * HEARTBEAT_S)
    assert not heartbeat.exists()
