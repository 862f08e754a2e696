"""How long until the bot is ready, and until `caveat ask` has answered, each in a process of its own.

    python -m benchmarks.start [--rounds 5]

Ready: from the start of the process until the bot has opened the store (the SQLite file of an earlier start),
loaded the shipped knowledge, and told a simulated Discord its commands. Ask: the whole command, cold.
Both with the search model set up and its vectors cached, as after `caveat check`, and Python's own files
compiled, as after any start.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

from benchmarks.corpus import ROOT
from benchmarks.section import BEGINS, filled, machine, seconds_table, write_section

QUESTION = "does bfr really raise gh 290x??"
READY = """
from bot.cli.garbage import collect_again, collect_nothing
collect_nothing()
import asyncio, sys
import bot.cli.main, bot.cli.run  # as `caveat run` does
import simcord
from bot.discord_ui.client import create_bot
from bot.settings import Settings
collect_again()

async def main():
    settings = Settings(knowledge_dir=sys.argv[1], database_url=sys.argv[2])
    async with simcord.run(create_bot(settings)):
        print("ready", flush=True)

asyncio.run(main())
"""


def seconds_until(arguments: list[str], line: str | None) -> float:
    """Seconds from the start of a process to that line of its output, or to its end."""
    started = time.perf_counter()
    compiles = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(  # noqa: S603  # our own command
        arguments, cwd=ROOT, env=compiles, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        if process.stdout is None:
            raise RuntimeError("no output")
        for printed in process.stdout:
            if line is not None and printed.strip() == line:
                taken = time.perf_counter() - started
                process.communicate()
                return taken
        if process.wait() != 0 or line is not None:
            raise RuntimeError(f"{arguments[:4]} failed: run it by hand")
    return time.perf_counter() - started


def main() -> None:
    """Measure, print, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ask = [sys.executable, "-m", "bot", "ask", "--json", QUESTION]
    rows: dict[str, list[float]] = {"start to ready": [], "caveat ask, cold": []}
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{folder}/caveat.db"
        ready = [sys.executable, "-c", READY, str(ROOT / "knowledge"), database]
        seconds_until(ready, "ready")
        seconds_until(ask, None)
        for _ in range(rounds):
            rows["start to ready"].append(seconds_until(ready, "ready"))
            rows["caveat ask, cold"].append(seconds_until(ask, None))
    told = f"""`python -m benchmarks.start`, {machine()}. From the start of the process, the search model set
        up, its vectors cached and Python's files compiled by an earlier start: until the bot has told a
        simulated Discord its commands, on the SQLite file of that start; until `caveat ask` has answered
        and ended."""
    text = f"## How quickly it starts\n\n{filled(told)}\n\n{seconds_table(rows)}"
    print(text)
    write_section(ROOT / "docs" / "BENCHMARKS.md", "start", text, BEGINS)


if __name__ == "__main__":
    main()
