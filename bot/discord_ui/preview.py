"""The preview: the real bot in a simulated Discord, with people and a few questions already asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from bot.app import utc_now
from bot.core import wording
from bot.discord_ui.client import create_bot
from bot.settings import Settings

PARAGRAPH = (
    "Read this today. Occlusion training raises growth hormone 290 times! The bigger growth hormone spike "
    "builds more muscle. It is the lactate that makes the pituitary release it. The pump also makes your "
    "IGF-1 receptors more sensitive. And when you get leaner you can tell that your growth hormone went up."
)
"""In the spirit of the article: what "Check this message" is for."""
ASKED = ("is there a bfr app with a training plan", "does bfr really raise gh 290x??")
MENTIONED = "how tight should the cuffs be?"


@dataclass(frozen=True, slots=True)
class Scene:
    """A running simulated Discord; `preview.url` is the page's address, which lets its holder act."""

    env: Any
    channel: Any
    member: Any
    moderator: Any
    preview: Any


@asynccontextmanager
async def scene(settings: Settings, port: int = 0) -> AsyncIterator[Scene]:
    """Run the bot in SimCord and serve its page on loopback; port 0 takes a free one.

    Raises ModuleNotFoundError where simcord is not installed, OSError where the port cannot be used,
    and what opening the app raises.
    """
    import simcord

    bot = create_bot(settings, clock=utc_now)
    env = simcord.Env(bot, check_errors=False, approved_intents=discord.Intents.none())
    env.backend.bot_user.name = "Caveat"
    await env.start()
    try:
        guild = env.create_guild(name="Strength & Science")
        topic = f"Type /ask. To mention the bot, start a message with <@{env.backend.bot_user.id}>."
        channel = guild.create_text_channel("questions", topic=topic)
        rights = discord.Permissions(manage_messages=True)
        role = guild.create_role("Moderators", permissions=rights)
        moderator = guild.add_member(env.create_user("robin_mod", global_name="Robin"), roles=[role])
        member = guild.add_member(env.create_user("alex", global_name="Alex"))
        await _ask_a_few(env, channel, member)
        async with env.preview(channel, viewers=[member, moderator], layout="channel", port=port) as preview:
            yield Scene(env, channel, member, moderator, preview)
    except simcord.SetupError as fault:
        # SimCord's own words name no mend, and its class is known only here.
        raise fault.__cause__ if isinstance(fault.__cause__, OSError) else fault from None
    finally:
        await env.shutdown()


async def _ask_a_few(env: Any, channel: Any, member: Any) -> None:
    """What stands there already: the page has no message menus, so that check is done here."""
    pasted = await member.send(channel, PARAGRAPH)
    await member.context_menu(channel, wording.MENU_CHECK, pasted)
    await member.send(channel, f"<@{env.bot.user.id}> {MENTIONED}")
    for question in ASKED:
        await member.slash(channel, "ask", question=question)
