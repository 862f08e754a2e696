"""The edges: whatever a verb raises becomes a clear line and an exit code, never a traceback."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import click

STOPPED = 130
"""128 + SIGINT, as a shell counts it."""
NOBODY_READS = 141
"""128 + SIGPIPE: what a program that does not catch it ends with."""
EXPECTED = frozenset(
    {
        "CannotConnectError",
        "KnowledgeBrokenError",
        "KnowledgeNotFoundError",
        "SettingsError",
        "StoreUnavailableError",
    }
)
"""The bot's errors whose message tells the mend. By name: to import them would load Discord and SQL."""


class CouldNotRun(click.ClickException):
    """What keeps a verb from running, in words that tell the mend; each line goes to stderr, exit code 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Print the message, each of its lines marked as ours."""
        for line in self.message.splitlines():
            click.echo(f"caveat: {line}", err=True)


@contextmanager
def edges(*, debug: bool) -> Iterator[None]:
    """Turn what is raised inside into what click ends with: Exit or CouldNotRun.

    With `debug` the traceback is printed to stderr first.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.exceptions.Abort):
        raise
    except KeyboardInterrupt:
        raise click.exceptions.Exit(STOPPED) from None
    except BrokenPipeError:
        _drop_output()
        raise click.exceptions.Exit(NOBODY_READS) from None
    except OSError as fault:
        if fault.errno != errno.ENOSPC:
            if debug:
                traceback.print_exception(fault)
            raise CouldNotRun(_in_words(fault)) from fault
        _drop_output()
        raise CouldNotRun(
            "the disk that the output goes to is full: make room, or write elsewhere"
        ) from fault
    except Exception as fault:  # the edge: nobody is shown a traceback who did not ask for it
        if debug:
            traceback.print_exception(fault)
        raise CouldNotRun(_in_words(fault)) from fault


def hush_late_threads() -> None:
    """For the whole process: a database's thread that answers when the loop has ended says nothing.

    aiosqlite closes a connection that failed without waiting for its thread.
    """

    def told(fault: threading.ExceptHookArgs) -> None:
        if not (isinstance(fault.exc_value, RuntimeError) and str(fault.exc_value) == "Event loop is closed"):
            threading.__excepthook__(fault)

    threading.excepthook = told


def _in_words(fault: Exception) -> str:
    kind = type(fault)
    if kind.__name__ in EXPECTED and kind.__module__.startswith("bot."):
        return str(fault)
    return (
        f"something went wrong in Caveat itself. Reference: {reference(fault)}\n"
        "to see where, and to report it, say the same with --debug: caveat --debug VERB ..."
    )


def reference(fault: BaseException) -> str:
    """Six characters for a fault: the same place and kind of error always give the same ones."""
    where = _innermost(fault.__traceback__)
    return hashlib.sha256(f"{type(fault).__qualname__}@{where}".encode()).hexdigest()[:6].upper()


def _innermost(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


def _drop_output() -> None:
    """Point stdout at nothing, or Python would complain about the closed pipe as it leaves."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
