"""`caveat reload`: asks the running bot to take up edits and merges now, and says what came of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click

from bot.cli.edges import CouldNotRun
from bot.journeys import control
from bot.journeys.reload import Came
from bot.settings import read_settings

NOT_TAKEN = 1
WAIT_S = 60.0
_SHOWN = 20


@click.command(short_help="Ask the running bot to take up an edit now.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The data folder of the running bot, instead of DATA_DIR's or the default.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0.1),
    default=WAIT_S,
    show_default=True,
    metavar="SECONDS",
    help="So long an answer is waited for.",
)
def reload(data: Path | None, wait: float) -> None:
    """Ask the bot that runs with this DATA_DIR to fetch what was merged and read the knowledge anew.

    An edit goes live by itself where the folder is watched; this is for where it is not, and
    for scripts. Errors are shown with file, line and mend; what was live stays live then. The
    exit code is 0, or 1 when the edit was not taken up, or 2 when no bot answered.

    \b
    Examples:
      caveat reload
      docker compose exec bot caveat reload
    """
    folder = data or read_settings().data_dir
    try:
        request = control.ask(folder)
    except OSError as fault:
        raise CouldNotRun(
            f"{folder} cannot be written ({fault.strerror}): name the running bot's data folder with --data"
        ) from fault
    told = f"Asked the bot that runs with DATA_DIR={folder}; its answer is waited for up to {wait:g} seconds."
    try:
        with _ended_by_sigterm():
            click.echo(told, err=True)
            found = control.wait_for_answer(request, wait)
    finally:
        with suppress(OSError):
            request.unlink()  # no bot that starts tomorrow is to find it
    if found is None:
        raise CouldNotRun(
            f"no bot answered within {wait:g} seconds: is one running with DATA_DIR={folder}? "
            "Beside another one's data folder: --data DIR"
        )
    for line in lines_of(found):
        click.echo(line)
    if found["came"] not in (Came.LIVE, Came.SAME):
        raise click.exceptions.Exit(NOT_TAKEN)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM raises Exit in here, so that what must be tidied is; handlers are the main thread's alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        raise click.exceptions.Exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def lines_of(found: dict[str, Any]) -> list[str]:
    """What came of it, in the terminal's words."""
    version, entries, problems = found["version"], found["entries"], found["problems"]
    count = "1 error" if len(problems) == 1 else f"{len(problems)} errors"
    first = {
        Came.LIVE: f"Live: version {version} with {entries} entries, after {found['seconds']:.1f} s.",
        Came.SAME: f"Nothing has changed: version {version} with {entries} entries stays live.",
        Came.KEPT: f"Not taken up: the knowledge has {count}. Version {version} stays live.",
        Came.TAKEN_BACK: f"Taken back: {count} showed. Version {version} is live again.",
        Came.FAILED: f"Not taken up: reading failed. Version {version} stays live; in the bot's log: "
        f"reference {found['reference']}.",
    }[Came(found["came"])]
    lines = [first]
    for problem in problems[:_SHOWN]:
        place = f"{problem['path']}:{problem['line']}:{problem['column']}"
        lines += [f"{place}: {problem['message']} [{problem['rule']}]", f"    {problem['mend']}"]
    if len(problems) > _SHOWN:
        lines.append(f"... and {len(problems) - _SHOWN} more; to see them all: caveat check")
    return lines
