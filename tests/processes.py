"""Processes: a command of the tests that never outlives them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def started(command: list[str], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """The process with its stdout in a pipe, killed at the end; `how` is as `subprocess.Popen` takes it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, **how) as process:
        try:
            yield process
        finally:
            process.kill()  # does nothing to one that has ended
