"""The moderators' channel: where the bot says what a person should look at."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord import ui

from bot.discord_ui.buttons import said
from bot.discord_ui.replies import NOBODY

log = structlog.get_logger(__name__)


async def post(bot: Any, content: ui.LayoutView | str) -> bool:
    """Post a view or a text in MODERATORS_CHANNEL; True where it stands there.

    Never raises: where there is no such channel, or Discord refuses, the log says so.
    """
    channel_id = bot.settings.moderators_channel
    if channel_id is None:
        return False
    channel = await channel_of(bot, channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        log.warning(
            "the moderators' channel cannot be reached; set MODERATORS_CHANNEL", channel_id=channel_id
        )
        return False
    view = said(content) if isinstance(content, str) else content
    try:
        await channel.send(view=view, allowed_mentions=NOBODY)
    except (TimeoutError, discord.HTTPException, OSError) as fault:
        log.warning("cannot post to the moderators", channel_id=channel_id, why=str(fault))
        return False
    return True


async def channel_of(client: discord.Client, channel_id: int) -> object | None:
    """The channel of that id; None where it is gone or out of reach."""
    known = client.get_channel(channel_id)
    if known is not None:
        return known
    try:
        return await client.fetch_channel(channel_id)
    except (discord.HTTPException, discord.InvalidData):
        return None
