"""The buttons under an answer: sources, details, related, not my question, wrong, remove."""

from __future__ import annotations

import re
from abc import abstractmethod
from datetime import date
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import limits, wording
from bot.core.entry import Entry
from bot.core.library import Library
from bot.discord_ui import render
from bot.discord_ui.buttons import (
    Button,
    Interaction,
    in_time,
    number,
    pattern,
    show_privately,
    whisper,
)
from bot.discord_ui.replies import NOBODY
from bot.discord_ui.tell_buttons import TellMe
from bot.journeys.answer import Shown, show_entry
from bot.journeys.feedback import About, not_my_question, this_is_wrong
from bot.store.records import Place, Way

WRONG_FORM = "cv:why:{entry}:{version}:{answered}"
_WRONG_ID = re.compile(pattern(WRONG_FORM))
_VERSION = re.compile(r"[0-9a-f]{8}")
FORM_OPEN_S = 30 * 60
"""After this long discord.py forgets an opened modal; one submitted later is answered all the same."""


class _OfEntry(Button, form="cv:none"):
    """A button about an entry, which may have been retired since."""

    async def press(self, interaction: Interaction, app: App) -> None:
        """Show what is wanted of the entry, or say that it is gone."""
        library = app.live.library
        entry = library.served(self.fields["entry"])
        if entry is None:
            await whisper(interaction, wording.ENTRY_GONE)
        else:
            await self.show(interaction, entry, library, app.today)

    @abstractmethod
    async def show(self, interaction: Interaction, entry: Entry, library: Library, today: date) -> None:
        """Show it, privately."""


class Sources(_OfEntry, form="cv:src:{entry}"):
    """[Sources]"""

    label = wording.BUTTON_SOURCES

    async def show(self, interaction: Interaction, entry: Entry, library: Library, today: date) -> None:
        """The sources, only for the presser."""
        await show_privately(interaction, *render.sources_views(entry, library))


class Details(_OfEntry, form="cv:det:{entry}"):
    """[Details]"""

    label = wording.BUTTON_DETAILS

    async def show(self, interaction: Interaction, entry: Entry, library: Library, today: date) -> None:
        """The longer story, only for the presser."""
        await show_privately(interaction, *render.details_views(entry, library, today))


class Related(_OfEntry, form="cv:rel:{entry}"):
    """[Related]"""

    label = wording.BUTTON_RELATED

    async def show(self, interaction: Interaction, entry: Entry, library: Library, today: date) -> None:
        """The related entries, only for the presser."""
        related = library.related(entry)
        if not related:
            await whisper(interaction, wording.NO_RELATED)
            return
        heading = wording.RELATED_HEADING.format(question=entry.question)
        await show_privately(interaction, render.stacked_view(heading, [opener(each) for each in related]))


class ShowEntry(Button, form="cv:show:{entry}"):
    """A button that carries a question and shows its answer, only to the presser."""

    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """The answer."""
        live = app.live
        shown = await show_entry(
            self.fields["entry"],
            live,
            app.store,
            app.clock(),
            app.settings.answered_kept_days,
            Way.CHOICE,
        )
        await _show(interaction, shown, live.library, app.today)


class OpenAnswer(Button, form="cv:mine:{entry}:{answered}:{asker}"):
    """Opens an answer that was found for a mention where answers are not public."""

    label = wording.BUTTON_OPEN_ANSWER
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """The answer, only for the asker."""
        library = app.live.library
        entry = library.served(self.fields["entry"])
        shown = None if entry is None else Shown(entry, 1.0, number(self.fields["answered"]))
        await _show(interaction, shown, library, app.today)


async def _show(interaction: Interaction, shown: Shown | None, library: Library, today: date) -> None:
    if shown is None:
        await whisper(interaction, wording.ENTRY_GONE)
    else:
        await show_privately(interaction, answer_message(shown, library, today, interaction.user.id))


class NotMyQuestion(Button, form="cv:nm:{entry}:{version}:{answered}:{asker}"):
    """[Not my question]: the asker says that the answer missed."""

    label = wording.BUTTON_NOT_MINE

    async def press(self, interaction: Interaction, app: App) -> None:
        """Noted, with [Tell me when it is] where the question is still known."""
        about = _about(self.fields, app)
        if about is None:
            await whisper(interaction, wording.ENTRY_GONE)
            return
        noted = await not_my_question(about, place_of(interaction), app.live, app.store, app.clock())
        if noted is not None:
            await app.note_asked(noted.question_id, interaction.user.id)
        if noted is None:
            await whisper(interaction, wording.ALREADY_NOTED)
        elif noted.question_id is None:
            await whisper(interaction, render.unanswered_text(noted))
        else:
            tell_me = TellMe(question=noted.question_id, asker=interaction.user.id)
            await whisper(interaction, render.unanswered_text(noted), tell_me)


