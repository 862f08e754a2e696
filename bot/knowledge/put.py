"""Put a file in place: whoever reads it, and whenever a process dies, it is the old one or the new one."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def put_file(file: Path, raw: bytes) -> None:
    """Write a file beside it under a hidden name, to the disk, and rename that. Raises OSError.

    It may be read by whom the old one could be read by; where a link stands, what it leads to is replaced.
    """
    file = file.resolve()
    made = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with made.open("xb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            made.chmod(stat.S_IMODE(file.stat().st_mode))
        made.replace(file)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
