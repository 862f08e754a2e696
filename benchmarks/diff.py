"""How long `caveat diff` takes for ten thousand kept questions and the labelled ones.

    python -m benchmarks.diff [--questions 10000] [--rounds 2] [--matcher default]

The log holds that many distinct questions: the labelled ones of the shipped knowledge, each with a slip of
the keyboard, again and again with another. The edit takes every third phrasing out of one entry in five.
Measured is the command as it is typed, from the start of its process to its end, with nothing embedded
before; its processor time stands beside it, which tells more on a machine that does other things too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import ROOT, mistyped, shipped_set
from benchmarks.section import BEGINS, filled, machine, seconds_table, write_section
from bot.store.records import Answered, Way
from bot.store.store import Store

GIT = ["git", "-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> None:
    """Measure, print, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--matcher", choices=["default", "light"], default="default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder, address = Path(made) / "repository", f"sqlite+aiosqlite:///{made}/caveat.db"
        write_repository(folder)
        asyncio.run(write_log(address, given.questions))
        command = [sys.executable, "-m", "bot", "diff", "--format", "json", "--knowledge", "knowledge"]
        own = {"DATABASE_URL": address, "MATCHER": given.matcher, "PYTHONPATH": str(ROOT)}
        taken: list[float] = []
        worked_by: list[float] = []
        for _ in range(given.rounds):
            started, worked = time.perf_counter(), os.times()
            ran = subprocess.run(  # noqa: S603  # our own command
                command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=False
            )
            taken.append(time.perf_counter() - started)
            if ran.returncode not in (0, 1):
                raise SystemExit(ran.stderr)
            found = json.loads(ran.stdout)
            now = os.times()
            worked_s = now.children_user + now.children_system - worked.children_user - worked.children_system
            worked_by.append(worked_s)
            asked = f"{found['kept']:,} kept and {found['labelled']:,} labelled questions"
            print(f"{taken[-1]:6.1f} s ({worked_s:.1f} s of processor): {asked}", flush=True)
            print(f"{'':9}{len(found['changes']):,} of them changed", flush=True)
    told = f"""`python -m benchmarks.diff`, {machine()}. The log of {given.questions:,} distinct questions and
        the labelled ones of the shipped knowledge, {given.matcher} search; the whole command,
        nothing embedded before."""
    rows = {"`caveat diff`": taken, "processor time of it": worked_by}
    text = f"## What an edit changes\n\n{filled(told)}\n\n{seconds_table(rows)}"
    print(text)
    write_section(ROOT / "docs" / "BENCHMARKS.md", f"diff-{given.matcher}", text, BEGINS)


def write_repository(folder: Path) -> None:
    """The shipped knowledge, committed, and edited since."""
    shutil.copytree(ROOT / "knowledge", folder / "knowledge")
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=Begin"]):
        subprocess.run([*GIT, *words], cwd=folder, check=True)  # noqa: S603  # our own command
    for file in sorted((folder / "knowledge" / "entries").rglob("*.yaml"))[::5]:
        text = file.read_text("utf-8")
        head, _, rest = text.partition("\nphrasings:\n")
        phrasings, mark, tail = rest.partition("\ndecoys:")
        kept = [line for number, line in enumerate(phrasings.split("\n")) if number % 3]
        file.write_text(head + "\nphrasings:\n" + "\n".join(kept) + mark + tail, "utf-8")


async def write_log(address: str, count: int) -> None:
    """A log with that many distinct answered questions."""
    store = await Store.open(address)
    texts: dict[str, None] = {}
    corpus, seed = shipped_set(), 1
    while len(texts) < count:
        texts.update(dict.fromkeys(asked.text for asked in mistyped(corpus, seed).questions))
        seed += 1
    for text in list(texts)[:count]:
        await store.keep_answered(Answered(text, "bfr-what-is", "x", "y", 0.9, Way.MATCH), NOW)
    await store.close()


if __name__ == "__main__":
    main()
