"""Section: one part of a paper that a benchmark writes, between marks, so that the rest stays."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

BEGINS = "# Benchmarks\n\nEvery figure here is written by the command that is named beside it.\n"
"""What docs/BENCHMARKS.md begins with."""


def write_section(paper: Path, name: str, text: str, begins: str = "") -> None:
    """Replace what stands between the marks of that name, or append it with them.

    `begins` is what a paper that is not there yet begins with. Raises ValueError where one mark is missing.
    """
    first, last = f"<!-- {name}: written by a benchmark -->", f"<!-- {name}: end -->"
    old = paper.read_text(encoding="utf-8") if paper.exists() else begins
    section = f"{first}\n\n{text.strip()}\n\n{last}"
    if (first in old) != (last in old) or (first in old and old.index(first) > old.index(last)):
        raise ValueError(f"{paper.name}: of the marks {first} and {last}, one is missing: put it back")
    if first in old:
        before, after = old[: old.index(first)], old[old.index(last) + len(last) :]
    else:
        before, after = (f"{old.rstrip()}\n\n" if old.strip() else ""), "\n"
    paper.write_text(before + section + after, encoding="utf-8")


def machine() -> str:
    """The day, and what the figures were taken on."""
    load = os.getloadavg()[0]
    told = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
    others = ", from which the time on the wall suffers" if load > (os.cpu_count() or 1) else ""
    return f"{told}; the machine had a load average of {load:.1f}{others}"


def seconds_table(rows: Mapping[str, Sequence[float]]) -> str:
    """What was timed, in seconds: median, slowest, and how often."""
    lines = ["| what | median s | slowest s | rounds |", "| --- | --: | --: | --: |"]
    lines += [f"| {name} | {median(own):.2f} | {max(own):.2f} | {len(own)} |" for name, own in rows.items()]
    return "\n".join(lines)


def filled(text: str) -> str:
    """One paragraph in lines as the papers have them."""
    return textwrap.fill(" ".join(text.split()), 118, break_on_hyphens=False, break_long_words=False)
