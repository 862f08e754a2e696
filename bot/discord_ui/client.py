"""The client: a commands.Bot with its app, cogs, lasting buttons and error edges."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.app import App
from bot.core import wording
from bot.discord_ui import (
    answer_buttons,
    audit_buttons,
    change_views,
    choice_buttons,
    correction_views,
    errors,
    explain_forms,
    help_buttons,
    review_buttons,
    review_submit,
    tell_buttons,
    topics,
)
from bot.discord_ui.buttons import app_of, pattern, whisper
from bot.discord_ui.replies import NOBODY
from bot.discord_ui.rights import NotAllowed, Overrides
from bot.settings import Settings

log = structlog.get_logger(__name__)

COGS = (
    "ask",
    "check",
    "browse",
    "audit",
    "deliver",
    "resolve",
    "digest",
    "gather",
    "review",
    "explain",
    "knowledge",
    "watch",
    "upkeep",
)
LASTING = (
    answer_buttons.Sources,
    answer_buttons.Details,
    answer_buttons.Related,
    answer_buttons.ShowEntry,
    answer_buttons.OpenAnswer,
    answer_buttons.NotMyQuestion,
    answer_buttons.Wrong,
    answer_buttons.Remove,
    audit_buttons.Right,
    audit_buttons.Wrong,
    audit_buttons.Unsure,
    audit_buttons.Skip,
    audit_buttons.Stop,
    audit_buttons.TakeBack,
    audit_buttons.Back,
    audit_buttons.Other,
    audit_buttons.Which,
    change_views.ChangeEffects,
    change_views.ChangeWithdraw,
    choice_buttons.Pick,
    choice_buttons.NoneOfThese,
    choice_buttons.OpenChoices,
    correction_views.CorrectionsPage,
    explain_forms.TypeQuestion,
    help_buttons.OpenHelp,
    *review_buttons.LASTING,
    tell_buttons.TellMe,
    tell_buttons.Wish,
    tell_buttons.NeverMind,
    topics.GroupMenu,
    topics.LevelMenu,
    topics.EntryMenu,
)
"""Every button and menu that must answer after a restart."""
FORMS = (audit_buttons.other_submitted, review_submit.submitted, explain_forms.submitted)
"""What answers a submitted form that it knows by its id, also after a restart; it says whether it was one."""


def intents() -> discord.Intents:
    """What the bot hears: guilds, messages that mention it, direct messages. Nothing privileged."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    return wanted


class Tree(app_commands.CommandTree[Any]):
    """Tells every error of a command to the member, with its reference."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """The edge for commands and menus."""
        if isinstance(error, NotAllowed):
            await whisper(interaction, str(error))
            return
        app_of(interaction).metrics.errors.inc()
        await errors.tell(interaction, error)


class CaveatBot(commands.Bot):
    """The bot. `app` is there from `setup_hook` on."""

    app: App

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=intents(),
            tree_cls=Tree,
            help_command=None,
            allowed_mentions=NOBODY,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            max_messages=None,
        )
        self.settings = settings
        self.clock = clock
        self.command_ids: dict[str, int] = {}
        self.overrides = Overrides()

    async def prepare(self) -> None:
        """Open the app, once: before the login, so that a fault in knowledge or database is told first.

        Raises what `App.open` raises.
        """
        if not hasattr(self, "app"):
            self.app = await App.open(self.settings, self.clock)

    async def setup_hook(self) -> None:
        """Open the app, load the cogs, register what lasts, and tell Discord the commands."""
        await self.prepare()
        for name in COGS:
            await self.load_extension(f"bot.discord_ui.cogs.{name}")
        self.add_dynamic_items(*LASTING)
        self.command_ids = {command.name: command.id for command in await self.tree.sync()}
        if self.settings.metrics_port is not None:
            self.app.metrics.serve(self.settings.metrics_port)

    async def on_message(self, message: discord.Message, /) -> None:
        """Mentions are questions, never commands: the cog listens, nothing else happens."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Submitted modals, known by their id, so that they are answered after a restart too.

        And buttons that no version of today knows: they get a calm line, where Discord says "failed".
        """
        try:
            if interaction.type is discord.InteractionType.modal_submit:
                for submitted in FORMS:
                    if await submitted(interaction, self.app):
                        break
                else:
                    await answer_buttons.wrong_submitted(interaction, self.app)
            elif interaction.type is discord.InteractionType.component and not _is_known(interaction):
                await whisper(interaction, wording.OUTDATED)
        except Exception as error:  # the edge: every error is told with its reference
            self.app.metrics.errors.inc()
            await errors.tell(interaction, error)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What no edge caught: logged with a reference, and the bot goes on."""
        log.exception("error in an event", event_name=event_method, reference=errors.new_reference())

    async def close(self) -> None:
        """Leave Discord, then close the app."""
        try:
            await super().close()
        finally:
            if hasattr(self, "app"):
                await self.app.close()
                del self.app


def _is_known(interaction: discord.Interaction[Any]) -> bool:
    custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
    return any(re.fullmatch(pattern(item.form), custom_id) for item in LASTING)


def create_bot(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> CaveatBot:
    """The bot, not yet running. `clock` gives aware datetimes; discord.py's own by default."""
    return CaveatBot(settings, clock or _now)


def _now() -> datetime:
    return discord.utils.utcnow()
