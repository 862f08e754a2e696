"""Tell me when it is answered, and never mind."""

from __future__ import annotations

import discord

from bot.app import App
from bot.core import wording
from bot.discord_ui.buttons import Button, Interaction, number, said, turn_into, whisper


class TellMe(Button, form="cv:tell:{question}:{asker}"):
    """[Tell me when it is]: the one thing for which a member's id is kept."""

    label = wording.BUTTON_TELL
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """Put the member on the question's list, and offer to take the name off again."""
        question_id = number(self.fields["question"])
        added = await app.store.add_waiter(question_id, interaction.user.id, app.clock())
        if added is None:
            await whisper(interaction, wording.QUESTION_GONE)
            return
        text = wording.WILL_TELL if added else wording.ALREADY_WAITING
        await whisper(interaction, text, NeverMind(question=question_id, asker=interaction.user.id))


class NeverMind(Button, form="cv:untell:{question}:{asker}"):
    """[Never mind]: take the name off the list."""

    label = wording.BUTTON_UNTELL

    async def press(self, interaction: Interaction, app: App) -> None:
        """Forget that the member wanted to know."""
        await app.store.remove_waiter(number(self.fields["question"]), interaction.user.id)
        await turn_into(interaction, said(wording.WILL_NOT_TELL))
