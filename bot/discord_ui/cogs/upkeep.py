"""Upkeep: what runs by itself while the bot is connected."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from discord.ext import commands, tasks

from bot.app import App
from bot.discord_ui import errors

log = structlog.get_logger(__name__)

HEARTBEAT_S = 15


class Upkeep(commands.Cog):
    """Offers run out, old answered questions go, and the heartbeat says that the bot is connected."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.bot = bot
        self.app = app
        self._tidying = asyncio.Lock()

    async def cog_load(self) -> None:
        """Start the loops."""
        self.tidy.start()
        if self.app.settings.heartbeat_file is not None:
            self.heartbeat.start()

    async def cog_unload(self) -> None:
        """Stop the loops, yet never in the middle of a write: the database's thread may not get over it."""
        async with self._tidying:
            self.tidy.cancel()
        self.heartbeat.cancel()

    @tasks.loop(minutes=1)
    async def tidy(self) -> None:
        """Offers left alone become unanswered, and what is too old is forgotten."""
        try:
            async with self._tidying:
                await self.app.tidy()
        except Exception as error:  # a loop that dies silently would never tidy again
            log.error("tidying failed", reference=errors.new_reference(), exc_info=error)

    @tasks.loop(seconds=HEARTBEAT_S)
    async def heartbeat(self) -> None:
        """Touch the heartbeat file while the gateway is connected.

        A bot that was ready once counts as ready to discord.py while it tries to connect anew.
        """
        file = self.app.settings.heartbeat_file
        if file is not None and self.bot.is_ready() and self.bot.ws.open:
            try:
                file.touch()
            except OSError as error:
                log.warning("cannot touch the heartbeat file", file=str(file), why=error.strerror)


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Upkeep(bot, bot.app))
