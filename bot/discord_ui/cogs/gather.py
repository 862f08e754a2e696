"""Gather: every minute, what was logged without being placed comes to its cluster."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from discord.ext import commands, tasks

from bot.app import App
from bot.discord_ui import errors

log = structlog.get_logger(__name__)

MOST_ROUNDS = 20
"""Batches in one minute; the first start on an old log goes on in the next."""


class Gather(commands.Cog):
    """Places what waits, joins what has grown alike, and replaces the pseudonyms' key when it is due."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._gathering = asyncio.Lock()
        self._ends = False

    async def cog_load(self) -> None:
        """Start the loop."""
        self.gather.start()

    async def cog_unload(self) -> None:
        """Stop it after the batch that is under way, never in the middle of a write."""
        self._ends = True
        async with self._gathering:
            self.gather.cancel()

    @tasks.loop(minutes=1)
    async def gather(self) -> None:
        """Round after round until nothing waits."""
        try:
            async with self._gathering:
                self.app.gatherer.renew_key(self.app.clock())
                for _ in range(MOST_ROUNDS):
                    done = await self.app.gatherer.gather(self.app.live.matcher.engine, self.app.clock())
                    if done.placed or done.disputes:
                        log.info("gathered", placed=done.placed, joined=done.joined, moved=done.moved)
                    if done.is_all or self._ends:
                        break
        except Exception as error:  # a loop that dies silently would never gather again
            log.error("gathering failed", reference=errors.new_reference(), exc_info=error)


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Gather(bot.app))
