"""Control: another process asks the running bot for a reload, through files in the data folder.

A request is an empty file; its answer lies beside it, put in place by one renaming. Nothing listens on a
port, and whoever may write in the data folder may ask.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.journeys.reload import Reloaded

FOLDER = "control"
_ASKED, _ANSWERED = ".asked", ".answered"
_LOOK_S = 0.05
LISTEN_S = 0.5
_STOPPING_S = 2.0
_OLD_S = 3600


def ask(data: Path) -> Path:
    """Ask the bot whose data folder that is; the request. Raises OSError where it cannot be written."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    request = folder / f"{secrets.token_hex(8)}{_ASKED}"
    request.touch(mode=0o600)
    return request


def wait_for_answer(request: Path, wait_s: float) -> dict[str, Any] | None:
    """What the bot says of it, as `answer` wrote it; None where it says nothing in time.

    The request is taken back then, and the answer is deleted once it is read.
    """
    answered = request.with_suffix(_ANSWERED)
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        with suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads(answered.read_text("utf-8"))
            answered.unlink()
            return found
        time.sleep(_LOOK_S)
    with suppress(OSError):
        request.unlink()
    return None


def requests(data: Path) -> list[Path]:
    """What was asked and not answered yet. Never raises."""
    try:
        return sorted((data / FOLDER).glob(f"*{_ASKED}"))
    except OSError:
        return []


def answer(asked: Sequence[Path], reloaded: Reloaded) -> None:
    """Answer requests. Raises OSError where that cannot be written; then they stay asked."""
    record = {**asdict(reloaded), "at": reloaded.at.isoformat()}
    for request in asked:
        draft = request.with_suffix(".draft")
        draft.write_text(json.dumps(record), "utf-8")
        draft.replace(request.with_suffix(_ANSWERED))
        request.unlink(missing_ok=True)


class Listener:
    """A thread that looks for requests from `start` to `stop`, and calls `told` in itself for each look
    that finds some.

    Its own thread and a look now and then: the folder seldom holds anything, and every system can do it.
    """

    def __init__(self, data: Path, told: Callable[[], None]) -> None:
        self._data = data
        self._told = told
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reload requests", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns once the thread has."""
        self._stopped.set()
        self._thread.join(_STOPPING_S)

    def _run(self) -> None:
        while not self._stopped.wait(LISTEN_S):
            if requests(self._data):
                self._told()


def forget_old(data: Path) -> None:
    """Delete what nobody read for an hour. Never raises."""
    with suppress(OSError):
        for file in (data / FOLDER).iterdir():
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _OLD_S:
                    file.unlink()
