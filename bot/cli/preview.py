"""`caveat preview`: the real bot on a local page that looks like Discord, without token or network."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path

import click

from bot.cli.edges import CouldNotRun
from bot.cli.logging_setup import set_up_logging
from bot.settings import read_settings

MISSING = (
    "the preview needs the extra `preview`: say `make run` without a DISCORD_TOKEN, "
    "or install it with `pip install 'caveat-bot[preview]'`"
)


@click.command(short_help="Try the bot on a local page, without Discord.")
@click.option(
    "--knowledge", type=click.Path(path_type=Path, file_okay=False), help="The folder with the entries."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port on this computer; 0 takes a free one."
)
@click.option(
    "--open/--no-open", "opens", default=None, help="Open the page in the browser (where there is one)."
)
def preview(knowledge: Path | None, port: int, opens: bool | None) -> None:
    """Try the real bot on a page that looks like Discord.

    It needs no token and no network, and nothing that you do there is kept. Ask with /ask,
    press the buttons, and switch between a member and a moderator at the top of the page.

    \b
    Example:
      caveat preview --port 8400
    """
    try:
        asyncio.run(_serve(knowledge, port, opens))
    except ModuleNotFoundError as fault:
        if fault.name not in ("simcord", "aiohttp", "markdown_it"):
            raise
        raise click.UsageError(MISSING) from fault
    except OSError as fault:
        if fault.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise CouldNotRun(
            f"port {port} cannot be used: name another one with --port, or none, and a free one is taken"
        ) from fault


async def _serve(knowledge: Path | None, port: int, opens: bool | None) -> None:
    from bot.discord_ui.preview import scene

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C cancels the task instead.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(sign, stop.set)
    with tempfile.TemporaryDirectory(prefix="caveat-preview-") as folder:
        overrides: dict[str, object] = {
            "database_url": f"sqlite+aiosqlite:///{folder}/preview.db",
            "data_dir": Path(folder),
            "discord_token": None,
            "discord_token_file": None,
        }
        if knowledge is not None:
            overrides["knowledge_dir"] = knowledge
        settings = read_settings(**overrides)
        # What the libraries warn of (no voice, no gateway) is no news where Discord is simulated.
        set_up_logging("ERROR", settings.log_format, [])
        click.echo("Starting the preview ...", err=True)
        async with scene(settings, port) as running:
            click.echo(f"The preview is at {running.preview.url}")
            click.echo("Whoever has this address can use it. Stop with Ctrl-C.", err=True)
            if opens if opens is not None else _has_browser():
                webbrowser.open(running.preview.url)
            closed = asyncio.ensure_future(running.preview.wait_closed())
            stopped = asyncio.ensure_future(stop.wait())
            await asyncio.wait({closed, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for waiting in (closed, stopped):
                waiting.cancel()
    click.echo("The preview has ended; nothing was kept.", err=True)


def _has_browser() -> bool:
    """True for a person at a screen; a browser in the terminal would block."""
    has_screen = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty()
