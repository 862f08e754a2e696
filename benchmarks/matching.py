"""The search beside other libraries: how right, how quick, how big; into docs/BENCHMARKS.md, with pictures.

    make bench
    python -m benchmarks.matching [--only "Caveat, light" --only thefuzz] [--corpus "1,000 phrasings"]
    python -m benchmarks.matching --seconds 5 --folder FOLDER      a quick look that changes no paper

Each contestant runs on one core in a process of its own, one after the other; a slow one is stopped by the
clock after a fair sample of the questions. The public question sets are read from ../shared/datasets, and
skipped where they are not. Ctrl-C stops; what was measured is kept, and `--resume` goes on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.contestants import CONTESTANTS
from benchmarks.corpus import ROOT, Corpus, mistyped, public_sets, recombined, shipped_set
from benchmarks.matching_paper import write_paper

SIZES = (50, 1_000, 10_000, 100_000)
DOCS = ROOT / "docs"
PARTIAL = ROOT / "build" / "benchmarks-matching.json"
"""What was measured so far; git ignores the folder."""
STRINGS = "random strings"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON")}

Row = dict[str, Any]


class ContestFailedError(Exception):
    """A contestant's process ended badly; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Run:
    """One contestant on one corpus; `is_strings`: random strings in place of the corpus's questions."""

    contestant: str
    corpus: str
    is_strings: bool = False

    @property
    def key(self) -> str:
        """Its name among the results."""
        return f"{self.contestant} | {STRINGS if self.is_strings else self.corpus}"


def all_corpora() -> Iterator[Corpus]:
    """Every corpus, in the order of the paper."""
    sets = [*public_sets(), shipped_set()]
    yield from sets
    yield from (mistyped(own) for own in sets)
    yield from (recombined(sets, size) for size in SIZES)


def runs_of(corpora: list[Corpus], contestants: list[str]) -> list[Run]:
    """Everything to do: typos and random strings for the project's own engines only."""
    names = [(name, CONTESTANTS[name].is_ours) for name in contestants]
    clean = {corpus.name for corpus in corpora if ", a typo" not in corpus.name}
    runs = [Run(name, own.name) for own in corpora for name, is_ours in names if is_ours or own.name in clean]
    shipped = next((own.name for own in corpora if own.is_shipped), None)
    return runs + [Run(name, shipped, is_strings=True) for name, is_ours in names if is_ours and shipped]


def measured(run: Run, corpus: Path, folder: Path, seconds: float) -> Row:
    """The figures of one run. A contestant that caches is built twice: cold, then warm.

    Raises ContestFailedError.
    """
    result, cache = folder / "result.json", folder / "cache" / run.contestant / corpus.stem
    command = [sys.executable, "-m", "benchmarks.contest", run.contestant, str(corpus), str(result)]
    command += ["--cache", str(cache), *(["--strings"] if run.is_strings else [])]
    rows = []
    twice = CONTESTANTS[run.contestant].caches and not run.is_strings
    for limit in (0.0, seconds) if twice else (seconds,):
        own = [*command, "--seconds", str(limit), "--core", str(quietest_core())]
        ran = subprocess.run(  # noqa: S603  # our own command
            own, cwd=ROOT, env={**os.environ, **ONE_THREAD}, stderr=subprocess.PIPE, text=True, check=False
        )
        if ran.returncode != 0:
            raise ContestFailedError(f"{run.key} ended with {ran.returncode}:\n{ran.stderr.strip()[-2000:]}")
        rows.append(json.loads(result.read_text(encoding="utf-8")))
    row: Row = rows[-1]
    if twice:
        row |= {"build_s": rows[0]["build_s"], "warm_s": row["build_s"]}
    return row


def quietest_core() -> int:
    """Of the cores that this process may use, the one that did least in the last third of a second."""
    if not hasattr(os, "sched_getaffinity"):
        return 0
    before = _busy()
    time.sleep(0.3)
    after = _busy()
    return min(os.sched_getaffinity(0), key=lambda core: (after.get(core, 0) - before.get(core, 0), core))


