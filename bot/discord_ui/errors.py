"""An error reaches the member as one sentence with a number, and the log as a traceback with it."""

from __future__ import annotations

import contextlib
import secrets

import discord
import structlog

from bot.core import wording
from bot.discord_ui.replies import NOBODY, reply_to

log = structlog.get_logger(__name__)

GONE = frozenset({10003, 10008})
"""Discord's codes for a channel or message that is not there any more."""


def new_reference() -> str:
    """Six characters that join what the member saw to what the log says."""
    return secrets.token_hex(3).upper()


def is_out_of_reach(error: BaseException) -> bool:
    """True for what Discord refuses for good: the place is gone, or we may not write there."""
    return isinstance(error, discord.Forbidden) or (
        isinstance(error, discord.HTTPException) and error.code in GONE
    )


async def tell(interaction: discord.Interaction, error: BaseException) -> str:
    """Log the error with a new reference number, and tell it to the member, privately; the number."""
    reference = new_reference()
    original = getattr(error, "original", error)
    log.error("error shown to a member", reference=reference, exc_info=original)
    text = wording.ERROR.format(reference=reference)
    # Where even this cannot be said, the log has it; there is nobody left to tell.
    with contextlib.suppress(discord.HTTPException):
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
        else:
            await interaction.response.send_message(text, ephemeral=True, allowed_mentions=NOBODY)
    return reference


async def tell_in_channel(message: discord.Message, error: BaseException) -> str | None:
    """The same for a mention or a direct message; None where the bot cannot write there."""
    if is_out_of_reach(error):
        log.info("cannot reply", channel_id=message.channel.id, why=str(error))
        return None
    reference = new_reference()
    log.error("error shown to a member", reference=reference, exc_info=error)
    with contextlib.suppress(discord.HTTPException):
        await reply_to(message, content=wording.ERROR.format(reference=reference))
    return reference
