"""Digest: once a week, what the week brought is put in the outbox for the moderators' channel."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from discord.ext import commands, tasks

from bot.app import App
from bot.discord_ui import errors
from bot.journeys.digest import put_in_outbox

log = structlog.get_logger(__name__)

TURN_MINUTES = 5


class Digest(commands.Cog):
    """Looks every few minutes whether the digest is due; the outbox sends it, once."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.bot = bot
        self.app = app
        self._working = asyncio.Lock()

    async def cog_load(self) -> None:
        """Begin, where the settings want a digest and name a channel for it."""
        settings = self.app.settings
        if settings.digest == "off":
            return
        if settings.moderators_channel is None:
            log.warning("there is no channel for the digest; set MODERATORS_CHANNEL, or DIGEST=off")
            return
        self.turns.start()

    async def cog_unload(self) -> None:
        """Stop, yet not in the middle of a write."""
        async with self._working:
            self.turns.cancel()

    @tasks.loop(minutes=TURN_MINUTES)
    async def turns(self) -> None:
        """Again and again."""
        settings, now = self.app.settings, self.app.clock()
        try:
            async with self._working:
                is_new = await put_in_outbox(
                    self.app.store,
                    settings.digest,
                    settings.digest_hour,
                    settings.moderators_channel or 0,
                    now,
                )
        except Exception as error:  # a loop that dies silently would never send a digest again
            log.error("the digest failed", reference=errors.new_reference(), exc_info=error)
            return
        if is_new:
            log.info("digest due")
            self.bot.dispatch("deliveries_due")


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Digest(bot, bot.app))
