"""`caveat` and `python -m bot`: where the command line begins."""

from __future__ import annotations

import gc
import sys

FEWER_COLLECTIONS = 50_000
"""New objects between two collections: a library has many that all stay, and were looked at in vain."""


def main() -> None:
    """Run the command line and leave with its exit code; Ctrl-C is quiet from the first moment."""
    gc.set_threshold(FEWER_COLLECTIONS)
    try:
        # Here, so that Ctrl-C while they load is quiet too.
        from bot.cli.edges import hush_late_threads
        from bot.cli.main import caveat

        hush_late_threads()
        caveat(prog_name="caveat")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
