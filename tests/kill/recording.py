"""The recorder as a test holds it: begun, asked, ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from tests.kill.life import ROOT
from tests.kill.recorder import API, Doom, Moment

STUCK_S = 60


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorder that is running."""

    port: int

    @property
    def base(self) -> str:
        """What discord.py is pointed at."""
        return f"http://127.0.0.1:{self.port}{API}"

    def state(self) -> dict[str, Any]:
        """All messages and counts."""
        return self._asked("/recorder")

    def kill(self, doom: Doom) -> None:
        """Have a process killed at one of its next requests."""
        when = (
            f"after={doom.after}&changes={int(doom.only_changes)}&moment={doom.moment}&later={doom.later_s}"
        )
        self._asked(f"/recorder/kill?process={doom.process_id}&{when}")

    def spare(self) -> None:
        """Have nobody killed any more."""
        self.kill(Doom(0, 0, False, Moment.LOST, 0.0))

    def send(self, channel_id: int, message: dict[str, Any]) -> int:
        """Post a message as the bot would have, again where it is told to come later; its id."""
        while True:
            answered = self._asked(f"{API}/channels/{channel_id}/messages", message)
            if "id" in answered:
                return int(answered["id"])

    def _asked(self, path: str, given: Any = None) -> dict[str, Any]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=STUCK_S)) as connection:
            body = None if given is None else json.dumps(given)
            connection.request("GET" if body is None else "POST", path, body)
            found: dict[str, Any] = json.load(connection.getresponse())
            return found


@contextmanager
def a_recorder(seed: str, nonces: str) -> Iterator[Recording]:
    """A recorder in a process of its own; `nonces` is kept or forgotten."""
    command = [sys.executable, "-m", "tests.kill.recorder", seed, nonces]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("it was begun with pipes")
        yield Recording(int(process.stdout.readline()))
        process.stdin.close()
        process.wait(timeout=STUCK_S)
