"""The sender: carries a delivery to Discord, looks for it there, and says in plain terms what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import aiohttp
import discord

from bot.app import App
from bot.core.delivery import PERSONAL, Delivery, Later, Looked, Outcome, Refused, Sent, Unclear
from bot.discord_ui.delivery_views import delivery_parts
from bot.discord_ui.replies import NOBODY
from bot.journeys.deliver import Post

MARGIN = timedelta(minutes=2)
"""By so much this machine's clock may be ahead of Discord's when a message is looked up."""
LOOKED_THROUGH = 1000
"""Messages since then; in a channel that wrote more in between it cannot be told."""
GONE_ALREADY = 10008
"""What Discord says to a nonce whose message was made and then deleted by somebody."""
NOT_NOW = frozenset({20016, 20026, 20028, 31002, 40002, 40003})
"""Codes of refusals that pass: slow mode, write limits, a flagged or unverified bot, too many new chats."""
NETWORK = (aiohttp.ClientError, OSError, asyncio.TimeoutError)
_NEVER_LEFT = (aiohttp.ClientConnectorError, discord.RateLimited)

Channel = discord.DMChannel | discord.PartialMessageable


class Sender:
    """Sends what stands in the outbox of an app."""

    def __init__(self, client: discord.Client, app: App) -> None:
        self._client = client
        self._app = app

    @property
    def post(self) -> Post:
        """What the journey calls."""
        return Post(self.send, self.look_up)

    async def send(self, delivery: Delivery) -> Outcome:
        """Send it with its nonce, which discord.py sends with `enforce_nonce`."""
        parts = await delivery_parts(delivery, self._app, self._client)
        if parts is None:
            return Refused("there is nothing to say")
        view, files = parts
        try:
            channel = await self._channel(delivery)
        except (discord.DiscordException, *NETWORK) as fault:
            return _before_sending(fault)
        try:
            sent = await channel.send(
                view=view, files=files, nonce=delivery.nonce, allowed_mentions=_whom(delivery)
            )
        except (discord.DiscordException, *NETWORK) as fault:
            return outcome_of(fault)
        return Sent(sent.id)

    async def look_up(self, delivery: Delivery) -> Sent | Looked:
        """Find it by the mark that it carries, among the messages since it was begun."""
        if delivery.began_at is None:
            return Looked.ABSENT
        since = discord.Object(discord.utils.time_snowflake(delivery.began_at - MARGIN))
        try:
            channel = await self._channel(delivery)
            seen = 0
            async for message in channel.history(after=since, limit=LOOKED_THROUGH, oldest_first=True):
                seen += 1
                if self._is_ours(message) and delivery.mark in component_ids(message.components):
                    return Sent(message.id)
            if seen == LOOKED_THROUGH or not (seen or await _is_readable(channel)):
                return Looked.UNKNOWN
        except (discord.Forbidden, discord.NotFound):
            return Looked.UNKNOWN
        except (discord.DiscordException, *NETWORK):
            return Looked.UNREACHABLE
        return Looked.ABSENT

    def _is_ours(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    async def _channel(self, delivery: Delivery) -> Channel:
        """Where it goes: the channel that it names, else the member's direct messages."""
        message = delivery.message
        if message.channel_id is not None:
            return self._client.get_partial_messageable(message.channel_id)
        return await self._client.create_dm(discord.Object(message.user_id or 0))


def outcome_of(fault: BaseException) -> Outcome:
    """What a fault says of the message that was being sent."""
    if isinstance(fault, _NEVER_LEFT):
        return Later(_why(fault))
    if not isinstance(fault, discord.HTTPException) or fault.status >= 500:
        return Unclear(_why(fault))
    if fault.code == GONE_ALREADY:
        return Sent(None)
    if fault.status in (401, 408, 429) or fault.code in NOT_NOW:
        return Later(_why(fault))
    return Refused(_why(fault))


def component_ids(components: Iterable[Any]) -> set[int]:
    """The ids of components and of those inside them."""
    found: set[int] = set()
    for component in components:
        found.add(getattr(component, "id", None) or 0)
        found |= component_ids(getattr(component, "children", ()))
    return found


def _before_sending(fault: BaseException) -> Outcome:
    """Opening a direct channel sends nothing, so that nothing is unclear about it."""
    outcome = outcome_of(fault)
    return Later(outcome.why) if isinstance(outcome, Unclear) else outcome


async def _is_readable(channel: Channel) -> bool:
    """False where an empty past may mean that it may not be read: Discord shows none of it then."""
    if isinstance(channel, discord.DMChannel):
        return True
    return bool([message async for message in channel.history(limit=1)])


def _whom(delivery: Delivery) -> discord.AllowedMentions:
    """Nobody is pinged but the member who allowed it, and only in the channel that the mention is for."""
    message = delivery.message
    if message.kind in PERSONAL and message.channel_id is not None and message.user_id is not None:
        return discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(message.user_id)], replied_user=False
        )
    return NOBODY


def _why(fault: BaseException) -> str:
    if isinstance(fault, discord.HTTPException):
        return f"HTTP {fault.status}, code {fault.code}"
    return type(fault).__name__
