"""Explain in Discord: which question a message of the bot came of, and the form that asks for one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import limits
from bot.core import wording_moderators as wording
from bot.discord_ui import answer_buttons, choice_buttons, tell_buttons
from bot.discord_ui.answer_buttons import FORM_OPEN_S, typed_text
from bot.discord_ui.buttons import Interaction, in_time, number, pattern, show_privately
from bot.discord_ui.explain_views import explain_view
from bot.discord_ui.rights import ModeratorsButton, refused
from bot.matching.explain import explain
from bot.store.store import Store

COMMAND = "explain"
NO_ENTRY = "-"
FORM = "cv:ex:form:{entry}"
_FORM_ID = re.compile(pattern(FORM))
_ANSWERS = [
    re.compile(pattern(own.form)) for own in (answer_buttons.NotMyQuestion, answer_buttons.OpenAnswer)
]
_ENTRIES = re.compile(pattern(answer_buttons.Sources.form))
_OFFERS = [re.compile(pattern(own.form)) for own in (choice_buttons.OpenChoices, choice_buttons.NoneOfThese)]
_QUESTIONS = re.compile(pattern(tell_buttons.TellMe.form))


@dataclass(frozen=True, slots=True)
class Traced:
    """What a message of the bot came of: its question while that is kept, and the entry that it shows."""

    question: str | None
    entry_id: str | None


async def traced(message: discord.Message, bot_id: int, store: Store) -> Traced | None:
    """From the ids of its buttons; None for a message that is no answer of the bot."""
    if message.author.id != bot_id:
        return None
    entry_id: str | None = None
    for custom_id in _custom_ids(message):
        for form in _ANSWERS:
            if hit := form.fullmatch(custom_id):
                text = await store.answered_text(number(hit["answered"]))
                return Traced(text, hit["entry"])
        for form in _OFFERS:
            if hit := form.fullmatch(custom_id):
                offer = await store.offer(number(hit["offer"]))
                return Traced(None if offer is None else offer.kept.text, None)
        if hit := _QUESTIONS.fullmatch(custom_id):
            found = await store.question(number(hit["question"]))
            return Traced(None if found is None else found[0].text, None)
        if hit := _ENTRIES.fullmatch(custom_id):
            entry_id = hit["entry"]
    return None if entry_id is None else Traced(None, entry_id)


async def show(interaction: Interaction, app: App, question: str, entry_id: str | None = None) -> None:
    """Why the question finds what it finds, only for the moderator."""
    live = app.live

    async def view() -> ui.LayoutView:
        # Each word is left out once: seconds for a long question, in which members' own must not wait.
        found = await asyncio.to_thread(explain, live.matcher, question)
        return explain_view(question, found, live.library, entry_id)

    await show_privately(interaction, await in_time(interaction, view(), thinking=True))


class TypeQuestion(ModeratorsButton, form="cv:ex:type:{entry}"):
    """[Type the question]: where it is not kept any more."""

    command = COMMAND
    label = wording.BUTTON_TYPE_QUESTION
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, app: App) -> None:
        """The form; its id says all that is needed, so that it outlives a restart."""
        await interaction.response.send_modal(ExplainModal(FORM.format(**self.fields)))


class ExplainModal(ui.Modal, title=wording.MODAL_EXPLAIN):
    """Asks for a question. What is submitted is handled by `submitted`, also after a restart."""

    question = ui.Label[Any](
        text=wording.MODAL_EXPLAIN_LABEL,
        component=ui.TextInput[Any](
            style=discord.TextStyle.paragraph,
            custom_id="why",
            min_length=1,
            max_length=limits.MODAL_INPUT,
        ),
    )

    def __init__(self, custom_id: str) -> None:
        super().__init__(custom_id=custom_id, timeout=FORM_OPEN_S)

    async def on_submit(self, interaction: Interaction) -> None:
        """Nothing: the listener that knows every modal by its id answers."""


async def submitted(interaction: Interaction, app: App) -> bool:
    """Explain the question that was typed; False where the form is another one."""
    data: dict[str, Any] = dict(interaction.data or {})
    found = _FORM_ID.fullmatch(str(data.get("custom_id", "")))
    if found is None:
        return False
    if not await refused(interaction, COMMAND):
        entry_id = None if found["entry"] == NO_ENTRY else found["entry"]
        await show(interaction, app, typed_text(data)[: limits.MODAL_INPUT], entry_id)
    return True


def _custom_ids(message: discord.Message) -> Iterator[str]:
    """The custom ids of a message, from top to bottom."""
    stack: list[Any] = [component.to_dict() for component in reversed(message.components)]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            if isinstance(part.get("custom_id"), str):
                yield part["custom_id"]
            nested = [part.get("components"), part.get("accessory")]
            stack.extend(item for item in reversed(nested) if item)
        elif isinstance(part, list):
            stack.extend(reversed(part))
