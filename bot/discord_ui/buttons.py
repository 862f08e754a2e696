"""What every button and select shares: all it needs stands in its custom id, so it outlives a restart."""

from __future__ import annotations

import asyncio
import contextlib
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, ClassVar, Self, TypeVar, cast

import discord
from discord import ui

from bot.app import App
from bot.core import wording
from bot.discord_ui import errors
from bot.discord_ui.replies import NOBODY

T = TypeVar("T")
Interaction = discord.Interaction[Any]
PATIENCE_S = 1.5
"""Discord waits three seconds for a first response; from here on we ask for more time, privately."""
ALREADY_ANSWERED = 40060
"""Discord's code for a first response where another one went out before it."""
HIGHEST_ID = 2**63 - 1
"""Of SQLite, PostgreSQL and Discord alike."""


def app_of(interaction: Interaction) -> App:
    """The app of the client that received the interaction."""
    return cast(App, interaction.client.app)


def pattern(form: str) -> str:
    """The regular expression of a custom id such as "cv:tell:{question}:{asker}"."""
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[\\w-]*)", form)


def number(field: str) -> int:
    """The id in a field of a custom id; 0, which no row has, for what cannot be one."""
    written = field if field.isascii() and field.isdigit() else "0"
    return int(written) if int(written) <= HIGHEST_ID else 0


class Button(ui.DynamicItem[ui.Button[Any]], template=r"cv:never"):
    """A button; a subclass says the `form` of its id and what pressing does.

    Where `asker` is a field and not 0, only that member may press.
    """

    form: ClassVar[str]
    label: ClassVar[str] = "…"
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init_subclass__(cls, *, form: str) -> None:
        super().__init_subclass__(template=pattern(form))
        cls.form = form

    def __init__(self, label: str | None = None, /, **fields: str | int) -> None:
        self.fields = {name: str(value) for name, value in fields.items()}
        custom_id = self.form.format(**self.fields)
        super().__init__(ui.Button(label=label or self.label, style=self.style, custom_id=custom_id))

    @abstractmethod
    async def press(self, interaction: Interaction, app: App) -> None:
        """What pressing does; what it raises is told to the member."""

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button from its id."""
        return cls(getattr(item, "label", None), **match.groupdict())

    async def callback(self, interaction: Interaction) -> Any:
        """Check who presses, press, and tell errors."""
        await guarded(interaction, self.fields.get("asker", "0"), self.press)


async def guarded(
    interaction: Interaction, asker: str, action: Callable[[Interaction, App], Coroutine[Any, Any, None]]
) -> None:
    """Run an action for the one who may; the edge at which every error is told with its reference."""
    try:
        if asker not in ("0", str(interaction.user.id)):
            await whisper(interaction, wording.NOT_YOURS)
        else:
            await in_time(interaction, action(interaction, app_of(interaction)))
    except Exception as error:
        app_of(interaction).metrics.errors.inc()
        await errors.tell(interaction, error)


async def in_time(interaction: Interaction, work: Awaitable[T], *, thinking: bool = False) -> T:
    """Do the work; where it takes longer than a member's client waits, ask Discord for more time first.

    `thinking` promises a private message; without it the message with the button may still be edited.
    """
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=PATIENCE_S)
    if not task.done() and not interaction.response.is_done():
        # Refused where the response went out at this very moment, or the member is gone: go on either way.
        with contextlib.suppress(discord.HTTPException):
            await interaction.response.defer(ephemeral=True, thinking=thinking)
    return await task


def said(*lines: str, buttons: tuple[Button, ...] = ()) -> ui.LayoutView:
    """A view of plain text, with buttons under it."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("\n".join(lines)))
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    return view


async def whisper(interaction: Interaction, text: str, *buttons: Button) -> None:
    """A few lines that only the presser sees."""
    await show_privately(interaction, said(text, buttons=buttons))


async def show_privately(interaction: Interaction, *views: ui.LayoutView) -> None:
    """Views that only the presser sees, a message each, the first as the response if there is none yet."""
    for view in views:
        respond = partial(
            interaction.response.send_message, view=view, ephemeral=True, allowed_mentions=NOBODY
        )
        if not await _is_first(interaction, respond):
            await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NOBODY)


async def turn_into(interaction: Interaction, view: ui.LayoutView) -> None:
    """The message with the button turns into this view."""
    respond = partial(interaction.response.edit_message, view=view, allowed_mentions=NOBODY)
    if not await _is_first(interaction, respond):
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)


async def _is_first(interaction: Interaction, respond: Callable[[], Awaitable[object]]) -> bool:
    """Send the first response; False where there is one, though it be the request for time on its way."""
    if interaction.response.is_done():
        return False
    try:
        await respond()
    except discord.HTTPException as refused:
        if refused.code != ALREADY_ANSWERED:
            raise
        return False
    return True
