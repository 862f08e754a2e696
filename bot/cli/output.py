"""What a verb writes into a file that its user named."""

from __future__ import annotations

from pathlib import Path

from bot.cli.edges import CouldNotRun


def write_output(output: Path, text: str) -> None:
    """Write the text, its lines ending alike on every system. Raises CouldNotRun, which tells the mend."""
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise CouldNotRun(f"{output} cannot be written: {fault.strerror}; name another file") from fault