class Wrong(Button, form="cv:wr:{entry}:{version}:{answered}"):
    """[This is wrong]: opens a modal for why."""

    label = wording.BUTTON_WRONG

    async def press(self, interaction: Interaction, app: App) -> None:
        """The modal; its id says all that is needed, so that it outlives a restart too."""
        if _about(self.fields, app) is None:
            await whisper(interaction, wording.ENTRY_GONE)
        else:
            await interaction.response.send_modal(WrongModal(WRONG_FORM.format(**self.fields)))


class WrongModal(ui.Modal, title=wording.WRONG_TITLE):
    """Asks why. What is submitted is handled by `wrong_submitted`, also after a restart."""

    why = ui.Label[Any](
        text=wording.WRONG_LABEL,
        description=wording.WRONG_HINT,
        component=ui.TextInput[Any](
            style=discord.TextStyle.paragraph, custom_id="why", min_length=3, max_length=1000
        ),
    )

    def __init__(self, custom_id: str) -> None:
        super().__init__(custom_id=custom_id, timeout=FORM_OPEN_S)

    async def on_submit(self, interaction: Interaction) -> None:
        """Nothing: the listener that knows every modal by its id answers."""


async def wrong_submitted(interaction: Interaction, app: App) -> None:
    """Log what was written in a WrongModal; any other modal is from an older version."""
    data: dict[str, Any] = dict(interaction.data or {})
    found = _WRONG_ID.fullmatch(str(data.get("custom_id", "")))
    about = _about(found.groupdict(), app) if found is not None else None
    if about is None:
        await whisper(interaction, wording.OUTDATED)
        return
    why = typed_text(data)[: limits.MODAL_INPUT]

    async def noting() -> None:
        now, place = app.clock(), place_of(interaction)
        feedback_id = await this_is_wrong(about, why, place, app.live, app.store, now)
        await app.note_disputed(feedback_id, interaction.user.id)

    await in_time(interaction, noting(), thinking=True)
    await whisper(interaction, wording.THANKS_WRONG.format(version=about.entry_version))


def typed_text(data: dict[str, Any]) -> str:
    """What was typed into the one text input of a submitted modal."""
    stack: list[Any] = [data]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            if part.get("custom_id") == "why":
                return str(part.get("value") or "")
            stack.extend((part.get("components"), part.get("component")))
    return ""


class Remove(Button, form="cv:rm:{asker}"):
    """[Remove]: the asker takes a public answer of theirs away."""

    label = wording.BUTTON_REMOVE

    async def press(self, interaction: Interaction, app: App) -> None:
        """Delete the message through the interaction, which needs no permission in the channel."""
        await interaction.response.defer()
        try:
            await interaction.delete_original_response()
        except discord.NotFound:
            pass
        except discord.HTTPException:
            await interaction.followup.send(wording.CANNOT_REMOVE, ephemeral=True, allowed_mentions=NOBODY)
            return
        if interaction.message is not None:
            await app.store.shown.forget(interaction.message.id)


def answer_message(
    shown: Shown, library: Library, today: date, asker_id: int, *, removable: bool = False
) -> ui.LayoutView:
    """The answer with its buttons; `removable` where others see it too."""
    entry = shown.entry
    row = answer_row(entry, shown.answered_id, asker_id)
    remove = Remove(asker=asker_id) if removable else None
    return render.answer_view(entry, library, today, row, remove)


def answer_row(entry: Entry, answered_id: int, asker_id: int | None) -> list[Button]:
    """The buttons under an answer; without an asker, those that anybody may press."""
    about: dict[str, str | int] = {"entry": entry.id, "version": entry.version, "answered": answered_id}
    row: list[Button] = [Sources(entry=entry.id), Details(entry=entry.id), Related(entry=entry.id)]
    if asker_id is not None:
        row.append(NotMyQuestion(**about, asker=asker_id))
    return [*row, Wrong(**about)]


def opener(entry: Entry) -> ShowEntry:
    """The button that shows an entry; its label is the question."""
    return ShowEntry(render.cut(entry.question, limits.BUTTON_LABEL), entry=entry.id)


def place_of(interaction: Interaction) -> Place:
    """Guild and channel of an interaction."""
    return Place.of(interaction.guild_id, interaction.channel_id)


def _about(fields: dict[str, str], app: App) -> About | None:
    """The answer that an id speaks of; None where there is no such entry, not even a retired one."""
    if fields["entry"] not in app.live.library.entries or not _VERSION.fullmatch(fields["version"]):
        return None
    return About(fields["entry"], fields["version"], number(fields["answered"]))
