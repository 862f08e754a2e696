"""Ask: the slash command with its autocomplete, mentions, and direct messages."""

from __future__ import annotations

import re
import time
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import App
from bot.core import limits, wording
from bot.discord_ui import errors
from bot.discord_ui.answer_buttons import OpenAnswer, answer_message, place_of
from bot.discord_ui.buttons import in_time, said, show_privately, whisper
from bot.discord_ui.choice_buttons import offered_message, offered_short_message, unanswered_message
from bot.discord_ui.help_buttons import help_short_message
from bot.discord_ui.public_messages import note_shown, public_place
from bot.discord_ui.replies import NOBODY, reply_to
from bot.journeys.answer import Asked, Offered, Referred, Reply, Shown, Unanswered, answer, show_entry
from bot.journeys.live import Live
from bot.store.records import Door, Place, Way

PICKED = re.compile(r"entry:([a-z0-9-]+)")
"""What an autocomplete choice sends: the entry's id."""


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
        started, live = time.perf_counter(), self.app.live
        work = self._reply(question, Door.SLASH, place_of(interaction), live, interaction.user.id)
        reply = await in_time(interaction, work, thinking=True)
        self.app.metrics.reply_seconds.observe(time.perf_counter() - started)
        is_late = interaction.response.is_done()
        if reply is None:
            await whisper(interaction, wording.ENTRY_GONE)
        elif isinstance(reply, Shown) and self.app.settings.public_answers and not (private or is_late):
            view = self._answer(reply, live, interaction.user.id, removable=interaction.guild_id is not None)
            sent = await interaction.response.send_message(view=view, allowed_mentions=NOBODY)
            place = public_place(interaction.guild_id, interaction.channel_id, sent.message_id)
            await note_shown(self.app, place, reply.entry)
        else:
            await show_privately(interaction, self._private_view(reply, live, interaction.user.id))

    @ask.autocomplete("question")
    async def complete(self, _interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The curated questions that fit what was typed; picking one answers exactly that entry."""
        found = self.app.live.matcher.complete(typed[: limits.CHOICE_NAME], limits.CHOICES)
        return [app_commands.Choice(name=question, value=f"entry:{entry_id}") for entry_id, question in found]

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """A mention in a channel, or a direct message; nothing else is even looked at."""
        if message.author.bot or message.is_system() or self.bot.user is None:
            return
        text = _without_mention(message.content, self.bot.user.id)
        if message.guild is None:
            door, text = Door.DIRECT, message.content if text is None else text
        elif text is not None:
            door = Door.MENTION
        else:
            return
        try:
            await self._reply_to(message, door, text)
        except Exception as error:  # the edge: every error is told with its reference
            self.app.metrics.errors.inc()
            await errors.tell_in_channel(message, error)

    async def _reply_to(self, message: discord.Message, door: Door, text: str) -> None:
        words = re.findall(r"\w+", text.casefold())
        if wording.POINTING.issuperset(words):
            pointed = message.reference is not None or words
            await reply_to(message, view=said(wording.POINT_TO_CHECK if pointed else wording.HOW_TO_ASK))
            return
        live = self.app.live
        place = Place.of(message.guild.id if message.guild else None, message.channel.id)
        reply = await self._reply(text, door, place, live, message.author.id)
        if reply is not None:
            view = self._private_view if door is Door.DIRECT else self._public_view
            sent = await reply_to(message, view=view(reply, live, message.author.id))
            if isinstance(reply, Shown) and message.guild is not None and self.app.settings.public_answers:
                await note_shown(
                    self.app, public_place(message.guild.id, message.channel.id, sent.id), reply.entry
                )

    async def _reply(self, text: str, door: Door, place: Place, live: Live, asker_id: int) -> Reply | None:
        """What comes of the question; None where the entry that was picked is not served any more."""
        app = self.app
        kept_days = app.settings.answered_kept_days
        picked = PICKED.fullmatch(text) if door is Door.SLASH else None
        reply: Reply | None
        if picked is not None:
            reply = await show_entry(picked[1], live, app.store, app.clock(), kept_days, Way.AUTOCOMPLETE)
        else:
            reply = await answer(Asked(text, door, place), live, app.store, app.clock(), kept_days)
            if isinstance(reply, Unanswered):
                await app.note_asked(reply.question_id, asker_id)
        outcome = "gone" if reply is None else type(reply).__name__.lower()
        app.metrics.questions.labels(door=door, outcome=outcome).inc()
        return reply

    def _answer(self, shown: Shown, live: Live, asker_id: int, *, removable: bool = False) -> ui.LayoutView:
        return answer_message(shown, live.library, self.app.today, asker_id, removable=removable)

    def _private_view(self, reply: Reply, live: Live, asker_id: int) -> ui.LayoutView:
        if isinstance(reply, Shown):
            return self._answer(reply, live, asker_id)
        if isinstance(reply, Offered):
            return offered_message(reply, asker_id)
        if isinstance(reply, Referred):
            return said(reply.kind.reply)
        return unanswered_message(reply, asker_id)

    def _public_view(self, reply: Reply, live: Live, asker_id: int) -> ui.LayoutView:
        """What a mention gets where it stood: the answer when sure, else one short line."""
        if isinstance(reply, Offered):
            return offered_short_message(reply, asker_id)
        if isinstance(reply, Referred):
            return help_short_message(reply.kind, asker_id)
        if not isinstance(reply, Shown):
            return unanswered_message(reply, asker_id, short=True)
        if self.app.settings.public_answers:
            return self._answer(reply, live, asker_id, removable=True)
        button = OpenAnswer(entry=reply.entry.id, answered=reply.answered_id, asker=asker_id)
        return said(wording.ANSWER_PRIVATE_SHORT, buttons=(button,))


def _without_mention(content: str, bot_id: int) -> str | None:
    """The text without the bot's own mention; None where it was not mentioned in words."""
    mention = re.compile(rf"<@!?{bot_id}>")
    return mention.sub(" ", content).strip() if mention.search(content) else None


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Ask(bot, bot.app))
