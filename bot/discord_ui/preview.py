"""The preview: the real bot in a simulated Discord, with people and a few questions already asked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from bot.app import utc_now
from bot.core import wording
from bot.discord_ui.client import CaveatBot, create_bot
from bot.discord_ui.turning import Loop, turning
from bot.journeys.entry_tests import StoppedError
from bot.settings import Settings

PARAGRAPH = (
    "Read this today. Occlusion training raises growth hormone 290 times! The bigger growth hormone spike "
    "builds more muscle. It is the lactate that makes the pituitary release it. The pump also makes your "
    "IGF-1 receptors more sensitive. And when you get leaner you can tell that your growth hormone went up."
)
"""In the spirit of the article: what "Check this message" is for."""
ASKED = ("is there a bfr app with a training plan", "does bfr really raise gh 290x??")
MENTIONED = "how tight should the cuffs be?"
MEMBER, MODERATOR = "Alex", "Robin"


@dataclass(frozen=True, slots=True)
class Scene:
    """A running simulated Discord; `preview.url` is the page's address, which lets its holder act."""

    env: Any
    channel: Any
    member: Any
    moderator: Any
    preview: Any


@asynccontextmanager
async def scene(
    settings: Settings,
    port: int = 0,
    goes_on: Callable[[], bool] = lambda: True,
    told: Callable[[str, str], None] = lambda name, text: None,
) -> AsyncIterator[Scene]:
    """Run the bot in SimCord and serve its page on loopback; port 0 takes a free one.

    `told` is called with the name of who was sent a direct message, which the page does not show, and its
    text. Raises StoppedError before it begins where `goes_on` says no, ModuleNotFoundError where simcord
    is not installed, OSError where the port cannot be used, and what opening the app raises.
    """
    import simcord

    bot = create_bot(settings, clock=utc_now)
    env = simcord.Env(bot, check_errors=False, approved_intents=discord.Intents.none())
    env.backend.bot_user.name = "Caveat"
    try:
        async with _running(env, bot, goes_on):
            guild = env.create_guild(name="Strength & Science")
            topic = f"Type /ask. To mention the bot, start a message with <@{env.backend.bot_user.id}>."
            channel = guild.create_text_channel("questions", topic=topic)
            rights = discord.Permissions(manage_messages=True)
            role = guild.create_role("Moderators", permissions=rights)
            moderator = guild.add_member(env.create_user("robin_mod", global_name=MODERATOR), roles=[role])
            member = guild.add_member(env.create_user("alex", global_name=MEMBER))
            await _ask_a_few(env, channel, member, goes_on)
            bot.add_listener(_direct(env, {moderator.id: MODERATOR, member.id: MEMBER}, told), "on_message")
            viewers = [member, moderator]
            async with (
                env.preview(channel, viewers=viewers, layout="channel", port=port) as preview,
                turning(bot, _Shown(env, preview).turn),
            ):
                yield Scene(env, channel, member, moderator, preview)
    except simcord.SetupError as fault:
        # SimCord's own words name no mend, and its class is known only here.
        raise fault.__cause__ if isinstance(fault.__cause__, OSError) else fault from None


@asynccontextmanager
async def _running(env: Any, bot: CaveatBot, goes_on: Callable[[], bool]) -> AsyncIterator[None]:
    """The bot in its Discord, both closed at the end: the bot first, for SimCord cuts off what it writes."""
    try:
        await bot.prepare()
        _check(goes_on)
        await env.start()
        _check(goes_on)
        yield
    finally:
        try:
            await bot.close()
        finally:
            await env.shutdown()


def _check(goes_on: Callable[[], bool]) -> None:
    if not goes_on():
        raise StoppedError


async def _ask_a_few(env: Any, channel: Any, member: Any, goes_on: Callable[[], bool]) -> None:
    """What stands there already: the page has no message menus, so that check is done here."""
    pasted = await member.send(channel, PARAGRAPH)
    await member.context_menu(channel, wording.MENU_CHECK, pasted)
    _check(goes_on)
    await member.send(channel, f"<@{env.bot.user.id}> {MENTIONED}")
    for question in ASKED:
        _check(goes_on)
        await member.slash(channel, "ask", question=question)


class _Shown:
    """Turns loops, and publishes what came of it: the page shows by itself only what a person did."""

    def __init__(self, env: Any, preview: Any) -> None:
        self._env = env
        self._preview = preview
        self._is_news = False

    async def turn(self, loop: Loop) -> None:
        """One turn. Where somebody is doing something, that publishes; and the next turn tries again."""
        import simcord

        before = len(self._env.http_requests)
        await loop()
        self._is_news |= any(request.method != "GET" for request in self._env.http_requests[before:])
        if self._is_news:
            with contextlib.suppress(simcord.SetupError, TimeoutError):
                await self._preview.refresh()
                self._is_news = False


def _direct(env: Any, names: dict[int, str], told: Callable[[str, str], None]) -> Any:
    """A listener that tells of the bot's direct messages."""

    async def on_message(message: discord.Message) -> None:
        if message.guild is None and message.author.id == env.bot.user.id:
            for user_id, name in names.items():
                if env.backend.dm_channels.get(user_id) == message.channel.id:
                    told(name, "\n".join(_texts(message.components)))

    return on_message


def _texts(components: Iterable[Any]) -> list[str]:
    """The texts of components and of those inside them, from top to bottom."""
    found: list[str] = []
    for component in components:
        if isinstance(component, discord.TextDisplay):
            found.append(component.content)
        found += _texts(getattr(component, "children", ()))
    return found
