"""Reply to a message: nobody is pinged, and what is replied to may be gone, or not be readable."""

from __future__ import annotations

from typing import Any

import discord

NOBODY = discord.AllowedMentions.none()
NO_READING_HISTORY = 160002
"""Discord's code for a reply in a channel whose past messages the bot may not read."""


async def reply_to(message: discord.Message, **content: Any) -> discord.Message:
    """Send `content` (a view, or text) as a reply that survives the deletion of what it replies to.

    Where past messages may not be read, Discord refuses replies: then it is a plain message.
    """
    reference = message.to_reference(fail_if_not_exists=False)
    try:
        return await message.channel.send(**content, allowed_mentions=NOBODY, reference=reference)
    except discord.HTTPException as refused:
        if refused.code != NO_READING_HISTORY:
            raise
        return await message.channel.send(**content, allowed_mentions=NOBODY)
