"""Hold a file while at work, so that nobody tidies up meanwhile; a process that dies lets go of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_AGAIN_S = 0.05


@contextmanager
def held(file: Path, *, alone: bool, wait_s: float) -> Iterator[int | None]:
    """Hold a file, with others or alone; yields its descriptor, None where others kept it for `wait_s`.

    The kernel lets go when the last process that has the descriptor open is gone, so a child that
    was handed it holds on even if this process dies. POSIX only.
    """
    import fcntl  # POSIX only, and everything else of the knowledge is read on any system

    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield None
                    return
                time.sleep(_LOOK_AGAIN_S)
            else:
                yield descriptor
                return
    finally:
        os.close(descriptor)
