"""Resolve: each new library is asked what was open; nobody who waits is left without a word."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from discord.ext import commands, tasks

from bot.app import App
from bot.discord_ui import errors
from bot.journeys.entry_tests import StoppedError
from bot.journeys.live import Live
from bot.journeys.resolve import ask_again

log = structlog.get_logger(__name__)

TURN_S = 5
THOUGHT_OVER = timedelta(days=14)
"""So long a dismissal can be taken back before those who wait are told of it."""


class Resolve(commands.Cog):
    """Looks every few seconds whether to ask again; what came of it stands in the database."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._ends = False
        self._working = asyncio.Lock()

    async def cog_load(self) -> None:
        """Start the loop."""
        self.turns.start()

    async def cog_unload(self) -> None:
        """Stop it after what is under way, yet not only after every open question was asked."""
        self._ends = True
        async with self._working:
            self.turns.cancel()

    @tasks.loop(seconds=TURN_S)
    async def turns(self) -> None:
        """What fails is logged and tried again in the next turn."""
        try:
            async with self._working:
                await self.turn()
        except StoppedError:
            return
        except Exception as error:  # a loop that dies silently would never ask again
            log.error("asking again failed", reference=errors.new_reference(), exc_info=error)

    async def turn(self) -> None:
        """Ask again where the library is new, and write down what is to be said of what is open or closed."""
        live, now = self.app.live, self.app.clock()
        if proposed := await ask_again(self.app.store, live, now, lambda: self._goes_on(live)):
            log.info("clusters have an answer by now", proposed=len(proposed))
        await self.app.store.resolving.remind(now)
        await self.app.store.resolving.close(now - THOUGHT_OVER, now)

    def _goes_on(self, live: Live) -> bool:
        """Not where the bot ends, nor where a newer library is to be asked."""
        return not self._ends and self.app.live is live


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Resolve(bot.app))
