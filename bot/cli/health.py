"""`caveat health`: is the bot connected? What a container's health check runs."""

from __future__ import annotations

import time

import click

from bot.cli.edges import CouldNotRun
from bot.settings import read_settings

FRESH_S = 60
"""The bot touches the file every 15 seconds while it is connected; four missed touches are no hiccup."""
NOT_HEALTHY = 1


@click.command(short_help="Tell whether the bot is connected.")
def health() -> None:
    """Tell whether the bot is connected to Discord.

    A running bot touches HEARTBEAT_FILE every 15 seconds while it is connected. The exit code
    is 0 where that was less than 60 seconds ago, 1 where it was not, and 2 where
    HEARTBEAT_FILE is not set. The container image sets it, and runs this by itself.

    \b
    Example:
      HEARTBEAT_FILE=/tmp/caveat-heartbeat caveat health
    """
    file = read_settings().heartbeat_file
    if file is None:
        raise CouldNotRun("HEARTBEAT_FILE is not set: give `caveat run` and `caveat health` the same file")
    try:
        age_s = time.time() - file.stat().st_mtime
    except FileNotFoundError:
        click.echo(f"not connected: {file} is not there; the bot has not connected yet", err=True)
        raise click.exceptions.Exit(NOT_HEALTHY) from None
    except OSError as fault:
        raise CouldNotRun(f"HEARTBEAT_FILE {file} cannot be read: {fault.strerror}") from fault
    if age_s >= FRESH_S:
        click.echo(f"not connected: {file} was last touched {age_s:.0f} s ago; see the bot's log", err=True)
        raise click.exceptions.Exit(NOT_HEALTHY)
    click.echo("connected")
