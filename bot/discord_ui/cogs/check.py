"""Check this message: a message menu that says which claims of a text a reviewed entry covers."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import App
from bot.core import wording
from bot.discord_ui import render
from bot.discord_ui.answer_buttons import opener
from bot.discord_ui.buttons import in_time, show_privately
from bot.journeys.check_message import check_message


class Check(commands.Cog):
    """Reads the one message on which the menu was opened; keeps nothing of it."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.bot = bot
        self.app = app
        self.menu = app_commands.ContextMenu(name=wording.MENU_CHECK, callback=self.check)

    async def cog_load(self) -> None:
        """Menus are no methods to discord.py, so it is added by hand."""
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """And taken away by hand."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    async def check(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Privately: what the library says of each sentence."""
        live = self.app.live
        # Forty sentences take as long as forty questions: not on the loop that answers everybody else.
        work = asyncio.to_thread(check_message, message.content, live)
        found = await in_time(interaction, work, thinking=True)
        await show_privately(interaction, render.check_view(found, live.library, self.app.today, opener))


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Check(bot, bot.app))
