"""Connect: run the bot on Discord until it is stopped, or say in plain words why it cannot."""

from __future__ import annotations

import errno

import discord

from bot.discord_ui.client import create_bot
from bot.settings import Settings

_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL})
"""What the system says to a port that cannot be served; a connection that fails says other things."""


class CannotConnectError(Exception):
    """Discord cannot be reached or does not let the bot in; the message tells the mend, and no secret."""


async def serve(settings: Settings, token: str) -> None:
    """Run the bot until this task is cancelled; lost connections are taken up again.

    Raises CannotConnectError, and what `App.open` raises. The app is closed either way.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never speaks aloud
    try:
        async with create_bot(settings) as bot:
            await bot.prepare()
            await bot.start(token)
    except discord.LoginFailure as fault:
        raise CannotConnectError(
            "Discord does not accept this token: copy it anew from the developer portal "
            "(your application, Bot, Reset Token) into DISCORD_TOKEN"
        ) from fault
    except discord.ConnectionClosed as fault:
        raise CannotConnectError(
            f"Discord closed the connection for good (code {fault.code}): look at the bot in the "
            "developer portal; where its token was reset, put the new one in DISCORD_TOKEN"
        ) from fault
    except discord.HTTPException as fault:
        raise CannotConnectError(
            f"Discord refused a request (HTTP {fault.status}: {fault.text or 'no reason given'}); "
            "discordstatus.com tells how it is doing; try again later"
        ) from fault
    except OSError as fault:
        if fault.errno in _TAKEN and settings.metrics_port is not None:
            raise CannotConnectError(
                f"METRICS_PORT {settings.metrics_port} cannot be used ({fault.strerror}): "
                "name a free port, or none"
            ) from fault
        raise CannotConnectError(
            f"Discord cannot be reached ({fault}): look at this computer's network, then start again"
        ) from fault
