"""The buttons of what is not sure: one of the choices, none of these, show the choices."""

from __future__ import annotations

import discord
from discord import ui

from bot.app import App
from bot.core import limits, wording
from bot.discord_ui import render
from bot.discord_ui.answer_buttons import answer_message
from bot.discord_ui.buttons import (
    Button,
    Interaction,
    number,
    said,
    show_privately,
    turn_into,
    whisper,
)
from bot.discord_ui.tell_buttons import TellMe
from bot.journeys.answer import Offered, Unanswered
from bot.journeys.choose import choose, none_of_these, open_choices


class Pick(Button, form="cv:pick:{offer}:{asker}:{entry}"):
    """One choice of a "Did you mean"; its label is the entry's question."""

    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """The choices turn into the answer, which stays private."""
        live = app.live
        shown = await choose(
            number(self.fields["offer"]),
            self.fields["entry"],
            live,
            app.store,
            app.clock(),
            app.settings.answered_kept_days,
        )
        if shown is None:
            await whisper(interaction, wording.ENTRY_GONE)
            return
        await turn_into(interaction, answer_message(shown, live.library, app.today, interaction.user.id))


class NoneOfThese(Button, form="cv:nope:{offer}:{asker}"):
    """[None of these]"""

    label = wording.BUTTON_NONE

    async def press(self, interaction: Interaction, app: App) -> None:
        """Logged as unanswered; the choices go."""
        unanswered = await none_of_these(number(self.fields["offer"]), app.store, app.clock())
        if unanswered is None:
            view = said(wording.EXPIRED)
        else:
            await app.note_asked(unanswered.question_id, interaction.user.id)
            view = unanswered_message(unanswered, interaction.user.id)
        await turn_into(interaction, view)


class OpenChoices(Button, form="cv:open:{offer}:{asker}"):
    """Opens the choices privately, under the short line of an unsure mention."""

    label = wording.BUTTON_OPEN
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """The choices, or that they are closed."""
        offered = await open_choices(number(self.fields["offer"]), app.live, app.store)
        if offered is None:
            await whisper(interaction, wording.EXPIRED)
        elif not offered.entries:
            await whisper(interaction, wording.ENTRY_GONE)
        else:
            await show_privately(interaction, offered_message(offered, interaction.user.id))


def offered_message(offered: Offered, asker_id: int) -> ui.LayoutView:
    """ "Did you mean": one button a choice, under each other, and "None of these"."""
    picks: list[Button] = [
        Pick(
            render.cut(entry.question, limits.BUTTON_LABEL),
            offer=offered.offer_id,
            asker=asker_id,
            entry=entry.id,
        )
        for entry in offered.entries
    ]
    none = NoneOfThese(offer=offered.offer_id, asker=asker_id)
    heading = "\n".join([*_urgent(offered), wording.DID_YOU_MEAN])
    return render.stacked_view(heading, [*picks, none])


def offered_short_message(offered: Offered, asker_id: int) -> ui.LayoutView:
    """What stands in a channel where a mention was unsure: one line, the choices open privately."""
    choices = OpenChoices(offer=offered.offer_id, asker=asker_id)
    return said(*_urgent(offered), wording.UNSURE_SHORT, buttons=(choices,))


def _urgent(offered: Offered) -> list[str]:
    """When to get urgent care, where the likeliest choice speaks of symptoms: that cannot wait."""
    urgent = offered.entries[0].urgent if offered.entries else None
    return [wording.URGENT.format(line=urgent)] if urgent else []


def unanswered_message(unanswered: Unanswered, asker_id: int, *, short: bool = False) -> ui.LayoutView:
    """The honest no, with [Tell me when it is] where it was logged."""
    text = render.unanswered_text(unanswered, short=short)
    if unanswered.question_id is None:
        return said(text)
    return said(text, buttons=(TellMe(question=unanswered.question_id, asker=asker_id),))
