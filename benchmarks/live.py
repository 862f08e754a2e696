"""From the edit of a file to live, in a running bot that watches a thousand entries.

    python -m benchmarks.live [--entries 1000] [--rounds 3] [--matcher default]

The entries are made of the public question sets and, where these give out, of their recombinations: ten
phrasings and five decoys each. Measured is from the moment in which the file is written to the one in which
the bot answers from it: the watcher's quiet time, reading, embedding, the tests that may have changed, and
the swap.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import simcord
import yaml

from benchmarks.corpus import ROOT, Subject, public_sets, recombined, shipped_set
from benchmarks.section import BEGINS, filled, machine, seconds_table, write_section
from bot.app import App
from bot.core.problem import Severity
from bot.discord_ui.client import CaveatBot, create_bot
from bot.journeys.check_knowledge import check_knowledge
from bot.matching.engine import PASSED, VECTORS, Engine, cache_folder
from bot.matching.tuning.adapter import ADAPTER
from bot.settings import Settings

GROUPS = 10
PATIENCE_S = 120.0
ODD = (
    "may a zebra dance upon this roof",
    "do trombones rust in the cellar",
    "who paints the lighthouse at dawn",
    "glacier marmalade recipe",
    "when does the puppet theatre open",
    "is chalk older than granite",
    "why do owls wear no gloves",
    "how deep is the castle moat",
    "can ink freeze inside a quill",
)
"""Phrasings that no entry comes near, three a round."""
SHARED = ("caveats.yaml", "sources.yaml", "calibration.yaml")


def main() -> None:
    """Measure each kind of edit, print, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--rounds", type=int, choices=range(1, 4), default=3)
    parser.add_argument("--matcher", choices=["default", "light"], default="default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder, cache = Path(made) / "knowledge", a_cache(Path(made) / "cache")
        count = write_knowledge(folder, given.entries, given.matcher, cache)
        rows = asyncio.run(measure(folder, cache, given.matcher, given.rounds))
    told = f"""`python -m benchmarks.live`, {machine()}. {count:,} entries, {given.matcher} search: from the
        moment in which the file is written to the one in which the bot answers from it."""
    text = f"## From an edit to live\n\n{filled(told)}\n\n{seconds_table(rows)}"
    print(text)
    write_section(ROOT / "docs" / "BENCHMARKS.md", f"live-{given.matcher}", text, BEGINS)


def a_cache(folder: Path) -> Path:
    """A cache folder with the models that are set up, and vectors of its own: others would evict them."""
    folder.mkdir()
    for place in cache_folder().iterdir():
        if place.name not in (VECTORS, PASSED):
            (folder / place.name).symlink_to(place)
    return folder


def write_knowledge(folder: Path, entries: int, matcher: str, cache: Path) -> int:
    """A knowledge folder of about that many entries without errors; how many it has."""
    corpus = recombined([*public_sets(), shipped_set()], entries * 10)
    folder.mkdir(parents=True)
    for name in SHARED:
        (folder / name).write_bytes((ROOT / "knowledge" / name).read_bytes())
    titles = {f"group-{number}": f"Group {number}" for number in range(GROUPS)}
    (folder / "groups.yaml").write_text(yaml.safe_dump(titles), "utf-8")
    sources = yaml.load((folder / "sources.yaml").read_text("utf-8"), yaml.CSafeLoader)  # safe
    for number, subject in enumerate(corpus.subjects):
        _write(folder, number, subject, str(next(iter(sources))))
    engine = Engine.open(cache, matcher, None, folder / ADAPTER)  # type: ignore[arg-type]  # one of two
    while True:
        print(f"checking {len(list(folder.rglob('entries/*/*.yaml')))} entries ...", flush=True)
        told = check_knowledge(folder, date(2026, 6, 1), engine=engine, asks=matcher == "default").problems
        broken = {problem.path for problem in told if problem.severity is Severity.ERROR}
        if not broken:
            return len(list(folder.rglob("entries/*/*.yaml")))
        for path in broken:  # such as one of two that the search cannot tell apart
            (folder / path).unlink()


def _write(folder: Path, number: int, subject: Subject, source: str) -> None:
    first, *others = subject.phrasings
    entry = {
        "question": f"{first[:80].strip().capitalize()}?",
        "status": "live",
        "caveat": "likely",
        "professional_first": False,
        "answer": f"This is answer number {number}. It stands here to be edited. It says nothing else.",
        "details": "It was made for a measurement.",
        "claims": [],
        "sources": [{"key": source, "shows": "Nothing of this."}],
        "reviewed": {"on": "2026-01-01", "by": "a benchmark", "next": "2027-01-01"},
        "related": [],
        "corrections": [],
        "phrasings": list(others),
        "decoys": list(subject.decoys),
        "tests": {"match": [], "no_match": []},
    }
    path = folder / "entries" / f"group-{number % GROUPS}" / f"entry-{number}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=10_000), "utf-8")


async def measure(folder: Path, cache: Path, matcher: str, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round by kind of edit."""
    settings = Settings(
        _env_file=None,
        knowledge_dir=folder,
        cache_dir=cache,
        data_dir=folder.parent / "data",
        database_url=f"sqlite+aiosqlite:///{folder.parent}/caveat.db",
        matcher=matcher,  # type: ignore[arg-type]  # one of two
        watch=True,
    )
    bot = create_bot(settings)
    rows: dict[str, list[float]] = {}
    async with simcord.run(bot):
        app = bot.app
        await _settled(app)
        for number in range(rounds):
            for name, edit in _edits(folder, number).items():
                rows.setdefault(name, []).append(await _until_live(bot, edit))
                print(f"{name}: {rows[name][-1]:.2f} s", flush=True)
                if "at once" not in name:
                    await _settled(app)
    return rows


def _edits(folder: Path, number: int) -> dict[str, Callable[[], None]]:
    files = sorted(folder.rglob("entries/*/*.yaml"))
    one, other = files[number * 7 % len(files)], files[(number * 11 + 3) % len(files)]
    new = folder / "entries" / "group-0" / f"new-{number}.yaml"

    def answer() -> None:
        _replace(one, "to be edited", f"to be edited {number} times")

    def phrasing() -> None:
        _replace(one, "phrasings:\n", f"phrasings:\n- {ODD[3 * number]}\n")

    def again() -> None:
        _replace(other, "phrasings:\n", f"phrasings:\n- {ODD[(3 * number + 1)]}\n")

    def entry() -> None:
        question = f"Where is {ODD[3 * number + 2]} told?"
        text = other.read_text("utf-8").split("\n", 1)[1]
        before, _, after = text.partition("phrasings:\n")
        new.write_text(
            f"question: {question}\n{before}phrasings:\n- {ODD[(3 * number + 2)]}\n"
            f"decoys: []\ntests:{after.rpartition('tests:')[2]}",
            "utf-8",
        )

    return {
        "an answer is edited": answer,
        "a phrasing is added": phrasing,
        "another, at once after it": again,
        "an entry is added": entry,
    }


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    if old not in text:
        raise RuntimeError(f"{file} has no {old!r}")
    file.write_text(text.replace(old, new, 1), "utf-8")


async def _until_live(bot: CaveatBot, edit: Callable[[], None]) -> float:
    before = bot.app.live
    reloaded = bot.app.reloaded
    edit()
    started = time.perf_counter()
    while bot.app.live is before:
        await asyncio.sleep(0.005)
        if bot.app.reloaded is not reloaded and bot.app.reloaded is not None and bot.app.reloaded.problems:
            raise RuntimeError(f"the edit was not taken up: {bot.app.reloaded.problems[0]}")
        if time.perf_counter() - started > PATIENCE_S:
            raise RuntimeError("the edit did not go live")
    return time.perf_counter() - started


async def _settled(app: App) -> None:
    """Until all tests of what is live were asked in the background, as they are some time after an edit."""
    await asyncio.sleep(1.5)  # the watcher looks once for what was edited before it began
    while app._verifying is not None:  # noqa: ASYNC110  # a thread, which sets no event of ours
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
