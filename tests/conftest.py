"""Fixtures: for each test a bot of its own in a simulated Discord, on a real SQLite file."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import discord
import pytest
import structlog
from simcord import ChannelHandle, Env, GuildHandle, MemberActor
from structlog.typing import EventDict

from bot.discord_ui.client import create_bot
from bot.settings import Settings
from tests.discord_api import check_requests
from tests.discord_drive import app_of
from tests.make import KNOWLEDGE, some_settings
from tests.make_changes import a_forge, a_knowledge_repository


def pytest_configure(config: pytest.Config) -> None:
    """The marks of these tests."""
    config.addinivalue_line("markers", "settings(**changes): settings of the bot under test")
    config.addinivalue_line("markers", "trouble: the bot is expected to log an error")


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests changes what they find."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def knowledge_dir() -> Path:
    """The folder that the bot reads; a test file may bring its own."""
    return KNOWLEDGE


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A moderator's working copy of the knowledge; a test file may bring its own, as of the forge."""
    return a_knowledge_repository(tmp_path / "source")


@pytest.fixture
def forge(source: Path) -> Path:
    """The bare repository from which it is cloned, and to which changes are pushed and merged."""
    return a_forge(source)


@pytest.fixture
def settings(knowledge_dir: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The bot's settings, with what the mark `settings` changes."""
    mark = request.node.get_closest_marker("settings")
    return some_settings(knowledge_dir, tmp_path / "caveat.db", **(mark.kwargs if mark else {}))


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """What the bot logs."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
async def env(
    settings: Settings, log: list[EventDict], caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> AsyncIterator[Env]:
    """A simulated Discord with the real bot, which has no privileged intent.

    Afterwards every request that the bot sent must be one that Discord takes, and no error may
    stand in the log, unless the test says by the mark `trouble` that it wants one.
    """
    env = Env(create_bot(settings), approved_intents=discord.Intents.none(), settle_timeout=30.0)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        await app_of(env).close()
    assert check_requests(env.http_requests) == []
    if request.node.get_closest_marker("trouble") is None:
        env.raise_errors()
        assert [entry for entry in log if entry["log_level"] in ("error", "critical")] == []
        assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


@pytest.fixture
def guild(env: Env) -> GuildHandle:
    """A server."""
    return env.create_guild()


@pytest.fixture
def general(guild: GuildHandle) -> ChannelHandle:
    """A channel in which everybody may write."""
    return guild.create_text_channel("general")


@pytest.fixture
def alice(env: Env, guild: GuildHandle) -> MemberActor:
    """A member."""
    return guild.add_member(env.create_user("alice"))


@pytest.fixture
def bob(env: Env, guild: GuildHandle) -> MemberActor:
    """Another member."""
    return guild.add_member(env.create_user("bob"))
