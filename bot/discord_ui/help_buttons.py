"""A question of the safety list: its reply is for the asker alone."""

from __future__ import annotations

import discord
from discord import ui

from bot.app import App
from bot.core import wording
from bot.core.library import SafetyKind
from bot.discord_ui.buttons import Button, Interaction, said, whisper


class OpenHelp(Button, form="cv:help:{kind}:{asker}"):
    """Opens the safety list's reply, under the short line that stands in a channel."""

    label = wording.BUTTON_OPEN_HELP
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """The reply, only for the asker."""
        kind = app.live.library.never.get(self.fields["kind"])
        await whisper(interaction, wording.OUTDATED if kind is None else kind.reply)


def help_short_message(kind: SafetyKind, asker_id: int) -> ui.LayoutView:
    """What stands in a channel: a line that tells nobody what was asked."""
    return said(wording.HELP_SHORT, buttons=(OpenHelp(kind=kind.id, asker=asker_id),))
