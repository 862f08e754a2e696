"""Explain: why a question finds what it finds, for moderators, on a message of the bot or as a command."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import App
from bot.core import limits
from bot.core import wording_moderators as wording
from bot.discord_ui import explain_forms
from bot.discord_ui.buttons import in_time, whisper
from bot.discord_ui.explain_forms import NO_ENTRY, Traced, TypeQuestion, traced
from bot.discord_ui.render import quoted
from bot.discord_ui.rights import moderators_only


class Explain(commands.Cog):
    """`/explain`, and the same as a menu on any answer of the bot."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.bot = bot
        self.app = app
        self.menu = moderators_only(
            app_commands.ContextMenu(name=wording.MENU_EXPLAIN, callback=self.explain_answer)
        )

    async def cog_load(self) -> None:
        """Menus are no methods to discord.py, so it is added by hand."""
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """And taken away by hand."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    @app_commands.command(name=explain_forms.COMMAND, description=wording.COMMAND_EXPLAIN)
    @app_commands.describe(question=wording.OPTION_EXPLAIN)
    @moderators_only
    async def explain(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, limits.COMMAND_OPTION],
    ) -> None:
        """Only for the moderator; nothing of it is kept."""
        await explain_forms.show(interaction, self.app, question)

    async def explain_answer(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """The question from the message's buttons; where it is not kept any more, it can be typed."""
        bot_id = self.bot.user.id if self.bot.user is not None else 0
        found = await in_time(interaction, traced(message, bot_id, self.app.store), thinking=True)
        if found is None:
            await whisper(interaction, wording.EXPLAIN_NO_ANSWER)
        elif found.question is not None:
            await explain_forms.show(interaction, self.app, found.question, found.entry_id)
        else:
            button = TypeQuestion(entry=found.entry_id or NO_ENTRY)
            await whisper(interaction, self._gone(found), button)

    def _gone(self, found: Traced) -> str:
        if found.entry_id is None:
            return wording.EXPLAIN_CHOICES_GONE
        entry = self.app.live.library.served(found.entry_id)
        if entry is None:
            return wording.EXPLAIN_ENTRY_GONE
        return wording.EXPLAIN_QUESTION_GONE.format(title=quoted(entry.question, limits.QUESTION))


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Explain(bot, bot.app))
