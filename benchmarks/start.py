"""How long until the bot is ready, and until `caveat ask` has answered, each in a process of its own.

    python benchmarks/start.py [--rounds 5]

Ready: from the start of the process until the bot has opened the store (the SQLite file of an earlier start),
loaded the shipped knowledge, and told a simulated Discord its commands. Ask: the whole command, cold.
Both with the search model set up and its vectors cached, as after `caveat check`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "does bfr really raise gh 290x??"
READY = """
import asyncio, gc, sys
from bot.__main__ import FEWER_COLLECTIONS
gc.set_threshold(FEWER_COLLECTIONS)
import simcord
from bot.discord_ui.client import create_bot
from bot.settings import Settings

async def main():
    settings = Settings(knowledge_dir=sys.argv[1], database_url=sys.argv[2])
    async with simcord.run(create_bot(settings)):
        print("ready", flush=True)

asyncio.run(main())
"""


def seconds_until(arguments: list[str], line: str | None) -> float:
    """Seconds from the start of a process to that line of its output, or to its end."""
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  # our own command
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
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
    """Measure and print the median and the worst of each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ask = [sys.executable, "-m", "bot", "ask", "--json", QUESTION]
    rows: dict[str, list[float]] = {"start to ready": [], "caveat ask, cold": []}
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{folder}/caveat.db"
        ready = [sys.executable, "-c", READY, str(ROOT / "knowledge"), database]
        seconds_until(ready, "ready")
        for _ in range(rounds):
            rows["start to ready"].append(seconds_until(ready, "ready"))
            rows["caveat ask, cold"].append(seconds_until(ask, None))
    print(f"{'':20} {'median':>8} {'worst':>8}   ({rounds} rounds)")
    for name, taken in rows.items():
        print(f"{name:20} {statistics.median(taken):7.2f}s {max(taken):7.2f}s")


if __name__ == "__main__":
    main()
