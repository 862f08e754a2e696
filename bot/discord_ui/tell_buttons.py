"""Tell me when it is answered, what is wished with it, and never mind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import wording, wording_corrections
from bot.discord_ui.buttons import Button, Interaction, number, said, show_privately, turn_into, whisper
from bot.store.records import Waiter

STILL_OPEN_AFTER = timedelta(days=14)


class TellMe(Button, form="cv:tell:{question}:{asker}"):
    """[Tell me when it is]: the one thing for which a member's id is kept."""

    label = wording.BUTTON_TELL
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """Put the member on the question's list, and offer two wishes and to take the name off again."""
        question_id, user_id = number(self.fields["question"]), interaction.user.id
        added = await app.store.add_waiter(question_id, user_id, app.clock())
        waiter = await app.store.wish(question_id, user_id)
        if added is None or waiter is None:
            await whisper(interaction, wording.QUESTION_GONE)
            return
        first = wording.WILL_TELL if added else wording.ALREADY_WAITING
        await show_privately(interaction, _view(interaction, question_id, waiter, first))


class Wish(Button, form="cv:wish:{what}:{question}:{asker}"):
    """How the member wishes to be told: by a mention in this channel, or that it is still open."""

    async def press(self, interaction: Interaction, app: App) -> None:
        """Note it, and show how it stands."""
        question_id = number(self.fields["question"])
        wished = _wished(self.fields["what"], interaction, app.clock())
        waiter = await app.store.wish(question_id, interaction.user.id, **wished)
        if waiter is None:
            await turn_into(interaction, said(wording_corrections.NOT_WAITING))
        else:
            await turn_into(interaction, _view(interaction, question_id, waiter, wording.WILL_TELL))


class NeverMind(Button, form="cv:untell:{question}:{asker}"):
    """[Never mind]: take the name off the list."""

    label = wording.BUTTON_UNTELL

    async def press(self, interaction: Interaction, app: App) -> None:
        """Forget that the member wanted to know."""
        await app.store.remove_waiter(number(self.fields["question"]), interaction.user.id)
        await turn_into(interaction, said(wording.WILL_NOT_TELL))


def _wished(what: str, interaction: Interaction, now: datetime) -> dict[str, Any]:
    """What a button changes; nothing for one that there is not, and no mention outside of a server."""
    wishes: dict[str, dict[str, Any]] = {
        "no-mention": {"mention_channel_id": None},
        "remind": {"remind_at": now + STILL_OPEN_AFTER},
        "no-remind": {"remind_at": None},
    }
    if interaction.guild_id is not None:
        wishes["mention"] = {"mention_channel_id": interaction.channel_id}
    return wishes.get(what, {})


def _view(interaction: Interaction, question_id: int, waiter: Waiter, first: str) -> ui.LayoutView:
    lines = [first]
    if waiter.mention_channel_id is not None:
        lines.append(wording_corrections.WISH_MENTION.format(channel=waiter.mention_channel_id))
    if waiter.remind_at is not None:
        lines.append(wording_corrections.WISH_REMIND.format(on=waiter.remind_at.date()))
    of: dict[str, str | int] = {"question": question_id, "asker": interaction.user.id}
    buttons: list[Button] = []
    if waiter.mention_channel_id is not None:
        buttons.append(Wish(wording_corrections.BUTTON_NO_MENTION, what="no-mention", **of))
    elif interaction.guild_id is not None:
        buttons.append(Wish(wording_corrections.BUTTON_MENTION, what="mention", **of))
    if waiter.remind_at is not None:
        buttons.append(Wish(wording_corrections.BUTTON_NO_REMIND, what="no-remind", **of))
    else:
        buttons.append(Wish(wording_corrections.BUTTON_REMIND, what="remind", **of))
    return said(*lines, buttons=(*buttons, NeverMind(**of)))
