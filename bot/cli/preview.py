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

from bot.cli import preview_told as told
from bot.cli.edges import CouldNotRun
from bot.cli.logging_setup import set_up_logging
from bot.settings import Settings, read_settings

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
        # Around the event loop, which ends once every thread has: nothing is written there any more.
        with tempfile.TemporaryDirectory(prefix="caveat-preview-") as folder:
            asyncio.run(_serve(Path(folder), knowledge, port, opens))
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
    click.echo("The preview has ended; nothing was kept.", err=True)


async def _serve(folder: Path, knowledge: Path | None, port: int, opens: bool | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has none; there Ctrl-C cancels the task
            loop.add_signal_handler(sign, stop.set)
    settings = _settings(folder, knowledge)
    # What the libraries warn of (no voice, no gateway) is no news where Discord is simulated.
    set_up_logging("ERROR", settings.log_format, [])
    click.echo("Starting the preview ...", err=True)
    # Only now: it takes a moment, in which Ctrl-C is to end as quietly as later on.
    from bot.discord_ui.preview import scene
    from bot.journeys.entry_tests import StoppedError

    with contextlib.suppress(StoppedError):
        async with scene(settings, port, lambda: not stop.is_set(), told.direct_message) as running:
            app = running.env.bot.app
            click.echo(f"The preview is at {running.preview.url}")
            for line in told.start_lines(settings, knowledge, app.live.matcher.engine):
                click.echo(line, err=True)
            app.after_reload.append(told.Edits())
            if opens if opens is not None else _has_browser():
                webbrowser.open(running.preview.url)
            closed = asyncio.ensure_future(running.preview.wait_closed())
            stopped = asyncio.ensure_future(stop.wait())
            await asyncio.wait({closed, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for waiting in (closed, stopped):
                waiting.cancel()


def _settings(folder: Path, knowledge: Path | None) -> Settings:
    """Those of the bot, but with nothing that reaches out of the preview or outlives it."""
    overrides: dict[str, object] = {
        "database_url": f"sqlite+aiosqlite:///{folder}/preview.db",
        "data_dir": folder,
        "discord_token": None,
        "discord_token_file": None,
        "knowledge_remote": None,
        "moderators_channel": None,
        "heartbeat_file": None,
    }
    if knowledge is not None:
        overrides["knowledge_dir"] = knowledge
    return read_settings(**overrides)


def _has_browser() -> bool:
    """True for a person at a screen; a browser in the terminal would block."""
    has_screen = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty()
