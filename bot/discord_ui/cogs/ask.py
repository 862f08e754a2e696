"""Ask: the slash command with its autocomplete, mentions, and direct messages."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import discord
import structlog
from discord import app_commands, ui
from discord.ext import commands

from bot.app import App
from bot.core import limits, wording
from bot.discord_ui import errors
from bot.discord_ui.answer_buttons import OpenAnswer, answer_message, place_of
from bot.discord_ui.buttons import NOBODY, said
from bot.discord_ui.choice_buttons import offered_message, offered_short_message, unanswered_message
from bot.journeys.answer import Asked, Offered, Reply, Shown, answer, show_entry
from bot.store.records import Door, Place, Way

log = structlog.get_logger(__name__)

PICKED = "entry:"
"""What an autocomplete choice sends before the entry's id."""
PATIENCE_S = 1.5
"""Discord waits three seconds for a first response; from here on we ask for more time, privately."""
_ONLY_POINTING = re.compile(
    r"(?:hey|hi|hello|ok|so|and|pls|please)?\s*(?:is|was)?\s*(?:this|that|it)?\s*"
    r"(?:really|actually|even)?\s*(?:true|right|correct|legit|real|accurate|fact|so|cap)?",
    re.IGNORECASE,
)


class Ask(commands.Cog):
    """The three doors through which a member asks."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.bot = bot
        self.app = app

    @app_commands.command(name="ask", description=wording.COMMAND_ASK)
    @app_commands.describe(question=wording.OPTION_QUESTION, private=wording.OPTION_PRIVATE)
    async def ask(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, limits.COMMAND_OPTION],
        private: bool = False,
    ) -> None:
        """The match comes before the first response, which settles who sees it."""
        started = time.perf_counter()
        asker_id = interaction.user.id
        work = asyncio.ensure_future(self._reply(question, Door.SLASH, place_of(interaction)))
        await asyncio.wait({work}, timeout=PATIENCE_S)
        late = not work.done()
        if late:
            await interaction.response.defer(ephemeral=True, thinking=True)
        reply = await work
        if late:
            view = self._private_view(reply, asker_id)
            await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NOBODY)
        elif isinstance(reply, Shown) and self.app.settings.public_answers and not private:
            view = answer_message(reply, self.app, asker_id, removable=interaction.guild_id is not None)
            await interaction.response.send_message(view=view, allowed_mentions=NOBODY)
        else:
            view = self._private_view(reply, asker_id)
            await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NOBODY)
        self.app.metrics.reply_seconds.observe(time.perf_counter() - started)

    @ask.autocomplete("question")
    async def complete(self, _interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The curated questions that fit what was typed; picking one answers exactly that entry."""
        found = self.app.live.matcher.complete(typed[: limits.CHOICE_NAME], limits.CHOICES)
        return [
            app_commands.Choice(name=question, value=f"{PICKED}{entry_id}") for entry_id, question in found
        ]

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """A mention in a channel, or a direct message; nothing else is even looked at."""
        if message.author.bot or message.is_system() or self.bot.user is None:
            return
        if message.guild is None:
            door, text = Door.DIRECT, message.content
        elif (stripped := _without_mention(message.content, self.bot.user.id)) is not None:
            door, text = Door.MENTION, stripped
        else:
            return
        try:
            await self._reply_to(message, door, text)
        except Exception as error:  # the edge: every error is told with its reference
            self.app.metrics.errors.inc()
            await errors.tell_in_channel(message, error)

    async def _reply_to(self, message: discord.Message, door: Door, text: str) -> None:
        is_direct = door is Door.DIRECT
        if not is_direct and _only_points(text):
            line = wording.POINT_TO_CHECK if message.reference or text.strip() else wording.HOW_TO_ASK
            await _send(message, said(line))
            return
        place = Place(message.guild.id if message.guild else 0, message.channel.id)
        reply = await self._reply(text, door, place)
        view = self._private_view if is_direct else self._public_view
        await _send(message, view(reply, message.author.id))

    async def _reply(self, text: str, door: Door, place: Place) -> Reply:
        app, live = self.app, self.app.live
        kept_days = app.settings.answered_kept_days
        reply: Reply | None = None
        if door is Door.SLASH and text.startswith(PICKED):
            entry_id = text.removeprefix(PICKED)
            reply = await show_entry(entry_id, live, app.store, app.clock(), kept_days, Way.AUTOCOMPLETE)
        if reply is None:
            reply = await answer(Asked(text, door, place), live, app.store, app.clock(), kept_days)
        app.metrics.questions.labels(door=door, outcome=type(reply).__name__.lower()).inc()
        return reply

    def _private_view(self, reply: Reply, asker_id: int) -> ui.LayoutView:
        if isinstance(reply, Shown):
            return answer_message(reply, self.app, asker_id)
        if isinstance(reply, Offered):
            return offered_message(reply, asker_id)
        return unanswered_message(reply, asker_id)

    def _public_view(self, reply: Reply, asker_id: int) -> ui.LayoutView:
        """What a mention gets where it stood: the answer when sure, else one short line."""
        if isinstance(reply, Offered):
            return offered_short_message(reply, asker_id)
        if not isinstance(reply, Shown):
            return unanswered_message(reply, asker_id, short=True)
        if self.app.settings.public_answers:
            return answer_message(reply, self.app, asker_id, removable=True)
        button = OpenAnswer(entry=reply.entry.id, answered=reply.answered_id, asker=asker_id)
        return said(wording.ANSWER_PRIVATE_SHORT, buttons=(button,))


async def _send(message: discord.Message, view: ui.LayoutView) -> None:
    """A reply that pings nobody and survives the deletion of what it replies to."""
    reference = message.to_reference(fail_if_not_exists=False)
    await message.channel.send(view=view, allowed_mentions=NOBODY, reference=reference)


def _without_mention(content: str, bot_id: int) -> str | None:
    """The text without the bot's own mention; None where it was not mentioned in words."""
    mention = re.compile(rf"<@!?{bot_id}>")
    return mention.sub(" ", content).strip() if mention.search(content) else None


def _only_points(text: str) -> bool:
    """True for no text of its own, or only "is this true?": what is meant stands elsewhere."""
    return _ONLY_POINTING.fullmatch(re.sub(r"[^\w\s]", " ", text).strip()) is not None


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Ask(bot, bot.app))
