"""Deliver: works off the outbox and the corrections, a little at a time, and shows the public record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands, tasks

from bot.app import App
from bot.core import wording_corrections as wording
from bot.discord_ui import errors
from bot.discord_ui.buttons import show_privately
from bot.discord_ui.correction_views import record_view
from bot.discord_ui.sender import Sender
from bot.discord_ui.sweep import Sweep
from bot.journeys.deliver import deliver_due

log = structlog.get_logger(__name__)

TURN_S = 5
PATIENCE_S = 2.0
MOST_A_TURN = 5
"""One message and one edit a second: far below Discord's limits, which members' questions need too."""


class Deliver(commands.Cog):
    """Each turn sends a few deliveries and edits a few messages; all else stands in the database."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.app = app
        self._sender = Sender(bot, app)
        self._sweep = Sweep(bot, app)
        self._working = asyncio.Lock()

    async def cog_load(self) -> None:
        """What was being sent when the bot ended is looked up first; then the turns begin."""
        await self.app.store.outbox.resume(self.app.clock())
        self.turns.start()

    async def cog_unload(self) -> None:
        """Stop after what is under way, unless that takes long: cut off, it is looked up after the start."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S), self._working:
                self.turns.cancel()
        self.turns.cancel()

    @commands.Cog.listener()
    async def on_deliveries_due(self) -> None:
        """`bot.dispatch("deliveries_due")`: somebody wrote a delivery down, and it need not wait."""
        await self.turn()

    @tasks.loop(seconds=TURN_S)
    async def turns(self) -> None:
        """Again and again."""
        await self.turn()

    async def turn(self) -> None:
        """One turn: neither part keeps the other back."""
        outbox, post = self.app.store.outbox, self._sender.post
        async with self._working:
            await _tried(self._sweep.turn(MOST_A_TURN))
            await _tried(deliver_due(outbox, self.app.live, post, self.app.clock, MOST_A_TURN))

    @app_commands.command(name="corrections", description=wording.COMMAND_CORRECTIONS)
    async def corrections(self, interaction: discord.Interaction) -> None:
        """Every correction, newest first."""
        await show_privately(interaction, record_view(self.app.live.library, 1))


async def _tried(work: Awaitable[int]) -> None:
    """What fails is logged, and tried again in the next turn."""
    try:
        await work
    except Exception as error:  # a loop that dies silently would never deliver again
        log.error("delivering failed", reference=errors.new_reference(), exc_info=error)


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Deliver(bot, bot.app))