def _busy() -> dict[int, int]:
    """Ticks that each core was at work. Source: proc(5), /proc/stat: user nice system idle iowait ..."""
    found = {}
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        name, *ticks = line.split()
        if name.startswith("cpu") and name != "cpu":
            found[int(name[3:])] = sum(int(tick) for n, tick in enumerate(ticks[:8]) if n not in (3, 4))
    return found


def machine() -> dict[str, str]:
    """What it was measured on."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        processor = next((li.partition(": ")[2] for li in lines if li.startswith("model name")), processor)
    cores = str(os.cpu_count())
    return {
        "on": date.today().isoformat(),
        "processor": processor,
        "cores": cores,
        "python": platform.python_version(),
        "system": platform.system(),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.matching",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=CONTESTANTS, help="a contestant; again for more")
    parser.add_argument("--corpus", action="append", help="a corpus by name; again for more")
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="for the questions of one run (default 30)"
    )
    parser.add_argument("--folder", type=Path, default=DOCS, help="where the paper goes (default docs)")
    parser.add_argument("--resume", action="store_true", help="keep what an earlier run has measured")
    parser.add_argument("--draw", action="store_true", help="measure nothing: write the paper from the JSON")
    given = parser.parse_args()
    console = Console(stderr=True)
    figures = given.folder / "benchmarks-matching.json"
    if given.draw:
        write_paper(given.folder, json.loads(figures.read_text(encoding="utf-8")))
        return
    corpora = [own for own in all_corpora() if not given.corpus or own.name in given.corpus]
    if not corpora:
        parser.error("no such corpus; there are: " + "; ".join(own.name for own in all_corpora()))
    rows: dict[str, Row] = {}
    if given.resume and PARTIAL.exists():
        rows = json.loads(PARTIAL.read_text(encoding="utf-8"))
    runs = runs_of(corpora, given.only or list(CONTESTANTS))
    try:
        _measure_all(runs, {own.name: own for own in corpora}, rows, given.seconds, console)
    except KeyboardInterrupt:
        console.print(f"stopped; {len(rows)} of {len(runs)} runs are kept: --resume goes on")
        sys.exit(130)
    except ContestFailedError as fault:
        console.print(f"{fault}\nmend it, then --resume goes on")
        sys.exit(2)
    found = {"machine": machine(), "seconds": given.seconds, "rows": [rows[run.key] for run in runs]}
    given.folder.mkdir(parents=True, exist_ok=True)
    figures.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_paper(given.folder, found)
    console.print(f"wrote {given.folder / 'BENCHMARKS.md'}")


def _measure_all(
    runs: list[Run], corpora: dict[str, Corpus], rows: dict[str, Row], seconds: float, console: Console
) -> None:
    columns = [TextColumn("{task.description:52}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with tempfile.TemporaryDirectory() as name, Progress(*columns, console=console) as progress:
        folder = Path(name)
        written: dict[str, Path] = {}
        task = progress.add_task("", total=len(runs))
        for run in runs:
            progress.update(task, description=run.key)
            if run.key not in rows:
                if run.corpus not in written:
                    written[run.corpus] = folder / f"corpus-{len(written)}.json"
                    corpora[run.corpus].write(written[run.corpus])
                rows[run.key] = measured(run, written[run.corpus], folder, seconds)
                PARTIAL.parent.mkdir(exist_ok=True)
                PARTIAL.write_text(json.dumps(rows), encoding="utf-8")
                if not console.is_terminal:
                    console.print(_told(run, rows[run.key]))
            progress.advance(task)


def _told(run: Run, row: Row) -> str:
    if run.is_strings:
        return f"{run.key}: slowest {row['slowest']:.1f} ms"
    right = "" if row["accuracy"] is None else f"right {row['accuracy']:.1%}, "
    return f"{run.key}: {right}p99 {row['p99']:.2f} ms, {row['peak_mb']:.0f} MB"


if __name__ == "__main__":
    main()
