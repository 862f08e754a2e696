"""`caveat run`: the bot on Discord, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import click

from bot.cli.edges import CouldNotRun
from bot.cli.logging_setup import set_up_logging
from bot.discord_ui.connect import serve
from bot.settings import Settings, read_settings

PATIENCE_S = 3.0
"""A container is killed ten seconds after it was told to stop; closing takes its part of them."""
UNSET = (
    "there is no DISCORD_TOKEN, so there is no Discord to run on: put the bot's token into .env "
    "(copy .env.example), or name a file that holds it in DISCORD_TOKEN_FILE\n"
    "to try the bot without one, on a page of this computer: caveat preview"
)
MISTYPED = (
    "the Discord token holds a blank, a line break or a letter that no token has: "
    "copy it again, whole and alone, into DISCORD_TOKEN or the file of DISCORD_TOKEN_FILE"
)


@click.command(short_help="Run the bot on Discord.")
def run() -> None:
    """Run the bot on Discord, until Ctrl-C or SIGTERM.

    Everything is set in the environment or in a file .env beside it; .env.example lists it
    all. It takes DISCORD_TOKEN, and no privileged intent has to be switched on. The database
    is made, or brought up to date, by itself.

    \b
    Example:
      DISCORD_TOKEN=... LOG_FORMAT=json caveat run
    """
    settings = read_settings()
    token = settings.token()
    if not token:
        raise CouldNotRun(UNSET)
    if not token.isascii() or any(c.isspace() or not c.isprintable() for c in token):
        raise CouldNotRun(MISTYPED)
    set_up_logging(settings.log_level, settings.log_format, [token])
    asyncio.run(_until_stopped(settings, token))


async def _until_stopped(settings: Settings, token: str) -> None:
    """Serve until SIGTERM, which is a clean end; Ctrl-C comes as a cancellation from asyncio itself."""
    task = asyncio.current_task()
    was_told = False

    def stop() -> None:
        nonlocal was_told
        was_told = True
        if task is not None:
            task.cancel()

    with contextlib.suppress(NotImplementedError):  # Windows has none, and no SIGTERM that could be caught
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        await serve(settings, token)
    except asyncio.CancelledError:
        if not was_told:
            raise
    finally:
        await _what_is_under_way()


async def _what_is_under_way() -> None:
    """Let tasks that are still writing come to their end; what takes longer is cancelled by asyncio."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=PATIENCE_S)
