"""Review: /review queue and /review history, for moderators."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import App
from bot.core import wording_review as wording
from bot.discord_ui.buttons import in_time, said, show_privately
from bot.discord_ui.review_buttons import COMMAND, history_page, page_of, view_of
from bot.discord_ui.rights import ModeratorsGroup
from bot.journeys.gather import NEWEST
from bot.journeys.review import first_case, numbered_case
from bot.store.cluster_records import View

CHOICES = [app_commands.Choice(name=name, value=view) for view, name in wording.VIEWS.items()]
Number = app_commands.Range[int, 1, 2**53 - 1]
"""Discord sends whole numbers up to that."""


class Review(commands.Cog):
    """The commands; the buttons of a page do the rest."""

    group = ModeratorsGroup(COMMAND, wording.GROUP)

    def __init__(self, app: App) -> None:
        self.app = app

    @group.command(name="queue", description=wording.COMMAND_QUEUE)
    @app_commands.describe(view=wording.OPTION_VIEW, cluster=wording.OPTION_CLUSTER)
    @app_commands.choices(view=CHOICES)
    async def queue(
        self, interaction: discord.Interaction, view: str = View.QUEUE.value, cluster: Number | None = None
    ) -> None:
        """The first cluster, or the one of that number, only for the moderator."""
        work = self._page(interaction, view_of(view), cluster)
        await show_privately(interaction, await in_time(interaction, work, thinking=True))

    @group.command(name="history", description=wording.COMMAND_HISTORY)
    @app_commands.describe(cluster=wording.OPTION_CLUSTER)
    async def history(self, interaction: discord.Interaction, cluster: Number | None = None) -> None:
        """What was done, newest first, only for the moderator."""
        work = history_page(self.app, cluster or 0)
        await show_privately(interaction, await in_time(interaction, work, thinking=True))

    async def _page(
        self, interaction: discord.Interaction, view: View, cluster: int | None
    ) -> discord.ui.LayoutView:
        """What was logged a moment ago is gathered first."""
        app, by, now = self.app, interaction.user.id, self.app.clock()
        await app.gatherer.gather(app.live.matcher.engine, now, newest=NEWEST)
        if cluster is None:
            case = await first_case(app.store, app.live, view, now, by)
        else:
            case = await numbered_case(app.store, app.live, cluster, view, now, by)
            if case is None:
                return said(wording.GONE)
        return page_of(case, app, interaction.guild_id, view)


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Review(bot.app))
