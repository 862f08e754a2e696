"""A life: a process of the bot that the nursery began, what it has told, and its end."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
STUCK_S = 60


class Nursery:
    """The process that forks the others; `with Nursery() as nursery:`."""

    def __enter__(self) -> Self:
        self._one_at_a_time = threading.Lock()
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.nursery", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                # A library with threads of its own would have to be forked with them.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": _python_path()},
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.close()
        self._process.wait(timeout=30)

    def kill(self) -> None:
        """SIGKILL, as where the whole test was killed; what it forked has to notice."""
        self._process.kill()
        self._process.wait()

    def begin(self, task: str, **given: Any) -> Life:
        """Fork a process for that task (a function of the nursery), with what it is given, as plain JSON."""
        reading, writing = os.pipe()
        order = json.dumps({"task": task, **given}).encode()
        with self._one_at_a_time:
            socket.send_fds(self._orders, [order], [writing])
            os.close(writing)
            return Life(int(self._orders.recv(32)), reading)


def _python_path() -> str:
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))


@dataclass(slots=True)
class Life:
    """A running process. `told` is what it has acknowledged so far, written down here, outside of it."""

    process_id: int
    pipe: int
    told: list[dict[str, Any]] = field(default_factory=list)
    rest: bytes = b""

    def let_tell(self, times: int) -> None:
        """Write down what it tells until it has told that many times, or has ended by itself.

        Raises TimeoutError where it is stuck.
        """
        while len(self.told) < times:
            if not select.select([self.pipe], [], [], STUCK_S)[0]:
                raise TimeoutError(f"told {len(self.told)} times, then nothing for {STUCK_S} s")
            if not self._read():
                return

    def let_live(self, seconds: float) -> None:
        """Write down what it tells for that long, or until it ends by itself."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.pipe], [], [], left)[0] and not self._read():
                return

    def kill(self) -> list[dict[str, Any]]:
        """SIGKILL, wherever it is; all that it had told by then."""
        with suppress(ProcessLookupError):  # it had ended by itself, and told why
            os.kill(self.process_id, signal.SIGKILL)
        return self.end()

    def end(self) -> list[dict[str, Any]]:
        """Wait until it has ended; all that it told. A last line that it did not finish was never told."""
        while self._read():
            pass
        os.close(self.pipe)
        return self.told

    def _read(self) -> bool:
        """Write down what stands in the pipe; False once the process has ended."""
        chunk = os.read(self.pipe, 65536)
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        self.told.extend(json.loads(line) for line in lines)
        return bool(chunk)
