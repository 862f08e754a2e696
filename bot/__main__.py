"""`caveat` and `python -m bot`: where the command line begins."""

from __future__ import annotations

import sys

from bot.cli.garbage import collect_nothing


def main() -> None:
    """Run the command line and leave with its exit code; Ctrl-C is quiet from the first moment."""
    collect_nothing()  # until the verb is imported
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
