"""Browse: /topics, /caveats and /about."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.app import App
from bot.core import wording
from bot.discord_ui import render
from bot.discord_ui.buttons import said, show_privately
from bot.discord_ui.topics import topics_view


class Browse(commands.Cog):
    """What there is to know, and what the bot is."""

    def __init__(self, app: App) -> None:
        self.app = app

    @app_commands.command(name="topics", description=wording.COMMAND_TOPICS)
    async def topics(self, interaction: discord.Interaction) -> None:
        """Groups, levels and questions in menus."""
        await show_privately(interaction, topics_view(self.app.live.library))

    @app_commands.command(name="caveats", description=wording.COMMAND_CAVEATS)
    async def caveats(self, interaction: discord.Interaction) -> None:
        """The caveat levels."""
        await show_privately(interaction, *render.caveats_views(self.app.live.library))

    @app_commands.command(name="about", description=wording.COMMAND_ABOUT)
    async def about(self, interaction: discord.Interaction) -> None:
        """Version, entries, when reviewed, and what is kept about whom."""
        await show_privately(interaction, said(about_text(self.app)))


def about_text(app: App) -> str:
    """What /about says."""
    library = app.live.library
    reviewed = max((e.reviewed.on for e in library.live), default=None)
    overdue = sum(e.reviewed.is_overdue(app.today) for e in library.live)
    days, message_days = app.settings.answered_kept_days, app.settings.message_ids_kept_days
    messages = wording.ABOUT_MESSAGES_KEPT if message_days else wording.ABOUT_NO_MESSAGES_KEPT
    return wording.ABOUT.format(
        version=__version__,
        entries=len(library.live),
        library=library.version,
        reviewed=reviewed or wording.ABOUT_NEVER,
        overdue=wording.ABOUT_OVERDUE.format(count=overdue) if overdue else "",
        messages=messages.format(days=message_days),
        kept=wording.ABOUT_KEPT.format(days=days) if days else wording.ABOUT_NONE_KEPT,
        audited=wording.ABOUT_AUDITED.format(days=app.settings.audited_kept_days),
    )


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Browse(bot.app))
