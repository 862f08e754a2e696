"""What a verb writes into a file that its user named: whole, or the file stays as it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.cli.edges import CouldNotRun


def write_output(output: Path, text: str) -> None:
    """Write the text, its lines ending alike on every system. Raises CouldNotRun, which tells the mend."""
    with opened_output(output) as stream:
        stream.write(text)


@contextmanager
def opened_output(output: Path) -> Iterator[TextIO]:
    """A stream in UTF-8 that takes the file's name only when all is written: half of it is never seen.

    A pipe or a device is written to as it is, and so is a file in a folder that may not be written in.
    Raises CouldNotRun, which tells the mend.
    """
    target = output.resolve()
    part = target.with_name(f".{target.name}.part")
    is_direct = output.exists() and not (target.is_file() and os.access(target.parent, os.W_OK))
    try:
        if target.is_file():
            with target.open("ab"):
                pass  # refuses a file that is write-protected, which a rename would replace
        with (output if is_direct else part).open("w", encoding="utf-8", newline="") as stream:
            yield stream
            if not is_direct:
                stream.flush()
                os.fsync(stream.fileno())
        if not is_direct:
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
    except OSError as fault:
        raise CouldNotRun(f"{output} cannot be written: {fault.strerror}; name another file") from fault
    finally:
        if not is_direct:
            part.unlink(missing_ok=True)
