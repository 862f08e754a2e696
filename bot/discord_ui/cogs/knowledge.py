"""Knowledge: /knowledge status and /knowledge reload, for moderators."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import discord
from discord.ext import commands

from bot.app import App
from bot.core import wording_moderators as wording
from bot.discord_ui.buttons import in_time, said, show_privately
from bot.discord_ui.knowledge_views import reload_text, status_view
from bot.discord_ui.rights import ModeratorsGroup
from bot.journeys.trend import period

WINDOW = timedelta(days=30)


class Knowledge(commands.Cog):
    """What is live, and how to take up an edit at once."""

    group = ModeratorsGroup("knowledge", wording.COMMAND_KNOWLEDGE)

    def __init__(self, app: App) -> None:
        self.app = app
        self._started = app.clock()

    @group.command(name="status", description=wording.COMMAND_STATUS)
    async def status(self, interaction: discord.Interaction) -> None:
        """Only for the moderator: version, entries, problems, reviews, coverage and risk."""
        await show_privately(interaction, await in_time(interaction, self._status(), thinking=True))

    async def _status(self) -> discord.ui.LayoutView:
        until = self.app.today + timedelta(days=1)
        found = await period(self.app.store, until - WINDOW, until)
        keeper = self.app.keeper
        advice = await asyncio.to_thread(keeper.advice, self.app.today) if keeper is not None else ()
        return status_view(self.app, found, len(advice), self._started)

    @group.command(name="reload", description=wording.COMMAND_RELOAD)
    async def reload(self, interaction: discord.Interaction) -> None:
        """Only for the moderator: what came of it."""
        reloaded = await in_time(interaction, self.app.take_up(), thinking=True)
        await show_privately(interaction, said(reload_text(reloaded)))


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Knowledge(bot.app))
