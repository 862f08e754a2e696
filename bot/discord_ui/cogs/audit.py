"""Audit: /audit shows moderators answers drawn by lot, to judge one at a time."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import App
from bot.core import wording_audit as wording
from bot.discord_ui.audit_buttons import COMMAND, WAYS, next_view, way_of
from bot.discord_ui.buttons import in_time, show_privately
from bot.discord_ui.rights import moderators_only
from bot.store.records import Way

CHOICES = [app_commands.Choice(name=name, value=way.value) for way, name in WAYS.items()]


class Audit(commands.Cog):
    """The one command; its buttons do the rest."""

    def __init__(self, app: App) -> None:
        self.app = app

    @app_commands.command(name=COMMAND, description=wording.COMMAND_AUDIT)
    @app_commands.describe(which=wording.OPTION_WHICH)
    @app_commands.choices(which=CHOICES)
    @moderators_only
    async def audit(self, interaction: discord.Interaction, which: str = Way.MATCH.value) -> None:
        """The first answer, only for the moderator."""
        view = await in_time(interaction, next_view(self.app, way_of(which)), thinking=True)
        await show_privately(interaction, view)


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Audit(bot.app))
