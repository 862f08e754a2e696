"""What a verb writes into a file that its user named."""

from __future__ import annotations

from pathlib import Path

from bot.cli.edges import CouldNotRun
from bot.knowledge.put import put_file


def write_output(output: Path, text: str) -> None:
    """Write the text, its lines ending alike on every system. Raises CouldNotRun, which tells the mend.

    What stood in the file before is there until the new text is on the disk as a whole.
    """
    try:
        if output.is_symlink() or (output.exists() and not output.is_file()):
            output.write_text(text, encoding="utf-8", newline="\n")  # /dev/stdout, a pipe, a device
        else:
            put_file(output, text.encode("utf-8"))
    except OSError as fault:
        raise CouldNotRun(f"{output} cannot be written: {fault.strerror}; name another file") from fault
